"""A message to try a way out with. It goes as every message goes, so what arrives proves that the rest will."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.kernel import audit, ids, outbox, throttle
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.models import Channel, Preference
from tongzhou.registers.notices.policies import MANAGE_CHANNELS, OWN_PREFERENCE
from tongzhou.registers.notices.types import TRIAL, ChannelKind

__all__ = ["try_channel", "try_preference"]

#: So many in an hour for one account: a number typed wrong must not ring all day.
MOST, _HOUR = 5, 3600
#: Why it stands in the trail, in words.
_WHY = gettext_noop("测试消息")


@transaction.atomic
def try_channel(*, actor: Actor, channel: Channel) -> None:
    """Send one to the channel's own group or mailbox. Raises ``not_found`` (off, or it has no group), ``too_many``."""
    require(actor, MANAGE_CHANNELS)
    if not channel.enabled or channel.kind == ChannelKind.SMS:
        raise Refusal("not_found")
    _count(actor)
    said = {"channel": str(channel.pk), "way": str(channel.pk), "kind": TRIAL, "facts": {}, "path": ""}
    outbox.post("broadcast", said, key=f"trial:{ids.new_id()}")
    audit.record(actor=actor, act=MANAGE_CHANNELS, obj=channel, changes={}, reason=_WHY)


@transaction.atomic
def try_preference(*, actor: Actor, preference: Preference) -> None:
    """Send one to the own address, at any hour. Raises ``not_found`` (somebody else's, or off), ``too_many``."""
    if actor.account_id != preference.account_id or not preference.enabled or preference.address is None:
        raise Refusal("not_found")
    _count(actor)
    said = {"preference": str(preference.pk), "way": str(preference.way)}
    outbox.post("trial", said, key=f"trial:{ids.new_id()}")
    audit.record(actor=actor, act=OWN_PREFERENCE, obj=preference, changes={}, reason=_WHY)


def _count(actor: Actor) -> None:
    throttle.hit("notice-trial", str(actor.account_id), limit=MOST, seconds=_HOUR)
