"""One message of the outbox, carried out by its channel; how the channel does is written down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import override

from tongzhou.kernel import clock, crypto
from tongzhou.registers.notices.models import Channel, Notice, Preference
from tongzhou.registers.notices.services.sending.chats import post_chat
from tongzhou.registers.notices.services.sending.gateway import NotSent, post_signed
from tongzhou.registers.notices.types import GATEWAYS, ChannelKind
from tongzhou.registers.notices.wording import address_of, sentence, title

__all__ = ["carry_broadcast", "carry_notice"]


def carry_notice(payload: Mapping[str, Any], key: str) -> uuid.UUID | None:
    """Carry a person's notice; the channel's id. What was switched off meanwhile is dropped (None), not retried."""
    preference = Preference.objects.select_related("channel", "account").filter(pk=payload["preference"]).first()
    notice = Notice.objects.filter(pk=payload["notice"]).first()
    if notice is None or preference is None or not preference.enabled or not preference.channel.enabled:
        return None
    if preference.address is None or not preference.account.is_active:
        return None
    with override(preference.account.language or "zh-hans"):
        _carry(
            preference.channel, key, notice.kind, notice.facts, notice.path, crypto.unseal(preference, "address"),
            urgent=notice.urgent,
        )  # fmt: skip
    return preference.channel_id


def carry_broadcast(payload: Mapping[str, Any], key: str) -> uuid.UUID | None:
    """Carry what a group listens for; the channel's id, None when it was switched off."""
    channel = Channel.objects.filter(pk=payload["channel"], enabled=True).first()
    if channel is None:
        return None
    with override(channel.language):
        _carry(channel, key, payload["kind"], payload["facts"], payload["path"], "")
    return channel.pk


def _carry(
    channel: Channel, key: str, kind: str, facts: Mapping[str, Any], path: str, receiver: str, *, urgent: bool = False
) -> None:
    about, text, link = title(kind), sentence(kind, facts), address_of(path)
    address = crypto.unseal(channel, "address")
    try:
        if channel.kind in GATEWAYS:
            content: dict[str, Any] = {
                "id": key,
                "kind": kind,
                "title": about,
                "text": text,
                "link": link,
                "urgent": urgent,
            }
            sms = channel.kind == ChannelKind.SMS
            content["to" if sms else "facts"] = receiver if sms else dict(facts)
            target = receiver if receiver and not sms else address
            post_signed(target, crypto.unseal(channel, "secret"), key, int(clock.now().timestamp()), content)
        else:
            post_chat(channel.kind, address, about, f"{text}\n{link}".strip(), receiver)
    except NotSent as error:
        Channel.objects.filter(pk=channel.pk, failing_since=None).update(failing_since=clock.now())
        Channel.objects.filter(pk=channel.pk).update(last_error=str(error)[:300])
        raise
    Channel.objects.filter(pk=channel.pk).update(last_sent_at=clock.now(), failing_since=None, last_error="")
