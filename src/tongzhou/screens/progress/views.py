"""What became of it: with the code states and times only, with the secret link also the right to change it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from tongzhou.chain.intake.forms.fields import reach_of
from tongzhou.chain.intake.forms.public import from_our_page
from tongzhou.chain.intake.models import Need, Submission
from tongzhou.chain.intake.selectors.submissions import own_submission, submission_of_code
from tongzhou.chain.intake.services import photos
from tongzhou.flows import change_submission as flow
from tongzhou.kernel import clock, ids, throttle
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.progress.forms import AddForm, CodeForm, CorrectForm
from tongzhou.screens.progress.selectors import progress_of

__all__ = [
    "add", "close", "correct", "find", "lookup", "own", "own_page", "public", "reopen", "save", "sent", "still",
]  # fmt: skip

#: Look-ups from one address in ten minutes, and how many of them may be wrong.
MOST_LOOKUPS, MOST_WRONG, SECONDS = 120, 20, 600
ANSWERS = ("withdrawn", "self", "committee", "helped", "other", "used_up")


def _address(request: HttpRequest) -> str:
    return str(request.client_address)  # type: ignore[attr-defined]


def find(request: HttpRequest, code: str, secret: str | None) -> Submission:
    """The submission of a code (and its secret); guessing is slowed down, and every wrong guess answers the same.

    Whoever has a right link is never counted: neighbours behind one address must not shut each other out.
    """
    if secret is None:
        throttle.hit("lookup", _address(request), limit=MOST_LOOKUPS, seconds=SECONDS)
    try:
        return submission_of_code(code) if secret is None else own_submission(code, secret)
    except Refusal:
        throttle.hit("lookup-wrong", _address(request), limit=MOST_WRONG, seconds=SECONDS)
        raise


@route(PUBLIC)
@require_GET
@gzip_page
def lookup(request: HttpRequest) -> HttpResponse:
    """Type a code."""
    typed = request.GET.get("code")
    if typed is None:
        return render(request, "screens/progress/lookup.html", {"form": CodeForm()})
    form = CodeForm(request.GET)
    code = ids.parse_code(typed[:40])
    if form.is_valid() and code is None:
        form.add_error("code", _("编号不对：是 10 位数字，最后一位用来检查有没有打错。请照着再看一遍。"))
    if form.is_valid() and code is not None:
        try:
            find(request, code, None)
        except Refusal as refusal:
            if refusal.code != "not_found":
                raise
            form.add_error("code", _("没有找到这个编号。请照着再看一遍，或联系给您编号的人。"))
        else:
            return redirect("progress:public", code=code)
    return render(request, "screens/progress/lookup.html", {"form": form}, status=422)


@route(PUBLIC)
@require_GET
@gzip_page
def public(request: HttpRequest, code: str) -> HttpResponse:
    """States and times, for anybody who has the code."""
    submission = find(request, code, None)
    shown = {"progress": progress_of(submission, own=False), "own": False}
    return render(request, "screens/progress/public.html", shown)


@route(PUBLIC)
@require_GET
def own(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """The same for whoever sent it, with everything they may do."""
    return own_page(request, find(request, code, secret), secret)


def own_page(
    request: HttpRequest, submission: Submission, secret: str, *, status: int = 200, fix: CorrectForm | None = None,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """The sender's page; `fix`: the form of corrections that comes back, for the line `correcting`."""
    progress = progress_of(submission, own=True)
    back = more.get("correcting")
    lines = [
        (line, fix if fix is not None and line.record.pk == back else CorrectForm(of=line.record))
        for line in progress.lines
    ]
    shown = {"progress": progress, "lines": lines, "own": True, "secret": secret, "add": AddForm(), **more}
    shown["door"] = request.build_absolute_uri("/a/")
    return render(request, "screens/progress/own.html", shown, status=status)


@route(PUBLIC)
@require_GET
def sent(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """The honest confirmation: the code, the link, what happens next, what nobody can promise."""
    submission = find(request, code, secret)
    link = request.build_absolute_uri(reverse("progress:own", args=[submission.code, secret]))
    shown = {
        "progress": progress_of(submission, own=True), "secret": secret, "link": link,
        "note": _note(submission, link),
    }  # fmt: skip
    return render(request, "screens/progress/sent.html", shown)


def _note(submission: Submission, link: str) -> str:
    """What is copied or saved: the code and the link, nothing of the content."""
    lines = [
        _("同舟 求助编号 %(code)s") if submission.kind == "need" else _("同舟 帮忙编号 %(code)s"),
        _("查进展、改、撤回（不要转发给别人）："),
        link,
    ]
    return "\n".join(lines) % {"code": ids.format_code(submission.code)}


@route(PUBLIC)
@require_GET
def save(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """The same as a small text file, for phones without JavaScript."""
    submission = find(request, code, secret)
    link = request.build_absolute_uri(reverse("progress:own", args=[submission.code, secret]))
    answer = HttpResponse(_note(submission, link) + "\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-{submission.code}.txt"'
    return answer


@csrf_exempt  # checked below, so that what was typed comes back
@route(PUBLIC)
@require_http_methods(["POST"])
def add(request: HttpRequest, code: str, secret: str) -> HttpResponse:
    """Add words or a photo."""
    submission = find(request, code, secret)
    form = AddForm(request.POST, request.FILES)
    if not from_our_page(request):
        fresh = AddForm(initial={"text": request.POST.get("text", "")})
        return own_page(request, submission, secret, add=fresh, trouble=Refusal("form_expired"), status=403)
    photo = None
    if form.is_valid():
        upload = request.FILES.get("photo")
        try:
            photo = photos.remake(upload.read()) if upload else None
        except Refusal as refusal:
            form.add_error("photo", f"{refusal.what}。{refusal.todo}")
        if not form.cleaned_data.get("text") and photo is None and not form.errors:
            form.add_error("text", _("请写一句话，或者选一张照片"))
    if not form.is_valid():
        return own_page(request, submission, secret, add=form, status=422)
    try:
        flow.add_to(
            actor=ANONYMOUS, submission=submission, key=form.cleaned_data["key"], text=form.cleaned_data["text"],
            photo=photo, now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return own_page(request, submission, secret, add=form, trouble=refusal, status=refusal.status)
    messages.success(request, _("补充已经记下。"))
    return redirect("progress:own", code=submission.code, secret=secret)


@csrf_exempt  # checked below
@route(PUBLIC)
@require_http_methods(["POST"])
def correct(request: HttpRequest, code: str, secret: str, record: uuid.UUID) -> HttpResponse:
    """Correct the thing, the amount, the phone or the address."""
    submission = find(request, code, secret)
    of = flow.own_record(submission, record)

    def back(form: CorrectForm, status: int, trouble: Refusal | None = None) -> HttpResponse:
        shown = {"correcting": record, "trouble": trouble}
        return own_page(request, submission, secret, fix=form, status=status, **shown)

    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST if name not in ("key", "version")}
        return back(CorrectForm(of=of, initial=words), 403, Refusal("form_expired"))
    form = CorrectForm(request.POST, of=of)
    if form.is_valid() and form.cleaned_data["amount"][0].unread:
        form.add_error("amount", _("请写成数字和单位，例如：2 盒"))
    if not form.is_valid():
        return back(form, 422)
    got = form.cleaned_data
    amount, written = got["amount"]
    phone, wechat = reach_of(got["phone"])
    try:
        flow.correct_own(
            actor=ANONYMOUS, submission=submission, record_id=record, expect=got["version"] or 0, now=clock.now(),
            item=got.get("item", ""), amount=amount if written else None, phone=phone,
            wechat=wechat, address=got.get("address", ""),
        )  # fmt: skip
    except Refusal as refusal:
        return back(form, refusal.status, refusal)
    messages.success(request, _("已经更正，原来的留在历史里。"))
    return redirect("progress:own", code=submission.code, secret=secret)


def _version(request: HttpRequest) -> int:
    typed = str(request.POST.get("version", ""))[:9]
    return int(typed) if typed.isascii() and typed.isdigit() else 0


@route(PUBLIC)
@require_http_methods(["POST"])
def close(request: HttpRequest, code: str, secret: str, record: uuid.UUID) -> HttpResponse:
    """Withdraw, or say who solved it."""
    submission = find(request, code, secret)
    how = str(request.POST.get("how", ""))
    if how not in ANSWERS:
        raise Refusal("bad_request")
    flow.close_own(
        actor=ANONYMOUS, submission=submission, record_id=record, expect=_version(request), how=how, now=clock.now()
    )
    messages.success(request, _("已经关闭，马上从公开的名单拿下。弄错了可以恢复。"))
    return redirect("progress:own", code=submission.code, secret=secret)


@route(PUBLIC)
@require_http_methods(["POST"])
def still(request: HttpRequest, code: str, secret: str, record: uuid.UUID) -> HttpResponse:
    """Still needed, or still to be had."""
    submission = find(request, code, secret)
    changed = flow.still_needed(
        actor=ANONYMOUS, submission=submission, record_id=record, expect=_version(request), now=clock.now()
    )
    messages.success(request, _("记下了：仍然需要。") if isinstance(changed, Need) else _("记下了：还在。"))
    return redirect("progress:own", code=submission.code, secret=secret)


@route(PUBLIC)
@require_http_methods(["POST"])
def reopen(request: HttpRequest, code: str, secret: str, record: uuid.UUID) -> HttpResponse:
    """Take the own closing back."""
    submission = find(request, code, secret)
    flow.reopen_own(actor=ANONYMOUS, submission=submission, record_id=record)
    messages.success(request, _("已经恢复。"))
    return redirect("progress:own", code=submission.code, secret=secret)
