"""migrate, createadmin and doctor, as people run them."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest

import desks

SQLITE_ONLY = pytest.mark.skipif(desks.KIND != "sqlite", reason="a copy of the file is kept for SQLite only")


def test_migrate_makes_the_database_with_its_reference_data_and_may_be_repeated(bare: desks.Desk) -> None:
    assert bare.again("migrate", "--check").returncode == 1
    done = bare.run("migrate")
    assert done.returncode == 0, done.stderr
    assert bare.again("migrate", "--check").returncode == 0
    # 3,200-odd counties and 40,000-odd streets of China; the nation itself; every category of the engines
    (places,) = bare.query("SELECT count(*) FROM places_place")[0]
    assert places > 40_000
    assert bare.query("SELECT name FROM places_place WHERE code = '420102'") == [("江岸区",)]
    before = bare.query("SELECT count(*) FROM catalogue_category")
    again = bare.again("migrate")
    assert again.returncode == 0
    assert "0 steps" in again.stdout
    assert bare.query("SELECT count(*) FROM catalogue_category") == before


@SQLITE_ONLY
def test_the_database_as_it_was_is_kept_before_it_is_changed(desk: desks.Desk) -> None:
    desk.python(
        "from django.db import connection\n"
        "connection.cursor().execute(\"DELETE FROM django_migrations WHERE app = 'sessions'\")\n"
        "connection.cursor().execute('DROP TABLE django_session')"
    )
    done = desk.again("migrate")
    assert done.returncode == 0, done.stderr
    (kept,) = (desk.data / "before-migrate").iterdir()
    assert str(kept) in done.stderr
    assert kept.stat().st_mode & 0o077 == 0
    was = desks.Desk(kept.parent, "")
    kept.rename(kept.parent / "tongzhou.sqlite3")
    assert was.query("SELECT count(*) FROM sqlite_master WHERE name = 'django_session'") == [(0,)]
    assert was.query("SELECT count(*) FROM responses_response") == [(1,)]


def test_an_administrator_gets_a_link_and_no_password(desk: desks.Desk) -> None:
    done = desk.run("createadmin", "--address", "https://desk.example/", said="root\n总管理员\n")
    assert done.returncode == 0, done.stderr
    link = done.stdout.strip()
    assert re.fullmatch(r"https://desk\.example/account/link/[\w-]{20,}/", link)
    secret = link.rstrip("/").rpartition("/")[2]
    assert desk.query("SELECT login, name FROM people_account") == [("root", "总管理员")]
    (password,) = desk.query("SELECT password FROM people_account")[0]
    assert password.startswith("!"), "a password was made"
    assert desk.query("SELECT role FROM people_grant") == [("admin",)]
    acts = {row[0] for row in desk.query("SELECT act FROM kernel_auditentry")}
    assert len(acts) >= 3
    said = desk.query("SELECT changes, reason FROM kernel_auditentry")
    assert secret not in str(said) + str(desk.query("SELECT * FROM people_invitation"))


@pytest.mark.parametrize(("login", "name"), [("", ""), ("Not A Login", "管理员"), ("root", "")])
def test_an_administrator_with_a_wrong_name_is_not_made(desk: desks.Desk, login: str, name: str) -> None:
    done = desk.again("createadmin", said=f"{login}\n{name}\n")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert desk.query("SELECT count(*) FROM people_account") == [(0,)]


def _findings(desk: desks.Desk, **settings: str) -> tuple[int, dict[str, dict[str, str]]]:
    done = desk.again("doctor", "--json", **settings)
    found: dict[str, dict[str, str]] = {}
    for each in json.loads(done.stdout):
        if found.get(each["name"], {"level": "ok"})["level"] == "ok":
            found[each["name"]] = each
    return done.returncode, found


def test_the_doctor_finds_a_sound_desk_sound(desk: desks.Desk) -> None:
    code, found = _findings(desk)
    assert code == 0, found
    assert {name: each["level"] for name, each in found.items() if each["level"] == "bad"} == {}
    assert found["backup"]["level"] == "look"
    assert found["schema"]["level"] == found["keys"]["level"] == found["tls"]["level"] == "ok"
    assert ("WAL" if desks.KIND == "sqlite" else "C.UTF-8") in found["database"]["what"]
    said = desk.run("doctor")
    assert said.returncode == 0
    assert "why:" in said.stdout
    assert "next:" in said.stdout


def test_the_doctor_names_every_ill_with_what_to_do(desk: desks.Desk) -> None:
    (desk.data / "secrets" / "master.keys").chmod(0o644)
    folder = desk.data / "backups"
    folder.mkdir()
    old = folder / "tongzhou-20200206-000000.tar.gz.age"
    old.touch()
    import os

    os.utime(old, (0, 0))
    ill = {"TONGZHOU_HOSTS": "*,desk.example", "TONGZHOU_DEBUG": "1", "TONGZHOU_MAP": "map.geojson"}
    code, found = _findings(desk, **ill)
    assert code == 1
    for name in ("keys", "backup", "hosts", "debug", "tls", "map"):
        assert found[name]["level"] == "bad", name
        assert found[name]["why"], name
        assert found[name]["next"], name


def test_the_doctor_sees_what_came_back_and_the_tick_destroys_it(desk: desks.Desk) -> None:
    desks.a_plea(desk, "19000000042")
    (contact,) = desk.query("SELECT id FROM intake_contact")[0]
    listed = desk.data / "secrets" / "erased.list"
    listed.write_text(f"intake_contact {uuid.UUID(str(contact))} 2020-05-01\n")
    listed.chmod(0o600)
    code, found = _findings(desk)
    assert (code, found["erased"]["level"]) == (1, "bad")
    assert "1 destroyed" in found["erased"]["what"]
    desk.python("from tongzhou.kernel.erasures import destroy_again; destroy_again()")
    code, found = _findings(desk)
    assert (code, found["erased"]["level"]) == (0, "ok")
    listed.write_text(listed.read_text() + "intake_cont")
    assert _findings(desk)[1]["erased"]["level"] == "look"


@pytest.mark.parametrize("address", ["postgres://nobody@127.0.0.1:9/none"])
def test_the_doctor_gets_to_the_end_without_a_database(desk: desks.Desk, address: str) -> None:
    code, found = _findings(desk, DATABASE_URL=address)
    assert code == 1
    assert found["database"]["level"] == "bad"
    assert "backup" in found


def test_a_command_without_a_database_says_so_in_one_line(desk: desks.Desk) -> None:
    for words in (["migrate"], ["serve"], ["createadmin"], ["backup", "--to", "age1x"]):
        done = desk.again(*words, said="a\nb\n", DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
        assert done.returncode == 1, (words, done.stderr)
        assert "cannot be reached" in done.stderr
        assert "Traceback" not in done.stderr


def test_settings_that_are_not_usable_are_named(desk: desks.Desk, tmp_path: Path) -> None:
    (desk.data / "secrets" / "master.keys").write_text("1:short\n")
    done = desk.run("doctor")
    assert done.returncode == 2
    assert "master.keys" in done.stderr
    assert "Traceback" not in done.stderr
