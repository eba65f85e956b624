"""A line simulated call by call with SimPy, for tests and the bench: it knows nothing of Erlang's formulas."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import simpy


@dataclass
class Told:
    """What happened to the calls that came in each half hour: offered, answered in time, hung up, seconds waited."""

    offered: list[int]
    in_time: list[int]
    hung_up: list[int]
    waited: list[float]

    def share(self, what: list[int]) -> float:
        """Part of all calls."""
        return sum(what) / max(1, sum(self.offered))


def simulate(
    calls: Sequence[float],
    seats: Sequence[int],
    handle_seconds: float,
    patience_seconds: float,
    answer_within_seconds: float,
    seed: int,
) -> Told:
    """Half hours one after the other: calls[h] expected, seats[h] people. Who is talking when a shift ends finishes
    the call first; a new shift takes over free seats at once.
    """
    rng = random.Random(seed)
    world = simpy.Environment()
    told = Told([0] * len(calls), [0] * len(calls), [0] * len(calls), [0.0] * len(calls))
    waiting: list[simpy.Event] = []
    state = {"busy": 0, "seats": seats[0]}

    def take_next():
        while waiting and state["busy"] < state["seats"]:
            state["busy"] += 1
            waiting.pop(0).succeed()

    def caller(half: int):
        came = world.now
        told.offered[half] += 1
        mine = world.event()
        waiting.append(mine)
        take_next()
        patience = world.timeout(rng.expovariate(1 / patience_seconds))
        yield mine | patience
        told.waited[half] += world.now - came
        if not mine.triggered:
            waiting.remove(mine)
            told.hung_up[half] += 1
            return
        told.in_time[half] += world.now - came <= answer_within_seconds
        yield world.timeout(rng.expovariate(1 / handle_seconds))
        state["busy"] -= 1
        take_next()

    def day():
        for half, rate in enumerate(calls):
            state["seats"] = seats[half]
            take_next()
            end = (half + 1) * 1800
            while rate > 0:
                pause = rng.expovariate(rate / 1800)
                if world.now + pause >= end:
                    break
                yield world.timeout(pause)
                world.process(caller(half))
            yield world.timeout(end - world.now)

    world.process(day())
    world.run()
    return told
