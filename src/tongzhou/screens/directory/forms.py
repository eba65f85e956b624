"""Forms of the desk of the directory."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.desks.bulletins.models import Service
from tongzhou.desks.bulletins.types import Group, ServiceState, Topic
from tongzhou.registers.places.forms import PlaceField

__all__ = ["EntryForm", "FileForm", "WordsForm"]

_DAYS = [
    ("MO", _("周一")), ("TU", _("周二")), ("WE", _("周三")), ("TH", _("周四")), ("FR", _("周五")), ("SA", _("周六")),
    ("SU", _("周日")),
]  # fmt: skip
_ENTRY = (
    "name", "name_en", "description", "description_en", "url", "eligibility", "capacity", "source", "topic", "status",
    "groups", "minimum_age", "maximum_age",
)  # fmt: skip


def _long(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class EntryForm(forms.Form):
    """One kind of help by one agency."""

    agency = forms.CharField(label=_("单位"), max_length=160)
    agency_en = forms.CharField(label=_("单位（英文）"), max_length=240, required=False)
    name = forms.CharField(label=_("提供什么"), max_length=160, help_text=_("例如：心理援助热线"))
    name_en = forms.CharField(label=_("提供什么（英文）"), max_length=240, required=False)
    topic = forms.ChoiceField(label=_("哪一类"), choices=Topic.choices)
    phones = forms.CharField(
        label=_("电话"),
        max_length=200,
        required=False,
        help_text=_("只写单位公开的电话，几个之间用逗号隔开；不写个人手机号"),
    )
    days = forms.MultipleChoiceField(
        label=_("哪几天"),
        choices=_DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是每天"),
    )
    opens_at = forms.CharField(
        label=_("几点开始"), max_length=5, required=False, help_text=_("例如 09:00；全天写 00:00")
    )
    closes_at = forms.CharField(
        label=_("几点结束"), max_length=5, required=False, help_text=_("例如 17:30；全天写 24:00")
    )
    hours_note = forms.CharField(label=_("时间的说明"), max_length=300, required=False)
    area = PlaceField(label=_("服务哪里的人"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    groups = forms.MultipleChoiceField(
        label=_("为哪些人"), choices=Group.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是所有人"),
    )  # fmt: skip
    minimum_age = forms.IntegerField(label=_("最小年龄"), min_value=0, max_value=150, required=False)
    maximum_age = forms.IntegerField(label=_("最大年龄"), min_value=0, max_value=150, required=False)
    eligibility = forms.CharField(label=_("条件的说明"), max_length=300, required=False)
    capacity = forms.CharField(label=_("现在忙不忙"), max_length=300, required=False, help_text=_("例如：晚上等得久"))
    description = forms.CharField(label=_("说明"), max_length=4000, required=False, widget=_long(4))
    description_en = forms.CharField(label=_("说明（英文）"), max_length=6000, required=False, widget=_long(3))
    url = forms.CharField(label=_("网址"), max_length=500, required=False)
    source = forms.CharField(label=_("从哪里看到的"), max_length=300, help_text=_("单位、文号或网址"))
    status = forms.ChoiceField(label=_("现在的状态"), choices=ServiceState.choices, initial=ServiceState.ACTIVE)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, service: Service | None = None, **more: Any) -> None:
        if service is not None:
            more["initial"] = _initial(service)
        super().__init__(*args, **more)

    def said(self) -> dict[str, Any]:
        """What the entry itself says."""
        return {name: self.cleaned_data[name] for name in _ENTRY}

    def hours(self) -> dict[str, str]:
        """When it is open."""
        got = self.cleaned_data
        return {"days": ",".join(got["days"])} | {name: got[name] for name in ("opens_at", "closes_at", "hours_note")}


def _initial(service: Service) -> dict[str, Any]:
    told = {name: getattr(service, name) for name in (*_ENTRY, "version")}
    told |= {"agency": service.agency.name, "agency_en": service.agency.name_en}
    told["phones"] = ", ".join(one.number for one in service.phones.all())
    if opened := next(iter(service.schedules.all()), None):
        told |= {"days": opened.days.split(","), "hours_note": opened.note}
        told |= {"opens_at": opened.opens_at[:5], "closes_at": opened.closes_at[:5]}
    if area := next((one for one in service.areas.all() if one.place), None):
        told["area"] = area.place
    if where := next(iter(service.at_locations.all()), None):
        told["address"] = where.location.address
    return told


class WordsForm(forms.Form):
    """How it was verified, or why it is withdrawn."""

    words = forms.CharField(min_length=4, max_length=300, widget=_long(2))
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: Any, hint: Any = "", version: int = 0, **more: Any) -> None:
        more.setdefault("initial", {"version": version})
        super().__init__(*args, **more)
        self.fields["words"].label = label
        self.fields["words"].help_text = hint


class FileForm(forms.Form):
    """A file of HSDS."""

    file = forms.FileField(label=_("HSDS 3 的 JSON 文件"), help_text=_("最大 4 MB；带进来的每一条都要核实后才公开"))
