"""Sheets that came in: the file as it was (sealed), each line read from it, and which line is which record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models.needs import Need
from tongzhou.chain.intake.models.offers import Lead, Offer
from tongzhou.kernel.models import Record, SealedRecord

__all__ = ["Decision", "ImportBatch", "ImportIdentity", "ImportKind", "ImportRow", "ImportState", "Table", "Verdict"]


class ImportKind(models.TextChoices):
    """How a table came in."""

    SHEET = "sheet", _("导入表格")
    PASTE = "paste", _("从表格粘贴")
    ROUND = "round", _("改好的导出表")


class ImportState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("正在读")
    READY = "ready", _("等人过目")
    FAILED = "failed", _("读不了")
    ACCEPTED = "accepted", _("已收下")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("没有收下")


class Table(models.TextChoices):
    """What a line of a sheet becomes; blank: nothing yet."""

    NEED = "need", _("求助")
    OFFER = "offer", _("供给")
    LEAD = "lead", _("线索")


class Verdict(models.TextChoices):
    """A line beside what the desk holds already."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("有变化")
    CONFLICT = "conflict", _("两边都改过")
    SAME = "same", _("没有变")
    GONE = "gone", _("表里不再有")
    CLOSED = "closed", _("已经关闭")
    BLOCKED = "blocked", _("不能收下")
    ASIDE = "aside", _("没有成为记录")


class Decision(models.TextChoices):
    """What a person decided about a line; blank: the usual thing for its verdict."""

    TAKE = "take", _("收下")
    LEAVE = "leave", _("不动")
    WITHDRAW = "withdraw", _("撤回这一条")


class ImportBatch(SealedRecord):
    """One table that came in. The file and everything personal in it are sealed under the batch's own key."""

    SEALED = ("private",)
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("content", "private", "problems", "headings", "counts")

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    #: The organisation whose officer brings its own table; null for a coordinator's.
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=ImportKind)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READING)
    #: Which table this is a version of: rows gone from it are sought among those this source brought before.
    source = models.CharField(max_length=120)
    file_name = models.CharField(max_length=200)
    file_size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    as_of = models.DateField(null=True, blank=True)
    content = models.BinaryField(null=True)
    private = models.BinaryField(null=True)
    #: Chosen by a person: ``{position of the column: role}``.
    mapping = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    headings = models.JSONField(default=list, blank=True)
    #: Why it could not be read: ``{code, zh, en, todo_zh, todo_en}``.
    failure = models.JSONField(default=dict, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    synthetic = models.BooleanField(default=False)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=100, blank=True)
    audit_group = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=100, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    #: Ids of organisations that this import recorded.
    organisations_made = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="intake_import_state"),
            models.CheckConstraint(condition=Q(kind__in=ImportKind.values), name="intake_import_kind"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="intake_import_progress"),
        ]
        indexes: ClassVar = [models.Index(fields=["response", "source", "state"], name="intake_import_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"


class ImportRow(Record):
    """One line read from a sheet: what it said, what a person corrected, how it stands beside the desk's record."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    table = models.CharField(max_length=10, choices=Table, blank=True)
    #: The same line has the same key in every version of its sheet.
    key = models.CharField(max_length=160, blank=True)
    file = models.CharField(max_length=300, blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    row = models.PositiveIntegerField(default=0)
    column = models.CharField(max_length=200, blank=True)
    #: Public values as read; what is personal lies sealed in the batch.
    read = models.JSONField(default=dict)
    #: What a person wrote instead.
    fixed = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    #: ``{column: [on the desk, in the sheet]}``.
    differences = models.JSONField(default=dict, blank=True)
    #: Columns that somebody changed on the desk since the sheet last spoke.
    conflicts = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    #: The accepted import wrote this line's record.
    taken = models.BooleanField(default=False)
    #: After an undo: why this line's record was left as it is.
    left = models.CharField(max_length=40, blank=True)
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="import_rows")
    offer = models.ForeignKey(Offer, null=True, on_delete=models.PROTECT, related_name="import_rows")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.PROTECT, related_name="import_rows")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="intake_import_row_once"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="intake_import_row_verdict"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["key"], name="intake_import_row_key", condition=Q(taken=True)),
            models.Index(fields=["batch", "verdict", "position"], name="intake_import_row_shown"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.sheet} {self.row}"

    @property
    def record(self) -> Need | Offer | Lead | None:
        """The desk's record of this line, when it has one."""
        return self.need or self.offer or self.lead


class ImportIdentity(Record):
    """Which record a key of a sheet means in a response: one each, whoever imports it and however often."""

    response = models.ForeignKey("responses.Response", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    need = models.OneToOneField(Need, null=True, on_delete=models.PROTECT, related_name="import_identity")
    offer = models.OneToOneField(Offer, null=True, on_delete=models.PROTECT, related_name="import_identity")
    lead = models.OneToOneField(Lead, null=True, on_delete=models.PROTECT, related_name="import_identity")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["response", "key"], name="intake_import_identity_once"),
            models.CheckConstraint(
                condition=Q(need__isnull=False, offer__isnull=True, lead__isnull=True)
                | Q(need__isnull=True, offer__isnull=False, lead__isnull=True)
                | Q(need__isnull=True, offer__isnull=True, lead__isnull=False),
                name="intake_import_identity_one",
            ),
        ]

    def __str__(self) -> str:
        return self.key
