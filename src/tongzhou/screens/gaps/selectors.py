"""What the page of gaps shows: places beside kinds or categories, who is active, gaps with reasons, what is double."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.chain.evaluation.selectors.arithmetic import Amounts
from tongzhou.chain.evaluation.selectors.figures import Figures, figures
from tongzhou.chain.evaluation.selectors.gaps import Gap, Row, double, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.naming import Names, gap_word, in_a_row, names_of, person_word
from tongzhou.chain.evaluation.selectors.plans import PlanCell, current_plans, plan_cells, reason_texts
from tongzhou.chain.evaluation.types import OverlapKind
from tongzhou.kernel.access import Actor
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.tiles import Vessel, cartogram_tiles
from tongzhou.screens.gaps.requests import View

__all__ = ["Page", "page_of"]

#: Gaps and overlaps listed, categories beside places.
MOST, COLUMNS = 20, 8
#: Tiles in a row where no layout is shipped for an area.
_ACROSS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its name, where it leads, its amounts in words, who is active, whether something lacks."""

    name: str
    href: str
    cells: list[str]
    whos: str
    lacks: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """Places beside kinds or categories."""

    heads: list[dict[str, str]]
    rows: list[dict[str, Any]]
    hidden: int


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template needs."""

    figures: Figures
    above: list[dict[str, str]]
    kinds: list[dict[str, Any]]
    tiles: list[dict[str, Any]]
    measure: str
    crossing: Crossing | None
    by_place: list[Line]
    by_category: list[Line]
    gaps: list[dict[str, Any]]
    gaps_total: int
    overlaps: list[dict[str, Any]]
    category: str
    plans: list[dict[str, Any]]
    is_empty: bool


def page_of(actor: Actor, view: View, now: dt.datetime) -> Page:
    """The page at a moment. The number of statements is fixed for an area."""
    found = figures(actor, view.response, now=now, category=view.category)
    plans = current_plans(view.response.pk)
    said = plan_cells(plans, category=view.category)
    parts = places.children(view.place.code) if len(view.place.code) < 6 else []
    rows = rows_of(found, area=view.place.code)
    names = names_of(view.response.pk, {row.place for row in rows} | {view.place.code})
    if view.kind and not view.category:
        rows = [row for row in rows if _kind(names, row.category) == view.kind]
    here = _by_part(rows, view.place, parts)
    gaps, total = _gaps(found, said, view, names)
    return Page(
        figures=found,
        above=_above(view, names),
        kinds=_kinds(found, view, names),
        tiles=cartogram_tiles(view.place.code, parts, _vessels(here, view), across=_ACROSS),
        measure=_("缺多少") if view.category else _("有缺口的类别"),
        crossing=None if view.category else _crossing(here, parts, view, names),
        by_place=_by_place(here, parts, view, names) if view.category else [],
        by_category=[] if view.category else _by_category(rows, view, names),
        gaps=gaps,
        gaps_total=total,
        overlaps=_overlaps(found, view, names),
        category=names.category(view.category) if view.category else "",
        plans=[
            {"number": one.number, "at": one.as_of or one.ready_at, "state": one.get_state_display()} for one in plans
        ],
        is_empty=not found.amounts and not found.doings,
    )  # fmt: skip


def _kind(names: Names, key: str) -> str:
    return names.categories[key].kind if key in names.categories else ""


def _above(view: View, names: Names) -> list[dict[str, str]]:
    """The divisions from the response's area down to this one."""
    chain = [one for one in names.places.values() if one.code and view.place.code.startswith(one.code)]
    chain += [one for one in names.places.values() if one.code == "0" and view.place.code != "0"]
    area = view.response.area_id
    inside = [one for one in chain if (area == "0" or one.code.startswith(area)) and not one.is_filler]
    ordered = sorted(inside, key=lambda one: (one.code != "0", len(one.code)))
    return [{"name": one.label, "href": view.address(place=one.code), "code": one.code} for one in ordered]


def _kinds(found: Figures, view: View, names: Names) -> list[dict[str, Any]]:
    there = {_kind(names, cell.category) for cell in found.amounts} | {
        _kind(names, one.category) for one in found.doings
    }
    listed = [("", _("全部"))] + [(kind.value, str(kind.label)) for kind in Kind if kind.value in there]
    return [
        {"label": label, "href": view.address(kind=key, category=""), "here": key == view.kind and not view.category}
        for key, label in listed
    ]


def _by_part(rows: Iterable[Row], place: Place, parts: list[Place]) -> dict[str, list[Row]]:
    """Rows by the part of the area they lie in; those known only to lie somewhere in it stand under its own code."""
    codes = {part.code for part in parts}
    found: dict[str, list[Row]] = {}
    for row in rows:
        part = next((row.place[:length] for length in (2, 4, 6) if row.place[:length] in codes), place.code)
        found.setdefault(part, []).append(row)
    return found


def _vessels(here: dict[str, list[Row]], view: View) -> dict[str, Vessel]:
    """Without a category: of the categories needed, how many lack something. With one: how much is lacking."""
    most = max((sum(row.amounts.gap for row in rows) for rows in here.values()), default=0) or 1
    found = {}
    for code, rows in here.items():
        needed = {row.category for row in rows if row.amounts.needed}
        lacking = {row.category for row in rows if row.amounts.gap}
        gap = sum(row.amounts.gap for row in rows)
        if view.category:
            figure, level = (f"{gap:,}" if gap else "0", gap / most) if needed else ("", None)
        else:
            figure, level = (f"{len(lacking)}/{len(needed)}", len(lacking) / len(needed)) if needed else ("", None)
        found[code] = Vessel(figure, level, False, view.address(place=code))
    return found


def _total(rows: Iterable[Row]) -> Amounts:
    return sum((row.amounts for row in rows), Amounts())


def _names_of_whos(rows: Iterable[Row]) -> str:
    return in_a_row(sorted({person_word(who) for row in rows for who in row.whos}))


def _listed(here: dict[str, list[Row]], parts: list[Place], view: View) -> list[tuple[str, str, str, list[Row]]]:
    """(code, name, address, rows) of the parts where something is, then what is known only of the area itself."""
    found = [(one.code, one.label, view.address(place=one.code), here[one.code]) for one in parts if one.code in here]
    own = here.get(view.place.code, [])
    if own:
        found.append((view.place.code, _("没有写到下一级的") if parts else view.place.label, "", own))
    return found


def _crossing(here: dict[str, list[Row]], parts: list[Place], view: View, names: Names) -> Crossing:
    """Kinds beside places; categories of the kind that is chosen."""
    rows = [row for part in here.values() for row in part if row.amounts.needed]
    if view.kind:
        order: dict[str, int] = {}
        for row in rows:
            order[row.category] = order.get(row.category, 0) + (1 if row.amounts.gap else 0)
        keys = sorted(order, key=lambda key: (-order[key], list(names.categories).index(key)))
        heads = [{"label": names.category(key), "href": view.address(category=key)} for key in keys[:COLUMNS]]
        hidden = max(0, len(keys) - COLUMNS)
    else:
        keys = [kind.value for kind in Kind if any(_kind(names, row.category) == kind.value for row in rows)]
        heads = [{"label": str(Kind(key).label), "href": view.address(kind=key)} for key in keys]
        hidden = 0
    listed = []
    for _code, name, href, inside in _listed(here, parts, view):
        cells = [_cell(inside, key, view, names) for key in keys[:COLUMNS]]
        if any(cell["text"] for cell in cells):
            listed.append({"name": name, "href": href, "cells": cells})
    return Crossing(heads, listed, hidden)


def _cell(rows: list[Row], key: str, view: View, names: Names) -> dict[str, Any]:
    """How many of a kind's categories lack something, or how much of one category is lacking; blank: none needed."""
    if view.kind:
        one = _total(row for row in rows if row.category == key)
        if not one.needed:
            return {"text": "", "lacks": False}
        return {"text": names.amount(key, one.gap) if one.gap else "✓", "lacks": bool(one.gap)}
    inside = [row for row in rows if _kind(names, row.category) == key and row.amounts.needed]
    lacking = {row.category for row in inside if row.amounts.gap}
    needed = {row.category for row in inside}
    return {"text": f"{len(lacking)} / {len(needed)}" if needed else "", "lacks": bool(lacking)}


def _line(name: str, href: str, rows: list[Row]) -> Line:
    one = _total(rows)
    amounts = (
        one.needed, one.planned, one.accepted, one.in_transit, one.received, one.covered, one.gap, one.received_all,
    )  # fmt: skip
    return Line(name, href, [f"{value:,}" if value else "" for value in amounts], _names_of_whos(rows), bool(one.gap))


def _by_place(here: dict[str, list[Row]], parts: list[Place], view: View, names: Names) -> list[Line]:
    return [_line(name, href, rows) for _code, name, href, rows in _listed(here, parts, view)]


def _by_category(rows: Iterable[Row], view: View, names: Names) -> list[Line]:
    """The categories of this area in the order of the catalogue, what lacks first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.category, []).append(row)
    order = list(names.categories)
    lines = [
        _line(f"{names.category(key)} ({names.categories[key].unit_label})", view.address(category=key), found[key])
        for key in sorted(found, key=lambda key: order.index(key) if key in order else len(order))
        if key in names.categories
    ]
    return sorted(lines, key=lambda line: not line.lacks)


def _gaps(
    found: Figures, said: list[PlanCell], view: View, names: Names
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    gaps = gap_rows(found, said, area=view.place.code)
    if view.kind:
        gaps = [one for one in gaps if _kind(names, one.category) == view.kind]
    texts = reason_texts(one.sample for one in gaps[:MOST] if one.sample)
    slug = view.response.slug
    return [
        {
            "urgency": one.urgency, "place": names.full(one.place), "category": names.category(one.category),
            "gap": names.amount(one.category, one.amounts.gap),
            "needed": names.amount(one.category, one.amounts.needed),
            "share": f"{one.share:.0%}", "reason": _why(one, names), "text": texts.get(one.sample, ""),
            "plan": one.plan,
            "href": f"/needs/?response={slug}&state=verified&place={one.place}&category={one.category}",
        }
        for one in gaps[:MOST]
    ], len(gaps)  # fmt: skip


def _why(one: Gap, names: Names) -> str:
    return gap_word(one.reason, one.amounts.gap, one.unreached, names.amount(one.category, one.unreached))


def _overlaps(found: Figures, view: View, names: Names) -> list[dict[str, Any]]:
    doubled = [
        one for one in double(found, area=view.place.code)
        if not view.kind or _kind(names, one.category) == view.kind
    ]  # fmt: skip
    return [
        {
            "kind": str(OverlapKind(one.kind).label), "tone": "stop" if one.kind == OverlapKind.DOUBLE else "mark",
            "place": names.full(one.place), "category": names.category(one.category),
            "quantity": names.amount(one.category, one.quantity) if one.quantity else "",
            "whos": in_a_row(person_word(who) for who in one.whos),
            "beside": in_a_row(names.place(code) for code in one.beside),
            "href": view.address(place=one.place, category=one.category, kind=""),
        }
        for one in doubled[:MOST]
    ]  # fmt: skip
