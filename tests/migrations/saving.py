"""Save today's database as an older one for the upgrade test: ``python tests/migrations/saving.py 0.1.0``.

Run once for each release, on SQLite and (TONGZHOU_TEST_DATABASE_URL) on PostgreSQL; what was saved is never made again
after its release. PostgreSQL's own pg_dump is needed for its half.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "src")]

import desks  # noqa: E402

DATA = Path(__file__).parent / "data"
#: Small and hand-made; test_upgrade.py knows every value by heart.
WORLD = """
import builders
from tongzhou.chain.intake.models import Need
from tongzhou.chain.triage.types import Outcome, Verdict
from tongzhou.flows.verify_need import take_need, verify_need
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.services import create_account, grant_role
need = Need.objects.get()
account = create_account(actor=SYSTEM, login="verifier", name="核实员·湖北", reason="saved")
grant_role(actor=SYSTEM, account=account, role="verifier", area="42", reason="saved")
actor = actor_for(account, second_factor=True)
take_need(actor=actor, need=need, now=clock.now())
need.refresh_from_db()
verdict = Verdict(Outcome.CONFIRMED, quantity=15, urgency=1, note="已通话")
verify_need(actor=actor, need=need, verdict=verdict, expect=need.version, now=clock.now())
builders.an_offer(quantity=5000)
builders.an_organisation("保存的测试医院")
"""


def main() -> int:
    """Make the world and write it down."""
    release = sys.argv[1]
    with tempfile.TemporaryDirectory() as name, desks.a_desk(Path(name)) as desk:
        desks.a_plea(desk, "19000000061")
        desk.python(WORLD)
        DATA.mkdir(exist_ok=True)
        shutil.copy(desk.data / "secrets" / "master.keys", DATA / f"{release}.{desks.KIND}.keys")
        content, form = (_postgres(desk.database), "sql") if desk.database else (_sqlite(desk), "sqlite3")
        target = DATA / f"{release}.{desks.KIND}.{form}.gz"
        with target.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
            packed.write(content)
        print(target, target.stat().st_size)
    return 0


def _sqlite(desk: desks.Desk) -> bytes:
    """The file itself: SQL would not bring its search tables back."""
    small = desk.data / "small.sqlite3"
    with contextlib.closing(sqlite3.connect(desk.data / "tongzhou.sqlite3")) as opened:
        opened.execute(f"VACUUM INTO '{small}'")
    return small.read_bytes()


def _postgres(address: str) -> bytes:
    command = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", address]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.sub(r"^\\.*$", "", text, flags=re.MULTILINE).encode()  # without words for psql only


if __name__ == "__main__":
    sys.exit(main())
