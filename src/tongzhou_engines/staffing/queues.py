"""What callers meet at a line with so many seats: Erlang B, Erlang C and Erlang A, stable for large loads.

Erlang A is M/M/n+M: calls come at random (Poisson), handling times and patience are exponential. Sources: A. K. Erlang,
Post Office Electrical Engineers' Journal 10 (1917); C. Palm, Ericsson Technics 44 (1946); O. Garnett, A. Mandelbaum,
M. Reiman, Manufacturing & Service Operations Management 4 (2002) 208-227. docs/methods/staffing.md has the formulas.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tongzhou_engines.staffing.inputs import between

__all__ = ["LineFigures", "erlang_a", "erlang_b", "erlang_c"]

Reals = npt.NDArray[np.float64]
_SECONDS = 1800.0
#: Terms smaller than e**-45 of the greatest are left out of sums.
_SMALL = 45.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """How a line does in the long run. Shares are 0..1.

    seats; calls: offered per half hour; load: offered load in erlang (seats that talking alone would keep busy);
    wait_probability: a call finds no free seat; service_level: answered within the time, of all offered;
    service_level_answered: of those answered; service_level_patient: of all but those that hung up within the time;
    mean_wait_seconds: time in the queue of all offered calls, answered or not (inf: the queue grows for ever);
    abandonment: share that hangs up; occupancy: share of time a seat talks.
    """

    seats: int
    calls: float
    load: float
    wait_probability: float
    service_level: float
    service_level_answered: float
    service_level_patient: float
    mean_wait_seconds: float
    abandonment: float
    occupancy: float


def erlang_b(load: float, seats: int) -> float:
    """Erlang's loss formula: the share of calls lost when none may wait.

    load: offered load in erlang (>= 0); seats: whole number >= 0. Errors: InputError line_invalid.
    """
    between("load", load, 0.0, 1e9)
    between("seats", seats, 0, 10_000_000)
    lost = 1.0
    for n in range(1, seats + 1):
        lost = load * lost / (n + load * lost)
    return lost


def erlang_c(calls: float, handle_seconds: float, seats: int, answer_within_seconds: float = 20.0) -> LineFigures:
    """A line whose callers never hang up (M/M/n).

    calls: per half hour; handle_seconds: mean; seats >= 1. When the load is not below the seats the queue grows for
    ever: wait_probability 1, service level 0, mean wait infinite. Errors: InputError line_invalid.
    """
    _check(calls, handle_seconds, seats, answer_within_seconds)
    load = calls * handle_seconds / _SECONDS
    if load >= seats:
        return LineFigures(seats, calls, load, 1.0, 0.0, 0.0, 0.0, math.inf, 0.0, 1.0)
    lost = erlang_b(load, seats)
    waits = lost / (1.0 - load / seats * (1.0 - lost))
    spare = (seats - load) / handle_seconds
    level = 1.0 - waits * math.exp(-spare * answer_within_seconds)
    return LineFigures(seats, calls, load, waits, level, level, level, waits / spare, 0.0, load / seats)


def erlang_a(
    calls: float, handle_seconds: float, patience_seconds: float, seats: int, answer_within_seconds: float = 20.0
) -> LineFigures:
    """A line whose callers hang up when their patience ends (M/M/n+M).

    calls: per half hour; handle_seconds, patience_seconds: means; seats >= 1. Errors: InputError line_invalid.
    """
    _check(calls, handle_seconds, seats, answer_within_seconds)
    between("patience_seconds", patience_seconds, 1.0, 86400.0)
    if calls == 0:
        return LineFigures(seats, calls, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
    arrive, serve, leave = calls / _SECONDS, seats / handle_seconds, 1.0 / patience_seconds
    load = calls * handle_seconds / _SECONDS
    lost = erlang_b(load, seats)
    if lost == 0.0:  # below 1e-300: nobody ever waits
        return LineFigures(seats, calls, load, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, load / seats)
    logs = _queue_logs(arrive, serve, leave)
    top = float(logs.max())
    weights = np.exp(logs - top)
    queueing = float(weights.sum())  # states n, n+1, ... in units of e**top times state n
    below = (1.0 / lost - 1.0) * math.exp(-top)  # states 0 .. n-1 in the same unit
    whole = below + queueing
    waits = queueing / whole
    length = float(weights @ np.arange(len(weights))) / whole
    hung_up = min(1.0, leave * length / arrive)
    # log of (state n) / (all states): the density of the wait offered to an endlessly patient caller starts there
    base = -top - math.log(whole)
    answered, quick = _within(arrive, serve, leave, base, waits, answer_within_seconds)
    level = min(1.0, 1.0 - waits + answered)
    return LineFigures(
        seats=seats,
        calls=calls,
        load=load,
        wait_probability=waits,
        service_level=level,
        service_level_answered=min(1.0, level / (1.0 - hung_up)) if hung_up < 1.0 else 0.0,
        service_level_patient=min(1.0, level / (1.0 - quick)) if quick < 1.0 else 0.0,
        mean_wait_seconds=length / arrive,
        abandonment=hung_up,
        occupancy=load * (1.0 - hung_up) / seats,
    )


def _check(calls: float, handle_seconds: float, seats: int, answer_within_seconds: float) -> None:
    between("calls", calls, 0.0, 100_000.0)
    between("handle_seconds", handle_seconds, 1.0, 86400.0)
    between("seats", seats, 1, 10_000_000)
    between("answer_within_seconds", answer_within_seconds, 0.0, 3600.0)


def _queue_logs(arrive: float, serve: float, leave: float) -> Reals:
    """log of state n+j relative to state n, j = 0, 1, ... until terms are negligible."""
    peak = max(0.0, (arrive - serve) / leave)
    count = int(peak + 12.0 * math.sqrt(max(arrive, serve) / leave)) + 50
    while True:
        steps = math.log(arrive) - np.log(serve + leave * np.arange(1, count + 1, dtype=np.float64))
        logs = np.concatenate([[0.0], np.cumsum(steps)])
        if steps[-1] < 0 and logs[-1] < logs.max() - _SMALL:
            return logs
        count *= 2


def _within(arrive: float, serve: float, leave: float, base: float, waits: float, limit: float) -> tuple[float, float]:
    """Of all calls: the share that waits and is answered within `limit` s, and the share that hangs up within it.

    The wait offered to an endlessly patient caller has the density serve * exp(base + arrive H(x) - serve x) with
    H(x) = (1 - exp(-leave x)) / leave; a caller is still there at x with probability exp(-leave x).
    """
    if limit <= 0.0:
        return 0.0, 0.0
    speed = max(abs(arrive - serve), math.sqrt(arrive * leave), leave)
    panels = int(limit * speed / 2.0) + 4
    width = limit / panels
    x = (np.arange(panels)[:, None] + (1.0 + _NODES[None, :]) / 2.0) * width
    here = -np.expm1(-leave * x)  # has hung up by x
    density = serve * np.exp(base + arrive * here / leave - serve * x)
    mass = (density * _WEIGHTS[None, :]).sum() * width / 2.0
    gone = (density * here * _WEIGHTS[None, :]).sum() * width / 2.0
    later = max(0.0, waits - float(mass))
    return float(mass - gone), float(gone) - math.expm1(-leave * limit) * later
