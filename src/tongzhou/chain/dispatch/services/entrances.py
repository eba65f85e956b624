"""The way into a team by QR: opened, renewed, closed by whoever coordinates the place and line."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from tongzhou.chain.dispatch.models import TeamEntrance
from tongzhou.chain.dispatch.policies import MANAGE_ENTRANCE
from tongzhou.chain.dispatch.selectors.crew import entrance_of
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Team

__all__ = ["LONGEST_DAYS", "MOST_PEOPLE", "close_entrance", "open_entrance", "renew_entrance"]

#: A poster is in the world for longer than anybody remembers: no entrance outlives this, none lets in more.
LONGEST_DAYS, MOST_PEOPLE = 30, 500


def _require(actor: Actor, team: Team) -> None:
    if team.closed_at is not None:
        raise Refusal("not_found")
    require(actor, MANAGE_ENTRANCE, line=team.line, area=team.area or None, response=team.response_id)


@transaction.atomic
def open_entrance(
    *, actor: Actor, team: Team, most: int, valid_until: dt.datetime, insurance_contact: str = "", now: dt.datetime
) -> TeamEntrance:
    """Open the way in. Raises ``Refusal`` entrance_open (there is one), bad_request (bounds), not_found."""
    _require(actor, team)
    if not 1 <= most <= MOST_PEOPLE or not now < valid_until <= now + dt.timedelta(days=LONGEST_DAYS, minutes=1):
        raise Refusal("bad_request")
    row = TeamEntrance(
        team=team, secret=ids.new_secret(), most=most, valid_until=valid_until,
        insurance_contact=insurance_contact.strip(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            return changes.create(row, actor=actor, act=MANAGE_ENTRANCE)
    except IntegrityError as error:
        raise Refusal("entrance_open") from error


@transaction.atomic
def close_entrance(*, actor: Actor, entrance: TeamEntrance, now: dt.datetime, reason: str = "") -> TeamEntrance:
    """Close it: its QR code leads to a page that says so. Raises ``Refusal`` version_stale, not_found."""
    _require(actor, entrance.team)
    if entrance.closed_at is not None:
        raise Refusal("version_stale")
    return changes.apply(entrance, actor=actor, act=MANAGE_ENTRANCE, reason=reason, closed_at=now)


@transaction.atomic
def renew_entrance(
    *, actor: Actor, team: Team, most: int, valid_until: dt.datetime, insurance_contact: str = "", now: dt.datetime
) -> TeamEntrance:
    """Close the present entrance, if there is one, and open another with a new secret; see `open_entrance`."""
    _require(actor, team)
    present = entrance_of(team)
    if present is not None:
        close_entrance(actor=actor, entrance=present, now=now, reason="renewed")
    return open_entrance(
        actor=actor, team=team, most=most, valid_until=valid_until, insurance_contact=insurance_contact, now=now
    )
