"""What a card may say of a need, worked out at the moment somebody looks. Never a contact, a household or free text.

People are named by nothing: a household's card has the category (not the words that were typed), the district (not the
street) and the quantity. An institution's card has its public name and the thing it asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongzhou.chain.dispatch.selectors.coverage import Cover, Covered, cover_of
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.selectors.said import amount_words, item_words
from tongzhou.chain.intake.types import OPEN_NEEDS, ForWhom, NeedState, Urgency
from tongzhou.kernel import clock, ids
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place

__all__ = ["CARD_LIFE", "Card", "card_of", "read_need", "state_at", "wechat_text"]

#: A card is to be looked at again after this, whatever it shows.
CARD_LIFE = dt.timedelta(hours=48)
#: Merged needs are followed so far; longer chains are not made.
_MERGES = 10

NEEDED, COMING, SOLVED, EXPIRED, WITHDRAWN = "needed", "coming", "solved", "expired", "withdrawn"


@dataclass(frozen=True, slots=True)
class Card:
    """A card at one moment. Texts are in the reader's language; `what` and `amount` are blank once it is over."""

    code: str
    state: str
    word: str
    advice: str
    what: str
    amount: str
    where: str
    who: str
    urgency: int | None
    checked: str
    as_of: dt.datetime
    look_again: dt.datetime | None

    @property
    def needed(self) -> bool:
        """True while help is wanted."""
        return self.state == NEEDED

    @property
    def as_of_text(self) -> str:
        """``2020-02-06 14:30`` in Beijing time."""
        return f"{clock.beijing(self.as_of):%Y-%m-%d %H:%M}"

    @property
    def look_again_text(self) -> str:
        """The moment after which it must be looked at again; blank when it is over."""
        return f"{clock.beijing(self.look_again):%Y-%m-%d %H:%M}" if self.look_again else ""


def read_need(code: str) -> Need:
    """The need behind a card, merged ones followed. Exercises and pleas held for review have no public card."""
    wanted = ids.parse_code(code)
    rows = Need.objects.select_related("place", "category", "organisation", "response", "submission")
    need = rows.filter(code=wanted).first() if wanted else None
    for _step in range(_MERGES):
        if need is None or need.state != NeedState.MERGED or need.merged_into_id is None:
            break
        need = rows.get(pk=need.merged_into_id)
    held = need is not None and need.submission is not None and need.submission.held_reason
    if need is None or need.response.is_exercise or held:
        raise Refusal("not_found")
    return need


def state_at(need: Need, at: dt.datetime) -> str:
    """Where a need itself stands at a moment: ``needed``, ``solved``, ``expired`` or ``withdrawn``."""
    if need.state in OPEN_NEEDS:
        return EXPIRED if need.expires_at is not None and need.expires_at <= at else NEEDED
    if need.state == NeedState.SOLVED:
        return SOLVED
    return EXPIRED if need.state == NeedState.EXPIRED else WITHDRAWN


def _words(state: str) -> tuple[str, str]:
    return {
        NEEDED: (_("仍需要"), _("转发前请再扫一次码，看是不是还需要。")),
        COMING: (_("已有人接"), _("有人接下了，在准备或在路上。先不用转发；如果没有送到，这里会再写“仍需要”。")),
        SOLVED: (_("已解决"), _("请不要再转发，也请告诉转给您的人。")),
        EXPIRED: (_("已过期"), _("没有人再确认过它。请不要再转发。")),
        WITHDRAWN: (_("已撤回"), _("请不要再转发，也请告诉转给您的人。")),
    }[state]


def _where(need: Need) -> str:
    if need.for_whom == ForWhom.FACILITY or len(need.place_id) <= 6:
        return need.place.full_label
    district = Place.objects.filter(code=need.place_id[:6]).first()
    return district.full_label if district else ""


def _what(need: Need) -> str:
    """The thing an institution asked for; for people the category only."""
    if need.for_whom == ForWhom.FACILITY:
        return item_words(need)
    return need.category.label if need.category else str(need.get_line_display())


def _amount(need: Need, cover: Cover) -> str:
    """How much is needed; once a part is in hand, how much is still lacking."""
    quantity = need.quantity_confirmed if need.quantity_confirmed is not None else need.quantity_asked
    if cover.state == Covered.PARTLY and cover.lacking:
        return _("还缺 %(lacking)s（共 %(all)s）") % {
            "lacking": amount_words(need, cover.lacking), "all": amount_words(need, cover.planned),
        }  # fmt: skip
    if quantity is None or (need.for_whom != ForWhom.FACILITY and need.category is None):
        return ""
    return amount_words(need, quantity)


def _who(need: Need) -> str:
    if need.for_whom != ForWhom.FACILITY:
        return _("一户人家")
    return need.requester or (need.organisation.label if need.organisation else "")


def _checked(need: Need, at: dt.datetime) -> str:
    if need.verified_at is None or need.state != NeedState.VERIFIED:
        return _("还没有核实")
    when = f"{clock.beijing(need.verified_at):%Y-%m-%d %H:%M}"
    if need.stale_at is not None and need.stale_at <= at:
        return _("%(when)s 核实过，该再核实了") % {"when": when}
    return _("%(when)s 已核实") % {"when": when}


def card_of(need: Need, at: dt.datetime) -> Card:
    """The card of a need at a moment."""
    state, cover = state_at(need, at), cover_of(need)
    if state == NEEDED and cover.state == Covered.COMING:
        state = COMING
    word, advice = _words(state)
    needed, living = state == NEEDED, state in (NEEDED, COMING)
    ends = [moment for moment in (at + CARD_LIFE, need.expires_at, need.stale_at) if moment is not None and moment > at]
    return Card(
        code=need.code,
        state=state,
        word=word,
        advice=advice,
        what=_what(need) if living or need.for_whom == ForWhom.FACILITY else "",
        amount=_amount(need, cover) if living else "",
        where=_where(need),
        who=_who(need),
        urgency=need.urgency if needed else None,
        checked=_checked(need, at) if needed else "",
        as_of=at,
        look_again=min(ends) if living else None,
    )


def wechat_text(card: Card, address: str) -> str:
    """The card as plain text for a chat."""
    lines = [f"【{card.word}】" + " ".join(part for part in (card.what, card.amount) if part)]
    lines.append(" · ".join(part for part in (card.where, card.who) if part))
    if card.urgency is not None:
        lines.append(_("紧急程度：%(word)s") % {"word": Urgency(card.urgency).label})
    lines.append(
        _("；").join(part for part in (card.checked, _("截至 %(at)s（北京时间）") % {"at": card.as_of_text}) if part)
    )
    if card.look_again:
        lines.append(_("%(at)s 以后请重新看") % {"at": card.look_again_text})
    lines.append(_("现在是不是还需要，看这里：%(address)s") % {"address": address})
    lines.append(_("请不要在群里公布电话和住址。") if card.needed else card.advice)
    return "\n".join(lines)
