"""A plan of 100,000 needs as the worker makes it, its pages beside the one SQL statement behind each, its approval.

    PYTHONPATH=src python bench/planning.py postgres [--needs 100000] [--repeats 40] [--keep FOLDER] [--approve]
    PYTHONPATH=src python bench/planning.py sqlite [--needs 20000]

Needs and places are those of bench/desk.py (made up from a fixed seed), all of them verified; a tenth as many offers
hold half of what is asked for. Printed: seconds in each step of the run (reading, solving, wording, writing) and in
`check`; then for each page of the plan p50 and p95 in milliseconds of the whole request inside one process (session,
access, statements, template) and of the bare statement that fetches its rows. With `--keep` the database is made once
and kept (PostgreSQL: under the folder's name), so that later runs only measure; `--approve` approves the plan at the
end.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import logging
import os
import random
import resource
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


def pages(plan: Any) -> Iterator[tuple[str, str, Any]]:
    """What people open of a plan: a name, the address, and the rows behind it as a queryset."""
    from tongzhou.chain.planning.models import LeftOut, PlanLine, PlanNeed, PlanOffer
    from tongzhou.chain.planning.selectors.seen import searched

    here = f"/plans/{plan.number}/"
    lines = PlanLine.objects.filter(plan=plan).order_by("urgency", "place_id", "id")
    lacking = PlanNeed.objects.filter(plan=plan).exclude(reason="").order_by("urgency", "place_id", "id")
    held = PlanOffer.objects.filter(plan=plan).exclude(reason="").order_by("reason", "id")
    city = lines.filter(place_id__gte="4209", place_id__lt="4210")
    yield "lines, most urgent first", here, lines
    yield "lines of a city", f"{here}?place=4209", city
    yield "lines of a district", f"{here}?place=420106", lines.filter(place_id__gte="420106", place_id__lt="420107")
    yield "lines of a category", f"{here}?category=n95_respirator", lines.filter(category_id="n95_respirator")
    yield "new lines of class 1", f"{here}?change=new&urgency=1", lines.filter(change="new", urgency=1)
    yield "changed lines (none)", f"{here}?change=changed", lines.filter(change="changed")
    yield "lines of earmarked gifts", f"{here}?earmark=yes", lines.exclude(offer__earmark="")
    yield "lines with estimates", f"{here}?basis=yes", lines.exclude(basis="confirmed")
    for name, words in (
        ("a common word", "口罩"),
        ("a place", "孝感"),
        ("a rare word", "测试 9"),
        ("two words", "武昌 手套"),
    ):
        yield f"lines, {name}", f"{here}?q={words}", searched(plan, words).order_by("urgency", "place_id", "id")
    yield "gaps", f"{here}gaps/", lacking
    yield "gaps, shared fairly", f"{here}gaps/?reason=shared_fairly", lacking.filter(reason="shared_fairly")
    yield "gaps of a city", f"{here}gaps/?place=4209", lacking.filter(place_id__gte="4209", place_id__lt="4210")
    yield "held offers", f"{here}holds/", held
    yield "held, not needed", f"{here}holds/?reason=not_needed", held.filter(reason="not_needed")
    yield "left out", f"{here}left/", LeftOut.objects.filter(plan=plan).order_by("rule", "id")
    yield "approval", f"{here}approve/", lines.filter(state="proposed")
    yield "proof", f"{here}proof/", PlanLine.objects.none()
    yield "list of plans", "/plans/", type(plan).objects.order_by("-number")


def timed(call: Callable[[], object], repeats: int) -> tuple[float, float, float, float]:
    """p50 and p95 in milliseconds: of the clock, and of this process (which others on the machine hardly change)."""
    values, work = [], []
    for _ in range(repeats):
        begun, used = time.perf_counter(), time.process_time()
        call()
        values.append(time.perf_counter() - begun)
        work.append(time.process_time() - used)
    return desk.p(values, 50), desk.p(values, 95), desk.p(work, 50), desk.p(work, 95)


def measure(plan: Any, repeats: int, client: Any, only: str = "") -> None:
    """Whole page beside bare statement."""
    from django.core.exceptions import EmptyResultSet
    from django.db import connection

    print(f"{plan.lines.count():,} lines, {desk.machine()}, {repeats} requests each")
    logging.disable()
    print("| page | p50 ms | p95 ms | CPU p50 | CPU p95 | statements | all SQL | slowest | bare statement p50 | p95 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, address, rows in pages(plan):
        if only not in name:
            continue
        try:
            sql, params = rows[:51].query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1", ()
        statements: list[tuple[float, str]] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any, said: Any = statements) -> Any:
            begun = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                said.append((time.perf_counter() - begun, sql))

        def bare(sql: str = sql, params: Any = params) -> None:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                cursor.fetchall()

        def page(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        page()
        with connection.execute_wrapper(watch):
            page()
        own, floor = timed(page, repeats), timed(bare, repeats)
        slowest, inside = max(statements), sum(seconds for seconds, _ in statements)
        figures = [f"{value:.0f}" for value in own] + [str(len(statements))]
        figures += [f"{inside * 1000:.0f}", f"{slowest[0] * 1000:.0f}", f"{floor[0]:.1f}", f"{floor[1]:.1f}"]
        print(f"| {name} | {' | '.join(figures)} |", flush=True)
        if os.environ.get("BENCH_SHOW"):
            for seconds, text in sorted(statements, reverse=True)[:3]:
                print(f"    {seconds * 1000:.0f} ms {text[:80]} ... {text[text.find(' FROM ') :][:700]}")


def approve(plan: Any) -> None:
    """Every line approved by a second person and carried out as the worker does, in seconds."""
    from tongzhou.flows import approve_later
    from tongzhou.kernel import clock
    from tongzhou.registers.people.actors import actor_for
    from tongzhou.registers.people.models import Account

    approve_later._enqueue = lambda job_id: None  # carried out here, not by a worker
    account = Account.objects.get(login="bench-")
    begun, used = time.perf_counter(), time.process_time()
    job = approve_later.approve(
        actor=actor_for(account, second_factor=True), plan=plan, expect=plan.version, now=clock.now()
    )
    waited = time.perf_counter() - begun
    state = approve_later.run_approval(job.pk)
    job.refresh_from_db()
    print(f"approval: {state}, {job.counts}; the request {waited:.2f} s, ", end="")
    print(f"all of it {time.perf_counter() - begun:.1f} s, of which this process {time.process_time() - used:.1f} s")


@contextlib.contextmanager
def kept(vendor: str, folder: str) -> Iterator[None]:
    """A database that stays, in a folder of its own."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "TONGZHOU_DATA": folder, "DJANGO_SETTINGS_MODULE": "tongzhou.site.settings", "TONGZHOU_HOSTS": "testserver",
        "DATABASE_URL": f"sqlite:///{Path(folder).resolve() / 'bench.sqlite3'}",
    }  # fmt: skip
    if vendor == "postgres":
        import psycopg

        server = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
        name = "tongzhou_bench_" + "".join(c for c in Path(folder).name.lower() if c.isalnum())
        with psycopg.connect(server, autocommit=True) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
        os.environ["DATABASE_URL"] = server.rpartition("/")[0] + "/" + name
    yield


def main() -> None:
    """Make a database, fill it, plan it, measure it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vendor", choices=["postgres", "sqlite"])
    parser.add_argument("--needs", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--keep", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--approve", action="store_true")
    asked = parser.parse_args()
    with kept(asked.vendor, asked.keep) if asked.keep else desk.database(asked.vendor):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from tongzhou.chain.planning.models import Plan
        from tongzhou.registers.people.models import Account

        call_command("migrate", verbosity=0)
        plan = Plan.objects.filter(state="ready").order_by("-number").first()
        if plan is None:
            world = desk.World(asked.needs or (100_000 if asked.vendor == "postgres" else 20_000))
            fill(world, asked.vendor)
            plan = make(world)
            verify(plan)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        if asked.repeats or asked.approve:
            Account.objects.filter(login="bench-").update(login=f"bench-{os.getpid()}")
            client = desk.browser("")
        if asked.repeats:
            measure(plan, asked.repeats, client, asked.only)
        if asked.approve:
            approve(plan)


if __name__ == "__main__":
    main()
