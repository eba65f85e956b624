"""A need's card as a picture."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongzhou.chain.intake.types import Urgency
from tongzhou.kernel.pictures import INK, QUIET, TONES, Line, Picture, beside
from tongzhou.screens.cards.selectors import Card

__all__ = ["picture_of"]

_TONE = {"needed": "stop", "coming": "act", "solved": "good", "expired": "off", "withdrawn": "off"}


def picture_of(card: Card, address: str) -> Picture:
    """What is drawn of a card; `address` is where its code leads."""
    tone = _TONE[card.state]
    lines = [Line(card.word, 64, TONES[tone], 0)]
    if card.what or card.amount:
        lines.append(Line(" ".join(part for part in (card.what, card.amount) if part), 44, INK, 18))
    lines.append(Line(card.where, 30, INK, 14))
    if card.who:
        lines.append(Line(card.who, 30, INK, 4))
    if card.urgency is not None:
        lines.append(Line(_("紧急程度：%(word)s") % {"word": Urgency(card.urgency).label}, 28, INK, 14))
    if card.checked:
        lines.append(Line(card.checked, 26, QUIET, 6))
    lines.append(Line(card.advice, 26, QUIET, 6))
    return Picture(tone, tuple(lines), beside(card.as_of_text, card.look_again_text), address)
