"""The order of principles a response uses for each kind of help."""

from __future__ import annotations

import uuid

from tongzhou.chain.planning.models import PrincipleChoice
from tongzhou_engines.allocation import DEFAULT_ORDER

__all__ = ["choices_of", "orders_in"]


def choices_of(response_id: uuid.UUID) -> dict[str, PrincipleChoice]:
    """What a response chose instead of the default, by kind."""
    return {one.kind: one for one in PrincipleChoice.objects.filter(response_id=response_id)}


def orders_in(response_id: uuid.UUID) -> dict[str, tuple[str, ...]]:
    """The order of principles of every kind: the response's choice, else the default."""
    chosen = choices_of(response_id)
    return {kind: tuple(chosen[kind].order) if kind in chosen else order for kind, order in DEFAULT_ORDER.items()}
