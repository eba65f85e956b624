"""The desk of the directory: what is to be verified again, writing, verifying, withdrawing, bringing a file in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.bulletins.models import Service
from tongzhou.desks.bulletins.policies import IMPORT_DIRECTORY, READ_DIRECTORY, VERIFY_DIRECTORY, WRITE_DIRECTORY
from tongzhou.desks.bulletins.selectors.directory import desk_service, desk_services, to_verify
from tongzhou.desks.bulletins.services import directory as services
from tongzhou.desks.bulletins.services.hsds_reading import MOST_BYTES, import_hsds
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, Actor, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.directory.forms import EntryForm, FileForm, WordsForm
from tongzhou.screens.directory.shown import entry_of

__all__ = ["bring", "desk", "edit", "entry", "new", "verify", "withdraw"]

_PAGE = 50
_HOW = gettext_lazy("怎样核实的")
_HOW_HINT = gettext_lazy("例如：打通了电话，对方说时间没有变；不写个人的姓名和电话")
_WHY = gettext_lazy("为什么撤下")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


@route(READ_DIRECTORY)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is to be verified, the oldest first; or every entry."""
    actor, now, everything = _actor(request), clock.now(), request.GET.get("show") == "all"
    rows = desk_services(actor) if everything else to_verify(actor, now)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    said = {"page": page, "entries": [entry_of(one, now) for one in page], "everything": everything,
            "may_write": may(actor, WRITE_DIRECTORY)}  # fmt: skip
    return render(request, "screens/directory/desk.html", said)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty form is one too."""
    return request.POST if request.method == "POST" else None


def _tried(form: Any, write: Callable[[], Any]) -> Any:
    try:
        return write()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


def _write(request: HttpRequest, service: Service | None) -> HttpResponse:
    actor = _actor(request)
    form = EntryForm(_sent(request), service=service)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        made = _tried(
            form,
            lambda: services.write_service(
                actor=actor, service=service, said=form.said(), agency=got["agency"], agency_en=got["agency_en"],
                phones=got["phones"], hours=form.hours(), area=got["area"], address=got["address"], now=clock.now(),
                expect=(got["version"] or 0) if service else None,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("已保存。请另一个人核实。"))
            return redirect("directory:entry", made.pk)
    said = {"form": form, "service": service}
    return render(request, "screens/directory/edit.html", said, status=422 if form.errors else 200)


@route(WRITE_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an entry."""
    return _write(request, None)


@route(WRITE_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rewrite an entry."""
    return _write(request, desk_service(_actor(request), pk))


def _entry(request: HttpRequest, found: Service, forms: dict[str, Any] | None = None) -> HttpResponse:
    actor = _actor(request)
    said: dict[str, Any] = {
        "entry": entry_of(found, clock.now()), "one": found, "may_write": may(actor, WRITE_DIRECTORY),
        "may_verify": may(actor, VERIFY_DIRECTORY), "mine": found.written_by_id == actor.account_id,
        "verify": WordsForm(label=_HOW, hint=_HOW_HINT, version=found.version, prefix="verify"),
        "withdraw": WordsForm(label=_WHY, version=found.version, prefix="withdraw"),
    } | (forms or {})  # fmt: skip
    status = 422 if any(form.errors for form in (forms or {}).values()) else 200
    return render(request, "screens/directory/entry.html", said, status=status)


@route(READ_DIRECTORY)
@require_safe
def entry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """An entry at the desk."""
    return _entry(request, desk_service(_actor(request), pk))


@route(VERIFY_DIRECTORY)
@require_POST
def verify(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody called: it is so."""
    actor = _actor(request)
    found = desk_service(actor, pk)
    form = WordsForm(request.POST, label=_HOW, hint=_HOW_HINT, version=found.version, prefix="verify")
    if form.is_valid():
        how, expect = form.cleaned_data["words"], form.cleaned_data["version"]
        if _tried(
            form, lambda: services.verify_service(actor=actor, service=found, how=how, expect=expect, now=clock.now())
        ):
            messages.success(request, _("核实已记下。"))
            return redirect("directory:desk")
    return _entry(request, found, {"verify": form})


@route(WRITE_DIRECTORY)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """No longer shown."""
    actor = _actor(request)
    found = desk_service(actor, pk)
    form = WordsForm(request.POST, label=_WHY, version=found.version, prefix="withdraw")
    if form.is_valid():
        reason, expect = form.cleaned_data["words"], form.cleaned_data["version"]
        if _tried(
            form,
            lambda: services.withdraw_service(
                actor=actor, service=found, reason=reason, expect=expect, now=clock.now()
            ),
        ):
            messages.success(request, _("已撤下。"))
            return redirect("directory:desk")
    return _entry(request, found, {"withdraw": form})


@route(IMPORT_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring a file of HSDS in."""
    actor = _actor(request)
    form = FileForm(_sent(request), request.FILES if request.method == "POST" else None)
    result = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        raw = file.read() if file.size <= MOST_BYTES else b" " * (MOST_BYTES + 1)
        result = _tried(form, lambda: import_hsds(actor=actor, raw=raw, now=clock.now()))
    said = {"form": form, "result": result}
    return render(request, "screens/directory/import.html", said, status=422 if form.errors else 200)
