"""What an assignment says in the reader's language: the thing, how much, and who brings it (never a private person)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.intake.selectors.said import FEN
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import unit_words

__all__ = ["giver_of", "how_much", "receiver_of", "sender_of", "typed", "unit_of", "what_of"]


def how_much(category: Category, number: int) -> str:
    """``1,200 只``, ``1,200 pieces``, ``300.00 元``."""
    if category.unit == FEN:
        return f"{number / 100:,.2f} {_('元')}"
    return f"{number:,} {unit_of(category, number)}".strip()


def typed(category: Category, number: int) -> str:
    """A quantity as a form takes it: money in yuan."""
    return f"{number / 100:.2f}" if category.unit == FEN else str(number)


def unit_of(category: Category, number: int | None = None) -> str:
    """The unit quantities are typed in (money in yuan)."""
    return _("元") if category.unit == FEN else unit_words(category.unit, number, unit_en=category.unit_en)


def what_of(one: Assignment) -> str:
    """The thing: its category, never the words of a household."""
    return str(one.category.label)


def giver_of(one: Assignment) -> str:
    """Who gives, as people working here see it."""
    return one.organisation.label if one.organisation is not None else one.offer.giver or _("个人")


def receiver_of(one: Assignment) -> str:
    """Who gets it: the institution, or what kind of asker."""
    if one.receiver is not None:
        return str(one.receiver.label)
    return one.need.requester if one.need.for_whom == "facility" and one.need.requester else _("一户人家")


def sender_of(one: Assignment) -> str:
    """Who comes, as the receiver sees it: the team or organisation; of a private giver only that it is one."""
    if one.team is not None:
        return str(one.team.name)
    if one.organisation is not None:
        return str(one.organisation.label)
    return _("一位愿意帮忙的人")
