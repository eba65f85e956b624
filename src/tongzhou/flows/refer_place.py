"""A place of the directory for a caller: found, kept as it stood on that day, shown to them when they want it.

The directory and what is said on the line do not know each other: they meet here. What the caller is told are the
words kept with the referral; whether the directory has changed since is looked up when somebody reads it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.hours import hours_in_words
from tongzhou.desks.bulletins.models import Service
from tongzhou.desks.bulletins.selectors.directory import (
    crisis_numbers,
    public_service,
    public_services,
    search_directory,
)
from tongzhou.desks.bulletins.types import ServiceState
from tongzhou.desks.casework.models import Referral
from tongzhou.desks.casework.policies import WRITE_CASE
from tongzhou.desks.casework.services import referrals
from tongzhou.desks.casework.types import ReferralState, ReferralTo
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.policies import is_counsellor_of
from tongzhou.desks.hotline.types import Channel, State
from tongzhou.desks.professionals.types import Spoken
from tongzhou.flows.contact_say import say_as_team
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import local

__all__ = [
    "MOST", "Found", "Place", "changed_since", "choose_place", "find_places", "place_said", "places_for_caller",
    "show_place",
]  # fmt: skip

#: Places shown for one search; whoever sees more reads none of them.
MOST = 12
#: Characters of the words of one entry that are sent to a caller.
_LONGEST = 1_500


@dataclass(frozen=True, slots=True)
class Place:
    """A place to turn to, in the reader's language. `paused`: it is not given at the moment ("" when it is)."""

    service_id: str
    name: str
    agency: str
    phones: tuple[str, ...]
    hours: tuple[str, ...]
    where: tuple[str, ...]
    about: str
    verified: str
    paused: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: at most `MOST` of `total`, and the numbers for danger to life."""

    places: list[Place]
    total: int
    crisis: list[Place]


def _kept(service: Service) -> dict[str, Any]:
    """An entry as it is kept with a referral: both languages, nothing worked out."""
    at = service.verified_at
    return {
        "service": str(service.pk),
        "name": [service.name, service.name_en],
        "agency": [service.agency.name, service.agency.name_en],
        "about": [service.eligibility or service.capacity, ""],
        "phones": [one.number for one in service.phones.all()],
        "hours": [[one.days, one.opens_at, one.closes_at, one.note] for one in service.schedules.all()],
        "where": [
            [one.location.name, one.location.place.full_name if one.location.place else "", one.location.address]
            for one in service.at_locations.all()
        ],
        "status": service.status,
        "verified": f"{clock.beijing(at):%Y-%m-%d}" if at is not None else "",
        "synthetic": service.synthetic,
    }


def _paused(status: str) -> str:
    return "" if status == ServiceState.ACTIVE else str(ServiceState(status).label)


def _read(kept: dict[str, Any]) -> Place:
    """What was kept, in the reader's language."""
    return Place(
        service_id=kept["service"], name=local(*kept["name"]), agency=local(*kept["agency"]),
        phones=tuple(kept["phones"]), hours=tuple(hours_in_words(kept["hours"])),
        where=tuple(" ".join(part for part in one if part) for one in kept["where"]), about=local(*kept["about"]),
        verified=kept["verified"], paused=_paused(kept["status"]), synthetic=kept["synthetic"],
    )  # fmt: skip


def find_places(*, text: str, place: str, group: str, topic: str) -> Found:
    """Search the public directory (see `search_directory`); nothing of the search is kept."""
    rows = search_directory(text, place, group, topic)
    found = [_read(_kept(one)) for one in rows[:MOST]]
    return Found(found, len(found) if len(found) < MOST else rows.count(), _crisis(place))


def _crisis(place: str) -> list[Place]:
    return [_read(_kept(one)) for one in crisis_numbers(place)]


@transaction.atomic
def choose_place(*, actor: Actor, contact: Contact, service_id: uuid.UUID) -> Referral:
    """Keep a place of the directory as a referral of the contact in hand, with its words of this moment.

    Raises ``referral_place_gone`` (not public, not there any more), ``not_found``.
    """
    if not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    try:
        kept = _kept(public_service(service_id))
    except Refusal as refusal:
        raise Refusal("referral_place_gone") from refusal
    return referrals.offer(
        actor=actor, act=WRITE_CASE, contact_id=contact.pk, line_id=contact.line_id, to=ReferralTo.DIRECTORY,
        target_name=kept["name"][0], target_id=kept["service"], place=kept,
    )  # fmt: skip


def place_said(row: Referral) -> Place | None:
    """The place of a referral as it stood on that day; None for a typed name, a need, or once it was destroyed."""
    kept = referrals.place_of(row)
    return _read(kept) if kept else None


def changed_since(rows: list[Referral]) -> dict[uuid.UUID, str]:
    """What has become of the places since, in words: by referral, only those about which there is something to say."""
    kept = {row.pk: referrals.place_of(row) for row in rows}
    wanted = [uuid.UUID(one["service"]) for one in kept.values() if one]
    now = {one.pk: one for one in public_services().filter(pk__in=wanted)} if wanted else {}
    told = {pk: _difference(one, now.get(uuid.UUID(one["service"]))) for pk, one in kept.items() if one}
    return {pk: words for pk, words in told.items() if words}


def _difference(kept: dict[str, Any], service: Service | None) -> str:
    if service is None:
        return _("目录里已经没有这一条了（撤下或停办）：先别让对方去，请另找一处。")
    if service.status != ServiceState.ACTIVE:
        return _("目录现在写着“%(state)s”：打之前请先问。") % {"state": _paused(service.status)}
    phones = [one.number for one in service.phones.all()]
    if phones != kept["phones"]:
        return _("目录里的电话现在是 %(phones)s。") % {"phones": _("、").join(phones) or "—"}
    return ""


@transaction.atomic
def show_place(*, actor: Actor, contact: Contact, ref: uuid.UUID, consent: bool, now: dt.datetime) -> bool:
    """Show the caller a place, once they said they want it: on their own page, and in a conversation that goes on.

    True when it was sent into the conversation. Raises ``referral_consent``, ``referral_place_gone``,
    ``referral_state``, ``not_found``.
    """
    row = Referral.objects.filter(pk=ref, contact_id=contact.pk, to=ReferralTo.DIRECTORY).first()
    if row is None or not is_counsellor_of(actor, contact):
        raise Refusal("not_found")
    if not consent:
        raise Refusal("referral_consent")
    kept = referrals.place_of(row)
    if not kept:  # a name that was typed: there is nothing of the directory to show
        raise Refusal("not_found")
    if not public_services().filter(pk=kept["service"]).exists():
        raise Refusal("referral_place_gone")
    referrals.agree(actor=actor, act=WRITE_CASE, row=row, now=now)
    if contact.state != State.ACTIVE or contact.channel not in (Channel.CHAT, Channel.VOICE):
        return False
    with translation.override("en" if contact.language == Spoken.ENGLISH else "zh-hans"):
        text = _as_message(_read(kept), changed_since([row]).get(row.pk, ""))
    say_as_team(actor=actor, contact=contact, client_id=ids.new_secret()[:40], text=text, now=now)
    return True


def _as_message(place: Place, since: str) -> str:
    """The place in a message, the number first."""
    lines = [f"{place.name} · {place.agency}"]
    if place.phones:
        lines.append(_("电话：%(said)s") % {"said": _("、").join(place.phones)})
    if place.hours:
        lines.append(_("时间：%(said)s") % {"said": _("；").join(place.hours)})
    if place.where:
        lines.append(_("地点：%(said)s") % {"said": _("；").join(place.where)})
    lines += [one for one in (since, _("%(day)s 核实过") % {"day": place.verified} if place.verified else "") if one]
    return "\n".join(lines)[:_LONGEST]


def places_for_caller(contact: Contact) -> list[tuple[Place, str]]:
    """Places the caller agreed to see, each with what has changed since. Only for the caller's own page."""
    rows = list(
        Referral.objects.filter(
            contact_id=contact.pk, to=ReferralTo.DIRECTORY, consent_at__isnull=False, record_key__isnull=False
        )
        .exclude(state=ReferralState.REJECTED)
        .order_by("created_at")
    )
    since = changed_since(rows)
    said = ((place_said(row), since.get(row.pk, "")) for row in rows)
    return [(place, words) for place, words in said if place is not None]
