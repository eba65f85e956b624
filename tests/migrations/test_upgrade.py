"""A database that an older release left behind is brought up to date, and every row still says what it said."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import desks
from migrations.schemas import schema

DATA = Path(__file__).parent / "data"
#: Every release whose databases must be readable for ever.
RELEASES = ("0.1.0",)
#: What saving.py put in, as the program sees it now.
SEEN = """
import json
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.kernel import audit, crypto
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.models import Account, Grant
need = Need.objects.get()
print(json.dumps({
    "need": [need.item, need.unit, need.quantity_asked, need.quantity_confirmed, need.urgency, need.state,
             need.place_id],
    "phone": crypto.unseal(need.contact, "phone"),
    "offer": list(Offer.objects.values_list("quantity", "item")[0]),
    "organisation": Organisation.objects.get().name,
    "grant": list(Grant.objects.values_list("account__login", "role", "area")[0]),
    "password": Account.objects.get().has_usable_password(),
    "history": audit.history(need).count() >= 2,
    "ills": audit.verify(),
}))
"""


@pytest.fixture(scope="module", params=RELEASES)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[desks.Desk]:
    """The database of an older release with its keys, brought up to date once."""
    form = "sql" if desks.SERVER else "sqlite3"
    content = gzip.decompress((DATA / f"{request.param}.{desks.KIND}.{form}.gz").read_bytes())
    data = tmp_path_factory.mktemp("older") / "old"
    (data / "secrets").mkdir(parents=True, mode=0o700)
    shutil.copy(DATA / f"{request.param}.{desks.KIND}.keys", data / "secrets" / "master.keys")
    (data / "secrets" / "master.keys").chmod(0o600)
    with desks.a_database() as address:
        if address:
            with psycopg.connect(address) as opened:
                opened.execute(content)
        else:
            (data / "tongzhou.sqlite3").write_bytes(content)
        desk = desks.Desk(data, address)
        done = desk.run("migrate")
        assert done.returncode == 0, done.stderr
        yield desk


def test_an_older_database_is_brought_up_to_date_and_says_what_it_said(old: desks.Desk) -> None:
    assert old.run("migrate", "--check").returncode == 0
    assert json.loads(old.python(SEEN)) == {
        "need": ["医用外科口罩", "只", 20, 15, 1, "verified", "420102"],
        "phone": "19000000061",
        "offer": [5000, "医用外科口罩"],
        "organisation": "保存的测试医院",
        "grant": ["verifier", "verifier", "42"],
        "password": False,
        "history": True,
        "ills": [],
    }
    desks.a_plea(old, "19000000062", "after-the-upgrade")  # and it works on


def test_an_older_database_becomes_the_same_as_a_new_one(old: desks.Desk, tmp_path: Path) -> None:
    """Tables, columns, constraints, indexes and triggers, by whichever migrations they came."""
    with desks.a_desk(tmp_path) as new:
        wanted, found = schema(new), schema(old)
    assert len({name for kind, name, _ in wanted if kind == "index"}) > 100
    assert (sorted(found - wanted), sorted(wanted - found)) == ([], [])
