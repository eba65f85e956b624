"""Somebody who proposes, accepts, sends and confirms without a pause, beside the clients of `killing`; killed too.

Each act is named before it is tried and again when it is done. What was done must be there, once; what was tried and
never answered is tried again with its key by the next one, and has one effect, too.
"""

from __future__ import annotations

import json
from pathlib import Path

import nursery

#: Reads what is still unanswered from its first argument (JSON: [[act, code, key], ...]), then goes on with new ones.
CARRIER = """
import json, sys
import builders, builders_dispatch as made
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.flows.answer_assignment import accept
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.kernel import clock
coordinator, verifier = builders.an_actor("coordinator"), builders.an_actor("verifier")

def do(act, code, key):
    print("try", act, code, key, flush=True)
    one = Assignment.objects.get(code=code)
    if act == "accept":
        accept(actor=coordinator, assignment=one, key=key, now=clock.now())
    elif act == "send":
        mark_sent(actor=coordinator, assignment=one, key=key, now=clock.now())
    else:
        confirm(actor=verifier, assignment=one, received=10, how="call", key=key, now=clock.now())
    print("done", act, code, key, flush=True)

for each in json.loads(sys.argv[1]):
    do(*each)
offer = made.a_verified_offer(10**6)
while True:
    one = made.an_assignment(10, need=made.a_verified_need(10, requester="carried"), offer=offer, now=clock.now())
    for act in ("accept", "send", "confirm"):
        do(act, one.code, made.a_key())
"""
#: Judges every assignment; reads what was acknowledged from a file (JSON: {key: [act, code]}); prints what is broken.
JUDGE = """
import json, sys
from pathlib import Path
from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.kernel import audit
from tongzhou.kernel.models import OutboxMessage
steps = {"accept": ("planned", "accepted"), "send": ("accepted", "in_transit"), "confirm": ("in_transit", "received")}
wanted = {"planned": "proposed", "accepted": "accepted", "in_transit": "in_transit", "received": "confirmed"}
told = json.loads(Path(sys.argv[1]).read_text())
broken = []
for key, (act, code) in told.items():
    rows = list(Movement.objects.filter(key=key).values_list("source", "target", "quantity", "assignment__code"))
    if rows != [(*steps[act], 10, code)]:
        broken.append(f"{act} {key}: {rows}")
    if act == "confirm" and Receipt.objects.filter(key=key).count() != 1:
        broken.append(f"receipt {key}")
every = list(Assignment.objects.select_related("need"))
balances = of_assignments([one.pk for one in every])
for one in every:
    sums = balances[one.pk]
    here = [(str(name), many) for name, many in sums.items() if many]
    if len(here) != 1 or here[0][1] != 10 or wanted[here[0][0]] != one.state:
        broken.append(f"{one.code} {one.state}: {here}")
        continue
    if (here[0][0] == "received") != (one.need.state == "solved"):
        broken.append(f"{one.code} {here[0][0]}, its need {one.need.state}")
    moves = Movement.objects.filter(assignment=one).count()
    written = audit.history(one).count()
    posted = OutboxMessage.objects.filter(kind="event", payload__assignment=one.code).count()
    if (written, posted) != (moves, moves):
        broken.append(f"{one.code}: {moves} movements, {written} rows of the trail, {posted} events")
print(json.dumps({"broken": broken, "assignments": len(every)}))
"""


class Carrier:
    """What is known of it over all rounds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: dict[str, tuple[str, str]] = {}
        self.unanswered: list[tuple[str, str, str]] = []
        self.rounds = 0

    def start(self, home: nursery.Nursery) -> int:
        """Begin a round: it tries again what was never answered, then goes on. The number of its process."""
        self.rounds += 1
        return home.start(CARRIER, json.dumps(self.unanswered), out=self._log, err=self._log.with_suffix(".err"))

    @property
    def _log(self) -> Path:
        return self.folder / f"carrier-{self.rounds}"

    def working(self) -> bool:
        """True when it has finished something in this round; AssertionError when it failed."""
        errors = self._log.with_suffix(".err")
        if not errors.exists():  # it has only just begun: of its two files this is the later one
            return False
        assert not (wrong := errors.read_text("utf-8")), wrong
        return b"done" in self._log.read_bytes()

    def read(self) -> None:
        """After it was killed: what it had said. A line that was cut short counts as not said."""
        tried: dict[str, tuple[str, str]] = {}
        for line in self._log.read_text("utf-8").splitlines(keepends=True):
            words = line.split()
            if not line.endswith("\n") or len(words) != 4:
                continue
            said, act, code, key = words
            tried[key] = (act, code)
            if said == "done":
                self.done[key] = (act, code)
        kept = [(act, code, key) for act, code, key in self.unanswered if key not in self.done]
        new = [(act, code, key) for key, (act, code) in tried.items() if key not in self.done]
        self.unanswered = list(dict.fromkeys([*kept, *new]))

    def judge(self, home: nursery.Nursery) -> list[str]:
        """Every promise that was broken."""
        told = self.folder / "carried.json"
        told.write_text(json.dumps(self.done), encoding="utf-8")
        found: dict[str, list[str]] = json.loads(home.python(JUDGE, str(told)))
        return found["broken"]
