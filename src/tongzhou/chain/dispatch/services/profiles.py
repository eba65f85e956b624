"""What a volunteer declares before the first task and every fortnight after it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from tongzhou.chain.dispatch.models import VolunteerProfile
from tongzhou.chain.dispatch.policies import DECLARE_HEALTH
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor

__all__ = ["declare"]


@transaction.atomic
def declare(
    *,
    actor: Actor,
    account_id: uuid.UUID,
    healthy: bool | None,
    kit: bool | None,
    now: dt.datetime,
    adult: bool | None = None,
    insurance_contact: str | None = None,
    act: Act | str = DECLARE_HEALTH,
) -> VolunteerProfile:
    """Write down what somebody says of health and kit at this moment; what is not true clears what was said before,
    None leaves it.

    Only the fact and the moment are kept, never a temperature or an illness.
    """
    said: dict[str, Any] = {
        **({} if healthy is None else {"healthy_at": now if healthy else None}),
        **({} if kit is None else {"kit_at": now if kit else None}),
        **({} if adult is None else {"adult": adult}),
        **(
            {}
            if insurance_contact is None
            else {"insurance_contact": insurance_contact, "insured": bool(insurance_contact)}
        ),
    }
    present = VolunteerProfile.objects.select_for_update().filter(account_id=account_id).first()
    if present is not None:
        return changes.apply(present, actor=actor, act=act, **said)
    return changes.create(VolunteerProfile(account_id=account_id, **said), actor=actor, act=act)
