"""2,000 random tiny instances of every shape against the exact oracles: amounts, rounding, movement, and `check`."""

import pytest
from planned import plan_of

from tongzhou_engines.allocation import check
from tongzhou_engines.testing import assert_lawful, assert_optimal, crossed_instance, random_instance

CHUNK = 50


def judge(instance, folder) -> str:
    """What is wrong with the engine's plan of an instance, blank when nothing is."""
    try:
        made = plan_of(instance)
        assert_lawful(made, instance)
        assert_optimal(made, instance)
        made.write(folder)
        result = check(folder)
    except Exception as wrong:  # a crash must not hide the other seeds
        return f"{type(wrong).__name__}: {wrong}"
    return "" if result.ok else f"check: {result.faults}"


def judge_many(make, seeds, folder) -> None:
    wrong = {seed: fault for seed in seeds if (fault := judge(make(seed), folder / f"{make.__name__}-{seed}"))}
    assert not wrong, "\n".join(f"{make.__name__}({seed}): {fault}" for seed, fault in wrong.items())


@pytest.mark.parametrize("start", range(0, 300, CHUNK))
def test_first(start, tmp_path):
    judge_many(random_instance, range(start, start + CHUNK), tmp_path)


@pytest.mark.parametrize("start", range(0, 200, CHUNK))
def test_fractional_class_totals(start, tmp_path):
    judge_many(crossed_instance, range(start, start + CHUNK), tmp_path)


@pytest.mark.parametrize("start", range(300, 1800, CHUNK))
def test_others(start, tmp_path):
    judge_many(random_instance, range(start, start + CHUNK), tmp_path)
