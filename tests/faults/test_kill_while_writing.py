"""kill -9 in the middle of writing: nothing that was acknowledged is lost. ``ops/kill-drill`` is the long version."""

from __future__ import annotations

import sys
from pathlib import Path

import desks

sys.path.insert(0, str(Path(__file__).parent))

import killing

#: Kills; the first is of a desk started as people start it, the others of processes that were loaded beforehand.
ROUNDS = 20


def test_no_acknowledged_need_is_lost_and_none_is_doubled(tmp_path: Path) -> None:
    with desks.a_desk(tmp_path) as desk:
        said, _, carried, broken = killing.drill(desk, tmp_path, ROUNDS, seed=1)
    assert broken == []
    assert said >= ROUNDS
    assert carried >= ROUNDS


def test_the_judge_notices_a_broken_promise(tmp_path: Path) -> None:
    with desks.a_desk(tmp_path) as desk:
        (need,) = desks.a_plea(desk, "19000000052")["ids"]
        gone = "0198f3aa-1234-7000-8000-123456789012"
        broken = killing.judge(desk, killing.Tally(said={"k": need, "other": gone}))
    assert f"acknowledged and lost: {gone}" in broken
    # A plea by form has no row "need.create" in the trail: to this judge it is half written.
    assert f"half written: {need}" in broken
