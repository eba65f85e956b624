"""``{% load setup_people %}``: names for codes and ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def named(names: Mapping[Any, str], key: Any) -> str:
    """The name of a code or id, or itself when it has none."""
    return names.get(key) or str(key or "–")
