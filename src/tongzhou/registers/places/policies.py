"""Who may change what lies below the street. Divisions themselves are reference data, open to all."""

from __future__ import annotations

from dataclasses import replace

from tongzhou.kernel.access import ALL_LINES, Act, Actor, act, allows

__all__ = ["ADD_NAME", "ADD_SITE", "CHANGE_SITE", "allows_in", "anywhere", "area_of"]

# Places stand below people, so the roles are written out.
_KEEPERS = {"coordinator", "verifier", "admin"}

ADD_SITE = act("place.add_site", _KEEPERS, writes=True)
CHANGE_SITE = act("place.change_site", _KEEPERS, writes=True)
ADD_NAME = act("place.add_name", _KEEPERS, writes=True)


def area_of(code: str) -> str:
    """The area (prefix) that a division code stands for: the nation is the empty prefix."""
    return "" if code == "0" else code


def anywhere(actor: Actor) -> Actor:
    """The actor with every grant widened to all lines and responses: registers are shared by them, areas are not."""
    return replace(actor, grants=tuple(replace(grant, line=ALL_LINES, response=None) for grant in actor.grants))


def allows_in(actor: Actor, wanted: Act, code: str) -> bool:
    """True when the actor may do `wanted` to something of a shared register at the division `code`."""
    return allows(anywhere(actor), wanted, area=area_of(code))
