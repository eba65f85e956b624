"""Forms of the import pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import ImportRow
from tongzhou.chain.intake.models.imports import Table
from tongzhou.chain.intake.services.sheets.compare import values_of
from tongzhou.chain.intake.types import Urgency
from tongzhou.registers.catalogue.types import Effective
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.places.models import Place

__all__ = ["FixForm", "PasteForm", "RoundForm", "UploadForm"]


class _SourceForm(forms.Form):
    """What every way in asks: which table this is a version of."""

    source = forms.CharField(
        label=_("这是哪张表"),
        max_length=120,
        required=False,
        help_text=_("同一张表以后再导入时写同样的名字，就知道哪些行变了、哪些不再有。空着就用文件名。"),
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
    )


class UploadForm(_SourceForm):
    """A file."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_("XLSX、XLS、CSV、JSON，或装着它们的 ZIP；最大 20 MB。带宏的工作簿不收。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.tsv,.json,.zip"}),
    )
    field_order = ("file", "source")


class PasteForm(_SourceForm):
    """Cells copied from a spreadsheet."""

    text = forms.CharField(
        label=_("从表格复制的内容"),
        strip=False,
        help_text=_("在 Excel 或 WPS 里选中带表头的几行，复制，贴到这里；最多 2000 行。"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
    )
    field_order = ("text", "source")


class RoundForm(forms.Form):
    """The edited export."""

    file = forms.FileField(
        label=_("改好的表"),
        help_text=_("就是从这里导出的那个 XLSX 文件。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


class FixForm(forms.Form):
    """One line of a table, to be corrected."""

    table = forms.ChoiceField(label=_("这一行是"), choices=Table.choices)
    who = forms.CharField(
        label=_("单位名称"), max_length=200, required=False, help_text=_("只写单位的名称，不写个人姓名")
    )
    item = forms.CharField(label=_("物资或服务"), max_length=200)
    category = forms.ChoiceField(label=_("类别"), required=False)
    amount = forms.CharField(
        label=_("数量"), max_length=40, required=False, help_text=_("例如 200、2 万、30 盒；不知道就空着")
    )
    unit = forms.CharField(label=_("单位（量词）"), max_length=20, required=False)
    place = PlaceField(label=_("地方"))
    specification = forms.CharField(label=_("规格"), max_length=300, required=False)
    urgency = forms.TypedChoiceField(
        label=_("紧急程度（对方自己说的）"), required=False, coerce=int, empty_value=None,
        choices=[("", _("没有说")), *Urgency.choices],
    )  # fmt: skip
    due = forms.DateField(
        label=_("最晚哪天要"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label=_("备注"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: ImportRow, categories: list[Effective], **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(row))
        super().__init__(*args, **kwargs)
        choice = self.fields["category"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("按名称自动认")), *((one.key, one.label) for one in categories)]
        table = row.table or ""
        if table:
            self.fields["table"].widget = forms.HiddenInput()
            self.fields["table"].disabled = True
        if table and table != Table.NEED:
            del self.fields["urgency"], self.fields["due"]
        if table == Table.LEAD:
            del self.fields["specification"]
        self.order_fields(None)


def _initial(row: ImportRow) -> dict[str, Any]:
    values = values_of(row)
    place = Place.objects.filter(code=values.get("place") or "").first()
    amount = values.get("quantity")
    return {
        "table": row.table or Table.NEED.value,
        "who": values.get("requester") or values.get("giver") or values.get("source_name") or "",
        "item": values.get("item") or "",
        "category": values.get("category") or "",
        "amount": "" if amount is None else str(amount),
        "unit": values.get("unit") or "",
        "place": place.full_label if place else "",
        "specification": values.get("specification") or "",
        "urgency": values.get("urgency"),
        "due": values.get("due") or None,
        "note": values.get("note") or values.get("shown") or "",
        "version": row.version,
    }
