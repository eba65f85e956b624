"""Writes of triage. A flow calls them; each is keyword-only and runs inside one transaction."""

from tongzhou.chain.triage.services.duplicates import (
    compare_waiting_need,
    note_duplicates,
    note_duplicates_for,
    to_be_compared,
    waiting_needs,
)
from tongzhou.chain.triage.services.quantities import plan_quantities

__all__ = [
    "compare_waiting_need",
    "note_duplicates",
    "note_duplicates_for",
    "plan_quantities",
    "to_be_compared",
    "waiting_needs",
]
