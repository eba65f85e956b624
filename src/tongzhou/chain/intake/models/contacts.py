"""Who said it and how to reach them (sealed), and the raw form (sealed)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tongzhou.chain.intake.types import Channel, ForWhom, SubmissionKind
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["Attachment", "Contact", "KeptPhoto", "Submission"]


class Contact(SealedRecord):
    """How to reach somebody. Every field that hurts is sealed; the indexes are keyed hashes that only compare."""

    SEALED = ("name", "phone", "wechat", "address", "medicine", "private_note")
    COMPARED = ("phone_index", "address_index")

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    wechat = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    medicine = models.BinaryField(null=True)
    private_note = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=32, blank=True)
    address_index = models.CharField(max_length=32, blank=True)
    #: When the purpose ends and the key is destroyed (90 days after closing by default); null while it is open.
    keep_until = models.DateField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["phone_index"], name="intake_contact_phone", condition=~models.Q(phone_index="")),
            models.Index(
                fields=["address_index"], name="intake_contact_address", condition=~models.Q(address_index="")
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Submission(SealedRecord):
    """One form, call or row as it came in, kept for ever beside the tidy records made of it.

    `code` is what people read out; the secret link (only its hash is kept) is what allows a change.
    """

    SEALED = ("raw",)
    #: The trail need not hold the whole form a second time, nor the way in.
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("raw", "secret_hash")

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=SubmissionKind)
    channel = models.CharField(max_length=10, choices=Channel)
    code = models.CharField(max_length=10, unique=True)
    secret_hash = models.CharField(max_length=64, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="submissions")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    for_whom = models.CharField(max_length=10, choices=ForWhom, blank=True)
    consent = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")
    raw = models.BinaryField(null=True)
    #: The last time anything about it moved: what the asker sees.
    moved_at = models.DateTimeField()
    #: Set when it must be looked at first (a shared address, a flood of pleas; see `Held`); held, never refused.
    held_reason = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["response", "kind", "created_at"], name="intake_submission_when"),
            models.Index(fields=["response", "held_reason"], name="intake_submission_held"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class Attachment(Record):
    """A photo that came with a submission: re-encoded without its hidden data, sealed under the contact's key."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("content",)

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="attachments")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class KeptPhoto(SealedRecord):
    """A photo kept while its form still has something to be corrected, so that it need not be chosen again.

    Only a hash of the token that names it is kept; the row goes away with the submission or after a day.
    """

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("content", "token_hash")

    token_hash = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=40)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"kept photo {self.pk}"
