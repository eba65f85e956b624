"""Arrivals > seats needed > roster, each checked by other means: forecast, Erlang A, CP-SAT, an independent check."""

from tongzhou_engines.staffing.arrivals import (
    count_arrivals,
)
from tongzhou_engines.staffing.changes import (
    MOVES_SCHEMA,
    Repair,
    Swap,
    repair_roster,
    swap_allowed,
)
from tongzhou_engines.staffing.check import (
    COVERAGE_SCHEMA,
    RULES,
    CheckedRoster,
    RosterFault,
    check_roster,
)
from tongzhou_engines.staffing.forecast import (
    FORECAST_SCHEMA,
    Forecast,
    Note,
    forecast_arrivals,
)
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
from tongzhou_engines.staffing.queues import (
    LineFigures,
    erlang_a,
    erlang_b,
    erlang_c,
)
from tongzhou_engines.staffing.reasons import (
    SHORTAGES_SCHEMA,
)
from tongzhou_engines.staffing.roster import (
    PEOPLE_SCHEMA,
    Fairness,
    Roster,
    make_roster,
)
from tongzhou_engines.staffing.seats import (
    SeatsNeeded,
    agents_needed,
    demand_table,
    figures,
)
from tongzhou_engines.staffing.service import (
    SERVICE_SCHEMA,
    expected_service,
)

__all__ = [
    "ARRIVALS_SCHEMA",
    "ASSIGNMENTS_SCHEMA",
    "COVERAGE_SCHEMA",
    "DEMAND_SCHEMA",
    "FORECAST_SCHEMA",
    "MOVES_SCHEMA",
    "PEOPLE_SCHEMA",
    "RULES",
    "SERVICE_SCHEMA",
    "SHORTAGES_SCHEMA",
    "Absence",
    "CheckedRoster",
    "Fairness",
    "Forecast",
    "Line",
    "LineFigures",
    "Note",
    "Person",
    "Repair",
    "Roster",
    "RosterFault",
    "RosterTask",
    "Rules",
    "SeatsNeeded",
    "Shift",
    "SpecialDay",
    "Swap",
    "Targets",
    "WhatIf",
    "Window",
    "Wish",
    "agents_needed",
    "check_roster",
    "count_arrivals",
    "demand_table",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "expected_service",
    "figures",
    "forecast_arrivals",
    "make_roster",
    "repair_roster",
    "swap_allowed",
    "weekly_windows",
]
