"""Forms of setting up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import read_quantity
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.stages.types import Stage

__all__ = [
    "CategoryForm",
    "ChangeResponseForm",
    "CloseForm",
    "NewResponseForm",
    "ReasonForm",
    "ResponseForm",
    "WeightsForm",
]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _long(label: Any, longest: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, widget=forms.Textarea(attrs={"rows": 4}))


def _share(label: Any) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "input--short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=100, widget=box)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), min_length=2, max_length=300)


class ResponseForm(forms.Form):
    """What a response says of itself."""

    name = forms.CharField(label=_("名称"), min_length=2, max_length=80)
    area = PlaceField(label=_("范围"), help_text=_("例如：湖北省；全国写“全国”"))
    started_on = _day(_("开始日期"))
    description = _long(_("说明"), 2000)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    description_en = _long(_("英文说明"), 3000)


class ChangeResponseForm(ResponseForm):
    """A response that is there."""

    under_command = forms.BooleanField(
        label=_("物资由指挥部统一调配"),
        required=False,
        help_text=_("勾上以后，计划是给指挥部的建议；有指定用途的捐赠分开列"),
    )


class NewResponseForm(ResponseForm):
    """A response about to be opened."""

    slug = forms.CharField(
        label=_("短名"), max_length=40, help_text=_("出现在网址里：小写字母、数字和短横，例如 hubei-2020；以后不能改")
    )
    is_exercise = forms.BooleanField(label=_("这是演练：不对外公开，以后不能改成真的"), required=False)
    field_order = ("name", "slug", "area", "started_on", "is_exercise", "description", "name_en", "description_en")


class CloseForm(ReasonForm):
    """The end of a response."""

    ended_on = _day(_("结束日期"))
    field_order = ("ended_on", "reason")


class WeightsForm(forms.Form):
    """Where a place stands: four weights and why."""

    outbreak = _share(Stage.OUTBREAK.label)
    containment = _share(Stage.CONTAINMENT.label)
    recovery = _share(Stage.RECOVERY.label)
    aftercare = _share(Stage.AFTERCARE.label)
    reason = forms.CharField(
        label=_("依据"), min_length=4, max_length=300, help_text=_("例如：连续 14 天没有新增病例，指挥部通告 5 号")
    )


class CategoryForm(forms.Form):
    """What a response changes in a category; blank keeps the catalogue's."""

    enabled = forms.BooleanField(label=_("在这次响应中使用"), required=False)
    name = forms.CharField(label=_("换个名称"), max_length=60, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    spellings = forms.CharField(
        label=_("这里的人还怎么叫它"), max_length=400, required=False, help_text=_("几个叫法之间用顿号或逗号隔开")
    )
    stale_days = forms.IntegerField(label=_("几天后要再核实"), min_value=1, max_value=90, required=False)
    maximum = forms.CharField(
        label=_("一个求助方最多可信的数量"),
        max_length=20,
        required=False,
        help_text=_("超过的会标出来请人核对，不会拒收"),
    )
    note = forms.CharField(
        label=_("给求助和捐赠的人看的话"), max_length=200, required=False, help_text=_("例如：只收未开封的整箱")
    )

    def clean_maximum(self) -> int | None:
        """A whole number (万 allowed)."""
        try:
            return read_quantity(self.cleaned_data["maximum"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.what) from refusal

    def clean_spellings(self) -> str:
        """As the service wants it."""
        return str(self.cleaned_data["spellings"]).replace("、", ";").replace("，", ";").replace(",", ";")
