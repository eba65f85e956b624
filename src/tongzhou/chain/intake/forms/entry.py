"""One need in one line, typed by a coordinator or while somebody is on the telephone."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import AmountField, LineField, PhoneField, StoryField
from tongzhou.chain.intake.forms.public import KeyedForm
from tongzhou.chain.intake.types import Flag, ForWhom, NeedLine, SaidContact, SaidNeed, Urgency, Vulnerability
from tongzhou.registers.places.forms import PlaceInput

__all__ = ["KEPT", "EntryForm", "PhoneEntryForm"]

#: What stays filled in for the next line.
KEPT = ("place", "requester")


class EntryForm(KeyedForm):
    """The fields in the order of the tab key; Enter saves."""

    place = LineField(label=_("在哪里"), max_length=200, widget=PlaceInput, help_text=_("市、区、地址或小区"))
    requester = LineField(label=_("求助单位"), required=False, max_length=100, help_text=_("个人求助空着"))
    item = LineField(
        label=_("缺什么"), max_length=120, widget=forms.TextInput({"list": "categories", "autocomplete": "off"})
    )
    amount = AmountField(label=_("数量和单位"), required=False)
    phone = PhoneField(label=_("电话"), required=False)
    name = LineField(label=_("联系人"), required=False, max_length=40)
    urgency = forms.TypedChoiceField(
        label=_("紧急程度"),
        choices=[("", "—"), *((value, f"{value} {label}") for value, label in Urgency.choices)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    note = LineField(label=_("备注"), required=False, max_length=1000)
    field_order: tuple[str, ...] = ("place", "requester", "item", "amount", "phone", "name", "urgency", "note")

    def said(self, organisation: uuid.UUID | None = None) -> SaidNeed:
        """The plea; what was noted about a person is sealed, about an institution it is not personal."""
        got = self.cleaned_data
        amount, text = got["amount"]
        line = NeedLine(
            got["item"], amount.quantity, amount.unit, specification=text if amount.unread else "",
            flag=Flag.UNREAD if amount.unread else "",
        )  # fmt: skip
        facility = bool(got["requester"])
        return SaidNeed(
            for_whom=ForWhom.FACILITY if facility else ForWhom.SELF,
            lines=(line,),
            contact=SaidContact(
                name=got["name"],
                phone=got["phone"],
                address=got["place"],
                medicine=got.get("medicine", ""),
                private_note="" if facility else got["note"],
            ),
            place_text=f"{got['place']} {got['requester']}".strip(),
            requester=got["requester"],
            organisation=organisation,
            urgency_said=got["urgency"],
            vulnerability=tuple(got.get("vulnerability", ())),
            consent=bool(got.get("consent")),
            note=got["note"] if facility else "",
            raw=self.raw(),
        )


class PhoneEntryForm(EntryForm):
    """The same for a caller: what to ask, in the order of the call."""

    vulnerability = forms.MultipleChoiceField(
        label=_("家里有没有"),
        required=False,
        choices=Vulnerability.choices,
        widget=forms.CheckboxSelectMultiple({"class": "choices--row"}),
    )
    medicine = LineField(label=_("药名（缺药时）"), required=False, max_length=120)
    consent = forms.BooleanField(label=_("对方同意我们为这次求助记下这些信息"), required=True)
    field_order = (
        "item", "amount", "medicine", "place", "phone", "name", "requester", "urgency", "vulnerability", "note",
        "consent",
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["phone"].required = True
        self.fields["note"] = StoryField(label=_("对方说的情况"), required=False)
        self.order_fields(self.field_order)
