"""Kill a writing desk with SIGKILL, again and again, and count what was lost: ``ops/kill-drill --rounds 200``.

Four clients submit needs through the API without a pause, a fifth proposes, accepts, sends and confirms (`carrying`).
At a random moment every process of the desk is killed. Most rounds begin from a loaded process that makes the others
out of itself (`nursery`: a second instead of six), one in twenty with ``serve`` as people start it. Then:
each need that was acknowledged is there, whole; each that was not is there whole or not at all; sending it again with
its key gives one need; the audit trail and the database file are sound.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "src")]

sys.path.insert(0, str(Path(__file__).resolve().parent))

import carrying  # noqa: E402
import nursery  # noqa: E402

import desks  # noqa: E402

CLIENTS = 4
#: One round in so many, the first among them, starts every process from nothing.
WHOLE_EVERY = 20
#: A program with a token that may write needs; prints the token.
PROGRAM = """
import datetime as dt
import builders
from tongzhou.kernel import clock
from tongzhou.registers.people.actors import hash_secret
from tongzhou.registers.people.models import Token
from tongzhou.registers.people.types import TOKEN_SCOPES
account = builders.an_account("coordinator", is_program=True)
Token.objects.create(account=account, name="drill", hint="drill", secret_hash=hash_secret("tongzhou_drill"),
                     scopes=list(TOKEN_SCOPES), expires_at=clock.now() + dt.timedelta(days=1))
"""
#: Judges the whole database; prints {"needs": {id: whole?}, "ills": [...]}.
JUDGE = """
import json
from django.db import connection
from tongzhou.kernel import audit, crypto
from tongzhou.chain.intake.models import Need
ills = list(audit.verify())
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        ills += [row[0] for row in cursor.fetchall() if row[0] != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        ills += [f"broken reference {row}" for row in cursor.fetchall()]
needs = {}
for need in Need.objects.select_related("submission", "contact").exclude(requester="carried"):
    written = audit.history(need).filter(act="need.create").count() == 1
    phone = crypto.unseal(need.contact, "phone") if need.contact else ""
    needs[str(need.pk)] = bool(written and phone.startswith("190000000") and need.submission_id)
print(json.dumps({"needs": needs, "ills": ills}))
"""


@dataclass(slots=True)
class Tally:
    """What the clients know. `said` maps the key of each acknowledged need to its id."""

    said: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


def send(address: str, key: str) -> str:
    """Submit one need; its id. Raises OSError when there was no answer."""
    body = {
        "response": "hubei-2020", "for_whom": "facility", "requester": "测试医院", "place": "420102",
        "item": "医用外科口罩", "quantity": 300, "unit": "只", "contact": {"name": "设备科", "phone": "19000000051"},
    }  # fmt: skip
    headers = {
        "Authorization": "Bearer tongzhou_drill",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    request = urllib.request.Request(f"{address}/api/v1/needs", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=180) as answer:
        return str(json.load(answer)["id"])


def _client(address: str, tally: Tally, stop: threading.Event) -> None:
    while not stop.is_set():
        key = uuid.uuid4().hex
        try:
            found = send(address, key)
        except (OSError, ValueError, http.client.HTTPException) as error:  # none of the answer, or a part of it
            if isinstance(error, urllib.error.HTTPError):
                raise
            with tally.lock:
                tally.unknown.add(key)
            return
        with tally.lock:
            tally.said[key] = found


def _kill_all(process_ids: Sequence[int]) -> None:
    for each in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


@contextlib.contextmanager
def serving(desk: desks.Desk, home: nursery.Nursery, log: Path, whole: bool) -> Iterator[tuple[str, list[int]]]:
    """The desk at work: (address, every process of it so far is named in the list or in `log`)."""
    if whole:
        with desk.served(log) as (address, process):
            yield address, [process.pid]
        return
    address, pids = home.serve(log)
    try:
        yield address, pids
    finally:
        _kill_all(pids)


def a_round(
    desk: desks.Desk, home: nursery.Nursery, tally: Tally, carrier: carrying.Carrier, log: Path, moment: float,
    whole: bool,
) -> None:  # fmt: skip
    """Serve, write, and kill everything `moment` seconds after the first answers of this round."""
    stop = threading.Event()
    before = len(tally.said)
    with serving(desk, home, log, whole) as (address, pids):
        again = sorted(tally.unknown)
        for key in again:  # what a phone does that got no answer
            tally.said[key] = send(address, key)
            tally.unknown.discard(key)
        clients = [threading.Thread(target=_client, args=(address, tally, stop)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        carries = carrier.start(home)
        desks.wait_until(lambda: len(tally.said) > before + len(again) and carrier.working())
        time.sleep(moment)
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines() if '"started"' in line]
        every = [*pids, carries, *(line["pid"] for line in lines)]
        _kill_all(every)
        stop.set()
        desks.wait_until(lambda: nursery.is_gone(carries))
        if not whole:
            desks.wait_until(lambda: all(map(nursery.is_gone, every)))
        carrier.read()
        for client in clients:
            client.join(180)


def judge(desk: desks.Desk | nursery.Nursery, tally: Tally) -> list[str]:
    """Every promise that was broken."""
    found = json.loads(desk.python(JUDGE))
    needs: dict[str, bool] = found["needs"]
    broken = list(found["ills"])
    broken += [f"acknowledged and lost: {one}" for one in tally.said.values() if one not in needs]
    broken += [f"half written: {one}" for one, whole in needs.items() if not whole]
    extra = len(needs) - len(set(tally.said.values()))
    if not 0 <= extra <= len(tally.unknown):
        broken.append(f"{len(needs)} needs for {len(tally.said)} acknowledged and {len(tally.unknown)} unanswered keys")
    return broken


def drill(desk: desks.Desk, folder: Path, rounds: int, seed: int) -> tuple[int, int, int, list[str]]:
    """(needs acknowledged, unanswered, acts of carrying acknowledged, promises broken) over so many kills."""
    desk.python(PROGRAM)
    carrier = carrying.Carrier(folder)
    moments, tally, unanswered = random.Random(seed), Tally(), 0
    with nursery.a_nursery(desk, folder) as home:
        for number in range(rounds):
            whole = number % WHOLE_EVERY == 0
            a_round(desk, home, tally, carrier, folder / f"log-{number}", moments.uniform(0.0, 0.8), whole)
            unanswered += len(tally.unknown) + len(carrier.unanswered)
            if broken := [*judge(home, tally), *carrier.judge(home)]:
                return len(tally.said), unanswered, len(carrier.done), broken
    return len(tally.said), unanswered, len(carrier.done), []


def main() -> int:
    """The long drill; exit 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description="Kill a writing desk again and again.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20200206)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongzhou-kill-")))
        desk = stack.enter_context(desks.a_desk(folder))
        said, unanswered, carried, broken = drill(desk, folder, asked.rounds, asked.seed)
    print(f"{desks.KIND}: {asked.rounds} kills, {said} needs and {carried} acts of carrying acknowledged,")
    print(f"{unanswered} unanswered and sent again")
    print("\n".join(broken) or "nothing acknowledged was lost, nothing was doubled or half written")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
