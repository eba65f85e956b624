"""Forms of guidance. A draft's steps and sources are rows; a row left empty is no row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.desks.guidance.models import Remark
from tongzhou.desks.guidance.services.checking import MOST_SOURCES, MOST_STEPS
from tongzhou.desks.guidance.types import Group, GuideKind, SaidGuide, SaidSource, SaidStep, SaidText
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.people.types import Role
from tongzhou.registers.stages.types import Stage

__all__ = ["AnswerForm", "ApproveForm", "AskForm", "DraftForm", "NewGuideForm", "PlacingForm", "ReasonForm"]

#: Empty rows after those that are filled.
SPARE_STEPS, SPARE_SOURCES = 3, 2
_FIRST_STEPS, _FIRST_SOURCES = 5, 2
_Several = forms.CheckboxSelectMultiple
_line = forms.TextInput(attrs={"autocomplete": "off"})


def _short(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class _Texts(forms.Form):
    title = forms.CharField(label=gettext_lazy("标题"), max_length=60, widget=_line)
    title_en = forms.CharField(label=gettext_lazy("标题（英文）"), max_length=120, required=False, widget=_line)
    summary = forms.CharField(label=gettext_lazy("什么时候用，一句话"), max_length=200, required=False, widget=_short())
    summary_en = forms.CharField(
        label=gettext_lazy("什么时候用（英文）"), max_length=400, required=False, widget=_short()
    )
    what_changed = forms.CharField(
        label=gettext_lazy("这一版改了什么"), max_length=200, required=False, widget=_short(),
        help_text=gettext_lazy("第二版起必填；读过上一版的人先看这一句"),
    )  # fmt: skip
    what_changed_en = forms.CharField(
        label=gettext_lazy("改了什么（英文）"), max_length=400, required=False, widget=_short()
    )
    why = forms.CharField(label=gettext_lazy("为什么改"), max_length=200, required=False, widget=_short())
    why_en = forms.CharField(label=gettext_lazy("为什么改（英文）"), max_length=400, required=False, widget=_short())
    review_by = forms.DateField(
        label=gettext_lazy("到什么时候再看一遍"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a draft on the page: its bound fields, in order."""

    number: int
    fields: list[forms.BoundField]
    hidden: forms.BoundField | None = None


class DraftForm(_Texts):
    """The text of a version. ``step_3`` is the text of the third row, whatever its place in the order."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, said: SaidText | None = None, version: int | None = None, remark: Remark | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.said_before, self.remark = said, remark
        kwargs.setdefault("initial", _initial(said) | {"version": version} if said else {})
        super().__init__(*args, **kwargs)
        if remark is not None:
            self.fields["answer"] = forms.CharField(
                label=_("怎样改的，或为什么不改"), max_length=300, required=False, widget=_short(),
                initial=remark.answer, help_text=_("退回的人会看到；写了才能再送审"),
            )  # fmt: skip
        posted: Mapping[str, Any] = self.data if self.is_bound else {}
        steps = max(_rows_of(posted, "step_"), len(said.steps) + SPARE_STEPS if said else _FIRST_STEPS)
        sources = max(_rows_of(posted, "source_"), len(said.sources) + SPARE_SOURCES if said else _FIRST_SOURCES)
        self.step_rows = range(1, min(steps, MOST_STEPS) + 1)
        self.source_rows = range(1, min(sources, MOST_SOURCES) + 1)
        for n in self.step_rows:
            self.fields |= _step_fields(n)
        for n in self.source_rows:
            self.fields |= _source_fields(n)

    @cached_property
    def texts(self) -> list[forms.BoundField]:
        """Title, summary, what changed and the like."""
        return [self[name] for name in _Texts.base_fields]

    def rows(self) -> Iterator[Row]:
        """The steps."""
        for n in self.step_rows:
            names = (f"step_{n}", f"step_en_{n}", f"place_{n}", f"caution_{n}")
            yield Row(n, [self[name] for name in names], self[f"key_{n}"])

    def sources(self) -> Iterator[Row]:
        """The sources."""
        for n in self.source_rows:
            names = (f"source_{n}", f"source_by_{n}", f"source_url_{n}", f"source_date_{n}", f"source_unsure_{n}")
            yield Row(n, [self[name] for name in names])

    def _filled(self, rows: range, *names: str) -> list[int]:
        return [n for n in rows if any(self.cleaned_data.get(f"{name}_{n}") for name in names)]

    def _ordered(self) -> list[int]:
        """Rows of steps in the order asked for; rows of one place keep theirs."""
        filled = self._filled(self.step_rows, "step", "step_en")
        return sorted(filled, key=lambda n: (self.cleaned_data.get(f"place_{n}") or n, n))

    def said(self, *, is_example: bool) -> SaidText:
        """What was typed."""
        got = self.cleaned_data
        steps = tuple(
            SaidStep(got[f"step_{n}"], got[f"step_en_{n}"], got[f"caution_{n}"], got[f"key_{n}"])
            for n in self._ordered()
        )
        sources = tuple(
            SaidSource(
                got[f"source_{n}"],
                got[f"source_by_{n}"],
                got[f"source_url_{n}"],
                got[f"source_date_{n}"],
                got[f"source_unsure_{n}"],
            )
            for n in self._filled(self.source_rows, "source", "source_by", "source_url")
        )
        day = got["review_by"]
        texts = {name: got[name] for name in _Texts.base_fields if name != "review_by"}
        return SaidText(
            steps=steps, sources=sources, is_example=is_example, review_by=day.isoformat() if day else "", **texts
        )

    def show(self, wrong: Mapping[str, str]) -> None:
        """Put what a service found wrong beside the row it is about: services count only the filled rows."""
        steps, sources = self._ordered(), self._filled(self.source_rows, "source", "source_by", "source_url")
        for name, text in wrong.items():
            kind, _dash, number = name.rpartition("_")
            rows = steps if kind.startswith("step") else sources if kind.startswith("source") else []
            field = f"{kind}_{rows[int(number) - 1]}" if rows and number.isdigit() else name
            self.add_error(field if field in self.fields else None, text)


def _rows_of(posted: Mapping[str, Any], name: str) -> int:
    """The highest row of that kind which was sent back."""
    ends = (key.removeprefix(name) for key in posted if key.startswith(name))
    numbers = [int(end) for end in ends if end.isascii() and end.isdigit()]
    return max((number for number in numbers if number < 100), default=0)


def _step_fields(n: int) -> dict[str, forms.Field]:
    return {
        f"step_{n}": forms.CharField(
            label=_("第 %(n)s 步") % {"n": n}, max_length=120, required=False, widget=_short(),
            help_text=_("一步一件事，最多 120 个字；清空就是去掉这一步") if n == 1 else "",
        ),
        f"step_en_{n}": forms.CharField(
            label=_("第 %(n)s 步（英文）") % {"n": n}, max_length=300, required=False, widget=_short()
        ),
        f"place_{n}": forms.IntegerField(
            label=_("排在第几") , required=False, min_value=1, max_value=99, initial=n,
            widget=forms.NumberInput(attrs={"class": "input--short", "inputmode": "numeric"}),
        ),
        f"caution_{n}": forms.BooleanField(label=_("做错了会伤人，标“当心”"), required=False),
        f"key_{n}": forms.CharField(required=False, max_length=36, widget=forms.HiddenInput),
    }  # fmt: skip


def _source_fields(n: int) -> dict[str, forms.Field]:
    said = {"n": n}
    common: dict[str, Any] = {"required": False, "widget": _line}
    return {
        f"source_{n}": forms.CharField(label=_("来源 %(n)s：题目") % said, max_length=200, **common),
        f"source_by_{n}": forms.CharField(label=_("来源 %(n)s：谁发布") % said, max_length=120, **common),
        f"source_url_{n}": forms.CharField(label=_("来源 %(n)s：网址") % said, max_length=300, **common),
        f"source_date_{n}": forms.CharField(
            label=_("来源 %(n)s：日期") % said, max_length=10, **common,
            help_text=_("2020、2020-03 或 2020-03-18") if n == 1 else "",
        ),
        f"source_unsure_{n}": forms.BooleanField(label=_("题目还没有在公开的原文里核对到"), required=False),
    }  # fmt: skip


def _initial(said: SaidText) -> dict[str, Any]:
    filled: dict[str, Any] = {name: getattr(said, name) for name in _Texts.base_fields}
    for n, step in enumerate(said.steps, 1):
        filled |= {f"step_{n}": step.text, f"step_en_{n}": step.text_en, f"caution_{n}": step.caution}
        filled |= {f"key_{n}": step.key, f"place_{n}": n}
    for n, source in enumerate(said.sources, 1):
        filled |= {f"source_{n}": source.title, f"source_by_{n}": source.publisher}
        filled |= {f"source_url_{n}": source.url, f"source_date_{n}": source.date}
        filled |= {f"source_unsure_{n}": source.unconfirmed}
    return filled


class PlacingForm(forms.Form):
    """Where in the work a guide is shown, and who should read it."""

    stages = forms.MultipleChoiceField(
        label=gettext_lazy("哪些阶段（都不选就是全部）"), choices=Stage.choices, required=False, widget=_Several
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("谁要读、要确认（都不选就是全部一线）"),
        choices=Role.choices,
        required=False,
        widget=_Several,
    )
    category = forms.ChoiceField(label=gettext_lazy("只用于这个类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(one.key, one.label) for one in Category.objects.all()]
        self.fields["category"].choices = [("", _("不限类别")), *rows]  # type: ignore[attr-defined]


class NewGuideForm(PlacingForm):
    """A new guide; its text comes on the next page."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=60, widget=_line)
    slug = forms.CharField(
        label=gettext_lazy("网址里的名字"), max_length=41, widget=_line,
        help_text=gettext_lazy("小写字母、数字、横线，例如 older-people；以后不能改"),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=GuideKind.choices, widget=forms.RadioSelect)
    group = forms.ChoiceField(
        label=gettext_lazy("人群（只有“按人群”要选）"), choices=[("", "—"), *Group.choices], required=False
    )

    field_order = ("title", "slug", "kind", "group", "stages", "roles", "category")

    def guide(self) -> SaidGuide:
        """Where it belongs."""
        got = self.cleaned_data
        return SaidGuide(
            slug=got["slug"], kind=got["kind"], group=got["group"], stages=tuple(got["stages"]),
            roles=tuple(got["roles"]), category=got["category"],
        )  # fmt: skip


class ReasonForm(forms.Form):
    """Why it goes back to its author, or is withdrawn."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300, widget=_short(3))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class ApproveForm(forms.Form):
    """A reviewer's word."""

    note = forms.CharField(
        label=gettext_lazy("审稿意见"), max_length=300, required=False, widget=_short(3),
        help_text=gettext_lazy("发布后不公开，留在记录里"),
    )  # fmt: skip
    reviewed = forms.BooleanField(label=gettext_lazy("我以专业人员的身份逐条审过，可以去掉“示例”标记"), required=False)


class AskForm(forms.Form):
    """A question from the front line."""

    text = forms.CharField(
        label=gettext_lazy("哪里不清楚、做不到、少了什么"), max_length=300, min_length=4, widget=_short(3),
        help_text=gettext_lazy("不要写求助人的姓名、电话、地址"),
    )  # fmt: skip
    step = forms.TypedChoiceField(
        label=gettext_lazy("关于哪一步"), required=False, coerce=int, empty_value=None, choices=()
    )

    def __init__(self, *args: Any, steps: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(n, _("第 %(n)s 步") % {"n": n}) for n in range(1, steps + 1)]
        self.fields["step"].choices = [("", _("整份指南")), *rows]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a question; it is read together with a version."""

    answer = forms.CharField(label=gettext_lazy("回答"), max_length=500, widget=_short(3))
    answer_en = forms.CharField(label=gettext_lazy("回答（英文）"), max_length=900, required=False, widget=_short(3))
