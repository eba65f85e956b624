"""What somebody may say before talking; nothing of it is needed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.desks.professionals.types import Spoken
from tongzhou.kernel import crypto, ids
from tongzhou.registers.places.models import Place

__all__ = ["TOPICS", "BackForm", "BeginForm", "CallMeForm"]

#: What people come about, as they would say it; the code stands in the figures.
TOPICS = (
    ("", _("先不说")),
    ("anxiety", _("害怕、睡不着、心慌")),
    ("illness", _("自己或家人病了")),
    ("bereavement", _("亲人去世")),
    ("alone", _("一个人、被隔离")),
    ("family", _("家里的事、孩子、老人")),
    ("money", _("工作、钱、生计")),
    ("worker", _("我是医护、社工或志愿者")),
    ("other", pgettext_lazy("topic", "别的")),
)


class BeginForm(forms.Form):
    """How to begin: everything has an answer already."""

    language = forms.ChoiceField(label=_("用什么话谈"), choices=())
    topic = forms.ChoiceField(label=_("大概是什么事"), choices=TOPICS, required=False)
    place = forms.ChoiceField(label=_("您在哪座城市"), choices=(), required=False)
    urgent = forms.BooleanField(label=_("我快撑不住了，请先接我"), required=False)
    code = forms.CharField(
        label=_("想找上次那位援助员"), required=False, max_length=20,
        help_text=_("填上次给您的 10 位编号；对方不在，5 分钟后换别人。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *given: Any, line: ServiceLine, **more: Any) -> None:
        super().__init__(*given, **more)
        spoken = dict(Spoken.choices)
        told: Any = self.fields["language"]
        told.choices = [(one, spoken[one]) for one in line.languages if one in spoken] or [("mandarin", _("普通话"))]
        where: Any = self.fields["place"]
        where.choices = [("", _("先不说")), *_cities(line)]

    def clean_code(self) -> str:
        """Blank, or a code that can be one."""
        typed = str(self.cleaned_data.get("code") or "").strip()
        if typed and ids.parse_code(typed) is None:
            raise forms.ValidationError(_("这个编号少了或错了一位；也可以空着"))
        return typed


def _cities(line: ServiceLine) -> list[tuple[str, str]]:
    """The cities of the line's province; finer is not asked."""
    rows = Place.objects.filter(code__startswith=line.place_id[:2], level="city").order_by("code")
    return [(one.code, one.name) for one in rows[:60]]


class CallMeForm(forms.Form):
    """A number to be called."""

    phone = forms.CharField(
        label=_("电话"), max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("用什么话谈"), choices=())
    words = forms.CharField(
        label=_("想先说的"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("比如几点方便、能不能说是谁打来。可以空着。"),
    )  # fmt: skip

    def __init__(self, *given: Any, line: ServiceLine, **more: Any) -> None:
        super().__init__(*given, **more)
        spoken = dict(Spoken.choices)
        told: Any = self.fields["language"]
        told.choices = [(one, spoken[one]) for one in line.languages if one in spoken] or [("mandarin", _("普通话"))]

    def clean_phone(self) -> str:
        """Something that can be a number."""
        typed = str(self.cleaned_data["phone"]).strip()
        if not 5 <= len(crypto.normal_phone(typed)) <= 15:
            raise forms.ValidationError(_("这不像一个电话号码，请再看一眼"))
        return typed


class BackForm(forms.Form):
    """The key with which somebody goes on on another device."""

    key = forms.CharField(
        label=_("钥匙"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
