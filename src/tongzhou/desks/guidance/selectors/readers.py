"""Who has read what: for oneself, and for those who lead others."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from tongzhou.desks.guidance.models import Acknowledgement, Guide, GuideVersion
from tongzhou.desks.guidance.policies import ACKNOWLEDGE, SEE_ACKNOWLEDGED
from tongzhou.desks.guidance.selectors.versions import published
from tongzhou.desks.guidance.types import FRONT_LINE
from tongzhou.kernel.access import Actor, may, require
from tongzhou.kernel.access import Grant as Right
from tongzhou.registers.people.actors import live_grants

__all__ = ["Person", "Tally", "has_read", "people_of", "readers_of", "tally", "unread_of"]


def readers_of(guide: Guide) -> frozenset[str]:
    """The roles that should read and acknowledge a guide."""
    return frozenset(guide.roles) or FRONT_LINE


def has_read(actor: Actor, edition: GuideVersion) -> dt.datetime | None:
    """When the actor acknowledged the steps of this version, in whichever version they stood; None: not yet."""
    if actor.account_id is None:
        return None
    rows = Acknowledgement.objects.filter(
        account=actor.account_id, edition__guide=edition.guide_id, edition__steps_digest=edition.steps_digest
    )
    return rows.order_by("-at").values_list("at", flat=True).first()


def _read_as_it_is(account: uuid.UUID | OuterRef) -> Exists:
    """True for versions whose steps that account has acknowledged."""
    return Exists(
        Acknowledgement.objects.filter(
            account=account, edition__guide=OuterRef("guide"), edition__steps_digest=OuterRef("steps_digest")
        )
    )


def unread_of(actor: Actor) -> list[GuideVersion]:
    """What the actor should read and has not acknowledged as it stands now; one query."""
    if actor.account_id is None or not may(actor, ACKNOWLEDGE):
        return []
    rows: QuerySet[GuideVersion] = published().annotate(read=_read_as_it_is(actor.account_id)).filter(read=False)
    return [one for one in rows if actor.roles & readers_of(one.guide)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who should read a guide: what they acknowledged last, and whether its steps still stand."""

    account_id: uuid.UUID
    name: str
    roles: frozenset[str]
    number: int | None = None
    at: dt.datetime | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one's own people have read a version as it stands."""

    edition: GuideVersion
    readers: int
    read: int

    @property
    def missing(self) -> int:
        """How many have not."""
        return self.readers - self.read


def _own_people(actor: Actor) -> dict[uuid.UUID, Person]:
    """The front line within the actor's line, area and response; nobody else's people."""
    require(actor, SEE_ACKNOWLEDGED)
    mine = [grant for grant in actor.grants if grant.role in SEE_ACKNOWLEDGED.roles]
    rows = live_grants().filter(role__in=FRONT_LINE, account__is_active=True, account__is_program=False)
    found: dict[uuid.UUID, Person] = {}
    for row in rows.select_related("account").order_by("account__name", "account_id"):
        if actor.is_system or any(_reaches(one, row.line, row.area, row.response_id) for one in mine):
            known = found.get(row.account_id)
            roles = (known.roles if known else frozenset()) | {row.role}
            found[row.account_id] = Person(row.account_id, row.account.name, roles)
    return found


def _reaches(mine: Right, line: str, area: str, response: uuid.UUID | None) -> bool:
    """True when somebody with that grant works within mine: on every line, or on mine."""
    on_line = mine.line if line == "all" else line
    return mine.covers(on_line, area, response if response is not None else mine.response, None)


def tally(actor: Actor) -> list[Tally]:
    """Every guide in force with how many of the actor's people have read it; three queries."""
    people = _own_people(actor)
    rows = Acknowledgement.objects.filter(account__in=people).values_list(
        "account_id", "edition__guide_id", "edition__steps_digest"
    )
    said = set(rows)
    found = []
    for one in published():
        wanted = [who for who in people.values() if who.roles & readers_of(one.guide)]
        read = sum((who.account_id, one.guide_id, one.steps_digest) in said for who in wanted)
        found.append(Tally(one, len(wanted), read))
    return found


def people_of(actor: Actor, edition: GuideVersion) -> list[Person]:
    """The actor's people who should read this guide: who has not first, then by name."""
    people = {who.account_id: who for who in _own_people(actor).values() if who.roles & readers_of(edition.guide)}
    rows = Acknowledgement.objects.filter(account__in=people, edition__guide=edition.guide_id)
    for row in rows.annotate(number=F("edition__number"), steps=F("edition__steps_digest")).order_by("edition__number"):
        who = people[row.account_id]
        current = who.current or row.steps == edition.steps_digest
        people[row.account_id] = Person(who.account_id, who.name, who.roles, row.number, row.at, current)
    return sorted(people.values(), key=lambda who: (who.current, who.name, str(who.account_id)))
