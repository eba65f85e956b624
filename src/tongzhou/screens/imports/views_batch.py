"""One import: its preview, its lines corrected and decided, accepted, undone."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.chain.intake.models import ImportBatch, ImportRow
from tongzhou.chain.intake.models.imports import ImportKind, ImportState, Verdict
from tongzhou.chain.intake.policies import IMPORT_SHEETS
from tongzhou.chain.intake.services import paste
from tongzhou.chain.intake.services.sheets import fix, rows
from tongzhou.flows.accept_import import accept_import
from tongzhou.flows.fix_import_row import fix_import_row
from tongzhou.flows.undo_import import undo_import
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.imports import selectors
from tongzhou.screens.imports.forms import FixForm
from tongzhou.screens.imports.views import actor_of

__all__ = ["accept", "batch", "columns", "decide", "discard", "fix_row", "progress", "undo"]


def _batch(request: HttpRequest, batch_id: uuid.UUID) -> ImportBatch:
    return selectors.batch_of(actor_of(request), batch_id)


@route(IMPORT_SHEETS)
@require_safe
def batch(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """How an import stands, and its lines by what they would do."""
    one = _batch(request, batch_id)
    return render(request, "screens/imports/batch.html", _page(request, one))


def _page(request: HttpRequest, one: ImportBatch) -> dict[str, Any]:
    tabs = selectors.figures(one)
    keys = [tab["key"] for tab in tabs]
    show = request.GET.get("show", "")
    if one.state == ImportState.UNDONE and one.counts.get("undo_left"):
        show = show or "left"
    if show not in (*keys, "left"):
        show = keys[0] if keys else ""
    page = selectors.page_of(one, show, request.GET.get("page", "1")) if show else None
    counts = one.counts
    return {
        "batch": one,
        "tabs": tabs,
        "show": show,
        "page": page,
        "rows": selectors.shown(one, page.object_list) if page else [],
        "tone": TONES.get(ImportState(one.state), ""),
        "will_take": counts.get("new", 0) + counts.get("changed", 0),
        "failure": _failure(one),
        "columns": _columns(one),
        "headings": paste.HEADINGS[:-1],
        "taken": counts.get("taken_new", 0) + counts.get("taken_changed", 0) + counts.get("taken_gone", 0),
        "is_round": one.kind == ImportKind.ROUND,
    }


TONES = {
    ImportState.READING: "busy",
    ImportState.READY: "mark",
    ImportState.FAILED: "stop",
    ImportState.ACCEPTED: "good",
    ImportState.UNDONE: "off",
    ImportState.DISCARDED: "off",
}


def _failure(one: ImportBatch) -> dict[str, str] | None:
    said = one.failure
    if not said:
        return None
    language = "en" if in_english() else "zh"
    parts = [
        said.get("sheet") or "",
        _("第 %(n)s 行") % {"n": said["row"]} if said.get("row") else "",
        said.get("column") or "",
    ]
    return {"what": said[language], "todo": said[f"todo_{language}"], "where": " ".join(part for part in parts if part)}


def _columns(one: ImportBatch) -> list[paste.PastedColumn]:
    if one.kind != ImportKind.PASTE or one.state not in (ImportState.READY, ImportState.FAILED):
        return []
    return paste.columns_of(rows.content_of(one), one.mapping)


@route(IMPORT_SHEETS)
@require_safe
def progress(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """How far the reading is; when it is over the page loads itself anew."""
    one = _batch(request, batch_id)
    answer = render(request, "screens/imports/progress.html", {"batch": one})
    if one.state != ImportState.READING:
        answer["HX-Refresh"] = "true"
    return answer


@route(IMPORT_SHEETS)
@require_POST
def columns(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """What the columns of a pasted table mean; it is read again with that."""
    one = _batch(request, batch_id)
    named = {
        key.removeprefix("column-"): value
        for key, value in request.POST.items()
        if key.startswith("column-") and value in paste.HEADINGS and isinstance(value, str)
    }
    mapping = {"headed": request.POST.get("headed") == "yes", "columns": named}
    rows.name_columns(actor=actor_of(request), batch=one, mapping=mapping)
    return redirect("imports:batch", batch_id)


@route(IMPORT_SHEETS)
@require_http_methods(["GET", "HEAD", "POST"])
def fix_row(request: HttpRequest, batch_id: uuid.UUID, position: int) -> HttpResponse:
    """Correct one line, on a page of its own or (htmx) in place."""
    one = _batch(request, batch_id)
    row = selectors.row_of(one, position)
    if one.state != ImportState.READY or row.verdict == Verdict.GONE or one.kind == ImportKind.ROUND:
        raise Refusal("import_over")
    form = FixForm(request.POST or None, row=row, categories=categories(one.response_id))
    if request.method == "POST":
        if "undo" in request.POST:
            fix.unfix_row(actor=actor_of(request), row=row, expect=int(request.POST.get("version") or 0))
            return _fixed(request, one, row)
        if form.is_valid() and _write(request, row, form):
            return _fixed(request, one, row)
    page = {"batch": one, "row": row, "shown": selectors.shown(one, [row])[0], "form": form}
    template = "screens/imports/fix_in_place.html" if _in_place(request) else "screens/imports/fix.html"
    return render(request, template, page, status=422 if form.errors else 200)


def _in_place(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _write(request: HttpRequest, row: ImportRow, form: FixForm) -> bool:
    said = form.cleaned_data
    try:
        fix_import_row(
            actor=actor_of(request),
            row=row,
            expect=said["version"],
            table=said["table"],
            who=said["who"],
            item=said["item"],
            category=said["category"],
            amount=said["amount"],
            unit=said["unit"],
            place=said["place"].code,
            specification=said.get("specification", ""),
            note=said["note"],
            urgency=said.get("urgency"),
            due=said.get("due"),
        )
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _fixed(request: HttpRequest, one: ImportBatch, row: ImportRow) -> HttpResponse:
    if _in_place(request):
        page = {"batch": one, "one": selectors.shown(one, [row])[0], "fixed": True, "show": request.GET.get("show", "")}
        return render(request, "screens/imports/row.html", page)
    messages.success(request, _("改好了，第 %(row)s 行。") % {"row": row.row})
    return redirect(f"{_address(one)}?show={request.GET.get('show') or row.verdict}")


def _address(one: ImportBatch) -> str:
    return f"/imports/{one.pk}/"


@route(IMPORT_SHEETS)
@require_POST
def decide(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """What becomes of the lines shown."""
    one = _batch(request, batch_id)
    said = {key.removeprefix("d-"): str(value) for key, value in request.POST.items() if key.startswith("d-")}
    count = rows.decide(actor=actor_of(request), batch=one, decisions=said)
    messages.success(request, _("记下了，%(count)s 行有改动。") % {"count": count})
    show, page = request.POST.get("show", ""), request.POST.get("page", "1")
    return redirect(f"{_address(one)}?show={show if show.isalpha() else ''}&page={page if page.isdigit() else 1}")


@route(IMPORT_SHEETS)
@require_POST
def accept(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take the import in, whole; a second press finds it done."""
    _batch(request, batch_id)
    accept_import(actor=actor_of(request), batch_id=batch_id)
    return redirect("imports:batch", batch_id)


@route(IMPORT_SHEETS)
@require_POST
def undo(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take the whole import back."""
    _batch(request, batch_id)
    undo_import(actor=actor_of(request), batch_id=batch_id)
    return redirect("imports:batch", batch_id)


@route(IMPORT_SHEETS)
@require_POST
def discard(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Put it away without taking anything."""
    rows.discard(actor=actor_of(request), batch=_batch(request, batch_id))
    messages.info(request, _("没有收下。文件仍然封存着，台面上什么都没有变。"))
    return redirect("imports:home")
