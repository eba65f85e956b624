"""Fast entry: a line a need, Enter saves, place and organisation stay for the next one."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongzhou.chain.intake.forms.entry import KEPT, EntryForm, PhoneEntryForm
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import ENTER_NEED, READ_RAW
from tongzhou.chain.intake.selectors.lists import needs, offers
from tongzhou.chain.triage.selectors.pairs import likely_duplicates
from tongzhou.flows.enter_need import enter_need
from tongzhou.flows.reading import organisation_named, spot_of
from tongzhou.flows.reveal_raw import reveal_raw
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import open_responses

__all__ = ["entry", "raw", "similar"]

FORMS: dict[str, type[EntryForm]] = {"keys": EntryForm, "phone": PhoneEntryForm}
#: Session keys: what stays for the next line, and the newest entries of this sitting (ids of submissions).
STAYS, NEWEST = "entry_stays", "entry_newest"
SHOWN = 8

#: What the fields of the forms are called; a column of a sheet has its own heading.
_RAW_WORDS = {
    "item": _lazy("缺什么"),
    "amount": _lazy("数量和单位"),
    "address": _lazy("在哪里"),
    "place": _lazy("在哪里"),
    "phone": _lazy("电话"),
    "name": _lazy("联系人"),
    "urgency": _lazy("紧急程度"),
    "vulnerability": _lazy("家里有没有"),
    "note": _lazy("备注"),
    "requester": _lazy("求助单位"),
    "medicine": _lazy("药名"),
    "days_left": _lazy("手里的药还能吃几天"),
    "prescription": _lazy("有没有处方"),
    "consent": _lazy("对方同意"),
    "needed_by": _lazy("最晚什么时候要"),
    "giver": _lazy("单位"),
    "standard": _lazy("标准"),
    "may_go": _lazy("可以去哪些地方"),
    "earmark": _lazy("指定用途"),
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _response(request: HttpRequest) -> tuple[Response, list[Response]]:
    listed = list(open_responses(_actor(request)))
    if not listed:
        raise Refusal("no_response")
    slug = str(request.POST.get("response") or request.GET.get("response") or "")
    chosen = next((one for one in listed if one.slug == slug), listed[0])
    return chosen, [one for one in listed if one != chosen]


@route(ENTER_NEED)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, mode: str) -> HttpResponse:
    """The line to type in, and the newest ones below it."""
    response, others = _response(request)
    form_class = FORMS[mode]

    def show(form: EntryForm, status: int = 200, trouble: Refusal | None = None) -> HttpResponse:
        said: dict[str, Any] = {
            "form": form, "mode": mode, "response": response, "others": others, "trouble": trouble,
            "categories": catalogue.categories(response.pk), "newest": _newest(request),
        }  # fmt: skip
        return render(request, f"screens/entry/{mode}.html", said, status=status)

    if request.method != "POST":
        stays = request.session.get(STAYS, {}) if mode == "keys" else {}
        form = form_class(initial=stays)
        form.fields["item" if stays.get("place") or mode == "phone" else "place"].widget.attrs["autofocus"] = True
        return show(form)
    form = form_class(request.POST)
    if not form.is_valid():
        return show(form, 422)
    said = form.said(organisation_named(form.cleaned_data["requester"]))
    try:
        done = enter_need(
            actor=_actor(request), response=response, key=form.cleaned_data["key"], said=said, by_phone=mode == "phone",
            now=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            form.add_error("place", _("这个地点或这类需求不在您的条线和地区里，请交给负责的人"))
            return show(form, 422)
        return show(form, refusal.status, refusal)
    if mode == "keys":
        request.session[STAYS] = {name: form.cleaned_data[name] for name in KEPT}
    request.session[NEWEST] = [str(done.submission), *request.session.get(NEWEST, [])][:SHOWN]
    return redirect(f"entry:{mode}")


def _newest(request: HttpRequest) -> list[Need]:
    """What was entered in this sitting, the newest first."""
    listed = request.session.get(NEWEST, [])
    found = needs(_actor(request)).filter(submission_id__in=listed).select_related("place", "category")
    return sorted(found, key=lambda need: listed.index(str(need.submission_id)))


@route(ENTER_NEED)
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """Needs like what is being typed, as a fragment; a POST, so that no phone stands in an address."""
    response, _others = _response(request)
    typed = {name: str(request.POST.get(name, ""))[:200] for name in ("item", "place", "phone", "requester")}
    spot = spot_of(typed["place"], response) if typed["place"] else None
    found = likely_duplicates(
        _actor(request), response_id=response.pk, text=typed["item"], place=spot.place if spot else response.area_id,
        phone=typed["phone"], requester=typed["requester"], address=typed["place"],
    )  # fmt: skip
    return render(request, "screens/entry/similar.html", {"found": found, "typed": any(typed.values())})


@route(READ_RAW)
@require_GET
def raw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form as it came in, for whoever has the need or offer in hand."""
    actor = _actor(request)
    need = needs(actor).filter(pk=pk).select_related("submission", "place").first()
    record: Need | Offer | None = need or offers(actor).filter(pk=pk).select_related("submission", "place").first()
    if record is None:
        raise Refusal("not_found")
    said = reveal_raw(actor=actor, record=record, now=clock.now())
    rows = [
        (_RAW_WORDS.get(name, name), "、".join(map(str, words)) if isinstance(words, list) else words)
        for name, words in said.items()
        if words not in ("", [])
    ]
    return render(request, "screens/entry/raw.html", {"record": record, "rows": rows})
