"""Writing: a new guide, a new version of one, its text, and handing it to a reviewer."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.guidance.comparing import digest_of, steps_digest_of
from tongzhou.desks.guidance.models import Citation, Guide, GuideVersion, Remark, Step
from tongzhou.desks.guidance.policies import LOAD_EXAMPLES, WRITE
from tongzhou.desks.guidance.selectors.versions import last_remark, text_of
from tongzhou.desks.guidance.services.checking import checked_guide, checked_text, day_of, plain
from tongzhou.desks.guidance.types import OPEN_STATES, GuideState, SaidGuide, SaidStep, SaidText
from tongzhou.kernel import audit, changes, clock, ids
from tongzhou.kernel.access import Act, Actor, may, require
from tongzhou.kernel.errors import Refusal

__all__ = ["answer_remark", "revise", "save_draft", "start_guide", "submit"]

#: What a version says in columns of its own.
_COLUMNS = (
    "title", "title_en", "summary", "summary_en", "what_changed", "what_changed_en", "why", "why_en", "is_example",
)  # fmt: skip


def _writer(actor: Actor, *acts: Act) -> uuid.UUID:
    """The account that writes; ``not_found`` for everybody else."""
    if not any(may(actor, one) for one in acts) or actor.account_id is None:
        raise Refusal("not_found")
    return actor.account_id


@transaction.atomic
def start_guide(*, actor: Actor, said: SaidGuide, text: SaidText) -> GuideVersion:
    """A new guide with its first draft. Raises ``Refusal``: ``not_found``, ``bad_form``, ``guide_slug``."""
    writer = _writer(actor, WRITE, LOAD_EXAMPLES)
    said, text = checked_guide(said), checked_text(text)
    guide = Guide(
        slug=said.slug, kind=said.kind, group=said.group, stages=list(said.stages), roles=list(said.roles),
        category_id=said.category or None,
    )  # fmt: skip
    changes.create(guide, actor=actor, act=WRITE)
    return _first_text(actor, guide, 1, writer, text)


@transaction.atomic
def revise(*, actor: Actor, guide: Guide) -> GuideVersion:
    """A draft of the next version, beginning with what the last one says. Raises ``not_found``, ``guide_open``."""
    writer = _writer(actor, WRITE)
    Guide.objects.select_for_update(no_key=True).get(pk=guide.pk)
    if GuideVersion.objects.filter(guide=guide, state__in=OPEN_STATES).exists():
        raise Refusal("guide_open")
    last = GuideVersion.objects.filter(guide=guide).order_by("-number").first()
    if last is None:
        raise Refusal("not_found")
    blank: dict[str, Any] = {"what_changed": "", "what_changed_en": "", "why": "", "why_en": "", "review_by": ""}
    return _first_text(actor, guide, last.number + 1, writer, replace(text_of(last), **blank))


def _first_text(actor: Actor, guide: Guide, number: int, writer: uuid.UUID, text: SaidText) -> GuideVersion:
    edition = GuideVersion(guide=guide, number=number, author_id=writer, title=text.title, writers=[str(writer)])
    changes.create(edition, actor=actor, act=WRITE)
    return _put(actor, edition, text, writer)


@transaction.atomic
def save_draft(*, actor: Actor, edition: GuideVersion, text: SaidText, expect: int | None = None) -> GuideVersion:
    """Keep the text of a draft; whoever writes in it can no longer review it.

    Raises ``Refusal``: ``not_found``, ``guide_state``, ``bad_form``, ``version_stale``.
    """
    writer = _writer(actor, WRITE)
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.DRAFT:
        raise Refusal("guide_state", state=found.get_state_display())
    if expect is not None and expect != found.version:
        raise Refusal("version_stale")
    return _put(actor, found, checked_text(text), writer)


def _keyed(edition: GuideVersion, steps: tuple[SaidStep, ...]) -> tuple[SaidStep, ...]:
    """Steps with their lasting keys: one that this guide had before keeps it, every other gets a new one."""
    known = {str(key) for key in Step.objects.filter(edition__guide=edition.guide_id).values_list("key", flat=True)}
    used: set[str] = set()
    keyed = []
    for one in steps:
        key = one.key if one.key in known and one.key not in used else str(ids.new_id())
        used.add(key)
        keyed.append(replace(one, key=key))
    return tuple(keyed)


def _put(actor: Actor, edition: GuideVersion, text: SaidText, writer: uuid.UUID) -> GuideVersion:
    """Write a checked text into a draft; the trail keeps the steps and sources that stood there before."""
    said = replace(text, steps=_keyed(edition, text.steps))
    before = text_of(edition)
    writers = [*edition.writers, *([] if str(writer) in edition.writers else [str(writer)])]
    changes.apply(
        edition, actor=actor, act=WRITE, review_by=day_of(said.review_by), writers=writers, digest=digest_of(said),
        steps_digest=steps_digest_of(said.steps), **{name: getattr(said, name) for name in _COLUMNS},
    )  # fmt: skip
    if (before.steps, before.sources) != (said.steps, said.sources):
        edition.steps.all().delete()
        edition.citations.all().delete()
        Step.objects.bulk_create(
            Step(edition=edition, position=n, key=s.key, text=s.text, text_en=s.text_en, caution=s.caution)
            for n, s in enumerate(said.steps, 1)
        )
        Citation.objects.bulk_create(
            Citation(edition=edition, position=n, **asdict(source)) for n, source in enumerate(said.sources, 1)
        )
        told = {
            "steps": [[asdict(one) for one in before.steps], [asdict(one) for one in said.steps]],
            "sources": [[asdict(one) for one in before.sources], [asdict(one) for one in said.sources]],
        }
        audit.record(actor=actor, act=WRITE, obj=edition, changes=told)
    return edition


@transaction.atomic
def answer_remark(*, actor: Actor, edition: GuideVersion, text: str) -> Remark:
    """What was done about the remark that sent the draft back, or why not; it may be worded anew until it is handed in.

    Raises ``Refusal``: ``not_found`` (nobody sent it back), ``guide_state``, ``bad_form``.
    """
    writer = _writer(actor, WRITE)
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.DRAFT:
        raise Refusal("guide_state", state=found.get_state_display())
    remark = last_remark(found)
    if remark is None:
        raise Refusal("not_found")
    text = plain(text)
    if not 2 <= len(text) <= 300:
        raise Refusal("bad_form", fields={"answer": _("请写怎样改的，或为什么不改（2 到 300 个字）")})
    if text == remark.answer:
        return remark
    return changes.apply(remark, actor=actor, act=WRITE, answer=text, answered_by_id=writer, answered_at=clock.now())


@transaction.atomic
def submit(*, actor: Actor, edition: GuideVersion, expect: int | None = None) -> GuideVersion:
    """Hand a draft to the reviewers. Raises ``Refusal``: ``not_found``, ``guide_state``, ``guide_incomplete``."""
    require(actor, WRITE)
    found = GuideVersion.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if found.state != GuideState.DRAFT:
        raise Refusal("guide_state", state=found.get_state_display())
    if missing := _missing(found):
        raise Refusal("guide_incomplete", missing=missing)
    return changes.apply(found, actor=actor, act=WRITE, expect=expect, state=GuideState.IN_REVIEW.value)


def _missing(edition: GuideVersion) -> str:
    """What a draft still lacks, in words; blank when it can be reviewed."""
    lacks = []
    if not edition.steps.exists():
        lacks.append(_("至少一步"))
    if not edition.citations.exists():
        lacks.append(_("至少一个来源"))
    if edition.review_by is None:
        lacks.append(_("到什么时候再看一遍"))
    if edition.remarks.filter(answer="").exists():
        lacks.append(_("对退回意见的回应"))
    if edition.number > 1 and not edition.what_changed:
        lacks.append(_("改了什么"))
    if edition.number > 1 and not edition.why:
        lacks.append(_("为什么改"))
    return _("、").join(lacks)
