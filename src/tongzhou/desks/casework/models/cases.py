"""Care that lasts longer than one contact: the case, the profile by whose code a caller is known again, referrals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tongzhou.desks.casework.types import CaseStage, ReferralState, ReferralTo
from tongzhou.kernel import clock
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["Case", "CaseContact", "KeepingRule", "Profile", "Referral"]


class Profile(SealedRecord):
    """A returning caller who agreed to be known again, by a code only they keep. Holds no name and no number."""

    COMPARED = ("code_mac",)
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("code_mac",)

    line_id = models.UUIDField()
    code_mac = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code_mac"], name="casework_profile_code", condition=~Q(code_mac=""))
        ]

    def __str__(self) -> str:
        return f"profile {self.pk}"


class Case(SealedRecord):
    """The care of a person or a family over time, with their consent. Everything written in it is sealed with it."""

    line_id = models.UUIDField()
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="cases")
    stage = models.CharField(max_length=8, choices=CaseStage, default=CaseStage.OPEN)
    counsellor_id = models.UUIDField()
    supervisor_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True)
    #: The content is destroyed on this day (the line's time); later when the caller agrees to more.
    keep_until = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(stage__in=CaseStage.values), name="casework_case_stage"),
            models.CheckConstraint(
                condition=Q(stage="closed", closed_at__isnull=False) | ~Q(stage="closed") & Q(closed_at__isnull=True),
                name="casework_case_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["counsellor_id", "stage"], name="casework_case_counsellor"),
            models.Index(fields=["supervisor_id", "stage"], name="casework_case_supervisor"),
            models.Index(fields=["keep_until"], name="casework_case_keep", condition=Q(record_key__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class CaseContact(models.Model):
    """One contact that belongs to a case."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    contact_id = models.UUIDField(unique=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"contact {self.contact_id} of {self.case_id}"


class Referral(SealedRecord):
    """Somebody was shown the way to help elsewhere, with their consent; what is passed on they chose field by field."""

    SEALED = ("target", "passed", "place")

    contact_id = models.UUIDField()
    line_id = models.UUIDField()
    to = models.CharField(max_length=10, choices=ReferralTo)
    #: The entry of the directory, or the submission in intake; and (sealed) what it was called on that day.
    target_id = models.CharField(max_length=36, blank=True)
    target = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=ReferralState, default=ReferralState.OFFERED)
    #: When the caller agreed: to what is passed on with a need, or to being shown the place.
    consent_at = models.DateTimeField(null=True)
    #: What was passed on, as it was shown to the caller (JSON).
    passed = models.BinaryField(null=True)
    #: The entry of the directory as it stood on that day (JSON); null for a name that was typed.
    place = models.BinaryField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ReferralState.values), name="casework_referral_state"),
            models.CheckConstraint(
                condition=~Q(to="need") | Q(consent_at__isnull=False), name="casework_referral_consent"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["contact_id"], name="casework_referral_contact")]

    def __str__(self) -> str:
        return f"referral {self.pk}"


class KeepingRule(Record):
    """How long a line keeps what was said, and the case files."""

    line_id = models.UUIDField(unique=True)
    contact_days = models.PositiveSmallIntegerField(default=90)
    case_days = models.PositiveSmallIntegerField(default=365)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(contact_days__range=(1, 3650), case_days__range=(1, 3650)), name="casework_keeping_days"
            )
        ]

    def __str__(self) -> str:
        return f"keeping of {self.line_id}"
