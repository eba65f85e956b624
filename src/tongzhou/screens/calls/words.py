"""What the counsellor's pages say, and the shapes their scripts get."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.desks.casework.services.talking import Said
from tongzhou.desks.casework.types import Audience, Side
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.hotline.selectors.queue import Line, Waiting
from tongzhou.desks.hotline.types import Channel, State, Urgency
from tongzhou.desks.professionals.types import Spoken
from tongzhou.flows import line_words
from tongzhou.kernel import clock
from tongzhou.registers.places.models import Place

__all__ = ["break_words", "line_told", "message", "minutes_since", "queue_rows", "state"]


def message(said: Said, side: str) -> dict[str, Any]:
    """One message as the page of `side` (``counsellor`` or ``supervisor``) shows it."""
    system = said.side == Side.SYSTEM
    who = {
        Side.CALLER.value: _("来访者"),
        Side.COUNSELLOR.value: _("援助员"),
        Side.SUPERVISOR.value: _("督导"),
    }.get(said.side, "")
    quiet = said.audience == Audience.TEAM
    return {
        "seq": said.seq,
        "side": said.side,
        "who": _("%(who)s（只给同事看）") % {"who": who} if quiet and who else who,
        "mine": said.side == side,
        "quiet": quiet,
        "client_id": said.client_id if said.side == side else "",
        "text": line_words.words(said.text, to_caller=False) if system else said.text,
        "at": f"{clock.beijing(said.at):%H:%M}",
    }


def minutes_since(moment: dt.datetime | None, now: dt.datetime) -> int:
    """Whole minutes since `moment`."""
    return max(0, int((now - moment).total_seconds() // 60)) if moment is not None else 0


def state(contact: Contact) -> dict[str, Any]:
    """Where a contact stands, for the page of its counsellor."""
    return {
        "state": contact.state,
        "text": str(State(contact.state).label),
        "going_on": contact.state == State.ACTIVE,
        "support": contact.support_asked_at is not None,
        "joined": contact.joined_id is not None,
        "escalated": contact.escalated_at is not None,
        "mine": str(contact.counsellor_id or ""),
    }


def line_told(line: Line, now: dt.datetime) -> dict[str, Any]:
    """The line in one sentence."""
    count = len(line.queue)
    longest = minutes_since(min((one.queued_at for one in line.queue), default=None), now)
    if not count:
        text = _("现在没有人在等。")
    else:
        text = ngettext(
            "%(n)d 位在等，最久 %(m)d 分钟。", "%(n)d 位在等，最久 %(m)d 分钟。", count
        ) % {"n": count, "m": longest}  # fmt: skip
    return {"waiting": count, "longest": longest, "text": text, "support": len(line.support_asked)}


def queue_rows(line: Line, now: dt.datetime, me: uuid.UUID | None) -> list[dict[str, Any]]:
    """The queue as a table: nothing of what was said."""
    names = {one.pk: one.name for one in Place.objects.filter(pk__in={one.place_id for one in line.queue} - {""})}
    spoken = dict(Spoken.choices)
    return [
        {
            "id": one.id,
            "channel": Channel(one.channel).label,
            "minutes": minutes_since(one.queued_at, now),
            "language": spoken.get(one.language, one.language),
            "place": names.get(one.place_id, ""),
            "urgency": Urgency(one.urgency),
            "urgent": one.urgency < Urgency.ROUTINE,
            "notes": _queue_notes(one, now, me),
        }
        for one in line.queue
    ]


def _queue_notes(one: Waiting, now: dt.datetime, me: uuid.UUID | None) -> list[str]:
    found = []
    if one.front:
        found.append(_("上一位援助员掉线，先接"))
    kept = one.kept_for(now)
    if kept is not None:
        found.append(_("想找您") if kept == me else _("想找另一位援助员，先留着"))
    if one.held:
        found.append(_("同一网络来得多"))
    return found


def break_words(code: str) -> str:
    """Why a break is due, kindly."""
    return {
        "hard": _("刚才那一位不容易。请先歇十分钟，喝口水；想说说的话，按“请督导陪我说说”。"),
        "many": _("您已经连着接了好几位。请歇一歇再接。"),
        "long": _("您已经坐了两个小时。请歇一歇再接。"),
    }.get(code, "")
