"""`check` accepts every plan and refuses 1,000 random tamperings by mathematics, and one changed byte by the checksum.

Every tampered directory agrees with itself: tables, totals and sha256 are brought in line first. A tampering that
happens to give another equally good lawful plan is recognised by the oracle and not counted.
"""

import itertools
import json
import random
import shutil
from collections import Counter

import pytest
from planned import Tables, plan_of
from tampering import (
    Judge,
    change_cells,
    change_label,
    change_level,
    drop_line,
    forge,
    graft,
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
from tongzhou_engines.testing import Reading, random_instance

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


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """(seed, judge, folder of the finished plan) of instances with enough going on, made once and kept.

    Only instances whose cells the key (place, category, urgency) tells apart.
    """
    root, kept = tmp_path_factory.mktemp("finished"), []

    def made():
        yield from kept
        for seed in range(kept[-1][0] + 1 if kept else 100_000, 103_000):
            instance = random_instance(seed, needs=9, offers=7)
            reading = Reading.of(instance)
            if len(reading.reach) >= 4 and len({cell.key for cell in reading.cells}) == len(reading.cells):
                plan_of(instance).write(root / str(seed))
                kept.append((seed, Judge(instance), root / str(seed)))
                yield kept[-1]

    return made


def spoil(name, seed, judge, finished_plan, copy) -> bool:
    """Make `copy` the plan spoiled in the way `name`; False when this plan offers no such way."""
    rng = random.Random(f"{seed} {name}")
    if name in ON_FILES:
        shutil.copytree(finished_plan, copy)
        before = snapshot(copy)
        done = ON_FILES[name](rng, copy, judge.exact)
        rehash(copy, before)
        return done
    if name == FORGED:
        other = copy.with_name("other")
        plan_of(forge(rng, judge.instance)).write(other)
        worse = not judge.as_good(lines_of(Tables(other)))
        if worse:
            shutil.copytree(finished_plan, copy)
            graft(copy, other, judge.instance)
        return worse
    lines = lines_of(Tables(finished_plan))
    for tampered in ON_LINES[name](rng, judge.instance, judge.exact.reading, lines):
        if not judge.as_good(tampered):
            shutil.copytree(finished_plan, copy)
            before = snapshot(copy)
            rewrite(copy, judge.instance, tampered)
            retotal(copy)
            rehash(copy, before)
            return True
    return False


@pytest.mark.parametrize("name", WANTED)
def test_refuses(name, finished, tmp_path):
    counted, wrong = 0, []
    for seed, judge, folder in finished():
        copy = tmp_path / f"{seed}" / "plan"
        copy.parent.mkdir()
        if spoil(name, seed, judge, folder, copy):
            counted += 1
            result = check(copy)
            if result.ok or (name not in ON_FILES and not {fault.code for fault in result.faults} <= MATHEMATICS):
                wrong.append(f"{copy}: {result.faults}")
        if counted >= WANTED[name]:
            break
    assert counted >= WANTED[name]
    assert not wrong, f"{len(wrong)} of {counted} accepted, or not refused by mathematics: {wrong[:5]}"


def test_at_least_a_thousand():
    assert sum(WANTED.values()) >= 1000


def test_accepts_a_plan_merely_brought_in_line(finished, tmp_path):
    """The rewriting itself is no fault: a plan rewritten with its own lines is accepted."""
    for seed, judge, folder in itertools.islice(finished(), 60):
        copy = tmp_path / str(seed)
        shutil.copytree(folder, copy)
        before = snapshot(copy)
        rewrite(copy, judge.instance, lines_of(Tables(copy)))
        retotal(copy)
        rehash(copy, before)
        assert check(copy).ok, check(copy).faults


def test_one_changed_byte_of_an_input_is_refused_by_the_checksum(finished, tmp_path):
    seed, _, folder = next(finished())
    shutil.copytree(folder, tmp_path / "plan")
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
