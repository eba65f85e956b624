"""A workbook of thirty becomes a published roster of seven days: imported, checked, let in, rostered, changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest
from django.db import transaction

from builders import an_account, an_actor, an_organisation
from builders_professionals import a_line, a_training
from builders_workbooks import a_workbook, people_rows
from engines.staffing.line_simulation import simulate
from tongzhou.desks.professionals.models import PeopleImport, Professional, Roster, ServiceLine, Shift, Sickness
from tongzhou.desks.professionals.services.lines import record_arrivals
from tongzhou.desks.professionals.services.people import acknowledge, check_papers
from tongzhou.desks.professionals.services.running import run_roster, start_roster
from tongzhou.desks.professionals.services.task import assignments_of, unpack
from tongzhou.desks.professionals.services.training import check_training
from tongzhou.desks.professionals.services.workbook import accept_people, preview_of, read_people
from tongzhou.flows.admit_professional import invite_professional
from tongzhou.flows.line_rosters import answer_swap, approve_swap, ask_swap, publish_roster, report_sick
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Notice
from tongzhou.registers.people.actors import actor_for
from tongzhou_engines.staffing import check_roster

pytestmark = pytest.mark.django_db


def _officers(line: ServiceLine) -> tuple[Actor, Actor]:
    one, other = (
        an_actor(
            "officer", organisation=line.organisation, account=an_account("officer", organisation=line.organisation)
        )
        for _ in range(2)
    )
    return one, other


def _imported(line: ServiceLine, officer: Actor, rows: list[list[object]]) -> PeopleImport:
    batch = read_people(actor=officer, line=line, name="名册.xlsx", content=a_workbook(rows), now=clock.now())
    return accept_people(actor=officer, batch=batch, expect=batch.version, now=clock.now())


def _let_in(line: ServiceLine, other: Actor) -> None:
    for person in Professional.objects.filter(line=line):
        check_papers(actor=other, person=person, expect=person.version, evidence="核对过公示名单", now=clock.now())
        invite_professional(actor=other, person=person, now=clock.now())
        for item in line.items.filter(withdrawn_at=None):
            acknowledge(person=Professional.objects.get(pk=person.pk), item=item, now=clock.now())
        _trained(person, other)


def _trained(person: Professional, other: Actor) -> None:
    """Somebody made sure that the training was done."""
    fresh = Professional.objects.get(pk=person.pk)
    day = dt.date(2020, 2, 3)
    check_training(actor=other, person=fresh, expect=fresh.version, on=day, evidence="签到表", now=clock.now())


def _roster(line: ServiceLine, officer: Actor, days: int = 7, **asked: object) -> Roster:
    start = clock.now().astimezone(line.zone).date() + dt.timedelta(days=1)
    roster = start_roster(
        actor=officer, line=line, start=start, days=days, asked={"effort": 0.3, **asked}, now=clock.now()
    )
    run_roster(roster.pk)
    return Roster.objects.select_related("line").get(pk=roster.pk)


def _sample_history(line: ServiceLine, officer: Actor) -> None:
    """Four weeks: two in half an hour in the evening, one by day, nobody by night."""
    today = clock.now().astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - dt.timedelta(minutes=30 * n) for n in range(1, 28 * 48 + 1)]
    counts = {at: 2 if at.hour >= 18 else 1 for at in starts if 8 <= at.hour < 22}
    record_arrivals(actor=officer, line=line, counts=counts)


def test_thirty_people_from_a_workbook_to_a_published_roster_of_a_week() -> None:
    line = a_line(hours={str(weekday): [480, 1320] for weekday in range(7)})
    a_training(line)
    officer, other = _officers(line)
    _sample_history(line, officer)
    done = _imported(line, officer, people_rows(30, seed=1, hours=32))
    assert (done.state, done.rows, done.taken, done.content) == ("accepted", 30, 30, None)
    person = Professional.objects.filter(line=line).earliest("alias")
    assert person.state == "applied"
    assert "合成人员" in crypto.unseal(person, "name")
    with pytest.raises(Refusal, match="check_own"):
        check_papers(actor=officer, person=person, expect=person.version, evidence="看过", now=clock.now())
    _let_in(line, other)
    assert set(Professional.objects.filter(line=line).values_list("state", flat=True)) == {"active"}
    roster = _roster(line, officer)
    assert (roster.state, roster.failure) == ("draft", {})
    task, _frame = unpack(roster)
    checked = check_roster(task, assignments_of(roster, task))
    assert checked.shortage == roster.shortage
    assert not [fault for fault in checked.faults if fault.person]
    assert (roster.status, roster.shortage, roster.least_shortage) == ("complete", 0, 0)
    _meets_callers(roster)
    with pytest.raises(Refusal, match="roster_own"):
        publish_roster(actor=officer, roster=roster, expect=roster.version, now=clock.now())
    publish_roster(actor=other, roster=roster, expect=roster.version, now=clock.now())
    assert Shift.objects.filter(roster=roster, in_force=True).count() == roster.figures["shifts"]
    told = set(Notice.objects.filter(kind="roster").values_list("account_id", flat=True))
    assert told == set(Shift.objects.filter(roster=roster).values_list("professional__account_id", flat=True))
    _sick(roster, other)
    _swap(roster, other)


def _meets_callers(roster: Roster) -> None:
    """What the roster says of its callers is what they meet when its week is played call by call."""
    told = roster.figures["service"]
    task, frame = unpack(roster)
    table = check_roster(task, assignments_of(roster, task)).coverage.filter(pl.col("kind") == "seat")
    first = dt.datetime.combine(roster.start, dt.time())
    meant, runs = 0.0, []
    for skill in roster.line.skills.filter(withdrawn_at=None):
        calls, seats = [0.0] * 48 * roster.days, [0] * 48 * roster.days
        own = table.filter(pl.col("skill") == skill.code).join(frame, on="start")
        for start, expected, present in own.select("start", "calls", "present").iter_rows():
            half = int((start - first) / dt.timedelta(minutes=30))
            calls[half], seats[half] = expected * skill.share_percent / 100, present
        meant += sum(calls)
        for seed in range(30):
            handle, patience, within = skill.handle_seconds, skill.patience_seconds, roster.line.answer_seconds
            runs.append(simulate(calls, seats, handle, patience, within, seed=seed))
    offered = sum(sum(run.offered) for run in runs)
    assert offered > 3000
    assert told["calls"] == pytest.approx(meant, rel=0.01)
    assert told["in_time"] / told["calls"] == pytest.approx(sum(sum(run.in_time) for run in runs) / offered, abs=0.02)
    assert told["given_up"] / told["calls"] == pytest.approx(sum(sum(run.hung_up) for run in runs) / offered, abs=0.02)


def _would_stand_in(report: Callable[[], Sickness]) -> set[str]:
    """Who would take over; nothing of it is kept."""
    try:
        with transaction.atomic():
            moves = report().moves
            raise _NotKept
    except _NotKept:
        return {one["person"] for one in moves if one["shift"]}


class _NotKept(Exception):
    """Only tried."""


def _sick(roster: Roster, other: Actor) -> None:
    """Two days ill: no shift of theirs in that time, no rule broken by the repair, what was changed is named."""
    shift = Shift.objects.filter(roster=roster, in_force=True, starts_at__gt=clock.now()).earliest("starts_at")
    ends = shift.starts_at + dt.timedelta(days=2)

    def report() -> Sickness:
        return report_sick(
            actor=other, person=shift.professional, starts_at=shift.starts_at, ends_at=ends, now=clock.now()
        )

    asked_first = _would_stand_in(report)
    Professional.objects.filter(pk__in=asked_first).update(state="paused")
    found = report()
    assert asked_first
    assert not asked_first & {one["person"] for one in found.moves if one["shift"]}
    assert found.state in ("covered", "short")
    kept = Shift.objects.filter(professional=shift.professional, in_force=True)
    assert not kept.filter(starts_at__lt=ends, ends_at__gt=shift.starts_at).exists()
    task, _frame = unpack(roster)
    now = check_roster(task, assignments_of(roster, task))
    assert not [fault for fault in now.faults if fault.person]
    assert [one["move"] for one in found.moves].count("absent") >= 1
    if found.state == "covered":
        assert roster.shortage is not None
        assert now.shortage <= roster.shortage


def _swap(roster: Roster, other: Actor) -> None:
    """The first exchange of two coming shifts that the rules allow is asked, accepted, approved by a third person."""
    shifts = list(
        Shift.objects.filter(
            roster=roster,
            in_force=True,
            starts_at__gt=clock.now() + dt.timedelta(days=3),
            professional__state="active",  # whoever is paused is asked for nothing
        )
        .select_related("professional__account", "line", "roster__line")
        .order_by("starts_at")[:24]
    )
    refused: list[str] = []
    for one in shifts:
        for two in shifts:
            if one.professional_id == two.professional_id:
                continue
            asker, answerer = (_as_person(each.professional) for each in (one, two))
            try:
                swap = ask_swap(actor=asker, shift=one, other=two.professional, other_shift=two, now=clock.now())
            except Refusal as refusal:
                refused.append(refusal.code)
                continue
            with pytest.raises(Refusal, match="swap_state"):
                approve_swap(actor=other, swap=swap, now=clock.now())
            swap = answer_swap(actor=answerer, swap=swap, accept=True, now=clock.now())
            approve_swap(actor=other, swap=swap, now=clock.now())
            moved = Shift.objects.filter(professional=two.professional, date=one.date, kind=one.kind, in_force=True)
            assert moved.count() == 1
            assert set(refused) <= {"swap_rule"}
            return
    raise AssertionError(f"no exchange is allowed: {refused}")


def _as_person(person: Professional) -> Actor:
    assert person.account is not None
    return actor_for(person.account, second_factor=True)


def test_what_a_roster_cannot_fill_is_said_with_why() -> None:
    line = a_line()
    officer, other = _officers(line)
    _imported(line, officer, people_rows(4, seed=2))
    for person in Professional.objects.filter(line=line):
        check_papers(actor=other, person=person, expect=person.version, evidence="看过", now=clock.now())
        invite_professional(actor=other, person=person, now=clock.now())
        _trained(person, other)
    roster = _roster(line, officer, days=2, daily=40)
    assert roster.state == "draft"
    assert roster.status in ("short_proved", "short")
    assert (roster.shortage or 0) >= (roster.least_shortage or 0) > 0
    assert roster.shortages
    assert all(one["zh"] and one["en"] for one in roster.shortages)


def test_nothing_known_of_contacts_is_said_and_nobody_is_guessed() -> None:
    line = a_line()
    officer, _other = _officers(line)
    roster = _roster(line, officer)
    assert (roster.state, roster.failure["code"]) == ("failed", "roster_arrivals")
    with pytest.raises(Refusal, match="roster_past"):
        start_roster(actor=officer, line=line, start=dt.date(2020, 1, 1), days=7, asked={}, now=clock.now())


def test_bad_cells_are_listed_and_nothing_is_dropped() -> None:
    line = a_line()
    officer, _other = _officers(line)
    rows = people_rows(5, seed=3)
    rows[1][5] = "去年"
    rows[2][13] = "有空就来"
    rows[3][3] = rows[0][3]
    rows[4][0] = ""
    batch = read_people(actor=officer, line=line, name="名册.xlsx", content=a_workbook(rows), now=clock.now())
    seen = preview_of(actor=officer, batch=batch)["rows"]
    assert [(row["row"], row["verdict"]) for row in seen] == [
        (2, "new"), (3, "cannot"), (4, "new"), (5, "cannot"), (6, "cannot"),
    ]  # fmt: skip
    assert [[one["field"] for one in row["problems"]] for row in seen] == [
        [], ["licence_until"], ["times"], ["licence_number"], ["name"],
    ]  # fmt: skip
    done = accept_people(actor=officer, batch=batch, expect=batch.version, now=clock.now())
    assert done.taken == 2
    again = read_people(actor=officer, line=line, name="名册.xlsx", content=a_workbook(rows), now=clock.now())
    assert preview_of(actor=officer, batch=again)["rows"][0]["verdict"] == "known"


@pytest.mark.parametrize("content", [b"", b"<html><table></table></html>", b"PK\x03\x04rubbish", b"a,b\n1,2\n"])
def test_what_is_no_roster_is_refused_with_why(content: bytes) -> None:
    line = a_line()
    officer, _other = _officers(line)
    name = "a.csv" if content.startswith(b"a") else "a.xlsx"
    with pytest.raises(Refusal, match="people_file"):
        read_people(actor=officer, line=line, name=name, content=content, now=clock.now())


def test_another_association_sees_nothing() -> None:
    line = a_line()
    stranger = an_actor("officer", organisation=an_organisation("另一个协会", kind="association"))
    with pytest.raises(Refusal, match="not_found"):
        read_people(actor=stranger, line=line, name="a.xlsx", content=a_workbook([]), now=clock.now())
