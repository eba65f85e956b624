"""Compliance: the place of planning's rules, asked again when an assignment is accepted."""

from __future__ import annotations

import datetime as dt

from tongzhou.chain.intake.models import Need, Offer

__all__ = ["require_lawful"]


def require_lawful(*, offer: Offer, need: Need, now: dt.datetime) -> None:
    """Refuse a pair that no rule allows (any longer)."""
