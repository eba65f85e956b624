"""What the figures say, in words before numbers."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.flows.line_figures import Cross
from tongzhou.flows.line_forecasts import Compared, Part

__all__ = ["compared_said", "cross_said", "day_said"]

#: Points of a hundred that are no difference worth a word, however many half hours there are.
_SAME = 5.0


def cross_said(cross: Cross) -> dict[str, Any]:
    """Topics by another category as rows; `hidden`: there are some, and not one number may be shown."""
    rows: list[dict[str, Any]] = [
        {
            "label": label,
            "cells": [cross.cells[topic, value] for value, _label in cross.columns],
            "total": cross.totals[topic],
        }
        for topic, label in cross.topics
        if cross.totals[topic] != 0
    ]
    shown = [row for row in rows if row["total"] is not None or any(row["cells"])]
    return {"columns": [label for _value, label in cross.columns], "rows": rows if shown else [],
            "hidden": bool(rows) and not shown}  # fmt: skip


def day_said(day: list[tuple[str, int | None]]) -> dict[str, Any]:
    """The half hours that may be shown, and how many may not."""
    hidden = sum(count is None for _label, count in day)
    return {"rows": [(label, count) for label, count in day if count], "hidden": hidden}


def compared_said(compared: Compared | None) -> dict[str, Any]:
    """Forecast and truth: sentences, then the days and half hours of which something may be shown."""
    if compared is None:
        nothing = _("这个月没有按来话记录排好、在开始之前发布的班，所以没有预测可以比。")
        return {"said": [nothing], "days": [], "slots": []}
    whole = compared.whole
    said = [_inside(whole, compared.level_percent), _total(whole)]
    return {
        "said": said, "days": _tellable(compared.days), "slots": _tellable(compared.slots),
        "level": compared.level_percent,
    }  # fmt: skip


def _tellable(parts: list[Part]) -> list[Part]:
    return [one for one in parts if one.expected is not None or one.came]


def _inside(whole: Part, level: int) -> str:
    if whole.inside is None:
        return _("事先有预测、已经过去的半小时还不到 11 个，还比不出什么。")
    percent = 100 * whole.inside / whole.half_hours
    first = ngettext(
        "%(n)d 个半小时在开始之前有过预测，其中 %(k)d 个的来访落在各自的区间里：%(p)d%%，说好的是 %(level)d%%。",
        "%(n)d 个半小时在开始之前有过预测，其中 %(k)d 个的来访落在各自的区间里：%(p)d%%，说好的是 %(level)d%%。",
        whole.half_hours,
    ) % {"n": whole.half_hours, "k": whole.inside, "p": round(percent), "level": level}
    same = max(_SAME, 200 * math.sqrt(level / 100 * (1 - level / 100) / whole.half_hours))
    if percent < level - same:
        return first + " " + _("明显偏少：变化比记录里的大，下一期请按上限排，并核对来话记录。")
    if percent > level + same:
        return first + " " + _("比说好的多：区间偏宽，人排得偏稳妥。")
    return first + " " + _("和说好的相符。")


def _total(whole: Part) -> str:
    if whole.came is None or whole.expected is None:
        return _("这些半小时的来访合计太少，或者能由它推算出少数人，不显示。")
    apart = abs(round(100 * (whole.came - whole.expected) / whole.expected))
    words = {"e": whole.expected, "c": whole.came, "d": apart}
    if whole.came > whole.expected:
        return _("一共预测 %(e)d 次，来了 %(c)d 次，多 %(d)d%%。") % words
    if whole.came < whole.expected:
        return _("一共预测 %(e)d 次，来了 %(c)d 次，少 %(d)d%%。") % words
    return _("一共预测 %(e)d 次，来了 %(c)d 次。") % words
