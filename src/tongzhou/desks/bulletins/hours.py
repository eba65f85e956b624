"""Opening hours in words: one line for each schedule, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

__all__ = ["hours_in_words"]


def hours_in_words(schedules: Iterable[Sequence[str]]) -> list[str]:
    """``周一、周三 09:00–17:00 节假日休息``, a line for each that says anything.

    `schedules`: (days such as ``MO,WE``, opens, closes, note); each part may be blank.
    """
    names = {
        "MO": _("周一"), "TU": _("周二"), "WE": _("周三"), "TH": _("周四"), "FR": _("周五"), "SA": _("周六"),
        "SU": _("周日"),
    }  # fmt: skip
    said = []
    for days, opens, closes, note in schedules:
        named = _("、").join(names.get(day, day) for day in days.split(",") if day) or _("每天")
        span = f"{opens[:5]}–{closes[:5]}" if opens or closes else ""
        span = _("24 小时") if span == "00:00–24:00" else span
        said.append(" ".join(part for part in (named if span or days else "", span, note) if part))
    return [one for one in said if one]
