"""Versions: the published ones for everybody, those in the making for the people who make them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from tongzhou.desks.guidance.comparing import compare
from tongzhou.desks.guidance.models import Guide, GuideVersion, Question, Remark
from tongzhou.desks.guidance.policies import ANSWER, SEE_DRAFTS
from tongzhou.desks.guidance.types import OPEN_STATES, READABLE_STATES, Change, Group, GuideKind, GuideState, SaidText
from tongzhou.kernel.access import Actor, may, require
from tongzhou.kernel.errors import Refusal

__all__ = [
    "changes_of", "in_the_making", "last_remark", "one_version", "open_version", "overdue", "published",
    "questions_answered", "questions_waiting", "remarks_of", "shown_version", "text_of", "versions_of",
]  # fmt: skip

_GROUPS = Case(
    *(When(guide__group=group, then=Value(number)) for number, group in enumerate(Group.values)),
    default=Value(-1), output_field=IntegerField(),
)  # fmt: skip
_KINDS = Case(
    *(When(guide__kind=kind, then=Value(number)) for number, kind in enumerate(GuideKind.values)),
    default=Value(9), output_field=IntegerField(),
)  # fmt: skip


def published() -> QuerySet[GuideVersion]:
    """Every version in force, first those for all, then by group, then the handbooks. Public."""
    rows = GuideVersion.objects.filter(state=GuideState.PUBLISHED).select_related("guide")
    return rows.order_by(_KINDS, _GROUPS, "guide__slug")


def versions_of(actor: Actor, slug: str) -> QuerySet[GuideVersion]:
    """The versions of a guide that the actor may read, the newest first."""
    rows = GuideVersion.objects.filter(guide__slug=slug).select_related("guide").order_by("-number")
    return rows if may(actor, SEE_DRAFTS) else rows.filter(state__in=READABLE_STATES)


def shown_version(slug: str) -> GuideVersion:
    """What stands at a guide's address: the version in force, else the one withdrawn last. ``not_found``."""
    rows = GuideVersion.objects.filter(guide__slug=slug).select_related("guide", "withdrawn_by")
    found = rows.filter(state=GuideState.PUBLISHED).first()
    found = found or rows.filter(state=GuideState.WITHDRAWN).order_by("-number").first()
    if found is None:
        raise Refusal("not_found")
    return found


def one_version(actor: Actor, slug: str, number: int) -> GuideVersion:
    """One version by its number; ``not_found`` when there is none or it is not the actor's to read."""
    found = versions_of(actor, slug).filter(number=number).first() if 0 < number < 32_000 else None
    if found is None:
        raise Refusal("not_found")
    return found


def open_version(actor: Actor, slug: str) -> GuideVersion:
    """The version in the making; ``not_found``."""
    require(actor, SEE_DRAFTS)
    rows = GuideVersion.objects.filter(guide__slug=slug, state__in=OPEN_STATES)
    found = rows.select_related("guide", "author", "reviewer").first()
    if found is None:
        raise Refusal("not_found")
    return found


def in_the_making(actor: Actor) -> QuerySet[GuideVersion]:
    """Every version that is not published yet, the longest waiting first; `was_returned` when it went back once."""
    require(actor, SEE_DRAFTS)
    rows = GuideVersion.objects.filter(state__in=OPEN_STATES).select_related("guide", "author", "reviewer")
    back = Exists(Remark.objects.filter(edition=OuterRef("pk")))
    return rows.annotate(was_returned=back).order_by("updated_at", "id")


def overdue(actor: Actor, today: dt.date) -> QuerySet[GuideVersion]:
    """Versions in force that should have been looked at again by now."""
    require(actor, SEE_DRAFTS)
    return published().filter(review_by__lt=today)


def text_of(edition: GuideVersion) -> SaidText:
    """Everything a version says, as it was written."""
    return SaidText(
        title=edition.title, title_en=edition.title_en, summary=edition.summary, summary_en=edition.summary_en,
        what_changed=edition.what_changed, what_changed_en=edition.what_changed_en, why=edition.why,
        why_en=edition.why_en, is_example=edition.is_example,
        review_by=edition.review_by.isoformat() if edition.review_by else "",
        steps=tuple(step.said for step in edition.steps.all()),
        sources=tuple(source.said for source in edition.citations.all()),
    )  # fmt: skip


def changes_of(edition: GuideVersion) -> tuple[Change, ...]:
    """Its steps beside those of the version that was in force before it; empty for the first one."""
    rows = GuideVersion.objects.filter(guide=edition.guide_id, number__lt=edition.number, state__in=READABLE_STATES)
    before = rows.order_by("-number").first()
    return compare(text_of(before).steps, text_of(edition).steps) if before is not None else ()


def remarks_of(actor: Actor, edition: GuideVersion) -> QuerySet[Remark]:
    """Why a version went back and what its author answered, the oldest first; nothing for everybody else."""
    rows = Remark.objects.filter(edition=edition).select_related("by", "answered_by").order_by("at", "id")
    return rows if may(actor, SEE_DRAFTS) else rows.none()


def last_remark(edition: GuideVersion) -> Remark | None:
    """The newest of them: what the draft has to answer."""
    return Remark.objects.filter(edition=edition).order_by("-at", "-id").first()


def questions_waiting(actor: Actor, guide: Guide | None = None) -> QuerySet[Question]:
    """What the front line asked and nobody has answered, the oldest first."""
    require(actor, ANSWER)
    rows = Question.objects.filter(answer="").select_related("edition__guide", "step")
    return (rows.filter(edition__guide=guide) if guide is not None else rows).order_by("created_at", "id")


def questions_answered(edition: GuideVersion) -> QuerySet[Question]:
    """Answers that readers of this version see: those given in it or in a version before it. Public."""
    rows = Question.objects.filter(answered_in__guide=edition.guide_id, answered_in__number__lte=edition.number)
    return (
        rows.filter(answered_in__state__in=READABLE_STATES)
        .select_related("step", "answered_in")
        .order_by("-answered_at")
    )
