"""What a volunteer says about a task. Short forms: most of it is one thumb on a cold street."""

from __future__ import annotations

import decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.delivery.parts import code_field, difference_field, incident_fields, is_unexplained, note_field
from tongzhou.chain.dispatch.forms import decline_field
from tongzhou.chain.intake.forms.fields import LineField
from tongzhou.chain.intake.forms.public import KeyedForm

__all__ = ["CashForm", "DoneForm", "HealthForm", "IncidentForm", "PhotoForm", "SlipForm", "UnclaimForm"]

#: More than this in one errand is not an errand, in yuan.
MOST_YUAN = 50_000


class _OneOfMany(KeyedForm):
    """One of the forms on a page: the ids of its fields begin with its own name, so that labels find their fields."""

    called = ""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("auto_id", f"{self.called}_%s")
        super().__init__(*args, **more)


class UnclaimForm(_OneOfMany):
    """Why somebody gives it back."""

    called = "unclaim"
    reason = decline_field(_("为什么"))


class _Amounts(_OneOfMany):
    """What the receiver took. `total` (base units in hand) fills in the first and bounds both."""

    called = "done"
    in_hand = _("您手里有 %(total)s %(unit)s。少了就照实写，不怪您。")
    received = forms.IntegerField(label=_("对方收下多少"), min_value=0)
    refused = forms.IntegerField(label=_("对方没有收、要带回的"), min_value=0, required=False)
    difference = difference_field(_("少了或没收，为什么"))
    note = note_field()

    def __init__(self, *args: Any, total: int, unit: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.total = total
        for name in ("received", "refused"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "max": str(total), "class": "input--medium"}
        self.fields["received"].initial = total
        self.fields["received"].help_text = self.in_hand % {"total": f"{total:,}", "unit": unit}
        self.fields["refused"].initial = 0

    def clean(self) -> dict[str, Any]:
        """No more than there was, and a reason for what is not all there."""
        found = super().clean() or {}
        received, refused = found.get("received"), found.get("refused") or 0
        if received is None:
            return found
        if received + refused > self.total:
            self.add_error("received", _("加起来比您手里的 %(total)s 还多，请再数一遍") % {"total": f"{self.total:,}"})
        elif is_unexplained(
            refused=refused, missing=self.total - received - refused, difference=found.get("difference") or ""
        ):
            self.add_error("difference", _("少了或没收，请选一个原因"))
        found["refused"] = refused
        return found

    @property
    def missing(self) -> int:
        """What is neither received nor refused."""
        return int(self.total - self.cleaned_data["received"] - self.cleaned_data["refused"])


class DoneForm(_Amounts):
    """At the door: with the receiver's code it is confirmed at once."""

    code = code_field(
        _("收货码（6 位）"), _("对方手机上或纸上的 6 位数字。对方没有就空着，协调员会打电话确认。"), required=False
    )
    field_order = ("received", "refused", "difference", "code", "note")


class SlipForm(_Amounts):
    """What stands on a slip of paper, typed in by a committee or coordinator."""

    in_hand = _("这一单有 %(total)s %(unit)s，照纸条写；少了也照实写。")
    name = LineField(label=_("纸条上送的人（称呼）"), max_length=40)
    field_order = ("name", "received", "refused", "difference", "note")


class IncidentForm(_OneOfMany):
    """Something went wrong."""

    called = "incident"
    kind, text = incident_fields(_("加密保存，只有处理的人能看到。有人受伤、有危险，请先打 120 或 110。"))


class CashForm(_OneOfMany):
    """Money laid out for an errand."""

    called = "cash"
    yuan = forms.DecimalField(
        label=_("多少钱（元）"), min_value=decimal.Decimal("0.01"), max_value=MOST_YUAN, decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "class": "input--medium"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            _("请写大于 0 的金额，最多两位小数。"),
        ) | {"max_value": _("一笔最多 50,000 元，更多的请找协调员。")},
    )  # fmt: skip
    paid_by = forms.ChoiceField(
        label=_("谁的钱"), widget=forms.RadioSelect,
        choices=[("self", _("我垫的")), ("receiver", _("对方给我买东西的")), ("team", _("团队给的"))],
    )  # fmt: skip
    note = LineField(label=_("买什么、有没有小票"), required=False, max_length=200)

    @property
    def fen(self) -> int:
        """Whole fen."""
        return int(self.cleaned_data["yuan"] * 100)


class PhotoForm(_OneOfMany):
    """A photo of what was handed over."""

    called = "photo"
    photo = forms.FileField(
        label=_("照片"), help_text=_("拍东西，不拍人、门牌和证件。位置信息会去掉，加密保存。"),
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip


class HealthForm(forms.Form):
    """The declaration, every fortnight."""

    healthy = forms.BooleanField(label=_("我今天不发热、不咳嗽，14 天内没有接触过确诊的人"), required=False)
    kit = forms.BooleanField(label=_("我有口罩、手套和消毒用品"), required=False)
