"""The four tables of a plan: which columns, facets and orders they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import Offer
from tongzhou.chain.intake.selectors.lists import area_column
from tongzhou.chain.intake.types import Urgency
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.selectors import seen
from tongzhou.chain.planning.types import Change, LeftOutRule, LineState, PlanState
from tongzhou.chain.triage.types import Basis
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.tables import Choice, Facet, Sort, Table
from tongzhou.kernel.tables.declared import Text
from tongzhou.kernel.tables.facets import enumerated, flag
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.facets import known_place, place_facet
from tongzhou.screens.plans import columns, words

__all__ = ["DECIDED", "GAPS", "HOLDS", "LEFT", "LINES", "SECTIONS", "Section", "partly", "table_of"]

#: Where the lines of a plan have been decided, each says how.
DECIDED = (PlanState.APPROVED, PlanState.SUPERSEDED)
_TOLD = (LineState.APPROVED, LineState.STRUCK, LineState.STALE)
URGENT = Sort("urgency", _("急的在前"), ("urgency", "place_id", "id"))


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a plan: its address, its rows for a reader, what it means when it is empty."""

    key: str
    label: Text
    rows: Callable[[Actor, Plan], QuerySet[Any]]
    empty_title: Text
    empty_why: Text
    #: What one row is, beside figures that count needs or offers.
    row: Text

    def path(self, plan: Plan) -> str:
        """Its address."""
        return reverse("plans:plan" if self.key == "lines" else f"plans:{self.key}", args=[plan.number])


LINES = Section(
    "lines",
    _("谁给谁"),
    seen.lines_of,
    _("没有要派的"),
    _("没有一份供给能合法地用到这个范围的需求上。看看缺口里写的理由。"),
    _("一行是一份供给派给一项需求；一项需求可以由几份供给来帮，一份供给也可以帮几项需求。"),
)
GAPS = Section(
    "gaps",
    _("还缺的"),
    seen.gaps_of,
    _("没有缺口"),
    _("这个范围里核实过的需求都够了。"),
    _("一行是一项需求。"),
)
HOLDS = Section(
    "holds",
    _("先不要发"),
    seen.holds_of,
    _("没有要暂缓的"),
    _("这个范围里的供给全都用得上。"),
    _("一行是一份供给：整份，或者其中用不上的一部分。"),
)
LEFT = Section(
    "left",
    _("没有进入计划"),
    seen.left_out_of,
    _("没有被规则挡下的"),
    _("所有核实过的需求和供给都进入了计算。"),
    _("一行是被一条规则挡下的一份供给、一项需求，或者其中的一对。"),
)
SECTIONS = (LINES, GAPS, HOLDS, LEFT)


def partly(plan: Plan) -> bool:
    """Waiting for approval, and some lines decided already: the rest is for others."""
    return plan.state == PlanState.READY and plan.lines.filter(state__in=_TOLD).exists()


def _category(plan: Plan) -> Facet:
    """Categories in the order of the catalogue; every one belongs to some."""
    listed = [Choice(one.key, one.label) for one in categories(plan.response_id, enabled_only=False)]
    return Facet("category", _("类别"), "category_id", choices=lambda chosen: listed)


def _place(plan: Plan, said: QueryDict) -> Facet:
    return place_facet(plan.area_id, known_place(said.get("place", "")), area_column)


def _coded(key: str, label: Text, column: str, known: Mapping[str, Any]) -> Facet:
    listed = [Choice(code, word) for code, word in known.items()]
    return Facet(key, label, column, choices=lambda chosen: listed)


def _basis() -> Facet:
    """Whether anybody confirmed the number."""
    return flag(
        "basis", _("数量"), "basis", _("估计或未核实的"), no=_("核实过的"), where=~Q(basis=Basis.CONFIRMED),
        holds=lambda basis: basis != Basis.CONFIRMED,
    )  # fmt: skip


def _offers(plan: Plan, where: Q) -> Q:
    """Lines of offers that are so. There are ten times as many lines as offers, so these are looked up once."""
    return Q(offer__in=Offer.objects.filter(where, response_id=plan.response_id).values("pk"))


def _earmark(column: str, where: Q) -> Facet:
    """Gifts whose donor said for whom or where: no command allocates them."""
    return flag("earmark", _("捐赠"), column, _("定向捐赠"), no=_("其他供给"), where=where, holds=bool)


def _compared(plan: Plan) -> Text:
    """What the changes of the lines are measured by: the assignments of the moment the plan was worked out."""
    if plan.as_of is None:
        return _("和规划时的派单比")
    then, now = clock.beijing(plan.as_of), clock.beijing(clock.now())
    at = f"{then:%H:%M}" if then.date() == now.date() else f"{then:%m-%d %H:%M}"
    return gettext("和规划时（%(at)s）的派单比") % {"at": at}


def lines_table(plan: Plan, said: QueryDict, *, steers: bool) -> Table:
    """What moves from where to whom."""
    decided = plan.state in DECIDED or partly(plan)
    shown = columns.LINE_COLUMNS + ((columns.STATE,) if decided else ()) + ((columns.steer(plan),) if steers else ())
    state = (enumerated("state", _("批准情况"), "state", LineState),) if decided else ()
    return Table(
        name=f"plan-{plan.number}-lines",
        columns=shown,
        sorts=(URGENT,),
        facets=(
            *state,
            enumerated("change", _compared(plan), "change", Change),
            enumerated("urgency", _("紧急程度"), "urgency", Urgency),
            _place(plan, said),
            _category(plan),
            _basis(),
            _earmark("offer__earmark", _offers(plan, ~Q(earmark=""))),
            flag(
                "synthetic", _("合成数据"), "offer__synthetic", _("只看合成的供给"), no=_("不看合成的供给"),
                where=_offers(plan, Q(synthetic=True)), holds=bool,
            ),
        ),
        search=seen.searcher(plan),
        with_rows=(
            "need__organisation", "offer__place", "place", "category",
        ),
        prepare=columns.beside,
    )  # fmt: skip


def gaps_table(plan: Plan, said: QueryDict, *, steers: bool) -> Table:
    """Who lacks what, and why."""
    return Table(
        name=f"plan-{plan.number}-gaps",
        columns=columns.GAP_COLUMNS,
        sorts=(URGENT,),
        facets=(
            _coded("reason", _("为什么缺"), "reason", words.GAP),
            enumerated("urgency", _("紧急程度"), "urgency", Urgency),
            _place(plan, said),
            _category(plan),
            _basis(),
        ),
        with_rows=("need__organisation", "place", "category"),
        prepare=columns.struck_beside,
    )


def holds_table(plan: Plan, said: QueryDict, *, steers: bool) -> Table:
    """What should stay at home, and why."""
    return Table(
        name=f"plan-{plan.number}-holds",
        columns=columns.HOLD_COLUMNS,
        sorts=(Sort("reason", _("按理由"), ("reason", "id")),),
        facets=(
            _coded("reason", _("为什么先不要发"), "reason", words.HOLD),
            place_facet("0", known_place(said.get("place", "")), area_column),
            _category(plan),
            _earmark("earmarked", Q(earmarked=True)),
        ),
        with_rows=("offer", "place", "category"),
    )


def left_table(plan: Plan, said: QueryDict, *, steers: bool) -> Table:
    """What a rule kept out."""
    return Table(
        name=f"plan-{plan.number}-left",
        columns=columns.LEFT_COLUMNS,
        sorts=(Sort("rule", _("按规则"), ("rule", "id")),),
        facets=(enumerated("rule", _("哪条规则"), "rule", LeftOutRule),),
        with_rows=("offer__place", "need__place", "need__organisation"),
    )


_TABLES: dict[str, Callable[..., Table]] = {
    "lines": lines_table, "gaps": gaps_table, "holds": holds_table, "left": left_table,
}  # fmt: skip


def table_of(section: Section, plan: Plan, said: QueryDict, *, steers: bool) -> Table:
    """The table of a section; `steers` when the reader may pin and forbid."""
    return _TABLES[section.key](plan, said, steers=steers)
