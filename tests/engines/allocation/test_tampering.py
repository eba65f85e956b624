"""`check` accepts every plan and refuses 1,000 random tamperings by mathematics, and one changed byte by the checksum.

Every tampered directory agrees with itself: tables, totals and sha256 are brought in line first. A tampering that
happens to give another equally good lawful plan is recognised by the oracle and not counted.
"""

import json
import random
import shutil
from collections import Counter

import pytest
from planned import Tables, plan_of
from tampering import (
    change_cells,
    change_label,
    change_level,
    drop_line,
    forge,
    graft,
    is_as_good,
    lines_of,
    more_movement,
    other_amounts,
    over_use,
    rehash,
    retotal,
    rewrite,
    shift_ceiling,
    snapshot,
    unlawful,
)

from tongzhou_engines.allocation import check
from tongzhou_engines.testing import Reading, random_instance, staged_optimum

ON_LINES = {
    "unlawful line": unlawful,
    "unit to another class": other_amounts(same_class=False),
    "unit to another cell of the class": other_amounts(same_class=True),
    "unit left out": other_amounts(same_class=None),
    "ceiling shifted": shift_ceiling,
    "more movement": more_movement,
    "over-use": over_use,
}
ON_FILES = {
    "dropped line": drop_line,
    "cells changed": change_cells,
    "level changed": change_level,
    "label changed": change_label,
}
#: What a changed plan must be refused for: not because a text or a total does not follow from the lines.
MATHEMATICS = {"unlawful", "amounts", "movement", "order", "certificate"}
FORGED = "proof of another problem"
WANTED = dict.fromkeys((*ON_LINES, *ON_FILES, FORGED), 100) | {"ceiling shifted": 60, "label changed": 60}


def worlds():
    """Instances with enough going on, whose cells the key (place, category, urgency) tells apart."""
    for seed in range(100_000, 103_000):
        instance = random_instance(seed, needs=9, offers=7)
        reading = Reading.of(instance)
        if len(reading.reach) >= 4 and len({cell.key for cell in reading.cells}) == len(reading.cells):
            yield seed, instance


def tampered_copies(seed, instance, folder, name):
    """One copy of the plan in `folder`/plan spoiled in the way `name`; none when this plan offers no such way."""
    rng = random.Random(f"{seed} {name}")
    exact = staged_optimum(instance)
    spoiled = folder / name.replace(" ", "-")
    if name in ON_FILES:
        shutil.copytree(folder / "plan", spoiled)
        before = snapshot(spoiled)
        if ON_FILES[name](rng, spoiled, exact):
            rehash(spoiled, before)
            yield spoiled
        return
    if name == FORGED:
        shutil.copytree(folder / "plan", spoiled)
        plan_of(forge(rng, instance)).write(folder / "other")
        graft(spoiled, folder / "other", instance)
        if not is_as_good(spoiled, instance, exact):
            yield spoiled
        return
    lines = lines_of(Tables(folder / "plan"))
    for tampered in ON_LINES[name](rng, instance, exact.reading, lines):
        shutil.rmtree(spoiled, ignore_errors=True)
        shutil.copytree(folder / "plan", spoiled)
        before = snapshot(spoiled)
        rewrite(spoiled, instance, tampered)
        retotal(spoiled)
        rehash(spoiled, before)
        if not is_as_good(spoiled, instance, exact):
            yield spoiled
            return


@pytest.mark.parametrize("name", WANTED)
def test_refuses(name, tmp_path):
    counted, accepted = 0, []
    for seed, instance in worlds():
        folder = tmp_path / str(seed)
        plan_of(instance).write(folder / "plan")
        for spoiled in tampered_copies(seed, instance, folder, name):
            counted += 1
            result = check(spoiled)
            if result.ok or (name not in ON_FILES and not {fault.code for fault in result.faults} <= MATHEMATICS):
                accepted.append(f"seed {seed}: {spoiled}: {result.faults}")
        if counted >= WANTED[name]:
            break
        if not accepted:
            shutil.rmtree(folder)
    assert counted >= WANTED[name]
    assert not accepted, f"{len(accepted)} of {counted} accepted, or not refused by mathematics: {accepted[:5]}"


def test_at_least_a_thousand():
    assert sum(WANTED.values()) >= 1000


def test_accepts_a_plan_merely_brought_in_line(tmp_path):
    """The rewriting itself is no fault: a plan rewritten with its own lines is accepted."""
    for _, (seed, instance) in zip(range(40), worlds(), strict=False):
        folder = tmp_path / str(seed)
        plan_of(instance).write(folder)
        before = snapshot(folder)
        rewrite(folder, instance, lines_of(Tables(folder)))
        retotal(folder)
        rehash(folder, before)
        assert check(folder).ok, check(folder).faults


def test_one_changed_byte_of_an_input_is_refused_by_the_checksum(tmp_path):
    seed, instance = next(worlds())
    plan_of(instance).write(tmp_path / "plan")
    refused = Counter()
    for path in sorted((tmp_path / "plan" / "inputs").iterdir()):
        for n in range(20):
            rng = random.Random(f"{seed} {path.name} {n}")
            old = path.read_bytes()
            at = rng.randrange(len(old))
            path.write_bytes(old[:at] + bytes([old[at] ^ rng.choice((1, 2, 4))]) + old[at + 1 :])
            result = check(tmp_path / "plan")
            assert not result.ok
            assert any(path.name in str(fault) for fault in result.faults)
            refused[path.name] += 1
            path.write_bytes(old)
    assert len(refused) == len(json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))["inputs"])
    assert check(tmp_path / "plan").ok
