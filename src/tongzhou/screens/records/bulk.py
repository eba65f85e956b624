"""Bulk edit: what the form offers, and the rows it reaches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.selectors.scene import Scene
from tongzhou.chain.intake.types import LeadState, NeedState, OfferState, Urgency
from tongzhou.flows.bulk_edit import BulkChange
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.places.models import Place
from tongzhou.screens.records.fields import PlaceField
from tongzhou.screens.records.kinds import NEEDS, Kind

__all__ = ["BulkForm", "bulk_form"]

_STATES: dict[str, Any] = {
    "need": (NeedState.SOLVED, NeedState.WITHDRAWN, NeedState.EXPIRED, NeedState.RECEIVED),
    "offer": (OfferState.USED_UP, OfferState.WITHDRAWN, OfferState.EXPIRED, OfferState.RECEIVED),
    "lead": (LeadState.CALLED, LeadState.DROPPED, LeadState.NEW),
}
_LEAVE = ("", _("不改"))


class BulkForm(forms.Form):
    """What to set on every chosen row; blank leaves it as it is. The reason stands in each row's history."""

    urgency = forms.ChoiceField(label=_("紧急程度"), required=False)
    category = forms.ChoiceField(label=_("类别"), required=False)
    place = PlaceField(label=_("地方"), required=False, help_text=_("写全称或区划代码，例如 武汉市江汉区"))
    state = forms.ChoiceField(label=_("状态"), required=False)
    note = forms.CharField(
        label=_("备注（代替原来的）"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(label=_("为什么改（写进每条的历史）"), required=False, max_length=300)

    def __init__(self, data: QueryDict | None, kind: Kind, scene: Scene) -> None:
        super().__init__(data, prefix="set")
        self.kind, self.scene = kind, scene
        if kind is not NEEDS:
            del self.fields["urgency"]
        else:
            self.fields["urgency"].choices = [_LEAVE, *((str(v), f"{v} {w}") for v, w in Urgency.choices)]  # type: ignore[attr-defined]
        listed = categories(scene.response.pk if scene.response else None, enabled_only=False)
        self.fields["category"].choices = [_LEAVE, *((one.key, one.label) for one in listed)]  # type: ignore[attr-defined]
        states = [_LEAVE, *((str(one), one.label) for one in _STATES[kind.name])]
        self.fields["state"].choices = states  # type: ignore[attr-defined]
        self.fields["place"].within = scene.area  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A change of state says why."""
        said = super().clean() or {}
        if said.get("state") and not said.get("reason"):
            self.add_error("reason", _("改状态要写原因"))
        return said

    def change(self) -> BulkChange:
        """What a valid form asks for."""
        said = self.cleaned_data
        fields: dict[str, Any] = {}
        if said.get("urgency"):
            fields["urgency"] = int(said["urgency"])
        if said.get("category"):
            fields["category"] = Category.objects.get(pk=said["category"])
        if isinstance(said.get("place"), Place):
            fields["place"] = said["place"]
        if said.get("note"):
            fields["note"] = said["note"]
        return BulkChange(fields=fields, state=said.get("state", ""), reason=said.get("reason", ""))

    def words(self) -> list[tuple[str, str]]:
        """What will be set, in words: (field, value)."""
        found = []
        for name, value in self.cleaned_data.items():
            if value in (None, ""):
                continue
            choices = dict(getattr(self.fields[name], "choices", []))
            shown = value.full_label if isinstance(value, Place) else choices.get(value, value)
            found.append((str(self.fields[name].label), str(shown)))
        return found


def bulk_form(kind: Kind, scene: Scene, data: QueryDict | None = None) -> BulkForm:
    """The form for a kind of record."""
    return BulkForm(data, kind, scene)
