"""What a volunteer does to a task, from a page or from a phone's outbox: the same acts, the same words, once each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.flows import claim_task, finish_task
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.report_incident import report
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.tasks.forms import DoneForm, IncidentForm, UnclaimForm
from tongzhou.screens.tasks.words import unit_of

__all__ = ["ACTS", "Asked", "Outcome", "carry_out", "form_for", "refused"]

DONE, RESERVE, CONFLICT, REFUSED, AGAIN = "done", "reserve", "conflict", "refused", "again"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: ``done``, ``reserve`` (recorded, behind somebody else), ``conflict`` (the world moved on),
    ``refused`` (correct it), ``again`` (later).
    """

    state: str
    text: str
    todo: str = ""
    code: str = ""
    form: forms.Form | None = None

    @property
    def recorded(self) -> bool:
        """True when it had its effect: the same key need not come again."""
        return self.state in (DONE, RESERVE)

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows it."""
        return {DONE: 200, RESERVE: 200, CONFLICT: 409, AGAIN: 429}.get(self.state, 422)


@dataclass(frozen=True, slots=True)
class Asked:
    """One act somebody asks for. `key` was made by the page or the phone; `fields` are what was typed."""

    actor: Actor
    one: Assignment
    fields: Mapping[str, Any]
    key: str
    via: str
    now: dt.datetime
    address: str = ""


def form_for(act: str, one: Assignment, fields: Mapping[str, Any] | None = None) -> forms.Form | None:
    """The form of an act, filled in or fresh; None for an act that asks nothing."""
    if act == "done":
        return DoneForm(fields, total=finish_task.in_hand(one), unit=unit_of(one))
    kinds: dict[str, type[forms.Form]] = {"unclaim": UnclaimForm, "incident": IncidentForm}
    return kinds[act](fields) if act in kinds else None


def _claim(asked: Asked, form: Any) -> Outcome:
    done = claim_task.claim(actor=asked.actor, assignment=asked.one, key=asked.key, via=asked.via, now=asked.now)
    if done.held:
        due = done.assignment.due_at
        until = f"{clock.beijing(due):%m-%d %H:%M}" if due else ""
        return Outcome(DONE, _("接下了。") + (_("请在 %(until)s 前送到或出发。") % {"until": until} if until else ""))
    place = done.reserve_place or 1
    todo = ngettext("您排在候补第 %(n)d 位，空出来会先问您。", "您排在候补第 %(n)d 位，空出来会先问您。", place)
    return Outcome(RESERVE, _("已经有人先接下了，给您记了候补"), todo % {"n": place})


def _unclaim(asked: Asked, form: Any) -> Outcome:
    reason = form.cleaned_data["reason"]
    claim_task.unclaim(actor=asked.actor, assignment=asked.one, reason=reason, key=asked.key, now=asked.now)
    return Outcome(DONE, _("放回去了，别人可以接。谢谢您早说。"))


def _sent(asked: Asked, form: Any) -> Outcome:
    mark_sent(actor=asked.actor, assignment=asked.one, key=asked.key, via=asked.via, now=asked.now)
    return Outcome(DONE, _("记下了：已经出发。路上小心。"))


def _done(asked: Asked, form: Any) -> Outcome:
    got, unit = form.cleaned_data, unit_of(asked.one)
    words = _("没有收货码。收下 %(received)s，没收 %(refused)s，少了 %(missing)s（%(unit)s）。") % {
        "received": got["received"], "refused": got["refused"], "missing": form.missing, "unit": unit,
    }  # fmt: skip
    receipt = finish_task.finish(
        actor=asked.actor, assignment=asked.one, received=got["received"], refused=got["refused"],
        difference=got["difference"], note=got["note"], code=got["code"], words=words, address=asked.address,
        key=asked.key, via=asked.via, now=asked.now,
    )  # fmt: skip
    return _finished(receipt, unit)


def _finished(receipt: Receipt | None, unit: str) -> Outcome:
    if receipt is None:
        return Outcome(DONE, _("记下了：已经送到。协调员会打电话请对方确认。"))
    return Outcome(DONE, _("完成了：对方收下 %(n)s %(unit)s。谢谢您。") % {"n": f"{receipt.received:,}", "unit": unit})


def _incident(asked: Asked, form: Any) -> Outcome:
    got = form.cleaned_data
    report(
        actor=asked.actor, assignment=asked.one, kind=got["kind"], text=got["text"], key=asked.key, now=asked.now
    )  # fmt: skip
    return Outcome(DONE, _("交给协调员了，会有人联系您。"))


ACTS: dict[str, Callable[[Asked, Any], Outcome]] = {
    "claim": _claim,
    "unclaim": _unclaim,
    "sent": _sent,
    "done": _done,
    "incident": _incident,
}


def carry_out(act: str, asked: Asked) -> Outcome:
    """Do it. Nothing raised here is lost: a refusal becomes the outcome that says what to do."""
    if act == "done" and (receipt := Receipt.objects.filter(key=asked.key, assignment=asked.one).first()):
        return _finished(receipt, unit_of(asked.one))  # sent again after it went through: nothing in hand to judge by
    try:
        if act == "done":
            _require_in_hand(asked)
    except Refusal as refusal:
        return refused(refusal)
    form = form_for(act, asked.one, asked.fields)
    if form is not None and not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return Outcome(REFUSED, str(first), _("请改好再送一次；已填的都还在。"), "bad_form", form)
    try:
        return ACTS[act](asked, form)
    except Refusal as refusal:
        return refused(refusal, form)


def _require_in_hand(asked: Asked) -> None:
    """Amounts are judged by what is in hand: with nothing there, what happened to the task is the answer."""
    one = asked.one
    if one.holder_id is not None and one.holder_id != asked.actor.account_id:
        raise Refusal("not_yours")
    if one.holder_id is None or not finish_task.in_hand(one):
        raise Refusal("assignment_over", state=one.get_state_display())


def refused(refusal: Refusal, form: forms.Form | None = None) -> Outcome:
    """What a refusal means to the phone that waits for it."""
    state = CONFLICT if refusal.status in (403, 409, 410) else AGAIN if refusal.status == 429 else REFUSED
    state = REFUSED if refusal.code == "wrong_code" else AGAIN if refusal.code == "version_stale" else state
    return Outcome(state, refusal.what, refusal.todo, refusal.code, form)
