"""Offering: goods, services by the hour (also from afar), money as information only."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import AmountField, LineField, PhoneField, StoryField
from tongzhou.chain.intake.forms.public import PublicForm
from tongzhou.chain.intake.types import OfferLine, SaidContact, SaidOffer
from tongzhou.flows.reading import category_of, places_named
from tongzhou.kernel import clock
from tongzhou.registers.places.forms import PlaceInput

__all__ = ["GiveForm", "GoodsForm", "MoneyForm", "ServiceForm"]

FUNDS = "funds"


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(required=False, widget=forms.DateInput({"type": "date", "class": "input--medium"}), **more)


class GiveForm(PublicForm):
    """What the forms of offering share."""

    giver = LineField(
        label=_("单位名称"), required=False, max_length=100, help_text=_("个人空着。单位名称核实后会公开。")
    )
    name = LineField(label=_("怎么称呼您"), required=False, max_length=40)
    phone = PhoneField(label=_("打哪个电话找您"), help_text=_("加密保存，只有正在核实这件事的人能看到。"))
    available_until = _day(label=_("到哪天为止有效"), help_text=_("过了这天自动拿下。"))
    may_go = LineField(
        label=_("可以去哪些地方"),
        required=False,
        max_length=200,
        help_text=_("空着就是哪里最需要去哪里。几个地方用顿号隔开，例如：武汉、孝感。"),
    )
    earmark = LineField(
        label=_("您的指定用途"),
        required=False,
        max_length=200,
        help_text=_("例如：给一线护士。我们会照办；照办不了会先问您。"),
    )

    def clean_available_until(self) -> dt.date | None:
        """A day that is over cannot be meant."""
        day: dt.date | None = self.cleaned_data.get("available_until")
        if day is not None and day < clock.beijing(clock.now()).date():
            raise forms.ValidationError(_("这一天已经过了"))
        return day

    def offer(self, line: OfferLine, address: str, **more: Any) -> SaidOffer:
        """The offer, from a valid form; places that are not recognised stay in words beside the donor's intent."""
        got = self.cleaned_data
        codes, rest = places_named(got.get("may_go", ""))
        words = [got.get("earmark", ""), _now("可以去：%(places)s") % {"places": rest} if rest else ""]
        return SaidOffer(
            lines=(line,),
            contact=SaidContact(
                name=got["name"], phone=got["phone"], address=address, private_note=got.get("note", "")
            ),
            place_text=address,
            giver=got["giver"],
            may_go=codes,
            available_until=got.get("available_until"),
            earmark="；".join(word for word in words if word),
            raw=self.raw(),
            **more,
        )

    def said(self, response_id: uuid.UUID) -> SaidOffer:
        """The offer."""
        raise NotImplementedError


class GoodsForm(GiveForm):
    """Things."""

    item = LineField(
        label=_("有什么"),
        max_length=120,
        help_text=_("一样东西，例如：医用外科口罩。"),
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
    )
    amount = AmountField(label=_("有多少"), help_text=_("数字和单位，例如：5000 只、20 箱。"))
    address = LineField(
        label=_("东西在哪里"), max_length=200, widget=PlaceInput,
        help_text=_("市、区、街道。公开的地方最多显示到区县。"),
    )  # fmt: skip
    standard = LineField(
        label=_("标准、注册证号"),
        required=False,
        max_length=200,
        help_text=_("包装上印的，例如：YY 0469-2011。医用的要有。"),
    )
    goods_expire_on = _day(label=_("保质期到哪天"))
    can_deliver = forms.BooleanField(label=_("我能自己送到"), required=False)
    field_order = (
        "item", "amount", "standard", "goods_expire_on", "address", "can_deliver", "available_until", "may_go",
        "earmark", "giver", "name", "phone",
    )  # fmt: skip

    def clean_goods_expire_on(self) -> dt.date | None:
        """Goods that have expired are not passed on."""
        day: dt.date | None = self.cleaned_data.get("goods_expire_on")
        if day is not None and day < clock.beijing(clock.now()).date():
            raise forms.ValidationError(_("已经过期的东西不能转给别人"))
        return day

    def said(self, response_id: uuid.UUID) -> SaidOffer:
        """The offer of goods."""
        got = self.cleaned_data
        amount, text = got["amount"]
        line = OfferLine(
            got["item"], amount.quantity, amount.unit, specification=text if amount.unread else "",
            standard=got["standard"], goods_expire_on=got["goods_expire_on"],
        )  # fmt: skip
        return self.offer(line, got["address"], can_deliver=got["can_deliver"])


class ServiceForm(GiveForm):
    """Work by the hour, on the spot or from afar."""

    item = LineField(
        label=_("能做什么"),
        max_length=120,
        help_text=_("例如：心理咨询、透析接送、代购、翻译。"),
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
    )
    amount = AmountField(label=_("每周大概多少"), required=False, help_text=_("例如：10 小时、5 次。"))
    remote = forms.BooleanField(label=_("可以在网上或电话里做，不用到现场"), required=False)
    address = LineField(label=_("您在哪里"), max_length=200, widget=PlaceInput, help_text=_("市、区就行。"))
    note = StoryField(
        label=_("资质和经验"),
        required=False,
        help_text=_("执照、职称、单位。要执照的服务会先核对。只有核实的人能看到。"),
    )
    field_order = (
        "item", "amount", "remote", "address", "available_until", "may_go", "note", "giver", "name", "phone"
    )  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        del self.fields["earmark"]

    def said(self, response_id: uuid.UUID) -> SaidOffer:
        """The offer of a service."""
        got = self.cleaned_data
        amount, text = got["amount"]
        line = OfferLine(
            got["item"], amount.quantity, amount.unit, specification=text if amount.unread else "", remote=got["remote"]
        )
        found = category_of(got["item"], response_id)
        if found is not None and found.kind == "remote":
            line = replace(line, remote=True)
        return self.offer(line, got["address"])


class MoneyForm(GiveForm):
    """A wish to give money: information only, nothing is paid here."""

    yuan = forms.IntegerField(label=_("大约多少元"), required=False, min_value=1, max_value=10_000_000_000)
    address = LineField(
        label=_("您在哪里"), required=False, max_length=200, widget=PlaceInput, help_text=_("市、区就行。")
    )
    field_order = ("yuan", "earmark", "may_go", "giver", "address", "name", "phone", "available_until")

    def said(self, response_id: uuid.UUID) -> SaidOffer:
        """The pledge; money is counted in fen."""
        got = self.cleaned_data
        quantity = None if got["yuan"] is None else got["yuan"] * 100
        return self.offer(OfferLine("资金", quantity, "分", category=FUNDS), got["address"])
