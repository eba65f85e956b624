"""Server time of the desk and its lists over a million needs, beside the floor: the one SQL statement behind the page.

    PYTHONPATH=src python bench/desk.py postgres [--rows 1000000] [--repeats 60]
    PYTHONPATH=src python bench/desk.py sqlite [--rows 200000]

PostgreSQL is taken from BENCH_POSTGRES (default postgres://postgres@127.0.0.1:5432/postgres); a database is made for
the run and dropped afterwards. The needs are made up from a fixed seed. A page's time is that of the whole request
inside one process: middleware, session, access, statements, template. The floor is the statement that fetches the
page's rows, sent by the bare driver. Both are printed with p50 and p95 in milliseconds; CPU is what this process used
(PostgreSQL works in its own), so it hardly depends on what else the machine does.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import html
import io
import logging
import os
import platform
import random
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SEED = 20200206
#: Share of each state, of each urgency; how needs gather in a few cities.
STATES = {"received": 30, "waiting": 8, "verified": 32, "solved": 20, "withdrawn": 4, "refused": 3, "expired": 3}
URGENCIES = {0: 3, 1: 17, 2: 50, 3: 30}
#: One submission in so many is held; so many pairs of needs look alike.
HELD, PAIRS = 100, 10_000
CITY_WEIGHT = {"4201": 40, "4209": 8, "4211": 8, "4206": 6}
WORDS = ("口罩", "手套", "武昌", "孝感", "消毒", "胰岛", "防护", "面罩", "护目", "床位")
COLUMNS = (
    "id",
    "version",
    "created_at",
    "updated_at",
    "code",
    "response_id",
    "line",
    "place_id",
    "place_certain",
    "for_whom",
    "requester",
    "category_id",
    "item",
    "specification",
    "quantity_asked",
    "quantity_confirmed",
    "unit",
    "quantity_flag",
    "urgency",
    "urgency_order",
    "vulnerability",
    "note",
    "state",
    "state_reason",
    "solved_by",
    "verified_at",
    "stale_at",
    "expires_at",
    "channel",
    "submission_id",
    "synthetic",
    "search",
)


def p(values: list[float], share: int) -> float:
    """A percentile in milliseconds."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1] * 1000


@contextlib.contextmanager
def database(vendor: str) -> Iterator[None]:
    """A database of its own, named in the environment before Django reads it; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tongzhou-bench-") as folder:
        os.environ |= {
            "TONGZHOU_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "tongzhou.site.settings",
            "TONGZHOU_HOSTS": "testserver",
        }
        if vendor == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            yield
            return
        import psycopg

        server = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
        name = f"tongzhou_bench_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")
            os.environ["DATABASE_URL"] = server.rpartition("/")[0] + "/" + name
            try:
                yield
            finally:
                from django.db import connections

                connections.close_all()
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class World:
    """The registers, and made-up needs on top of them."""

    def __init__(self, rows: int) -> None:
        from tongzhou.registers.catalogue.models import Category
        from tongzhou.registers.catalogue.services import seed_catalogue
        from tongzhou.registers.places.models import Place
        from tongzhou.registers.places.services import seed_places
        from tongzhou.registers.responses.models import Response

        seed_places()
        seed_catalogue()
        self.rows = rows
        self.random = random.Random(SEED)
        self.now = dt.datetime.now(dt.UTC)
        self.response = Response.objects.create(
            slug="bench", name="基准", started_on=dt.date(2020, 1, 23), area=Place.objects.get(code="42")
        )
        self.places = list(Place.objects.filter(code__startswith="42", level__in=["street", "district"]))
        self.place_weights = [CITY_WEIGHT.get(place.code[:4], 2) for place in self.places]
        self.categories = list(Category.objects.all())
        self.category_weights = [1 / (rank + 2) for rank in range(len(self.categories))]

    def needs(self) -> Iterator[tuple[Any, ...]]:
        """One row after the other, oldest first."""
        from tongzhou.chain.intake.services.search import tokens
        from tongzhou.kernel import ids
        from tongzhou.registers.places.types import ancestor_codes

        rng = self.random
        words_of = {
            p.code: tokens(p.full_name) + [c for c in ancestor_codes(p.code) if len(c) > 1] for p in self.places
        }
        words_in = {c.key: tokens(c.name) + tokens(c.name_en) for c in self.categories}
        hospitals = [f"{place.short_name}第{number}测试医院" for place in self.places[::5] for number in (1, 2)]
        words_at = {name: tokens(name) for name in hospitals}
        places = rng.choices(self.places, self.place_weights, k=self.rows)
        categories = rng.choices(self.categories, self.category_weights, k=self.rows)
        states = rng.choices(list(STATES), list(STATES.values()), k=self.rows)
        urgencies = rng.choices(list(URGENCIES), list(URGENCIES.values()), k=self.rows)
        codes = iter(self._codes())
        start = self.now - dt.timedelta(days=60)
        for number in range(self.rows):
            place, category, state, urgency = places[number], categories[number], states[number], urgencies[number]
            at = start + dt.timedelta(days=60) * (number / self.rows)
            facility = rng.random() < 0.4
            who = rng.choice(hospitals) if facility else ""
            code = next(codes)
            words = dict.fromkeys([code, *words_in[category.key], *words_at.get(who, ()), *words_of[place.code]])
            verified = state in ("verified", "solved")
            asked = rng.randrange(1, 5000)
            key, channel = ids.new_id(), rng.choice(("form", "phone", "sheet", "sheet"))
            yield (
                key,
                1,
                at,
                at,
                code,
                self.response.pk,
                category.line,
                place.code,
                True,
                "facility" if facility else "self",
                who,
                category.key,
                category.name,
                "",
                asked,
                asked if verified else None,
                category.unit,
                "implausible" if rng.random() < 0.02 else "",
                urgency if verified else None,
                urgency,
                "[]",
                "",
                state,
                "",
                "",
                at + dt.timedelta(hours=5) if verified else None,
                at + dt.timedelta(days=rng.randrange(1, 70)),
                at + dt.timedelta(days=90),
                channel,
                key if channel == "form" else None,
                False,
                f" {' '.join(words)} ",
            )

    def _codes(self) -> Iterator[str]:
        from stdnum.iso7064 import mod_11_10

        for body in self.random.sample(range(10**8, 10**9), self.rows):
            yield f"{body}{mod_11_10.calc_check_digit(str(body))}"


def load(world: World, vendor: str) -> float:
    """Write the needs without their indexes, then make those; seconds it took."""
    from django.db import connection, transaction

    from tongzhou.chain.intake.models import Need

    begun = time.perf_counter()
    with connection.schema_editor() as editor:
        for index in Need._meta.indexes:
            editor.remove_index(Need, index)
    with transaction.atomic(), connection.cursor() as cursor:
        if vendor == "postgres":
            with cursor.copy(f"COPY intake_need ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in world.needs():
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(COLUMNS))
            plain = ([_sqlite(value) for value in row] for row in world.needs())
            raw = connection.connection
            raw.executemany(f"INSERT INTO intake_need ({', '.join(COLUMNS)}) VALUES ({marks})", plain)
        cursor.execute(SUBMISSIONS, [f"%{HELD - 1}"])
    with connection.schema_editor() as editor:
        if vendor == "postgres":
            editor.execute("SET maintenance_work_mem = '1GB'")
        for index in Need._meta.indexes:
            editor.add_index(Need, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if vendor == "postgres" else "ANALYZE")
    return time.perf_counter() - begun


#: A submission for each need that came by form, with the need's own id; some are held.
SUBMISSIONS = """
INSERT INTO intake_submission (id, version, created_at, updated_at, key_scope, key_version, kind, channel, code,
    secret_hash, for_whom, consent, language, moved_at, held_reason, response_id)
SELECT id, 1, created_at, created_at, '', 0, 'need', channel, code, '', for_whom, true, 'zh-hans', created_at,
    CASE WHEN code LIKE %s THEN 'flood' ELSE '' END, response_id
FROM intake_need WHERE submission_id IS NOT NULL
"""


def _sqlite(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value.hex
    return value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, dt.datetime) else value


def trail(world: World) -> None:
    """The newest needs moved lately: what the feed tells; and open needs look alike."""
    from tongzhou.chain.intake.models import Need
    from tongzhou.chain.triage.models import DuplicatePair
    from tongzhou.kernel import audit
    from tongzhou.kernel.access import SYSTEM

    recent = list(Need.objects.order_by("-created_at")[:20_000])
    audit.record_many(
        actor=SYSTEM, act="need.change", rows=((need, {"state": ["received", need.state]}) for need in recent)
    )
    alike = sorted(
        Need.objects.filter(state="received").order_by("-created_at").values_list("pk", flat=True)[: 2 * PAIRS]
    )
    pairs = (
        DuplicatePair(first_id=one, second_id=two, score=80) for one, two in zip(alike[::2], alike[1::2], strict=False)
    )
    DuplicatePair.objects.bulk_create(pairs, batch_size=500)


def browser(area: str) -> Any:
    """A signed-in coordinator of an area."""
    from allauth.account.internal.userkit import user_id_to_str
    from django.test import Client

    from tongzhou.kernel import clock
    from tongzhou.registers.people.models import Account, Grant

    account = Account.objects.create(login=f"bench-{area}", name="协调员")
    Grant.objects.create(
        account=account, role="coordinator", area=area, valid_from=clock.now() - dt.timedelta(days=1), reason="-"
    )
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = user_id_to_str(account)
    session.save()
    return client


class Cases:
    """The pages that are measured, with a different address each time, and the floor of each."""

    def __init__(self, world: World) -> None:
        self.world, self.random = world, random.Random(SEED + 1)
        self.response = world.response

    def _open(self) -> Any:
        from tongzhou.chain.intake.models import Need

        return Need.objects.filter(response=self.response, state="received").order_by(
            "urgency_order", "created_at", "id"
        )

    def _rows(self, rows: Any) -> tuple[str, tuple[Any, ...]]:
        wanted = rows.values_list(
            "id", "item", "code", "quantity_asked", "place_id", "state", "created_at", "urgency_order"
        )
        sql, params = wanted[:51].query.get_compiler("default").as_sql()
        return sql, params

    def desk(self) -> tuple[str, Any]:
        """The desk; floor: the urgent end of the verification queue."""
        return "/desk/", self._open()

    def first(self) -> tuple[str, Any]:
        """The first page of open needs."""
        return "/needs/", self._open()

    def two_facets(self) -> tuple[str, Any]:
        """A category and a city."""
        category = self.random.choice(self.world.categories[:25]).key
        city = self.random.choice(("4201", "4209", "4211", "4206", "4203"))
        low, high = city, str(int(city) + 1)
        floor = self._open().filter(category_id=category, place_id__gte=low, place_id__lt=high)
        return "/needs/?" + urlencode({"category": category, "place": city}), floor

    def three_facets(self) -> tuple[str, Any]:
        """State, urgency and who asks: facets no index serves together."""
        said = {"state": "received", "urgency": self.random.choice("0123"), "who": "facility"}
        floor = self._open().filter(urgency_order=int(said["urgency"]), for_whom="facility")
        return "/needs/?" + urlencode(said), floor

    def words(self) -> tuple[str, Any]:
        """A word of two characters."""
        from tongzhou.chain.intake.services.search import found

        word = self.random.choice(WORDS)
        return "/needs/?" + urlencode({"q": word}), found(self._open(), word)

    def rare_words(self) -> tuple[str, Any]:
        """A word few rows hold, with a code's beginning as the second."""
        from tongzhou.chain.intake.services.search import found

        text = f"测试 {self.random.randrange(10**3, 10**4)}"
        return "/needs/?" + urlencode({"q": text}), found(self._open(), text)

    def newest(self) -> tuple[str, Any]:
        """Every state, the newest first."""
        return "/needs/?state=all&sort=new", self._open().order_by("-created_at", "-id")


def deep(client: Any, pages: int) -> str:
    """The address of a page far down the list."""
    address = "/needs/"
    for _page in range(pages):
        page = client.get(address).content.decode()
        address = html.unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])  # type: ignore[index]
    return address


def timed(act: Callable[[], Any]) -> float:
    """Seconds one call takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def raw(vendor: str, sql: str, params: Any) -> None:
    """One statement by the bare driver."""
    from django.db import connection

    if vendor == "postgres":
        with connection.connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchall()
    else:
        connection.connection.execute(sql.replace("%s", "?"), [_sqlite(value) for value in params]).fetchall()


def measure(
    vendor: str, name: str, client: Any, case: Callable[[], tuple[str, Any]], cases: Cases, repeats: int
) -> None:
    """Print one line of the table."""
    from django.db import connection

    statements: list[float] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            statements.append(time.perf_counter() - begun)

    asked = [case() for _turn in range(repeats + 3)]
    for path, _floor in asked[:3]:
        assert client.get(path).status_code == 200, path
    pages, work, inside, floors, count = [], [], [], [], 0
    for path, floor in asked[3:]:
        statements.clear()
        with connection.execute_wrapper(watch):
            used = time.process_time()
            pages.append(timed(lambda path=path: client.get(path)))
            work.append(time.process_time() - used)
        inside.append(sum(statements))
        count = len(statements)
        sql, params = cases._rows(floor)
        connection.ensure_connection()
        floors.append(timed(lambda sql=sql, params=params: raw(vendor, sql, params)))
    print(
        f"| {name} | {p(pages, 50):.0f} | {p(pages, 95):.0f} | {p(work, 50):.0f} | {p(work, 95):.0f} | "
        f"{p(inside, 50):.0f} | {count} | {p(floors, 50):.1f} | {p(floors, 95):.1f} | "
        f"{p(pages, 95) / max(p(floors, 95), 0.1):.0f} |",
        flush=True,
    )


def machine() -> str:
    """What it ran on, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def run(vendor: str, rows: int, repeats: int) -> None:
    """Load and measure."""
    import django

    django.setup()
    logging.disable()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, stdout=io.StringIO())
    world = World(rows)
    seconds = load(world, vendor)
    trail(world)
    if vendor == "postgres":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(
        f"{vendor}, {rows:,} needs (loaded in {seconds:.0f} s), {dt.date.today()}, {machine()}, {repeats} requests each"
    )
    print("| page | p50 ms | p95 ms | CPU p50 | CPU p95 | SQL p50 | statements | floor p50 | floor p95 | p95 / floor |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    cases = Cases(world)
    whole, city = browser(""), browser("4201")
    address = deep(whole, 40)
    for name, client, case in (
        ("desk", whole, cases.desk),
        ("desk, one city", city, cases.desk),
        ("needs", whole, cases.first),
        ("needs, one city", city, cases.first),
        ("needs, page 41", whole, lambda: (address, cases._open())),
        ("needs, two facets", whole, cases.two_facets),
        ("needs, three facets", whole, cases.three_facets),
        ("needs, a two-character word", whole, cases.words),
        ("needs, a rare word", whole, cases.rare_words),
        ("needs, all, newest first", whole, cases.newest),
    ):
        measure(vendor, name, client, case, cases, repeats)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vendor", choices=["postgres", "sqlite"])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--repeats", type=int, default=60)
    said = parser.parse_args()
    with database(said.vendor):
        run(said.vendor, said.rows or (1_000_000 if said.vendor == "postgres" else 200_000), said.repeats)


if __name__ == "__main__":
    sys.exit(main())
