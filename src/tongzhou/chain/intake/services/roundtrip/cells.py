"""The columns of the needs table that goes out: what each cell says, and what an edited cell means."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services import amounts, submit
from tongzhou.chain.intake.types import NeedState, Urgency
from tongzhou.kernel.tables.values import harmless
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places.models import Place

__all__ = ["FIELDS", "HIDDEN", "ID", "LOCKED", "SHEET", "Meaning", "cells_of", "plain", "read_cell", "values_of"]

#: The sheet people edit, and the hidden one that remembers what went out.
SHEET, HIDDEN = "needs", "_tongzhou"
ID = "同舟编号 (id)"
#: Locked columns, shown so that people know what they are looking at.
LOCKED: tuple[tuple[str, Any], ...] = (("version", gettext_lazy("版本")), ("code", gettext_lazy("编号")))
#: Columns that can be edited: their field and heading.
FIELDS: tuple[tuple[str, Any], ...] = (
    ("state", gettext_lazy("状态")),
    ("urgency", gettext_lazy("紧急程度")),
    ("category_id", gettext_lazy("类别")),
    ("item", gettext_lazy("名称")),
    ("specification", gettext_lazy("规格")),
    ("quantity_asked", gettext_lazy("数量")),
    ("unit", gettext_lazy("单位")),
    ("place_id", gettext_lazy("地方")),
    ("requester", gettext_lazy("谁需要")),
    ("needed_by", gettext_lazy("最晚哪天要")),
    ("note", gettext_lazy("备注")),
)
#: States that can be written in a table; the others are come by in their own ways (verifying, merging).
_STATES = (NeedState.SOLVED, NeedState.WITHDRAWN)
_LENGTHS = {"item": 200, "specification": 300, "unit": 20, "requester": 200, "note": 2000}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an edited cell means: the column's value, or what is wrong with it."""

    value: Any = None
    wrong: str = ""


def plain(text: str) -> str:
    """A cell as it was meant: the guard before a formula taken off, blanks at the ends dropped."""
    stripped = text.replace("\r\n", "\n").strip()
    return stripped[1:] if stripped.startswith("'") and harmless(stripped[1:]) == stripped else stripped


def cells_of(need: Need, categories: Mapping[str, Effective]) -> dict[str, str]:
    """What each editable cell of a need says when it goes out."""
    category = categories.get(need.category_id or "")
    return {
        "state": str(NeedState(need.state).label),
        "urgency": str(Urgency(need.urgency).label) if need.urgency is not None else "",
        "category_id": category.label if category else "",
        "item": need.item,
        "specification": need.specification,
        "quantity_asked": "" if need.quantity_asked is None else str(need.quantity_asked),
        "unit": need.unit,
        "place_id": need.place.full_label,
        "requester": need.requester,
        "needed_by": need.needed_by.isoformat() if need.needed_by else "",
        "note": need.note,
    }


def values_of(need: Need) -> list[Any]:
    """The editable columns of a need as JSON, in the order of `FIELDS`."""
    return [
        value.isoformat() if isinstance(value, dt.date) else value
        for value in (getattr(need, name) for name, _ in FIELDS)
    ]


def read_cell(name: str, text: str, categories: Mapping[str, Effective]) -> Meaning:
    """What somebody wrote into a cell."""
    if name == "state":
        chosen = next((state for state in _STATES if text == str(state.label)), None)
        return Meaning(chosen.value) if chosen else Meaning(wrong=_("状态只能改成“已解决”或“已撤回”"))
    if name == "urgency":
        level = next((one for one in Urgency if text in (str(one.label), str(one.value))), None)
        return Meaning(level.value) if level is not None else Meaning(wrong=_("紧急程度看不懂，请从下拉框里选"))
    if name == "category_id":
        key = next((key for key, one in categories.items() if text in (one.name, one.name_en, key)), None)
        return Meaning(key) if key or not text else Meaning(wrong=_("目录里没有这个类别，请从下拉框里选"))
    if name == "quantity_asked":
        read = amounts.read_amount(text)
        return Meaning(wrong=_("数量看不懂，请写整数")) if read.unread or read.unit else Meaning(read.quantity)
    if name == "place_id":
        return _place(text)
    if name == "needed_by":
        return _day(text)
    if len(text) > _LENGTHS[name]:
        return Meaning(wrong=_("太长了，最多 %(n)s 个字") % {"n": _LENGTHS[name]})
    if name == "item" and not text:
        return Meaning(wrong=_("名称不能空着"))
    return Meaning(text if name in ("unit", "requester") else submit.masked(text))


def _place(text: str) -> Meaning:
    if text.isascii() and text.isdigit():
        return Meaning(text) if Place.objects.filter(code=text).exists() else Meaning(wrong=_("没有这个区划代码"))
    named = Place.objects.filter(full_name=text) if text else Place.objects.none()
    codes = list(named.values_list("code", flat=True)[:2]) or list(
        Place.objects.filter(full_name_en__iexact=text or "-").values_list("code", flat=True)[:2]
    )
    return Meaning(codes[0]) if len(codes) == 1 else Meaning(wrong=_("看不出是哪里，请写全称或区划代码"))


def _day(text: str) -> Meaning:
    if not text:
        return Meaning(None)
    plain_text = unicodedata.normalize("NFKC", text).replace("/", "-").replace(".", "-").split(" ")[0]
    try:
        year, month, day = (int(part) for part in plain_text.split("-"))
        return Meaning(dt.date(year, month, day).isoformat())
    except ValueError:
        return Meaning(wrong=_("日期看不懂，请写成 2020-02-08 的样子"))
