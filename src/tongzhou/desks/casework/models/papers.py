"""Written forms and what was filled in with them: screenings, safety plans, the entries of a case, the categories."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from tongzhou.desks.casework.models.cases import Case
from tongzhou.desks.casework.models.conversations import Conversation
from tongzhou.desks.casework.types import PaperKind
from tongzhou.kernel import clock

__all__ = ["ContactForm", "FormDefinition", "Paper"]


class FormDefinition(models.Model):
    """One edition of a form: one that ships, as it was when somebody filled it in, or one of a line (`line_id`).

    Written by one person, put in force by another, and from then on never changed, so that old papers stay readable.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.SlugField(max_length=20)
    version = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    line_id = models.UUIDField(null=True)
    written_by = models.UUIDField(null=True)
    written_name = models.CharField(max_length=100, blank=True)
    released_by = models.UUIDField(null=True)
    released_name = models.CharField(max_length=100, blank=True)
    #: Null while it is a draft.
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "version"], name="casework_form_once"),
            models.UniqueConstraint(
                fields=["line_id", "name"], name="casework_form_one_draft",
                condition=Q(line_id__isnull=False, released_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(line_id__isnull=True)
                | Q(released_at__isnull=True)
                | (Q(released_by__isnull=False) & ~Q(released_by=F("written_by"))),
                name="casework_form_two",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Paper(models.Model):
    """Something filled in or written, sealed under the key of its conversation or its case. Appended, never changed."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT, related_name="papers")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=10, choices=PaperKind)
    #: Counts the papers of one kind of one owner; the highest is how it stands now.
    number = models.PositiveIntegerField()
    form_version = models.PositiveIntegerField()
    account_id = models.UUIDField()
    #: The caller may see it (a safety plan that was given to them).
    given = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(conversation__isnull=True, case__isnull=False)
                | Q(conversation__isnull=False, case__isnull=True),
                name="casework_paper_owner",
            ),
            models.UniqueConstraint(fields=["conversation", "kind", "number"], name="casework_paper_conversation"),
            models.UniqueConstraint(fields=["case", "kind", "number"], name="casework_paper_case"),
        ]

    def __str__(self) -> str:
        return f"paper {self.pk}"


class ContactForm(models.Model):
    """The categories of one contact: codes only, no words. What the figures by topic are made of."""

    id = models.BigAutoField(primary_key=True)
    contact_id = models.UUIDField(unique=True)
    line_id = models.UUIDField()
    form_version = models.PositiveIntegerField()
    topic = models.CharField(max_length=20)
    group = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["line_id", "at"], name="casework_form_line")]

    def __str__(self) -> str:
        return f"form of {self.contact_id}"
