"""Asking for help: one page, one POST, without an account and without JavaScript. What was typed is never lost."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from tongzhou.chain.intake.forms.public import PublicForm, from_our_page
from tongzhou.chain.intake.services import photos
from tongzhou.chain.intake.types import Channel
from tongzhou.flows.ask_callback import ask_callback
from tongzhou.flows.submit_need import sent_before, submit_need
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import ANONYMOUS, PUBLIC, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response
from tongzhou.screens.help.forms import (
    FIRST_ROWS,
    MORE_ROWS,
    AskForm,
    CallForm,
    FacilityForm,
    HelpForm,
    MedicineForm,
    OtherForm,
)
from tongzhou.screens.help.selectors import categories_in_order, chosen_response, short_label

__all__ = ["ask", "call", "call_done"]

FORMS: dict[str, type[AskForm]] = {
    "self": HelpForm,
    "other": OtherForm,
    "medicine": MedicineForm,
    "facility": FacilityForm,
}
#: Photos kept for one address in an hour while their forms are corrected.
MOST_KEPT, KEPT_SECONDS = 20, 3600


@csrf_exempt  # checked below, so that the form comes back filled in instead of a page without it
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """One of the forms of asking."""
    response, others = chosen_response(ANONYMOUS, _slug(request))
    page = _Page(request, kind, response, others)
    if request.method != "POST":
        return page.show(page.fresh())
    if not from_our_page(request):
        return page.show(page.again(), status=403, trouble=Refusal("form_expired"))
    if "pick" in request.POST or "more_rows" in request.POST:
        return page.show(page.again())
    form = page.bound()
    if not form.is_valid():
        return page.show(form, status=422)
    try:
        done = submit_need(
            actor=ANONYMOUS, response=response, key=form.cleaned_data["key"], said=form.said(response.pk),
            channel=Channel.FORM, now=clock.now(), address=request.client_address,  # type: ignore[attr-defined]
            language=get_language() or "zh-hans", trapped=form.trapped,
        )  # fmt: skip
    except Refusal as refusal:
        return page.refused(form, refusal)
    photos.forget_kept(token=str(request.POST.get("photo_kept", ""))[:60] or "-")
    return redirect("progress:sent", code=done.code, secret=done.secret)


def _slug(request: HttpRequest) -> str:
    return str(request.POST.get("response") or request.GET.get("response") or "")[:40]


class _Page:
    """One showing of a form of asking: everything that comes back filled in goes through here."""

    def __init__(self, request: HttpRequest, kind: str, response: Response, others: list[Response]) -> None:
        self.request, self.kind, self.response, self.others = request, kind, response, others
        self.form_class = FORMS[kind]

    def _more(self) -> dict[str, Any]:
        if self.kind != "facility":
            return {}
        rows = str(self.request.POST.get("rows", ""))[:4]
        count = int(rows) if rows.isascii() and rows.isdigit() else FIRST_ROWS
        return {"rows": count + (MORE_ROWS if "more_rows" in self.request.POST else 0)}

    def fresh(self) -> AskForm:
        """An empty form."""
        return self.form_class(**self._more())

    def bound(self) -> AskForm:
        """The form as it was sent."""
        return self.form_class(self.request.POST, self.request.FILES, **self._more())

    def again(self) -> AskForm:
        """The same words once more, not judged yet; a category pressed goes into the field."""
        words = self.request.POST.copy()
        picked = str(words.get("pick", ""))[:64]
        if picked:
            listed, _few = categories_in_order(self.response)
            words["item"] = next((short_label(one) for one in listed if one.key == picked), words.get("item", ""))
        return self.form_class(initial=_as_initial(words, self.form_class), **self._more())

    def refused(self, form: AskForm, refusal: Refusal) -> HttpResponse:
        """The form with what the platform refused, and every word still in it."""
        if refusal.code != "key_reused":
            return self.show(form, status=refusal.status, trouble=refusal)
        # Sent before with other words (back, corrected, sent again): it may be meant; the next press makes a new one.
        earlier = sent_before(response=self.response, key=form.cleaned_data["key"])
        fresh = self.request.POST.copy()
        fresh["key"] = self.form_class().fields["key"].initial
        again = self.form_class(fresh, self.request.FILES, **self._more())
        again.is_valid()
        return self.show(again, status=409, trouble=Refusal("sent_before"), earlier=earlier)

    def show(self, form: AskForm, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page."""
        listed, few = categories_in_order(self.response)
        kept = self._keep_photo(form)
        said = {
            "form": form, "kind": self.kind, "response": self.response, "others": self.others, "categories": listed,
            "picks": [(one.key, short_label(one)) for one in few], "photo_kept": kept, **more,
        }  # fmt: skip
        answer = render(self.request, f"screens/help/{self.kind}.html", said, status=status)
        if status == 429:
            answer["Retry-After"] = str(more["trouble"].params["seconds"])
        return answer

    def _keep_photo(self, form: PublicForm) -> str:
        """The token under which the chosen photo waits for the next press ("" when there is none)."""
        if self.kind != "medicine" or self.request.method != "POST":
            return ""
        before = str(self.request.POST.get("photo_kept", ""))[:60]
        photo = form.cleaned_data.get("photo") if form.is_bound and hasattr(form, "cleaned_data") else None
        if photo is None or not self.request.FILES.get("photo"):
            return before if photos.kept(before) else ""
        try:
            throttle.hit("kept-photo", self.request.client_address, limit=MOST_KEPT, seconds=KEPT_SECONDS)  # type: ignore[attr-defined]
        except Refusal:
            return ""  # the page then asks to choose the photo again
        return photos.keep(photo, scope=f"response:{self.response.pk}")


def _as_initial(words: QueryDict, form_class: type[AskForm]) -> dict[str, Any]:
    """What was typed as initial values of an unbound form; fields with several values as lists."""
    several = {
        name
        for name, field in form_class.base_fields.items()
        if getattr(field.widget, "allow_multiple_selected", False)
    }
    return {name: words.getlist(name) if name in several else words.get(name) for name in words}


@csrf_exempt  # checked below
@route(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def call(request: HttpRequest) -> HttpResponse:
    """Only a number: somebody calls back."""
    response, others = chosen_response(ANONYMOUS, _slug(request))

    def show(form: CallForm, status: int = 200, trouble: Refusal | None = None) -> HttpResponse:
        said = {"form": form, "response": response, "others": others, "kind": "call", "trouble": trouble}
        return render(request, "screens/help/call.html", said, status=status)

    if request.method != "POST":
        return show(CallForm())
    form = CallForm(request.POST)
    if not from_our_page(request):
        words = {name: request.POST.get(name) for name in request.POST}
        return show(CallForm(initial=words), 403, Refusal("form_expired"))
    if not form.is_valid():
        return show(form, 422)
    got = form.cleaned_data
    try:
        ask_callback(
            actor=ANONYMOUS, response=response, phone=got["phone"], place_text=got["place"],
            wanted=got["wanted"] or "any", now=clock.now(), address=request.client_address, trapped=form.trapped,  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refusal as refusal:
        return show(form, refusal.status, refusal)
    return redirect("help:call_done")


@route(PUBLIC)
@require_GET
@gzip_page
def call_done(request: HttpRequest) -> HttpResponse:
    """The number was kept; what happens next."""
    return render(request, "screens/help/call_done.html")
