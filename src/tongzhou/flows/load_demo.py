"""Filling the demo: the real sheets of Hubei, 2020-02-06, through the real import; the rest is made up and says so."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_noop, override

from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.models.imports import ImportKind
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.chain.intake.types import Channel, ForWhom, NeedLine, SaidContact, SaidNeed, Urgency
from tongzhou.flows.accept_import import accept_import
from tongzhou.flows.compare_needs import compare_waiting
from tongzhou.flows.demo_bulletins import tell_the_public
from tongzhou.flows.demo_casework import papers_of_the_demo
from tongzhou.flows.demo_guidance import guidance_of_the_demo
from tongzhou.flows.demo_others import covered_already, said_by_people
from tongzhou.flows.demo_professionals import line_of_the_demo
from tongzhou.flows.demo_work import let_the_foundation_give, plan_the_demo, verify_the_demo, work_of_the_team
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.services import add_organisation
from tongzhou.registers.organisations.types import OrganisationKind
from tongzhou.registers.people import types as roles
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.services import create_account, grant_role
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.services import open_response
from tongzhou.registers.stages.services import set_weights
from tongzhou_engines.base.datafiles import data_path

__all__ = ["DAY", "FIRST_ROLE", "RESPONSE", "load_demo"]

#: The day of the sheets.
DAY = "2020-02-06"
#: Short name of the demo's response.
RESPONSE = "hubei-2020-02-06"
#: The account a visitor begins with.
FIRST_ROLE = "demo-coordinator"
HUBEI, WUHAN = "42", "4201"
#: Who fills the demo; stands in its trail.
LOADER = Actor(name="演示数据", is_system=True)
_REASON = gettext_noop("演示")


@dataclass(frozen=True, slots=True)
class _Role:
    """A demo account: what it is called and what it may do."""

    login: str
    name: str
    role: str
    line: str = roles.ALL
    area: str = ""
    organisation: str = ""


_ROLES = (
    _Role(FIRST_ROLE, gettext_noop("协调员·物资·武汉"), roles.COORDINATOR, roles.SUPPLIES, WUHAN),
    _Role("demo-verifier", gettext_noop("核实员·湖北"), roles.VERIFIER, area=HUBEI),
    _Role("demo-liaison", gettext_noop("政府联络员·湖北"), roles.LIAISON, area=HUBEI),
    _Role("demo-hospital", gettext_noop("医院经办人"), roles.OFFICER, organisation="合成医院"),
    _Role("demo-foundation", gettext_noop("基金会经办人"), roles.OFFICER, organisation="合成基金会01"),
    _Role("demo-volunteer", gettext_noop("志愿者"), roles.VOLUNTEER, area=WUHAN),
    _Role("demo-admin", gettext_noop("管理员"), roles.ADMIN),
)


@dataclass(frozen=True, slots=True)
class _Plea:
    """A made-up plea of a household; the phones are numbers that nobody has."""

    item: str
    quantity: int | None
    unit: str
    place: str
    phone: str
    address: str
    note: str
    urgency: int | None = None
    vulnerability: tuple[str, ...] = ()
    days_left: int | None = None
    for_whom: str = ForWhom.SELF.value


_PLEAS = (
    _Plea(
        "硝苯地平缓释片",
        2,
        "盒",
        "湖北省武汉市江岸区",
        "19000000001",
        "合成小区 1 栋 101",
        "母亲高血压，药只够三天",
        Urgency.URGENT,
        ("older",),
        3,
    ),
    _Plea(
        "硝苯地平缓释片",
        2,
        "盒",
        "湖北省武汉市江岸区",
        "19000000001",
        "合成小区1栋101室",
        "老人的降压药快吃完了，请帮忙",
        Urgency.URGENT,
        ("older", "alone"),
        2,
        ForWhom.OTHER.value,
    ),
    _Plea(
        "婴儿奶粉",
        3,
        "罐",
        "湖北省武汉市武昌区",
        "19000000002",
        "合成小区 2 栋 202",
        "孩子七个月",
        Urgency.IMPORTANT,
        ("child",),
    ),
    _Plea("医用外科口罩", 50, "只", "湖北省武汉市洪山区", "19000000003", "合成小区 3 栋 303", "一家四口，出门买菜要用"),
    _Plea(
        "胰岛素",
        2,
        "支",
        "湖北省武汉市汉阳区",
        "19000000004",
        "合成小区 4 栋 404",
        "父亲糖尿病，冰箱里还有一支",
        Urgency.LIFE,
        ("older",),
        1,
    ),
    _Plea(
        "护理垫",
        40,
        "片",
        "湖北省孝感市孝南区",
        "19000000005",
        "合成小区 5 栋 505",
        "奶奶卧床",
        Urgency.IMPORTANT,
        ("older", "disabled"),
    ),
    _Plea(
        "心理疏导",
        None,
        "",
        "湖北省武汉市江汉区",
        "19000000006",
        "合成小区 6 栋 606",
        "隔离在家十几天，睡不着，想找人说说话",
    ),
)
_HOSPITAL = (
    "需求单位,物资名称,数量,单位,地址,备注\n"
    "合成医院,医用外科口罩,5000,只,湖北省武汉市江汉区合成路1号,编造的需求\n"
    "合成医院,医用防护服,300,套,湖北省武汉市江汉区合成路1号,编造的需求\n"
    "合成医院,护目镜,200,个,湖北省武汉市江汉区合成路1号,编造的需求\n"
    "合成医院,医用酒精,若干,,湖北省武汉市江汉区合成路1号,编造的需求\n"
)


def load_demo(progress: Callable[[str], None]) -> Response:
    """Fill an empty database that has its places and categories. `progress` is told what is being done."""
    with override("zh-hans"), transaction.atomic():
        progress("应急响应与演示身份")
        response = _response()
        organisations = _organisations()
        _accounts(response, organisations)
        progress(f"湖北各医院的求助（{DAY} 的真实表格）")
        _import(response, f"wuhan2020 {DAY}.zip", _sheets(), source="wuhan2020", synthetic=False)
        progress("合成的捐赠、求助与各地阶段")
        _import(response, "合成捐赠.csv", _donations(), source="合成捐赠", synthetic=True)
        _import(response, "合成医院需求.csv", _HOSPITAL.encode(), source="合成医院需求", synthetic=True)
        _pleas(response)
        compare_waiting(wait=dt.timedelta(0))  # the tour shows a pair at once
        _stages(response)
        progress("核实过的，和一支志愿者队")
        verify_the_demo(actor=LOADER, response=response, area=WUHAN)
        let_the_foundation_give(actor=LOADER, response=response)
        volunteer = Account.objects.get(login="demo-volunteer")
        work_of_the_team(actor=LOADER, response=response, volunteer=volunteer)
        covered_already(actor=LOADER, response=response)
        said_by_people(actor=LOADER, response=response)
        guidance_of_the_demo(actor=LOADER, volunteer=volunteer)
        papers_of_the_demo(actor=LOADER, line=line_of_the_demo(actor=LOADER, response=response))
        tell_the_public(loader=LOADER, response=response)
    with override("zh-hans"):
        progress("一份等待批准的计划")
        plan_the_demo(actor=LOADER, response=response)
    return response


def _response() -> Response:
    return open_response(
        actor=LOADER,
        slug=RESPONSE,
        name=f"湖北 {DAY}",
        name_en=f"Hubei {DAY}",
        area=Place.objects.get(code=HUBEI),
        started_on=dt.date(2020, 1, 23),
        description="2020 年 2 月 6 日志愿者收集的湖北医院求助、义诊、物流与捐赠机构；标“合成”的是编造的。",
        description_en="Pleas of the hospitals of Hubei, consultations, transport and donation bodies as volunteers "
        "had collected them on 6 February 2020; what is marked synthetic was made up.",
    )


def _organisations() -> dict[str, Organisation]:
    jianghan = Place.objects.get(code="420103")
    huanggang = Place.objects.get(code="421102")
    made = {
        "合成医院": (OrganisationKind.HOSPITAL, jianghan, "Synthetic Hospital"),
        "合成基金会01": (OrganisationKind.FOUNDATION, huanggang, "Synthetic Foundation 01"),
    }
    return {
        name: add_organisation(actor=LOADER, name=name, kind=kind, place=place, name_en=english, reason=_REASON)
        for name, (kind, place, english) in made.items()
    }


def _accounts(response: Response, organisations: dict[str, Organisation]) -> None:
    """Roles, not people: nobody can sign in as them outside the demo."""
    for one in _ROLES:
        account = create_account(actor=LOADER, login=one.login, name=one.name, is_demo=True, reason=_REASON)
        organisation = organisations.get(one.organisation)
        grant_role(
            actor=LOADER,
            account=account,
            role=one.role,
            line=one.line,
            area=one.area,
            response_id=None if one.role == roles.ADMIN else response.pk,
            organisation_id=organisation.pk if organisation else None,
            reason=_REASON,
        )


def _sheets() -> bytes:
    """The published sheets as one zip, as a coordinator would bring them."""
    folder = Path(data_path(f"wuhan2020/{DAY}"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*.json")):
            archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


def _donations() -> bytes:
    """The made-up donations with the goods by name, as somebody would write them."""
    names = dict(Category.objects.values_list("key", "name"))
    text = data_path("demo/donations_synthetic.csv").read_text("utf-8")
    out = io.StringIO()
    rows = csv.DictReader(io.StringIO(text))
    table = csv.DictWriter(out, rows.fieldnames or ())
    table.writeheader()
    table.writerows(row | {"category": names.get(row["category"], row["category"])} for row in rows)
    return out.getvalue().encode()


def _import(response: Response, name: str, content: bytes, *, source: str, synthetic: bool) -> ImportBatch:
    batch = rows.open_batch(
        actor=LOADER,
        response=response,
        kind=ImportKind.SHEET,
        name=name,
        content=content,
        source=source,
        as_of=dt.date.fromisoformat(DAY),
        synthetic=synthetic,
    )
    rows.read_batch(actor=LOADER, batch=batch)
    return accept_import(actor=LOADER, batch_id=batch.pk)


def _pleas(response: Response) -> None:
    """A few households ask through the public form."""
    for number, one in enumerate(_PLEAS):
        line = NeedLine(item=one.item, quantity=one.quantity, unit=one.unit, days_left=one.days_left)
        contact = SaidContact(name=f"合成求助人 {number + 1}", phone=one.phone, address=one.address)
        said = SaidNeed(
            for_whom=one.for_whom,
            lines=(line,),
            contact=contact,
            place_text=one.place,
            urgency_said=one.urgency,
            vulnerability=one.vulnerability,
            note=one.note,
            consent=True,
            raw={"合成": True, "item": one.item, "note": one.note},
        )
        done = submit_need(
            actor=ANONYMOUS, response=response, key=str(ids.new_id()), said=said, channel=Channel.FORM, now=clock.now()
        )
        for need in Need.objects.filter(pk__in=done.records):
            changes.apply(need, actor=LOADER, act="demo.mark", reason=_REASON, synthetic=True)


def _stages(response: Response) -> None:
    reason = "2020-02-06 的疫情：武汉与周边病例快速上升（演示）"
    for code, outbreak in ((HUBEI, 80), (WUHAN, 95), ("4209", 90), ("4211", 90)):
        set_weights(
            actor=LOADER,
            response=response,
            place=Place.objects.get(code=code),
            outbreak=outbreak,
            containment=100 - outbreak,
            recovery=0,
            aftercare=0,
            reason=reason,
        )
