"""The one door of rosters to the solver: whole-number programs for CP-SAT, the same answer every time.

One worker and a limit on deterministic time give the same answer on every run; a limit on seconds may cut it short,
and then the answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["Answer", "Program"]


@dataclass(frozen=True, slots=True)
class Answer:
    """status: "optimal", "feasible", "infeasible" (proved) or "unknown" (nothing found, nothing proved).

    values: of every variable, empty without a solution; objective; bound: no solution has a smaller objective.
    """

    status: str
    values: tuple[int, ...]
    objective: int
    bound: float

    @property
    def found(self) -> bool:
        """Whether there is a solution."""
        return self.status in ("optimal", "feasible")


class Program:
    """Whole-number variables, linear rows, one linear objective to be made small."""

    def __init__(self) -> None:
        # Loaded with the first program: it is a third of what a web process would load, and few processes ever solve.
        from ortools.sat.python import cp_model

        self._cp = cp_model
        self._model = cp_model.CpModel()
        self._variables: list[cp_model.IntVar] = []
        self._cost: dict[int, int] = {}

    def whole(self, low: int, high: int, cost: int = 0) -> int:
        """A whole number between low and high; its index. cost: its coefficient in the objective."""
        self._variables.append(self._model.new_int_var(low, high, ""))
        if cost:
            self._cost[len(self._variables) - 1] = cost
        return len(self._variables) - 1

    def flag(self, cost: int = 0) -> int:
        """A variable that is 0 or 1."""
        return self.whole(0, 1, cost)

    def price(self, variable: int, cost: int) -> None:
        """Add `cost` to the coefficient of a variable in the objective."""
        self._cost[variable] = self._cost.get(variable, 0) + cost

    def row(self, terms: Sequence[tuple[int, int]], low: int | None = None, high: int | None = None) -> None:
        """low <= sum of factor * variable <= high for (variable, factor) in terms."""
        if not terms:
            if (low or 0) > 0 or (high or 0) < 0:
                self._model.add_bool_or([])  # nothing adds up to something: no solution
            return
        factors: dict[int, int] = {}
        for variable, factor in terms:
            factors[variable] = factors.get(variable, 0) + factor
        variables = [self._variables[v] for v in factors]
        expression = self._cp.LinearExpr.weighted_sum(variables, list(factors.values()))
        self._model.add_linear_constraint(
            expression, self._cp.INT_MIN if low is None else low, self._cp.INT_MAX if high is None else high
        )

    def at_most_one(self, variables: Sequence[int]) -> None:
        """Of these flags no two are 1."""
        if len(variables) > 1:
            self._model.add_at_most_one([self._variables[v] for v in variables])

    def hint(self, values: Mapping[int, int]) -> None:
        """Values to begin with."""
        for variable, value in values.items():
            self._model.add_hint(self._variables[variable], value)

    def solve(self, *, seed: int, effort: float, seconds: float, gap: float = 0.0) -> Answer:
        """The best found. effort: deterministic time; seconds: wall clock; gap: relative, good enough to stop."""
        variables = [self._variables[v] for v in self._cost]
        if variables:
            self._model.minimize(self._cp.LinearExpr.weighted_sum(variables, list(self._cost.values())))
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = effort
        solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        solver.parameters.relative_gap_limit = gap
        status = solver.solve(self._model)
        names = {self._cp.OPTIMAL: "optimal", self._cp.FEASIBLE: "feasible", self._cp.INFEASIBLE: "infeasible"}
        if status == self._cp.MODEL_INVALID:
            raise ArithmeticError(f"the program is not valid: {self._model.validate()}")
        name = names.get(status, "unknown")
        if name not in ("optimal", "feasible"):
            return Answer(name, (), 0, 0.0)
        values = tuple(int(solver.value(v)) for v in self._variables)
        worth = sum(cost * values[v] for v, cost in self._cost.items())
        return Answer(name, values, worth, float(solver.best_objective_bound) if variables else float(worth))
