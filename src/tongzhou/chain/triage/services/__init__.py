"""Writes of triage. A flow calls them; each is keyword-only and runs inside one transaction."""

from tongzhou.chain.triage.services.duplicates import note_duplicates, note_duplicates_for
from tongzhou.chain.triage.services.quantities import plan_quantities

__all__ = ["note_duplicates", "note_duplicates_for", "plan_quantities"]
