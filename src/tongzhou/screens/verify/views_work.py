"""One item in hand: the contact, the script, the outcome in one key; taking, holding longer, putting back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.chain.intake.models import Attachment, Need, Offer
from tongzhou.chain.intake.policies import RELEASE_HELD, target_of
from tongzhou.chain.intake.selectors.said import base_words
from tongzhou.chain.intake.services.change import release_held
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, Flag, Held, NeedState, OfferState, Vulnerability
from tongzhou.chain.triage.policies import CLOSE_UNREACHED, MERGE_NEEDS
from tongzhou.chain.triage.selectors import pairs
from tongzhou.chain.triage.selectors.locks import held_by, live
from tongzhou.chain.triage.selectors.queue import Filters, checks_of, entered_by, get_record
from tongzhou.chain.triage.selectors.written import call_script, suggested_urgency
from tongzhou.chain.triage.services import locks
from tongzhou.chain.triage.services.quantities import planned_for
from tongzhou.chain.triage.types import KEYS, Basis
from tongzhou.desks.guidance.selectors import guides_for
from tongzhou.desks.guidance.types import groups_of
from tongzhou.flows import verify_need
from tongzhou.flows.reveal_contact import reveal_contact, reveal_photo
from tongzhou.kernel import clock, idempotency, ids
from tongzhou.kernel.access import Actor, allows, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.verify.forms import VerdictForm, verdict_form
from tongzhou.screens.verify.kinds import NEED, Kind
from tongzhou.screens.verify.parts import actor_of, amount, category_of, said

__all__ = ["close", "extend", "keep_trying", "let_in", "outcome", "photo", "release", "take", "work"]

View = Callable[..., HttpResponse]
#: States in which something can be verified: open ones, and expired ones that are to live again.
_TAKEABLE = frozenset({*OPEN_NEEDS, *OPEN_OFFERS, NeedState.EXPIRED, OfferState.EXPIRED})


def work(kind: Kind) -> View:
    """The item: open with its contact while in hand, closed otherwise."""

    @route(kind.act)
    @require_GET
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        record = get_record(actor_of(request), kind.name, pk)
        return _page(request, kind, record, verdict_form(record, str(ids.new_id())))

    return view


def _page(
    request: HttpRequest, kind: Kind, record: Need | Offer, form: VerdictForm, *, status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of one item. The contact is opened, and that logged, only here and only for whoever holds it."""
    actor, now = actor_of(request), clock.now()
    hold = held_by(actor, record, now)
    known = category_of(record)
    amount_text = amount(record)
    shown: dict[str, Any] = {
        "kind": kind, "record": record, "form": form, "hold": hold, "now": now, "refusal": refusal,
        "amount": amount_text, "known": known, "checks": checks_of(record),
        "script": call_script(record, known, quantity=amount_text or _("还没有说数量")),
        "keys": [(key, value, dict(kind.outcomes)[value]) for key, value in KEYS.items()],
        "own": bool(entered_by(actor, [record])), "can_take": record.state in _TAKEABLE,
        "typed": form.is_bound or refusal is not None, "then": request.session.get("verify_then", True),
        "closed_why": _("取到这一条以后才能看联系方式；谁看过都有记录。"),
    }  # fmt: skip
    shown["guides"] = guides_for(
        category=record.category_id or "", group=groups_of(getattr(record, "vulnerability", ())), role=actor.roles,
        place=record.place_id or "", response=record.response_id,
    )  # fmt: skip
    if isinstance(record, Need):
        shown |= _about_need(actor, record, known)
    if hold:
        shown |= _in_hand(actor, record, now)
        shown |= {"hold_minutes": hold.seconds_left // 60, "hold_seconds": hold.seconds_left % 60}
    else:
        shown |= _closed(record, now)
    return render(request, "screens/verify/work.html", shown, status=status)


def _about_need(actor: Actor, need: Need, known: Any) -> dict[str, Any]:
    planned = planned_for(need, known)
    alike = pairs.pairs_of(actor, need) if may(actor, MERGE_NEEDS) else []
    return {
        "planned": planned, "planned_words": base_words(need, planned.quantity),
        "basis": Basis(planned.basis).label, "guess": suggested_urgency(need, known),
        "vulnerable": [str(Vulnerability(one).label) for one in need.vulnerability if one in Vulnerability.values],
        "flag": _flag(need.quantity_flag),
        "alike": [
            {
                "pair": one, "other": one.second if one.first_id == need.pk else one.first,
                "words": pairs.words_of(one.signs),
            }
            for one in alike
        ],
        "merged": list(need.merged.all()) if need.pk else [],
        "may_close": allows(actor, CLOSE_UNREACHED, **target_of(need)),
        "may_let_in": allows(actor, RELEASE_HELD, **target_of(need)),
        "held": _held(need.submission.held_reason) if need.submission else "",
    }  # fmt: skip


def _flag(flag: str) -> str:
    return str(Flag(flag).label) if flag in Flag.values else ""


def _held(reason: str) -> str:
    return str(Held(reason).label) if reason in Held.values else reason


def _in_hand(actor: Actor, record: Need | Offer, now: dt.datetime) -> dict[str, Any]:
    try:
        contact = reveal_contact(actor=actor, record=record, now=now)
    except Refusal as refusal:
        if refusal.code != "shredded":
            raise
        return {"contact": None, "contact_gone": refusal}
    photos = Attachment.objects.filter(submission=record.submission_id or record.pk).defer("content")
    shown = {name: contact.get(name, "") for name in ("name", "phone", "wechat", "address")} | {"note": ""}
    return {"contact": contact, "contact_shown": shown, "photos": list(photos)}


def _closed(record: Need | Offer, now: dt.datetime) -> dict[str, Any]:
    lock = live(record, now)
    return {"contact": None, "holder": lock, "minutes": -int(-(lock.until - now).total_seconds() // 60) if lock else 0}


def take(kind: Kind) -> View:
    """Take this one. Whoever comes second is told who has it, and may take the next one."""

    @route(kind.act)
    @require_POST
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        record = get_record(actor_of(request), kind.name, pk)
        try:
            kind.taken(actor_of(request), record, clock.now())
        except Refusal as refusal:
            form = verdict_form(record, str(ids.new_id()))
            return _page(request, kind, record, form, status=refusal.status, refusal=refusal)
        return redirect(f"verify:{kind.name}", pk)

    return view


def extend(kind: Kind) -> View:
    """Ten minutes more; what was typed stays."""

    @route(kind.act)
    @require_POST
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        record = get_record(actor_of(request), kind.name, pk)
        form = _kept(request, record)
        try:
            locks.extend(actor=actor_of(request), record=record, now=clock.now())
        except Refusal as refusal:
            return _page(request, kind, record, form, status=refusal.status, refusal=refusal)
        return _page(request, kind, record, form)

    return view


def _kept(request: HttpRequest, record: Need | Offer) -> VerdictForm:
    """What was typed so far, unjudged."""
    form = verdict_form(record, said(request, "key")[:64] or str(ids.new_id()))
    typed = {name: request.POST[name] for name in form.fields if name in request.POST and name != "version"}
    form.initial = {**form.initial, **typed}
    if "urgency" in typed and typed["urgency"].isdigit():
        form.initial["urgency"] = int(typed["urgency"])
    return form


def release(kind: Kind) -> View:
    """Put it back; the contact is hidden from now on."""

    @route(kind.act)
    @require_POST
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        record = get_record(actor_of(request), kind.name, pk)
        locks.release(actor=actor_of(request), record=record, now=clock.now())
        messages.info(request, _("已放回队列，联系方式已经收起"))
        return redirect(reverse("verify:queue") + (f"?kind={kind.name}" if kind is not NEED else ""))

    return view


def outcome(kind: Kind) -> View:
    """The outcome, in one key. The same answer sent twice has one effect; what was typed is never lost."""

    @route(kind.act)
    @require_POST
    def view(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        actor, now = actor_of(request), clock.now()
        record = get_record(actor, kind.name, pk)
        form = verdict_form(record, "", request.POST)
        if not form.is_valid():
            return _page(request, kind, record, form, status=422)
        try:
            check, _ran = _once(actor, kind, record, form, now)
        except Refusal as refusal:
            fresh = get_record(actor, kind.name, pk)
            again = VerdictForm(_with_version(request, fresh.version), record=fresh)
            again.is_valid()
            return _page(request, kind, fresh, again, status=refusal.status, refusal=refusal)
        text = _("%(code)s：%(outcome)s") % {
            "code": ids.format_code(record.code), "outcome": dict(kind.outcomes)[form.cleaned_data["outcome"]],
        }  # fmt: skip
        request.session["undo"] = {"entry": check, "text": text, "url": reverse("verify:undo")}
        return _onwards(request, kind, actor)

    return view


def _once(actor: Actor, kind: Kind, record: Need | Offer, form: VerdictForm, now: dt.datetime) -> tuple[str, bool]:
    """Record the outcome once for each key. A hold that ran out is taken again when nobody else has it."""
    verdict, expect = form.verdict(), form.cleaned_data["version"]

    def effect() -> str:
        if held_by(actor, record, now) is None:
            kind.taken(actor, record, now)
        return str(kind.decide(actor, record, verdict, expect, now).pk)

    return idempotency.once(
        scope=f"verify:{actor.account_id}:{record.pk}", key=form.cleaned_data["key"],
        content=idempotency.fingerprint([asdict(verdict), expect]),
        effect=effect,
    )  # fmt: skip


def _with_version(request: HttpRequest, version: int) -> Any:
    data = request.POST.copy()
    data["version"], data["key"] = str(version), str(ids.new_id())
    return data


def _onwards(request: HttpRequest, kind: Kind, actor: Actor) -> HttpResponse:
    """To the next one when that was asked for, else to the queue."""
    back = reverse("verify:queue") + (f"?kind={kind.name}" if kind is not NEED else "")
    request.session["verify_then"] = bool(said(request, "then"))
    if not said(request, "then"):
        return redirect(back)
    try:
        record = kind.next(actor, Filters(), clock.now(), "")
    except Refusal as refusal:
        if refusal.code != "queue_empty":
            raise
        messages.success(request, _("队列里暂时没有了，辛苦了"))
        return redirect(back)
    return redirect(f"verify:{kind.name}", record.pk)


def photo(kind: Kind) -> View:
    """A photo that came with it, for whoever holds it; logged."""

    @route(kind.act)
    @require_GET
    def view(request: HttpRequest, pk: uuid.UUID, photo: uuid.UUID) -> HttpResponse:
        record = get_record(actor_of(request), kind.name, pk)
        row = Attachment.objects.filter(pk=photo, submission_id=record.submission_id).first()
        if row is None or record.submission_id is None:
            raise Refusal("not_found")
        content = reveal_photo(actor=actor_of(request), record=record, photo=row, now=clock.now())
        return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})

    return view


def _need(request: HttpRequest, pk: uuid.UUID) -> Need:
    found: Need = get_record(actor_of(request), "need", pk)
    return found


@route(CLOSE_UNREACHED)
@require_POST
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Close a need that nobody answered for, after a person looked at the proposal."""
    need = _need(request, pk)
    reason = said(request, "reason")[:300] or _("多次联系不上")
    verify_need.close_unreached(actor=actor_of(request), need=need, expect=need.version, reason=reason, now=clock.now())
    messages.success(request, _("已关闭。对方随时可以用编号重新打开。"))
    return redirect(reverse("verify:queue") + "?tab=closing")


@route(CLOSE_UNREACHED)
@require_POST
def keep_trying(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decline the proposal: it is called again."""
    verify_need.keep_trying(actor=actor_of(request), need=_need(request, pk), now=clock.now())
    messages.success(request, _("已放回待核实，重新计次"))
    return redirect(reverse("verify:queue") + "?tab=closing")


@route(RELEASE_HELD)
@require_POST
def let_in(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a held plea into the queue of the others."""
    need = _need(request, pk)
    if need.submission is not None:
        release_held(actor=actor_of(request), submission=need.submission, reason=said(request, "reason")[:300])
    messages.success(request, _("已放进待核实"))
    return redirect(reverse("verify:queue") + "?tab=held")
