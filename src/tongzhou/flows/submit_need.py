"""A plea comes in: by form, telephone, fast entry or interface. One transaction, one effect however often sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models import Submission
from tongzhou.chain.intake.services import submit
from tongzhou.chain.intake.services.codes import secret_of
from tongzhou.chain.intake.services.submit import Arrival
from tongzhou.chain.intake.types import Channel, Held, SaidNeed, SaidOffer, Spot, Submitted
from tongzhou.flows import reading
from tongzhou.flows.compare_needs import compare_later
from tongzhou.kernel import crypto, idempotency, outbox, throttle
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.responses.models import Response

__all__ = ["HARD_LIMIT", "held_reason", "sent_before", "submit_need"]

#: From one network address: more than SOFT in ten minutes are held for review (a shared address is normal in a
#: hospital or behind a phone network), more than HARD in an hour are refused.
SOFT_LIMIT, SOFT_SECONDS = 6, 600
HARD_LIMIT, HARD_SECONDS = 120, 3600
#: From one phone number in a day, beyond which a person looks first.
PHONE_LIMIT, PHONE_SECONDS = 5, 86_400


def submit_need(
    *, actor: Actor, response: Response, key: str, said: SaidNeed, channel: str, now: dt.datetime, address: str = "",
    language: str = "zh-hans", trapped: bool = False,
) -> Submitted:  # fmt: skip
    """Write a plea down, once for each client-made `key`.

    `address`: where the request came from, counted as a keyed hash (only for the public form); `trapped`: the field
    that people do not see was filled in. Raises ``response_closed``, ``too_many``, ``key_reused`` (the key
    came with other content), ``not_found`` (an actor without the right).
    """
    if not response.is_open:
        raise Refusal("response_closed")
    content = fingerprint_of(said)
    spot = said.spot or reading.spot_of(said.place_text, response)
    said = replace(said, lines=reading.recognised(said.lines, response.pk), spot=spot)
    categories = reading.categories_of(said.lines, response.pk)
    _permit(actor, channel, said, spot, response, categories)
    arrival = Arrival(response=response, key=key, channel=channel, now=now, language=language)

    def effect() -> dict[str, Any]:
        held = held_reason(said.contact.phone, address, response.pk, trapped) if channel == Channel.FORM else ""
        return _write(actor, replace(arrival, held=held), said, spot, categories)

    with transaction.atomic():
        done, ran = idempotency.once(scope=f"submit:{response.pk}", key=key, content=content, effect=effect)
    return submitted(done, key, repeated=not ran)


def fingerprint_of(said: SaidNeed | SaidOffer) -> str:
    """A hash of what was said, for `idempotency.once`. Photos do not count: each making of one may differ."""
    words = asdict(replace(said, photos=()) if isinstance(said, SaidNeed) else said)
    return idempotency.fingerprint(words)


def submitted(done: dict[str, Any], key: str, *, repeated: bool) -> Submitted:
    """The answer to a submission from what was kept of the first one."""
    submission = uuid.UUID(done["submission"])
    return Submitted(
        code=done["code"], secret=secret_of(key, submission), submission=submission, held=done["held"],
        records=tuple(uuid.UUID(one) for one in done["records"]), repeated=repeated,
    )  # fmt: skip


def sent_before(*, response: Response, key: str) -> Submitted | None:
    """What the first sending with this key led to, for whoever holds the key; None when there was none."""
    done = idempotency.result_of(scope=f"submit:{response.pk}", key=key)
    return submitted(done, key, repeated=True) if isinstance(done, dict) else None


def held_reason(phone: str, address: str, response_id: uuid.UUID, trapped: bool) -> str:
    """Why a public submission waits for a person, or "". Raises ``Refusal("too_many")`` beyond the hard limit."""
    if address:
        throttle.hit("submit-hard", address, limit=HARD_LIMIT, seconds=HARD_SECONDS)
    if trapped:
        return Held.TRAP
    if address and not _within("submit-soft", address, SOFT_LIMIT, SOFT_SECONDS):
        return Held.ADDRESS
    index = crypto.phone_index(phone, submit.scope_of(response_id)) if phone else ""
    if index and not _within("submit-phone", index, PHONE_LIMIT, PHONE_SECONDS):
        return Held.PHONE
    return ""


def _within(name: str, who: str, limit: int, seconds: int) -> bool:
    try:
        throttle.hit(name, who, limit=limit, seconds=seconds)
    except Refusal:
        return False
    return True


def _permit(
    actor: Actor, channel: str, said: SaidNeed, spot: Spot, response: Response, categories: Mapping[str, Effective]
) -> None:
    """Anybody may use the public form; every other way in needs a role for each line at that place."""
    if channel == Channel.FORM:
        return
    wanted = policies.ENTER_NEED if channel in (Channel.ENTRY, Channel.PHONE) else policies.CREATE_NEED
    for line in said.lines:
        category = categories.get(line.category or "")
        require(
            actor, wanted, line=category.line if category else "supplies", area=spot.place, response=response.pk,
            organisation=said.organisation,
        )  # fmt: skip


def _write(
    actor: Actor, arrival: Arrival, said: SaidNeed, spot: Spot, categories: Mapping[str, Effective]
) -> dict[str, Any]:
    act = policies.SUBMITTED if arrival.channel == Channel.FORM else policies.CREATE_NEED
    if arrival.channel in (Channel.ENTRY, Channel.PHONE):
        act = policies.ENTER_NEED
    submission, needs, _secret = submit.record_needs(
        actor=actor, arrival=arrival, said=said, spot=spot, categories=categories, act=act
    )
    for need in needs:
        compare_later(need=need, now=arrival.now)
    outbox.post("need.received", {"submission": str(submission.pk)}, key=f"need.received:{submission.pk}")
    return kept_answer(submission, [need.pk for need in needs])


def kept_answer(submission: Submission, records: list[uuid.UUID]) -> dict[str, Any]:
    """What a second sending of the same form is answered with: ids and the code, nothing personal, no secret."""
    return {
        "submission": str(submission.pk), "code": submission.code, "held": submission.held_reason,
        "records": [str(one) for one in records],
    }  # fmt: skip
