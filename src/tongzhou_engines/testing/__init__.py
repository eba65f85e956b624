"""What judges the engines: tiny instances, exact oracles, domain asserts (the module `strategies` needs Hypothesis)."""

from tongzhou_engines.testing.asserts import PlanTables, assert_lawful, assert_optimal, lawful_faults
from tongzhou_engines.testing.instances import ORDERS, Instance, NeedRow, OfferRow
from tongzhou_engines.testing.oracle import Exact, Stage, by_cell, staged_optimum
from tongzhou_engines.testing.oracle_rounding import Rounding, best_rounding, least_movement, permitted
from tongzhou_engines.testing.reading import Cell, Reading
from tongzhou_engines.testing.shapes import crossed_instance, random_instance
from tongzhou_engines.testing.shrinking import shrink

__all__ = [
    "ORDERS",
    "Cell",
    "Exact",
    "Instance",
    "NeedRow",
    "OfferRow",
    "PlanTables",
    "Reading",
    "Rounding",
    "Stage",
    "assert_lawful",
    "assert_optimal",
    "best_rounding",
    "by_cell",
    "crossed_instance",
    "lawful_faults",
    "least_movement",
    "permitted",
    "random_instance",
    "shrink",
    "staged_optimum",
]
