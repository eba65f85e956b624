"""The objects of bulletins that rows of the permission table are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["BODIES", "OBJECTS", "QUERIES"]

#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {}

#: What is sent, where the answer would otherwise be about an empty form.
BODIES: dict[tuple[str, str], dict[str, Any]] = {}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
