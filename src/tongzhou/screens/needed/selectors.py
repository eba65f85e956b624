"""The public page and its cards, worked out at the moment somebody looks (the page: at most 20 seconds before)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.chain.evaluation.selectors.arithmetic import Published
from tongzhou.chain.evaluation.selectors.naming import Names, names_of, plan_words
from tongzhou.chain.evaluation.selectors.public import CallOut, Line, Public, line_at, public_now
from tongzhou.chain.evaluation.types import PublicState
from tongzhou.chain.planning.models import Plan
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.pictures import INK, QUIET, TONES, Picture, beside
from tongzhou.kernel.pictures import Line as Drawn
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.types import Kind
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.selectors import get_place
from tongzhou.registers.places.types import ancestor_codes
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import open_responses

__all__ = [
    "CARD_LIFE",
    "Card",
    "Page",
    "card_at",
    "page_of",
    "picture_of",
    "response_for",
    "responses_open",
    "wechat_text",
]

#: A card is to be looked at again after this: every plan may change it.
CARD_LIFE = dt.timedelta(hours=24)
#: Lines shown of each part; the page stays small.
MOST = 200
#: Digits of a district: nothing public is finer.
_DEEPEST = 6
_TONES = {
    PublicState.NEEDED: "stop", PublicState.TAKEN: "good", PublicState.ENOUGH: "good", PublicState.PENDING: "mark",
    PublicState.ARRANGED: "mark",
}  # fmt: skip
_TAGS = {
    PublicState.NEEDED: "stop", PublicState.TAKEN: "busy", PublicState.ENOUGH: "good", PublicState.PENDING: "mark",
    PublicState.ARRANGED: "busy",
}  # fmt: skip


def responses_open() -> list[Response]:
    """Open responses that are no exercise, the newest first."""
    return list(open_responses(ANONYMOUS).filter(is_exercise=False))


def response_for(place: str, slug: str = "") -> Response:
    """The open response a card is about: the named one, else the newest whose area holds the place."""
    held = [one for one in responses_open() if one.area_id in ancestor_codes(place)]
    found = next((one for one in held if one.slug == slug), next(iter(held), None))
    if found is None:
        raise Refusal("not_found")
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows."""

    public: Public
    #: The plans it rests on, in words.
    rests_on: str
    needed: list[dict[str, Any]]
    enough: list[dict[str, Any]]
    pending: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    places: list[dict[str, str]]
    place: str
    categories: list[dict[str, str]]
    category: str
    left_out: int
    #: How many places and categories stand in each part.
    counts: dict[str, int]


def page_of(
    response: Response, now: dt.datetime, *, place: str = "", category: str = "", query: str = ""
) -> Page:  # fmt: skip
    """The page of a response, of one city or category when it is named. `query`: what the address of a card ends with
    (`?` included), so that it stays with this response.
    """
    public = public_now(response, now)
    names = names_of(response.pk, [*(one.place for one in public.lines), *(one.place for one in public.call_outs)])
    cities = sorted({_city(line.place, names) for line in public.lines if len(line.place) >= 4})
    chosen = place if place in cities else ""
    there = {one.category for one in public.lines} | {one.category for one in public.call_outs}
    kind = category if category in there else ""
    lines = [
        line for line in public.lines
        if (not chosen or line.place.startswith(chosen) or len(line.place) < 4) and kind in ("", line.category)
    ]  # fmt: skip
    enough = [line for line in lines if line.state in (PublicState.ARRANGED, PublicState.TAKEN, PublicState.ENOUGH)]
    enough.sort(key=lambda line: line.state != PublicState.ENOUGH)
    needed = [line for line in lines if line.state == PublicState.NEEDED]
    pending = [line for line in lines if line.state == PublicState.PENDING]
    calls = [
        one for one in public.call_outs
        if (not chosen or one.place.startswith(chosen) or len(one.place) < 4) and kind in ("", one.category)
    ]  # fmt: skip
    return Page(
        public=public,
        rests_on=plan_words(public.plans),
        needed=_groups(needed[:MOST], names, response, query),
        enough=_groups(enough[:MOST], names, response, query),
        pending=_groups(pending[:MOST], names, response, query),
        calls=_call_groups(sorted(calls, key=lambda one: one.filled)[:MOST], names, query),
        places=[{"code": code, "name": names.place(code)} for code in cities],
        place=chosen,
        categories=[{"key": key, "name": names.category(key)} for key in names.categories if key in there],
        category=kind,
        counts={
            "needed": len(needed),
            "enough": len(enough),
            "pending": len(pending),
            "calls": sum(1 for one in calls if not one.filled),
        },
        left_out=sum(max(0, len(part) - MOST) for part in (needed, enough, pending)),
    )


def _address(place: str, category: str) -> str:
    return f"/needed/{place}/{category}/"


def _amount(figure: Published, category: str, names: Names) -> str:
    """How much is lacking, as far as it may be said."""
    if figure.amount is None:
        return _("少量") if figure.few else ""
    text = names.amount(category, figure.amount)
    return _("%(amount)s，另有几户人家") % {"amount": text} if figure.few else text


def _where(code: str, names: Names, response: Response) -> str:
    """A district with its city; what the response is about anyway is left out."""
    if len(code) > 4 and response.area_id != code[:4] and code[:4] in names.places:
        city = names.places[code[:4]]
        return names.full(code) if city.is_filler else local(city.name + names.place(code), names.full(code))
    return names.place(code)


def _groups(lines: Iterable[Line], names: Names, response: Response, query: str) -> list[dict[str, Any]]:
    """The lines by category, in the order in which each is met first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        found.setdefault(line.category, []).append({
            "place": _where(line.place, names, response), "amount": _amount(line.figure, line.category, names),
            "word": str(PublicState(line.state).label), "tone": _TAGS[PublicState(line.state)],
            "href": _address(line.place, line.category) + query,
        })  # fmt: skip
    return [{"category": names.category(key), "lines": listed} for key, listed in found.items()]


def _city(code: str, names: Names) -> str:
    """What a line is found under when only one place is looked at: its city, or the district where there is none."""
    city = names.places.get(code[:4])
    return code if city is None or city.is_filler else city.code


def _call_groups(calls: Iterable[CallOut], names: Names, query: str) -> list[dict[str, Any]]:
    """Call-outs by category, those still open first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in calls:
        said: dict[str, Any] = {"place": names.place(one.place), "filled": one.filled, "few": one.few}
        for name, value in (("needed", one.needed), ("able", one.able), ("lacking", one.lacking)):
            said[name] = names.amount(one.category, value) if value is not None else ""
        found.setdefault(one.category, []).append(said | {"href": _address(one.place, one.category) + query})
    return [{"category": names.category(key), "lines": listed} for key, listed in found.items()]


@dataclass(frozen=True, slots=True)
class Card:
    """A category at a place at one moment. Texts are in the reader's language."""

    place: str
    category: str
    state: str
    word: str
    advice: str
    what: str
    amount: str
    where: str
    checked: str
    as_of: dt.datetime
    service: bool

    @property
    def needed(self) -> bool:
        """True while it is wanted."""
        return self.state == PublicState.NEEDED

    @property
    def look_again(self) -> dt.datetime:
        """After this it must be looked at again."""
        return self.as_of + CARD_LIFE

    @property
    def as_of_text(self) -> str:
        """``2020-02-06 14:30`` in Beijing time."""
        return f"{clock.beijing(self.as_of):%Y-%m-%d %H:%M}"

    @property
    def look_again_text(self) -> str:
        """The moment after which it must be looked at again, Beijing time."""
        return f"{clock.beijing(self.look_again):%Y-%m-%d %H:%M}"


def _advice(state: str, service: bool) -> str:
    if service:
        return {
            PublicState.NEEDED: _("人手不够。愿意帮忙的请先报名，不要自己上门。"),
            PublicState.TAKEN: _("队伍已经接下，请不要再报名。"),
            PublicState.ARRANGED: _("已经派给队伍，正等他们接下；先不要报名。没有人接，这里会再招募。"),
            PublicState.ENOUGH: _("人手够了，请不要再报名。"),
            PublicState.PENDING: _("正在核对要多少人手，先不要报名。"),
        }[PublicState(state)]
    return {
        PublicState.NEEDED: _("寄之前请再扫一次码；请先告诉我们您有什么，不要直接寄。"),
        PublicState.TAKEN: _("已经有人接下，请不要再寄，也请告诉转给您的人。"),
        PublicState.ARRANGED: _("已经定了由谁送，正等对方接下；先不要寄。没有人接，这里会再写“仍需要”。"),
        PublicState.ENOUGH: _("这里现在不缺，请不要再寄，也请告诉转给您的人。"),
        PublicState.PENDING: _("有人说缺，我们正在核对谁去送；先不要寄。"),
    }[PublicState(state)]


def _checked(plans: list[Plan]) -> str:
    words = plan_words([(one.number, one.as_of or one.ready_at) for one in plans])
    return _("依据%(plans)s和此刻的登记") % {"plans": words} if words else _("还没有计划")


def card_at(response: Response, now: dt.datetime, place: str, category: str) -> Card:
    """The card of a category at a place (a district or above). ``Refusal("not_found")`` for any other address."""
    if len(place) > _DEEPEST:
        raise Refusal("not_found")
    where: Place = get_place(place)
    known = catalogue.category(category, response.pk)
    line, plans = line_at(response, now, place, category)
    names = Names({place: where}, {category: known})
    service = known.kind in (Kind.IN_PERSON, Kind.REMOTE)
    return Card(
        place=place, category=category, state=line.state, word=_word(line.state, service), service=service,
        advice=_advice(line.state, service), what=known.label, where=where.full_label,
        amount=_amount(line.figure, category, names), checked=_checked(plans), as_of=now,
    )  # fmt: skip


def _word(state: str, service: bool) -> str:
    if not service:
        return str(PublicState(state).label)
    return {
        PublicState.NEEDED: _("招募志愿者"),
        PublicState.TAKEN: _("已有人接"),
        PublicState.ARRANGED: _("已安排，先不要报名"),
        PublicState.ENOUGH: _("已招满、请不要再报名"),
        PublicState.PENDING: _("正在核对，先不要报名"),
    }[PublicState(state)]


def picture_of(card: Card, address: str) -> Picture:
    """What is drawn of a card; `address` is where its code leads."""
    tone = _TONES[PublicState(card.state)]
    lines = [Drawn(card.word, 64, TONES[tone], 0)]
    lines.append(Drawn(" ".join(part for part in (card.what, card.amount) if part), 44, INK, 18))
    lines += [Drawn(card.where, 30, INK, 14), Drawn(card.checked, 26, QUIET, 6), Drawn(card.advice, 26, QUIET, 6)]
    return Picture(tone, tuple(lines), beside(card.as_of_text, card.look_again_text), address)


def wechat_text(card: Card, address: str) -> str:
    """The card as plain text for a chat."""
    lines: Iterable[str] = (
        f"【{card.word}】" + " ".join(part for part in (card.what, card.amount) if part),
        card.where,
        card.advice,
        card.checked + _("；") + _("截至 %(at)s（北京时间）") % {"at": card.as_of_text},
        _("%(at)s 以后请重新看") % {"at": card.look_again_text},
        _("现在是不是还需要，看这里：%(address)s") % {"address": address},
    )
    return "\n".join(lines)
