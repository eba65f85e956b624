"""Erlang B, C and A against published tables, chains solved in exact fractions, and the chain's own transient laws."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from tongzhou_engines.base.errors import InputError
from tongzhou_engines.staffing import Line, Targets, agents_needed, erlang_a, erlang_b, erlang_c, figures

#: Offered traffic in erlang that so many channels carry at a blocking probability: (channels, blocking, traffic), as
#: tables of Erlang B print it, e.g. "Carrier Grade Voice over IP" (2nd ed.), appendix A; 15: the manual of erlang.com.
ERLANG_B = [
    (1, 0.01, "0.0101"),
    (2, 0.01, "0.153"), (5, 0.01, "1.36"), (10, 0.01, "4.46"), (15, 0.01, "8.108"),
    (20, 0.01, "12.0"), (50, 0.01, "37.9"),
    (100, 0.01, "84.1"), (1, 0.05, "0.0526"), (2, 0.05, "0.381"), (5, 0.05, "2.22"), (10, 0.05, "6.22"),
    (20, 0.05, "15.2"),
    (50, 0.05, "44.5"), (100, 0.05, "95.2"), (10, 0.1, "7.51"), (20, 0.1, "17.6"),
    (50, 0.1, "49.6"), (100, 0.1, "104.1"),
]  # fmt: skip


def exact_b(load: Fraction, seats: int) -> Fraction:
    terms = [load**k / math.factorial(k) for k in range(seats + 1)]
    return terms[-1] / sum(terms)


def chain_a(calls: int, handle: int, patience: int, seats: int, states: int) -> dict[str, Fraction]:
    """The birth and death chain of M/M/n+M, cut at `states`, in exact fractions."""
    arrive = Fraction(calls, 1800)
    weights = [Fraction(1)]
    for k in range(1, states + 1):
        weights.append(
            weights[-1] * arrive / (min(k, seats) * Fraction(1, handle) + max(0, k - seats) * Fraction(1, patience))
        )
    whole = sum(weights)
    probability = [w / whole for w in weights]
    queue = sum(max(0, k - seats) * p for k, p in enumerate(probability))
    busy = sum(min(k, seats) * p for k, p in enumerate(probability))
    return {
        "wait": sum(probability[seats:]),
        "abandonment": queue / patience / arrive,
        "mean_wait": queue / arrive,
        "occupancy": busy / seats,
    }


def within(
    calls: float, handle: float, patience: float, seats: int, limit: float, states: int = 400
) -> tuple[float, float]:
    """(answered within `limit`, hung up within it) of all calls, by the matrix exponential of one caller's queue.

    A caller who finds j before them in the queue: states j..0 before them, then answered or gone, both for ever.
    """
    arrive, serve, leave = calls / 1800, seats / handle, 1 / patience
    weights = [1.0]
    for k in range(1, states):
        weights.append(weights[-1] * arrive / (min(k, seats) / handle + max(0, k - seats) / patience))
    probability = np.array(weights) / sum(weights)
    most = states - seats
    rates = np.zeros((most + 2, most + 2))  # 0..most-1: so many before them; most: answered; most+1: gone
    for j in range(most):
        ahead = serve + j * leave
        rates[j, j - 1 if j else most] += ahead
        rates[j, most + 1] += leave
        rates[j, j] -= ahead + leave
    later = expm(rates * limit)
    found = probability[seats:]
    return float(probability[:seats].sum() + found @ later[:most, most]), float(found @ later[:most, most + 1])


@pytest.mark.parametrize(("trunks", "blocking", "traffic"), ERLANG_B)
def test_erlang_b_as_printed(trunks, blocking, traffic):
    """The traffic at which so much is lost rounds to the printed number."""
    half_a_unit = 0.5 * 10.0 ** -len(traffic.partition(".")[2])
    assert erlang_b(float(traffic) - half_a_unit, trunks) < blocking < erlang_b(float(traffic) + half_a_unit, trunks)


@given(st.integers(1, 400), st.integers(1, 60))
def test_erlang_b_and_c_equal_exact_fractions(tenths, seats):
    load = Fraction(tenths, 10)
    lost = exact_b(load, seats)
    assert erlang_b(float(load), seats) == pytest.approx(float(lost), rel=1e-12)
    if load < seats:
        waits = seats * lost / (seats - load * (1 - lost))
        told = erlang_c(float(load) * 6, 300.0, seats, 0.0)
        assert told.wait_probability == pytest.approx(float(waits), rel=1e-12)
        assert told.mean_wait_seconds == pytest.approx(float(waits * 300 / (seats - load)), rel=1e-9)


def test_a_queue_that_grows_for_ever_says_so():
    told = erlang_c(60, 300, 10)
    assert (told.wait_probability, told.service_level, told.mean_wait_seconds) == (1.0, 0.0, math.inf)


@settings(max_examples=25)
@given(st.integers(1, 120), st.integers(30, 300), st.integers(20, 300), st.integers(1, 20))
def test_erlang_a_equals_the_chain_in_exact_fractions(calls, handle, patience, seats):
    exact = chain_a(calls, handle, patience, seats, 120)
    told = erlang_a(calls, handle, patience, seats)
    assert told.wait_probability == pytest.approx(float(exact["wait"]), rel=1e-9)
    assert told.abandonment == pytest.approx(float(exact["abandonment"]), rel=1e-9)
    assert told.mean_wait_seconds == pytest.approx(float(exact["mean_wait"]), rel=1e-9)
    assert told.occupancy == pytest.approx(float(exact["occupancy"]), rel=1e-9)


@pytest.mark.parametrize(
    ("calls", "handle", "patience", "seats", "limit"),
    [(60, 300, 120, 10, 20), (60, 300, 120, 6, 30), (20, 900, 240, 14, 30), (3, 600, 60, 2, 10), (90, 300, 600, 14, 60),
     (200, 300, 180, 40, 20)],
)  # fmt: skip
def test_service_level_of_each_denominator_equals_the_transient_chain(calls, handle, patience, seats, limit):
    answered, gone = within(calls, handle, patience, seats, limit)
    told = erlang_a(calls, handle, patience, seats, limit)
    assert told.service_level == pytest.approx(answered, abs=1e-9)
    assert told.service_level_answered == pytest.approx(answered / (1 - told.abandonment), abs=1e-9)
    assert told.service_level_patient == pytest.approx(answered / (1 - gone), abs=1e-9)


def test_large_loads_stay_finite_and_right():
    """Offered load 8,000; far too few seats; far too many."""
    load, beta = 8000.0, 0.5
    seats = round(load + beta * math.sqrt(load))
    told = erlang_a(load * 6, 300.0, 300.0, seats)
    # patience equal to handling: the number in the system is Poisson(load), so P(wait) = P(Poisson >= seats)
    ks = np.arange(int(load - 12 * load**0.5), int(load + 12 * load**0.5))
    logs = ks * math.log(load) - load - np.array([math.lgamma(k + 1) for k in ks])
    assert told.wait_probability == pytest.approx(float(np.exp(logs[ks >= seats]).sum()), rel=1e-6)
    crowded = erlang_a(100_000, 300.0, 86_400.0, 12_000)
    assert crowded.abandonment == pytest.approx(1 - 12_000 / (100_000 / 6), rel=1e-6)
    assert crowded.service_level == 0.0
    assert erlang_a(100_000, 300.0, 60.0, 40_000).wait_probability == 0.0


def test_endless_patience_comes_to_erlang_c():
    for seats in (12, 15, 20):
        with_end, without = erlang_a(60, 300, 86_400, seats), erlang_c(60, 300, seats)
        assert with_end.wait_probability == pytest.approx(without.wait_probability, rel=0.03)
        assert with_end.service_level == pytest.approx(without.service_level, abs=0.01)


@given(st.floats(0.1, 300), st.floats(30, 1200), st.floats(20, 1200), st.integers(2, 60))
def test_one_more_seat_is_never_worse(calls, handle, patience, seats):
    few, more = erlang_a(calls, handle, patience, seats), erlang_a(calls, handle, patience, seats + 1)
    tiny = 1e-9
    for name in ("service_level", "service_level_answered", "service_level_patient"):
        assert getattr(more, name) >= getattr(few, name) - tiny
    for name in ("abandonment", "wait_probability", "mean_wait_seconds", "occupancy"):
        assert getattr(more, name) <= getattr(few, name) + tiny


@given(
    st.floats(0.1, 200), st.floats(60, 900), st.floats(30, 600), st.integers(2, 30), st.sampled_from((0.5, 2.0, 10.0))
)
def test_another_clock_changes_nothing(calls, handle, patience, seats, k):
    """k times as long handling, patience and waiting at 1/k of the calls: every share is the same."""
    told = erlang_a(calls, handle, patience, seats, 20)
    slow = erlang_a(calls / k, handle * k, patience * k, seats, 20 * k)
    assert slow.service_level == pytest.approx(told.service_level, abs=1e-9)
    assert slow.abandonment == pytest.approx(told.abandonment, abs=1e-9)


@given(st.floats(0, 250), st.sampled_from(("offered", "answered", "patient")), st.sampled_from((None, 120.0)))
def test_seats_needed_keep_every_target_and_one_fewer_does_not(calls, counted, patience):
    line = Line("a", 240.0, patience, targets=Targets(0.8, 20.0, counted, 0.05, 0.9))
    need = agents_needed(calls, line)

    def kept(seats):
        told = figures(calls, line, seats)
        level = {"offered": told.service_level, "answered": told.service_level_answered}.get(
            counted, told.service_level_patient
        )
        return level >= 0.8 and told.abandonment <= 0.05 and told.occupancy <= 0.9 and (patience or told.load < seats)

    assert need.seats >= 2
    assert kept(need.seats)
    assert need.seats == 2 or not kept(need.seats - 1)
    assert (need.driven_by == "least_seats") == (need.seats == 2)


def test_an_idle_line_has_two_seats():
    assert agents_needed(0.0, Line("a", 300.0, 120.0)).seats == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erlang_a(-1, 300, 120, 5),
        lambda: erlang_a(math.nan, 300, 120, 5),
        lambda: erlang_a(10, 0, 120, 5),
        lambda: erlang_c(10, 300, 0),
        lambda: Line("a", 300.0, least_seats=1),
        lambda: Targets(counted="all"),
        lambda: Targets(service_level=1.0),
        lambda: agents_needed(1e9, Line("a", 300.0)),
    ],
)
def test_impossible_figures_are_refused(wrong):
    with pytest.raises(InputError) as caught:
        wrong()
    assert caught.value.code == "line_invalid"
