"""Forms of the organisation pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.services import resolve
from tongzhou.registers.catalogue.types import Line
from tongzhou.registers.organisations.types import AuthorityLevel, OrganisationKind
from tongzhou.registers.places.forms import PlaceField

__all__ = [
    "OrganisationForm",
    "OwnOrganisationForm",
    "PaperForm",
    "ReasonForm",
    "RequirementForm",
    "ScopeForm",
    "TermForm",
]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class OwnOrganisationForm(forms.Form):
    """What an officer says of the own organisation."""

    short_name = forms.CharField(label=_("简称"), max_length=60, required=False)
    name_en = forms.CharField(label=_("英文名称"), max_length=200, required=False)
    contact_line = forms.CharField(
        label=_("对外公布的电话"), max_length=120, required=False, help_text=_("单位的固定电话或热线；不写个人手机号")
    )
    website = forms.CharField(label=_("网址"), max_length=200, required=False, help_text=_("以 https:// 开头"))
    scope_text = forms.CharField(
        label=_("登记的业务范围"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class OrganisationForm(OwnOrganisationForm):
    """The whole record of an organisation."""

    name = forms.CharField(label=_("单位全称"), max_length=120, min_length=2, help_text=_("与登记证书上一致"))
    kind = forms.ChoiceField(label=_("类型"), choices=OrganisationKind.choices)
    is_charity = forms.BooleanField(label=_("是慈善组织"), required=False)
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=40, required=False, help_text=_("18 位；没有就空着")
    )
    place = PlaceField(label=_("所在地"))
    authority = forms.CharField(label=_("登记机关"), max_length=120, required=False)
    authority_level = forms.ChoiceField(
        label=_("登记机关级别"), required=False, choices=[("", _("不清楚")), *AuthorityLevel.choices]
    )

    field_order = (
        "name", "kind", "credit_code", "place", "is_charity", "authority", "authority_level", "contact_line", "website",
        "scope_text", "short_name", "name_en",
    )  # fmt: skip


class PaperForm(forms.Form):
    """What a person saw of one paper."""

    evidence = forms.CharField(
        label=_("看了什么，在哪里看的"), min_length=4, max_length=500, help_text=_("例如：民政部公示平台截图，已存档")
    )
    valid_until = _day(_("证件写的最后一天"), required=False, help_text=_("长期有效就空着"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("原因"), min_length=4, max_length=300)


class TermForm(ReasonForm):
    """The last day of a standing."""

    ends_on = _day(_("有效到哪一天"), required=False, help_text=_("空着表示不设期限"))
    field_order = ("ends_on", "reason")


class ScopeForm(forms.Form):
    """What it may do where."""

    what = forms.CharField(
        label=_("类别"),
        max_length=60,
        required=False,
        help_text=_("物资或服务的名称，例如：医用外科口罩；空着表示按条线"),
    )
    line = forms.ChoiceField(label=_("条线"), required=False, choices=[("", _("全部条线")), *Line.choices])
    area = PlaceField(label=_("服务地区"), help_text=_("例如：湖北省；全国写“全国”"))

    def clean_what(self) -> Category | None:
        """The category that is meant."""
        text = self.cleaned_data["what"].strip()
        if not text:
            return None
        found = resolve(text)
        if found.key is None:
            near = Category.objects.in_bulk(list(found.candidates))
            names = gettext("、").join(near[key].label for key in found.candidates if key in near)
            if not names:
                raise forms.ValidationError(gettext("目录里没有这个类别"))
            raise forms.ValidationError(gettext("可能是：%(names)s。请照着写一个") % {"names": names})
        return Category.objects.get(key=found.key)

    def clean(self) -> dict[str, Any]:
        """A category says its line itself."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("what") and said.get("line"):
            self.add_error("line", gettext("写了类别就不用选条线"))
        return said


class RequirementForm(forms.Form):
    """One more paper that organisations of a kind must show."""

    kind = forms.ChoiceField(label=_("哪一类单位"), choices=OrganisationKind.choices)
    name = forms.CharField(label=_("材料名称"), min_length=2, max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    code = forms.SlugField(label=_("短名"), max_length=40, help_text=_("小写字母、数字和下划线，例如：fire_safety"))
    explanation = forms.CharField(label=_("说明"), max_length=300, required=False)
    explanation_en = forms.CharField(label=_("英文说明"), max_length=400, required=False)
    validity_days = forms.IntegerField(
        label=_("核实后最多有效几天"),
        min_value=1,
        max_value=3660,
        required=False,
        help_text=_("空着表示只看证件上的日期"),
    )
    applies_from = _day(_("从哪一天起要求"), help_text=_("给单位留出准备的时间；到这一天还没有核实的会自动暂停"))
    mandatory = forms.BooleanField(label=_("必须有"), required=False, initial=True)
    charity_only = forms.BooleanField(label=_("只要求慈善组织"), required=False)
