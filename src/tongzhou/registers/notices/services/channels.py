"""Setting up the ways out of the house."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import transaction

from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Channel
from tongzhou.registers.notices.policies import MANAGE_CHANNELS
from tongzhou.registers.notices.services.addresses import is_gateway_address
from tongzhou.registers.notices.types import GATEWAYS, SCHEMES, ChannelKind, NoticeKind
from tongzhou.registers.responses.models import Response

__all__ = ["add_channel", "change_channel"]

#: Sealed under a key of the site, not of a response: a channel may serve several.
SCOPE = "notices:site"


def _require_address(kind: str, address: str, secret: str) -> None:
    """The address fits the kind. Raises ``Refusal``: channel_address, channel_gateway, channel_secret."""
    scheme = address.partition(":")[0].lower()
    if scheme not in SCHEMES[ChannelKind(kind)]:
        raise Refusal("channel_address", wanted="、".join(f"{one}://" for one in SCHEMES[ChannelKind(kind)]))
    if kind in GATEWAYS and not is_gateway_address(address, settings.TONGZHOU_PRIVATE_GATEWAYS):
        raise Refusal("channel_gateway")
    if kind in GATEWAYS and len(secret) < 16:
        raise Refusal("channel_secret")


@transaction.atomic
def add_channel(
    *,
    actor: Actor,
    name: str,
    kind: str,
    address: str,
    secret: str = "",
    broadcasts: Collection[str] = (),
    response: Response | None = None,
    language: str = "zh-hans",
) -> Channel:
    """Set up a channel. Address and secret are sealed at once and shown to nobody again."""
    require(actor, MANAGE_CHANNELS)
    _require_address(kind, address, secret)
    if Channel.objects.filter(name=name).exists():
        raise Refusal("channel_name")
    channel = Channel(name=name, kind=kind, broadcasts=_known(broadcasts), response=response, language=language)
    crypto.prepare(channel, SCOPE)
    crypto.seal(channel, address=address, secret=secret)
    return changes.create(channel, actor=actor, act=MANAGE_CHANNELS)


@transaction.atomic
def change_channel(
    *,
    actor: Actor,
    channel: Channel,
    expect: int,
    reason: str = "",
    address: str = "",
    secret: str = "",
    broadcasts: Collection[str] | None = None,
    enabled: bool | None = None,
    language: str = "",
) -> Channel:
    """Change what is given; blank address and secret stay as they are. Raises ``version_stale``."""
    require(actor, MANAGE_CHANNELS)
    said: dict[str, Any] = {}
    if address or secret:
        kept = secret or crypto.unseal(channel, "secret")
        where = address or crypto.unseal(channel, "address")
        _require_address(channel.kind, where, kept)
        said["address"] = crypto.seal_bytes(channel, "address", where.encode())
        said["secret"] = crypto.seal_bytes(channel, "secret", kept.encode()) if kept else None
        said |= {"failing_since": None, "last_error": ""}
    if broadcasts is not None:
        said["broadcasts"] = _known(broadcasts)
    if enabled is not None:
        said["enabled"] = enabled
    if language:
        said["language"] = language
    return changes.apply(channel, actor=actor, act=MANAGE_CHANNELS, expect=expect, reason=reason, **said)


def _known(kinds: Collection[str]) -> list[str]:
    return [kind for kind in NoticeKind.values if kind in kinds]
