"""The three kinds of record, so that one page serves all: models, acts, tables, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import (
    CHANGE_LEAD,
    CHANGE_NEED,
    CHANGE_OFFER,
    LIST_LEADS,
    LIST_NEEDS,
    LIST_OFFERS,
)
from tongzhou.chain.intake.selectors import lists
from tongzhou.chain.intake.selectors.scene import Scene
from tongzhou.kernel.access import Act
from tongzhou.kernel.tables import Table
from tongzhou.kernel.tables.declared import Text
from tongzhou.screens.records import tables

__all__ = ["LEADS", "NEEDS", "OFFERS", "Kind", "kind_of"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: how it is listed, read and changed."""

    name: str
    path: str
    model: type[Any]
    list_act: Act
    change_act: Act
    title: Text
    one: Text
    empty: Text
    table: Callable[[Scene, QueryDict], Table]
    rows: Callable[..., QuerySet[Any]]
    read: Callable[..., Any]


NEEDS = Kind(
    "need",
    "/needs/",
    Need,
    LIST_NEEDS,
    CHANGE_NEED,
    _("需求"),
    _("需求"),
    _("还没有人求助。收到的求助会出现在这里。"),
    tables.needs_table,
    lists.needs,
    lists.one_need,
)
OFFERS = Kind(
    "offer",
    "/offers/",
    Offer,
    LIST_OFFERS,
    CHANGE_OFFER,
    _("供给"),
    _("供给"),
    _("还没有人提供帮助。收到的供给会出现在这里。"),
    tables.offers_table,
    lists.offers,
    lists.one_offer,
)
LEADS = Kind(
    "lead",
    "/leads/",
    Lead,
    LIST_LEADS,
    CHANGE_LEAD,
    _("线索"),
    _("线索"),
    _("还没有线索。导入的表格里可能有货、但还没有答应的单位会出现在这里。"),
    tables.leads_table,
    lists.leads,
    lists.one_lead,
)


def kind_of(record: Need | Offer | Lead) -> Kind:
    """The kind of a record."""
    return next(kind for kind in (NEEDS, OFFERS, LEADS) if isinstance(record, kind.model))
