"""Needs x offers x principles > plan, reasons, certificate; `check` verifies a plan without the solver."""

from tongzhou_engines.allocation.check import CheckResult, Fault, check
from tongzhou_engines.allocation.inputs import NEEDS_SCHEMA, OFFERS_SCHEMA, Source
from tongzhou_engines.allocation.planner import plan
from tongzhou_engines.allocation.principles import DEFAULT_ORDER, ORDERS, parse_order
from tongzhou_engines.allocation.result import Plan

__all__ = [
    "DEFAULT_ORDER",
    "NEEDS_SCHEMA",
    "OFFERS_SCHEMA",
    "ORDERS",
    "CheckResult",
    "Fault",
    "Plan",
    "Source",
    "check",
    "parse_order",
    "plan",
]
