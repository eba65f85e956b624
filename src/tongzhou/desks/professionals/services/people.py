"""Professionals on their way: applied, checked by a second person, trained, active; paused, ended, refused."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from tongzhou.desks.professionals.models import (
    Acknowledgement,
    Availability,
    Professional,
    RecruitmentCall,
    ServiceLine,
    SupervisionGroup,
    TrainingItem,
)
from tongzhou.desks.professionals.policies import ACKNOWLEDGE, APPLY, CHECK_PERSON, require_on
from tongzhou.desks.professionals.selectors.lines import unread_items
from tongzhou.desks.professionals.selectors.shifts import licence_valid
from tongzhou.desks.professionals.services.calls import close_when_met
from tongzhou.desks.professionals.types import DONE_STATES, CallState, PersonState
from tongzhou.kernel import audit, changes, crypto, ids
from tongzhou.kernel.access import ANONYMOUS, SYSTEM, Actor
from tongzhou.kernel.errors import Refusal

__all__ = [
    "Applied",
    "SaidPerson",
    "acknowledge",
    "advance",
    "apply_to_call",
    "check_papers",
    "end",
    "join_group",
    "keep_windows",
    "licence_index",
    "make",
    "pause",
    "refuse",
    "renew_licence",
    "resume",
    "reveal",
    "scope_of",
    "secret_hash",
]


@dataclass(frozen=True, slots=True)
class SaidPerson:
    """What somebody says of themselves, or a workbook of somebody."""

    name: str
    contact: str
    licence_kind: str
    licence_number: str
    licence_issuer: str
    licence_until: dt.date
    years: int = 0
    supervised_hours: int = 0
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    can_nights: bool = False
    is_adult: bool = True
    is_supervisor: bool = False
    week_minutes: int = 2400
    alias: str = ""
    is_synthetic: bool = False
    windows: tuple[tuple[int, int, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Applied:
    """An application taken in; the secret of its own page is seen only now."""

    person: Professional
    secret: str


def scope_of(line: ServiceLine) -> str:
    """The scope of the keys that seal the people of a line."""
    return f"line:{line.pk}"


def secret_hash(secret: str) -> str:
    """What is kept of the secret of somebody's own page."""
    return hashlib.sha256(secret.encode()).hexdigest()


def licence_index(line: ServiceLine, number: str) -> str:
    """Keyed hash of a licence number (letters in one case, no blanks, no hyphens): the same paper is seen twice."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", number).upper() if one.isalnum())
    if not plain:
        return ""
    key = crypto.derived_key(f"licence-index|{line.pk}")
    return base64.urlsafe_b64encode(hmac.new(key, plain.encode(), hashlib.sha256).digest()[:18]).decode()


def make(
    line: ServiceLine, said: SaidPerson, *, actor: Actor, number: int, now: dt.datetime, secret: str = "",
    call: RecruitmentCall | None = None,
) -> Professional:  # fmt: skip
    """A row with its sealed fields, not saved: what an application and a workbook have in common."""
    prefix = "督导" if said.is_supervisor else "援助员"
    person = Professional(
        line=line, call=call, code=ids.new_code(), alias=said.alias or f"{prefix} {number:03d}", state_at=now,
        secret_hash=secret_hash(secret) if secret else None, licence_kind=said.licence_kind,
        licence_issuer=said.licence_issuer, licence_until=said.licence_until, years=said.years,
        supervised_hours=said.supervised_hours, skills=list(said.skills), languages=list(said.languages),
        places=list(said.places), can_nights=said.can_nights, is_adult=said.is_adult,
        is_supervisor=said.is_supervisor, week_minutes=said.week_minutes, entered_by=actor.account_id,
        is_synthetic=said.is_synthetic,
    )  # fmt: skip
    scope = scope_of(line)
    crypto.prepare(person, scope)
    crypto.seal(person, name=said.name, contact=said.contact, licence_number=said.licence_number)
    person.contact_index = crypto.phone_index(said.contact, scope)[:24]
    person.licence_index = licence_index(line, said.licence_number)
    return person


def keep_windows(made: Iterable[tuple[Professional, SaidPerson]]) -> None:
    """The times of the week that new people said."""
    rows = [
        Availability(professional=person, weekday=weekday, from_minute=first, until_minute=until)
        for person, said in made
        for weekday, first, until in said.windows
    ]
    Availability.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


@transaction.atomic
def apply_to_call(*, call: RecruitmentCall, said: SaidPerson, now: dt.datetime) -> Applied:
    """Somebody applies on the public page.

    Raises ``Refusal`` call_met (enough have come), call_closed, apply_adult, apply_licence (it has run out),
    apply_twice (the same licence is there already), apply_skills (none that is asked for).
    """
    row = RecruitmentCall.objects.select_for_update().select_related("line").get(pk=call.pk)
    if row.state == CallState.MET:
        raise Refusal("call_met")
    if row.state != CallState.OPEN or row.closes_at <= now:
        raise Refusal("call_closed")
    if not said.is_adult:
        raise Refusal("apply_adult")
    if said.licence_until < now.astimezone(row.line.zone).date():
        raise Refusal("apply_licence")
    _must_fit(row, said)
    secret = ids.new_secret()
    number = Professional.objects.filter(line=row.line).count() + 1
    person = make(row.line, said, actor=ANONYMOUS, number=number, now=now, secret=secret, call=row)
    try:
        with transaction.atomic():
            changes.create(person, actor=ANONYMOUS, act=APPLY)
    except IntegrityError as error:
        raise Refusal("apply_twice") from error
    keep_windows([(person, said)])
    close_when_met(row, now)
    return Applied(person, secret)


def _must_fit(call: RecruitmentCall, said: SaidPerson) -> None:
    asked = (set(call.skills), set(said.skills)), (set(call.languages), set(said.languages))
    if any(wanted and not wanted & offered for wanted, offered in asked) or (call.nights_only and not said.can_nights):
        raise Refusal("apply_skills")


@transaction.atomic
def check_papers(*, actor: Actor, person: Professional, expect: int, evidence: str, now: dt.datetime) -> Professional:
    """A second person looked at licence and experience and says what they saw.

    Raises ``Refusal`` check_own (one's own papers, or ones put in oneself), check_evidence, apply_licence,
    person_state, version_stale, not_found.
    """
    require_on(actor, CHECK_PERSON, person.line)
    if actor.account_id is not None and actor.account_id in (person.entered_by, person.account_id):
        raise Refusal("check_own")
    if person.state != PersonState.APPLIED:
        raise Refusal("person_state", state=person.get_state_display())
    if not evidence.strip():
        raise Refusal("check_evidence")
    if not licence_valid(person, person.line, now):
        raise Refusal("apply_licence")
    changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, state=PersonState.CHECKED, state_at=now,
        checked_by=actor.account_id or uuid.UUID(int=0), checked_by_name=actor.name[:100], checked_at=now,
        evidence=evidence.strip(), reason="",
    )  # fmt: skip
    return advance(person, now)


@transaction.atomic
def refuse(*, actor: Actor, person: Professional, expect: int, reason: str, now: dt.datetime) -> Professional:
    """Say no, with a reason the person reads. Raises ``Refusal`` reason_missing, person_state, version_stale."""
    require_on(actor, CHECK_PERSON, person.line)
    if person.state not in (PersonState.APPLIED, PersonState.CHECKED, PersonState.TRAINED):
        raise Refusal("person_state", state=person.get_state_display())
    if not reason.strip():
        raise Refusal("reason_missing")
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, reason=reason.strip(), state=PersonState.REFUSED,
        state_at=now,
    )  # fmt: skip


def advance(person: Professional, now: dt.datetime, actor: Actor = SYSTEM) -> Professional:
    """Move on by itself: checked and everything read > trained; with an account > active."""
    if person.state == PersonState.CHECKED and not unread_items(person, now):
        changes.apply(person, actor=actor, act=ACKNOWLEDGE, state=PersonState.TRAINED, state_at=now)
    if person.state == PersonState.TRAINED and person.account_id is not None:
        changes.apply(person, actor=actor, act=ACKNOWLEDGE, state=PersonState.ACTIVE, state_at=now)
    return person


@transaction.atomic
def acknowledge(*, person: Professional, item: TrainingItem, now: dt.datetime) -> Professional:
    """The person has read this version and agrees; once is enough. The caller knows that it is the person.

    Raises ``Refusal`` item_old (there is a newer version), item_guide (a guide is acknowledged where it is read),
    person_state.
    """
    if item.guide:
        raise Refusal("item_guide")
    if item.line_id != person.line_id or item.withdrawn_at is not None:
        raise Refusal("item_old")
    if person.state in (PersonState.APPLIED, *DONE_STATES):
        raise Refusal("person_state", state=person.get_state_display())
    _row, fresh = Acknowledgement.objects.get_or_create(professional=person, item=item, defaults={"at": now})
    if fresh:
        said = {"item": [None, f"{item.slug} {item.number}"]}
        audit.record(actor=SYSTEM, act=ACKNOWLEDGE, obj=person, changes=said)
    return advance(person, now)


@transaction.atomic
def pause(*, actor: Actor, person: Professional, expect: int, reason: str, now: dt.datetime) -> Professional:
    """No shifts until resumed. Raises ``Refusal`` person_state, reason_missing, version_stale, not_found."""
    require_on(actor, CHECK_PERSON, person.line)
    if person.state != PersonState.ACTIVE:
        raise Refusal("person_state", state=person.get_state_display())
    if not reason.strip():
        raise Refusal("reason_missing")
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, reason=reason.strip(), state=PersonState.PAUSED,
        state_at=now,
    )  # fmt: skip


@transaction.atomic
def resume(*, actor: Actor, person: Professional, expect: int, now: dt.datetime) -> Professional:
    """Back to work. Raises ``Refusal`` person_state, apply_licence, version_stale, not_found."""
    require_on(actor, CHECK_PERSON, person.line)
    if person.state != PersonState.PAUSED:
        raise Refusal("person_state", state=person.get_state_display())
    if not licence_valid(person, person.line, now):
        raise Refusal("apply_licence")
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, state=PersonState.ACTIVE, state_at=now, reason=""
    )


@transaction.atomic
def end(*, actor: Actor, person: Professional, expect: int, reason: str, now: dt.datetime) -> Professional:
    """Leave the line. What was sealed is destroyed ninety days later. Raises as `pause`."""
    require_on(actor, CHECK_PERSON, person.line)
    if person.state in DONE_STATES:
        raise Refusal("person_state", state=person.get_state_display())
    if not reason.strip():
        raise Refusal("reason_missing")
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, reason=reason.strip(), state=PersonState.ENDED,
        state_at=now, group_id=None,
    )  # fmt: skip


@transaction.atomic
def renew_licence(
    *, actor: Actor, person: Professional, expect: int, until: dt.date, evidence: str, now: dt.datetime
) -> Professional:
    """A renewed licence was seen. Raises ``Refusal`` check_own, check_evidence, apply_licence, person_state."""
    require_on(actor, CHECK_PERSON, person.line)
    if actor.account_id is not None and actor.account_id == person.account_id:
        raise Refusal("check_own")
    if person.state in DONE_STATES:
        raise Refusal("person_state", state=person.get_state_display())
    if not evidence.strip():
        raise Refusal("check_evidence")
    if until < now.astimezone(person.line.zone).date():
        raise Refusal("apply_licence")
    return changes.apply(
        person, actor=actor, act=CHECK_PERSON, expect=expect, licence_until=until, evidence=evidence.strip(),
        reason=evidence.strip()[:200],
    )  # fmt: skip


@transaction.atomic
def join_group(*, actor: Actor, person: Professional, group: SupervisionGroup | None) -> Professional:
    """Put somebody into a supervision group, or out of any. Raises ``Refusal`` group_full, group_own, not_found."""
    require_on(actor, CHECK_PERSON, person.line)
    if group is not None:
        row = SupervisionGroup.objects.select_for_update().get(pk=group.pk)
        if row.line_id != person.line_id or row.closed_at is not None:
            raise Refusal("not_found")
        if row.supervisor_id == person.pk:
            raise Refusal("group_own")
        inside = row.members.exclude(pk=person.pk).exclude(state__in=DONE_STATES).count()
        if inside >= row.most:
            raise Refusal("group_full", most=row.most)
    return changes.apply(person, actor=actor, act=CHECK_PERSON, group_id=group.pk if group is not None else None)


@transaction.atomic
def reveal(*, actor: Actor, person: Professional, reason: str = "") -> dict[str, str]:
    """Name, contact and licence number for whoever looks after the line; the look is logged."""
    require_on(actor, CHECK_PERSON, person.line)
    fields = ("name", "contact", "licence_number")
    audit.looked(actor=actor, act=CHECK_PERSON, obj=person, fields=fields, reason=reason)
    return {name: crypto.unseal(person, name) for name in fields}
