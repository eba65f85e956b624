"""The timed calls: each exists, keeps its time, and a broken one harms no other."""

from __future__ import annotations

import threading

import pytest
from django.utils.module_loading import import_string

from tongzhou.site import ticks
from tongzhou.site.ticks import TICKS, Tick, run_due, run_for_ever

pytestmark = pytest.mark.django_db

CALLS: list[str] = []


def good() -> int:
    """A timed call."""
    CALLS.append("good")
    return 1


def broken() -> None:
    """A timed call that always fails."""
    CALLS.append("broken")
    raise RuntimeError("call 19000000003")


@pytest.fixture(autouse=True)
def _forget() -> None:
    CALLS.clear()


@pytest.mark.parametrize("tick", TICKS, ids=lambda tick: tick.name)
def test_every_tick_exists_and_may_be_repeated(tick: Tick) -> None:
    assert callable(import_string(tick.name))
    tick.call()
    tick.call()


def test_each_keeps_its_own_time_and_a_broken_one_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    mine = (Tick(f"{__name__}.broken", 10), Tick(f"{__name__}.good", 60))
    next_at: dict[str, float] = {}
    assert run_due(next_at, 1000.0, mine) == 10.0
    assert CALLS == ["broken", "good"]
    run_due(next_at, 1005.0, mine)
    assert CALLS == ["broken", "good"]
    assert run_due(next_at, 1010.0, mine) == 10.0
    assert CALLS == ["broken", "good", "broken"]
    run_due(next_at, 1060.0, mine)
    assert CALLS.count("good") == 2
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["tick failed"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_second_ticker_waits_and_ends_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = (Tick(f"{__name__}.good", 3600),)
    stop, never = threading.Event(), threading.Event()
    with ticks._only_ticker(never) as first:
        assert first
        other = threading.Thread(target=run_for_ever, args=(stop, mine))
        other.start()
        other.join(1.0)
        assert other.is_alive()
        assert CALLS == []
        stop.set()
        other.join(15)
    assert not other.is_alive()
    assert CALLS == []
