"""Needs and offers are verified by the same pages; this is what differs between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from tongzhou.chain.triage.models import Check
from tongzhou.chain.triage.policies import VERIFY_NEED, VERIFY_OFFER
from tongzhou.chain.triage.selectors.queue import Filters
from tongzhou.chain.triage.types import Holding, Outcome, Verdict
from tongzhou.flows import verify_need, verify_offer
from tongzhou.kernel.access import Act, Actor

__all__ = ["KINDS", "NEED", "OFFER", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is verified. `outcomes`: the words of its outcomes, in the order of their keys."""

    name: str
    act: Act
    outcomes: tuple[tuple[str, str | Promise], ...]
    take: Callable[..., Holding]
    take_next: Callable[..., Any]
    verify: Callable[..., Check]
    undo: Callable[..., Check]

    def taken(self, actor: Actor, record: Any, now: dt.datetime) -> Holding:
        """Take one in hand."""
        return self.take(actor=actor, now=now, **{self.name: record})

    def next(self, actor: Actor, filters: Filters, now: dt.datetime, tab: str) -> Any:
        """Take the next one."""
        return self.take_next(actor=actor, filters=filters, now=now, tab=tab)

    def decide(self, actor: Actor, record: Any, verdict: Verdict, expect: int, now: dt.datetime) -> Check:
        """Record an outcome."""
        return self.verify(actor=actor, verdict=verdict, expect=expect, now=now, **{self.name: record})


NEED = Kind(
    "need",
    VERIFY_NEED,
    tuple((str(one.value), one.label) for one in Outcome),
    verify_need.take_need,
    verify_need.take_next_need,
    verify_need.verify_need,
    verify_need.undo_check,
)
OFFER = Kind(
    "offer",
    VERIFY_OFFER,
    tuple(
        (str(one.value), pgettext_lazy("outcome", "已经给完了") if one == Outcome.SOLVED else one.label)
        for one in Outcome
    ),
    verify_offer.take_offer,
    verify_offer.take_next_offer,
    verify_offer.verify_offer,
    verify_offer.undo_offer_check,
)
KINDS = {kind.name: kind for kind in (NEED, OFFER)}
