"""The list of assignments: columns, facets, orders. No contact, no words of a household, no private person's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.assignments import assignments
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.selectors.waiting import Waits, with_waits
from tongzhou.chain.dispatch.selectors.words import giver_of, how_much, receiver_of, unit_of, what_of
from tongzhou.chain.dispatch.types import LIVE, AssignmentState, Balance
from tongzhou.chain.intake.selectors.facets import shared
from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.chain.intake.types import Urgency
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.tables import Asked, Cell, Choice, Column, Facet, Sort, Table, read
from tongzhou.kernel.tables.facets import enumerated, flag
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.models import Place

__all__ = ["TONES", "WAITS", "actor_of", "view_of"]

PAGE_SIZE = 50
#: How a state looks: see components/tag.html.
TONES: dict[str, str] = {
    AssignmentState.PROPOSED: "mark",
    AssignmentState.ACCEPTED: "busy",
    AssignmentState.IN_TRANSIT: "busy",
    AssignmentState.DELIVERED: "mark",
    AssignmentState.CONFIRMED: "good",
    AssignmentState.DECLINED: "off",
    AssignmentState.LAPSED: "off",
    AssignmentState.WITHDRAWN: "off",
}
WAITS: dict[str, Any] = {
    Waits.ANSWER: _("快到时限，还没有人接"),
    Waits.ARRIVAL: _("送出超过 24 小时还没有到"),
    Waits.WORD: _("送到超过 24 小时没有确认"),
}
_WITH = ("need", "offer", "place", "category", "organisation", "receiver", "team")
#: Organisations may come to thousands, so only those that occur lately are offered.
_MOST_ORGANISATIONS = 40
_SIDES = ("giver", "receiver")


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def _what(one: Assignment) -> Cell:
    return Cell(what_of(one), href=reverse("assignments:one", args=[one.code]))


def _balance(key: str, label: Any, balance: Balance, shown: bool = True) -> Column:
    def value(one: Any) -> int:
        found: int = one.sums[balance]
        return found

    return Column(
        key, label, value, lambda one: Cell(how_much(one.category, value(one)) if value(one) else "–"), number=True,
        shown=shown,
    )  # fmt: skip


def _moment(key: str, label: Any, shown: bool = False) -> Column:
    return Column(
        key, label, lambda one: getattr(one, key), lambda one: Cell(getattr(one, key), kind="time"), shown=shown
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        "urgency",
        _("紧急程度"),
        lambda one: str(Urgency(one.urgency).label),
        lambda one: Cell(str(Urgency(one.urgency).label), kind="urgency", tone=str(one.urgency)),
        sorts=("urgency",),
    ),
    Column("what", _("东西"), what_of, _what, heads=True),
    Column(
        "state", _("状态"), lambda one: str(one.get_state_display()),
        lambda one: Cell(one.get_state_display(), kind="tag", tone=TONES.get(one.state, "")),
    ),
    Column("code", _("单号"), lambda one: ids.format_code(one.code), lambda one: Cell(one.code, kind="code")),
    Column("quantity", _("派多少"), lambda one: one.quantity, lambda one: Cell(how_much(one.category, one.quantity)),
           number=True),
    _balance("in_transit", pgettext_lazy("balance", "在路上"), Balance.IN_TRANSIT, shown=False),
    _balance("received", pgettext_lazy("balance", "收到"), Balance.RECEIVED, shown=False),
    Column("unit", _("单位"), lambda one: one.category.unit, lambda one: Cell(unit_of(one.category)), shown=False),
    Column("giver", _("谁给"), giver_of),
    Column("receiver", _("谁收"), receiver_of),
    Column("place", _("送到哪里"), lambda one: one.place.full_label),
    Column("proposed_at", _("派出"), lambda one: one.proposed_at, lambda one: Cell(one.proposed_at, kind="time"),
           sorts=("new",)),
    _moment("lapses_at", _("最晚答复")),
    _moment("accepted_at", _("接下的时间")),
    _moment("sent_at", _("送出的时间")),
    _moment("delivered_at", _("送到的时间")),
    _moment("confirmed_at", _("确认的时间")),
    Column("need", _("求助编号"), lambda one: ids.format_code(one.need.code), shown=False),
    Column("offer", _("供给编号"), lambda one: ids.format_code(one.offer.code), shown=False),
    Column("line", _("条线"), lambda one: one.need.get_line_display(), shown=False),
    Column("synthetic", _("合成"), lambda one: one.synthetic, shown=False),
)  # fmt: skip

URGENT = Sort("urgency", _("急的在前"), ("urgency", "proposed_at", "id"))
NEW = Sort("new", _("新的在前"), ("proposed_at", "id"), descending=True)
OLD = Sort("old", _("等得久的在前"), ("proposed_at", "id"))


def _with_sums(rows: Sequence[Any], columns: Collection[str]) -> None:
    """The balances of a page, in one query."""
    sums = of_assignments(one.pk for one in rows) if {"in_transit", "received"} & set(columns) else {}
    for one in rows:
        one.sums = sums.get(one.pk, dict.fromkeys(Balance, 0))


def _find(rows: QuerySet[Assignment], words: str) -> QuerySet[Assignment]:
    """By the number of the assignment, its need or its offer; else by the name of an organisation or team."""
    code = ids.parse_code(words)
    if code is not None:
        return rows.filter(Q(code=code) | Q(need__code=code) | Q(offer__code=code))
    named = Q(organisation__name__icontains=words) | Q(receiver__name__icontains=words)
    return rows.filter(named | Q(team__name__icontains=words) | Q(category__name__icontains=words))


def _sides(actor: Actor, scene: Scene, said: QueryDict) -> tuple[Facet, Facet]:
    """Who gives, who gets: the organisations that occur lately, and the one that is asked for. Two queries."""
    rows = assignments(actor, scene.response).order_by("-proposed_at")
    pairs = list(rows.values_list("organisation_id", "receiver_id")[: 5 * _MOST_ORGANISATIONS])
    given, got = ([str(pair[side]) for pair in pairs if pair[side] is not None] for side in (0, 1))
    asked = {key: [one for one in said.getlist(key)[:_MOST_ORGANISATIONS] if ids.parse_id(one)] for key in _SIDES}
    named = Organisation.objects.in_bulk({*given, *got, *asked["giver"], *asked["receiver"]})
    labels = {str(one.pk): str(one.label) for one in named.values()}

    def facet(key: str, label: Any, column: str, seen: list[str]) -> Facet:
        wanted = [one for one in dict.fromkeys([*asked[key], *seen]) if one in labels][:_MOST_ORGANISATIONS]
        listed = sorted((Choice(one, labels[one]) for one in wanted), key=lambda one: str(one.label))
        return Facet(key, label, column, choices=lambda _values: listed)

    return facet("giver", _("谁给"), "organisation_id", given), facet("receiver", _("谁收"), "receiver_id", got)


def _waits() -> Facet:
    """What waits too long."""
    listed = [Choice(str(value), word) for value, word in WAITS.items()]
    return Facet("waits", _("等得太久"), "waits", choices=lambda _values: listed)


def _table(actor: Actor, scene: Scene, said: QueryDict) -> Table:
    """Assignments; those that something is still to happen to unless the address says otherwise."""
    place = said.get("place", "")
    known = place.isascii() and place.isdigit() and len(place) <= 9 and Place.objects.filter(code=place).exists()
    kinds = categories(scene.response.pk if scene.response else None, enabled_only=False)
    where, category, line = shared(kinds, scene.area, place if known else "")
    state = enumerated(
        "state", _("状态"), "state", AssignmentState, default=tuple(str(one) for one in LIVE),
        default_label=_("还没有完的"),
    )  # fmt: skip
    synthetic = flag(
        "synthetic", _("合成数据"), "synthetic", _("只看合成的"), no=_("不看合成的"), where=Q(synthetic=True),
        holds=bool,
    )  # fmt: skip
    return Table(
        name="assignments",
        columns=COLUMNS,
        sorts=(URGENT, OLD, NEW),
        facets=(
            state, _waits(), enumerated("urgency", _("紧急程度"), "urgency", Urgency), where, category, line,
            *_sides(actor, scene, said), synthetic,
        ),
        search=_find,
        fan="state",
        page_size=PAGE_SIZE,
        kept=("response",),
        with_rows=_WITH,
        row_key=lambda one: str(one.code),
        prepare=_with_sums,
    )  # fmt: skip


def view_of(request: HttpRequest, now: dt.datetime | None = None) -> tuple[Scene, Asked, QuerySet[Any]]:
    """The response, the view the address asks for, and the assignments the actor may see of it."""
    actor = actor_of(request)
    scene = scene_of(actor, request.GET.get("response", ""))
    said = request.GET.copy()
    if scene.response is not None:
        said["response"] = scene.response.slug
    asked = read(_table(actor, scene, said), said)
    rows = with_waits(assignments(actor, scene.response), now or clock.now())
    return scene, asked, rows.alias(area_text=Concat("place_id", Value("")))
