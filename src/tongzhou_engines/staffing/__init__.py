"""Arrivals > seats needed > roster, each checked by other means: forecast, Erlang A, CP-SAT, an independent check."""

from tongzhou_engines.staffing.inputs import (
    ARRIVALS_SCHEMA,
    ASSIGNMENTS_SCHEMA,
    DEMAND_SCHEMA,
    Absence,
    Line,
    Person,
    RosterTask,
    Rules,
    Shift,
    SpecialDay,
    Targets,
    WhatIf,
    Window,
    Wish,
    weekly_windows,
)

__all__ = [
    "ARRIVALS_SCHEMA",
    "ASSIGNMENTS_SCHEMA",
    "DEMAND_SCHEMA",
    "Absence",
    "Line",
    "Person",
    "RosterTask",
    "Rules",
    "Shift",
    "SpecialDay",
    "Targets",
    "WhatIf",
    "Window",
    "Wish",
    "weekly_windows",
]
