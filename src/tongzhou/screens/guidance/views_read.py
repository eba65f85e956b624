"""Reading: the list, a guide, an older version; acknowledging and asking. Works without scripts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongzhou.desks.guidance import selectors, services
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.policies import (
    ACKNOWLEDGE,
    ANSWER,
    ASK,
    LOAD_EXAMPLES,
    PUBLISH,
    SEE_ACKNOWLEDGED,
    SEE_DRAFTS,
    WRITE,
)
from tongzhou.desks.guidance.types import Differ, Group, GuideState
from tongzhou.kernel import clock
from tongzhou.kernel.access import PUBLIC, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.stages.types import Stage
from tongzhou.screens.guidance.forms import AskForm
from tongzhou.screens.guidance.shared import actor_of, put

__all__ = ["acknowledge", "ask", "guide", "guides", "version"]


@route(PUBLIC)
@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """Every guide in force; narrowed by group and stage. What the reader has not acknowledged comes first."""
    actor = actor_of(request)
    group, stage = request.GET.get("group", ""), request.GET.get("stage", "")
    rows = list(selectors.published())
    if group in Group.values:
        rows = [one for one in rows if one.guide.group == group]
    if stage in Stage.values:
        rows = [one for one in rows if not one.guide.stages or stage in one.guide.stages]
    said = {
        "rows": rows, "group": group, "stage": stage, "groups": Group.choices, "stages": Stage.choices,
        "unread": selectors.unread_of(actor), "may_work": may(actor, SEE_DRAFTS),
        "may_see": may(actor, SEE_ACKNOWLEDGED), "may_load": may(actor, LOAD_EXAMPLES),
    }  # fmt: skip
    return render(request, "screens/guidance/list.html", said)


@route(PUBLIC)
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force; when it was withdrawn, why, at the same address."""
    return _page(request, selectors.shown_version(slug))


@route(PUBLIC)
@require_safe
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version, as it stood; an old one says what replaced it."""
    return _page(request, selectors.one_version(actor_of(request), slug, number))


def _page(request: HttpRequest, edition: GuideVersion, form: AskForm | None = None, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    steps = list(edition.steps.all())
    compared = selectors.changes_of(edition)
    differ = {one.key: one for one in compared if one.differ not in (Differ.SAME, Differ.REMOVED)}
    others = list(selectors.versions_of(actor, edition.guide.slug))
    said: dict[str, Any] = {
        "edition": edition, "guide": edition.guide, "sources": edition.citations.all(), "others": others,
        "steps": [(step, differ.get(str(step.key))) for step in steps],
        "removed": [one.old for one in compared if one.differ == Differ.REMOVED],
        "in_force": edition.state == GuideState.PUBLISHED,
        "overdue": edition.is_overdue(clock.beijing(clock.now()).date()),
        "now_in_force": next((one for one in others if one.state == GuideState.PUBLISHED), None),
        "answered": selectors.questions_answered(edition), "read_at": selectors.has_read(actor, edition),
        "may_acknowledge": may(actor, ACKNOWLEDGE), "may_write": may(actor, WRITE), "may_publish": may(actor, PUBLISH),
        "may_see": may(actor, SEE_ACKNOWLEDGED), "may_work": may(actor, SEE_DRAFTS), "may_answer": may(actor, ANSWER),
        "ask_form": form or (AskForm(steps=len(steps)) if may(actor, ASK) else None),
        "in_making": next((one for one in others if one.is_open), None),
        "remarks": list(selectors.remarks_of(actor, edition)),
    }  # fmt: skip
    return render(request, "screens/guidance/guide.html", said, status=status)


@route(ACKNOWLEDGE)
@require_POST
def acknowledge(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader has read the version they saw; when another is in force by now, they see that one instead."""
    edition = selectors.shown_version(slug)
    if str(request.POST.get("number", edition.number)) != str(edition.number):
        messages.warning(request, _("您看的时候出了新的一版，请看这一版，再确认。"))
        return redirect("guidance:guide", slug)
    services.acknowledge(actor=actor_of(request), edition=edition, now=clock.now())
    messages.success(request, _("记下了：您读过第 %(n)s 版。步骤有变会再提醒您。") % {"n": edition.number})
    return redirect("guidance:guide", slug)


@route(ASK)
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """A question; what was typed is never lost."""
    edition = selectors.shown_version(slug)
    form = AskForm(request.POST, steps=edition.steps.count())
    if form.is_valid():
        try:
            got = form.cleaned_data
            services.ask(actor=actor_of(request), edition=edition, text=got["text"], step=got["step"])
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("问题交给撰稿人了；有了回答会通知您，写进下一版。"))
            return redirect("guidance:guide", slug)
    return _page(request, edition, form, 422)
