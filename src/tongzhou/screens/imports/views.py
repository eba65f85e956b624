"""Bringing a table in: the list of imports, the upload, the paste."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.chain.intake.models.imports import ImportKind
from tongzhou.chain.intake.policies import IMPORT_SHEETS
from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.chain.intake.services.paste import as_table
from tongzhou.chain.intake.services.sheets.files import LARGEST_BYTES, looked_over, source_name
from tongzhou.chain.intake.services.sheets.rows import open_batch
from tongzhou.flows.read_import import read_import
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import ANONYMOUS, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.registers.responses.models import Response
from tongzhou.screens.imports import selectors
from tongzhou.screens.imports.forms import PasteForm, UploadForm
from tongzhou_engines.base.errors import InputError

__all__ = ["actor_of", "add_input_error", "home", "not_too_long", "paste", "response_of", "upload"]

#: A request may be a little longer than its file.
_ROOM = 200_000
#: Tables that one account may bring in an hour.
MOST_PER_HOUR = 120


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def scene(request: HttpRequest) -> Scene:
    """The response the page is about."""
    return scene_of(actor_of(request), str(request.POST.get("response") or request.GET.get("response") or ""))


def response_of(request: HttpRequest) -> Response:
    """The response the page is about; ``Refusal("not_found")`` when there is none."""
    found = scene(request).response
    if found is None:
        raise Refusal("not_found")
    return found


def not_too_long(request: HttpRequest, limit: int = LARGEST_BYTES) -> None:
    """Refuse a request that says it is too long before a byte of it is read."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not said.isdigit() or int(said) > limit + _ROOM:
        raise Refusal("too_large", limit=f"{limit // 2**20} MB")


def add_input_error(form: forms.Form, name: str, error: InputError) -> None:
    """What the engine refuses, beside the field."""
    said = f"{error.en}. {error.todo_en}." if in_english() else f"{error.zh}。{error.todo_zh}。"
    form.add_error(name, said)


@route(IMPORT_SHEETS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What came in so far, and the ways to bring in more."""
    return render(request, "screens/imports/home.html", _home(request, UploadForm()))


def _home(request: HttpRequest, form: UploadForm) -> dict[str, Any]:
    actor, found = actor_of(request), scene(request)
    listed = list(selectors.batches(actor, found.response)[:100]) if found.response else []
    known = selectors.known_sources(actor, found.response) if found.response else []
    return {"form": form, "batches": listed, "known": known, "scene": found, "response": found.response}


@route(IMPORT_SHEETS)
@csrf_exempt  # checked by _upload, once the length is known to be bearable
@require_http_methods(["POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """A file comes in; it is kept, read (or left to the worker) and shown."""
    not_too_long(request)
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(LARGEST_BYTES + 1)
        try:
            looked_over(file.name, content)
        except InputError as error:
            add_input_error(form, "file", error)
        else:
            return _take_in(request, ImportKind.SHEET, file.name, content, form.cleaned_data["source"])
    return render(request, "screens/imports/home.html", _home(request, form), status=422)


def _take_in(request: HttpRequest, kind: str, name: str, content: bytes, source: str) -> HttpResponse:
    actor = actor_of(request)
    throttle.hit("import", str(actor.account_id), limit=MOST_PER_HOUR, seconds=3600)
    batch = open_batch(
        actor=actor, response=response_of(request), kind=kind, name=PurePosixPath(name.replace("\\", "/")).name,
        content=content, source=source,
    )  # fmt: skip
    batch = read_import(actor=actor, batch=batch)
    return redirect("imports:batch", batch.pk)


@route(IMPORT_SHEETS)
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Cells copied from a spreadsheet; what was pasted stays in the field until it is taken in."""
    form = PasteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = as_table(form.cleaned_data["text"])
        except InputError as error:
            add_input_error(form, "text", error)
        else:
            stamp = clock.beijing(clock.now()).strftime("%Y-%m-%d %H.%M.%S")
            source = form.cleaned_data["source"].strip() or source_name(_("粘贴的表格"))
            return _take_in(request, ImportKind.PASTE, f"{_('粘贴的表格')} {stamp}.tsv", content, source)
    found = scene(request)
    known = selectors.known_sources(actor_of(request), found.response) if found.response else []
    page = {"form": form, "known": known, "scene": found, "response": found.response}
    return render(request, "screens/imports/paste.html", page, status=422 if form.errors else 200)
