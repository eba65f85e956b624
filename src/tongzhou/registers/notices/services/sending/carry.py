"""One message of the outbox, carried out by its channel; how the channel does is written down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from tongzhou.kernel import clock, crypto, outbox
from tongzhou.registers.notices.models import Channel, Notice, Preference
from tongzhou.registers.notices.services.saying import not_before
from tongzhou.registers.notices.services.sending.chats import post_chat
from tongzhou.registers.notices.services.sending.gateway import NotSent, post_signed
from tongzhou.registers.notices.types import GATEWAYS, TRIAL, ChannelKind
from tongzhou.registers.notices.wording import address_of, sentence, title

__all__ = ["carry_broadcast", "carry_notice", "carry_trial"]


def carry_notice(payload: Mapping[str, Any], key: str) -> uuid.UUID | None:
    """Carry a person's notice; the channel's id. What was switched off meanwhile is dropped (None), not retried.

    Raises ``outbox.NotYet`` in the person's quiet hours: a repeat, or a choice made later, may fall into them.
    """
    preference = Preference.objects.select_related("channel", "account").filter(pk=payload["preference"]).first()
    notice = Notice.objects.filter(pk=payload["notice"]).first()
    if notice is None or preference is None or not preference.enabled or not preference.channel.enabled:
        return None
    if preference.address is None or not preference.account.is_active:
        return None
    now = clock.now()
    if (until := not_before(preference, now, notice.urgent)) > now:
        raise outbox.NotYet(until)
    said = _Said(key, notice.kind, notice.facts, notice.path, notice.urgent)
    with override(preference.account.language or "zh-hans"):
        _carry(preference.channel, said, preference)
    return preference.channel_id


def carry_broadcast(payload: Mapping[str, Any], key: str) -> uuid.UUID | None:
    """Carry what a group listens for; the channel's id, None when it was switched off."""
    channel = Channel.objects.filter(pk=payload["channel"], enabled=True).first()
    if channel is None:
        return None
    with override(channel.language):
        _carry(channel, _Said(key, payload["kind"], payload["facts"], payload["path"], False))
    return channel.pk


def carry_trial(payload: Mapping[str, Any], key: str) -> uuid.UUID | None:
    """Carry a message somebody tries the own way with, at any hour; the channel's id, None when it was switched off."""
    rows = Preference.objects.select_related("channel", "account").filter(pk=payload["preference"], enabled=True)
    preference = rows.filter(channel__enabled=True, account__is_active=True).exclude(address=None).first()
    if preference is None:
        return None
    with override(preference.account.language or "zh-hans"):
        _carry(preference.channel, _Said(key, TRIAL, {}, "", False), preference)
    return preference.channel_id


@dataclass(frozen=True, slots=True)
class _Said:
    """What is carried, under which id."""

    key: str
    kind: str
    facts: Mapping[str, Any]
    path: str
    urgent: bool


def _carry(channel: Channel, said: _Said, preference: Preference | None = None) -> None:
    """Carry it and write down how that went. Raises NotSent, whatever it was that failed."""
    try:
        receiver = crypto.unseal(preference, "address") if preference is not None else ""
        _send(channel, said, receiver)
    except Exception as error:  # a fault of any kind is this way's fault: shown, tried again, and no other way rests
        why = str(error) if isinstance(error, NotSent) else type(error).__name__
        raise NotSent(why, _failed(channel, preference, why)) from error
    if preference is not None:
        Preference.objects.filter(pk=preference.pk, failing_since__isnull=False).update(
            failing_since=None, last_error=""
        )
    Channel.objects.filter(pk=channel.pk).update(last_sent_at=clock.now(), failing_since=None, last_error="")


def _send(channel: Channel, said: _Said, receiver: str) -> None:
    about, text, link = title(said.kind), sentence(said.kind, said.facts), address_of(said.path)
    address = crypto.unseal(channel, "address")
    if channel.kind not in GATEWAYS:
        post_chat(channel.kind, address, about, f"{text}\n{link}".strip(), receiver)
        return
    content: dict[str, Any] = {
        "id": said.key, "kind": said.kind, "title": about, "text": text, "link": link, "urgent": said.urgent,
    }  # fmt: skip
    sms = channel.kind == ChannelKind.SMS
    content["to" if sms else "facts"] = receiver if sms else dict(said.facts)
    own = bool(receiver) and not sms
    post_signed(
        receiver if own else address, crypto.unseal(channel, "secret"), said.key, int(clock.now().timestamp()),
        content, private=() if own else None,  # a person's own address is never inside a private network
    )  # fmt: skip


def _failed(channel: Channel, preference: Preference | None, why: str) -> dt.datetime:
    """Write down that a way does not get through; since when."""
    now = clock.now()
    if preference is not None:
        Preference.objects.filter(pk=preference.pk, failing_since=None).update(failing_since=now)
        Preference.objects.filter(pk=preference.pk).update(last_error=why[:300])
        if preference.way != channel.pk:  # the person's own server: the channel does well
            return Preference.objects.values_list("failing_since", flat=True).get(pk=preference.pk) or now
    Channel.objects.filter(pk=channel.pk, failing_since=None).update(failing_since=now)
    Channel.objects.filter(pk=channel.pk).update(last_error=why[:300])
    return Channel.objects.values_list("failing_since", flat=True).get(pk=channel.pk) or now
