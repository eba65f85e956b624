"""A roster for any number of days: counts by group first, people second, gaps mended third, all of it checked."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tongzhou_engines.staffing.board import Board, Placed, build_board, table_of
from tongzhou_engines.staffing.check import CheckedRoster, check_roster
from tongzhou_engines.staffing.counts import Budget, Group, choose_counts, groups_of, weekend_days
from tongzhou_engines.staffing.inputs import RosterTask
from tongzhou_engines.staffing.mending import days_reaching, lacking_slots, mend
from tongzhou_engines.staffing.people import even_people, fair_shares, kinds_of, place_people
from tongzhou_engines.staffing.reasons import shortages

__all__ = ["PEOPLE_SCHEMA", "Fairness", "Roster", "make_roster"]

PEOPLE_SCHEMA: dict[str, pl.DataType] = {
    "person": pl.String(),
    "group": pl.Int64(),
    "minutes": pl.Int64(),
    "nights": pl.Int64(),
    "weekend_days": pl.Int64(),
    "fair_minutes": pl.Float64(),
    "fair_nights": pl.Float64(),
    "fair_weekend_days": pl.Float64(),
    "wishes": pl.Int64(),
    "refused": pl.Int64(),
}
_MEND_DAYS = 3
_MEND_ROUNDS = 60
_MEND_FAILURES = 6

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Fairness:
    """Greatest distance of anybody from their fair share within the group: minutes, nights, weekend days; wishes."""

    minutes: float
    nights: float
    weekend_days: float
    wishes: int
    refused: int


@dataclass(frozen=True, slots=True)
class Roster:
    """assignments: ASSIGNMENTS_SCHEMA, by day, shift, line, person.

    status: "complete" (every half hour covered), "short_proved" (no roster lacks less) or "short" (a smaller shortage
    is not ruled out). shortage, least_shortage: seat half hours lacking, and what is proved to be inevitable.
    coverage: COVERAGE_SCHEMA; shortages: SHORTAGES_SCHEMA; people: PEOPLE_SCHEMA. minutes: all shifts together.
    seconds: it took; stopped_by_time: whether the limit of seconds cut the search short (then another run may differ).
    """

    assignments: pl.DataFrame
    status: str
    shortage: int
    least_shortage: int
    coverage: pl.DataFrame
    shortages: pl.DataFrame
    people: pl.DataFrame
    fairness: Fairness
    minutes: int
    seconds: float
    stopped_by_time: bool
    seed: int


def make_roster(
    task: RosterTask,
    *,
    seed: int = 0,
    effort: float = 1.0,
    seconds: float = 600.0,
    clock: Callable[[], float] = time.monotonic,
    watch: Watch | None = None,
) -> Roster:
    """The roster: nobody's rules broken, shortage least first, then few hours, wishes kept, burdens even.

    effort: multiplies the (deterministic) search time; seconds: a limit by `clock` after which the best so far is
    returned; watch: told (step, done, of) and may raise to stop. The same arguments give the same roster unless
    `stopped_by_time`. Errors: InputError roster_invalid.
    """
    begun = clock()
    budget = Budget(seed, effort, begun + seconds, clock)
    told = watch or (lambda step, done, of: None)
    told("reading", 0, 5)
    board = build_board(task)
    groups = groups_of(board)
    told("counting", 1, 5)
    counts = choose_counts(board, groups, budget)
    told("placing", 2, 5)
    placed = place_people(board, groups, counts, budget)
    told("mending", 3, 5)
    placed = _mended(board, placed, counts.least, budget)
    told("evening", 4, 5)
    placed = even_people(board, groups, placed, budget)
    told("checking", 5, 5)
    assignments = table_of(board, placed)
    checked = check_roster(task, assignments)
    _must_hold(checked)
    status = "complete" if not checked.shortage else "short_proved" if checked.shortage == counts.least else "short"
    people, fairness = _people(board, groups, placed)
    return Roster(
        assignments=assignments,
        status=status,
        shortage=checked.shortage,
        least_shortage=counts.least,
        coverage=checked.coverage,
        shortages=shortages(board, checked.coverage, counts.least, checked.shortage),
        people=people,
        fairness=fairness,
        minutes=sum(int(board.minutes[shift]) for shift, _ in placed.values()),
        seconds=clock() - begun,
        stopped_by_time=budget.seconds <= 0,
        seed=seed,
    )


def _must_hold(checked: CheckedRoster) -> None:
    """A roster that breaks a person's rule is a fault of ours and is never handed out."""
    broken = [fault for fault in checked.faults if fault.person]
    if broken:
        raise ArithmeticError(f"the roster does not hold: {broken[0].en} ({len(broken)} faults)")


def _mended(board: Board, placed: Placed, least: int, budget: Budget) -> Placed:
    """While more is lacking than must be: the worst days and their neighbours are arranged anew."""
    tried: set[tuple[int, ...]] = set()
    failures = 0
    for _ in range(_MEND_ROUNDS):
        lack = lacking_slots(board, placed)
        if int(lack.sum()) <= least or budget.seconds <= 0 or failures > _MEND_FAILURES:
            break
        by_day = Counter({d: int(lack[d * 48 : (d + 1) * 48].sum()) for d in range(board.days)})
        for day, missing in sorted(by_day.items(), key=lambda item: (-item[1], item[0])):
            slots = [slot for slot in range(day * 48, (day + 1) * 48) if lack[slot]]
            reach = days_reaching(board, slots)
            if not missing or not reach:
                continue
            widths = [w for w in (0, _MEND_DAYS) if _window(board, reach, w) not in tried]
            if widths:
                break
        else:
            break
        free = _window(board, reach, widths[0])
        tried.add(free)
        found = mend(board, placed, free, budget)
        if found is not None and int(lacking_slots(board, found.placed).sum()) < int(lack.sum()):
            placed = found.placed
            failures = 0
            tried.clear()
        else:
            failures += 1
    return placed


def _window(board: Board, reach: list[int], wider: int) -> tuple[int, ...]:
    return tuple(range(max(0, min(reach) - wider), min(board.days, max(reach) + 1 + wider)))


def _people(board: Board, groups: tuple[Group, ...], placed: Placed) -> tuple[pl.DataFrame, Fairness]:
    """What everybody carries beside the fair share, and the greatest distances."""
    weekend = set(weekend_days(board))
    did: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for (person, day), (shift, _) in placed.items():
        did[person][0] += int(board.minutes[shift])
        did[person][1] += bool(board.night[shift])
        did[person][2] += day in weekend
    asked: Counter[int] = Counter(person for person, _ in board.wishes)
    refused: Counter[int] = Counter(person for person, day in board.wishes if (person, day) in placed)
    rows, worst = [], [0.0, 0.0, 0.0]
    for number, members in enumerate(kinds_of(groups)):
        total = [sum(did[person][what] for person in members) for what in range(3)]
        shares = fair_shares(board, members, *total)
        for person in members:
            fair = (shares.minutes[person], shares.nights[person], shares.weekend_days[person])
            worst = [max(w, abs(d - f)) for w, d, f in zip(worst, did[person], fair, strict=True)]
            rows.append((board.people[person].code, number, *did[person], *fair, asked[person], refused[person]))
    table = pl.DataFrame(rows, schema=PEOPLE_SCHEMA, orient="row").sort("person")
    return table, Fairness(worst[0], worst[1], worst[2], sum(asked.values()), sum(refused.values()))
