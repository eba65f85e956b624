"""A field for choosing a division by what people write, and refusals of services as errors of a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place, Site
from tongzhou.registers.places.services import find_places
from tongzhou.registers.places.types import NameKind, SiteKind

__all__ = ["NameForm", "PlaceField", "PlaceInput", "SiteForm", "show_refusal"]


class PlaceInput(forms.TextInput):
    """A text field that suggests places while one types (places.js); a plain one without JavaScript.

    ``data-within`` on its form, a division code, narrows what is suggested.
    """

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"data-places": reverse_lazy("places:suggest"), "data-places-label": _("地方")}
        super().__init__(own | (attrs or {}))


class PlaceField(forms.CharField):
    """A division written as people write it (武汉市江汉区, 江汉, 420103); cleans to a `Place`.

    A text that may mean several divisions is refused with their full names, so that one can be copied.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("地方"))
        kwargs.setdefault("help_text", _("写名称或区划代码，例如：武汉市江汉区"))
        super().__init__(max_length=120, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """A `Place` is shown by its full name."""
        return value.full_label if isinstance(value, Place) else value

    def clean(self, value: Any) -> Any:
        """The division; ValidationError with what it may mean."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        if text.isascii() and text.isdigit():
            found = Place.objects.filter(code=text).first()
            if found is None:
                raise forms.ValidationError(gettext("没有这个区划代码"))
            return found
        return self._named(text)

    def _named(self, text: str) -> Place:
        exact = list(Place.objects.filter(full_name=text)[:2]) or list(
            Place.objects.filter(full_name_en__iexact=text)[:2]
        )
        if len(exact) == 1:
            return exact[0]
        found = find_places(text, limit=6)
        codes = list(dict.fromkeys(one.code for one in found))
        # Parts of a name (武 for 武汉) are offered, never taken.
        if len(codes) == 1 and found[0].how != "name":
            return Place.objects.get(code=codes[0])
        if not found:
            raise forms.ValidationError(gettext("没有找到这个地方，请写上省市，或写区划代码"))
        names = gettext("、").join(dict.fromkeys(one.label for one in found))
        raise forms.ValidationError(gettext("可能是：%(names)s。请照着写一个") % {"names": names})


class SiteForm(forms.Form):
    """A compound, committee, campus or other site."""

    kind = forms.ChoiceField(label=_("种类"), choices=SiteKind.choices)
    name = forms.CharField(label=_("名称"), max_length=120, min_length=2)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    address = forms.CharField(
        label=_("地址"), max_length=200, required=False, help_text=_("写到院门或办公地点，不写门牌以下的住户")
    )
    parent = forms.ModelChoiceField(label=_("属于"), queryset=Site.objects.none(), required=False)
    other_names = forms.CharField(
        label=_("大家怎么叫它"), max_length=300, required=False, help_text=_("几个叫法之间用顿号或逗号隔开")
    )

    def __init__(self, *args: Any, place: Place, site: Site | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Site.objects.filter(place__code__startswith=place.code[:6], withdrawn_at=None)
        parents = parents.exclude(kind=SiteKind.COMPOUND)
        if site is not None:
            parents = parents.exclude(pk=site.pk)
        choice = self.fields["parent"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = parents.order_by("name")
        choice.empty_label = gettext("不属于别的地点")
        if not parents.exists():
            del self.fields["parent"]
        if site is not None:
            del self.fields["kind"], self.fields["other_names"]

    def clean_other_names(self) -> list[str]:
        """Each name by itself."""
        text = self.cleaned_data["other_names"]
        for mark in "、，,；;":
            text = text.replace(mark, "\n")
        return [name.strip() for name in text.split("\n") if name.strip()]


class NameForm(forms.Form):
    """One more name of a division or a site."""

    name = forms.CharField(label=_("名称"), max_length=120, min_length=2)
    kind = forms.ChoiceField(label=_("是什么叫法"), choices=NameKind.choices)


def show_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put what a service refused beside the fields it names, or at the top; what was typed stays in the form."""
    if refusal.status == 404:
        raise refusal
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not refusal.fields:
        form.add_error(
            None, f"{refusal.what}。{refusal.todo}" if _ends_zh(refusal.what) else f"{refusal.what}: {refusal.todo}"
        )


def _ends_zh(text: str) -> bool:
    return text[-1:] > "\u2e80"
