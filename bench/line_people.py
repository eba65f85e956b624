"""Three hundred professionals from a workbook to a published roster of 28 days, on a real arrival curve.

    python bench/line_people.py [--people 300] [--days 28] [--daily 400] [--curve FILE]

Works in a database of its own (SQLite in a temporary folder, migrated first). The curve: a table of start and calls per
five minutes (for its shape; it is scaled to `--daily` contacts a day); by default a made-up one. Prints times and
figures: import, checking, roster, publication; the engine's own verdict; what an independent check says; and the
service level that the platform shows beside a simulation call by call (SimPy) of the same 28 days.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import math
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def _curve(path: str, daily: float) -> dict[tuple[int, int], float]:
    """(weekday, half hour) > contacts."""
    shape: dict[tuple[int, int], float] = defaultdict(float)
    days: dict[int, set[str]] = defaultdict(set)
    if path:
        with Path(path).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                at = dt.datetime.fromisoformat(row["start"])
                shape[at.weekday(), at.hour * 2 + at.minute // 30] += float(row["calls"])
                days[at.weekday()].add(row["start"][:10])
        for weekday, slot in list(shape):
            shape[weekday, slot] /= len(days[weekday])
        for weekday in range(7):  # days the source does not have look like its quietest half
            if weekday not in days:
                for slot in range(48):
                    shape[weekday, slot] = 0.5 * shape[4, slot]
    else:
        for weekday in range(7):
            for slot in range(48):
                shape[weekday, slot] = 1 + math.sin((slot - 14) / 48 * 2 * math.pi) * 0.8
    total = sum(shape.values()) / 7
    return {key: value / total * daily for key, value in shape.items()}


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> None:
    """Run it and print."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--people", type=int, default=300)
    ask.add_argument("--days", type=int, default=28)
    ask.add_argument("--daily", type=float, default=400.0)
    ask.add_argument("--curve", default="")
    ask.add_argument("--effort", type=float, default=1.0)
    ask.add_argument("--database", default="", help="an empty migrated SQLite file to copy, instead of migrating")
    said = ask.parse_args()
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    with tempfile.TemporaryDirectory(prefix="tongzhou-bench-") as folder:
        os.environ.setdefault("TONGZHOU_TEST_FOLDER", folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "desk_settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        connection.settings_dict["NAME"] = f"{folder}/bench.sqlite3"
        if said.database:
            shutil.copy(said.database, f"{folder}/bench.sqlite3")
        else:
            call_command("migrate", verbosity=0)
        _run(said)


def _run(said: argparse.Namespace) -> None:
    from builders import a_response, an_account, an_actor, an_organisation
    from builders_professionals import a_training
    from builders_workbooks import a_workbook, people_rows
    from tongzhou.desks.professionals.models import Professional, Roster
    from tongzhou.desks.professionals.services.lines import open_line, record_arrivals
    from tongzhou.desks.professionals.services.people import acknowledge, check_papers
    from tongzhou.desks.professionals.services.running import run_roster, start_roster
    from tongzhou.desks.professionals.services.task import assignments_of, unpack
    from tongzhou.desks.professionals.services.training import check_training
    from tongzhou.desks.professionals.services.workbook import accept_people, read_people
    from tongzhou.flows.admit_professional import invite_professional
    from tongzhou.flows.line_rosters import publish_roster
    from tongzhou.kernel import clock
    from tongzhou_engines.staffing import check_roster

    association = an_organisation("测试协会", kind="association")
    officer, other = (
        an_actor("officer", organisation=association, account=an_account("officer", organisation=association))
        for _ in range(2)
    )
    line = open_line(actor=officer, response=a_response(), organisation=association, name="基准热线", now=clock.now())
    a_training(line)
    curve = _curve(said.curve, said.daily)
    today = clock.now().astimezone(line.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - dt.timedelta(minutes=30 * n) for n in range(1, 42 * 48 + 1)]
    counts = {at: round(curve.get((at.weekday(), at.hour * 2 + at.minute // 30), 0.0)) for at in starts}
    record_arrivals(actor=officer, line=line, counts=counts)
    _say(f"curve: {sum(counts.values()) / 42:.0f} contacts a day, busiest half hour {max(counts.values())}")

    book = a_workbook(people_rows(said.people, seed=0))
    begun = time.perf_counter()
    batch = read_people(actor=officer, line=line, name="名册.xlsx", content=book, now=clock.now())
    read = time.perf_counter()
    batch = accept_people(actor=officer, batch=batch, expect=batch.version, now=clock.now())
    print(
        f"workbook: {batch.rows} rows read in {read - begun:.2f} s, {batch.taken} taken in "
        f"{time.perf_counter() - read:.2f} s, {batch.faulty} with a fault"
    )
    begun = time.perf_counter()
    items = list(line.items.filter(withdrawn_at=None))
    for person in Professional.objects.filter(line=line):
        check_papers(actor=other, person=person, expect=person.version, evidence="公示名单", now=clock.now())
        invite_professional(actor=other, person=person, now=clock.now())
        fresh = Professional.objects.get(pk=person.pk)
        for item in items:
            acknowledge(person=fresh, item=item, now=clock.now())
        fresh = Professional.objects.get(pk=person.pk)
        check_training(
            actor=other, person=fresh, expect=fresh.version, on=today.date(), evidence="签到表", now=clock.now()
        )
    active = Professional.objects.filter(line=line, state="active").count()
    _say(f"checked, let in, trained: {active} active in {time.perf_counter() - begun:.1f} s")

    begun = time.perf_counter()
    roster = start_roster(
        actor=officer, line=line, start=today.date() + dt.timedelta(days=1), days=said.days,
        asked={"effort": said.effort}, now=clock.now(),
    )  # fmt: skip
    state = run_roster(roster.pk)
    took = time.perf_counter() - begun
    roster = Roster.objects.select_related("line").get(pk=roster.pk)
    print(
        f"roster: {state} in {took:.1f} s (engine {roster.seconds} s); {roster.status}, shortage {roster.shortage} "
        f"seat half hours, proved inevitable {roster.least_shortage}; {roster.failure}"
    )
    _say(f"figures: {roster.figures}")
    task, frame = unpack(roster)
    checked = check_roster(task, assignments_of(roster, task))
    broken = [fault for fault in checked.faults if fault.person]
    print(
        f"independent check: {len(broken)} rules of persons broken, shortage {checked.shortage}; "
        f"demand {task.demand.filter(task.demand['kind'] == 'seat')['seats'].sum() / 2:.0f} seat hours"
    )
    _simulated(roster, checked.coverage, frame)
    begun = time.perf_counter()
    publish_roster(actor=other, roster=roster, expect=roster.version, now=clock.now())
    _say(f"published in {time.perf_counter() - begun:.2f} s")


def _simulated(roster: Any, coverage: Any, frame: Any) -> None:
    """The roster's own service level beside the same weeks played call by call, ten times."""
    import polars as pl

    from engines.staffing.line_simulation import simulate
    from tongzhou.desks.professionals.services.need import engine_lines

    told = roster.figures["service"]
    table = frame.select("start", "calls").join(coverage.filter(pl.col("kind") == "seat"), on="start", how="left")
    first = dt.datetime.combine(roster.start, dt.time())
    begun, offered, in_time, gave_up, worst = time.perf_counter(), 0, 0, 0, 0.0
    meant = {day: level / calls for day, calls, level, _ in told["days"] if calls}
    by_day: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in engine_lines(roster.line):
        calls, seats = [0.0] * (48 * roster.days), [0] * (48 * roster.days)
        for start, expected, skill, present in table.select("start", "calls", "skill", "present").iter_rows():
            if skill == line.skill:
                half = int((start - first) / dt.timedelta(minutes=30))
                calls[half], seats[half] = expected * line.share, present
        within = line.targets.answer_within_seconds
        for seed in range(10):
            run = simulate(calls, seats, line.handle_seconds, line.patience_seconds or 1e9, within, seed=seed)
            offered, in_time, gave_up = (
                offered + sum(run.offered), in_time + sum(run.in_time), gave_up + sum(run.hung_up)
            )  # fmt: skip
            for half, (came, quick) in enumerate(zip(run.offered, run.in_time, strict=True)):
                day = by_day[(roster.start + dt.timedelta(days=half // 48)).isoformat()]
                day[0], day[1] = day[0] + came, day[1] + quick
    worst = max(abs(level - by_day[day][1] / by_day[day][0]) for day, level in meant.items() if by_day[day][0])
    own = (told["in_time"] / told["calls"], told["given_up"] / told["calls"])
    seen = (in_time / offered, gave_up / offered)
    _say(
        f"service: the platform says {own[0]:.2%} within {told['within_seconds']} s, {own[1]:.2%} give up; "
        f"simulated ({offered} contacts) {seen[0]:.2%} and {seen[1]:.2%}: {100 * (seen[0] - own[0]):+.2f} points; "
        f"the worst day {100 * worst:.2f} points; {time.perf_counter() - begun:.0f} s"
    )


if __name__ == "__main__":
    main()
