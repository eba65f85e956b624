"""Referrals of a contact: a place of the directory, a typed name, a need with what the caller chose to pass on."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.desks.bulletins.types import Group, Topic
from tongzhou.desks.casework.types import REFERRAL_WAYS, ReferralState
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import READ_CONTACT, TAKE_CONTACT, is_counsellor_of
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows import refer_contact, refer_place
from tongzhou.flows.contact_read import readable_contact
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.places.models import Place
from tongzhou.screens.casework.scene import actor_of, answer

__all__ = ["move", "refer", "refer_need", "show"]


def _show(
    request: HttpRequest, contact: Contact, *, trouble: Refusal | None = None, told: str = "", **more: Any
) -> HttpResponse:
    actor = actor_of(request)
    labels = refer_contact.labels()
    typed = request.POST if trouble or told else {}
    said: dict[str, Any] = {
        "mine": is_counsellor_of(actor, contact),
        "rows": _rows(request, contact),
        "fields": [
            {"name": name, "label": label, "said": typed.get(name, ""), "chosen": not typed or f"pass_{name}" in typed}
            for name, label in labels.items()
        ],
        "target": typed.get("target", ""),
        "key": typed.get("key") or ids.new_secret(),
        "told": told,
        "topics": Topic.choices,
        "groups": Group.choices,
        "asked": {"place": _usual_place(contact)},
        **more,
    }
    return answer(request, "referral", said, contact=contact, trouble=trouble)


def _rows(request: HttpRequest, contact: Contact) -> list[dict[str, Any]]:
    labels = refer_contact.labels()
    shown = refer_contact.referrals_of(actor=actor_of(request), contact=contact)
    since = refer_place.changed_since([one.row for one in shown])
    return [
        {
            "row": one.row,
            "target": one.target,
            "place": refer_place.place_said(one.row),
            "since": since.get(one.row.pk, ""),
            "passed": [(labels[name], text) for name, text in one.passed.items()],
            "ways": [(way, ReferralState(way).label) for way in REFERRAL_WAYS[one.row.state]],
            "showable": one.row.consent_at is None and one.row.state != ReferralState.REJECTED,
        }
        for one in shown
    ]


def _usual_place(contact: Contact) -> str:
    """Where one looks first: the caller's city when it is known, else the line's."""
    code = contact.place_id or ServiceLine.objects.values_list("place_id", flat=True).get(pk=contact.line_id)
    found = Place.objects.filter(code=code).first()
    return found.full_label if found is not None else ""


def _search(request: HttpRequest, contact: Contact) -> HttpResponse:
    """What the directory has. Sent as a form, so that what a caller needs stands in no address and no log."""
    if not is_counsellor_of(actor_of(request), contact):
        raise Refusal("not_found")
    got = {name: str(request.POST.get(name, ""))[:100].replace("\x00", "") for name in ("q", "place", "group", "topic")}
    trouble, where = "", None
    try:
        where = PlaceField(required=False).clean(got["place"].strip())
    except ValidationError as error:
        trouble = " ".join(error.messages)
    found = refer_place.find_places(
        text=got["q"], place=where.code if where else "", group=got["group"] if got["group"] in Group.values else "",
        topic=got["topic"] if got["topic"] in Topic.values else "",
    )  # fmt: skip
    return _show(request, contact, found=found, asked=got, place_trouble=trouble)


def _choose(request: HttpRequest, contact: Contact) -> HttpResponse:
    chosen = ids.parse_id(str(request.POST.get("service", "")))
    if chosen is None:
        raise Refusal("referral_empty")
    refer_place.choose_place(actor=actor_of(request), contact=contact, service_id=chosen)
    return _show(request, contact, told=_("记下了。对方愿意收到时，在下面发给对方。"))


def _type(request: HttpRequest, contact: Contact) -> HttpResponse:
    refer_contact.refer_to_place(
        actor=actor_of(request), contact=contact, name=str(request.POST.get("target", ""))
    )  # fmt: skip
    return _show(request, contact)


@route(READ_CONTACT)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The referrals; looking for a place (`do`: ``search``), keeping one (``choose``), keeping a name alone."""
    contact = readable_contact(actor=actor_of(request), contact_id=pk)
    if request.method != "POST":
        return _show(request, contact)
    does = {"search": _search, "choose": _choose}.get(str(request.POST.get("do", "")), _type)
    try:
        return does(request, contact)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, contact, trouble=refusal)


@route(TAKE_CONTACT)
@require_POST
def show(request: HttpRequest, pk: uuid.UUID, ref: uuid.UUID) -> HttpResponse:
    """Show the caller a place, once they want it."""
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    consent = request.POST.get("consent") == "1"
    try:
        sent = refer_place.show_place(actor=actor, contact=contact, ref=ref, consent=consent, now=clock.now())
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, contact, trouble=refusal)
    told = _("已发进谈话，对方在“我的话，我决定”里也能再看到。")
    return _show(request, contact, told=told if sent else _("记下了：请念给对方听；对方在自己的页面上能看到。"))


@route(TAKE_CONTACT)
@require_http_methods(["POST"])
def refer_need(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the caller what would be passed on, or put the need down once they agreed."""
    actor, now = actor_of(request), clock.now()
    contact = readable_contact(actor=actor, contact_id=pk)
    given = {name: str(request.POST.get(name, "")) for name in refer_contact.FIELDS}
    chosen = frozenset(name for name in refer_contact.FIELDS if f"pass_{name}" in request.POST)
    try:
        if request.POST.get("do") == "show":
            refer_contact.show_first(actor=actor, contact=contact, given=given, chosen=chosen, now=now)
            return _show(request, contact, told=_("已发给来访者看，等对方同意再登记。"))
        _row, code = refer_contact.refer_to_need(
            actor=actor, contact=contact, given=given, chosen=chosen, consent=request.POST.get("consent") == "1",
            key=str(request.POST.get("key", ""))[:64], now=now,
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, contact, trouble=refusal)
    return _show(request, contact, told=_("登记好了，编号 %(code)s。") % {"code": code})


@route(TAKE_CONTACT)
@require_POST
def move(request: HttpRequest, pk: uuid.UUID, ref: uuid.UUID) -> HttpResponse:
    """Accepted, rejected, done."""
    actor = actor_of(request)
    contact = readable_contact(actor=actor, contact_id=pk)
    refer_contact.move_referral(actor=actor, contact=contact, ref=ref, state=str(request.POST.get("state", "")))
    return _show(request, contact)
