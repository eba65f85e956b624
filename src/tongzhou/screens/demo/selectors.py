"""What the demo's panel shows: its roles, five steps, totals with and without what was made up."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.types import NeedState
from tongzhou.flows.load_demo import FIRST_ROLE
from tongzhou.registers.people.models import Account

__all__ = ["Step", "first_role", "role_of", "roles", "sample_sheet", "steps", "totals"]


@dataclass(frozen=True, slots=True)
class Step:
    """One guided step: what to do, as whom, where it begins."""

    title: str
    what: str
    login: str
    path: str


def roles() -> list[Account]:
    """The demo's accounts, in the order of the tour."""
    return list(Account.objects.filter(is_demo=True, is_active=True).order_by("created_at", "login"))


def role_of(login: str) -> Account | None:
    """One of them."""
    return Account.objects.filter(is_demo=True, is_active=True, login=login).first()


def first_role() -> Account | None:
    """The one a visitor begins as."""
    return role_of(FIRST_ROLE)


def steps() -> list[Step]:
    """Five steps through the desk."""
    card = _card()
    return [
        Step(
            _("导入一张表"),
            _("先下载医院自己的表（合成），交上来，看看哪一行读不懂，改好，收下；再整批撤销。"),
            "demo-hospital",
            "/imports/",
        ),
        Step(
            _("核实一条求助"),
            _("按急的、等得久的排；拿到手里的十分钟内只有您能看到电话。按一个键记下结果。"),
            "demo-verifier",
            "/verify/",
        ),
        Step(
            _("合并重复的求助"),
            _("同一位老人的药写了两遍。并排看，合成一条；合错了可以拆开。"),
            "demo-verifier",
            "/verify/duplicates/",
        ),
        Step(
            _("看表、导出去改"),
            _("按地方、类别、紧急程度筛；把看到的导出成表格，在 Excel 里改好再交回。"),
            FIRST_ROLE,
            "/needs/",
        ),
        Step(
            _("打开一张活卡片"),
            _("转到微信群里的文字和图片，扫码看到的是现在的情况；解决以后同一张卡会说“已解决”。"),
            FIRST_ROLE,
            card,
        ),
    ]


def _card() -> str:
    found = Need.objects.filter(state=NeedState.VERIFIED).order_by("code").first()
    return f"/c/{found.code}/" if found is not None else "/needs/"


def totals() -> list[dict[str, Any]]:
    """Rows with and without the made-up ones."""
    listed: tuple[tuple[str, Any], ...] = ((_("需求"), Need), (_("供给"), Offer), (_("线索"), Lead))
    found = []
    for label, model in listed:
        said = model._default_manager.aggregate(all=Count("pk"), made_up=Count("pk", filter=Q(synthetic=True)))
        found.append(
            {"label": label, "all": said["all"], "made_up": said["made_up"], "real": said["all"] - said["made_up"]}
        )
    return found


#: A hospital's own sheet, made up: one amount cannot be read, one unit cannot be converted.
_SAMPLE = (
    ("需求单位", "物资名称", "数量", "单位", "规格", "地址", "备注"),
    ("合成医院", "医用外科口罩", 8000, "只", "YY 0469-2011", "湖北省武汉市江汉区合成路1号", "合成：上次写的是 5000"),
    ("合成医院", "医用防护服", 300, "套", "GB 19082-2009", "湖北省武汉市江汉区合成路1号", "合成"),
    ("合成医院", "N95口罩", 1000, "只", "", "湖北省武汉市江汉区合成路1号", "合成"),
    ("合成医院", "一次性手套", "两箱多一点", "", "", "湖北省武汉市江汉区合成路1号", "合成：数量写得不清楚"),
    ("合成医院", "医用酒精", 20, "箱", "75%", "湖北省武汉市江汉区合成路1号", "合成：箱换算不成瓶"),
)


def sample_sheet() -> bytes:
    """The sheet of the first step as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("需求")
        for at, row in enumerate(_SAMPLE):
            page.write_row(at, 0, row)
        page.set_column(0, 6, 18)
    return out.getvalue()
