"""What lists and record pages show of other rooms: checks, records that look alike, assignments and their figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.assignments import assignments
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, of_needs, of_offers, open_of_need
from tongzhou.chain.dispatch.types import Balance
from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.selectors.lists import needs
from tongzhou.chain.intake.selectors.said import amount_words, base_words
from tongzhou.chain.triage.models import Check, DuplicatePair
from tongzhou.kernel.access import Actor

__all__ = ["assigned_of", "checks_of", "figures_of", "lookalikes", "merged_here", "with_lacking"]

#: So many assignments on the page of a record; the list has the rest.
MOST_ASSIGNED = 20


def checks_of(record: Need | Offer | Lead) -> list[Check]:
    """Verifications of a record, newest first."""
    if isinstance(record, Lead):
        return []
    which: dict[str, Any] = {"need": record} if isinstance(record, Need) else {"offer": record}
    return list(Check.objects.filter(**which).order_by("-created_at")[:20])


def lookalikes(actor: Actor, record: Need | Offer | Lead) -> list[tuple[Need, DuplicatePair]]:
    """Other needs that may be the same plea, as far as the actor may see them. Two queries."""
    if not isinstance(record, Need):
        return []
    pairs = list(DuplicatePair.objects.filter(Q(first=record) | Q(second=record)).order_by("-score")[:20])
    others = {pair.second_id if pair.first_id == record.pk else pair.first_id: pair for pair in pairs}
    rows = needs(actor).filter(pk__in=others).select_related("place", "category")
    return [(one, others[one.pk]) for one in rows]


def merged_here(actor: Actor, record: Need | Offer | Lead) -> list[Need]:
    """Needs that were merged into this one."""
    if not isinstance(record, Need):
        return []
    return list(needs(actor).filter(merged_into=record).order_by("created_at")[:50])


def assigned_of(actor: Actor, record: Need | Offer | Lead) -> list[Assignment]:
    """What was assigned of or to it, as far as the actor may see it, newest first."""
    if isinstance(record, Lead):
        return []
    which: dict[str, Any] = {"need": record} if isinstance(record, Need) else {"offer": record}
    return list(assignments(actor).filter(**which).order_by("-proposed_at", "-pk")[:MOST_ASSIGNED])


def figures_of(one: Need | Offer | Lead) -> list[tuple[str, str]]:
    """Quantities, apart from each other: as said, as verified, and what became of them. One query."""

    def amount(quantity: int | None) -> str:
        return amount_words(one, quantity) or "–"

    if isinstance(one, Lead):
        return [(_("有多少（对方说的）"), amount(one.quantity))]
    if isinstance(one, Need):
        sums = of_needs([one.pk])[one.pk]
        found = [
            (_("要多少（对方说的）"), amount(one.quantity_asked)), (_("核实多少"), amount(one.quantity_confirmed)),
            (_("计划多少"), base_words(one, one.quantity_planned) or "–"),
        ]  # fmt: skip
        rest = (_("还缺多少"), base_words(one, open_of_need(one, sums)) or "–")
    else:
        sums = of_offers([one.pk])[one.pk]
        found = [
            (_("有多少（对方说的）"), amount(one.quantity)), (_("核实多少"), amount(one.quantity_confirmed)),
        ]  # fmt: skip
        rest = (_("还能给多少"), amount(free_of_offer(one, sums)))
    if not any(sums.values()):
        return found
    way = [
        (_("等人接下"), sums[Balance.PLANNED]), (_("已接下"), sums[Balance.ACCEPTED]),
        (_("在路上"), sums[Balance.IN_TRANSIT]), (_("收到"), sums[Balance.RECEIVED]),
    ]  # fmt: skip
    return [*found, *((label, base_words(one, many) or "–") for label, many in way), rest]


def with_lacking(rows: Sequence[Any], columns: Collection[str]) -> None:
    """What nobody looks after yet of each need of a page, in one query; only when the column is shown."""
    if "lacking" not in columns:
        return
    sums = of_needs(row.pk for row in rows)
    for row in rows:
        row.lacking = open_of_need(row, sums[row.pk]) if row.quantity_planned is not None else None
