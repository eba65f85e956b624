"""Second step of a roster: who works what, pack by pack, from the counts of the first step; fair within the pack."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tongzhou_engines.staffing.board import Board, Placed
from tongzhou_engines.staffing.check import NIGHTS_DAYS
from tongzhou_engines.staffing.counts import Budget, Counts, Group, packs_of, weekend_days
from tongzhou_engines.staffing.greedy import fill_greedily
from tongzhou_engines.staffing.person_rules import add_person_rules
from tongzhou_engines.staffing.solver import Program

__all__ = ["Shares", "even_people", "fair_shares", "kinds_of", "place_people"]

_UNFILLED = 20_000
_WISH = 60
_BEYOND = 30
_THREADS = 2
#: People who exchange shifts at once, how many of them for being worst off, and how often in vain is enough.
_EVEN_FEW, _EVEN_WORST, _EVEN_IN_VAIN = 12, 4, 8

#: (day, shift) -> the lines at which somebody is wanted, one entry a person.
Wanted = dict[tuple[int, int], list[int]]


@dataclass(frozen=True, slots=True)
class Shares:
    """Fair shares of the people of one pack: person -> minutes, nights, weekend days, in proportion to what each can
    give (times, limits of hours and nights).
    """

    minutes: dict[int, float]
    nights: dict[int, float]
    weekend_days: dict[int, float]


def fair_shares(board: Board, people: Sequence[int], minutes: int, nights: int, free_days: int) -> Shares:
    """What each of these people should carry of their minutes, nights and weekend days."""
    weekend = weekend_days(board)
    weeks = board.week_left.shape[1]
    able: dict[str, dict[int, float]] = {"minutes": {}, "nights": {}, "weekend": {}}
    longest = int(board.minutes.max())
    for person in people:
        days = board.can[person].any(axis=1)
        able["minutes"][person] = float(
            sum(
                min(int(board.week_left[person, week]), int(days[board.week == week].sum()) * longest)
                for week in range(weeks)
            )
        )
        night_days = int(board.can[person][:, board.night].any(axis=1).sum())
        able["nights"][person] = float(min(night_days, int(board.nights[person]) * -(-board.days // NIGHTS_DAYS)))
        able["weekend"][person] = float(days[weekend].sum())

    def shared(what: str, total: int) -> dict[int, float]:
        whole = sum(able[what].values())
        return {person: total * mine / whole if whole else 0.0 for person, mine in able[what].items()}

    return Shares(shared("minutes", minutes), shared("nights", nights), shared("weekend", free_days))


def place_people(board: Board, groups: tuple[Group, ...], counts: Counts, budget: Budget) -> Placed:
    """Every count filled by people who may work there; what cannot be filled stays open."""
    packs = packs_of(groups)
    pack_of = {g: n for n, pack in enumerate(packs) for g in pack}
    wanted: list[Wanted] = [defaultdict(list) for _ in packs]
    for (g, day, shift, line), number in sorted(counts.numbers.items()):
        wanted[pack_of[g]][day, shift] += [line] * number
    return _all_packs(board, groups, wanted, None, budget)


def even_people(board: Board, groups: tuple[Group, ...], placed: Placed, budget: Budget) -> Placed:
    """The same shifts and lines, spread more evenly: over the people of each pack, then over all of the same skills."""
    packs = packs_of(groups)
    pack_of = {person: n for n, pack in enumerate(packs) for g in pack for person in groups[g].people}
    wanted: list[Wanted] = [defaultdict(list) for _ in packs]
    for (person, day), (shift, line) in sorted(placed.items(), key=lambda item: (item[0][1], item[1], item[0][0])):
        wanted[pack_of[person]][day, shift].append(line)
    placed = _all_packs(board, groups, wanted, placed, budget)
    kinds = kinds_of(groups)
    with ThreadPoolExecutor(_THREADS) as pool:
        made = list(pool.map(lambda people: _evened(board, people, placed, budget), kinds))
    return {spot: work for one in made for spot, work in one.items()}


def kinds_of(groups: tuple[Group, ...]) -> list[list[int]]:
    """The people of each set of skills, who can stand in for each other: the fair share is reckoned among them."""
    kinds: dict[int, list[int]] = defaultdict(list)
    for group in groups:
        kinds[group.kind] += group.people
    return [kinds[kind] for kind in sorted(kinds)]


def _all_packs(
    board: Board, groups: tuple[Group, ...], wanted: list[Wanted], current: Placed | None, budget: Budget
) -> Placed:
    members = [[person for g in pack for person in groups[g].people] for pack in packs_of(groups)]

    def pack(n: int) -> Placed:
        shares = _shares_of(board, members[n], wanted[n])
        return _place(board, members[n], wanted[n], current, budget, shares)

    with ThreadPoolExecutor(_THREADS) as pool:
        made = list(pool.map(pack, range(len(members))))
    return {spot: work for placed in made for spot, work in placed.items()}


def _evened(board: Board, people: Sequence[int], everybody: Placed, budget: Budget) -> Placed:
    """Few at a time, those farthest above (or below) their share exchange shifts with others until nothing gains.

    A hundred people are too much for the solver; a dozen never are. Who has too little because nothing is wanted when
    they can come stays where they are, so the others are drawn by lot.
    """
    own, rng = set(people), random.Random(budget.seed)
    placed = {spot: work for spot, work in everybody.items() if spot[0] in own}
    shares = _shares_of(board, people, _wanted(placed))
    enough = max(_EVEN_IN_VAIN, len(people) // _EVEN_FEW)
    in_vain = turn = 0
    while in_vain < enough and budget.seconds > 0:
        off = _distances(board, people, placed, shares)
        if max(map(abs, off.values()), default=0.0) <= int(board.minutes.max()):
            break
        turn += 1
        ordered = sorted(people, key=lambda person: (off[person], person))
        few = set(ordered[-_EVEN_WORST:] if turn % 2 else ordered[:_EVEN_WORST])
        rest = [person for person in ordered if person not in few]
        few |= set(rng.sample(rest, min(len(rest), _EVEN_FEW - len(few))))
        mine = {spot: work for spot, work in placed.items() if spot[0] in few}
        new = _place(board, sorted(few), _wanted(mine), mine, budget, shares, each=True)
        kept = {spot: work for spot, work in placed.items() if spot[0] not in few} | new
        after = _distances(board, people, kept, shares)
        if sum(d * d for d in after.values()) < sum(d * d for d in off.values()) - 1.0:
            placed, in_vain = kept, 0
        else:
            in_vain += 1
    return placed


def _wanted(placed: Placed) -> Wanted:
    """What these assignments fill."""
    wanted: Wanted = defaultdict(list)
    for (_, day), (shift, line) in sorted(placed.items(), key=lambda item: (item[0][1], item[1], item[0][0])):
        wanted[day, shift].append(line)
    return wanted


def _distances(board: Board, people: Sequence[int], placed: Placed, shares: Shares) -> dict[int, float]:
    """Minutes above (or, negative, below) the fair share."""
    off = {person: -shares.minutes[person] for person in people}
    for (person, _), (shift, _line) in placed.items():
        off[person] += int(board.minutes[shift])
    return off


def _place(
    board: Board, people: Sequence[int], wanted: Wanted, current: Placed | None, budget: Budget, shares: Shares,
    each: bool = False,
) -> Placed:  # fmt: skip
    """Who of these people works what; with `current` everything wanted is filled already, and stays filled.

    shares: fair shares, of these people and perhaps of others too; each: what lies beyond a share costs for everybody,
    not by the worst person.
    """
    program = Program()
    flags: dict[tuple[int, int, int], int] = {}
    for person in people:
        works: dict[tuple[int, int], list[int]] = {}
        for day, shift in sorted(wanted):
            if board.can[person, day, shift]:
                flag = program.flag(_WISH * board.wishes.get((person, day), 0))
                flags[person, day, shift] = flag
                works[day, shift] = [flag]
        add_person_rules(program, board, person, works, {})
    was = {} if current is None else {spot: work for spot, work in current.items() if spot[0] in set(people)}
    begin = {spot: work[0] for spot, work in was.items()} if current else fill_greedily(board, people, wanted)
    hint = {flag: int(begin.get((p, d), -1) == s) for (p, d, s), flag in flags.items()}
    given = Counter((day, shift) for (_, day), shift in begin.items())
    for (day, shift), lines in sorted(wanted.items()):
        open_places = program.whole(0, len(lines) if current is None else 0, _UNFILLED)
        hint[open_places] = len(lines) - given[day, shift]
        mine = [(flags[p, day, shift], 1) for p in people if (p, day, shift) in flags]
        program.row([*mine, (open_places, 1)], low=len(lines), high=len(lines))
    _fair(program, board, people, shares, flags, hint, each)
    program.hint(hint)
    answer = budget.solve(program, 0.3 if each else 2.0 if current is None else 3.0)
    chosen = begin  # breaks no rule, should the search be stopped before its first solution
    if answer.found:
        chosen = {(p, d): s for (p, d, s), flag in flags.items() if answer.values[flag]}
    placed: Placed = {}
    for (day, shift), lines in sorted(wanted.items()):
        there = [p for p in people if chosen.get((p, day)) == shift]
        turn = day % max(1, len(there))  # who sits at which line changes from day to day
        for person, line in zip(there[turn:] + there[:turn], lines, strict=False):
            placed[person, day] = (shift, line)
    return placed


def _shares_of(board: Board, people: Sequence[int], wanted: Wanted) -> Shares:
    """The fair shares of these people in what is wanted of them together."""
    weekend = set(weekend_days(board))
    total = [0, 0, 0]
    for (day, shift), lines in wanted.items():
        total[0] += int(board.minutes[shift]) * len(lines)
        total[1] += len(lines) if board.night[shift] else 0
        total[2] += len(lines) if day in weekend else 0
    return fair_shares(board, people, *total)


def _fair(
    program: Program,
    board: Board,
    people: Sequence[int],
    shares: Shares,
    flags: dict[tuple[int, int, int], int],
    hint: dict[int, int],
    each: bool,
) -> None:
    """Nobody carries more or less than the share, rounded; what lies beyond costs by the worst person (or `each`)."""
    weekend = set(weekend_days(board))
    lengths = {int(m) for m in board.minutes}

    mine: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (person, day, shift), flag in flags.items():
        mine[person].append((day, shift, flag))
    for what, share in enumerate((shares.minutes, shares.nights, shares.weekend_days)):
        unit = (min(lengths) if len(lengths) == 1 else 0) if what == 0 else 1
        cost = 1 if what == 0 else _BEYOND
        worst = -1 if each else program.whole(0, 100_000, cost)
        for person in people:
            beyond = program.whole(0, 100_000, cost) if each else worst
            if what == 0:
                terms = [(flag, int(board.minutes[shift]) // 30) for _, shift, flag in mine[person]]
                low, high = _band(share[person], unit, max(lengths))
            else:
                terms = [
                    (flag, 1)
                    for day, shift, flag in mine[person]
                    if (board.night[shift] if what == 1 else day in weekend)
                ]
                low, high = math.floor(share[person] + 1e-9), math.ceil(share[person] - 1e-9)
            program.row([*terms, (beyond, -1)], high=high)
            program.row([*terms, (beyond, 1)], low=low)
            begun = sum(factor * hint[flag] for flag, factor in terms)
            hint[beyond] = max(hint.get(beyond, 0), begun - high, low - begun)


def _band(share: float, unit: int, longest: int) -> tuple[int, int]:
    """Half hours between which a share of minutes counts as met: whole shifts where all are of one length."""
    if unit:
        return math.floor(share / unit + 1e-9) * unit // 30, math.ceil(share / unit - 1e-9) * unit // 30
    return max(0, int((share - longest / 2) // 30)), int(-(-(share + longest / 2) // 30))
