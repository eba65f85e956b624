"""The short forms of asking; each shows at most eight fields."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.forms.fields import AmountField, LineField, PhoneField, ReachField, StoryField, reach_of
from tongzhou.chain.intake.forms.public import PublicForm
from tongzhou.chain.intake.services import photos
from tongzhou.chain.intake.services.amounts import Amount
from tongzhou.chain.intake.types import (
    Flag,
    ForWhom,
    NeedLine,
    Photo,
    SaidContact,
    SaidNeed,
    Urgency,
    Vulnerability,
    WantedTime,
)
from tongzhou.flows.reading import medicine_of
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import PlaceInput

__all__ = ["AskForm", "CallForm", "FacilityForm", "HelpForm", "MedicineForm", "OtherForm"]

URGENCIES = [
    (Urgency.LIFE, _("有生命危险（请同时打 120）")),
    (Urgency.URGENT, _("紧急：一两天内必须解决")),
    (Urgency.IMPORTANT, _("重要：几天内需要")),
    (Urgency.ROUTINE, _("一般：可以等一等")),
]
#: Rows of a facility's table at first, and at most.
FIRST_ROWS, MORE_ROWS, MOST_ROWS = 4, 4, 60


def need_line(item: str, read: tuple[Amount, str], **more: Any) -> NeedLine:
    """A line from what was typed; an amount that could not be read is kept in words and flagged."""
    amount, text = read
    flag = Flag.UNREAD if amount.unread else ""
    said = more.pop("specification", "") or (text if amount.unread else "")
    return NeedLine(item, amount.quantity, amount.unit, specification=said, flag=flag, **more)


class AskForm(PublicForm):
    """What the forms of asking share."""

    address = LineField(
        label=_("在哪里"),
        help_text=_("市、区、街道、小区或医院、门牌号。公开的地方最多显示到区县。"),
        max_length=200,
        widget=PlaceInput({"autocomplete": "street-address"}),
    )
    #: A phone or a WeChat id: the name is that of the phone, as browsers fill it in and callers send it.
    phone = ReachField(label=_("电话或微信号"), help_text=_("写一样就行。加密保存，只有正在核实这件事的人能看到。"))
    name = LineField(
        label=_("怎么称呼您"),
        required=False,
        max_length=40,
        help_text=_("怎么称呼都可以，不必写全名"),
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def said(self, response_id: uuid.UUID) -> SaidNeed:
        """The plea, from a valid form."""
        raise NotImplementedError

    def contact(self, **more: str) -> SaidContact:
        """The contact, from a valid form."""
        got = self.cleaned_data
        phone, wechat = reach_of(got["phone"])
        return SaidContact(name=got.get("name", ""), phone=phone, wechat=wechat, address=got["address"], **more)


def _item() -> LineField:
    return LineField(
        label=_("缺什么"),
        help_text=_("一样东西或一种帮助，例如：婴儿奶粉、透析接送。请不要在这里写姓名和电话。"),
        max_length=120,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
    )


def _amount() -> AmountField:
    return AmountField(label=_("要多少"), required=False, help_text=_("数字和单位，例如：2 罐。不确定可以不填。"))


def _urgency() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("有多急"), choices=URGENCIES, coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )


def _note() -> StoryField:
    return StoryField(
        label=_("还有什么要说的"),
        required=False,
        help_text=_("病情、家里的情况、什么时候方便接电话。只有核实的人能看到。"),
    )


class HelpForm(AskForm):
    """For oneself or the family."""

    item = _item()
    amount = _amount()
    urgency = _urgency()
    vulnerability = forms.MultipleChoiceField(
        label=_("家里有没有"),
        required=False,
        choices=Vulnerability.choices,
        widget=forms.CheckboxSelectMultiple({"class": "choices--row"}),
    )
    note = _note()
    field_order = ("item", "amount", "address", "phone", "name", "urgency", "vulnerability", "note")

    def said(self, response_id: uuid.UUID) -> SaidNeed:
        """The plea of a household."""
        got = self.cleaned_data
        return SaidNeed(
            for_whom=ForWhom.SELF,
            lines=(need_line(got["item"], got["amount"]),),
            contact=self.contact(private_note=got["note"]),
            place_text=got["address"],
            urgency_said=got["urgency"],
            vulnerability=tuple(got["vulnerability"]),
            raw=self.raw(),
        )


class OtherForm(AskForm):
    """For somebody else, who agrees."""

    item = _item()
    amount = _amount()
    urgency = _urgency()
    note = StoryField(
        label=_("对方是谁，什么情况"),
        required=False,
        help_text=_("和您的关系；是不是老人、残障人士、孕产妇、儿童、独居。只有核实的人能看到。"),
    )
    consent = forms.BooleanField(
        label=_("对方知道我在替他（她）求助，同意我留下这些信息"),
        error_messages={"required": _("请先告诉对方。对方说不了话、有危险，请直接打 120 或 110。")},
    )
    field_order = ("item", "amount", "address", "phone", "name", "urgency", "note", "consent")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["address"].label = _("对方在哪里")
        self.fields["phone"].label = _("电话或微信号（您的或对方的）")

    def said(self, response_id: uuid.UUID) -> SaidNeed:
        """The plea on behalf of another."""
        got = self.cleaned_data
        return SaidNeed(
            for_whom=ForWhom.OTHER,
            lines=(need_line(got["item"], got["amount"]),),
            contact=self.contact(private_note=got["note"]),
            place_text=got["address"],
            urgency_said=got["urgency"],
            consent=got["consent"],
            raw=self.raw(),
        )


class MedicineForm(AskForm):
    """Medicine that runs out."""

    medicine = LineField(
        label=_("药名"), max_length=120, help_text=_("照药盒上的写，连同规格。加密保存，公开的地方只写“药品”。")
    )
    photo = forms.FileField(
        label=_("药盒的照片"),
        required=False,
        help_text=_("拍清楚药名和规格就行，不要拍到人和证件。照片里的位置信息会被去掉。"),
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    photo_kept = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    days_left = forms.IntegerField(
        label=_("手里的药还能吃几天"), required=False, min_value=0, max_value=365, help_text=_("已经断药写 0。")
    )
    prescription = forms.ChoiceField(
        label=_("有没有处方"),
        required=False,
        choices=[("yes", _("有处方或病历")), ("no", _("没有")), ("", _("不清楚"))],
        initial="",
        widget=forms.RadioSelect({"class": "choices--row"}),
    )
    amount = _amount()
    field_order = ("medicine", "photo", "days_left", "prescription", "amount", "address", "phone", "name")

    def clean_photo(self) -> Photo | None:
        """The photo made anew; the one kept from before when none was chosen now."""
        return cleaned_photo(self)

    def said(self, response_id: uuid.UUID) -> SaidNeed:
        """The plea for a medicine; its name goes into the sealed contact, the need shows the category only."""
        got = self.cleaned_data
        category = medicine_of(got["medicine"], response_id)
        line = need_line(
            category.name,
            got["amount"],
            category=category.key,
            days_left=got["days_left"],
            prescription={"yes": True, "no": False}.get(got["prescription"]),
        )
        return SaidNeed(
            for_whom=ForWhom.SELF,
            lines=(line,),
            contact=self.contact(medicine=got["medicine"]),
            place_text=got["address"],
            photos=(got["photo"],) if got["photo"] else (),
            raw=self.raw(),
        )


def cleaned_photo(form: forms.Form) -> Photo | None:
    """A valid photo from a form's upload, or the one kept under its token; a `ValidationError` for a bad one."""
    upload = form.files.get("photo")
    if isinstance(upload, UploadedFile) and upload.size:
        if upload.size > photos.LARGEST_BYTES:
            raise forms.ValidationError(Refusal("too_large", limit="10 MB").what)
        try:
            return photos.remake(upload.read())
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.what}。{refusal.todo}") from refusal
    return photos.kept(str(form.data.get("photo_kept", ""))[:60])


class LineForm(forms.Form):
    """One row of a facility's table."""

    item = LineField(label=_("物资或服务"), required=False, max_length=120)
    amount = AmountField(label=_("数量和单位"), required=False)
    specification = LineField(label=_("规格、标准"), required=False, max_length=200)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["item"].widget.attrs |= {"list": "categories", "autocomplete": "off"}
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": f"{self.number} · {field.label}", "data-cell": name}

    @property
    def number(self) -> int:
        """Its place in the table, from 1."""
        return int(str(self.prefix).removeprefix("line")) + 1

    def clean(self) -> dict[str, Any]:
        """An amount without a thing is asked about, not dropped."""
        got = super().clean() or {}
        if not got.get("item") and (got.get("specification") or got.get("amount", (None, ""))[1]):
            self.add_error("item", _("请写是什么东西"))
        return got


class FacilityForm(AskForm):
    """For a hospital, a community or another institution: a table of lines."""

    requester = LineField(
        label=_("单位名称"), max_length=100, help_text=_("照公章上的写。核实后会公开，方便大家知道谁缺什么。")
    )
    urgency = _urgency()
    needed_by = forms.DateField(
        label=_("最晚什么时候要"), required=False, widget=forms.DateInput({"type": "date", "class": "input--medium"})
    )
    note = StoryField(
        label=_("收货和其他要求"), required=False, help_text=_("收货时间、能不能自提、不要什么。不要写个人的信息。")
    )
    #: The table counts as one field; it is drawn by hand.
    field_order = ("requester", "address", "phone", "name", "urgency", "needed_by", "note")

    def __init__(self, *args: Any, rows: int = FIRST_ROWS, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["address"].label = _("地址（收货的门）")
        self.fields["phone"].label = _("经办人的电话或微信号")
        self.fields["name"].label = _("经办人")
        self.rows = max(FIRST_ROWS, min(rows, MOST_ROWS))
        data = self.data if self.is_bound else None
        first = dict(self.initial or {})
        self.lines = [
            LineForm(data, prefix=f"line{at}", initial={n: first.get(f"line{at}-{n}") for n in LineForm.base_fields})
            for at in range(self.rows)
        ]

    def clean(self) -> dict[str, Any]:
        """Every row is judged; at least one must be there."""
        got = super().clean() or {}
        good = [line.is_valid() for line in self.lines]
        if not all(good):
            self.add_error(None, _("表格里有几行要改，见行旁的说明"))
        elif not any(line.cleaned_data.get("item") for line in self.lines):
            self.add_error(None, _("请在表格里至少写一行"))
        return got

    def said(self, response_id: uuid.UUID) -> SaidNeed:
        """The plea of an institution, each row a line."""
        got = self.cleaned_data
        rows = [line.cleaned_data for line in self.lines if line.cleaned_data.get("item")]
        return SaidNeed(
            for_whom=ForWhom.FACILITY,
            lines=tuple(need_line(row["item"], row["amount"], specification=row["specification"]) for row in rows),
            contact=self.contact(),
            place_text=f"{got['address']} {got['requester']}",
            requester=got["requester"],
            urgency_said=got["urgency"],
            needed_by=got["needed_by"],
            note=got["note"],
            raw=self.raw(),
        )


class CallForm(PublicForm):
    """Only a number: somebody will call."""

    phone = PhoneField(label=_("您的电话"), help_text=_("加密保存，只有给您打电话的人能看到。"))
    place = LineField(
        label=_("您在哪个城市或区县"), required=False, max_length=100, widget=PlaceInput,
        help_text=_("写了会由当地的人打给您。"),
    )  # fmt: skip
    wanted = forms.ChoiceField(
        label=_("什么时候方便接"), required=False, choices=WantedTime.choices, initial=WantedTime.ANY
    )
    field_order = ("phone", "place", "wanted")
