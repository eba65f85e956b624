"""Forms of the desk of bulletins."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.desks.bulletins.models import Bulletin, Remark
from tongzhou.desks.bulletins.types import CORRECTABLE, Kind, SaidBulletin, Severity, Verdict
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.types import Stage

__all__ = ["BulletinForm", "CorrectionForm", "PageForm", "PlacesField", "WordsForm"]


class _Moment(forms.DateTimeField):
    """A moment in Beijing time."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"), required=False,
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"], **more,
        )  # fmt: skip


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class PlacesField(forms.CharField):
    """Several divisions, one a line (or between commas), written as people write them."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=_long(2), max_length=2000, **more)

    def clean(self, value: Any) -> tuple[str, ...]:
        """Their codes."""
        text = super().clean(value)
        parts = [one.strip() for one in re.split(r"[\n,，、;；]+", text) if one.strip()]
        if len(parts) > 60:
            raise forms.ValidationError(_("最多写 60 个地方"))
        found: list[Place] = [PlaceField().clean(one) for one in parts]
        return tuple(dict.fromkeys(one.code for one in found))


class _Texts(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=120)
    title_en = forms.CharField(label=_("标题（英文）"), max_length=240, required=False)
    said = forms.CharField(
        label=_("大家在传的话"), max_length=500, required=False, widget=_long(2), help_text=_("只有谣言与回答才写")
    )
    said_en = forms.CharField(label=_("大家在传的话（英文）"), max_length=800, required=False, widget=_long(2))
    verdict = forms.ChoiceField(label=_("结论"), choices=[("", "—"), *Verdict.choices], required=False)
    body = forms.CharField(label=_("正文"), max_length=8000, widget=_long(8), help_text=_("谣言就写回答"))
    body_en = forms.CharField(label=_("正文（英文）"), max_length=12000, required=False, widget=_long(6))
    evidence = forms.CharField(label=_("依据"), max_length=4000, required=False, widget=_long(3))
    source_name = forms.CharField(
        label=_("来源单位"), max_length=160, help_text=_("谁最先说的，例如：国家卫生健康委员会")
    )
    source_url = forms.CharField(label=_("来源网址"), max_length=500, required=False)
    source_number = forms.CharField(label=_("文号"), max_length=120, required=False)
    severity = forms.ChoiceField(label=_("严重程度"), choices=Severity.choices, initial=Severity.UNKNOWN)
    valid_until = _Moment(label=_("有效到"), help_text=_("北京时间；不知道就空着"))


class BulletinForm(_Texts):
    """Everything a bulletin says."""

    kind = forms.ChoiceField(label=_("种类"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.NOTICE)
    response = forms.ModelChoiceField(label=_("应急响应"), queryset=Response.objects.none(), required=False)
    places = PlacesField(label=_("在哪里有效"), help_text=_("一行一个，写名称或区划代码；也包括它下面的地方"))
    stages = forms.MultipleChoiceField(
        label=_("适用的阶段"), choices=Stage.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是全部"),
    )  # fmt: skip
    valid_from = _Moment(label=_("生效时间"), help_text=_("北京时间；空着就是发布的时候"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = (
        "kind", "response", "title", "title_en", "said", "said_en", "verdict", "body", "body_en", "evidence",
        "source_name", "source_url", "source_number", "places", "stages", "severity", "valid_from", "valid_until",
    )  # fmt: skip

    def __init__(
        self, *args: Any, responses: Any, bulletin: Bulletin | None = None, remark: Remark | None = None, **more: Any
    ) -> None:
        if bulletin is not None:
            names = [one.place.full_name for one in bulletin.places.all() if one.withdrawn_at is None]
            told = {name: getattr(bulletin, name) for name in (*CORRECTABLE, "kind", "stages", "valid_from", "version")}
            more["initial"] = told | {"places": "\n".join(names)}
        super().__init__(*args, **more)
        choice = self.fields["response"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = responses
        if bulletin is not None:
            del self.fields["response"]
        if remark is not None:
            self.fields["answer"] = forms.CharField(
                label=_("怎样改的，或为什么不改"), max_length=300, min_length=2, widget=_long(2),
                help_text=_("退回的人会看到，请先写这里"),
            )  # fmt: skip
            self.order_fields(["answer", *self.field_order])

    def said_bulletin(self) -> SaidBulletin:
        """What was typed, for the services."""
        got = self.cleaned_data
        names = [name for name in SaidBulletin.__slots__ if name in got and name not in ("places", "stages")]
        return SaidBulletin(places=got["places"], stages=tuple(got["stages"]), **{name: got[name] for name in names})


class CorrectionForm(_Texts):
    """The present words to be corrected, and why."""

    reason = forms.CharField(label=_("哪里错了、怎么知道的"), max_length=300, widget=_long(2))
    reason_en = forms.CharField(
        label=_("哪里错了、怎么知道的（英文）"), max_length=500, required=False, widget=_long(2)
    )

    field_order = ("reason", "reason_en")

    def __init__(self, *args: Any, bulletin: Bulletin, **more: Any) -> None:
        more["initial"] = {name: getattr(bulletin, name) for name in CORRECTABLE}
        super().__init__(*args, **more)
        if bulletin.kind != Kind.RUMOUR:
            for name in ("said", "said_en", "verdict", "evidence"):
                del self.fields[name]


class WordsForm(forms.Form):
    """One line of words with an act: how it was verified, why it ends."""

    words = forms.CharField(min_length=4, max_length=300, widget=_long(2))
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: Any, hint: Any = "", version: int = 0, **more: Any) -> None:
        more.setdefault("initial", {"version": version})
        super().__init__(*args, **more)
        self.fields["words"].label = label
        self.fields["words"].help_text = hint


class PageForm(forms.Form):
    """A page from the web: a saved file, pasted text or markup, or an address to be fetched."""

    file = forms.FileField(label=_("另存下来的网页"), required=False, help_text=_("html 或 txt，最大 4 MB"))
    text = forms.CharField(
        label=_("或者粘贴网页的文字"), required=False, max_length=4_000_000, widget=_long(6), strip=False
    )
    address = forms.CharField(label=_("网页的地址"), required=False, max_length=500)
    fetch = forms.BooleanField(label=_("按这个地址去取回来"), required=False)

    def __init__(self, *args: Any, may_fetch: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not may_fetch:
            del self.fields["fetch"]

    def clean(self) -> dict[str, Any]:
        """One of the three."""
        got = super().clean() or {}
        if not (got.get("file") or got.get("text", "").strip() or got.get("fetch")) and not self.errors:
            self.add_error("file", _("请给一个文件、一段文字，或者网址"))
        return got
