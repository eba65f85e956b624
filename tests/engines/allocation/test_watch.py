"""Watching a plan: what is told, that it may be stopped, and that it changes no byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from planned import plan_of

from tongzhou_engines.testing import random_instance


class Stop(Exception):
    """Raised by whoever watches."""


@pytest.mark.parametrize("seed", range(300_000, 300_012))
def test_watching_changes_nothing_and_counts_up(seed: int, tmp_path: Path) -> None:
    instance = random_instance(seed)
    told: list[tuple[str, int, int]] = []
    watched = plan_of(instance, watch=lambda *said: told.append(said))
    for name, plan in (("watched", watched), ("alone", plan_of(instance))):
        plan.write(tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "alone") for path in (tmp_path / "alone").rglob("*.*"))
    assert files == sorted(path.relative_to(tmp_path / "watched") for path in (tmp_path / "watched").rglob("*.*"))
    assert all((tmp_path / "alone" / one).read_bytes() == (tmp_path / "watched" / one).read_bytes() for one in files)
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["reading", "solving", "wording"]
    solving = [(done, total) for step, done, total in told if step == "solving"]
    assert [done for done, _ in solving] == sorted(done for done, _ in solving)
    assert {total for _, total in solving} == {solving[-1][0]}


def test_whoever_watches_may_stop_it() -> None:
    def stop(step: str, done: int, total: int) -> None:
        if step == "solving" and done:
            raise Stop

    with pytest.raises(Stop):
        plan_of(random_instance(300_020, needs=9, offers=7), watch=stop)
