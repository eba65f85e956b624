"""Bulk edit in two steps: a preview of every row, then the change, with the way back offered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongzhou.chain.intake.selectors.scene import Scene
from tongzhou.chain.intake.selectors.trail import value_words
from tongzhou.flows.bulk_edit import MOST, BulkChange, bulk_edit, cannot
from tongzhou.flows.undo_change import offer_undo
from tongzhou.kernel import ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.tables import Asked, ordered
from tongzhou.screens.records.bulk import bulk_form
from tongzhou.screens.records.kinds import Kind
from tongzhou.screens.records.requests import view_of
from tongzhou.screens.records.views_list import View

__all__ = ["bulk"]


def bulk(kind: Kind) -> View:
    """The preview, and (with ``step=apply``) the change itself."""

    @route(kind.change_act)
    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        scene, asked, rows = view_of(request, kind)
        begins = not any(name.startswith("set-") for name in request.POST)
        form = bulk_form(kind, scene, None if begins else request.POST)
        back = f"{kind.path}{asked.query}"
        records, too_many = _chosen(rows, asked, request)
        change = form.change() if form.is_valid() else BulkChange({})
        said: dict[str, Any] = {
            "kind": kind,
            "form": form,
            "back": back,
            "query": asked.query,
            "most": MOST,
            "ticked": request.POST.getlist("row")[: MOST + 1],
        }
        if too_many or not records or change.is_empty:
            said |= {"none": not records, "too_many": too_many, "nothing": form.is_valid() and change.is_empty}
            said["count"] = len(records)
            fine = begins and records and not too_many
            return render(request, "screens/records/bulk.html", said, status=200 if fine else 422)
        if request.POST.get("step") == "apply":
            return _apply(request, scene, change, _seen(request, records), back)
        left = [one for one in records if cannot(scene.actor, one, change)]
        fits = [one for one in records if one not in left]
        said |= {"rows": _preview(fits, change), "left": left, "words": form.words()}
        return render(request, "screens/records/bulk.html", said)

    return view


def _chosen(rows: QuerySet[Any], asked: Asked, request: HttpRequest) -> tuple[list[Any], bool]:
    """The ticked rows, or all of the view, in its order; and whether those are too many."""
    if request.POST.get("all") == "1":
        found = list(ordered(rows, asked)[: MOST + 1])
    else:
        codes = [code for text in request.POST.getlist("row")[: MOST + 1] if (code := ids.parse_code(text))]
        found = list(rows.filter(code__in=codes).order_by(*asked.sort.order_by).select_related(*asked.table.with_rows))
    return found, len(found) > MOST


def _seen(request: HttpRequest, records: list[Any]) -> list[tuple[Any, int]]:
    """The rows of the preview, each with the version that was shown there."""
    shown = dict(text.split(":", 1) for text in request.POST.getlist("seen") if ":" in text)
    rows = [(one, shown[one.code]) for one in records if one.code in shown]
    if not rows or not all(version.isascii() and version.isdigit() for _one, version in rows):
        raise Refusal("bad_form")
    return [(one, int(version)) for one, version in rows]


def _preview(records: list[Any], change: BulkChange) -> list[dict[str, Any]]:
    """Each row with what will differ: (what, before, after)."""
    listed = []
    for record in records:
        new = dict(change.fields) | ({"state": change.state} if change.state else {})
        differs = []
        for name, after in new.items():
            column = record._meta.get_field(name)
            before = getattr(record, column.name)
            if before != after:
                differs.append((name, value_words(record, name, before), value_words(record, name, after)))
        listed.append({"record": record, "differs": differs})
    return listed


def _apply(
    request: HttpRequest, scene: Scene, change: BulkChange, rows: list[tuple[Any, int]], back: str
) -> HttpResponse:
    group, changed = bulk_edit(actor=scene.actor, rows=rows, change=change)
    text = _("改了 %(count)s 条") % {"count": changed}
    messages.success(request, text)
    if changed:
        offer_undo(request.session, group, text)
    return redirect(back)
