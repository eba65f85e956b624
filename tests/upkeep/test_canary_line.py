"""Canaries sung on the line of a real served desk: nowhere in plain text, and one that is planted is found."""

from __future__ import annotations

import base64
import json
import os
import re
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pyrage
import pytest

import desks

#: A word nobody else writes, one for each place where somebody types.
KINDS = (
    "message", "waiting", "answer", "note", "draft", "plan", "casefile", "entry", "reason", "place", "glass", "refused",
    "toolong", "screening", "referral", "search", "handed",
)  # fmt: skip
CANARIES = {kind: f"金丝雀Kanarie8f3ac1{kind}" for kind in KINDS}

SET_UP = """
import json
from django.test import Client
from builders import sign_in
from builders_line import a_caller, a_team, sits
from tongzhou.flows.contact_take import take_contact
from tongzhou.kernel import clock
team = a_team()
begun, actor = a_caller(team), sits(team)
cookie = lambda person: sign_in(Client(), person.account).cookies
jar = cookie(team.counsellors[0])
(name,) = [one for one in jar if "csrf" not in one]
print(json.dumps({
    "contact": str(begun.contact.pk), "secret": begun.secret, "session": f"{name}={jar[name].value}",
    "boss": f"{name}={cookie(team.supervisor)[name].value}", "line": str(team.line.pk),
}))
"""
#: Every cell of every table, as text and as bytes.
EVERY_CELL = """
import sys
from django.db import connection
out = sys.stdout.buffer
with connection.cursor() as cursor:
    for table in connection.introspection.table_names():
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            for cell in row:
                plain = bytes(cell) if isinstance(cell, (bytes, memoryview)) else str(cell).encode()
                out.write(plain.hex().encode() + b"\\n")
"""
PLANT = """
from tongzhou.desks.hotline.models import Contact
import sys
Contact.objects.update(topic=sys.argv[1])
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A served desk with a caller and a counsellor, and a way to send what they type."""

    address: str
    known: dict[str, str]

    def post(self, path: str, who: str, *, json_wanted: bool = False, **said: str) -> tuple[int, str]:
        """Send a form as the caller (``secret``), the counsellor (``session``) or the supervisor (``boss``)."""
        token = "c" * 32
        cookie = f"talk={self.known['secret']}" if who == "secret" else self.known[who]
        headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token, "Referer": f"{self.address}/"}
        if json_wanted:
            headers["Accept"] = "application/json"
        body = urllib.parse.urlencode(said).encode()
        request = urllib.request.Request(f"{self.address}{path}", data=body, headers=headers)
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are answers, not to be followed."""

    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


def forms_of(word: str) -> dict[str, bytes]:
    """The ways in which a word could stand somewhere, longest part that does not depend on what is around it."""
    found = {"utf-8": word.encode(), "utf-16-le": word.encode("utf-16-le"), "utf-16-be": word.encode("utf-16-be")}
    found["hex"] = word.encode().hex().encode()
    found["json"] = json.dumps(word)[1:-1].encode()
    found["percent"] = urllib.parse.quote(word).encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + word.encode())
        inner = coded[4 if shift else 0 : -4]
        found[f"base64+{shift}"] = inner
        found[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


NEEDLES = {f"{kind} {how}": needle for kind, word in CANARIES.items() for how, needle in forms_of(word).items()}


def hits(content: bytes) -> set[str]:
    """Which canaries sing in there."""
    return {name for name, needle in NEEDLES.items() if needle in content}


def _files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield str(file.relative_to(folder)), file.read_bytes()


def _cells(desk: desks.Desk) -> bytes:
    return b"\n".join(bytes.fromhex(line) for line in desk.python(EVERY_CELL).split())


def _server_files(desk: desks.Desk) -> Iterator[tuple[str, bytes]]:
    """Tables and write-ahead log of the PostgreSQL server, where this machine may read them."""
    if not desk.database:
        return
    folder, database = desk.query(
        "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
    )[0]
    if not os.access(str(folder), os.R_OK | os.X_OK):
        return
    for part in (Path(str(folder)) / "base" / str(database), Path(str(folder)) / "pg_wal"):
        yield from ((f"{part.name}/{name}", content) for name, content in _files(part))


def _backup(desk: desks.Desk, folder: Path) -> bytes:
    """Everything inside a backup, opened."""
    identity = pyrage.x25519.Identity.generate()
    file = folder / "backup.tar.gz.age"
    done = desk.again("backup", "--to", str(identity.to_public()), "--out", str(file))
    assert done.returncode == 0, done.stderr
    inside = pyrage.decrypt(file.read_bytes(), [identity])
    file.unlink()
    with tarfile.open(fileobj=BytesIO(inside)) as archive:
        parts = [archive.extractfile(one) for one in archive.getmembers() if one.isfile()]
        return b"\n".join(part.read() for part in parts if part is not None)


def _sing(line: Line) -> None:
    """Type a canary into every field of the line that takes words."""
    said, contact = CANARIES, line.known["contact"]
    talk = lambda who, path, **words: line.post(path, who, **words)  # noqa: E731
    assert talk("secret", "/talk/say/", json_wanted=True, client_id="canary-00", text=said["waiting"])[0] == 200
    assert talk("session", "/calls/seat/", state="open")[0] == 302  # a slow machine may have lost the seat
    assert talk("session", f"/calls/{contact}/take/")[0] == 302
    assert talk("secret", "/talk/say/", json_wanted=True, client_id="canary-01", text=said["message"])[0] == 200
    answer = talk("session", f"/calls/{contact}/say/", json_wanted=True, client_id="canary-02", text=said["answer"])
    assert answer[0] == 200
    draft = talk("session", f"/calls/{contact}/note/", json_wanted=True, text=said["draft"], base="0")
    assert draft[0] == 200
    number = str(json.loads(draft[1])["number"])
    note = talk("session", f"/calls/{contact}/note/", json_wanted=True, text=said["note"], base=number)
    assert note[0] == 200
    assert talk("session", f"/calls/{contact}/note/", json_wanted=True, text=said["refused"], base="99")[0] == 409
    long = said["toolong"] * 200
    assert talk("secret", "/talk/say/", json_wanted=True, client_id="canary-03", text=long)[0] == 422
    papers = f"/calls/{contact}/papers/"
    answers = {"now": "yes", "harm": "no", "wish": "yes", "thoughts": "no", "recent": "no"}
    assert talk("session", f"{papers}screening/", **(answers | {"now": said["screening"]}))[0] == 422
    assert talk("session", f"{papers}screening/", **answers)[0] == 200
    assert talk("session", f"{papers}plan/", signs=said["plan"])[0] == 200
    opened = talk("session", f"/calls/{contact}/case/", consent="1", called=said["casefile"], reason=said["casefile"])
    assert opened[0] == 200
    case = re.search(r"/cases/([0-9a-f-]{36})/", opened[1])
    assert case is not None
    assert talk("session", f"/cases/{case[1]}/entry/", kind="note", text=said["entry"])[0] == 302
    assert talk("session", f"/cases/{case[1]}/stage/", stage="paused", reason=said["reason"])[0] == 302
    assert talk("session", f"/calls/{contact}/referral/", target=said["place"])[0] == 200
    shown = {"item": said["referral"], "place": "武汉", "phone": "19000000031"} | dict.fromkeys(
        ("pass_item", "pass_place", "pass_phone"), "1"
    )
    assert talk("session", f"/calls/{contact}/referral/need/", do="show", **shown)[0] == 200
    assert talk("session", "/cases/glass/", contact=contact, reason=said["glass"])[0] == 302
    assert talk("secret", "/talk/say/", client_id=said["refused"], text=said["refused"])[0] in (400, 422)
    assert talk("session", f"/calls/{contact}/referral/", do="search", q=said["search"])[0] == 200
    handed = {"kind": "contact", "item": contact, "to": "supervisors", "note": said["handed"]}
    assert talk("session", "/calls/handover/give/", **handed)[0] == 302


def test_nothing_said_on_the_line_stands_anywhere_in_plain_text(desk: desks.Desk, tmp_path: Path) -> None:
    known = json.loads(desk.python(SET_UP))
    log, spill = tmp_path / "serve.log", tmp_path / "spill"
    spill.mkdir()
    with desk.served(log, TMPDIR=str(spill)) as (address, process):
        _sing(Line(address, known))
        running = {name: found for name, content in _files(desk.data, spill) if (found := hits(content))}
        process.kill()  # what a sudden end leaves behind, the write-ahead log included
        process.wait(60)
    assert running == {}
    assert log.stat().st_size > 0
    assert hits(log.read_bytes()) == set()
    left = {name: found for name, content in _files(desk.data, spill) if (found := hits(content))}
    assert left == {}
    stored = {name: found for name, content in _server_files(desk) if (found := hits(content))}
    assert stored == {}
    assert hits(_cells(desk)) == set()
    assert hits(_backup(desk, tmp_path)) == set()


def test_a_planted_canary_is_found(desk: desks.Desk, tmp_path: Path) -> None:
    desk.python(SET_UP)
    planted = CANARIES["note"]
    desk.python(PLANT, planted)
    assert "note utf-8" in hits(_cells(desk))
    if desk.database:
        desk.query("SELECT 1")
    else:
        assert any("note utf-8" in hits(content) for _, content in _files(desk.data))
        assert "note utf-8" in hits(_backup(desk, tmp_path))
    for how, needle in forms_of(planted).items():
        assert f"note {how}" in hits(b"before " + needle + b" after")


@pytest.mark.parametrize("around", [b"", b"x", b"xy", b"xyz"])
def test_base64_is_found_wherever_the_word_begins(around: bytes) -> None:
    coded = base64.b64encode(around + CANARIES["plan"].encode() + b"rest of it")
    assert any(name.startswith("plan base64") for name in hits(coded))
