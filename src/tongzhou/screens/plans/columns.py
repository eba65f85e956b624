"""Columns of a plan's tables. What stands in them is public inside the desk: no contact, no address of a household."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.types import Urgency
from tongzhou.chain.planning.models import LeftOut, Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.chain.planning.types import Change, LineState
from tongzhou.kernel import ids, kept
from tongzhou.kernel.tables import Cell, Column
from tongzhou.kernel.words import local
from tongzhou.screens.plans import words
from tongzhou.screens.plans.forms import FIX, FORBID
from tongzhou.screens.plans.words import giver, receiver

__all__ = [
    "GAP_COLUMNS",
    "HOLD_COLUMNS",
    "LEFT_COLUMNS",
    "LINE_COLUMNS",
    "STATE",
    "beside",
    "decided",
    "steer",
    "struck_beside",
]

#: Where a line keeps the row of its need in the plan, see `beside`.
_BESIDE = "need_in_plan"


def _why(row: Any) -> str:
    return local(row.text_zh, row.text_en)


def _reason(row: PlanLine) -> str:
    return local(row.reason_zh, row.reason_en)


def _urgency(row: Any) -> Cell:
    return Cell(str(Urgency(row.urgency).label), kind="urgency", tone=str(row.urgency))


def _mark(basis: str) -> str:
    return str(words.MARKS.get(basis, ""))


def beside(rows: Sequence[PlanLine], shown: Collection[str]) -> None:
    """Read what the needs of these lines asked and were planned on: one query for a page."""
    found: dict[Any, PlanNeed] = {}
    for one in PlanNeed.objects.filter(
        plan__in={row.plan_id for row in rows}, need__in={row.need_id for row in rows}
    ).only("plan_id", "need_id", "asked", "planned"):
        found[one.plan_id, one.need_id] = one
    for row in rows:
        setattr(row, _BESIDE, found.get((row.plan_id, row.need_id)))


def _in_plan(row: PlanLine) -> PlanNeed | None:
    """The need of the line as the plan saw it; None for one that is not planned any more."""
    found: PlanNeed | None = getattr(row, _BESIDE, None)
    return found


def _asked_and_planned(row: PlanLine) -> str:
    """What was asked beside what the plan works on."""
    one = _in_plan(row)
    if one is None:
        return ""
    planned = words.amount(one.planned, row.category)
    if one.asked is None:
        return gettext("没有报数量，计划量 %(planned)s") % {"planned": planned}
    return gettext("报 %(asked)s，计划量 %(planned)s") % {
        "asked": words.amount(one.asked, row.category), "planned": planned,
    }  # fmt: skip


def _moved(row: PlanLine) -> Cell:
    """How much, beside what was asked, planned on and sent before, and whether anybody confirmed the number."""
    if row.change == Change.GONE:
        return Cell(gettext("不再派"), more=gettext("原来 %(was)s") % {"was": words.amount(row.was, row.category)})
    notes = [_asked_and_planned(row), _mark(row.basis)]
    if row.change == Change.CHANGED:
        notes.append(gettext("原来 %(was)s") % {"was": words.amount(row.was, row.category)})
    return Cell(words.amount(row.quantity, row.category), more=" · ".join(filter(None, notes)))


def _from(row: PlanLine) -> Cell:
    notes = [row.offer.place.full_label]
    if row.offer.earmark:
        notes.append(gettext("定向捐赠"))
    if row.offer.synthetic:
        notes.append(gettext("合成"))
    href = reverse("records:offer", args=[row.offer.code])
    return Cell(giver(row.offer), kind="party", href=href, more=" · ".join(notes))


def _to(row: PlanLine | PlanNeed) -> Cell:
    notes = [row.place.full_label]
    if isinstance(row, PlanLine):
        notes.append(str(words.REACH[row.reach]))
    if row.need.synthetic:
        notes.append(gettext("合成"))
    href = reverse("records:need", args=[row.need.code])
    return Cell(receiver(row.need), kind="party", href=href, more=" · ".join(notes))


def decided(row: PlanLine) -> str:
    """Why it was decided so, in the reader's language."""
    return kept.shown(row.decided_reason)


def _change(row: PlanLine) -> Cell:
    return Cell(row.get_change_display(), kind="tag", tone=words.CHANGE_TONES.get(row.change, ""))


def _state(row: PlanLine) -> Cell:
    return Cell(row.get_state_display(), kind="tag", tone=words.LINE_TONES.get(row.state, ""), more=decided(row))


def _steer(plan: Plan) -> Callable[[PlanLine], Cell]:
    """Two ways on from a line, each with the pair, the quantity and the plan it was read in."""
    start = reverse("plans:new_pin")

    def cell(row: PlanLine) -> Cell:
        quantity = row.quantity or row.was or ""
        said = {"need": row.need.code, "offer": row.offer.code, "quantity": quantity, "plan": plan.number}
        fix, forbid = (f"{start}?{urlencode(said | {'how': how})}" for how in (FIX, FORBID))
        return Cell(
            links=((gettext("改固定") if row.pinned else gettext("固定"), fix), (pgettext("act", "禁止"), forbid))
        )

    return cell


URGENCY = Column("urgency", _("紧急程度"), lambda row: row.urgency, _urgency)
CATEGORY = Column("item", _("什么"), lambda row: row.category.label, heads=True)
REACH = Column("reach", _("多远"), lambda row: str(words.REACH[row.reach]), shown=False)
_NEED = Column(
    "need", _("需求编号"), lambda row: ids.format_code(row.need.code), lambda row: Cell(row.need.code, kind="code"),
    shown=False,
)  # fmt: skip
_OFFER = Column(
    "offer", _("供给编号"), lambda row: ids.format_code(row.offer.code), lambda row: Cell(row.offer.code, kind="code"),
    shown=False,
)  # fmt: skip
#: Only where lines have been decided.
STATE = Column("state", _("批准情况"), lambda row: row.get_state_display(), _state)


def steer(plan: Plan) -> Column:
    """The column of a plan's lines for those who may steer."""
    return Column("steer", _("改"), lambda row: row.pinned, _steer(plan), prints=False)


LINE_COLUMNS: tuple[Column, ...] = (
    URGENCY,
    CATEGORY,
    Column("quantity", _("派多少"), lambda row: row.quantity, _moved, number=True),
    Column("from", _("从谁"), lambda row: giver(row.offer), _from),
    Column("to", _("给谁"), lambda row: receiver(row.need), _to),
    REACH,
    Column("why", _("为什么"), _reason, lambda row: Cell(_reason(row), kind="words")),
    Column("change", _("变化"), lambda row: row.get_change_display(), _change),
    Column("was", _("原来多少"), lambda row: row.was, number=True, shown=False),
    Column("asked", _("报的数量"), lambda row: one.asked if (one := _in_plan(row)) else None, number=True, shown=False),
    Column(
        "planned",
        _("按多少计划"),
        lambda row: one.planned if (one := _in_plan(row)) else None,
        number=True,
        shown=False,
    ),
    Column("basis", _("数量从哪里来"), lambda row: _mark(row.basis) or gettext("核实过"), shown=False),
    Column("from_place", _("从哪里"), lambda row: row.offer.place.full_label, shown=False),
    Column("to_place", _("到哪里"), lambda row: row.place.full_label, shown=False),
    _NEED,
    _OFFER,
    Column("synthetic", _("合成"), lambda row: row.offer.synthetic or row.need.synthetic, shown=False),
)


#: Where a need in a plan keeps what was struck at the approval, see `struck_beside`.
_STRUCK = "struck_units"


def struck_beside(rows: Sequence[PlanNeed], shown: Collection[str]) -> None:
    """Read how much of what the plan gave these needs was struck at its approval: one query for a page."""
    lines = PlanLine.objects.filter(
        plan__in={row.plan_id for row in rows}, need__in={row.need_id for row in rows}, state=LineState.STRUCK
    )
    found = {(plan, need): units for plan, need, units in lines.values_list("plan", "need").annotate(n=Sum("quantity"))}
    for row in rows:
        setattr(row, _STRUCK, found.get((row.plan_id, row.need_id), 0))


def _struck(row: PlanNeed) -> int:
    units: int = getattr(row, _STRUCK, 0)
    return units


def _planned(row: PlanNeed) -> Cell:
    return Cell(words.amount(row.planned, row.category), more=_mark(row.basis))


def _lacks(row: PlanNeed) -> Cell:
    served = row.served - _struck(row)
    return Cell(
        words.amount(row.planned - served, row.category),
        more=gettext("得到 %(served)s") % {"served": words.amount(served, row.category)} if served else "",
    )


def _gap_why(row: PlanNeed) -> Cell:
    word = str(words.GAP.get(row.reason, row.reason))
    if not (struck := _struck(row)):
        return Cell(word, kind="words", more=_why(row))
    said = gettext("批准时划掉了 %(struck)s") % {"struck": words.amount(struck, row.category)}
    rest = gettext("其余：%(word)s") % {"word": word}
    return Cell(said, kind="words", more=" · ".join(filter(None, (rest, _why(row)))))


GAP_COLUMNS: tuple[Column, ...] = (
    URGENCY,
    CATEGORY,
    Column("lacks", _("还缺"), lambda row: row.gap + _struck(row), _lacks, number=True),
    Column(
        "asked", _("报的数量"), lambda row: row.asked, lambda row: Cell(words.amount(row.asked, row.category)),
        number=True,
    ),
    Column("planned", _("按多少计划"), lambda row: row.planned, _planned, number=True),
    Column("to", _("谁缺"), lambda row: receiver(row.need), _to),
    Column("why", _("为什么缺"), lambda row: str(words.GAP.get(row.reason, row.reason)), _gap_why),
    Column("bottleneck", _("卡在哪里"), lambda row: row.bottleneck, shown=False),
    Column("served", _("得到多少"), lambda row: row.served - _struck(row), number=True, shown=False),
    Column("told", _("理由全文"), _why, shown=False),
    _NEED,
)  # fmt: skip


def _hold_what(row: PlanOffer) -> Cell:
    return Cell(row.category.label, href=reverse("records:offer", args=[row.offer.code]), more=row.offer.specification)


def _hold_why(row: PlanOffer) -> Cell:
    return Cell(str(words.HOLD.get(row.reason, row.reason)), kind="words", more=_why(row))


def _hold_who(row: PlanOffer) -> Cell:
    notes = [row.place.full_label]
    if row.earmarked:
        notes.append(gettext("定向捐赠"))
    if row.offer.synthetic:
        notes.append(gettext("合成"))
    return Cell(giver(row.offer), kind="party", more=" · ".join(notes))


HOLD_COLUMNS: tuple[Column, ...] = (
    Column("item", _("什么"), lambda row: row.category.label, _hold_what, heads=True),
    Column(
        "held", _("先不要发多少"), lambda row: row.held, lambda row: Cell(words.amount(row.held, row.category)),
        number=True,
    ),
    Column(
        "given", _("这次派出"), lambda row: row.given, lambda row: Cell(words.amount(row.given, row.category)),
        number=True,
    ),
    Column(
        "free", _("一共还有"), lambda row: row.free, lambda row: Cell(words.amount(row.free, row.category)),
        number=True,
    ),
    Column("from", _("在谁手里"), lambda row: giver(row.offer), _hold_who),
    Column("why", _("为什么先不要发"), lambda row: str(words.HOLD.get(row.reason, row.reason)), _hold_why),
    Column("told", _("理由全文"), _why, shown=False),
    _OFFER,
    Column("earmarked", _("定向捐赠"), lambda row: row.earmarked, shown=False),
)  # fmt: skip


def _left_what(row: LeftOut) -> Cell:
    parts = []
    if row.offer is not None:
        parts.append(f"{row.offer.item}（{giver(row.offer)}）")
    if row.need is not None:
        parts.append(f"{row.need.item}（{receiver(row.need)}）")
    kind, code = ("offer", row.offer.code) if row.offer is not None else ("need", row.need.code if row.need else "")
    return Cell(" → ".join(parts), href=reverse(f"records:{kind}", args=[code]), more=_left_where(row))


def _left_where(row: LeftOut) -> str:
    return " → ".join(one.place.full_label for one in (row.offer, row.need) if one is not None)


LEFT_COLUMNS: tuple[Column, ...] = (
    Column("what", _("哪一条"), lambda row: _left_what(row).text, _left_what, heads=True),
    Column("rule", _("哪条规则"), lambda row: row.get_rule_display()),
    Column("why", _("为什么"), _why, lambda row: Cell(_why(row), kind="words")),
    Column(
        "codes", _("编号"),
        lambda row: " ".join(ids.format_code(one.code) for one in (row.offer, row.need) if one is not None),
        shown=False,
    ),
)  # fmt: skip
