"""Where the reference data that ships with Tongzhou lies: beside the package in a wheel, in data/ in a checkout."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_path"]

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(relative: str) -> Path:
    """The file `relative` (e.g. ``places/places.csv``) of the shipped reference data; FileNotFoundError when absent."""
    for root in (_PACKAGE / "_data", _PACKAGE.parents[1] / "data"):
        candidate = root / relative
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"shipped reference data {relative!r} not found beside {_PACKAGE}")
