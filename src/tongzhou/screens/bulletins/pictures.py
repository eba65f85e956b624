"""A bulletin's card as a picture."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongzhou.kernel.pictures import INK, QUIET, TONES, Line, Picture
from tongzhou.screens.bulletins.selectors import Card

__all__ = ["picture_of"]


def picture_of(card: Card, address: str) -> Picture:
    """What is drawn of a card; `address` is where its code leads."""
    one = card.bulletin
    lines = [Line(card.word, 52, TONES[card.tone], 0), Line(one.title_local, 40, INK, 18)]
    if one.said:
        lines.append(Line(_("有人说：%(said)s") % {"said": one.said_local}, 28, QUIET, 10))
    if card.holds:
        lines.append(Line(one.body_local.replace("\n", " "), 28, INK, 12))
    source = " ".join(filter(None, (one.source_name, one.source_number)))
    lines += [Line(_("来源：%(source)s") % {"source": source}, 26, QUIET, 12), Line(card.where, 26, QUIET, 4)]
    lines.append(Line(card.advice, 26, QUIET, 8))
    side = [Line(_("截至 %(at)s（北京时间）") % {"at": card.as_of_text}, 24, QUIET, 0)]
    if card.holds and card.until:
        side.append(Line(_("有效到 %(at)s") % {"at": card.until}, 24, INK, 10))
    side.append(Line(_("扫码看现在还对不对"), 26, INK, 18))
    return Picture(card.tone, tuple(lines), tuple(side), address)
