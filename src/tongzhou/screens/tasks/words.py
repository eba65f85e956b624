"""How a task is said: what, how much, where, for whom. Before it is taken, no more than a card would say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import LIVE, AssignmentState
from tongzhou.chain.intake.types import ForWhom
from tongzhou.kernel import clock, ids
from tongzhou.kernel.words import local
from tongzhou.registers.places.models import Place

__all__ = ["TaskLine", "as_text", "lines_of", "unit_of"]

_TONES = {
    AssignmentState.PROPOSED: "busy", AssignmentState.ACCEPTED: "mark", AssignmentState.IN_TRANSIT: "mark",
    AssignmentState.DELIVERED: "busy", AssignmentState.CONFIRMED: "good",
}  # fmt: skip


def unit_of(one: Assignment) -> str:
    """The base unit in the reader's language."""
    return local(one.category.unit, one.category.unit_en)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as lists and its page show it. `until`: when it runs out (unanswered, or unsent), else None."""

    code: str
    what: str
    detail: str
    amount: str
    where: str
    who: str
    urgency: int
    state: str
    state_label: str
    tone: str
    until: dt.datetime | None
    mine: bool
    synthetic: bool

    @property
    def live(self) -> bool:
        """Something of it is still to happen."""
        return self.state in LIVE


def _line(one: Assignment, account_id: object, districts: dict[str, Place]) -> TaskLine:
    need, mine = one.need, one.holder_id == account_id
    facility = need.for_whom == ForWhom.FACILITY
    district = districts.get(one.place_id[:6], one.place)
    where = one.place if facility or mine else district
    waiting, taken = one.state == AssignmentState.PROPOSED, one.state == AssignmentState.ACCEPTED
    return TaskLine(
        code=one.code,
        what=one.category.label,
        detail=need.item if (facility or mine) and need.item != one.category.name else "",
        amount=f"{one.quantity:,} {unit_of(one)}".strip(),
        where=where.full_label,
        who=(need.requester or _("单位")) if facility else _("一户人家"),
        urgency=one.urgency,
        state=one.state,
        state_label=str(one.get_state_display()),
        tone=_TONES.get(AssignmentState(one.state), "off"),
        until=one.lapses_at if waiting else one.due_at if taken else None,
        mine=mine,
        synthetic=one.synthetic,
    )


def lines_of(rows: Iterable[Assignment], account_id: object) -> list[TaskLine]:
    """Tasks in the reader's words; one more query for the districts."""
    listed = list(rows)
    codes = {one.place_id[:6] for one in listed if len(one.place_id) > 6}
    districts = Place.objects.in_bulk(codes) if codes else {}
    return [_line(one, account_id, districts) for one in listed]


def as_text(line: TaskLine, address: str) -> str:
    """A task as text for a chat: never a contact, never a street of a household."""
    title = _("任务 %(code)s") % {"code": ids.format_code(line.code)}
    said = [f"【{title}】{line.what} {line.amount}", f"{line.where} · {line.who}"]
    said.append(_("现在：%(state)s") % {"state": line.state_label})
    if line.until:
        said.append(_("%(until)s 前") % {"until": f"{clock.beijing(line.until):%m-%d %H:%M}"})
    said.append(_("详情（要登录）：%(address)s") % {"address": address})
    return "\n".join(said)
