"""What is typed about a delivery: what arrived, money laid out, what went wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.delivery.parts import code_field, difference_field, incident_fields, is_unexplained, note_field
from tongzhou.chain.dispatch.forms import ActForm, HowManyField, ReturnForm, YuanField
from tongzhou.chain.intake.forms.fields import LineField, StoryField
from tongzhou.chain.intake.forms.public import KeyedForm

__all__ = [
    "BackForm", "CashForm", "CodeForm", "CorrectForm", "IncidentForm", "OutcomeForm", "ReceiptForm", "SettleForm",
]  # fmt: skip


class ReceiptForm(ActForm):
    """What the receiver got. What is named nowhere is still on its way."""

    received = HowManyField(label=_("收到多少"), help_text=_("点过数的，好的、能用的。"))
    refused = HowManyField(label=_("没有收的（退给对方）"), required=False)
    missing = HowManyField(label=_("该到而没有的"), required=False)
    difference = difference_field(_("为什么少了或没收"))
    note = note_field()

    def __init__(self, *args: Any, most: int = 0, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["received"].initial = most or None

    def clean(self) -> dict[str, Any]:
        """Blank is none; a difference says why."""
        said = super().clean() or {}
        for name in ("refused", "missing"):
            if name not in self.errors:
                said[name] = said.get(name) or 0
        found = {name: said.get(name) or 0 for name in ("refused", "missing")}
        if is_unexplained(**found, difference=said.get("difference") or ""):
            self.add_error("difference", _("有没收或少了的，请选一个原因"))
        return said

    @property
    def amounts(self) -> dict[str, Any]:
        """For `flows.confirm_delivery`."""
        return {name: self.cleaned_data[name] for name in ("received", "refused", "missing", "difference", "note")}


class CorrectForm(ReceiptForm):
    """A receipt that was wrong; the note says why."""

    note = LineField(label=_("为什么改正"), max_length=300)


class CodeForm(ReceiptForm):
    """The same with the receiver's code."""

    code = code_field(_("收货码（6 位数字）"), _("在求助人的页面上，请对方念给您，或扫对方的二维码。"), required=True)
    field_order = ("code", "received", "refused", "missing", "difference", "note")


class BackForm(ReturnForm):
    """How much came back, and how much of it can be used. Nobody's answer is guessed where it was refused as bad."""

    usable = HowManyField(
        label=_("其中还能用的数量"), help_text=_("坏了、过期、不合标准的不算；它们不会再派出去。都不能用就写 0。")
    )

    def __init__(self, *args: Any, most: int = 0, doubted: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["quantity"].initial = most or None
        self.fields["usable"].initial = None if doubted else most or None

    def clean(self) -> dict[str, Any]:
        """No more can be used than came back."""
        said = super().clean() or {}
        quantity, usable = said.get("quantity"), said.get("usable")
        if quantity is not None and usable is not None and usable > quantity:
            self.add_error("usable", _("还能用的不会比退回的多"))
        return said

    @property
    def amounts(self) -> dict[str, int]:
        """For `flows.return_goods`."""
        quantity = int(self.cleaned_data["quantity"] or 0)
        return {"quantity": quantity, "unusable": quantity - int(self.cleaned_data["usable"] or 0)}


class CashForm(ActForm):
    """Money laid out for the errand."""

    amount = YuanField(label=_("垫付多少元"))
    paid_by = forms.ChoiceField(
        label=_("谁的钱"), widget=forms.RadioSelect,
        choices=[("giver", _("给东西的一方垫的")), ("receiver", _("收东西的一方给的")), ("desk", _("协调处给的"))],
    )  # fmt: skip
    note = LineField(label=_("买什么、有没有小票"), required=False, max_length=200)


class SettleForm(ActForm):
    """How much was spent with proof."""

    spent = YuanField(label=_("有小票的花了多少元"), help_text=_("剩下的已经退回。"))


class IncidentForm(KeyedForm):
    """Something went wrong."""

    kind, text = incident_fields(
        _("加密保存，只有处理的人能看到，谁看过都有记录。有人受伤、有危险，请先打 120 或 110。"), rows=4, radios=True
    )


class OutcomeForm(KeyedForm):
    """What was done about it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    outcome = StoryField(
        label=_("怎样处理的"), max_length=300, help_text=_("报告的人看不到这里；不要写姓名、电话、住址。")
    )
