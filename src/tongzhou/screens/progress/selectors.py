"""What a page of progress shows: states and times, calls in words, what happens next. Never a contact."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.chain.dispatch.selectors.balances import of_needs
from tongzhou.chain.dispatch.selectors.coverage import Cover, Covered, cover_of
from tongzhou.chain.intake.models import Need, Offer, Submission
from tongzhou.chain.intake.selectors.said import amount_words, item_words
from tongzhou.chain.intake.selectors.submissions import last_moved, public_title, records_of
from tongzhou.chain.intake.services.change import last_own_closing
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, NeedState, OfferState
from tongzhou.chain.triage.models import Check
from tongzhou.registers.places.models import Place
from tongzhou.screens.progress.ways import Way, ways_of

__all__ = ["Call", "Line", "Progress", "progress_of"]

#: A household is never shown nearer than its district.
_DISTRICT = 6


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was made, in words."""

    at: dt.datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Line:
    """One need or offer as its sender, or anybody with the code, sees it."""

    record: Need | Offer
    title: str
    place: str
    amount: str
    state: str
    tone: str
    steps: list[dict[str, object]]
    next: str
    calls: list[Call]
    is_open: bool
    can_answer: bool
    can_reopen: bool
    #: Assignments, only on the sender's own page.
    ways: list[Way] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """A submission with its lines and when it last moved."""

    submission: Submission
    lines: list[Line] = field(default_factory=list)
    moved_at: dt.datetime | None = None

    @property
    def is_offer(self) -> bool:
        """True for an offer."""
        return self.submission.kind == "offer"


def progress_of(submission: Submission, *, own: bool) -> Progress:
    """The progress of a submission; `own`: opened by its secret link, so its sender's own words may be shown."""
    records = records_of(submission)
    checks = _checks(records)
    districts = Place.objects.in_bulk({record.place_id[:_DISTRICT] for record in records})
    covers = _covers(records)
    ways = ways_of(records) if own else {}
    lines = [
        _line(
            record, checks.get(record.pk, []), districts.get(record.place_id[:_DISTRICT]), own, covers.get(record.pk),
            ways.get(record.pk, []),
        )
        for record in records
    ]  # fmt: skip
    moved = max([last_moved(submission, records), *(check.created_at for found in checks.values() for check in found)])
    return Progress(submission, lines, moved)


def _checks(records: Sequence[Need | Offer]) -> dict[object, list[Check]]:
    found: dict[object, list[Check]] = {}
    ids = [record.pk for record in records]
    column = "offer_id" if records and isinstance(records[0], Offer) else "need_id"
    for check in Check.objects.filter(**{f"{column}__in": ids}, undone_at=None).order_by("-created_at"):
        found.setdefault(getattr(check, column), []).append(check)
    return found


def _covers(records: Sequence[Need | Offer]) -> dict[uuid.UUID, Cover]:
    """How far the verified needs among them are looked after, in one query."""
    needs = [record for record in records if isinstance(record, Need) and record.state == NeedState.VERIFIED]
    sums = of_needs(need.pk for need in needs)
    return {need.pk: cover_of(need, sums[need.pk]) for need in needs}


def _line(
    record: Need | Offer, checks: list[Check], district: Place | None, own: bool, cover: Cover | None, ways: list[Way]
) -> Line:
    is_need = isinstance(record, Need)
    is_open = record.state in (OPEN_NEEDS if is_need else OPEN_OFFERS)
    title = (item_words(record) if own else "") or public_title(record)
    title = title or (_("一条求助") if is_need else _("一条供给"))
    return Line(
        record=record,
        title=title,
        place=district.full_label if district is not None else "",
        amount=_amount(record),
        state=_state(record, cover),
        tone="busy" if cover is not None and cover.state != Covered.NONE else _tone(record.state),
        steps=_steps(record, checks, cover),
        next=_waiting(ways) or _next(record, cover),
        calls=[Call(check.created_at, check.get_outcome_display()) for check in checks],
        is_open=is_open,
        can_answer=is_open or record.state in (NeedState.EXPIRED, OfferState.EXPIRED),
        can_reopen=own and not is_open and last_own_closing(record) is not None,
        ways=ways,
    )


def _waiting(ways: list[Way]) -> str:
    """What a giver should do first: answer."""
    count = sum(way.waits for way in ways)
    return _("有 %(count)s 单等您答复：能给就按“接下”，不能给就按“不接”。") % {"count": count} if count else ""


def _state(record: Need | Offer, cover: Cover | None) -> str:
    """The state in words; of a verified need also whether somebody is on the way."""
    if cover is not None and cover.state == Covered.COMING:
        return _("已有人接")
    if cover is not None and cover.state == Covered.PARTLY:
        return _("一部分有人接")
    return str(record.get_state_display())


def _amount(record: Need | Offer) -> str:
    """How much, with its unit in the reader's language; "" when it was not said or not understood."""
    quantity = record.quantity_asked if isinstance(record, Need) else record.quantity
    return record.specification if quantity is None else amount_words(record, quantity)


def _tone(state: str) -> str:
    good = {"verified": "good", "solved": "good", "used_up": "good"}
    return {"received": "busy", "waiting": "mark", "refused": "stop", **good}.get(state, "off")


def _steps(record: Need | Offer, checks: list[Check], cover: Cover | None) -> list[dict[str, object]]:
    """Received, verified, helped: how far it is."""
    verified = record.state in ("verified", "solved", "used_up") or record.verified_at is not None
    done = record.state in ("solved", "used_up")
    stopped = record.state in ("withdrawn", "refused", "merged", "expired")
    words = ngettext("打过 %(n)s 次电话", "打过 %(n)s 次电话", len(checks))
    called = words % {"n": len(checks)} if checks else ""
    middle = "done" if verified else "ahead" if stopped else "here"
    last = _("正在找能帮上的人") if isinstance(record, Need) else _("正在找最需要它的地方")
    if cover is not None and cover.state != Covered.NONE:
        part = cover.state == Covered.PARTLY
        last = _("一部分已有人接下，其余的还在找") if part else _("已有人接下，在准备或在路上")
    steps: list[dict[str, object]] = [
        {"title": _("收到"), "at": record.created_at, "state": "done"},
        {"title": _("打电话核实"), "at": record.verified_at, "note": called, "state": middle},
    ]
    if stopped:
        steps.append({"title": record.get_state_display(), "at": record.updated_at, "state": "stopped"})
        return steps
    steps.append({"title": last, "state": "done" if done else "here" if verified else "ahead"})
    steps.append(
        {
            "title": _("解决") if isinstance(record, Need) else _("用完"),
            "at": record.updated_at if done else None,
            "state": "done" if done else "ahead",
        }
    )
    return steps


def _next(record: Need | Offer, cover: Cover | None = None) -> str:
    """What happens next, in one sentence that promises nothing."""
    if cover is not None and cover.state == Covered.COMING:
        return _("有人接下了，会送来。送到时请一起点数，再确认收到了多少；过了时候没有人来，请在这里说。")
    if cover is not None and cover.state == Covered.PARTLY:
        return _("一部分有人接下了，其余的还在找。情况变了请在这里说。")
    if isinstance(record, Offer):
        return {
            "received": _("核实员会打电话，确认东西还在、能给多少。请先不要寄。"),
            "waiting": _("打过电话没有打通，会再打。请先不要寄。"),
            "verified": _("已经记入可用的供给。需要时会告诉您寄到哪里；在那之前请不要寄。"),
            "expired": _("太久没有消息，已经从可用的供给里拿下。还在的话，请按“还在”。"),
        }.get(record.state, _("这一条不再处理。"))
    return {
        "received": _("核实员按紧急程度和先后打电话。电话可能来自陌生号码，请接一下。"),
        "waiting": _("打过电话没有打通，会再打。电话改了请在这里更正。"),
        "verified": _("已经核实，正在找能帮上的人。我们不能保证一定找得到；情况变了请在这里说。"),
        "solved": _("已经解决，不再打电话。如果其实还需要，请恢复或重新提交。"),
        "withdrawn": _("已经撤回，不再打电话。"),
        "refused": _("核实时没有成立。如有出入，请重新提交并写清情况。"),
        "merged": _("这和另一条是同一件事，已经并到一起办，不会漏。"),
        "expired": _("太久没有消息，已经从公开的名单拿下。如果仍然需要，请按“仍然需要”。"),
    }.get(record.state, "")
