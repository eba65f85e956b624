"""What is asked on the pages of the people of the line."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import LineField, PhoneField, StoryField
from tongzhou.chain.intake.forms.public import PublicForm
from tongzhou.desks.professionals.models import (
    LineSkill,
    Professional,
    RecruitmentCall,
    ServiceLine,
    ShiftKind,
    SupervisionGroup,
)
from tongzhou.desks.professionals.selectors.guides import guides_in_force
from tongzhou.desks.professionals.services.columns import Wrong, read_times, write_times
from tongzhou.desks.professionals.services.kinds import MOST_SEATS
from tongzhou.desks.professionals.services.people import SaidPerson
from tongzhou.desks.professionals.types import ItemKind, LicenceKind, PersonState, Spoken
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english, local

__all__ = [
    "ApplyForm",
    "CallForm",
    "CheckForm",
    "GroupForm",
    "ItemForm",
    "JoinGroupForm",
    "KindForm",
    "LicenceForm",
    "LineForm",
    "NewLineForm",
    "ReasonForm",
    "SkillForm",
    "TimesField",
    "TrainedForm",
    "TrainingForm",
    "UploadForm",
]

_DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class TimesField(StoryField):
    """Times of the week in words: “周一至周五 08:00-18:00；周末 全天”."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=600, rows=3, **more)

    def clean(self, value: Any) -> tuple[tuple[int, int, int], ...]:
        """(weekday, from, until) in minutes."""
        text: str = super().clean(value)
        try:
            return read_times(text)
        except Wrong as wrong:
            raise forms.ValidationError(wrong.en if in_english() else wrong.zh) from wrong


def times_hint() -> str:
    """How times are written, in the reader's language."""
    return local(
        "写成：周一至周五 08:00-18:00；周末 全天。过半夜的写 20:00-02:00。",
        "Write: Mon-Fri 08:00-18:00; weekend all day. Over midnight: 20:00-02:00.",
    )


class NewLineForm(forms.Form):
    """A new line of one of the actor's organisations."""

    name = LineField(label=_("热线名称"), max_length=80)
    name_en = LineField(label=_("英文名称"), max_length=120, required=False)
    organisation = forms.ChoiceField(label=_("由哪个组织开"))
    response = forms.ChoiceField(label=_("为哪个应急响应"))


class LineForm(forms.Form):
    """Hours, languages, targets of a line."""

    name = LineField(label=_("热线名称"), max_length=80)
    name_en = LineField(label=_("英文名称"), max_length=120, required=False)
    hours = TimesField(label=_("每天的开放时间"))
    languages = forms.MultipleChoiceField(
        label=_("用哪些语言接听"), choices=Spoken.choices, widget=forms.CheckboxSelectMultiple
    )
    answer_percent = forms.IntegerField(label=_("目标：百分之几的来访"), min_value=1, max_value=99)
    answer_seconds = forms.IntegerField(label=_("在多少秒内接起"), min_value=1, max_value=3600)
    abandon_percent = forms.IntegerField(label=_("最多百分之几等不及挂断"), min_value=1, max_value=99)
    least_seats = forms.IntegerField(
        label=_("任何时候至少几个座席"),
        min_value=2,
        max_value=50,
        help_text=_("每条热线至少两个（肺炎机制发〔2020〕18号）。"),
    )

    def __init__(self, data: Any = None, *, line: ServiceLine) -> None:
        said = {name: getattr(line, name) for name in self.base_fields}
        windows = [(int(day), hours[0], hours[1]) for day, hours in line.hours.items()]
        said["hours"] = write_times(windows, english=in_english())
        super().__init__(data, initial=said)
        self.fields["hours"].help_text = times_hint()

    def clean_hours(self) -> dict[str, list[int]]:
        """One stretch a day."""
        found: dict[str, list[int]] = {}
        for weekday, first, last in self.cleaned_data["hours"]:
            if str(weekday) in found:
                raise forms.ValidationError(_("一天只能写一段开放时间"))
            found[str(weekday)] = [first, last]
        return found


class SkillForm(forms.Form):
    """What is known of the contacts of one skill."""

    handle_seconds = forms.IntegerField(
        label=_("平均占用座席多少秒"), min_value=60, max_value=86400, help_text=_("含写记录的时间。")
    )
    patience_seconds = forms.IntegerField(label=_("来访者平均愿意等多少秒"), min_value=10, max_value=86400)
    share_percent = forms.IntegerField(label=_("占全部来访的百分之几"), min_value=0, max_value=100)

    def __init__(self, data: Any = None, *, skill: LineSkill) -> None:
        super().__init__(data, initial={name: getattr(skill, name) for name in self.base_fields})


class KindForm(forms.Form):
    """A kind of shift; `least_<skill>` are the seats it fills in any case."""

    code = LineField(label=_("代号"), max_length=8, help_text=_("例如 D1；用已有的代号就是改那一种，排好的班不变。"))
    name = LineField(label=_("名称"), max_length=40)
    name_en = LineField(label=_("英文名称"), max_length=60, required=False)
    start = forms.TimeField(label=_("几点上班"), widget=forms.TimeInput({"type": "time", "step": 1800}, format="%H:%M"))
    hours = forms.DecimalField(
        label=_("几小时"), min_value=Decimal("0.5"), max_value=24, decimal_places=1, help_text=_("半小时的整数倍")
    )
    breaks = LineField(
        label=_("班里的休息"), max_length=120, required=False,
        help_text=_("写成 12:00-12:30，几段用逗号隔开；休息时不占座席。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, line: ServiceLine, kind: ShiftKind | None = None) -> None:
        skills = list(line.skills.filter(withdrawn_at=None))
        super().__init__(data, initial=_kind_initial(kind) if kind is not None else {})
        for one in skills:
            self.fields[f"least_{one.code}"] = forms.IntegerField(
                label=_now("%(skill)s：至少几个座席") % {"skill": one.label}, min_value=0, max_value=MOST_SEATS,
                required=False, initial=kind.least.get(one.code, 0) if kind is not None else 0,
                help_text=_("按来访算出的更多就照更多的。"),
            )  # fmt: skip

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        got = self.cleaned_data
        start = got["start"].hour * 60 + got["start"].minute
        least = {name.removeprefix("least_"): value or 0 for name, value in got.items() if name.startswith("least_")}
        return {
            "code": got["code"].upper(), "name": got["name"], "name_en": got["name_en"], "start_minute": start,
            "minutes": int(got["hours"] * 60), "breaks": _breaks(got["breaks"], start), "least": least,
        }  # fmt: skip


def _kind_initial(kind: ShiftKind) -> dict[str, Any]:
    def clock_of(minute: int) -> str:
        return f"{minute % 1440 // 60:02}:{minute % 60:02}"

    spans = [(kind.start_minute + after, length) for after, length in kind.breaks]
    return {
        "code": kind.code, "name": kind.name, "name_en": kind.name_en, "start": clock_of(kind.start_minute),
        "hours": Decimal(kind.minutes) / 60,
        "breaks": ", ".join(f"{clock_of(at)}-{clock_of(at + length)}" for at, length in spans),
    }  # fmt: skip


def _breaks(text: str, start: int) -> list[tuple[int, int]]:
    """“12:00-12:30, 18:00-18:30” as minutes after the start. What cannot be read is refused as ``kind_times``."""
    found = []
    for part in re.split(r"[,，;；、]", text):
        if not part.strip():
            continue
        said = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})\s*", part, re.ASCII)
        if said is None:
            raise Refusal("kind_times")
        a, b, c, d = (int(one) for one in said.groups())
        found.append(((a * 60 + b - start) % 1440, (c * 60 + d - a * 60 - b) % 1440))
    return found


class ItemForm(forms.Form):
    """A new version of training or conduct."""

    kind = forms.ChoiceField(label=_("种类"), choices=ItemKind.choices)
    slug = forms.SlugField(
        label=_("代号"), max_length=40, help_text=_("小写英文；同一代号的新版本取代旧的，每个人开班前要再确认。")
    )
    title = LineField(label=_("标题"), max_length=80)
    title_en = LineField(label=_("英文标题"), max_length=120, required=False)
    body = StoryField(label=_("内容"), max_length=6000, rows=8)
    body_en = StoryField(label=_("英文内容"), max_length=9000, rows=6, required=False)
    guide = forms.ChoiceField(
        label=_("这项培训是一份指南"), required=False,
        help_text=_("选了以后，每个人登录后在指南里读、在那里确认；步骤改了要再确认。上面的内容写为什么要读。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        listed = [(one.guide.slug, one.label) for one in guides_in_force()]
        self.fields["guide"].choices = [("", _now("不是")), *listed]  # type: ignore[attr-defined]


class CallForm(forms.Form):
    """How long a call stays open, and who is asked for."""

    days = forms.IntegerField(label=_("招募几天"), min_value=1, max_value=60, initial=14)
    skills = forms.MultipleChoiceField(
        label=_("只要这些专长"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选：都可以。")
    )
    languages = forms.MultipleChoiceField(
        label=_("只要会这些话的"), required=False, choices=Spoken.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选：都可以。"),
    )  # fmt: skip
    nights_only = forms.BooleanField(label=_("只要能上夜班的"), required=False)

    def __init__(self, *args: Any, line: ServiceLine, **more: Any) -> None:
        super().__init__(*args, **more)
        skills = line.skills.filter(withdrawn_at=None)
        self.fields["skills"].choices = [(one.code, one.label) for one in skills]  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A roster workbook."""

    file = forms.FileField(label=_("名册文件"), help_text=_(".xlsx、.xls 或 .csv，第一行是列名，最多 5,000 行。"))


class CheckForm(forms.Form):
    """Whose papers were checked, and what was seen."""

    who = forms.MultipleChoiceField(label=_("核对了谁"), widget=forms.CheckboxSelectMultiple)
    evidence = LineField(
        label=_("看了什么，在哪里核对"),
        max_length=500,
        help_text=_("例如：执照原件照片；注册系统官网查询，结果截图存档"),
    )

    def __init__(self, *args: Any, waiting: list[Professional], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["who"].choices = [(str(one.pk), _of(one)) for one in waiting]  # type: ignore[attr-defined]


def _of(person: Professional) -> str:
    said = {"alias": person.alias, "kind": person.get_licence_kind_display(), "issuer": person.licence_issuer,
            "until": person.licence_until.isoformat(), "years": person.years}  # fmt: skip
    return _now("%(alias)s · %(kind)s · %(issuer)s · 有效期至 %(until)s · 从业 %(years)d 年") % said


class TrainingForm(forms.Form):
    """On which day the training was done, and what was seen of it."""

    on = forms.DateField(label=_("哪天做完的培训"), widget=_DATE)
    evidence = LineField(label=_("看了什么"), max_length=500, help_text=_("例如：签到表和练习录音；小组督导带教两次"))


class TrainedForm(TrainingForm):
    """The same for several people at once."""

    who = forms.MultipleChoiceField(label=_("核对了谁"), widget=forms.CheckboxSelectMultiple)
    field_order = ("who", "on", "evidence")

    def __init__(self, *args: Any, waiting: list[Professional], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["who"].choices = [(str(one.pk), one.alias) for one in waiting]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why; the person reads it."""

    reason = LineField(label=_("原因"), max_length=300, help_text=_("对方会看到这句话。"))


class LicenceForm(forms.Form):
    """A renewed licence."""

    until = forms.DateField(label=_("新的有效期至"), widget=_DATE)
    evidence = LineField(label=_("看了什么，在哪里核对"), max_length=500)


class GroupForm(forms.Form):
    """A new supervision group."""

    name = LineField(label=_("名称"), max_length=40)
    supervisor = forms.ChoiceField(label=_("督导"))
    most = forms.IntegerField(label=_("最多几人"), min_value=1, max_value=20, initial=8)

    def __init__(self, *args: Any, line: ServiceLine, **more: Any) -> None:
        super().__init__(*args, **more)
        found = line.professionals.filter(is_supervisor=True, state=PersonState.ACTIVE).order_by("alias")
        self.fields["supervisor"].choices = [(str(one.pk), one.alias) for one in found]  # type: ignore[attr-defined]


class JoinGroupForm(forms.Form):
    """Which group somebody belongs to."""

    group = forms.ChoiceField(label=_("督导组"), required=False)

    def __init__(self, *args: Any, groups: list[SupervisionGroup], **more: Any) -> None:
        super().__init__(*args, **more)
        listed = [(str(one.pk), f"{one.name} · {one.supervisor.alias}") for one in groups]
        self.fields["group"].choices = [("", _("不在任何组")), *listed]  # type: ignore[attr-defined]


class ApplyForm(PublicForm):
    """Somebody applies to the line."""

    name = LineField(label=_("姓名"), max_length=40, widget=forms.TextInput({"autocomplete": "name"}))
    contact = PhoneField(label=_("手机号"), help_text=_("加密保存，只有核对资质的人能看，每次查看都有记录。"))
    licence_kind = forms.ChoiceField(label=_("执照或注册类别"), choices=LicenceKind.choices)
    licence_number = LineField(label=_("执照或注册编号"), max_length=60, help_text=_("加密保存，只用来核对真伪。"))
    licence_issuer = LineField(label=_("发证机关"), max_length=80)
    licence_until = forms.DateField(label=_("有效期至"), widget=_DATE, help_text=_("长期有效的填 2099-12-31。"))
    years = forms.IntegerField(label=_("从业几年"), min_value=0, max_value=70, initial=0)
    supervised_hours = forms.IntegerField(label=_("接受过多少小时督导"), min_value=0, max_value=50_000, initial=0)
    skills = forms.MultipleChoiceField(label=_("能做哪些"), widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(
        label=_("能用哪些话接听"), choices=Spoken.choices, widget=forms.CheckboxSelectMultiple, initial=["mandarin"]
    )
    times = TimesField(label=_("哪些时间可以值班"))
    week_hours = forms.IntegerField(label=_("一周最多几小时"), min_value=2, max_value=40, initial=12)
    can_nights = forms.BooleanField(label=_("可以上夜班"), required=False)
    adult = forms.BooleanField(label=_("我已满 18 岁"), error_messages={"required": _("只有满 18 岁的人可以报名")})
    consent = forms.BooleanField(
        label=_("同意协会为核对资质、排班保存这些信息；退出后 90 天销毁"),
        error_messages={"required": _("不同意就没法核对资质，我们不会保存您填的内容")},
    )

    def __init__(self, *args: Any, call: RecruitmentCall, **more: Any) -> None:
        super().__init__(*args, **more)
        skills = call.line.skills.filter(withdrawn_at=None)
        self.fields["skills"].choices = [(one.code, one.label) for one in skills]  # type: ignore[attr-defined]
        self.fields["times"].help_text = times_hint()

    def said(self) -> SaidPerson:
        """What was said, as the service takes it."""
        got = self.cleaned_data
        until: dt.date = got["licence_until"]
        return SaidPerson(
            name=got["name"], contact=got["contact"], licence_kind=got["licence_kind"],
            licence_number=got["licence_number"], licence_issuer=got["licence_issuer"], licence_until=until,
            years=got["years"], supervised_hours=got["supervised_hours"], skills=tuple(got["skills"]),
            languages=tuple(got["languages"]), can_nights=got["can_nights"], is_adult=got["adult"],
            week_minutes=got["week_hours"] * 60, windows=got["times"],
        )  # fmt: skip
