"""Made-up content for the page of components: every part in every state. Numbers of telephones are impossible ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

__all__ = ["SampleForm", "samples"]

KINDS = [("mask", gettext_lazy("口罩")), ("medicine", gettext_lazy("药品")), ("bed", gettext_lazy("床位"))]
DAY = dt.datetime(2020, 2, 6, 9, 30, tzinfo=dt.UTC)


class SampleForm(forms.Form):
    """One field of each sort."""

    what = forms.CharField(
        label=gettext_lazy("缺什么"), help_text=gettext_lazy("一件一行，例如：N95 口罩 200 只"), max_length=60
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("数量"),
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input--short"}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=KINDS)
    whom = forms.ChoiceField(
        label=gettext_lazy("替谁"),
        choices=[("self", gettext_lazy("自己")), ("other", gettext_lazy("别人，已得到同意"))],
        widget=forms.RadioSelect,
    )
    extras = forms.MultipleChoiceField(
        label=gettext_lazy("家里有"),
        choices=[("old", gettext_lazy("老人")), ("child", gettext_lazy("孩子")), ("ill", gettext_lazy("慢性病人"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    until = forms.DateField(
        label=gettext_lazy("最晚什么时候"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input--medium"}),
    )
    photo = forms.FileField(
        label=gettext_lazy("药盒照片"), required=False, help_text=gettext_lazy("拍清楚药名和规格，10 MB 以内")
    )
    story = forms.CharField(label=gettext_lazy("还要说的"), required=False, widget=forms.Textarea)
    agreed = forms.BooleanField(label=gettext_lazy("我说的是真的，同意为这件事使用这些信息"))


def samples() -> dict[str, Any]:
    """The context of /ui/."""
    wrong = SampleForm(
        {"what": "", "quantity": _("很多"), "kind": "mask", "story": _("打过来的字还在。")}, auto_id="wrong_%s"
    )
    right = SampleForm(auto_id="right_%s", initial={"whom": "self"})
    right.fields["kind"].disabled = True
    return {
        "right": right,
        "wrong": wrong,
        "page_of_rows": Paginator(range(400), 20).page(7),
        "code": "3124567895",
        "code_tail": "3124567",
        "steps": _steps(),
        "tiles": _tiles(),
        "bars": _bars(),
        "contact": {"name": _("求助人"), "phone": "19000000001", "address": _("某小区 3 栋（送达时才显示）")},
        "rows": _rows(),
        "queue": _queue(),
        "pairs": _pairs(),
        "refusals": (404, 409, 500),
        "tones": [
            ("", _("新收到")),
            ("busy", _("核实中")),
            ("good", _("已核实")),
            ("mark", _("要重新核实")),
            ("stop", _("不属实")),
            ("off", _("已撤回")),
        ],
        "plea": _(
            "【求助】某县人民医院 急缺 N95 口罩 200 只\n"
            "截至 2 月 6 日 17:30（北京时间），24 小时后失效\n"
            "现在还需不需要，请扫码看"
        ),
    }


def _steps() -> list[dict[str, Any]]:
    return [
        {"title": _("收到"), "at": DAY, "state": "done"},
        {"title": _("打过电话"), "at": DAY + dt.timedelta(hours=1), "note": _("没有接通，晚上再打"), "state": "done"},
        {"title": _("核实"), "note": _("一般半天以内"), "state": "here"},
        {"title": _("有人接手"), "state": "ahead"},
        {"title": _("送到"), "state": "ahead"},
    ]


def _tiles() -> list[dict[str, Any]]:
    places = [
        (0, 1, _("十堰"), 0.35, 21),
        (1, 0, _("襄阳"), 0.6, 44),
        (2, 0, _("随州"), 0.9, 12),
        (1, 1, _("荆门"), None, 0),
        (2, 1, _("孝感"), 0.2, 67),
        (3, 1, _("武汉"), 0.0, 312),
        (4, 1, _("黄冈"), 0.45, 80),
        (1, 2, _("宜昌"), 1.0, 9),
        (2, 2, _("荆州"), 0.7, 30),
        (3, 2, _("咸宁"), 0.5, 18),
        (4, 2, _("黄石"), 0.65, 25),
        (0, 2, _("恩施"), 0.8, 14),
    ]
    return [
        {
            "column": column,
            "row": row,
            "name": name,
            "short": name,
            "level": level,
            "figure": str(count) if level is not None else "",
            "stop": level == 0,
            "href": f"#tile-{column}-{row}",
        }
        for column, row, name, level, count in places
    ]


def _bars() -> list[dict[str, Any]]:
    return [
        {"label": _("N95 口罩"), "value": 4200, "figure": "4,200", "href": "#bars"},
        {"label": _("防护服"), "value": 1800, "figure": "1,800"},
        {"label": _("心理咨询"), "value": 260, "figure": "260"},
        {"label": _("床位"), "value": 0, "figure": "0"},
    ]


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "code": "3124567895",
            "what": _("N95 口罩"),
            "quantity": "200",
            "unit": _("只"),
            "place": _("武汉 江汉"),
            "urgency": 1,
            "tone": "good",
            "status": _("已核实"),
        },
        {
            "code": "5550001234",
            "what": _("奥希替尼"),
            "quantity": "3",
            "unit": _("盒"),
            "place": _("黄冈 黄州"),
            "urgency": 0,
            "tone": "busy",
            "status": _("核实中"),
        },
        {
            "code": "7301112229",
            "what": _("医用酒精"),
            "quantity": _("未说"),
            "unit": "",
            "place": _("孝感"),
            "urgency": 2,
            "tone": "mark",
            "status": _("要重新核实"),
            "bad": True,
        },
    ]


def _queue() -> list[dict[str, Any]]:
    return [
        {
            "title": _("老人断药，奥希替尼 3 盒"),
            "place": _("黄冈 黄州"),
            "age": _("等了 3 小时"),
            "urgency": 0,
            "here": True,
        },
        {"title": _("N95 口罩 200 只"), "place": _("武汉 江汉"), "age": _("等了 1 天"), "urgency": 1, "here": False},
        {
            "title": _("接送医护，早班 4 人"),
            "place": _("武汉 武昌"),
            "age": _("等了 5 小时"),
            "urgency": 2,
            "here": False,
        },
        {"title": _("孩子网课用的平板 1 台"), "place": _("随州"), "age": _("等了 2 天"), "urgency": 3, "here": False},
    ]


def _pairs() -> list[dict[str, Any]]:
    return [
        {"name": _("缺什么"), "left": _("N95 口罩 200 只"), "right": _("N95口罩200个"), "same": True},
        {"name": _("地方"), "left": _("武汉 江汉"), "right": _("武汉市江汉区"), "same": True},
        {"name": _("谁说的"), "left": _("医院经办人"), "right": _("家属"), "same": False},
        {"name": _("最晚"), "left": "2020-02-08", "right": _("未说"), "same": False},
    ]
