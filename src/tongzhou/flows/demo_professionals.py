"""The demo's line: an association, 32 made-up professionals (roles with numbers), published rosters of two weeks.

The demo's own counsellor and supervisor have a shift that runs day and night for thirty days, so that whoever looks at
the demo finds them at work. The roster follows a fixed rotation and is judged by the engine's check, not made by it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Max
from django.utils.translation import gettext_noop

from tongzhou.desks.professionals.models import (
    Acknowledgement,
    Availability,
    Professional,
    Roster,
    ServiceLine,
    Shift,
    SupervisionGroup,
    TrainingItem,
)
from tongzhou.desks.professionals.services.lines import change_line, open_line, record_arrivals
from tongzhou.desks.professionals.services.need import seats_needed
from tongzhou.desks.professionals.services.people import SaidPerson, make
from tongzhou.desks.professionals.services.task import assignments_of, pack, read_task
from tongzhou.desks.professionals.types import PersonState, RosterState
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import Actor
from tongzhou.registers.organisations.services import add_organisation
from tongzhou.registers.organisations.types import OrganisationKind
from tongzhou.registers.people import types as roles
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.services import create_account, grant_role
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou_engines.staffing import check_roster

__all__ = ["LINE", "line_of_the_demo"]

_REASON = gettext_noop("演示")
LINE = gettext_noop("江城心理援助热线（合成）")
ASSOCIATION = "合成社会工作者协会"
_PAIRS, _DAYS = 16, 7
#: Who checked what is made up.
_NOBODY = uuid.UUID(int=0)
#: Six hours each, together a whole day.
_ROUND = ("D1", "D3", "L", "N")
_ROLES = (
    ("demo-association", gettext_noop("协会经办人"), roles.OFFICER),
    ("demo-supervisor", gettext_noop("督导"), roles.SUPERVISOR),
    ("demo-counsellor", gettext_noop("心理援助员"), roles.COUNSELLOR),
)


def line_of_the_demo(*, actor: Actor, response: Response) -> ServiceLine:
    """The association, its line, people, groups, record of contacts and roster."""
    now = clock.now()
    wuhan = Place.objects.get(code="4201")
    association = add_organisation(
        actor=actor, name=ASSOCIATION, kind=OrganisationKind.ASSOCIATION, place=wuhan,
        name_en="Synthetic Association of Social Workers", reason=_REASON,
    )  # fmt: skip
    line = open_line(
        actor=actor, response=response, organisation=association, name=LINE,
        name_en="River City counselling line (synthetic)", now=now - dt.timedelta(days=30),
    )  # fmt: skip
    change_line(actor=actor, line=line, expect=line.version, languages=["mandarin", "wuhan", "english"])
    shown = {
        role: _account(actor, login, name, role, line, association.pk if role == roles.OFFICER else None)
        for login, name, role in _ROLES
    }
    people = _people(actor, line, now)
    lead, helper = _shown_people(actor, line, shown, now)
    _groups(actor, line, people, lead, helper)
    _record(actor, line, now)
    today = now.astimezone(line.zone).date()
    week = dt.timedelta(days=_DAYS)
    _roster(actor, line, people, today - week, now - week - dt.timedelta(days=2))
    _roster(actor, line, people, today, now)
    _always(actor, line, (lead, helper), now)
    return line


def _account(actor: Actor, login: str, name: str, role: str, line: ServiceLine, organisation: object = None) -> Account:
    account = create_account(actor=actor, login=login, name=name, is_demo=login.startswith("demo-"), reason=_REASON)
    grant_role(
        actor=actor, account=account, role=role, line=roles.SERVICES if organisation is None else roles.ALL,
        area=line.place_id if organisation is None else "", response_id=line.response_id,
        organisation_id=organisation, reason=_REASON,  # type: ignore[arg-type]
    )  # fmt: skip
    return account


def _said(n: int, *, supervisor: bool, medical: bool, number: int) -> SaidPerson:
    return SaidPerson(
        name=f"合成人员 {n:02d}", contact="19000000001", licence_kind="physician" if medical else "psychotherapist",
        licence_number=f"SYN-{n:04d}", licence_issuer="合成发证机关", licence_until=dt.date(2099, 12, 31),
        years=3 + n % 20, supervised_hours=40 * (n % 12), can_nights=True,
        skills=("medical",) if medical else ("support",),
        languages=("mandarin", "wuhan") if n % 3 else ("mandarin", "english"), is_supervisor=supervisor,
        alias=f"{'督导' if supervisor else '援助员'} {number:02d}", is_synthetic=True, week_minutes=36 * 60,
    )  # fmt: skip


def _active(person: Professional, account: Account, now: dt.datetime) -> Professional:
    person.account, person.state = account, PersonState.ACTIVE
    person.checked_at, person.checked_by_name, person.evidence = now, "演示数据", "编造的材料"
    person.trained_by, person.trained_by_name, person.trained_on = _NOBODY, "演示数据", now.date()
    person.trained_evidence = "编造的培训"
    return person


def _ready(actor: Actor, line: ServiceLine, people: list[Professional], now: dt.datetime) -> None:
    """Kept, available at any time, everything read."""
    changes.create_many(people, actor=actor, act="demo.mark", reason=_REASON)
    Availability.objects.bulk_create(
        Availability(professional=one, weekday=weekday, from_minute=0, until_minute=1440)
        for one in people
        for weekday in range(7)
    )
    items = list(TrainingItem.objects.filter(line=line, withdrawn_at=None))
    Acknowledgement.objects.bulk_create(
        Acknowledgement(id=ids.new_id(), professional=one, item=item, at=now) for one in people for item in items
    )


def _people(actor: Actor, line: ServiceLine, now: dt.datetime) -> list[Professional]:
    """Sixteen for support, sixteen for medicine; every second of these supervises."""
    made = []
    for n in range(2 * _PAIRS):
        medical = n >= _PAIRS
        supervisor = medical and n % 2 == 0
        role = roles.SUPERVISOR if supervisor else roles.COUNSELLOR
        said = _said(n, supervisor=supervisor, medical=medical, number=n + 1)
        account = _account(actor, f"synthetic-{n:02d}", said.alias, role, line)
        made.append(_active(make(line, said, actor=actor, number=n, now=now), account, now))
    _ready(actor, line, made, now)
    return made


def _shown_people(
    actor: Actor, line: ServiceLine, shown: dict[str, Account], now: dt.datetime
) -> tuple[Professional, Professional]:
    """The two roles a visitor can take: a supervisor and a counsellor who can do both kinds of help."""
    made = []
    for n, role in enumerate((roles.SUPERVISOR, roles.COUNSELLOR)):
        said = _said(90 + n, supervisor=n == 0, medical=False, number=90 + n)
        person = _active(make(line, said, actor=actor, number=90 + n, now=now), shown[role], now)
        person.skills, person.languages = ["support", "medical"], ["mandarin", "wuhan", "english"]
        made.append(person)
    _ready(actor, line, made, now)
    return made[0], made[1]


def _groups(
    actor: Actor, line: ServiceLine, people: list[Professional], lead: Professional, helper: Professional
) -> None:
    """Each supervisor with three people; the visitor's two roles are one group."""
    leaders = [one for one in people if one.is_supervisor]
    others = [one for one in people if not one.is_supervisor]
    size = len(others) // len(leaders)
    groups = [
        (SupervisionGroup(line=line, name=f"第 {n + 1} 组", supervisor=one), others[n * size : (n + 1) * size])
        for n, one in enumerate(leaders)
    ]
    groups.append((SupervisionGroup(line=line, name="演示组", supervisor=lead), [helper]))
    changes.create_many([group for group, _members in groups], actor=actor, act="demo.mark", reason=_REASON)
    for group, members in groups:
        Professional.objects.filter(pk__in=[one.pk for one in members]).update(group=group)


def _record(actor: Actor, line: ServiceLine, now: dt.datetime) -> None:
    """Two weeks of made-up contacts: one an hour by day, one in two hours by night, in changing half hours."""
    today = now.astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - dt.timedelta(minutes=30 * n) for n in range(1, 14 * 48 + 1)]
    counts = {}
    for at in starts:
        slot = at.hour * 2 + at.minute // 30 + at.toordinal()
        counts[at] = int(slot % (2 if at.hour >= 8 else 4) == 0)
    record_arrivals(actor=actor, line=line, counts=counts)


def _number() -> int:
    return (Roster.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _shift(roster: Roster, person: Professional, day: dt.date, kind: str, start: int, minutes: int) -> Shift:
    starts = dt.datetime.combine(day, dt.time(), roster.line.zone) + dt.timedelta(minutes=start)
    return Shift(
        id=ids.new_id(), roster=roster, line=roster.line, professional=person, date=day, kind=kind,
        skill=person.skills[0], starts_at=starts, ends_at=starts + dt.timedelta(minutes=minutes), in_force=True,
    )  # fmt: skip


def _rotation(roster: Roster, people: list[Professional]) -> Iterable[Shift]:
    """Two of each kind of help in every shift, one of them a supervisor: early, late, off, then around again."""
    kinds = {one.code: (one.start_minute, one.minutes) for one in roster.line.shift_kinds.all()}
    for n, person in enumerate(people):
        for day in range(roster.days):
            at = (n % _PAIRS + 6 * day) % _PAIRS
            if at < 2 * len(_ROUND):
                kind = _ROUND[at // 2]
                yield _shift(roster, person, roster.start + dt.timedelta(days=day), kind, *kinds[kind])


def _roster(actor: Actor, line: ServiceLine, people: list[Professional], start: dt.date, now: dt.datetime) -> Roster:
    """Seven days from `start`, made and published at `now`; what it lacks is what the engine's check counts.

    The one of last week shows on the page of figures what was forecast then beside what came.
    """
    roster = Roster(
        line=line, number=_number(), state=RosterState.PUBLISHED, start=start, days=_DAYS, beat_at=now, ready_at=now,
        published_at=now, made_by_name=actor.name, published_by_name=actor.name, progress=100, seconds=0.0,
    )  # fmt: skip
    changes.create(roster, actor=actor, act="demo.mark", reason=_REASON)
    need = seats_needed(line, start, _DAYS, {})
    task, _known = read_task(roster, need, now)
    pack(roster, task, need).save(force_insert=True)
    Shift.objects.bulk_create(_rotation(roster, people), batch_size=500)
    checked = check_roster(task, assignments_of(roster, task))
    shifts = Shift.objects.filter(roster=roster)
    counts = sorted(shifts.filter(professional=one).count() for one in people)
    spread = [6 * counts[0], 6 * counts[len(counts) // 2], 6 * counts[-1]]
    nights = sorted(shifts.filter(professional=one, kind__in=["L", "N"]).count() for one in people)
    ends = sum(one.date.weekday() >= 5 for one in shifts)
    return changes.apply(
        roster, actor=actor, act="demo.mark", shortage=checked.shortage, least_shortage=0,
        status="complete" if not checked.shortage else "short",
        figures={
            "people": len(people), "on_roster": len(people), "shifts": shifts.count(), "hours": spread,
            "nights": [nights[0], nights[len(nights) // 2], nights[-1]],
            "weekend_days": [0, round(ends / len(people)), 2], "wishes": 0, "refused": 0, "notes": need.notes,
            "history_days": need.history_days,
        },
    )  # fmt: skip


def _always(actor: Actor, line: ServiceLine, shown: Iterable[Professional], now: dt.datetime) -> None:
    """The visitor's two roles are on shift day and night for thirty days: an arrangement of the demo alone."""
    today = now.astimezone(line.zone).date()
    roster = Roster(
        line=line, number=_number(), state=RosterState.PUBLISHED, start=today, days=30, beat_at=now, published_at=now,
        made_by_name=actor.name, published_by_name=actor.name, progress=100,
        figures={"people": 2, "on_roster": 2, "shifts": 60, "hours": [24, 24, 24]},
    )  # fmt: skip
    changes.create(roster, actor=actor, act="demo.mark", reason=_REASON)
    need = seats_needed(line, today, 30, {})
    task, _known = read_task(roster, need, now)
    pack(roster, task, need).save(force_insert=True)
    Shift.objects.bulk_create(
        _shift(roster, one, today + dt.timedelta(days=day), "24h", 0, 1440) for one in shown for day in range(30)
    )
