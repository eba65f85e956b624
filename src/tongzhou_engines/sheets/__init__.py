"""Messy sheets to tidy needs, offers and leads: every cell accounted for, no row lost, nothing guessed."""

from tongzhou_engines.sheets.model import LEAD_SCHEMA, NEED_SCHEMA, OFFER_SCHEMA, TRACE_SCHEMA
from tongzhou_engines.sheets.reading import read_sheets
from tongzhou_engines.sheets.result import SheetsResult

__all__ = ["LEAD_SCHEMA", "NEED_SCHEMA", "OFFER_SCHEMA", "TRACE_SCHEMA", "SheetsResult", "read_sheets"]
