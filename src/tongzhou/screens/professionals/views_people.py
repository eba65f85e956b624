"""Papers checked, one record and what can be done with it, links for signing in, the list as a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.policies import CHECK_PERSON, LIST_PEOPLE
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services import people as services
from tongzhou.desks.professionals.services import training
from tongzhou.desks.professionals.services.columns import write_times
from tongzhou.desks.professionals.services.sheets import as_file
from tongzhou.desks.professionals.types import DONE_STATES, PersonState, Spoken
from tongzhou.flows.admit_professional import end_professional, invite_professional
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.screens.professionals.forms import (
    CheckForm,
    JoinGroupForm,
    LicenceForm,
    ReasonForm,
    TrainedForm,
    TrainingForm,
)
from tongzhou.screens.professionals.requests import actor_of, went
from tongzhou.screens.professionals.views import tone

__all__ = ["check", "export", "invitations", "person", "person_act", "trained"]

#: Papers checked on one page.
MOST = 400


@route(CHECK_PERSON)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Papers that wait: ticked, with what was seen. One's own entries are not on the page."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, CHECK_PERSON)
    rows = selectors.people(actor, one).filter(state=PersonState.APPLIED).order_by("alias")
    waiting = list(rows.exclude(entered_by=actor.account_id).exclude(account=actor.account_id)[:MOST])
    form = CheckForm(request.POST or None, waiting=waiting)
    if request.method == "POST" and form.is_valid() and went(form, lambda: _check_all(actor, waiting, form)):
        messages.success(request, _("已核对。本人读完培训和守则、登录之后就在岗。"))
        return redirect("people_line:line", one.pk)
    said = {"line": one, "form": form, "waiting": waiting, "own": rows.count() - len(waiting), **_untrained(actor, one)}
    return render(request, "screens/professionals/check.html", said, status=422 if form.errors else 200)


def _untrained(actor: Actor, one: ServiceLine, data: Any = None) -> dict[str, Any]:
    """People who have read everything and whose training is to be made sure of; oneself not."""
    found = [each for each in training.to_check(one, clock.now())[:MOST] if each.account_id != actor.account_id]
    return {"readers": found, "trained_form": TrainedForm(data, prefix="trained", waiting=found)}


@route(CHECK_PERSON)
@require_POST
def trained(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Whose training was done: ticked, with the day and what was seen."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, CHECK_PERSON)
    about = _untrained(actor, one, request.POST)
    form: TrainedForm = about["trained_form"]
    if form.is_valid() and went(form, lambda: _train_all(actor, about["readers"], form)):
        messages.success(request, _("已核对培训，下一期就能排上。"))
        return redirect("people_line:check", one.pk)
    waiting = list(selectors.people(actor, one).filter(state=PersonState.APPLIED).exclude(entered_by=actor.account_id))
    said = {"line": one, "form": CheckForm(waiting=waiting[:MOST]), "waiting": waiting[:MOST], "own": 0, **about}
    return render(request, "screens/professionals/check.html", said, status=422)


@transaction.atomic
def _train_all(actor: Actor, readers: list[Professional], form: TrainedForm) -> None:
    chosen, got = set(form.cleaned_data["who"]), form.cleaned_data
    for each in readers:
        if str(each.pk) in chosen:
            training.check_training(
                actor=actor, person=each, expect=each.version, on=got["on"], evidence=got["evidence"], now=clock.now()
            )


@transaction.atomic
def _check_all(actor: Actor, waiting: list[Professional], form: CheckForm) -> None:
    chosen = set(form.cleaned_data["who"])
    for person_ in Professional.objects.filter(pk__in=[one.pk for one in waiting if str(one.pk) in chosen]):
        services.check_papers(
            actor=actor, person=person_, expect=person_.version, evidence=form.cleaned_data["evidence"], now=clock.now()
        )


def _acts(one: Professional) -> list[tuple[str, str, forms.Form | None, bool]]:
    """(what, its words, its form, whether it stops something) for what the state allows."""
    state = one.state
    found: list[tuple[str, str, forms.Form | None, bool]] = []
    if state == PersonState.APPLIED:
        found.append(("check", _("资质核对无误"), LicenceSeen(), False))
    if state in (PersonState.APPLIED, PersonState.CHECKED, PersonState.TRAINED):
        found.append(("refuse", _("不通过"), ReasonForm(prefix="refuse"), True))
    if state in (PersonState.CHECKED, PersonState.TRAINED, PersonState.ACTIVE):
        found.append(("invite", _("做一个登录链接"), None, False))
    if state == PersonState.ACTIVE:
        found.append(("pause", _("暂停"), ReasonForm(prefix="pause"), True))
    if state == PersonState.PAUSED:
        found.append(("resume", _("恢复"), None, False))
    if state not in (PersonState.APPLIED, *DONE_STATES):
        found.append(("trained", _("培训做完了，核对过"), TrainingForm(prefix="trained"), False))
    if state not in DONE_STATES:
        found.append(("renew", _("执照续期"), LicenceForm(prefix="renew"), False))
        found.append(("end", _("退出热线"), ReasonForm(prefix="end"), True))
    return found


class LicenceSeen(forms.Form):
    """What was seen of one person's papers."""

    prefix = "check"
    evidence = forms.CharField(max_length=500)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["evidence"].label = _("看了什么，在哪里核对")


@route(LIST_PEOPLE)
@require_safe
def person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """One record. Name, telephone and licence number stay closed until they are opened."""
    return _page(request, person_id)


def _page(request: HttpRequest, person_id: uuid.UUID, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    one = selectors.get_person(actor, person_id)
    acts = more.pop("acts", None) or _acts(one)
    windows = one.windows.values_list("weekday", "from_minute", "until_minute")
    skills = {skill.code: skill.label for skill in one.line.skills.all()}
    groups = list(selectors.groups_of(actor, one.line))
    said = {
        "person": one, "line": one.line, "tone": tone(one), "acts": acts,
        "times": write_times(windows, english=in_english()), "skills": [skills.get(code, code) for code in one.skills],
        "languages": [Spoken(code).label for code in one.languages if code in Spoken.values],
        "unread": selectors.unread_items(one, clock.now()), "days_off": one.days_off.all(), "contact": None,
        "group_form": JoinGroupForm(groups=groups, initial={"group": str(one.group_id or "")}),
        "is_open": one.state not in DONE_STATES, "history": audit.history(one)[:20],
    }  # fmt: skip
    return render(request, "screens/professionals/person.html", said | more, status=status)


@route(CHECK_PERSON)
@require_POST
def person_act(request: HttpRequest, person_id: uuid.UUID, what: str) -> HttpResponse:
    """Do one thing with a record; what is refused is said above it, with what was typed."""
    actor, now = actor_of(request), clock.now()
    one = selectors.get_person(actor, person_id, CHECK_PERSON)
    if what == "reveal":
        return _page(request, person_id, contact=services.reveal(actor=actor, person=one))
    if what == "group":
        return _group(request, actor, one)
    if what == "invite":
        try:
            secret = invite_professional(actor=actor, person=one, now=now)
        except Refusal as refusal:
            return _page(request, person_id, refusal.status, refusal=refusal)
        return _page(request, person_id, link=_link(request, secret))
    acts = _acts(one)
    form = next((type(given) for name, _words, given, _stop in acts if name == what and given is not None), None)
    bound = form(request.POST, prefix=what) if form else forms.Form(request.POST)
    write = _writes(actor, one, bound).get(what)
    if write is None:
        raise Refusal("not_found")
    if bound.is_valid() and went(bound, write):
        messages.success(request, _("已保存。"))
        return redirect("people_line:person", one.pk)
    shown = [(name, words, bound if name == what else given, stop) for name, words, given, stop in acts]
    return _page(request, person_id, 422, acts=shown, form=bound)


def _writes(actor: Actor, one: Professional, form: forms.Form) -> dict[str, Callable[[], Any]]:
    now = clock.now()

    def said(name: str) -> Any:
        return form.cleaned_data[name]

    common: dict[str, Any] = {"actor": actor, "person": one, "expect": one.version, "now": now}
    return {
        "check": lambda: services.check_papers(evidence=said("evidence"), **common),
        "refuse": lambda: services.refuse(reason=said("reason"), **common),
        "pause": lambda: services.pause(reason=said("reason"), **common),
        "resume": lambda: services.resume(**common),
        "renew": lambda: services.renew_licence(until=said("until"), evidence=said("evidence"), **common),
        "trained": lambda: training.check_training(on=said("on"), evidence=said("evidence"), **common),
        "end": lambda: end_professional(reason=said("reason"), **common),
    }


def _group(request: HttpRequest, actor: Actor, one: Professional) -> HttpResponse:
    groups = {str(group.pk): group for group in selectors.groups_of(actor, one.line)}
    try:
        services.join_group(actor=actor, person=one, group=groups.get(request.POST.get("group", "")))
    except Refusal as refusal:
        return _page(request, one.pk, refusal.status, refusal=refusal)
    messages.success(request, _("已保存。"))
    return redirect("people_line:person", one.pk)


def _link(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("people:invitation", args=[secret]))


@route(CHECK_PERSON)
@require_POST
def invitations(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Links for everybody who was checked and has no account: seen once, to be passed on one by one."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id, CHECK_PERSON)
    states = [PersonState.CHECKED, PersonState.TRAINED]
    found = list(Professional.objects.filter(line=one, account=None, state__in=states).order_by("alias")[:MOST])
    made = [
        (each.alias, _link(request, invite_professional(actor=actor, person=each, now=clock.now()))) for each in found
    ]
    return render(request, "screens/professionals/invitations.html", {"line": one, "links": made})


_HEADS = ("code", "alias", "state", "licence_kind", "licence_issuer", "licence_until", "years", "supervised_hours",
          "skills", "languages", "can_nights", "is_supervisor", "week_hours", "group")  # fmt: skip


def _cells(one: Professional) -> list[str | int]:
    return [
        one.code, one.alias, one.get_state_display(), one.get_licence_kind_display(), one.licence_issuer,
        one.licence_until.isoformat(), one.years, one.supervised_hours, "、".join(one.skills), "、".join(one.languages),
        int(one.can_nights), int(one.is_supervisor), one.week_minutes // 60, one.group.name if one.group else "",
    ]  # fmt: skip


@route(LIST_PEOPLE)
@require_POST
def export(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """The list without names, telephones and licence numbers; who took it stands in the trail."""
    actor = actor_of(request)
    one = selectors.get_line(actor, line_id)
    rows = [_cells(person_) for person_ in selectors.people(actor, one).order_by("alias")]
    wanted = "xlsx" if request.POST.get("as") == "xlsx" else "csv"
    with transaction.atomic():
        audit.record(actor=actor, act=LIST_PEOPLE, obj=one, changes={"export": {"as": wanted, "rows": len(rows)}})
    content, kind = as_file("people", list(_HEADS), rows, wanted)
    answer = HttpResponse(content, content_type=kind)
    stamp = clock.now().astimezone(one.zone).strftime("%Y%m%d-%H%M")
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-line-people-{stamp}.{wanted}"'
    return answer
