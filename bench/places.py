"""Seeding all divisions against the floor: the bare driver putting the same rows into the same table.

    PYTHONPATH=src python bench/places.py [--database postgres://...] [--rounds 5]

--database names an EMPTY PostgreSQL database; without it a SQLite file in a temporary folder is used. Every round
empties the table, so nothing else may be in it. Prints the median of each way and its ratio to the floor, in one run:

    floor        COPY (PostgreSQL) or executemany (SQLite) of rows ready in memory, by the bare driver, one commit
    seed_places  the service: reads the built-in list, makes the rows, compares with the table, inserts
    again        the service a second time, nothing to do
    bulk_create  Django's own way with the same ready rows
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable


def median(run: Callable[[], object], before: Callable[[], object], rounds: int) -> float:
    """Seconds of the middle round; `before` is not counted."""
    taken = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--database", default="")
    words.add_argument("--rounds", type=int, default=5)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="tongzhou-bench-") as folder:
        os.environ["TONGZHOU_DATA"] = folder
        os.environ["DATABASE_URL"] = asked.database
        os.environ["DJANGO_SETTINGS_MODULE"] = "tongzhou.site.settings"
        measure(asked.rounds)


def measure(rounds: int) -> None:
    """One run over an empty database."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from tongzhou.registers.places.models import Place
    from tongzhou.registers.places.services import seed_places
    from tongzhou.registers.places.services.seeding import COLUMNS, place_rows

    call_command("migrate", verbosity=0, skip_checks=True)
    rows = place_rows()

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM places_place")

    def floor() -> None:
        marks = ", ".join(["?"] * len(COLUMNS))
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY places_place ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                bare = cursor.cursor.connection.cursor()
                bare.executemany(f"INSERT INTO places_place ({', '.join(COLUMNS)}) VALUES ({marks})", rows)

    def bulk() -> None:
        Place.objects.bulk_create([Place(**dict(zip(COLUMNS, row, strict=True))) for row in rows], batch_size=500)

    if Place.objects.exists():
        raise SystemExit("the database is not empty")
    ways = {
        "floor": median(floor, empty, rounds),
        "seed_places": median(seed_places, empty, rounds),
        "again": median(seed_places, lambda: None, rounds),
        "bulk_create": median(bulk, empty, rounds),
    }
    empty()
    print(f"{connection.vendor}: {len(rows):,} divisions, median of {rounds} rounds")
    for name, seconds in ways.items():
        print(f"{name:12} {seconds:6.3f} s   {seconds / ways['floor']:5.2f} x floor")


if __name__ == "__main__":
    main()
