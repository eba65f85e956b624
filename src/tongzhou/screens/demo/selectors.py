"""What the demo's panel shows: its roles, five steps, totals with and without what was made up."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.types import PlanState
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
    """Five steps through the desk, from a sheet to a delivery."""
    plan = Plan.objects.filter(state=PlanState.READY).order_by("-number").first()
    return [
        Step(
            _("导入一张表"),
            _("先下载医院自己的表（合成），交上来，看看哪一行读不懂，改好，收下；再整批撤销。"),
            "demo-hospital",
            "/imports/",
        ),
        Step(
            _("核实一条求助，合并重复的"),
            _("按急的、等得久的排；拿到手里的十分钟内只有您能看到电话。同一位老人的药写了两遍：并排看，合成一条。"),
            "demo-verifier",
            "/verify/",
        ),
        Step(
            _("看一份计划，批准它"),
            _("谁帮谁、帮多少，每一行都有理由；缺口和“先不要发”也有。批准之前什么都不会动。"),
            "demo-liaison",
            f"/plans/{plan.number}/" if plan else "/plans/",
        ),
        Step(
            _("接下一件事，送到"),
            _("一支志愿者队在江岸区代取药品：接下才看到住址和电话，送到以后就看不到了。断网也能记。"),
            "demo-volunteer",
            "/tasks/",
        ),
        Step(
            _("看还缺什么，转一张活卡片"),
            _("哪里还缺、哪里请不要再寄；转到微信群里的卡片，扫码看到的是现在的情况。"),
            FIRST_ROLE,
            "/needed/",
        ),
    ]


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
