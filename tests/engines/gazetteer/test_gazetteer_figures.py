"""Precision and coverage on labelled rows (tests/data/gazetteer), by the definitions of docs/methods/gazetteer.md."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tongzhou_engines.gazetteer import Gazetteer

_FILE = Path(__file__).resolve().parents[3] / "bench" / "gazetteer.py"
_SPEC = importlib.util.spec_from_file_location("bench_gazetteer", _FILE)
assert _SPEC
assert _SPEC.loader
bench = importlib.util.module_from_spec(_SPEC)
sys.modules["bench_gazetteer"] = bench
_SPEC.loader.exec_module(bench)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.builtin()


@pytest.mark.parametrize(("name", "rows"), [("hospitals", 251), ("travel_hotels", 532), ("medics_hotels", 121)])
def test_the_sets_are_whole(name, rows):
    assert len(bench.rows(name)) == rows


@pytest.mark.parametrize("name", ["hospitals", "travel_hotels"])
def test_districts_reach_the_goal(gazetteer, name):
    figures = bench.measure(gazetteer, bench.rows(name))
    assert figures.named >= 150
    assert figures.precision >= 0.99, figures.wrong
    assert figures.coverage >= 0.90, figures.missed


@pytest.mark.parametrize("half", ["tune", "held_out"])
@pytest.mark.parametrize("name", ["hospitals", "travel_hotels"])
def test_each_half_reaches_the_goal_on_rows_that_name_their_district(gazetteer, name, half):
    figures = bench.measure(gazetteer, [r for r in bench.rows(name) if r["half"] == half])
    assert figures.named_right / figures.named_answered >= 0.99, figures.wrong
    assert figures.coverage >= 0.90, figures.missed


def test_hotels_without_city_in_the_address_are_precise_too(gazetteer):
    figures = bench.measure(gazetteer, bench.rows("medics_hotels"))
    assert figures.precision >= 0.99, figures.wrong
    assert figures.coverage >= 0.80, figures.missed
    assert figures.city_precision == 1.0, figures.wrong


def test_cities(gazetteer):
    """Four hospital rows carry the label 宜昌市 while their address says 武汉市 or 天门市."""
    for name, wrong_labels in (("hospitals", 4), ("travel_hotels", 0)):
        figures = bench.measure(gazetteer, bench.rows(name))
        assert figures.city_answered - figures.city_right <= wrong_labels, figures.wrong
