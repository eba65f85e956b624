"""The outcome of a call, as it is typed; nothing typed is ever lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.services.amounts import in_base_units, read_amount
from tongzhou.chain.intake.types import SolvedBy
from tongzhou.chain.triage.selectors.written import standard, suggested_urgency
from tongzhou.chain.triage.types import Outcome, Verdict
from tongzhou.kernel.quantity import LARGEST
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places.services import find_places

__all__ = ["FindForm", "VerdictForm", "category_of", "verdict_form"]

_CONFIRMING = (Outcome.CONFIRMED, Outcome.CHANGED)


def category_of(record: Need | Offer, known: list[Effective]) -> Effective | None:
    """The category of a record as its response sees it."""
    return next((one for one in known if one.key == record.category_id), None)


class VerdictForm(forms.Form):
    """What the call found. Which fields must be filled in depends on the outcome's button."""

    quantity = forms.CharField(
        label=gettext_lazy("核实的数量"), required=False, max_length=40,
        help_text=gettext_lazy("写数字，或者“3 箱”。不清楚就留空。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input--medium"}),
    )  # fmt: skip
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("紧急程度（按标准判断）"), required=False, coerce=int, empty_value=None,
        widget=forms.RadioSelect,
    )  # fmt: skip
    place = forms.CharField(
        label=gettext_lazy("核实的地方"), required=False, max_length=120,
        help_text=gettext_lazy("写到区、街道或小区。没有改动就留空。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    place_code = forms.ChoiceField(label=gettext_lazy("是哪一个"), required=False, widget=forms.RadioSelect)
    category = forms.ChoiceField(label=gettext_lazy("核实的类别"), required=False)
    solved_by = forms.ChoiceField(label=gettext_lazy("谁解决的（按 4 时）"), required=False)
    note = forms.CharField(
        label=gettext_lazy("备注"), required=False, max_length=500,
        help_text=gettext_lazy("给下一位同事看。不要写电话、证件号。不属实时必须写明原因。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(choices=Outcome.choices, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, record: Need | Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.record = record
        self.known = categories(record.response_id, enabled_only=False)
        listed = [one for one in self.known if one.enabled or one.key == record.category_id]
        self._choices("category", [("", _("— 还不知道 —")), *((one.key, one.label) for one in listed)])
        self._choices("urgency", [(one.level, _level(one)) for one in standard()])
        self._choices("solved_by", [("", _("— 没有说 —")), *SolvedBy.choices])
        self._choices("place_code", [])
        # Shown without "(optional)"; whether it must be filled in depends on the outcome (see `clean`).
        self.fields["urgency"].required = not self.is_bound
        if isinstance(record, Offer):
            for name in ("urgency", "solved_by"):
                del self.fields[name]
        if self.is_bound and self.data.get("place"):
            self._offer_places()
        if not self.fields["place_code"].choices:  # type: ignore[attr-defined]
            del self.fields["place_code"]

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _offer_places(self) -> None:
        found = find_places(str(self.data.get("place", "")), within=self.record.response.area_id)
        self.found = found
        if len(found) > 1 and not found[0].certain:
            self._choices("place_code", list({one.code: one.label for one in found}.items()))

    @property
    def certain_place(self) -> str:
        """The division that the typed place surely means, or ""."""
        found = getattr(self, "found", [])
        return found[0].code if found and (found[0].certain or len({one.code for one in found}) == 1) else ""

    def clean(self) -> dict[str, Any]:
        """What the outcome needs."""
        said = super().clean() or {}
        outcome = said.get("outcome") or ""
        if not outcome:
            raise forms.ValidationError(_("请按一个结果"))
        if outcome == Outcome.FALSE and not said.get("note", "").strip():
            self.add_error("note", _("不属实要写明原因：求助人会看到结果，也可能要复核"))
        if outcome in _CONFIRMING:
            self._clean_confirmed(said)
        return said

    def _clean_confirmed(self, said: dict[str, Any]) -> None:
        if "urgency" in self.fields and said.get("urgency") is None:
            self.add_error("urgency", _("请按标准选一个紧急程度"))
        if said.get("place", "").strip():
            said["place_found"] = said.get("place_code") or self.certain_place
            if not said["place_found"]:
                name = "place_code" if "place_code" in self.fields else "place"
                self.add_error(name, _("这个地方不能确定是哪一个，请选一个或写得更完整"))
        amount = read_amount(said.get("quantity", ""))
        category = next((one for one in self.known if one.key == said.get("category")), None)
        number, _unit, flag = in_base_units(amount.quantity, amount.unit, category)
        if amount.unread or flag or (number is not None and number > LARGEST):
            unit = category.unit_label if category else ""
            self.add_error("quantity", _("这个数量看不懂，请写整数%(unit)s") % {"unit": f"（{unit}）" if unit else ""})
        said["number"] = number
        if said.get("outcome") == Outcome.CHANGED and not self.errors and not self._differs(said):
            self.add_error("note", _("请改动数量、地方或类别，或者写下改了什么"))

    def _differs(self, said: dict[str, Any]) -> bool:
        record = self.record
        asked = record.quantity_asked if isinstance(record, Need) else record.quantity
        return bool(
            said.get("note", "").strip()
            or said.get("place_found")
            or (said.get("category") and said["category"] != record.category_id)
            or (said.get("number") is not None and said["number"] != asked)
        )

    def verdict(self) -> Verdict:
        """The typed outcome as the flow takes it."""
        said = self.cleaned_data
        confirming = said["outcome"] in _CONFIRMING
        return Verdict(
            outcome=said["outcome"],
            quantity=said.get("number") if confirming else None,
            urgency=said.get("urgency") if confirming else None,
            place=said.get("place_found", "") if confirming else "",
            category=said.get("category", "") if confirming else "",
            solved_by=said.get("solved_by", "") if said["outcome"] == Outcome.SOLVED else "",
            note=said["note"].strip(),
        )


def _level(one: Any) -> Any:
    return format_html('<b>{}</b> {} <span class="choice__hint">{}</span>', one.level, one.title, one.meaning)


def verdict_form(record: Need | Offer, key: str, data: Any = None) -> VerdictForm:
    """An empty form, or what was typed. Urgency starts at what was judged before, else at what the standard says."""
    if data is not None:
        return VerdictForm(data, record=record)
    form = VerdictForm(record=record)
    asked = record.quantity_asked if isinstance(record, Need) else record.quantity
    flag = record.quantity_flag if isinstance(record, Need) else ""
    known = record.quantity_confirmed if record.quantity_confirmed is not None else None if flag else asked
    form.initial = {
        "quantity": "" if known is None else str(known), "category": record.category_id or "",
        "version": record.version, "key": key,
    }  # fmt: skip
    if isinstance(record, Need):
        guess = suggested_urgency(record, category_of(record, form.known)).level
        form.initial["urgency"] = record.urgency if record.urgency is not None else guess
    return form


class FindForm(forms.Form):
    """Two codes to be put side by side."""

    one = forms.CharField(label=gettext_lazy("一条的编号"), max_length=20)
    two = forms.CharField(label=gettext_lazy("另一条的编号"), max_length=20)
