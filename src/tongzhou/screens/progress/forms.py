"""What the sender may say later, with the secret link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import AmountField, LineField, ReachField, StoryField
from tongzhou.chain.intake.forms.public import PublicForm
from tongzhou.chain.intake.models import Need, Offer

__all__ = ["AddForm", "CodeForm", "CorrectForm"]


class CodeForm(forms.Form):
    """A code typed by hand."""

    code = LineField(
        label=_("编号"),
        max_length=40,
        help_text=_("10 位数字，例如 312-456-7890"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input--medium"}),
    )


class AddForm(PublicForm):
    """More words, and a photo."""

    text = StoryField(
        label=_("补充情况"), required=False, help_text=_("接在原来的话后面，原来的不会被盖掉。只有核实的人能看到。")
    )
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        help_text=_("药盒、处方、要的东西。不要拍到证件。"),
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )


class CorrectForm(PublicForm):
    """Corrections; what is left blank stays as it is."""

    item = LineField(label=_("缺什么"), required=False, max_length=120)
    amount = AmountField(label=_("要多少"), required=False)
    phone = ReachField(label=_("换成这个电话或微信号"), required=False)
    address = LineField(label=_("换成这个地址"), required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("item", "amount", "phone", "address")

    def __init__(self, *args: Any, of: Need | Offer, **more: Any) -> None:
        # Several lines may stand on one page: the record makes the ids of each form its own.
        super().__init__(*args, auto_id=f"id_{of.pk}_%s", prefix=None, **more)
        if isinstance(of, Offer):
            del self.fields["item"], self.fields["address"]
            self.fields["amount"].label = _("还有多少")
