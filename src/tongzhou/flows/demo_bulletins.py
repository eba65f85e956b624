"""Bulletins and a directory for the demo: public facts with their sources, the rest made up and marked so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_noop

from tongzhou.desks.bulletins.services import bulletins, directory
from tongzhou.desks.bulletins.services.remarks import send_back
from tongzhou.desks.bulletins.types import SaidBulletin
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.registers.people import types as roles
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.services import create_account, grant_role
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["tell_the_public"]

_REASON = gettext_noop("演示")
_PEOPLE = (
    ("demo-author", gettext_noop("撰稿人"), roles.AUTHOR),
    ("demo-reviewer", gettext_noop("审稿专家"), roles.REVIEWER),
    ("demo-publisher", gettext_noop("发布人"), roles.PUBLISHER),
)
_WUHAN, _NATION = "4201", "0"

_NOTICE = SaidBulletin(
    kind="notice", title="合成：社区药店可以由家人代买慢病药",
    title_en="Synthetic: relatives may collect medicines for chronic diseases",
    body="带医保卡和处方到街道指定的药店，可以由家人或志愿者代买。",
    body_en="Bring the insurance card and the prescription to the pharmacy named by the street office; relatives or "
    "volunteers may collect.",
    source_name="合成市医疗保障局 · Synthetic city insurance bureau", source_number="合成〔2020〕1号",
    places=(_WUHAN,), stages=("containment",),
    severity="Minor",
)  # fmt: skip
_RUMOUR = SaidBulletin(
    kind="rumour", title="喝酒、吃大蒜不能预防感染", title_en="Neither alcohol nor garlic prevents infection",
    said="喝高度酒、吃大蒜能杀死病毒", said_en="Strong alcohol and garlic kill the virus", verdict="false",
    body="没有证据表明喝酒或吃大蒜能预防感染；饮酒反而伤身。请戴口罩、勤洗手、常通风。",
    body_en="There is no evidence that alcohol or garlic prevents infection; drinking does harm. Wear a mask, "
    "wash your hands, air the rooms.",
    evidence="世界卫生组织：关于 2019 冠状病毒病（COVID-19）的误区",
    source_name="世界卫生组织 · World Health Organization",
    source_url="https://www.who.int/emergencies/diseases/novel-coronavirus-2019/advice-for-public/myth-busters",
    places=(_NATION,), severity="Moderate",
)  # fmt: skip
_HELP = SaidBulletin(
    kind="help", title="心里难受，可以打 12356", title_en="In distress? Call 12356",
    body="12356 是全国统一的心理援助热线（2025 年 5 月 1 日起）。有生命危险请先打 120 或 110。",
    body_en="12356 is the national psychological aid line (since 1 May 2025). In danger of life call 120 or 110 first.",
    source_name="国家卫生健康委员会 · National Health Commission", places=(_NATION,),
)  # fmt: skip

#: (agency, agency in English, service, in English, topic, number, area, source, made up)
_LINES = (
    ("急救中心", "Emergency medical centre", "医疗急救", "Medical emergency", "emergency", "120", _NATION,
     "全国公共号码 · national public number", False),
    ("公安机关", "Police", "报警求助", "Police", "emergency", "110", _NATION,
     "全国公共号码 · national public number", False),
    ("国家卫生健康委员会", "National Health Commission", "全国统一心理援助热线", "National psychological aid line",
     "mental", "12356", _NATION,
     "国家卫生健康委：自 2025 年 5 月 1 日起 · National Health Commission: since 1 May 2025", False),
    ("卫生热线", "Health line", "卫生健康咨询", "Health advice", "health", "12320", _NATION,
     "全国公共卫生公益电话 · national public health line", False),
    ("合成社区服务中心", "Synthetic community centre", "合成：代买代送药品", "Synthetic: medicine brought home",
     "medicine", "027-85550000", _WUHAN, "合成 · synthetic", True),
)  # fmt: skip


def _people(loader: Actor, response: Response) -> tuple[Actor, Actor, Actor]:
    """The three roles; those that another part of the demo made are used as they are."""
    made = []
    for login, name, role in _PEOPLE:
        account = Account.objects.filter(login=login).first()
        if account is None:
            account = create_account(actor=loader, login=login, name=name, is_demo=True, reason=_REASON)
            grant_role(
                actor=loader, account=account, role=role, line=roles.ALL, area="", response_id=None,
                organisation_id=None, reason=_REASON,
            )  # fmt: skip
        made.append(actor_for(account, second_factor=True))
    return made[0], made[1], made[2]


def tell_the_public(*, loader: Actor, response: Response) -> None:
    """Three bulletins (one corrected), one draft that was sent back, five entries of the directory."""
    author, reviewer, publisher = _people(loader, response)
    now = clock.now()
    made = {}
    for said in (_RUMOUR, _HELP, _NOTICE):
        row = bulletins.write_bulletin(
            actor=author, said=said, response=None, synthetic=said.source_name.startswith("合成")
        )
        bulletins.verify_bulletin(actor=reviewer, bulletin=row, how="对照了来源的原文", expect=row.version, now=now)
        made[said.kind] = bulletins.publish_bulletin(actor=publisher, bulletin=row, expect=row.version, now=now)
    _correct(author, publisher, made["notice"], now)
    draft: dict[str, Any] = {name: getattr(_NOTICE, name) for name in SaidBulletin.__slots__}
    draft |= {
        "title": "合成：临时菜点改到每天上午",
        "title_en": "",
        "body": "合成的草稿：时间还要问清楚。",
        "body_en": "",
    }
    waits = bulletins.write_bulletin(actor=author, said=SaidBulletin(**draft), response=None, synthetic=True)
    send_back(
        actor=reviewer,
        bulletin=waits,
        text="合成：请问清楚几点到几点、哪几个小区，再写一遍。",
        expect=waits.version,
        now=now,
    )
    _directory(author, reviewer, now)


def _correct(author: Actor, publisher: Actor, notice: Any, now: dt.datetime) -> None:
    """One correction, so that the demo shows what a correction looks like."""
    correction = bulletins.propose_correction(
        actor=author, bulletin=notice, reason="补写了送到门口",
        reason_en="Added: brought to the door",
        said={"body": notice.body + "送到门口，不进屋。", "body_en": notice.body_en + " They leave it at the door."},
    )  # fmt: skip
    bulletins.publish_correction(actor=publisher, correction=correction, now=now)


def _directory(author: Actor, reviewer: Actor, now: dt.datetime) -> None:
    for agency, agency_en, name, name_en, topic, number, area, source, synthetic in _LINES:
        said: dict[str, Any] = {
            "name": name, "name_en": name_en, "source": source, "topic": topic, "status": "active", "groups": [],
            "minimum_age": None, "maximum_age": None, "url": "",
        }  # fmt: skip
        row = directory.write_service(
            actor=author, said=said, agency=agency, agency_en=agency_en, phones=number, address="", now=now,
            hours={"opens_at": "09:00" if synthetic else "00:00", "closes_at": "17:00" if synthetic else "24:00"},
            area=Place.objects.get(code=area), synthetic=synthetic,
        )  # fmt: skip
        directory.verify_service(actor=reviewer, service=row, how="对照了来源", expect=row.version, now=now)
