#!/usr/bin/env python3
"""Bringing in 2,000 needs through the whole desk, beside inserting as many bare rows: ratios in one run.

    python bench/imports.py [ROWS]

A database of its own in a temporary folder (SQLite, or PostgreSQL by DATABASE_URL: an empty one that may be filled).
Every row is another hospital with an address of its own: the worst case, for each makes an organisation and a contact.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

PHONE = "19000000001"  # nobody has it
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]


def table(count: int, quantity: int) -> bytes:
    """So many needs of different hospitals in Wuhan; every tenth row has a telephone."""
    head = "需求单位,物资名称,数量,单位,地址,联系电话\n"
    rows = (
        f"武汉市第{number}测试医院,医用外科口罩,{quantity + number},只,武汉市江汉区,{PHONE * (number % 10 == 0)}\n"
        for number in range(1, count + 1)
    )
    return (head + "".join(rows)).encode()


def main(count: int) -> None:
    """Measure and print."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    import builders as b
    from tongzhou.chain.intake.models import Need
    from tongzhou.chain.intake.services.paste import as_table
    from tongzhou.chain.intake.services.sheets import rows
    from tongzhou.flows.accept_import import accept_import
    from tongzhou.flows.undo_import import undo_import
    from tongzhou.kernel import ids

    b.a_place("420103")
    response, actor = b.a_response(), b.an_actor("coordinator")
    b.an_organisation()
    from tongzhou_engines.gazetteer import Gazetteer

    Gazetteer.builtin()

    def timed(what: str, act: object) -> float:
        begun, worked = time.perf_counter(), time.process_time()
        done = act()  # type: ignore[operator]
        seconds = time.process_time() - worked
        results.append((what, time.perf_counter() - begun, seconds))
        kept[what] = done
        return seconds

    results: list[tuple[str, float, float]] = []
    kept: dict[str, object] = {}

    def bring(content: bytes, kind: str = "sheet") -> object:
        batch = rows.open_batch(actor=actor, response=response, kind=kind, name="t.csv", content=content, source="t")
        return rows.read_batch(actor=actor, batch=batch)

    timed("read and compared", lambda: bring(table(count, 0)))
    timed("accepted", lambda: accept_import(actor=actor, batch_id=kept["read and compared"].pk))
    timed("tomorrow's read", lambda: bring(table(count, 7)))
    timed("all changed, accepted", lambda: accept_import(actor=actor, batch_id=kept["tomorrow's read"].pk))
    timed("undone", lambda: undo_import(actor=actor, batch_id=kept["all changed, accepted"].pk))
    pasted = table(500, 0).decode().replace(",", "\t")
    timed("500 rows pasted, previewed", lambda: bring(as_table(pasted), "paste"))
    bare = [
        Need(code=ids.new_code(), response=response, place_id="420103", category_id="surgical_mask",
             item="医用外科口罩", for_whom="facility", channel="sheet")
        for _ in range(count)
    ]  # fmt: skip
    floor = timed("floor: bare rows", lambda: Need.objects.bulk_create(bare, batch_size=500))
    # The processor's time, so that a busy machine measures the same.
    for what, seconds, worked in results:
        print(f"{what:28} {seconds:7.2f} s   {worked:6.2f} s CPU   {worked / floor:6.1f} x floor")


if __name__ == "__main__":
    own = tempfile.mkdtemp(prefix="tongzhou-bench-")
    os.environ["TONGZHOU_DATA"] = own
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongzhou.site.settings"
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
    finally:
        shutil.rmtree(own, ignore_errors=True)
