"""What somebody wants to hear, where, and when not."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Channel, Preference
from tongzhou.registers.notices.policies import OWN_PREFERENCE
from tongzhou.registers.notices.services.addresses import is_gateway_address
from tongzhou.registers.notices.services.channels import SCOPE
from tongzhou.registers.notices.types import PERSONAL, ChannelKind, NoticeKind
from tongzhou.registers.people.models import Account

__all__ = ["drop_preference", "set_preference"]


def _require_address(kind: str, address: str) -> None:
    good = True
    if kind == ChannelKind.EMAIL:
        try:
            validate_email(address)
        except ValidationError:
            good = False
        good = good and not set(address) & set("&?#/ ")  # it becomes part of an address itself
    elif kind == ChannelKind.SMS:
        good = re.fullmatch(r"\+?\d{6,15}", crypto.normal_phone(address)) is not None
    else:
        good = is_gateway_address(address)  # of the open internet: gateways inside are for channels alone
    if not good:
        raise Refusal("notice_address")


@transaction.atomic
def set_preference(
    *,
    actor: Actor,
    account: Account,
    channel: Channel,
    address: str = "",
    kinds: Collection[str] = (),
    quiet_from: int = 22 * 60,
    quiet_until: int = 7 * 60,
    enabled: bool = True,
) -> Preference:
    """Choose for the own account; a blank address keeps the one before. Minutes of the day, Beijing.

    Raises ``Refusal``: not_found (somebody else's account, a channel that carries nothing to persons), notice_address.
    """
    if actor.account_id != account.pk or channel.kind not in PERSONAL or not channel.enabled:
        raise Refusal("not_found")
    found = Preference.objects.select_for_update().filter(account=account, channel=channel).first()
    if address or found is None:
        _require_address(channel.kind, address)
    said: dict[str, Any] = {
        "kinds": [kind for kind in NoticeKind.values if kind in kinds],
        "quiet_from": quiet_from % 1440, "quiet_until": quiet_until % 1440, "enabled": enabled,
    }  # fmt: skip
    if found is None:
        made = Preference(account=account, channel=channel, **said)
        crypto.prepare(made, SCOPE)
        crypto.seal(made, address=address)
        return changes.create(made, actor=actor, act=OWN_PREFERENCE)
    if address:
        said["address"] = crypto.seal_bytes(found, "address", address.encode())
        said |= {"failing_since": None, "last_error": ""}
    return changes.apply(found, actor=actor, act=OWN_PREFERENCE, **said)


@transaction.atomic
def drop_preference(*, actor: Actor, preference: Preference) -> None:
    """Stop it and destroy the address. Raises ``Refusal("not_found")`` for somebody else's."""
    if actor.account_id != preference.account_id:
        raise Refusal("not_found")
    changes.apply(preference, actor=actor, act=OWN_PREFERENCE, enabled=False, address=None)
