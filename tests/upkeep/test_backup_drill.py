"""The drill: what was backed up comes back to the last row, and nothing else ever opens or replaces anything.

The first test runs every command from nothing, as people do; the others begin in a process loaded beforehand.
"""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

import desks

PHONE = "19000000031"
#: Every row of every table, in an order that does not depend on the database.
EVERY_ROW = """
import hashlib, json
from django.db import connection
found = {}
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names()):
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = sorted(repr([bytes(c) if isinstance(c, memoryview) else c for c in row]) for row in cursor.fetchall())
        found[table] = [len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest()]
print(json.dumps(found))
"""
WHOLE = """
import sys
from tongzhou.kernel import audit, crypto
from tongzhou.chain.intake.models import Contact
print(audit.verify(), [crypto.unseal(contact, "phone") for contact in Contact.objects.all()])
"""
#: Ninety days after it was closed, one contact is destroyed.
FORGET = """
from tongzhou.chain.intake.models import Contact
from tongzhou.chain.intake.services.forgetting import forget_one
print(forget_one(Contact.objects.get()))
"""
#: What is left to read of it, the acts in its trail, and whether the trail is whole.
LEFT = """
from tongzhou.chain.intake.models import Contact
from tongzhou.kernel import audit
one = Contact.objects.get()
acts = sorted(entry.act for entry in audit.history(one))
print([one.record_key, one.phone, one.address, one.phone_index, one.address_index], acts, audit.verify())
"""


def _backup(desk: desks.Desk, folder: Path, *words: str) -> tuple[Path, Path]:
    """A backup closed to a new key: (the backup, the key)."""
    key, file = folder / "identity", folder / "backup.tar.gz.age"
    identity = pyrage.x25519.Identity.generate()
    key.write_text(f"{identity}\n")
    done = desk.again("backup", "--to", str(identity.to_public()), "--out", str(file), *words)
    assert done.returncode == 0, done.stderr
    return file, key


@dataclass(frozen=True, slots=True)
class Saved:
    """A desk with one plea, its backup without and with its keys, and what opens each."""

    desk: desks.Desk
    plain: tuple[Path, Path]
    whole: tuple[Path, Path]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    """Made once: no test changes it."""
    folder = tmp_path_factory.mktemp("saved")
    (folder / "plain").mkdir()
    (folder / "whole").mkdir()
    with desks.a_desk(folder) as desk:
        desks.a_plea(desk, PHONE)
        yield Saved(desk, _backup(desk, folder / "plain"), _backup(desk, folder / "whole", "--with-keys"))


def test_what_was_backed_up_comes_back_to_the_last_row(desk: desks.Desk, bare: desks.Desk, tmp_path: Path) -> None:
    desks.a_plea(desk, PHONE)
    before = json.loads(desk.python(EVERY_ROW))
    key, file = tmp_path / "identity", tmp_path / "backup.tar.gz.age"
    recipient = desk.run("backup", "--new-key", str(key)).stdout.strip()
    done = desk.run("backup", "--to", recipient, "--out", str(file))
    assert done.returncode == 0, done.stderr
    desks.a_plea(desk, "19000000032", "plea-2")  # after the backup: not in it

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert not [word for word in (PHONE, "测试人", "CREATE TABLE", "intake_need") if word.encode() in content]
    assert not list(desk.data.glob(".backup-*")), "a plain copy was left behind"

    (bare.data / "secrets").mkdir(mode=0o700)
    shutil.copy(desk.data / "secrets" / "master.keys", bare.data / "secrets")
    done = bare.run("restore", str(file), "--identity", str(key))
    assert done.returncode == 0, done.stderr
    assert "Restored the backup of" in done.stdout
    assert "the database is up to date" in done.stdout  # the doctor's word
    assert json.loads(bare.python(EVERY_ROW)) == before
    assert bare.python(WHOLE).strip() == f"[] ['{PHONE}']"
    # Rows made afterwards get numbers of their own: the sequences came back too.
    desks.a_plea(bare, "19000000033", "plea-3")


def test_what_was_destroyed_after_the_backup_does_not_come_back(
    desk: desks.Desk, bare: desks.Desk, tmp_path: Path
) -> None:
    desks.a_plea(desk, PHONE)
    file, key = _backup(desk, tmp_path, "--with-keys")
    assert not (tmp_path / "erased.list").exists()
    recipient = pyrage.x25519.Identity.from_str(key.read_text().split()[-1]).to_public()
    assert desk.python(FORGET).strip() == "True"
    newer = tmp_path / "newer.age"  # whoever keeps the backups together keeps the newest list beside them
    assert desk.again("backup", "--to", str(recipient), "--out", str(newer)).returncode == 0

    done = bare.again("restore", str(file), "--identity", str(key))
    assert done.returncode == 0, done.stderr
    assert "2 contacts and raw forms" in done.stderr
    assert bare.python(LEFT).strip() == "[None, None, None, '', ''] ['erased.again', 'need.submitted'] []"
    listed = (bare.data / "secrets" / "erased.list").read_text()
    assert listed == (desk.data / "secrets" / "erased.list").read_text() == (tmp_path / "erased.list").read_text()
    assert len(listed.splitlines()) == 2


def test_the_list_also_travels_inside_the_backup(desk: desks.Desk, bare: desks.Desk, tmp_path: Path) -> None:
    desks.a_plea(desk, PHONE)
    assert desk.python(FORGET).strip() == "True"
    (desk.data / "secrets" / "erased.list").unlink()  # lost: the database still knows
    file, key = _backup(desk, tmp_path, "--with-keys")
    (tmp_path / "erased.list").unlink()
    own = "intake_contact 01900000-0000-7000-8000-000000000000 2020-05-01\n"
    (bare.data / "secrets").mkdir(mode=0o700)
    (bare.data / "secrets" / "erased.list").write_text(own)
    assert bare.again("restore", str(file), "--identity", str(key)).returncode == 0
    lines = (bare.data / "secrets" / "erased.list").read_text().splitlines(keepends=True)
    assert len(lines) == 3
    assert own in lines


def test_the_restored_place_is_never_written_over(desk: desks.Desk, saved: Saved) -> None:
    file, key = saved.plain
    before = desk.python(EVERY_ROW)
    done = desk.again("restore", str(file), "--identity", str(key))
    assert done.returncode == 1
    assert "will not be overwritten" in done.stderr
    assert desk.python(EVERY_ROW) == before


def test_without_the_keys_of_that_time_nothing_is_restored(bare: desks.Desk, saved: Saved) -> None:
    file, key = saved.plain
    done = bare.again("restore", str(file), "--identity", str(key))
    assert done.returncode == 1
    assert "not those of the backup" in done.stderr
    assert not (bare.data / "secrets" / "master.keys").exists(), "keys that belong to nothing were left there"
    assert json.loads(bare.python(EVERY_ROW)) == {}


def test_a_backup_with_its_keys_is_whole_by_itself(bare: desks.Desk, saved: Saved) -> None:
    file, key = saved.whole
    done = bare.again("restore", str(file), "--identity", str(key))
    assert done.returncode == 0, done.stderr
    assert bare.python(WHOLE).strip() == f"[] ['{PHONE}']"
    keys = bare.data / "secrets" / "master.keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


def test_a_wrong_or_damaged_backup_changes_nothing(bare: desks.Desk, saved: Saved, tmp_path: Path) -> None:
    content, right = (path.read_bytes() for path in saved.whole)
    file, key = tmp_path / "backup.tar.gz.age", tmp_path / "identity"
    at = len(content) - 100
    harms = {
        "another key": (content, str(pyrage.x25519.Identity.generate()).encode()),
        "cut off": (content[: len(content) // 2], right),
        "one byte changed": (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], right),
        "not a backup": (b"PK\x03\x04 nothing of the kind", right),
    }
    for harm, (harmed, identity) in harms.items():
        file.write_bytes(harmed)
        key.write_bytes(identity)
        done = bare.again("restore", str(file), "--identity", str(key))
        assert done.returncode == 2, (harm, done.stderr)
        assert re.search("does not open|incomplete", done.stderr), harm
        assert not list(bare.data.glob(".restore-*")), harm
    assert json.loads(bare.python(EVERY_ROW)) == {}


def test_a_passphrase_works_too_and_a_short_one_is_refused(desk: desks.Desk, bare: desks.Desk, tmp_path: Path) -> None:
    words, file = tmp_path / "words", tmp_path / "backup.age"
    words.write_text("short\n")
    refused = desk.again("backup", "--passphrase-file", str(words), "--out", str(file))
    assert refused.returncode == 2
    assert not file.exists()
    words.write_text("seven words that nobody else would choose\n")
    assert desk.again("backup", "--passphrase-file", str(words), "--out", str(file), "--with-keys").returncode == 0
    assert bare.again("restore", str(file), "--passphrase-file", str(words)).returncode == 0


def test_a_backup_is_never_written_unencrypted(desk: desks.Desk) -> None:
    done = desk.again("backup")
    assert done.returncode == 2
    assert "always encrypted" in done.stderr
    assert not (desk.data / "backups").exists()


def test_old_backups_are_forgotten_only_when_asked(desk: desks.Desk) -> None:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    folder = desk.data / "backups"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"tongzhou-202002{day}-000000.tar.gz.age").touch()
    assert desk.again("backup", "--to", recipient).returncode == 0
    assert len(list(folder.iterdir())) == 4
    assert desk.again("backup", "--to", recipient, "--keep", "2").returncode == 0
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 2
    assert left[0] > "tongzhou-20200203"
