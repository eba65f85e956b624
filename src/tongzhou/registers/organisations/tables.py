"""The list of organisations: columns, facets, orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import clock
from tongzhou.kernel.tables import Cell, Choice, Column, Facet, Sort, Table
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.selectors import UNVERIFIED, search
from tongzhou.registers.organisations.types import AuthorityLevel, OrganisationKind, StandingState
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place

__all__ = ["STANDING_TONES", "organisations_table", "standing_now", "standing_word"]

STANDING_TONES = {
    UNVERIFIED: "mark",
    StandingState.CURRENT.value: "good",
    StandingState.SUSPENDED.value: "stop",
    StandingState.REVOKED.value: "stop",
    StandingState.EXPIRED.value: "off",
}


def standing_word(state: str) -> str:
    """A standing in the reader's language."""
    return gettext("待核实") if state == UNVERIFIED else str(StandingState(state).label)


def standing_now(organisation: Organisation) -> str:
    """The standing at this moment, from the stretch that was read with the row."""
    present = organisation.present
    return UNVERIFIED if present is None else present.effective(clock.now()).value


def _standing_cell(one: Organisation) -> Cell:
    state = standing_now(one)
    return Cell(standing_word(state), kind="tag", tone=STANDING_TONES[state])


def _name(one: Organisation) -> Cell:
    return Cell(one.label, href=reverse("organisations:record", args=[one.pk]), more=one.short_name)


COLUMNS = (
    Column("name", _("单位名称"), lambda one: one.name, _name, heads=True, sorts=("name",)),
    Column("kind", _("类型"), lambda one: one.get_kind_display()),
    Column("standing", _("状态"), lambda one: standing_word(standing_now(one)), _standing_cell),
    Column("place", _("所在地"), lambda one: one.place.full_label, sorts=("place",)),
    Column("charity", _("慈善组织"), lambda one: one.is_charity, shown=False),
    Column("credit_code", _("统一社会信用代码"), lambda one: one.credit_code),
    Column("authority", _("登记机关"), lambda one: one.authority, shown=False),
    Column("contact_line", _("公布的电话"), lambda one: one.contact_line, shown=False),
    Column("website", _("网址"), lambda one: one.website, shown=False),
    Column(
        "created", _("登记时间"), lambda one: one.created_at, lambda one: Cell(one.created_at, kind="time"),
        shown=False, sorts=("new",),
    ),
)  # fmt: skip


def _listed(key: str, label: Any, column: str, choices: Iterable[tuple[Any, Any]], **more: Any) -> Facet:
    given = [Choice(str(value), word) for value, word in choices]
    return Facet(key, label, column, choices=lambda chosen: given, **more)


def _place_facet(chosen: str) -> Facet:
    """A drill-down over divisions; what it offers is read once."""
    known = bool(chosen) and chosen.isascii() and chosen.isdigit() and Place.objects.filter(code=chosen).exists()
    here = chosen if known else "0"
    below = [Choice(one.code, one.label) for one in places.children(here)]
    path = [Choice(one.code, one.label) for one in places.ancestors(here) if one.code != "0"] if known else []

    def fold(code: Any) -> str:
        return next((one.value for one in below if str(code).startswith(one.value)), "")

    return Facet(
        "place", _("所在地"), "place_id",
        choices=lambda _values: below, above=lambda _values: path, many=False, fold=fold,
        narrow=lambda values: places.under("place_id", values[0]), knows=lambda code: known and code == chosen,
    )  # fmt: skip


def _search(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    return rows.filter(search(words))


def organisations_table(place: str) -> Table:
    """The table; `place` is the division the address names."""
    states = [(UNVERIFIED, _("待核实")), *StandingState.choices]
    return Table(
        name="organisations",
        columns=COLUMNS,
        sorts=(
            Sort("name", _("按名称"), ("name", "id")),
            Sort("place", _("按地方"), ("place_id", "id")),
            Sort("new", _("新的在前"), ("created_at", "id"), descending=True),
        ),
        facets=(
            _listed("standing", _("状态"), "standing", states),
            _listed("kind", _("类型"), "kind", OrganisationKind.choices),
            _place_facet(place),
            _listed("charity", _("慈善组织"), "is_charity", [("True", _("是")), ("False", _("否"))], many=False,
                    narrow=lambda values: Q(is_charity=values[0] == "True")),
            _listed("level", _("登记机关级别"), "authority_level", AuthorityLevel.choices),
        ),
        search=_search,
        kept=("does",),
        with_rows=("place", "present"),
        row_key=lambda one: str(one.pk),
    )  # fmt: skip
