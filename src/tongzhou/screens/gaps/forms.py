"""Forms of cover."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import read_quantity
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.services import resolve
from tongzhou.registers.cover.types import CoverBy
from tongzhou.registers.places.forms import PlaceField

__all__ = ["CoverForm", "EndForm", "WithdrawForm"]


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class CoverForm(forms.Form):
    """What somebody covers already."""

    place = PlaceField(label=_("在哪里"), help_text=_("连同它下面所有的地方，例如：武汉市江汉区"))
    category = forms.CharField(
        label=_("哪一类"),
        max_length=60,
        help_text=_("例如：医用外科口罩"),
        widget=forms.TextInput({"list": "categories"}),
    )
    quantity = forms.CharField(
        label=_("多少"), max_length=20, required=False, help_text=_("按类别的单位，整数；可以写 2 万"),
        widget=forms.TextInput({"class": "input--medium", "inputmode": "numeric"}),
    )  # fmt: skip
    whole = forms.BooleanField(label=_("全部由对方供应，不用再送"), required=False)
    by = forms.ChoiceField(label=_("谁在供应"), choices=CoverBy.choices)
    by_name = forms.CharField(label=_("单位或部门的名称"), max_length=120)
    starts_on = _day(_("从哪天起"))
    ends_on = _day(_("到哪天为止"), required=False, help_text=_("包括这一天；还不知道就空着"))
    source = forms.CharField(
        label=_("从哪里知道的"), max_length=300, help_text=_("例如：区指挥部 2 月 5 日通知，已电话确认")
    )

    def __init__(self, *args: Any, response: uuid.UUID, **more: Any) -> None:
        super().__init__(*args, **more)
        self.response = response
        self.fields["starts_on"].initial = clock.beijing(clock.now()).date()

    def clean_category(self) -> Category | None:
        """The category that is meant."""
        found = resolve(self.cleaned_data["category"], self.response)
        if found.key is not None:
            return Category.objects.get(key=found.key)
        near = Category.objects.in_bulk(list(found.candidates))
        names = gettext("、").join(near[key].label for key in found.candidates if key in near)
        if not names:
            raise forms.ValidationError(gettext("目录里没有这个类别"))
        raise forms.ValidationError(gettext("可能是：%(names)s。请照着写一个") % {"names": names})

    def clean_quantity(self) -> int | None:
        """A whole number (万 allowed)."""
        try:
            return read_quantity(self.cleaned_data["quantity"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.what) from refusal

    def clean(self) -> dict[str, Any]:
        """Either so much, or all of it; never all of it by leaving something blank."""
        said: dict[str, Any] = super().clean() or {}
        if "quantity" not in self.errors:
            if said.get("whole") and said.get("quantity") is not None:
                self.add_error("quantity", gettext("写了数量就不要选“全部”"))
            elif not said.get("whole") and said.get("quantity") is None:
                self.add_error("quantity", gettext("请写数量；全部由对方供应就选下面一项"))
        return said


class WithdrawForm(forms.Form):
    """Why it never held."""

    reason = forms.CharField(label=_("原因"), min_length=4, max_length=300, help_text=_("例如：后来没有落实"))


class EndForm(forms.Form):
    """Its last day."""

    ends_on = _day(_("最后一天"))
    reason = forms.CharField(label=_("原因"), min_length=4, max_length=300)
