"""What a volunteer declared, the ways into teams, and figures about what teams and people did."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, When

from tongzhou.chain.dispatch.models import Assignment, Reserve, TeamEntrance, VolunteerProfile
from tongzhou.chain.dispatch.policies import LIST_TASKS, MANAGE_ENTRANCE
from tongzhou.chain.dispatch.selectors.volunteers import DECLARED_FOR
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, may, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Team, TeamMember

__all__ = [
    "Fitness",
    "Work",
    "entrance_of",
    "entrance_with",
    "fitness",
    "get_task",
    "joined_by",
    "managed_teams",
    "open_tasks",
    "own_team_ids",
    "places_in_reserve",
    "refuse_unless_open",
    "team_tasks",
    "teams_of",
    "waiting_tasks",
    "work_of",
]

#: What somebody carried to the end.
_FINISHED = (AssignmentState.DELIVERED, AssignmentState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Fitness:
    """A health and kit declaration: `until` is None when there is none that ever counted."""

    until: dt.datetime | None
    counts: bool


def fitness(account_id: uuid.UUID | None, now: dt.datetime) -> Fitness:
    """How the declaration of an account stands: health and kit both, each at most `DECLARED_FOR` old."""
    profile = VolunteerProfile.objects.filter(account_id=account_id).first() if account_id else None
    if profile is None or profile.healthy_at is None or profile.kit_at is None:
        return Fitness(None, False)
    until = min(profile.healthy_at, profile.kit_at) + DECLARED_FOR
    return Fitness(until, now < until)


def managed_teams(actor: Actor) -> QuerySet[Team]:
    """Open teams whose entrance the actor looks after."""
    inside = scope(actor, MANAGE_ENTRANCE, area="area", organisation="")
    return Team.objects.filter(inside, closed_at=None).select_related("lead").order_by("name")


def own_team_ids(account_id: uuid.UUID | None) -> list[uuid.UUID]:
    """The open teams somebody is in now."""
    if account_id is None:
        return []
    rows = TeamMember.objects.filter(account_id=account_id, left_at=None, team__closed_at=None)
    return list(rows.values_list("team_id", flat=True))


def teams_of(account_id: uuid.UUID) -> list[Team]:
    """The open teams somebody is in now, with their leads."""
    rows = Team.objects.filter(pk__in=own_team_ids(account_id))
    return list(rows.select_related("lead").order_by("name"))


def entrance_of(team: Team) -> TeamEntrance | None:
    """The team's entrance that is not closed (it may be over or full)."""
    return TeamEntrance.objects.filter(team=team, closed_at=None).first()


def entrance_with(secret: str) -> TeamEntrance:
    """The entrance of a link, whatever its state. Raises ``Refusal("not_found")`` for an invented one."""
    found = TeamEntrance.objects.select_related("team", "team__lead").filter(secret=secret[:40]).first()
    if found is None:
        raise Refusal("not_found")
    return found


def joined_by(entrance: TeamEntrance) -> int:
    """How many people came into the team since the entrance was opened, those who left again included."""
    return TeamMember.objects.filter(team_id=entrance.team_id, created_at__gte=entrance.created_at).count()


def refuse_unless_open(entrance: TeamEntrance, now: dt.datetime) -> None:
    """Raise ``Refusal`` entrance_closed (or its team was), entrance_over or entrance_full."""
    if entrance.closed_at is not None or entrance.team.closed_at is not None:
        raise Refusal("entrance_closed")
    if entrance.valid_until <= now:
        raise Refusal("entrance_over")
    if joined_by(entrance) >= entrance.most:
        raise Refusal("entrance_full", most=entrance.most)


def places_in_reserve(account_id: uuid.UUID) -> list[tuple[Reserve, int]]:
    """Where somebody waits in case a task comes back: (row, place in the queue from 1), the oldest first."""
    mine = Reserve.objects.filter(account_id=account_id, left_at=None).select_related(
        "assignment", "assignment__place", "assignment__category"
    )
    found = []
    for row in mine.order_by("created_at", "id")[:20]:
        earlier = Reserve.objects.filter(assignment_id=row.assignment_id, left_at=None, id__lt=row.pk).count()
        found.append((row, earlier + 1))
    return found


@dataclass(frozen=True, slots=True)
class Work:
    """Tasks carried to the end, and the time from accepting to handing over, added up."""

    tasks: int
    time: dt.timedelta

    @property
    def hours(self) -> int:
        """Whole hours, rounded down."""
        return int(self.time.total_seconds() // 3600)


def work_of(
    *, account_id: uuid.UUID | None = None, teams: Collection[uuid.UUID] = (), since: dt.datetime | None = None
) -> Work:
    """What an account, or these teams together, finished (since a moment). Without either: nothing."""
    rows = Assignment.objects.filter(state__in=_FINISHED, delivered_at__isnull=False)
    rows = rows.filter(holder_id=account_id) if account_id else rows.filter(team_id__in=teams)
    if since is not None:
        rows = rows.filter(delivered_at__gte=since)
    span = ExpressionWrapper(F("delivered_at") - F("accepted_at"), output_field=DurationField())
    total = rows.filter(accepted_at__isnull=False).aggregate(time=Sum(span))["time"]
    return Work(rows.count(), total or dt.timedelta())


def team_tasks(actor: Actor) -> QuerySet[Assignment]:
    """Every assignment of the actor's own teams inside the own line and area, and whatever the actor ever held."""
    shown = scope(actor, LIST_TASKS, organisation="")
    teams = own_team_ids(actor.account_id)
    if not may(actor, LIST_TASKS) or actor.account_id is None:
        return Assignment.objects.none()
    rows = Assignment.objects.filter((shown & Q(team_id__in=teams)) | Q(holder_id=actor.account_id))
    return rows.select_related(
        "need", "offer", "place", "category", "response", "team", "team__lead", "receiver", "organisation"
    )


def waiting_tasks(actor: Actor, now: dt.datetime) -> QuerySet[Assignment]:
    """Those of them that wait for somebody to take them, the most urgent and oldest first."""
    rows = team_tasks(actor).filter(state=AssignmentState.PROPOSED, lapses_at__gt=now, team__isnull=False)
    return rows.order_by("urgency", "proposed_at", "id")


def open_tasks(actor: Actor) -> QuerySet[Assignment]:
    """What the actor has in hand, the one that runs out first at the top."""
    going = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)
    rows = team_tasks(actor).filter(holder_id=actor.account_id, state__in=going)
    return rows.order_by(
        Case(When(state=AssignmentState.DELIVERED, then=1), default=0),
        F("due_at").asc(nulls_last=True),
        "urgency",
        "id",
    )


def get_task(actor: Actor, code: str) -> Assignment:
    """One of the actor's tasks by its code. Raises ``Refusal("not_found")``."""
    wanted = ids.parse_code(code)
    found = team_tasks(actor).filter(code=wanted).first() if wanted else None
    if found is None:
        raise Refusal("not_found")
    return found
