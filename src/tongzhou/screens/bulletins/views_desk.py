"""The desk of bulletins: what waits, writing, verifying, publishing, correcting, ending."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.bulletins.models import Bulletin, Remark
from tongzhou.desks.bulletins.policies import (
    END_BULLETIN,
    PUBLISH_BULLETIN,
    READ_DRAFTS,
    RELEASE_PAGE,
    VERIFY_BULLETIN,
    WRITE_BULLETIN,
    WRITE_CORRECTION,
)
from tongzhou.desks.bulletins.selectors.bulletins import (
    desk_bulletin,
    desk_bulletins,
    desk_page,
    desk_pages,
    get_correction,
    remarks_of,
    returned,
    waiting_corrections,
)
from tongzhou.desks.bulletins.services import bulletins as services
from tongzhou.desks.bulletins.services.cleaning import from_json, text_of, title_of
from tongzhou.desks.bulletins.services.remarks import open_remark
from tongzhou.desks.bulletins.types import BulletinState, CorrectionState
from tongzhou.flows.return_bulletin import return_bulletin, rewrite_bulletin
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.registers.responses.selectors import open_responses
from tongzhou.screens.bulletins.forms import BulletinForm, CorrectionForm, WordsForm
from tongzhou.screens.bulletins.selectors import card_of, changes_of

__all__ = [
    "correct", "correction_drop", "correction_publish", "desk", "edit", "end", "new", "one", "publish", "send_back",
    "verify",
]  # fmt: skip

_SHOWN = 60
_HOW = gettext_lazy("怎样核实的")
_HOW_HINT = gettext_lazy("给谁打了电话、看了哪份文件；不写个人的姓名和电话")
_WHY = gettext_lazy("为什么结束")
_BACK = gettext_lazy("要改什么，或者还要问清楚什么")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent; an empty form is one too."""
    return request.POST if request.method == "POST" else None


@route(READ_DRAFTS)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for whom."""
    actor, now = _actor(request), clock.now()
    rows = desk_bulletins(actor)
    said = {
        "drafts": rows.filter(~returned(), state=BulletinState.DRAFT)[:_SHOWN],
        "returned": rows.filter(returned(), state=BulletinState.DRAFT)[:_SHOWN], "account": actor.account_id,
        "verified": rows.filter(state=BulletinState.VERIFIED)[:_SHOWN],
        "cards": [card_of(one, now) for one in rows.filter(published_at__isnull=False)[:_SHOWN]],
        "corrections": waiting_corrections(actor)[:_SHOWN], "held": desk_pages(actor).filter(held=True)[:_SHOWN],
        "may_write": may(actor, WRITE_BULLETIN), "may_release": may(actor, RELEASE_PAGE),
    }  # fmt: skip
    return render(request, "screens/bulletins/desk.html", said)


def _form_page(request: HttpRequest, form: Any, title: str, back: str, remark: Remark | None = None) -> HttpResponse:
    said = {"form": form, "title": title, "back": back, "remark": remark}
    return render(request, "screens/bulletins/form.html", said, status=422 if form.errors else 200)


def _tried(form: Any, write: Callable[[], Any]) -> Any:
    """What `write` gives; None when it was refused, with the reasons in the form."""
    try:
        return write()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return None


@route(WRITE_BULLETIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a draft, from nothing or from a page of the web."""
    actor = _actor(request)
    pk = ids.parse_id(request.GET.get("page", ""))
    page = desk_page(actor, pk) if pk else None
    told: dict[str, Any] = {}
    if page is not None:
        pieces = from_json(page.cleaned).pieces
        told = {"title": title_of(pieces, page.put_back)[:120], "body": text_of(pieces, page.put_back)[:8000]}
        told["source_url"] = page.address
    else:
        told["response"] = open_responses(actor).filter(is_exercise=False).first()
    form = BulletinForm(_sent(request), responses=open_responses(actor), initial=told)
    if request.method == "POST" and form.is_valid():
        response = form.cleaned_data["response"]
        made = _tried(
            form,
            lambda: services.write_bulletin(actor=actor, said=form.said_bulletin(), response=response, page=page),
        )
        if made is not None:
            messages.success(request, _("草稿已保存。请另一个人核实。"))
            return redirect("bulletins:one", made.code)
    return _form_page(request, form, _("写一条信息"), "/bulletins/desk/")


@route(WRITE_BULLETIN)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rewrite what is not published."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    remark = open_remark(found)
    form = BulletinForm(_sent(request), responses=open_responses(actor), bulletin=found, remark=remark)
    if request.method == "POST" and form.is_valid():
        expect = form.cleaned_data["version"] or 0
        made = _tried(
            form,
            lambda: rewrite_bulletin(
                actor=actor, bulletin=found, said=form.said_bulletin(), answer=form.cleaned_data.get("answer", ""),
                expect=expect, now=clock.now(),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("草稿已保存。请另一个人核实。"))
            return redirect("bulletins:one", found.code)
    return _form_page(request, form, _("改写"), f"/bulletins/desk/{found.code}/", remark=remark)


def _one(request: HttpRequest, found: Bulletin, forms: dict[str, Any] | None = None) -> HttpResponse:
    actor, now = _actor(request), clock.now()
    waiting = [(one, changes_of(one)) for one in found.corrections.all() if one.state == CorrectionState.PROPOSED]
    said: dict[str, Any] = {
        "one": found, "card": card_of(found, now), "waiting": waiting,
        "public": found.published_at is not None,
        "may": {
            "write": may(actor, WRITE_BULLETIN), "verify": may(actor, VERIFY_BULLETIN),
            "publish": may(actor, PUBLISH_BULLETIN), "end": may(actor, END_BULLETIN),
            "correct": may(actor, WRITE_CORRECTION),
        },
        "mine": found.author_id == actor.account_id, "account": actor.account_id,
        "remarks": (said_back := list(remarks_of(actor, found))), "open_remark": any(not r.answer for r in said_back),
        "back": WordsForm(label=_BACK, version=found.version, prefix="back"),
        "verify": WordsForm(label=_HOW, hint=_HOW_HINT, version=found.version, prefix="verify"),
        "end": WordsForm(label=_WHY, version=found.version, prefix="end"),
    } | (forms or {})  # fmt: skip
    status = 422 if any(form.errors for form in (forms or {}).values()) else 200
    return render(request, "screens/bulletins/one.html", said, status=status)


@route(READ_DRAFTS)
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A bulletin at the desk, with what can be done about it."""
    return _one(request, desk_bulletin(_actor(request), code))


@route(VERIFY_BULLETIN)
@require_POST
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """It is true, and how that was found out."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    form = WordsForm(request.POST, label=_HOW, hint=_HOW_HINT, version=found.version, prefix="verify")
    if form.is_valid():
        how, expect = form.cleaned_data["words"], form.cleaned_data["version"]
        if _tried(
            form,
            lambda: services.verify_bulletin(actor=actor, bulletin=found, how=how, expect=expect, now=clock.now()),
        ):
            messages.success(request, _("核实已记下。发布人可以发布了。"))
            return redirect("bulletins:one", found.code)
    return _one(request, found, {"verify": form})


@route(VERIFY_BULLETIN)
@require_POST
def send_back(request: HttpRequest, code: str) -> HttpResponse:
    """Back to its author, with what to change."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    form = WordsForm(request.POST, label=_BACK, version=found.version, prefix="back")
    if form.is_valid():
        text, expect = form.cleaned_data["words"], form.cleaned_data["version"]
        if _tried(
            form,
            lambda: return_bulletin(actor=actor, bulletin=found, text=text, expect=expect, now=clock.now()),
        ):
            messages.success(request, _("退回给作者了，已经通知。改好以后会通知您。"))
            return redirect("bulletins:desk")
    return _one(request, found, {"back": form})


def _done(request: HttpRequest, code: str, write: Callable[[], Any], said: str) -> HttpResponse:
    """Run an act without words; a refusal is told at the top of the page."""
    try:
        write()
        messages.success(request, said)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, " ".join([refusal.what, refusal.todo, *refusal.fields.values()]))
    return redirect("bulletins:one", code)


@route(PUBLISH_BULLETIN)
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Make it public."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    version = request.POST.get("version", "")
    expect = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
    return _done(
        request, found.code,
        lambda: services.publish_bulletin(actor=actor, bulletin=found, expect=expect, now=clock.now()),
        _("已发布。"),
    )  # fmt: skip


@route(WRITE_CORRECTION)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Write what is to be corrected."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    form = CorrectionForm(_sent(request), bulletin=found)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        told = {name: value for name, value in got.items() if name not in ("reason", "reason_en")}
        if _tried(
            form,
            lambda: services.propose_correction(
                actor=actor, bulletin=found, said=told, reason=got["reason"], reason_en=got["reason_en"]
            ),
        ):
            messages.success(request, _("更正已写下。请另一个人发布。"))
            return redirect("bulletins:one", found.code)
    return _form_page(request, form, _("更正"), f"/bulletins/desk/{found.code}/")


@route(PUBLISH_BULLETIN)
@require_POST
def correction_publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Publish what somebody else corrected."""
    actor = _actor(request)
    found = get_correction(actor, pk)
    return _done(
        request, found.bulletin.code,
        lambda: services.publish_correction(actor=actor, correction=found, now=clock.now()), _("更正已发布。"),
    )  # fmt: skip


@route(WRITE_CORRECTION)
@require_POST
def correction_drop(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a correction up."""
    actor = _actor(request)
    found = get_correction(actor, pk)
    return _done(
        request, found.bulletin.code, lambda: services.drop_correction(actor=actor, correction=found), _("不改了。")
    )


@route(END_BULLETIN)
@require_POST
def end(request: HttpRequest, code: str) -> HttpResponse:
    """It holds no longer."""
    actor = _actor(request)
    found = desk_bulletin(actor, code)
    form = WordsForm(request.POST, label=_WHY, version=found.version, prefix="end")
    if form.is_valid():
        reason, expect = form.cleaned_data["words"], form.cleaned_data["version"]
        if _tried(
            form,
            lambda: services.end_bulletin(actor=actor, bulletin=found, reason=reason, expect=expect, now=clock.now()),
        ):
            messages.success(request, _("已结束。旧的链接还在，写着它已经不再有效。"))
            return redirect("bulletins:one", found.code)
    return _one(request, found, {"end": form})
