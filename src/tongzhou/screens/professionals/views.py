"""Lines and their people: lists, settings, training, groups."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.desks.professionals.models import LineSkill, Professional, ServiceLine
from tongzhou.desks.professionals.policies import (
    CHECK_PERSON,
    IMPORT_PEOPLE,
    LIST_PEOPLE,
    MANAGE_LINE,
    allows_on,
    require_on,
)
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services import lines as services
from tongzhou.desks.professionals.services import times
from tongzhou.desks.professionals.services.lapses import licences_ending
from tongzhou.desks.professionals.types import PersonState
from tongzhou.kernel import clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.responses.models import Response
from tongzhou.screens.professionals.forms import GroupForm, ItemForm, LineForm, NewLineForm, SkillForm
from tongzhou.screens.professionals.requests import actor_of, form_page, went

__all__ = ["groups", "home", "items", "line", "new_line", "settings", "skill"]

PAGE = 100
_TONES = {
    "applied": "mark", "checked": "busy", "trained": "busy", "active": "good", "paused": "off", "ended": "off",
    "refused": "stop",
}  # fmt: skip


def tone(person: Professional) -> str:
    """The sign of a state."""
    return _TONES.get(person.state, "")


@route(LIST_PEOPLE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The lines the reader looks after."""
    actor = actor_of(request)
    said = {"lines": list(selectors.lines(actor)), "may_open": may(actor, MANAGE_LINE)}
    return render(request, "screens/professionals/home.html", said)


@route(MANAGE_LINE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_line(request: HttpRequest) -> HttpResponse:
    """Open a line of one's own organisation."""
    actor = actor_of(request)
    own = {grant.organisation for grant in actor.grants if grant.role in MANAGE_LINE.roles and grant.organisation}
    organisations = {str(one.pk): one for one in Organisation.objects.filter(pk__in=own, withdrawn_at=None)}
    responses = {str(one.pk): one for one in Response.objects.filter(state="open")}
    form = NewLineForm(request.POST or None)
    form.fields["organisation"].choices = [(key, one.label) for key, one in organisations.items()]  # type: ignore[attr-defined]
    form.fields["response"].choices = [(key, one.label) for key, one in responses.items()]  # type: ignore[attr-defined]
    home_page = reverse("people_line:home")

    def write() -> ServiceLine:
        got = form.cleaned_data
        return services.open_line(
            actor=actor, organisation=organisations[got["organisation"]], response=responses[got["response"]],
            name=got["name"], name_en=got["name_en"], now=clock.now(),
        )  # fmt: skip

    about = _("先有两种帮助、六种班次、两项培训和一份行为守则，都可以改。")
    return form_page(
        request, form, write, to=home_page, title=_("开一条热线"), do=_("开热线"), back=home_page, about=about
    )


@route(LIST_PEOPLE)
@require_safe
def line(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """The people of one line, by state; what waits first."""
    actor = actor_of(request)
    one, now = selectors.get_line(actor, line_id), clock.now()
    rows = selectors.people(actor, one)
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    state = request.GET.get("state", "")
    state = state if state in PersonState.values else ""
    shown = rows.filter(state=state) if state else rows.exclude(state__in=[PersonState.ENDED, PersonState.REFUSED])
    after = request.GET.get("after", "")[:40]
    found = list((shown.filter(alias__gt=after) if after else shown).order_by("alias")[: PAGE + 1])
    states = [(value, label, counted.get(value, 0), value == state) for value, label in PersonState.choices]
    call = selectors.call_of(one)
    said: dict[str, Any] = {
        "line": one, "people": [(person, tone(person)) for person in found[:PAGE]], "states": states, "state": state,
        "more": found[PAGE - 1].alias if len(found) > PAGE else "", "total": sum(counted.values()),
        "waiting": counted.get(PersonState.APPLIED, 0), "call": call, "ending": licences_ending(one, now),
        "may_manage": allows_on(actor, MANAGE_LINE, one), "may_import": allows_on(actor, IMPORT_PEOPLE, one),
        "uninvited": rows.filter(account=None, state__in=[PersonState.CHECKED, PersonState.TRAINED]).count(),
        "today": now.astimezone(one.zone).date(),
    }  # fmt: skip
    return render(request, "screens/professionals/line.html", said)


@route(MANAGE_LINE)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Hours, languages, targets; the skills of the line below."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, MANAGE_LINE)
    form = LineForm(request.POST or None, line=one)

    def write() -> ServiceLine:
        expect = int(request.POST.get("version") or one.version) if request.POST.get("version", "1").isdigit() else 0
        return services.change_line(actor=actor, line=one, expect=expect, **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and went(form, write):
        messages.success(request, _("已保存。"))
        return redirect("people_line:settings", one.pk)
    said = {
        "line": one, "form": form, "skills": one.skills.filter(withdrawn_at=None),
        "kinds": one.shift_kinds.filter(withdrawn_at=None),
    }  # fmt: skip
    return render(request, "screens/professionals/settings.html", said, status=422 if form.errors else 200)


@route(MANAGE_LINE)
@require_http_methods(["GET", "HEAD", "POST"])
def skill(request: HttpRequest, skill_id: uuid.UUID) -> HttpResponse:
    """What is known of the contacts of one skill."""
    actor = actor_of(request)
    found = LineSkill.objects.select_related("line").filter(pk=skill_id, withdrawn_at=None).first()
    if found is None:
        raise Refusal("not_found")
    require_on(actor, MANAGE_LINE, found.line)
    form = SkillForm(request.POST or None, skill=found)
    back = reverse("people_line:settings", args=[found.line_id])
    return form_page(
        request, form,
        lambda: services.change_skill(actor=actor, skill=found, expect=found.version, **form.cleaned_data), to=back,
        title=found.label, do=_("保存"), back=back, about=_("排班按这些数算要几个座席。先估计，有了来话记录再改。"),
    )  # fmt: skip


@route(LIST_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def items(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Training and conduct: what holds now, how many have read it, a new version."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id)
    may_manage = allows_on(actor, MANAGE_LINE, one)
    if request.method == "POST" and not may_manage:
        raise Refusal("not_found")
    form = ItemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        if went(form, lambda: services.publish_item(actor=actor, line=one, now=clock.now(), **got)):
            messages.success(request, _("已发布。每个人下一个班开始前要先确认。"))
            return redirect("people_line:items", one.pk)
    shown = selectors.current_items(one.pk).annotate(read=Count("acknowledgements"))
    working = one.professionals.filter(state=PersonState.ACTIVE).count()
    said = {"line": one, "items": shown, "form": form, "working": working, "may_manage": may_manage}
    return render(request, "screens/professionals/items.html", said, status=422 if form.errors else 200)


@route(LIST_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Supervision groups, and who is in none."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, CHECK_PERSON)
    form = GroupForm(request.POST or None, line=one)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        leader = selectors.get_person(actor, uuid.UUID(got["supervisor"]), CHECK_PERSON)
        if went(
            form,
            lambda: times.open_group(actor=actor, line=one, name=got["name"], supervisor=leader, most=got["most"]),
        ):
            return redirect("people_line:groups", one.pk)
    members: dict[uuid.UUID | None, list[Professional]] = {}
    for person in selectors.people(actor, one).filter(state=PersonState.ACTIVE).order_by("alias"):
        members.setdefault(person.group_id, []).append(person)
    listed = [(group, members.get(group.pk, [])) for group in selectors.groups_of(actor, one)]
    leads = {group.supervisor_id for group, _members in listed}
    alone = [person for person in members.get(None, []) if person.pk not in leads]
    said = {"line": one, "groups": listed, "alone": alone, "form": form}
    return render(request, "screens/professionals/groups.html", said, status=422 if form.errors else 200)
