"""Columns of the lists. What stands in them is public inside the desk: no contact, no address of a household."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.selectors.said import amount_words, base_words, item_words, unit_of
from tongzhou.chain.intake.types import ForWhom, LeadState, NeedState, OfferState, Urgency
from tongzhou.kernel import ids
from tongzhou.kernel.tables import Cell, Column

__all__ = ["LEAD_COLUMNS", "NEED_COLUMNS", "OFFER_COLUMNS", "TONES", "amount"]

#: How a state looks: see components/tag.html.
TONES: dict[str, str] = {
    NeedState.RECEIVED: "busy",
    NeedState.WAITING: "mark",
    NeedState.VERIFIED: "good",
    NeedState.SOLVED: "off",
    NeedState.WITHDRAWN: "off",
    NeedState.REFUSED: "stop",
    NeedState.MERGED: "off",
    NeedState.EXPIRED: "off",
    OfferState.USED_UP: "off",
    LeadState.NEW: "busy",
    LeadState.CALLED: "mark",
    LeadState.PROMOTED: "good",
    LeadState.DROPPED: "off",
}


def amount(record: Need | Offer | Lead, quantity: int | None) -> str:
    """``1,200 只``; a dash when nobody said how much."""
    return amount_words(record, quantity) or "–"


def _word(choices: Any, value: Any) -> str:
    return "" if value in (None, "") else str(choices(value).label)


def _what(record: Any) -> Cell:
    return Cell(
        item_words(record) or gettext("没有写是什么"),
        href=reverse(f"records:{record._meta.model_name}", args=[record.code]),
        more=record.specification if hasattr(record, "specification") else "",
    )


def _place(record: Any) -> Cell:
    return Cell(record.place.full_label, more="" if record.place_certain else gettext("地点没有写清，按这一级算"))


def _state(record: Any, choices: Any) -> Cell:
    return Cell(_word(choices, record.state), kind="tag", tone=TONES.get(record.state, ""))


def _category(record: Any) -> str:
    return record.category.label if record.category else ""


def who_asks(need: Need) -> str:
    """The institution that asks; people are only called what they are."""
    if need.for_whom == ForWhom.FACILITY:
        return need.requester or (need.organisation.label if need.organisation else "")
    return _word(ForWhom, need.for_whom)


_CODE = Column("code", _("编号"), lambda one: ids.format_code(one.code), lambda one: Cell(one.code, kind="code"))
_ITEM = Column("item", _("需要什么"), lambda one: one.item, _what, heads=True)
_CATEGORY = Column("category", _("类别"), _category, shown=False)
_PLACE = Column("place", _("地方"), lambda one: one.place.full_label, _place)
_CREATED = Column(
    "created",
    _("收到"),
    lambda one: one.created_at,
    lambda one: Cell(one.created_at, kind="time"),
    sorts=("new", "old"),
)
_LINE = Column("line", _("条线"), lambda one: one.get_line_display(), shown=False)
_CHANNEL = Column("channel", _("来源"), lambda one: one.get_channel_display(), shown=False)
_UNIT = Column("unit", _("单位"), lambda one: one.unit, lambda one: Cell(unit_of(one)), shown=False)
_MOVED = Column(
    "updated", _("最后变动"), lambda one: one.updated_at, lambda one: Cell(one.updated_at, kind="time"), shown=False
)
_SYNTHETIC = Column("synthetic", _("合成"), lambda one: one.synthetic, shown=False)

NEED_COLUMNS: tuple[Column, ...] = (
    Column(
        "urgency",
        _("紧急程度"),
        lambda one: _word(Urgency, one.urgency_order),
        lambda one: Cell(
            _word(Urgency, one.urgency_order),
            kind="urgency",
            tone=str(one.urgency_order),
            more=""
            if one.urgency is not None
            else gettext("对方自己说的")
            if one.urgency_said is not None
            else gettext("还没有判断"),
        ),
        sorts=("urgency",),
    ),
    _ITEM,
    _CODE,
    Column(
        "asked",
        _("要多少"),
        lambda one: one.quantity_asked,
        lambda one: Cell(amount(one, one.quantity_asked), more=gettext("数量要问") if one.quantity_flag else ""),
        number=True,
    ),
    Column(
        "confirmed",
        _("核实多少"),
        lambda one: one.quantity_confirmed,
        lambda one: Cell(amount(one, one.quantity_confirmed)),
        number=True,
    ),
    Column(
        "planned",
        _("计划多少"),
        lambda one: one.quantity_planned,
        lambda one: Cell(base_words(one, one.quantity_planned) or "–"),
        number=True,
        shown=False,
    ),
    Column(
        "lacking",
        _("还缺多少"),
        lambda one: one.lacking,
        lambda one: Cell(base_words(one, one.lacking) or "–"),
        number=True,
        shown=False,
    ),
    _UNIT,
    Column("who", _("谁需要"), who_asks),
    _PLACE,
    _CATEGORY,
    Column("state", _("状态"), lambda one: _word(NeedState, one.state), lambda one: _state(one, NeedState)),
    _CREATED,
    Column("needed_by", _("最晚何时要"), lambda one: one.needed_by, shown=False),
    Column(
        "stale", _("何时再核实"), lambda one: one.stale_at, lambda one: Cell(one.stale_at, kind="time"), shown=False
    ),
    Column(
        "expires", _("何时过期"), lambda one: one.expires_at, lambda one: Cell(one.expires_at, kind="time"), shown=False
    ),
    _LINE,
    _CHANNEL,
    _MOVED,
    _SYNTHETIC,
)

OFFER_COLUMNS: tuple[Column, ...] = (
    Column("item", _("供给什么"), lambda one: one.item, _what, heads=True),
    _CODE,
    Column("quantity", _("有多少"), lambda one: one.quantity, lambda one: Cell(amount(one, one.quantity)), number=True),
    Column(
        "confirmed",
        _("核实多少"),
        lambda one: one.quantity_confirmed,
        lambda one: Cell(amount(one, one.quantity_confirmed)),
        number=True,
    ),
    _UNIT,
    Column("who", _("谁提供"), lambda one: one.giver or gettext("个人")),
    _PLACE,
    _CATEGORY,
    Column("standard", _("标准"), lambda one: one.standard, shown=False),
    Column("earmark", _("指定用途"), lambda one: one.earmark, shown=False),
    Column("until", _("有效到"), lambda one: one.available_until),
    Column("goods_expire", _("货物到期"), lambda one: one.goods_expire_on, shown=False),
    Column("state", _("状态"), lambda one: _word(OfferState, one.state), lambda one: _state(one, OfferState)),
    _CREATED,
    _LINE,
    _CHANNEL,
    _MOVED,
    _SYNTHETIC,
)


def _source(lead: Lead) -> Cell:
    return Cell(lead.source_name, href=reverse("records:lead", args=[lead.code]))


def _became(lead: Lead) -> Offer | None:
    return lead.offer


LEAD_COLUMNS: tuple[Column, ...] = (
    Column("source", _("来源单位"), lambda one: one.source_name, _source, heads=True),
    _CODE,
    Column("item", _("可能有什么"), lambda one: one.item, lambda one: Cell(item_words(one))),
    Column(
        "quantity",
        _("可能有多少"),
        lambda one: one.quantity,
        lambda one: Cell(amount(one, one.quantity)),
        number=True,
    ),
    _UNIT,
    _PLACE,
    _CATEGORY,
    Column("state", _("状态"), lambda one: _word(LeadState, one.state), lambda one: _state(one, LeadState)),
    _CREATED,
    Column("called", _("何时联系过"), lambda one: one.called_at, lambda one: Cell(one.called_at, kind="time")),
    _LINE,
    _CHANNEL,
    _SYNTHETIC,
)
