"""Forms of one record: its content, and whether it is still open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.selectors.trail import field_word, value_words
from tongzhou.chain.intake.services import editing
from tongzhou.chain.intake.types import NeedState, SolvedBy, Urgency, Vulnerability
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.screens.records.fields import PlaceField, QuantityField

__all__ = ["EditForm", "PromoteForm", "StateForm", "edit_form"]

_AREA = {"rows": 3}


def _date(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date", "class": "input--medium"}, "%Y-%m-%d")
    )


class EditForm(forms.Form):
    """What needs, offers and leads share. The version that was shown travels along."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    item = forms.CharField(label=_("需要什么"), max_length=200)
    category = forms.ChoiceField(label=_("类别"), required=False)
    unit = forms.CharField(
        label=_("单位"), max_length=20, required=False, widget=forms.TextInput({"class": "input--short"})
    )
    place = PlaceField(label=_("地方"), help_text=_("写全称或区划代码，例如 湖北省武汉市江汉区"))
    note = forms.CharField(
        label=_("备注"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(_AREA),
        help_text=_("台面上的人都看得到：不要写电话、住址和病情"),
    )
    reason = forms.CharField(label=_("为什么改（写进历史）"), max_length=300, required=False)

    def __init__(self, record: Need | Offer | Lead, data: QueryDict | None = None) -> None:
        self.record = record
        names = [name for name in self.base_fields if name not in ("version", "reason")]
        initial = {name: getattr(record, name) for name in names} | {"version": record.version}
        initial |= {"category": record.category_id or ""}
        super().__init__(data, initial=initial)
        listed = [(one.key, one.label) for one in categories(record.response_id, enabled_only=False)]
        self.fields["category"].choices = [("", _("还没有归类")), *listed]  # type: ignore[attr-defined]
        self.fields["place"].within = record.response.area_id  # type: ignore[attr-defined]
        self.order_fields(self.ORDER)

    ORDER: tuple[str, ...] = ()

    def wanted(self) -> dict[str, Any]:
        """The fields a valid form sets, as the model holds them."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "reason")}
        said["category"] = Category.objects.filter(pk=said["category"]).first() if said["category"] else None
        if "urgency" in said:
            said["urgency"] = None if said["urgency"] in ("", None) else int(said["urgency"])
        return {name: value for name, value in said.items() if name in editing.EDITABLE[type(self.record)]}

    def differences(self) -> list[dict[str, str]]:
        """Field by field: what stands there now beside what was typed, where they differ."""
        found = []
        for name, typed in self.wanted().items():
            now = getattr(self.record, name)
            if typed != now:
                found.append(
                    {
                        "label": field_word(name),
                        "now": value_words(self.record, name, now),
                        "typed": value_words(self.record, name, typed),
                    }
                )
        return found


class NeedForm(EditForm):
    """A need."""

    specification = forms.CharField(label=_("规格"), max_length=300, required=False)
    quantity_asked = QuantityField(label=_("要多少"), required=False)
    quantity_planned = QuantityField(
        label=_("计划多少"), required=False, help_text=_("规划时按这个数算；核实多少由核实人记录")
    )
    urgency = forms.TypedChoiceField(
        label=_("紧急程度"), required=False, help_text=_("按书面标准由人判断；对方自己说的只是参考")
    )
    requester = forms.CharField(label=_("求助单位（只写单位，不写人名）"), max_length=200, required=False)
    needed_by = _date(_("最晚何时要"))
    days_left = forms.IntegerField(
        label=_("药还能用几天"),
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput({"class": "input--short"}),
    )
    vulnerability = forms.MultipleChoiceField(
        label=_("困难情况"), required=False, choices=Vulnerability.choices, widget=forms.CheckboxSelectMultiple
    )
    ORDER = (
        "version",
        "item",
        "category",
        "specification",
        "quantity_asked",
        "unit",
        "quantity_planned",
        "urgency",
        "place",
        "requester",
        "needed_by",
        "days_left",
        "vulnerability",
        "note",
        "reason",
    )

    def __init__(self, record: Need, data: QueryDict | None = None) -> None:
        super().__init__(record, data)
        choices = [("", _("还没有判断")), *((str(v), f"{v} {w}") for v, w in Urgency.choices)]
        self.fields["urgency"].choices = choices  # type: ignore[attr-defined]


class OfferForm(EditForm):
    """An offer."""

    specification = forms.CharField(label=_("规格"), max_length=300, required=False)
    standard = forms.CharField(label=_("标准"), max_length=200, required=False)
    quantity = QuantityField(label=_("有多少"), required=False)
    giver = forms.CharField(label=_("提供单位（只写单位，不写人名）"), max_length=200, required=False)
    available_from = _date(_("何时起有"))
    available_until = _date(_("有效到"))
    goods_expire_on = _date(_("货物到期"))
    earmark = forms.CharField(
        label=_("指定用途"), max_length=300, required=False, help_text=_("照捐赠方原话写；规划时照办")
    )
    ORDER = (
        "version",
        "item",
        "category",
        "specification",
        "standard",
        "quantity",
        "unit",
        "place",
        "giver",
        "available_from",
        "available_until",
        "goods_expire_on",
        "earmark",
        "note",
        "reason",
    )

    def __init__(self, record: Offer, data: QueryDict | None = None) -> None:
        super().__init__(record, data)
        self.fields["item"].label = _("供给什么")

    def clean(self) -> dict[str, Any]:
        """The window ends after it begins."""
        said = super().clean() or {}
        start, end = said.get("available_from"), said.get("available_until")
        if start and end and end < start:
            self.add_error("available_until", _("有效到的日子不能早于开始的日子"))
        return said


class LeadForm(EditForm):
    """A lead."""

    source_name = forms.CharField(label=_("来源单位"), max_length=200)
    quantity = QuantityField(label=_("可能有多少"), required=False)
    source_link = forms.URLField(label=_("来源网址"), max_length=500, required=False, assume_scheme="https")
    ORDER = ("version", "source_name", "item", "category", "quantity", "unit", "place", "source_link", "note", "reason")

    def __init__(self, record: Lead, data: QueryDict | None = None) -> None:
        super().__init__(record, data)
        self.fields["item"].required = False
        self.fields["item"].label = _("可能有什么")


def edit_form(record: Need | Offer | Lead, data: QueryDict | None = None) -> EditForm:
    """The form for this kind of record."""
    if isinstance(record, Need):
        return NeedForm(record, data)
    return OfferForm(record, data) if isinstance(record, Offer) else LeadForm(record, data)


class StateForm(forms.Form):
    """Close it, or open it again, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    state = forms.ChoiceField(label=_("改成"), widget=forms.RadioSelect)
    solved_by = forms.ChoiceField(label=_("怎样解决的"), required=False, choices=[("", _("不清楚")), *SolvedBy.choices])
    reason = forms.CharField(label=_("原因（写进历史，不要写电话和姓名）"), max_length=300)

    def __init__(self, record: Need | Offer | Lead, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"version": record.version})
        field: Any = record._meta.get_field("state")
        words = dict(field.flatchoices)
        self.fields["state"].choices = [(str(one), words[one]) for one in editing.moves(record)]  # type: ignore[attr-defined]
        if not isinstance(record, Need) or NeedState.SOLVED not in editing.moves(record):
            del self.fields["solved_by"]


class PromoteForm(forms.Form):
    """What the source committed to on the telephone."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    item = forms.CharField(label=_("答应提供什么"), max_length=200)
    quantity = QuantityField(label=_("多少"), required=False)
    unit = forms.CharField(
        label=_("单位"), max_length=20, required=False, widget=forms.TextInput({"class": "input--short"})
    )
    reason = forms.CharField(label=_("谁在什么时候答应的（写单位和职务，不写人名）"), max_length=300)
