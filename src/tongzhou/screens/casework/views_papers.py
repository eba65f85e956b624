"""The forms of one contact: which there are, the screening, the safety plan, the categories; ending abuse."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.desks.casework.services import forms
from tongzhou.desks.casework.types import Level
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, TAKE_CONTACT, WATCH_LINE, is_counsellor_of
from tongzhou.flows import contact_abuse, contact_papers
from tongzhou.flows.break_glass import glass_of
from tongzhou.flows.contact_read import readable_contact
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.scene import actor_of, answer, asked, rows_of

__all__ = ["abusive", "block", "contact", "give", "papers", "plan", "screening"]


def show_papers(request: HttpRequest, pk: uuid.UUID, **more: Any) -> HttpResponse:
    """Which papers there are, and the ways to each."""
    actor = actor_of(request)
    found, seen = contact_papers.overview(actor=actor, contact_id=pk)
    said = {
        "seen": seen, "mine": is_counsellor_of(actor, found), "glass": glass_of(pk),
        "supervises": found.supervisor_id == actor.account_id, **more,
    }  # fmt: skip
    return answer(request, "papers", said, contact=found)


@route(READ_CONTACT)
@require_GET
def papers(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Which papers a contact has; beside the conversation, or on a page of its own."""
    return show_papers(request, pk)


def _form_page(
    request: HttpRequest, pk: uuid.UUID, name: str, given: Mapping[str, str] | None, trouble: Refusal | None = None
) -> HttpResponse:
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    form = forms.current(name, contact.line_id)
    missing = str(trouble.params.get("codes", "")) if trouble else ""
    said = {
        "form": form, "title": form.words("title"), "hint": form.words("hint"), "source": form.words("source"),
        "rows": rows_of(form, given or {}, missing), "mine": is_counsellor_of(actor, contact), "name": name,
    }  # fmt: skip
    return answer(request, "form", said, contact=contact, trouble=trouble)


class _Keeps(Protocol):
    """Something that keeps the answers of a contact."""

    def __call__(self, *, contact: Contact, answers: Mapping[str, str]) -> Level | None: ...


def _save(request: HttpRequest, pk: uuid.UUID, name: str, keep: _Keeps) -> HttpResponse:
    """Keep what was filled in; refused, it comes back with what is wrong."""
    found = readable_contact(actor=actor_of(request), contact_id=pk)
    form = forms.current(name, found.line_id)
    given = asked(request, form)
    try:
        level = keep(contact=found, answers=given)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _form_page(request, pk, name, given, refusal)
    if level is None:
        return show_papers(request, pk, saved=True)
    said = {"level": level, "steps": form.steps(level), "danger": level == Level.IMMINENT}
    return answer(request, "level", said, contact=found)


@route(READ_CONTACT)
@require_http_methods(["GET", "POST"])
def screening(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask in the written order; what it says is shown with what to do, danger brings the supervisor."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, pk, "screening", partial(contact_papers.screen_contact, actor=actor, now=clock.now()))
    opened = contact_papers.open_paper(actor=actor, contact_id=pk, kind="screening")
    if opened is None or request.GET.get("again") == "1":
        return _form_page(request, pk, "screening", {})
    form = forms.edition("screening", opened.paper.form_version)
    level = Level(opened.answers["level"])
    said = {
        "rows": rows_of(form, opened.answers), "level": level, "steps": form.steps(level), "paper": opened.paper,
        "danger": level == Level.IMMINENT,
    }  # fmt: skip
    return answer(request, "level", said, contact=readable_contact(actor=actor, contact_id=pk))


@route(READ_CONTACT)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The safety plan, written together."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, pk, "plan", partial(contact_papers.keep_plan, actor=actor, now=clock.now()))
    opened = contact_papers.open_paper(actor=actor, contact_id=pk, kind="plan")
    return _form_page(request, pk, "plan", opened.answers if opened else {})


@route(TAKE_CONTACT)
@require_POST
def give(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The caller may read and print the plan."""
    actor = actor_of(request)
    contact_papers.give_plan(actor=actor, contact=readable_contact(actor=actor, contact_id=pk))
    return show_papers(request, pk, given=True)


@route(READ_CONTACT)
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The categories of the contact."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, pk, "contact", partial(contact_papers.keep_categories, actor=actor, now=clock.now()))
    _found, seen = contact_papers.overview(actor=actor, contact_id=pk)
    kept = seen.categories
    given = {name: getattr(kept, name) for name in ("topic", "group", "stage", "outcome")} if kept else {}
    return _form_page(request, pk, "contact", given)


@route(TAKE_CONTACT)
@require_POST
def abusive(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The counsellor ends a conversation that abuses them, with kind words."""
    actor = actor_of(request)
    found = readable_contact(actor=actor, contact_id=pk)
    contact_abuse.end_abuse(actor=actor, contact=found, now=clock.now())
    return redirect("calls:contact", pk=pk)


@route(WATCH_LINE)
@require_POST
def block(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Not answered for 24 hours, by the supervisor's word."""
    actor = actor_of(request)
    found = readable_contact(actor=actor, contact_id=pk)
    contact_abuse.block_caller(actor=actor, contact=found, now=clock.now())
    messages.success(request, _("24 小时内不接听这个地址或号码，到时自动恢复。"))
    return redirect("calls:contact", pk=pk)
