"""A plan of 100,000 needs as the worker makes it, and the reads of its pages beside the one SQL statement behind each.

    PYTHONPATH=src python bench/planning.py postgres [--needs 100000] [--repeats 40]
    PYTHONPATH=src python bench/planning.py sqlite [--needs 20000]

Needs and places are those of bench/desk.py (made up from a fixed seed), all of them verified; a tenth as many offers
hold half of what is asked for. Printed: seconds in each step of the run (reading, solving, wording, writing) and in
`check`; then for each read of a page p50 and p95 in milliseconds of the selector (objects made) and of the bare
statement.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import desk

SEED = 20200206


def fill(world: desk.World, vendor: str) -> None:
    """Verified needs, and offers for half of what they ask, a tenth as many."""
    from django.db.models import F, Sum

    from tongzhou.chain.intake.models import Need, Offer
    from tongzhou.kernel import ids

    desk.load(world, vendor)
    Need.objects.update(
        state="verified", quantity_confirmed=F("quantity_asked"), quantity_planned=F("quantity_asked"),
        urgency=F("urgency_order"), quantity_flag="", expires_at=None,
    )  # fmt: skip
    rng = random.Random(SEED)
    asked = dict(Need.objects.values_list("category_id").annotate(units=Sum("quantity_asked")))
    count = world.rows // 10
    chosen = rng.choices(world.categories, world.category_weights, k=count)
    share = {key: max(1, units // 2 // max(1, sum(c.key == key for c in chosen))) for key, units in asked.items()}
    places = rng.choices(world.places, world.place_weights, k=count)
    now, offers = world.now, []
    codes = world._codes()
    for category, place in zip(chosen, places, strict=True):
        reach = rng.choices(("", place.code[:6], place.code[:4], "42"), (10, 40, 25, 25))[0]
        quantity = rng.randrange(1, 2 * share.get(category.key, 10) + 1)
        offers.append(
            Offer(
                id=ids.new_id(), code=next(codes), response=world.response, line=category.line, place=place,
                category=category, item=category.name, unit=category.unit, quantity=quantity,
                quantity_confirmed=quantity, may_go=[reach] if reach else [], state="verified", verified_at=now,
                channel="sheet", goods_expire_on=(now + dt.timedelta(days=365)).date(),
            )
        )  # fmt: skip
    Offer.objects.bulk_create(offers, batch_size=1000)


def make(world: desk.World) -> Any:
    """Make the plan as a worker would; prints the seconds of each step."""
    from tongzhou.chain.planning.models import Plan
    from tongzhou.chain.planning.services import running
    from tongzhou.chain.planning.types import Scope
    from tongzhou.kernel.access import SYSTEM

    marks: list[tuple[str, float, float]] = []
    real = running._Run.watch

    def watch(run: Any, step: str, done: int, total: int) -> None:
        if not marks or marks[-1][0] != step:
            marks.append((step, time.perf_counter(), time.process_time()))
        real(run, step, done, total)

    running._enqueue = lambda plan_id: None  # made here, not by a worker
    running._Run.watch = watch  # type: ignore[method-assign]
    plan = running.start_plan(actor=SYSTEM, response=world.response, scope=Scope(), now=world.now)
    state = running.run_plan(plan.pk)
    marks.append(("whole run", time.perf_counter(), time.process_time()))
    plan = Plan.objects.select_related("snapshot").get(pk=plan.pk)
    if state != "ready":
        raise SystemExit(f"{state}: {plan.failure}")
    said = plan.figures
    print(f"{said['needs']:,} needs, {said['offers']:,} offers, {said['lines']:,} lines; "
          f"snapshot {plan.snapshot.size / 1e6:.1f} MB")  # fmt: skip
    for (step, at, used), (_, until, spent) in zip(marks, [*marks[1:], marks[0]], strict=True):
        print(f"  {step:<10}{abs(until - at):8.2f} s, of which this process {abs(spent - used):.2f} s")
    print(f"  memory    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:8.2f} GB at most")
    return plan


def verify(plan: Any) -> None:
    """The check of the kept directory, in seconds."""
    from tongzhou.chain.planning.services.packing import unpack
    from tongzhou_engines.allocation import check

    with tempfile.TemporaryDirectory() as folder:
        unpack(plan.snapshot.content, Path(folder))
        begun = time.perf_counter()
        found = check(folder)
        print(f"  {'check':<10}{time.perf_counter() - begun:8.2f} s  {'ok' if found.ok else found.faults}")


def reads(plan: Any) -> Iterator[tuple[str, Any]]:
    """The first page of each list of a plan's page, as querysets of 50 rows."""
    from tongzhou.chain.planning.selectors import plans as selectors

    yield "lines, most urgent first", selectors.lines(plan)[:50]
    yield "lines of a city", selectors.lines(plan, place="4209")[:50]
    yield "lines of a category", selectors.lines(plan, category="n95_respirator")[:50]
    yield "new lines of class 1", selectors.lines(plan, change="new", urgency=1)[:50]
    yield "gaps", selectors.plan_needs(plan, reason="shared_fairly")[:50]
    yield "held offers", selectors.plan_offers(plan, reason="not_needed")[:50]
    yield "left out", selectors.left_out(plan)[:50]


def timed(call: Callable[[], object], repeats: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    values = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        values.append(time.perf_counter() - begun)
    return statistics.median(values) * 1000, desk.p(values, 95)


def measure(plan: Any, repeats: int) -> None:
    """Selector beside bare statement."""
    from django.db import connection

    print(f"{'read':<28}{'selector p50':>14}{'p95':>8}{'statement p50':>16}{'p95':>8}  ms")
    for name, rows in reads(plan):
        sql, params = rows.query.sql_with_params()

        def bare(sql: str = sql, params: Any = params) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                cursor.fetchall()

        own, floor = timed(lambda rows=rows: list(rows.all()), repeats), timed(bare, repeats)
        print(f"{name:<28}{own[0]:>14.2f}{own[1]:>8.2f}{floor[0]:>16.2f}{floor[1]:>8.2f}")


def main() -> None:
    """Make a database, fill it, plan it, measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vendor", choices=["postgres", "sqlite"])
    parser.add_argument("--needs", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=40)
    asked = parser.parse_args()
    with desk.database(asked.vendor):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        world = desk.World(asked.needs or (100_000 if asked.vendor == "postgres" else 20_000))
        fill(world, asked.vendor)
        plan = make(world)
        verify(plan)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        measure(plan, asked.repeats)


if __name__ == "__main__":
    main()
