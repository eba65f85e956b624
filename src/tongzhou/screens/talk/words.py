"""What the caller's pages say, and the shapes their scripts get."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.desks.casework.services.talking import Said
from tongzhou.desks.casework.types import Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.types import State
from tongzhou.flows import line_words
from tongzhou.kernel import clock

__all__ = ["message", "queue_words", "state_words", "who"]


def who(side: str) -> str:
    """Who said it, to the caller."""
    return {
        Side.CALLER.value: _("我"),
        Side.COUNSELLOR.value: _("援助员"),
        Side.SUPERVISOR.value: _("督导"),
    }.get(side, "")


def message(said: Said) -> dict[str, Any]:
    """One message as the caller's page shows it."""
    system = said.side == Side.SYSTEM
    return {
        "seq": said.seq,
        "side": said.side,
        "who": who(said.side),
        "mine": said.side == Side.CALLER,
        "client_id": said.client_id if said.side == Side.CALLER else "",
        "text": line_words.words(said.text, to_caller=True) if system else said.text,
        "at": f"{clock.beijing(said.at):%H:%M}",
    }


def queue_words(waiting: dict[str, Any]) -> str:
    """The truth about the queue: how many before, how long, or that nobody knows."""
    before = waiting["before"]
    if before is None:
        return ""
    if before:
        first = ngettext("您前面还有 %(n)d 位。", "您前面还有 %(n)d 位。", before) % {"n": before}
    else:
        first = _("您是下一位。")
    if waiting["kept"]:
        first += _("正在等您想找的那位援助员；5 分钟后谁先空谁接。")
    if not waiting["seats"]:
        return first + _("现在没有援助员在线，我们不知道要等多久。")
    minutes = waiting["minutes"]
    if minutes is None:
        return first + _("最近一小时接的人少，还说不准要等多久。")
    pace = ngettext("按最近一小时的速度，大约 %(n)d 分钟。", "按最近一小时的速度，大约 %(n)d 分钟。", minutes)
    return first + pace % {"n": minutes}


def state_words(contact: Contact) -> str:
    """Where it stands, in one sentence."""
    return {
        State.WAITING.value: _("正在为您找人。不用一直看着，轮到您时这里会说。"),
        State.OFFERED.value: _("正在接通。"),
        State.ACTIVE.value: _("有人在听。"),
    }.get(contact.state, _("这次谈话结束了。"))
