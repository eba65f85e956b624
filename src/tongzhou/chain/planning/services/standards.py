"""Technical standards written on goods and asked for by receivers: when one satisfies the other (pure)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from tongzhou_engines.catalogue import Catalogue, standards

__all__ = ["named_standards", "satisfies"]

#: A standard's family and number; the year is another edition of the same thing.
_WRITTEN = re.compile(
    r"(GB|YY|WS|YZB|EN|ASTM|ISO|NIOSH|T/[A-Z]{2,8})(?:\s*/\s*T)?\s*[-–—]?\s*"
    r"((?:F|D)?\d{2,6}(?:\.\d+)?|42\s*CFR\s*(?:PART\s*)?84)"
)


def named_standards(text: str) -> frozenset[str]:
    """The standards a text names, without their year: ``GB19083``, ``YY0469``, ``EN14683``, ``NIOSH42CFR84``."""
    plain = unicodedata.normalize("NFKC", text).upper()
    found = (f"{m[1]}{re.sub(r'PART|[^0-9A-Z.]', '', m[2])}" for m in _WRITTEN.finditer(plain))
    return frozenset(found)


@cache
def _equivalents() -> dict[str, frozenset[str]]:
    """Each standard with those that the catalogue names for the same category, and the editions that replaced it."""
    groups: list[set[str]] = []
    for category in Catalogue.builtin().categories.values():
        groups.append({one for written in category.standards for one in named_standards(written)})
    for standard in standards().values():
        # Another number took its place: "replaced by GB/T 28004.1-2021"; the same number in another year is the same.
        replaced = named_standards(standard.status) if standard.status.startswith("replace") else frozenset()
        groups.append(set(named_standards(standard.standard) | replaced))
    out: dict[str, set[str]] = {}
    for group in groups:
        for one in group:
            out.setdefault(one, set()).update(group)
    return {one: frozenset(group) for one, group in out.items()}


def satisfies(offered: str, wanted: str) -> bool:
    """True when goods marked `offered` meet what `wanted` names: one of the standards, or one equal to it.

    A text that names no standard asks for none. Goods without a mark meet no named standard: nobody can tell.
    """
    asked = named_standards(wanted)
    if not asked:
        return True
    marked = named_standards(offered)
    known = _equivalents()
    return any(marked & known.get(one, frozenset({one})) for one in asked)
