"""Builders for the line: a team on shift, callers, conversations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builders_professionals import a_group, a_line, a_professional, a_roster, a_shift
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.flows.contact_begin import Begun, begin_contact
from tongzhou.flows.contact_take import sit, take_contact
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.registers.people.actors import actor_for

__all__ = ["Team", "a_caller", "a_conversation", "a_team", "sits"]


@dataclass(frozen=True)
class Team:
    """A line with a supervisor and two counsellors, all on shift now."""

    line: ServiceLine
    supervisor: Professional
    counsellors: tuple[Professional, ...]

    def actor(self, number: int = 0) -> Actor:
        """A counsellor, signed in with a second factor."""
        return actor_for(self.counsellors[number].account, second_factor=True)

    @property
    def boss(self) -> Actor:
        """The supervisor."""
        return actor_for(self.supervisor.account, second_factor=True)


def a_team(counsellors: int = 2, *, accounts: dict[str, Any] | None = None, **over: Any) -> Team:
    """A line open day and night with its people on shift; `accounts` may name who stands behind them."""
    given = accounts or {}
    line = a_line(**over)
    roster = a_roster(line)
    boss = a_professional(line, supervisor=True, **({"account": given["supervisor"]} if "supervisor" in given else {}))
    people = []
    for number in range(counsellors):
        more = {"account": given[f"counsellor{number}"]} if f"counsellor{number}" in given else {}
        people.append(a_professional(line, languages=["mandarin", "wuhan"], **more))
    a_group(line, boss, *people)
    for person in (boss, *people):
        a_shift(person, roster=roster)
    return Team(line, boss, tuple(people))


def a_caller(team: Team, **over: Any) -> Begun:
    """Somebody waiting."""
    return begin_contact(**({"line": team.line, "now": clock.now()} | over))


def sits(team: Team, number: int = 0) -> Actor:
    """A counsellor at an open seat."""
    actor = team.actor(number)
    sit(actor=actor, line_id=team.line.pk, state="open", now=clock.now())
    return actor


def a_conversation(team: Team, number: int = 0, **over: Any) -> tuple[Begun, Contact, Actor]:
    """A caller with a counsellor: (what the caller holds, the contact, the counsellor)."""
    actor, begun = sits(team, number), a_caller(team, **over)
    return begun, take_contact(actor=actor, contact_id=begun.contact.pk, now=clock.now()), actor
