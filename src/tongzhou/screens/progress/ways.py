"""Assignments as the person at one end sees them: who comes with what, what goes where. Never a contact."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import of_assignments
from tongzhou.chain.dispatch.selectors.words import how_much, sender_of, typed, what_of
from tongzhou.chain.dispatch.types import AssignmentState, Balance
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.kernel import ids

__all__ = ["Way", "way_of", "ways_of"]

_GOING = (AssignmentState.ACCEPTED, AssignmentState.IN_TRANSIT, AssignmentState.DELIVERED)
#: The asker hears of it when somebody has taken it; the giver when it is proposed.
_FOR_ASKER = (*_GOING, AssignmentState.CONFIRMED)
#: So many on one page.
_MOST = 30
_TONES = {
    AssignmentState.PROPOSED: "mark", AssignmentState.ACCEPTED: "busy", AssignmentState.IN_TRANSIT: "busy",
    AssignmentState.DELIVERED: "mark", AssignmentState.CONFIRMED: "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """One assignment: what, how much, who or where, and what can be pressed now."""

    one: Assignment
    what: str
    amount: str
    other: str
    state: str
    tone: str
    at: dt.datetime
    version: int
    waits: bool
    going: bool
    held: int
    back: int
    #: What is to be confirmed, as a form takes it, and in words.
    typed: str
    amount_open: str
    received: str
    code: str = ""

    @property
    def spoken(self) -> list[str]:
        """The receipt code in two groups, as people say it."""
        return [self.code[:3], self.code[3:]]

    @property
    def key(self) -> str:
        """A new key each time it is asked for: every form on the page has its own."""
        return str(ids.new_id())

    def picture(self, door: str) -> SafeString:
        """The receipt code as a QR: scanned, it opens the page that confirms, with the code filled in."""
        address = f"{door}{self.one.code}/?c={self.code}"
        drawn = segno.make(address, error="m", micro=False)
        return mark_safe(drawn.svg_inline(scale=5, border=3, light="#ffffff", dark="#000000", svgclass="qr"))


def ways_of(records: Sequence[Need | Offer]) -> dict[uuid.UUID, list[Way]]:
    """``{need or offer id: its assignments, newest first}``. Two queries."""
    offers = bool(records) and isinstance(records[0], Offer)
    column = "offer_id" if offers else "need_id"
    rows = Assignment.objects.filter(**{f"{column}__in": [record.pk for record in records]})
    if not offers:
        rows = rows.filter(state__in=_FOR_ASKER)
    with_rows = ("category", "organisation", "team", "place", "place__parent", "need", "offer", "receiver")
    listed = list(rows.select_related(*with_rows).order_by("-proposed_at", "-pk")[:_MOST])
    sums = of_assignments(one.pk for one in listed)
    found: dict[uuid.UUID, list[Way]] = {}
    for one in listed:
        found.setdefault(getattr(one, column), []).append(way_of(one, sums[one.pk], giving=offers))
    return found


def way_of(one: Assignment, sums: dict[Balance, int], *, giving: bool) -> Way:
    """One assignment as its giver (`giving`) or its asker sees it."""
    open_now = sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED]
    going = one.state in _GOING
    return Way(
        one=one, what=what_of(one), amount=how_much(one.category, one.quantity),
        other=_goes_to(one) if giving else sender_of(one), state=str(one.get_state_display()),
        tone=_TONES.get(AssignmentState(one.state), "off"),
        at=one.confirmed_at or one.delivered_at or one.sent_at or one.accepted_at or one.proposed_at,
        version=one.version, waits=one.state == AssignmentState.PROPOSED, going=going, held=sums[Balance.ACCEPTED],
        back=sums[Balance.REFUSED] + sums[Balance.IN_TRANSIT], typed=typed(one.category, open_now),
        amount_open=how_much(one.category, open_now),
        received=how_much(one.category, sums[Balance.RECEIVED]) if sums[Balance.RECEIVED] else "",
        code=receipt_code(one) if going and not giving else "",
    )  # fmt: skip


def _goes_to(one: Assignment) -> str:
    """Where it goes, before the contact is opened: an institution by name, a household by its district."""
    where = one.place.full_label
    if one.receiver is not None:
        return f"{one.receiver.label} · {where}"
    if len(one.place_id) > 6 and one.place.parent is not None:
        where = one.place.parent.full_label
    return _("一户人家 · %(where)s") % {"where": where}
