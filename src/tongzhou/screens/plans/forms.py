"""Forms of the plan pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.types import Line
from tongzhou.kernel import clock, ids
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import read_quantity
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.people.models import Team
from tongzhou.registers.places.forms import PlaceField

__all__ = ["FIX", "FORBID", "OrderForm", "PinForm", "QuantityField", "ReasonForm", "StandingForm", "StartForm"]

FIX, FORBID = "fix", "forbid"


class QuantityField(forms.CharField):
    """A typed quantity (1,200, 2 万); cleans to whole base units, None when blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "class": "input--medium"}

    def clean(self, value: Any) -> Any:
        """The number; ValidationError when it is none."""
        try:
            return read_quantity(str(super().clean(value)))
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.what}，{refusal.todo}" if _zh() else refusal.what) from None


def _zh() -> bool:
    from tongzhou.kernel.words import in_english

    return not in_english()


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("原因"), max_length=300, min_length=2, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2})
    )


class StartForm(forms.Form):
    """What a plan is about; left as it is, everything the actor looks after."""

    area = PlaceField(label=_("哪里"), help_text=_("就是这个范围里的需求；写名称或区划代码可以换一个地方。"))
    category = forms.ChoiceField(label=_("哪一类"), required=False)
    line = forms.ChoiceField(label=_("哪条线"), required=False)

    def __init__(self, *args: Any, categories: Sequence[Effective], lines: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, line = self.fields["category"], self.fields["line"]
        assert isinstance(category, forms.ChoiceField)
        assert isinstance(line, forms.ChoiceField)
        category.choices = [("", gettext("所有类别")), *((one.key, one.label) for one in categories)]
        named = [(value, label) for value, label in Line.choices if value in lines]
        everything = [("", gettext("所有条线"))] if "" in lines else []
        line.choices = [*everything, *named]
        if len(line.choices) == 1:
            line.widget = forms.HiddenInput()


class PinForm(forms.Form):
    """A pair to be fixed or forbidden in every later plan."""

    need = forms.CharField(label=_("需求编号"), max_length=20, widget=forms.TextInput(attrs={"class": "input--medium"}))
    offer = forms.CharField(
        label=_("供给编号"), max_length=20, widget=forms.TextInput(attrs={"class": "input--medium"})
    )
    how = forms.ChoiceField(
        label=_("怎么办"),
        choices=[(FIX, _("固定：这份供给一定要给这项需求")), (FORBID, _("禁止：这份供给不给这项需求"))],
        widget=forms.RadioSelect,
    )
    quantity = QuantityField(label=_("固定多少"), required=False, help_text=_("用这一类的基本单位；选“禁止”就不用填。"))
    reason = _reason(_("以后看计划的人都会看到，例如：医院已和厂家约好专车。"))

    def clean_need(self) -> str:
        """Ten digits."""
        return _code(self.cleaned_data["need"])

    def clean_offer(self) -> str:
        """Ten digits."""
        return _code(self.cleaned_data["offer"])

    def clean(self) -> dict[str, Any]:
        """A fixed pair has a quantity; a forbidden one has none."""
        said = super().clean() or self.cleaned_data
        if said.get("how") == FORBID:
            said["quantity"] = 0
        elif said.get("how") == FIX and "quantity" in said and not said["quantity"]:
            self.add_error("quantity", gettext("固定要写多少；不给就选“禁止”"))
        return said


def _code(text: str) -> str:
    found = ids.parse_code(text)
    if found is None:
        raise forms.ValidationError(gettext("编号是十位数字，看看有没有写错一位"))
    return found


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason(_("做计划的人会看到。"))


class OrderForm(forms.Form):
    """The order of principles for one kind of help."""

    order = forms.ChoiceField(label=_("顺序"), widget=forms.RadioSelect)
    reason = _reason(_("换了顺序，得到帮助的人会不一样，所以要写明为什么。"))

    def __init__(self, *args: Any, orders: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = self.fields["order"]
        assert isinstance(order, forms.ChoiceField)
        order.choices = list(orders)


class StandingForm(forms.Form):
    """An approval given in advance."""

    team = forms.ModelChoiceField(label=_("哪个团队"), queryset=Team.objects.none())
    category = forms.ChoiceField(label=_("哪一类"))
    area = PlaceField(label=_("在哪里"), help_text=_("通常是一个街道，例如：武昌区水果湖街道"))
    most = QuantityField(label=_("一次最多多少"), required=False, help_text=_("用这一类的基本单位；空着就是不限。"))
    valid_until = forms.DateField(
        label=_("到哪天为止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("含这一天；到期自动失效，还没送出的会收回。"),
    )  # fmt: skip
    reason = _reason(_("例如：每天的跑腿来不及一条条批。"))

    def __init__(self, *args: Any, teams: Sequence[Team], categories: Sequence[Effective], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team, category = self.fields["team"], self.fields["category"]
        assert isinstance(team, forms.ModelChoiceField)
        assert isinstance(category, forms.ChoiceField)
        team.queryset = Team.objects.filter(pk__in=[one.pk for one in teams]).order_by("name")
        team.empty_label = gettext("请选择")
        category.choices = [("", gettext("请选择")), *((one.key, one.label) for one in categories)]

    def clean_most(self) -> int | None:
        """At least one, when a limit is set."""
        most: int | None = self.cleaned_data["most"]
        if most == 0:
            raise forms.ValidationError(gettext("至少是 1；不限就空着"))
        return most

    def clean_valid_until(self) -> dt.datetime:
        """The end of that day in Beijing; it must lie ahead."""
        day: dt.date = self.cleaned_data["valid_until"]
        end = dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=clock.BEIJING)
        if end <= clock.now():
            raise forms.ValidationError(gettext("要在今天或以后"))
        return end
