"""Tongzhou's planning library: messy sheets to a plan anyone can check. Usable alone, without the platform.

from tongzhou_engines import plan, check, read_sheets, write_plan
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tongzhou_engines.allocation import Plan, check, plan
    from tongzhou_engines.base.errors import InputError
    from tongzhou_engines.catalogue import Catalogue
    from tongzhou_engines.gazetteer import Gazetteer, PlaceTree
    from tongzhou_engines.reporting import write_plan
    from tongzhou_engines.sheets import read_sheets

__all__ = ["Catalogue", "Gazetteer", "InputError", "PlaceTree", "Plan", "check", "plan", "read_sheets", "write_plan"]

_HOME = {
    "Catalogue": "catalogue",
    "Gazetteer": "gazetteer",
    "InputError": "base.errors",
    "PlaceTree": "gazetteer",
    "Plan": "allocation",
    "check": "allocation",
    "plan": "allocation",
    "read_sheets": "sheets",
    "write_plan": "reporting",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when first asked for, so that a command that needs one room loads only that."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
