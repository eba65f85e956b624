"""The queue, taking the next one, the written standard, and the way back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.chain.intake.models import Need
from tongzhou.chain.triage.models import Check
from tongzhou.chain.triage.policies import VERIFY_NEED
from tongzhou.chain.triage.selectors.locks import holders, in_hand
from tongzhou.chain.triage.selectors.pairs import open_pairs
from tongzhou.chain.triage.selectors.queue import MOST, Filters, counts, entered_by, tab_rows
from tongzhou.chain.triage.selectors.written import standard
from tongzhou.chain.triage.types import Holding, Tab
from tongzhou.flows.merge_needs import unmerge_need
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Line
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.selectors import ancestors, children
from tongzhou.screens.verify.kinds import KINDS, NEED, Kind
from tongzhou.screens.verify.parts import actor_of, amount, filters_of, page_of, safe_next, said, scene_for

__all__ = ["queue", "take_next", "undo", "urgency"]

PAGE = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the queue, ready to be shown."""

    record: Any
    amount: str
    holder: str
    own: bool


def _kind(request: HttpRequest) -> Kind:
    return KINDS.get(said(request, "kind"), NEED)


def _tab(request: HttpRequest) -> str:
    tab = said(request, "tab")
    return tab if tab in Tab.values else Tab.NEW


@route(VERIFY_NEED)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a call, in the order in which it is taken."""
    actor, scene, kind, tab, now = actor_of(request), scene_for(request), _kind(request), _tab(request), clock.now()
    filters = filters_of(request, scene)
    page = page_of(request)
    rows = tab_rows(actor, kind.name, tab, filters, now, limit=PAGE + 1, offset=(page - 1) * PAGE)
    known = {one.key: one for one in categories(filters.response, enabled_only=False)}
    numbers = counts(actor, kind.name, filters, now)
    pairs = open_pairs(actor, filters.response)[: MOST + 1].count() if kind is NEED else 0
    shown = {
        "scene": scene, "kind": kind, "tab": tab, "filters": filters, "now": now, "page_number": page,
        "lines": _lines(actor, kind, rows[:PAGE], now), "more": len(rows) > PAGE,
        "tabs": _tabs(kind, tab, filters, numbers), "pairs": pairs, "most": MOST, "lines_choices": Line.choices,
        "areas": _areas(scene.area, filters.area), "categories": known.values(),
        "hand": _hand(actor, now), "number": numbers[tab],
    }  # fmt: skip
    return render(request, "screens/verify/queue.html", shown)


def _lines(actor: Actor, kind: Kind, rows: list[Any], now: Any) -> list[Shown]:
    taken = holders(kind.name, [row.pk for row in rows], now)
    own = entered_by(actor, rows)
    return [
        Shown(
            record=row, amount=amount(row), own=row.pk in own,
            holder=taken[row.pk].holder_name if row.pk in taken else "",
        )
        for row in rows
    ]  # fmt: skip


def _tabs(kind: Kind, here: str, filters: Filters, numbers: dict[str, int]) -> list[dict[str, Any]]:
    kept = {"kind": kind.name, "line": filters.line, "area": filters.area, "category": filters.category}
    return [
        {
            "label": tab.label, "here": tab == here,
            "number": f"{MOST}+" if numbers[tab] > MOST else numbers[tab],
            "href": "?" + urlencode({"tab": tab.value, **{name: value for name, value in kept.items() if value}}),
        }
        for tab in Tab
    ]  # fmt: skip


def _areas(whole: str, chosen: str) -> list[Place]:
    """Divisions to choose from: those below the response's area, the chosen one with those above and below it."""
    found = children(whole)
    if chosen:
        found = [*ancestors(chosen), *children(chosen), *found]
    return list({place.code: place for place in found if place.code != "0"}.values())


def _hand(actor: Actor, now: Any) -> dict[str, Any] | None:
    """What the actor has in hand: its address and the minutes left."""
    hold: Holding | None = in_hand(actor, now)
    if hold is None:
        return None
    return {"href": reverse(f"verify:{hold.object_type}", args=[hold.object_id]), "hold": hold}


@route(VERIFY_NEED)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the next one of the tab; two people at once get two different ones."""
    actor, kind = actor_of(request), _kind(request)
    filters = filters_of(request, scene_for(request))
    tab = said(request, "tab") if said(request, "tab") in Tab.values else ""
    try:
        record = kind.next(actor, filters, clock.now(), tab)
    except Refusal as refusal:
        if refusal.code != "queue_empty":
            raise
        messages.info(request, f"{refusal.what} — {refusal.todo}")
        return redirect(reverse("verify:queue") + (f"?kind={kind.name}" if kind is not NEED else ""))
    return redirect(f"verify:{kind.name}", record.pk)


@route(PUBLIC)
@require_GET
def urgency(request: HttpRequest) -> HttpResponse:
    """The written standard, open to all: how urgency is judged is no secret."""
    return render(request, "screens/verify/urgency.html", {"levels": standard()})


@route(VERIFY_NEED)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last outcome or merge back, or put the bar away."""
    goal = safe_next(request, reverse("verify:queue"))
    entry = said(request, "entry")
    if said(request, "act") != "undo":
        request.session.pop("undo", None)
        return redirect(goal)
    where = _take_back(actor_of(request), entry)
    shown = request.session.get("undo")
    if shown and shown.get("entry") == entry:
        request.session.pop("undo", None)
    messages.success(request, _("已撤销，记录恢复到之前的样子"))
    return redirect(where)


def _take_back(actor: Actor, entry: str) -> str:
    """Undo what an undo bar names: ``m`` and a merged need, or a check. The address of the record."""
    now = clock.now()
    if entry.startswith("m"):
        merged = ids.parse_id(entry[1:])
        gone = Need.objects.filter(pk=merged).first() if merged else None
        if gone is None:
            raise Refusal("not_found")
        unmerge_need(actor=actor, gone=gone, now=now)
        return reverse("verify:duplicates")
    found: uuid.UUID | None = ids.parse_id(entry)
    check = Check.objects.select_related("need", "offer").filter(pk=found).first() if found else None
    if check is None:
        raise Refusal("not_found")
    kind = KINDS["need" if check.need_id else "offer"]
    kind.undo(actor=actor, check=check, now=now)
    return reverse(f"verify:{kind.name}", args=[check.need_id or check.offer_id])
