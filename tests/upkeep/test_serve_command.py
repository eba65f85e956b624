"""serve: what it refuses, that it lives on when a part dies, ends when asked, and says nothing about people."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

import pytest

import desks

PHONE = "19000000041"


def _lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]


def _children(log: Path) -> dict[str, list[int]]:
    """Process ids of each child, in the order they were started."""
    found: dict[str, list[int]] = defaultdict(list)
    for line in _lines(log):
        if line["message"] == "started":
            found[str(line["child"])].append(int(str(line["pid"])))
    return found


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("nothing was migrated", "[.]/tongzhou migrate"),
        ("the folder is the demo's", "made for the demo"),
        ("the demo's setting", "TONGZHOU_DEMO=1 is set"),
        ("a newer version was here", "newer version"),
        ("the port is taken", "cannot listen"),
    ],
)
def test_what_must_not_be_served_is_refused(spoil: str, said: str, desk: desks.Desk, bare: desks.Desk) -> None:
    chosen, settings = desk, {}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = "0"
        if spoil == "nothing was migrated":
            chosen = bare
        elif spoil == "the folder is the demo's":
            (desk.data / "THIS-IS-A-DEMO").touch()
        elif spoil == "the demo's setting":
            settings = {"TONGZHOU_DEMO": "1"}
        elif spoil == "a newer version was here":
            desk.python(
                "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection\n"
                "R(connection).record_applied('kernel', '9999_from_the_future')"
            )
        else:
            port = str(taken.getsockname()[1])
        done = chosen.again("serve", "--port", port, **settings)
    assert done.returncode in (1, 2)
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_part_that_dies_is_started_again_and_all_end_when_asked(desk: desks.Desk, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with desk.served(log) as (address, process):
        desks.wait_until(lambda: len(_children(log)) == 3)
        first = _children(log)
        assert first.keys() == {"web 1", "worker", "tick"}
        for (child,) in first.values():
            os.kill(child, signal.SIGKILL)
        desks.wait_until(lambda: all(len(found) == 2 for found in _children(log).values()))
        with urllib.request.urlopen(address, timeout=180) as answer:  # waits in the door that never closed
            assert answer.status == 200
        again = {name: found[-1] for name, found in _children(log).items()}
        process.send_signal(signal.SIGTERM)
        assert process.wait(180) == 0
    assert not [name for name, child in again.items() if _is_running(child)]
    assert _lines(log)[-1]["message"] == "stopped"
    assert not [line for line in _lines(log) if str(line["message"]).startswith("killed")], (
        "a part did not end by itself"
    )


def test_children_end_when_the_supervisor_is_killed(desk: desks.Desk, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with desk.served(log) as (_, process):
        desks.wait_until(lambda: len(_children(log)) == 3)
        children = [found[0] for found in _children(log).values()]
        process.kill()
        desks.wait_until(lambda: not any(_is_running(child) for child in children))


def test_the_log_is_json_with_the_request_and_without_the_person(desk: desks.Desk, tmp_path: Path) -> None:
    log = tmp_path / "log"
    given = "test-0123-4567"
    with desk.served(log) as (address, _):
        answered = []
        for path in (f"/?phone={PHONE}", f"/r/{PHONE}/", f"/needs/?q={PHONE}"):
            request = urllib.request.Request(address + path, headers={"X-Request-ID": given, "X-Phone": PHONE})
            try:
                with urllib.request.urlopen(request, timeout=180) as answer:
                    answered.append(answer.headers["X-Request-ID"])
            except urllib.error.HTTPError as error:
                answered.append(error.headers["X-Request-ID"])
        assert answered == [given] * 3
        with urllib.request.urlopen(address, timeout=180) as answer:
            made = answer.headers["X-Request-ID"]
    text = log.read_text("utf-8")
    assert PHONE not in text
    assert [line for line in text.splitlines()[1:] if not line.startswith("{")] == []
    requests = [line for line in _lines(log) if line["message"] == "request"]
    assert sum(line.get("request") == given for line in requests) >= 3
    assert made in {line.get("request") for line in requests}
    assert all({"time", "level", "method", "route", "status", "ms"} <= line.keys() for line in requests)


def test_https_with_our_own_certificate(desk: desks.Desk, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = desk.start("serve", "--port", "0", "--tls", log=log)
    try:
        desks.wait_until(lambda: "https://127.0.0.1:" in log.read_text() or process.poll() is not None)
        port = log.read_text().partition("https://127.0.0.1:")[2].partition("/")[0]
        trusting = ssl.create_default_context(cafile=str(desk.data / "tls" / "certificate.pem"))
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/", context=trusting, timeout=180) as answer:
            assert answer.status == 200
            cookies = answer.headers.get_all("Set-Cookie") or []
            assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        assert all("Secure" in cookie for cookie in cookies if "csrftoken" in cookie)
        key = desk.data / "tls" / "key.pem"
        assert key.stat().st_mode & 0o077 == 0
    finally:
        process.terminate()
        process.wait(120)
