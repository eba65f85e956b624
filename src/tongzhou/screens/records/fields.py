"""Form fields of the desk: a place as people write it, a quantity as people write it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import read_quantity
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.services import find_places

__all__ = ["PlaceField", "QuantityField"]


class PlaceField(forms.CharField):
    """A division by full name, usual name or code; its value is a `Place`. Several that fit are named in the error."""

    within = "0"

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=120, **more)

    def prepare_value(self, value: Any) -> Any:
        """A place shows its full name."""
        return value.full_name if isinstance(value, Place) else value

    def clean(self, value: Any) -> Place | None:
        """The place that is meant."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        exact = (
            Place.objects.filter(code=text)
            if text.isascii() and text.isdigit()
            else Place.objects.filter(full_name=text)
        )
        if place := exact.first():
            return place
        found = find_places(text, within=self.within)
        sure = [one for one in found if one.certain] or found
        if len({one.code for one in sure}) == 1:
            return Place.objects.get(code=sure[0].code)
        if not sure:
            raise ValidationError(_("没有找到这个地方，请写得全一些，例如 湖北省武汉市江汉区"))
        names = "、".join(f"{one.label}（{one.code}）" for one in sure[:5])
        raise ValidationError(_("有几个地方都叫这个名字：%(names)s。请写全称或代码") % {"names": names})


class QuantityField(forms.CharField):
    """A whole number as people write it (1,200 or 1.5万); blank is "nobody said"."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "class": "input--medium"}))
        super().__init__(max_length=30, **more)

    def clean(self, value: Any) -> int | None:
        """The number."""
        try:
            return read_quantity(str(super().clean(value) or ""))
        except Refusal as refusal:
            raise ValidationError(refusal.what) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as numbers."""
        try:
            return bool(read_quantity(str(data or "")) != initial)
        except Refusal:
            return True
