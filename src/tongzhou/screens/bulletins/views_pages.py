"""Pages of the web brought in as text: what was cut and why, putting parts back, letting a held page through."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.bulletins.models import WebPage
from tongzhou.desks.bulletins.policies import IMPORT_PAGE, READ_DRAFTS, RELEASE_PAGE, WRITE_BULLETIN
from tongzhou.desks.bulletins.selectors.bulletins import desk_page, desk_pages
from tongzhou.desks.bulletins.services import pages as services
from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES, from_json, text_of, title_of
from tongzhou.desks.bulletins.types import Brought
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS, Actor, may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal
from tongzhou.screens.bulletins.forms import PageForm, WordsForm

__all__ = ["page", "pages", "raw", "release"]

_PAGE = 30
_WHY = gettext_lazy("为什么可以用")
#: Cuts shown at once; signs doubled all over a page count as one.
MOST_CUTS = 300


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def _reasons() -> dict[str, str]:
    return {
        "hidden": _("看不见的内容"), "script": _("脚本写进来的"), "navigation": _("菜单、页脚、侧栏"),
        "cookie": _("Cookie 提示"), "links": _("外站链接"), "repeated": _("重复的段落"),
        "spam": _("垃圾词"), "punctuation": _("重复的标点"),
    }  # fmt: skip


def _signals() -> dict[str, str]:
    return {
        "spam_share": _("垃圾内容占了 %(value)s%%"), "hidden_spam": _("看不见的地方有垃圾词"),
        "spam_title": _("标题里有垃圾词"),
        "spam_meta": _("关键词和摘要里有垃圾词"), "script_spam": _("脚本里有垃圾词"),
        "script_moves": _("脚本会把人带走"),
        "moves_away": _("打开就跳到别的网站"), "hacked": _("写着被入侵的字样"),
        "nothing_left": _("清理以后几乎没有剩下文字（%(value)s 个字）"), "damaged": _("有 %(value)s 个字读不出来"),
        "too_deep": _("网页层层嵌套，不像正常的网页"), "too_long": _("网页太长，只看了前面一部分"),
        "strange_script": _("有大段别的文字（%(value)s%%）"), "not_chinese": _("中文很少（%(value)s%%）"),
    }  # fmt: skip


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What was sent, with its files; an empty form is one too."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@route(IMPORT_PAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: HttpRequest) -> HttpResponse:
    """Bring a page in; those that were brought in before."""
    actor = _actor(request)
    fetching = bool(settings.TONGZHOU_FETCH_PAGES)
    form = PageForm(*_sent(request), may_fetch=fetching)
    if request.method == "POST" and form.is_valid():
        try:
            made = _bring(actor, form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("bulletins:page", made.pk)
    listed = Paginator(desk_pages(actor), _PAGE).get_page(request.GET.get("page"))
    said = {"form": form, "page": listed, "fetching": fetching}
    return render(request, "screens/bulletins/pages.html", said, status=422 if form.errors else 200)


def _bring(actor: Actor, got: dict[str, Any]) -> WebPage:
    address = got["address"].strip()
    if got.get("fetch"):
        return services.fetch_and_bring(actor=actor, address=address)
    if file := got.get("file"):
        if file.size > MOST_BYTES:
            raise Refusal("too_large", limit=f"{MOST_BYTES // 1024 // 1024} MB")
        return services.bring_page(actor=actor, how=Brought.FILE, raw=file.read(), name=file.name, address=address)
    return services.bring_page(
        actor=actor, how=Brought.PASTE, raw=got["text"].encode("utf-8", "replace"), address=address
    )


def _show(request: HttpRequest, found: WebPage, form: WordsForm | None = None) -> HttpResponse:
    actor, read = _actor(request), from_json(found.cleaned)
    back, reasons, signals = set(found.put_back), _reasons(), _signals()
    signs = [number for number, piece in read.cuts if piece.reason == "punctuation"]
    cuts = [
        {"number": number, "text": piece.text[:1500], "reason": reasons[piece.reason], "back": number in back,
         "title": piece.block < 0}
        for number, piece in read.cuts if piece.reason != "punctuation"
    ]  # fmt: skip
    said = {
        "found": found, "read": read, "cuts": cuts[:MOST_CUTS], "more": max(0, len(cuts) - MOST_CUTS),
        "signs": len(signs), "signs_back": bool(signs) and signs[0] in back,
        "title": title_of(read.pieces, found.put_back), "text": text_of(read.pieces, found.put_back),
        "signals": [(signals[one.code] % {"value": one.value}, one.points) for one in read.signals],
        "may_release": may(actor, RELEASE_PAGE) and found.by_id != actor.account_id,
        "may_write": may(actor, WRITE_BULLETIN), "may_put_back": may(actor, IMPORT_PAGE),
        "form": form or WordsForm(label=_WHY, version=found.version),
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return render(request, "screens/bulletins/page.html", said, status=status)


@route(READ_DRAFTS)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A page beside what was cut from it; each cut can be put back."""
    actor = _actor(request)
    found = desk_page(actor, pk)
    if request.method == "POST":
        read = from_json(found.cleaned)
        chosen = {int(one) for one in request.POST.getlist("back") if one.isascii() and one.isdigit() and len(one) < 9}
        if request.POST.get("signs"):
            chosen |= {number for number, piece in read.cuts if piece.reason == "punctuation"}
        version = request.POST.get("version", "")
        expect = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
        try:
            services.put_back(actor=actor, page=found, numbers=chosen, expect=expect)
            messages.success(request, _("已保存。"))
        except Refusal as refusal:
            if refusal.status == 404:
                raise
            messages.error(request, f"{refusal.what} {refusal.todo}")
        return redirect("bulletins:page", found.pk)
    return _show(request, found)


@route(RELEASE_PAGE)
@require_POST
def release(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A person looked: the page may be used."""
    actor = _actor(request)
    found = desk_page(actor, pk)
    form = WordsForm(request.POST, label=_WHY, version=found.version)
    if form.is_valid():
        got = form.cleaned_data
        try:
            services.release_page(actor=actor, page=found, reason=got["words"], expect=got["version"], now=clock.now())
            messages.success(request, _("已放行。"))
            return redirect("bulletins:page", found.pk)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return _show(request, found, form)


@route(READ_DRAFTS)
@require_safe
def raw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The bytes as they came, to be saved, never to be shown."""
    found = desk_page(_actor(request), pk)
    answer = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="page-{found.sha256[:12]}.bin"'
    return answer
