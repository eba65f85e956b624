"""Names of the places and categories that figures speak of, in the reader's language."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongzhou.chain.evaluation.types import GapReason
from tongzhou.kernel import clock
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.selectors import unit_words
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION, ancestor_codes

__all__ = ["Names", "gap_word", "in_a_row", "names_of", "person_word", "plan_words", "reason_word"]

#: So many plans are named; of more it is said how many there are.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Names:
    """Places by code and categories by key."""

    places: dict[str, Place]
    categories: dict[str, Effective]

    def place(self, code: str) -> str:
        """A place by its own name."""
        return self.places[code].label if code in self.places else code

    def full(self, code: str) -> str:
        """A place with the names of the levels above it."""
        return self.places[code].full_label if code in self.places else code

    def category(self, key: str) -> str:
        """A category by its name."""
        return self.categories[key].label if key in self.categories else key

    def amount(self, key: str, quantity: int) -> str:
        """``1,200 只``: a quantity with the base unit of its category."""
        category = self.categories.get(key)
        unit = unit_words(category.unit, quantity, unit_en=category.unit_en) if category is not None else ""
        return f"{quantity:,} {unit}".strip()

    def level(self, code: str, digits: int) -> Place | None:
        """The division of so many digits that holds a place (2 province, 4 city, 6 district)."""
        wanted = next((one for one in ancestor_codes(code) if len(one) == digits and one != NATION), "")
        return self.places.get(wanted)


def names_of(response_id: uuid.UUID, codes: Iterable[str]) -> Names:
    """Every category as the response sees it, and these places with all that hold them. Three statements."""
    wanted = {one for code in codes for one in ancestor_codes(code)}
    known = {one.key: one for one in catalogue.categories(response_id, enabled_only=False)}
    return Names(Place.objects.in_bulk(wanted), known)


def reason_word(code: str) -> str:
    """Why something is lacking, in words; that no plan has said so when there is no reason."""
    if not code:
        return _("还没有计划说明")
    return str(GapReason(code).label) if code in GapReason.values else code


def gap_word(reason: str, gap: int, unreached: int, amount: str) -> str:
    """`reason_word` of a gap; when the plan reaches a part of it, with how much (`amount`) lies beyond the plan."""
    word = reason_word(reason)
    return _("%(why)s（计划够不着 %(amount)s）") % {"why": word, "amount": amount} if 0 < unreached < gap else word


def plan_words(plans: Sequence[tuple[int, dt.datetime | None]]) -> str:
    """The plans something rests on, the newest first: ``第 5、4 号计划（最新 02-06 14:30）``; "" when there is none."""
    if not plans:
        return ""
    at = f"{clock.beijing(plans[0][1]):%m-%d %H:%M}" if plans[0][1] else ""
    said = {"numbers": in_a_row(str(number) for number, _at in plans[:_NAMED]), "n": len(plans), "at": at}
    if len(plans) > _NAMED:
        words = _("第 %(numbers)s 号等 %(n)s 份计划（最新 %(at)s）")
    elif len(plans) > 1:
        words = _("第 %(numbers)s 号计划（最新 %(at)s）")
    else:
        words = _("第 %(numbers)s 号计划（%(at)s）")
    return words % said


def person_word(name: str) -> str:
    """A giver's name as shown: whoever is no registered organisation, and nameless teams, are one word."""
    return {"person": _("个人和没有登记的单位（合计）"), "team": _("志愿者队伍")}.get(name, name)


def in_a_row(names: Iterable[str]) -> str:
    """Names one after the other, as the reader's language lists them."""
    return _("、").join(names)
