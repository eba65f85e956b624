"""Somebody applies to a line and, once checked, gets a way to sign in: record, account, role, link, all or none.

Two people stand behind the role: whoever called for people or brought the workbook, and whoever checked the papers. So
account and role are made in the platform's name, and their reason names the record.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction

from tongzhou.desks.professionals.models import Professional, RecruitmentCall
from tongzhou.desks.professionals.policies import CHECK_PERSON, require_on
from tongzhou.desks.professionals.services import people as room
from tongzhou.desks.professionals.types import DONE_STATES, PersonState
from tongzhou.kernel import changes, crypto, idempotency, throttle
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import services as people
from tongzhou.registers.people.models import Account, Grant
from tongzhou.registers.people.types import COUNSELLOR, SERVICES, SUPERVISOR

__all__ = ["apply_to_call", "end_professional", "invite_professional", "own_application"]

#: Applications from one address in an hour: an office shares one.
_MOST = 40
_TRIES = 20
_CALLED = (PersonState.CHECKED, PersonState.TRAINED, PersonState.ACTIVE)


def apply_to_call(
    *, call: RecruitmentCall, said: room.SaidPerson, key: str, address: str, now: dt.datetime
) -> room.Applied:
    """Take an application in; the same `key` again gives the same one. Raises as `services.people`, and too_many."""
    throttle.hit("line.apply", address, limit=_MOST, seconds=3600)
    secret = crypto.mac("line-application", key.encode())[:32]

    def effect() -> str:
        made = room.apply_to_call(call=call, said=said, now=now)
        Professional.objects.filter(pk=made.person.pk).update(secret_hash=room.secret_hash(secret))
        return str(made.person.pk)

    content = idempotency.fingerprint([said.licence_kind, room.licence_index(call.line, said.licence_number)])
    made, _fresh = idempotency.once(scope=f"line.apply:{call.pk}", key=key, content=content, effect=effect)
    return room.Applied(Professional.objects.get(pk=made), secret)


def own_application(secret: str) -> Professional:
    """The application whose own page this secret opens, or ``Refusal("not_found")``."""
    found = Professional.objects.filter(secret_hash=room.secret_hash(secret)).select_related("line").first()
    if found is None:
        raise Refusal("not_found")
    return found


def _free_login() -> str:
    for _try in range(_TRIES):
        login = f"x{secrets.randbelow(900_000) + 100_000}"
        if not Account.objects.filter(login=login).exists():
            return login
    raise Refusal("login_taken")


def _role(person: Professional) -> str:
    return SUPERVISOR if person.is_supervisor else COUNSELLOR


@transaction.atomic
def invite_professional(*, actor: Actor, person: Professional, now: dt.datetime) -> str:
    """Account and role of somebody whose papers were checked, and the secret of the link that sets a password.

    Called by an officer or supervisor, or (SYSTEM) from the person's own page. Again makes a new link; the old dies.
    Raises ``Refusal`` person_state, not_found.
    """
    require_on(actor, CHECK_PERSON, person.line)
    row = Professional.objects.select_for_update().select_related("line").get(pk=person.pk)
    if row.state not in _CALLED:
        raise Refusal("person_state", state=row.get_state_display())
    reason = f"line professional {row.code}"
    if row.account is None:
        account = people.create_account(actor=SYSTEM, login=_free_login(), name=row.alias, reason=reason)
        people.grant_role(
            actor=SYSTEM, account=account, role=_role(row), line=SERVICES, area=row.line.place_id,
            response_id=row.line.response_id, reason=reason,
        )  # fmt: skip
        changes.apply(row, actor=actor, act=CHECK_PERSON, account=account)
        room.advance(row, now)
    elif row.account.has_usable_password():
        raise Refusal("person_invited")
    if row.account is None:
        raise Refusal("not_found")
    return people.invite(actor=SYSTEM, account=row.account, reason=reason)


@transaction.atomic
def end_professional(*, actor: Actor, person: Professional, expect: int, reason: str, now: dt.datetime) -> Professional:
    """Somebody leaves the line: no coming shifts, the role taken back. Raises what `services.people.end` raises."""
    done = room.end(actor=actor, person=person, expect=expect, reason=reason, now=now)
    done.shifts.filter(in_force=True, starts_at__gt=now).update(in_force=False, withdrawn_at=now)
    if done.account_id is not None:
        others = Professional.objects.filter(account=done.account_id).exclude(state__in=DONE_STATES)
        if not others.exists():
            held = Grant.objects.filter(account=done.account_id, role=_role(done), revoked_at=None)
            for grant in held.filter(reason__startswith="line professional"):
                people.revoke_grant(actor=SYSTEM, grant=grant, reason=reason)
    return done
