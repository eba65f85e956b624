"""An offer comes in: offer first, verified before anything moves. One transaction, one effect however often sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.services import submit
from tongzhou.chain.intake.services.submit import Arrival
from tongzhou.chain.intake.types import Channel, SaidOffer, Spot, Submitted
from tongzhou.flows import reading
from tongzhou.flows.submit_need import fingerprint_of, held_reason, kept_answer, submitted
from tongzhou.kernel import idempotency, outbox
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response

__all__ = ["submit_offer"]


def submit_offer(
    *,
    actor: Actor,
    response: Response,
    key: str,
    said: SaidOffer,
    channel: str,
    now: dt.datetime,
    address: str = "",
    language: str = "zh-hans",
    trapped: bool = False,
) -> Submitted:
    """Write an offer down, once for each client-made `key`; see `submit_need` for the arguments and refusals.

    Where it is may lie outside the response's area: help comes from everywhere.
    """
    if not response.is_open:
        raise Refusal("response_closed")
    content = fingerprint_of(said)
    spot = said.spot or reading.spot_of(said.place_text, response, anywhere=True)
    said = replace(said, lines=reading.recognised(said.lines, response.pk), spot=spot)
    categories = reading.categories_of(said.lines, response.pk)
    if channel != Channel.FORM:
        _permit(actor, said, spot, response, categories)
    arrival = Arrival(response=response, key=key, channel=channel, now=now, language=language)

    def effect() -> dict[str, Any]:
        held = held_reason(said.contact.phone, address, response.pk, trapped) if channel == Channel.FORM else ""
        return _write(actor, replace(arrival, held=held), said, spot, categories)

    with transaction.atomic():
        done, ran = idempotency.once(scope=f"submit:{response.pk}", key=key, content=content, effect=effect)
    return submitted(done, key, repeated=not ran)


def _permit(actor: Actor, said: SaidOffer, spot: Spot, response: Response, categories: Mapping[str, Effective]) -> None:
    for line in said.lines:
        category = categories.get(line.category or "")
        require(
            actor,
            policies.CREATE_OFFER,
            line=category.line if category else "supplies",
            area=spot.place,
            response=response.pk,
            organisation=said.organisation,
        )


def _write(
    actor: Actor, arrival: Arrival, said: SaidOffer, spot: Spot, categories: Mapping[str, Effective]
) -> dict[str, Any]:
    act = policies.OFFER_SUBMITTED if arrival.channel == Channel.FORM else policies.CREATE_OFFER
    submission, offers, _secret = submit.record_offers(
        actor=actor, arrival=arrival, said=said, spot=spot, categories=categories, act=act
    )
    outbox.post("offer.received", {"submission": str(submission.pk)}, key=f"offer.received:{submission.pk}")
    return kept_answer(submission, [offer.pk for offer in offers])
