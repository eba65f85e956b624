"""What is typed about an assignment: quantities, reasons. A form carries its key and the version it was opened with."""

from __future__ import annotations

import decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.words import unit_of
from tongzhou.chain.dispatch.types import DeclineReason
from tongzhou.chain.intake.forms.fields import LineField, chosen_field, plain_text
from tongzhou.chain.intake.forms.public import KeyedForm
from tongzhou.chain.intake.selectors.said import FEN
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import LARGEST, read_quantity

__all__ = [
    "ActForm",
    "DeclineForm",
    "HowManyField",
    "ReasonForm",
    "ReturnForm",
    "SentForm",
    "YuanField",
    "decline_field",
]

_FEN = decimal.Decimal(100)


class HowManyField(forms.CharField):
    """A quantity as people write it (1,200, 1.5万; yuan for money); its value is base units, None for a blank."""

    money = False

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}))
        more["widget"].attrs.setdefault("class", "input--medium")
        super().__init__(max_length=30, **more)

    def to_python(self, value: Any) -> str:
        """What was typed, without what must not be kept."""
        return plain_text(super().to_python(value) or "")

    def clean(self, value: Any) -> int | None:
        """The number of base units."""
        text = str(super().clean(value) or "")
        try:
            return _fen(text) if self.money else read_quantity(text)
        except Refusal as refusal:
            raise ValidationError(refusal.what) from refusal

    def prepare_value(self, value: Any) -> Any:
        """Base units as they are typed."""
        return f"{value / 100:.2f}" if self.money and isinstance(value, int) else value


def _fen(text: str) -> int | None:
    if not text:
        return None
    try:
        found = decimal.Decimal(text.replace(",", "").replace("¥", "")) * _FEN
        whole = int(found)
    except (decimal.InvalidOperation, ValueError, OverflowError):
        raise Refusal("quantity_bad", text=text[:40]) from None
    if found != whole or not 0 <= whole <= LARGEST:
        raise Refusal("quantity_bad", text=text[:40])
    return whole


class YuanField(HowManyField):
    """An amount of money in yuan; its value is whole fen."""

    money = True


class ActForm(KeyedForm):
    """A form about one assignment: quantities in its unit, the version that was shown."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, one: Assignment, **more: Any) -> None:
        super().__init__(*args, **more)
        self.one = one
        self.unit = unit_of(one.category)
        self.fields["version"].initial = one.version
        for field in self.fields.values():
            if type(field) is HowManyField:
                field.money = one.category.unit == FEN

    @property
    def counted_in(self) -> str:
        """The unit of its quantities; "" when it asks for none."""
        return self.unit if any(type(field) is HowManyField for field in self.fields.values()) else ""

    @property
    def expect(self) -> int | None:
        """The version that was shown."""
        found: int | None = self.cleaned_data.get("version")
        return found


def decline_field(label: Any, **more: Any) -> forms.ChoiceField:
    """Why somebody does not take it, or gives it back. Nothing is chosen beforehand: that would be a false reason."""
    return chosen_field(label, DeclineReason.choices, _("请选一个原因"), **more)


class DeclineForm(ActForm):
    """Why somebody does not take it."""

    reason = decline_field(_("为什么不接"), widget=forms.RadioSelect)
    note = LineField(label=_("还有什么要说的"), required=False, max_length=300)


class ReasonForm(ActForm):
    """Why it is taken back."""

    reason = LineField(label=_("为什么收回（对方会看到）"), max_length=300)


class SentForm(ActForm):
    """How much leaves; blank is all of it."""

    quantity = HowManyField(label=_("这次送出多少"), required=False, help_text=_("空着就是全部。"))
    rest_back = forms.BooleanField(
        label=_("剩下的不送了，还给计划"), required=False, help_text=_("不勾：剩下的还由你们送。")
    )


class ReturnForm(ActForm):
    """How much came back."""

    quantity = HowManyField(label=_("退回了多少"))
