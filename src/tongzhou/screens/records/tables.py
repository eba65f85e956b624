"""The three tables: which columns, facets and orders they have."""

from __future__ import annotations

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.selectors.facets import origin, overdue, shared
from tongzhou.chain.intake.selectors.scene import Scene
from tongzhou.chain.intake.services.search import finder
from tongzhou.chain.intake.types import (
    OPEN_NEEDS,
    OPEN_OFFERS,
    Flag,
    ForWhom,
    LeadState,
    NeedState,
    OfferState,
    Urgency,
)
from tongzhou.kernel import clock
from tongzhou.kernel.tables import Choice, Facet, Sort, Table
from tongzhou.kernel.tables.facets import enumerated, flag
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.facets import known_place
from tongzhou.screens.records.columns import LEAD_COLUMNS, NEED_COLUMNS, OFFER_COLUMNS
from tongzhou.screens.records.selectors import with_lacking

__all__ = ["leads_table", "needs_table", "offers_table"]

NEW = Sort("new", _("新的在前"), ("created_at", "id"), descending=True)
OLD = Sort("old", _("等得久的在前"), ("created_at", "id"))
URGENT = Sort("urgency", _("急的在前"), ("urgency_order", "created_at", "id"))
PAGE_SIZE = 50
_WITH = ("place", "category", "organisation")


def _common(scene: Scene, said: QueryDict) -> tuple[Facet, ...]:
    """Place, category, line. A place the list of divisions does not have is as if it were not said."""
    place = known_place(said.get("place", ""))
    kinds = categories(scene.response.pk if scene.response else None, enabled_only=False)
    return shared(kinds, scene.area, place)


def _flagged() -> Facet:
    """Why a quantity should be asked about."""
    listed = [Choice(str(value), word) for value, word in Flag.choices]
    return Facet("flag", _("有疑点"), "quantity_flag", choices=lambda chosen: listed)


def needs_table(scene: Scene, said: QueryDict) -> Table:
    """Needs; the open ones unless the address says otherwise."""
    place, category, line = _common(scene, said)
    channel, synthetic = origin()
    return Table(
        name="needs",
        columns=NEED_COLUMNS,
        sorts=(URGENT, OLD, NEW),
        facets=(
            enumerated(
                "state",
                _("状态"),
                "state",
                NeedState,
                default=tuple(str(one) for one in OPEN_NEEDS),
                default_label=_("没有解决的"),
            ),
            enumerated("urgency", _("紧急程度"), "urgency_order", Urgency),
            place,
            category,
            line,
            enumerated("who", _("谁需要"), "for_whom", ForWhom),
            channel,
            _flagged(),
            overdue("stale_at", clock.now()),
            flag(
                "unsure",
                _("地点"),
                "place_certain",
                _("地点没有写清"),
                where=Q(place_certain=False),
                holds=lambda certain: certain is False,
            ),
            synthetic,
        ),
        search=finder(),
        fan="state",
        page_size=PAGE_SIZE,
        kept=("response",),
        with_rows=_WITH,
        row_key=lambda need: str(need.code),
        prepare=with_lacking,
    )


def offers_table(scene: Scene, said: QueryDict) -> Table:
    """Offers; the open ones unless the address says otherwise."""
    state = enumerated(
        "state",
        _("状态"),
        "state",
        OfferState,
        default=tuple(str(one) for one in OPEN_OFFERS),
        default_label=_("还有效的"),
    )
    return Table(
        name="offers",
        columns=OFFER_COLUMNS,
        sorts=(OLD, NEW),
        facets=(state, *_common(scene, said), *origin()),
        search=finder(),
        fan="state",
        page_size=PAGE_SIZE,
        kept=("response",),
        with_rows=_WITH,
        row_key=lambda offer: str(offer.code),
    )


def leads_table(scene: Scene, said: QueryDict) -> Table:
    """Leads; those still to be called or judged unless the address says otherwise."""
    default = (str(LeadState.NEW), str(LeadState.CALLED))
    return Table(
        name="leads",
        columns=LEAD_COLUMNS,
        sorts=(OLD, NEW),
        facets=(
            enumerated("state", _("状态"), "state", LeadState, default=default, default_label=_("还没有处理完的")),
            *_common(scene, said),
            *origin(),
        ),
        search=finder(),
        fan="state",
        page_size=PAGE_SIZE,
        kept=("response",),
        with_rows=_WITH,
        row_key=lambda lead: str(lead.code),
    )
