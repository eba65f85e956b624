"""What is asked on the pages of rosters and shifts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import StoryField
from tongzhou.desks.professionals.models import Professional, ServiceLine
from tongzhou.desks.professionals.services.columns import Wrong, read_times
from tongzhou.desks.professionals.services.handovers import MOST_LETTERS
from tongzhou.desks.professionals.types import DayOffKind, PersonState, Spoken
from tongzhou.kernel.words import in_english

__all__ = [
    "ArrivalsForm",
    "DayOffForm",
    "HandoverForm",
    "NewRosterForm",
    "SickForm",
    "SickOfForm",
    "SwapForm",
    "TimesForm",
    "swap_choices",
]

_DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class NewRosterForm(forms.Form):
    """What roster is asked for."""

    start = forms.DateField(label=_("从哪一天"), widget=_DATE)
    days = forms.IntegerField(label=_("排几天"), min_value=1, max_value=62, initial=28)
    column = forms.ChoiceField(
        label=_("按多少来访排"), choices=[("calls", _("预计的")), ("high", _("预计的上限（更稳妥，要更多人）"))],
        widget=forms.RadioSelect, initial="calls",
    )  # fmt: skip
    daily = forms.IntegerField(
        label=_("每天大约多少来访"), min_value=1, max_value=20_000, required=False,
        help_text=_("有来话记录就不填：按记录预测。填了就按这个数。"),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("任何时候都要有人会"), choices=Spoken.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    factor = forms.FloatField(
        label=_("如果来访变成几倍"),
        min_value=0.1,
        max_value=20,
        initial=1,
        help_text=_("不是 1 就是“试算”：只能看，不能发布。"),
    )
    seed = forms.IntegerField(
        label=_("随机种子"), min_value=0, max_value=10_000, initial=0, help_text=_("同样的种子排出同样的班。")
    )

    def asked(self) -> dict[str, Any]:
        """In the form the service keeps."""
        got = self.cleaned_data
        return {
            "column": got["column"], "daily": got["daily"] or 0, "languages": got["languages"],
            "factor": got["factor"], "seed": got["seed"],
        }  # fmt: skip


class ArrivalsForm(forms.Form):
    """A record of contacts."""

    file = forms.FileField(label=_("来话记录"), help_text=_("两列：开始时间、来访次数。每半小时或每五分钟一行都可以。"))


class TimesForm(forms.Form):
    """When somebody can work."""

    times = StoryField(label=_("哪些时间可以值班"), max_length=600, rows=4, required=False)

    def clean_times(self) -> tuple[tuple[int, int, int], ...]:
        """(weekday, from, until) in minutes."""
        try:
            return read_times(self.cleaned_data["times"])
        except Wrong as wrong:
            raise forms.ValidationError(wrong.en if in_english() else wrong.zh) from wrong


class DayOffForm(forms.Form):
    """Dates off."""

    first = forms.DateField(label=_("从"), widget=_DATE)
    last = forms.DateField(label=_("到"), widget=_DATE)
    kind = forms.ChoiceField(label=_("怎样"), choices=DayOffKind.choices)


class SickForm(forms.Form):
    """From when until when somebody cannot come."""

    starts_at = forms.DateTimeField(label=_("从什么时候"), widget=_MOMENT)
    ends_at = forms.DateTimeField(label=_("到什么时候"), widget=_MOMENT)

    def __init__(self, data: Any = None, *, line: ServiceLine, now: dt.datetime) -> None:
        here = now.astimezone(line.zone).replace(second=0, microsecond=0)
        tomorrow = here.replace(hour=23, minute=59)
        super().__init__(data, initial={"starts_at": here, "ends_at": tomorrow})


class SickOfForm(SickForm):
    """The same for somebody else."""

    person = forms.ChoiceField(label=_("谁来不了"))

    def __init__(self, data: Any = None, *, line: ServiceLine, now: dt.datetime) -> None:
        super().__init__(data, line=line, now=now)
        found = line.professionals.filter(state=PersonState.ACTIVE).order_by("alias")
        self.fields["person"].choices = [(str(one.pk), one.alias) for one in found]  # type: ignore[attr-defined]
        self.order_fields(["person"])


class SwapForm(forms.Form):
    """With whom, for which shift."""

    target = forms.ChoiceField(
        label=_("和谁换"), help_text=_("只列出同一期排班里的人。违反休息规则的换不成，会说明为什么。")
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """A few words for the next shift."""

    words = StoryField(
        label=_("给下一班的话"), max_length=MOST_LETTERS, rows=3, help_text=_("只写工作安排，不写来访者。七天后销毁。")
    )


def swap_choices(mine: Professional, others: list[tuple[Professional, list[tuple[str, str]]]]) -> list[tuple[str, str]]:
    """(value, words): somebody's shift, or somebody who takes it for nothing."""
    found = []
    for person, shifts in others:
        if person.pk == mine.pk:
            continue
        found.append((f"{person.pk}:", f"{person.alias} · {_('直接替班')}"))
        found += [(f"{person.pk}:{key}", f"{person.alias} · {words}") for key, words in shifts]
    return found
