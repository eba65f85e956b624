"""Bulletins, pages of the web and entries of the directory for tests; everything is made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from builders import WUHAN, a_place
from tongzhou.desks.bulletins.models import (
    Agency,
    Bulletin,
    BulletinPlace,
    Correction,
    Phone,
    Service,
    ServiceArea,
    WebPage,
)
from tongzhou.desks.bulletins.selectors.directory import plain_words
from tongzhou.desks.bulletins.services.cleaning import clean_bytes
from tongzhou.desks.bulletins.services.sending import send_cap
from tongzhou.desks.bulletins.types import CapType, SaidBulletin
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import SYSTEM

__all__ = ["a_bulletin", "a_correction", "a_service", "a_web_page", "said"]


def said(**over: Any) -> SaidBulletin:
    """A notice as an author writes it."""
    told: dict[str, Any] = {
        "kind": "notice", "title": "社区药店可以代买慢病药", "body": "带医保卡到街道指定的药店，可以由家人代买。",
        "source_name": "市医疗保障局", "places": (WUHAN,), "source_number": "武医保〔2020〕1号",
    }  # fmt: skip
    return SaidBulletin(**(told | over))


def a_bulletin(*, state: str = "published", places: tuple[str, ...] = (WUHAN,), **over: Any) -> Bulletin:
    """A bulletin by nobody of the test, verified by somebody else, published with its CAP message."""
    now = clock.now()
    told: dict[str, Any] = {
        "code": ids.new_code(), "kind": "notice", "title": "社区药店可以代买慢病药",
        "body": "带医保卡到街道指定的药店。", "source_name": "市医疗保障局",
        "author_id": ids.new_id(), "author_name": "撰稿人", "state": state,
    }  # fmt: skip
    if state != "draft":
        told |= {"verified_by_id": ids.new_id(), "verified_by_name": "审稿人", "verified_role": "reviewer"}
        told |= {"verified_at": now, "verified_how": "看过原文，打过电话"}
    if state in ("published", "ended"):
        told |= {"published_at": now, "published_by_name": "发布人", "valid_from": now}
    if state == "ended":
        told |= {"ended_at": now, "end_reason": "已有新的通知"}
    row = Bulletin.objects.create(**(told | over))
    for code in places:
        BulletinPlace.objects.create(bulletin=row, place=a_place(code))
    if row.published_at is not None:
        send_cap(actor=SYSTEM, act="test", bulletin=row, kind=CapType.ALERT, now=row.published_at)  # type: ignore[arg-type]
    return row


def a_correction(bulletin: Bulletin | None = None, **over: Any) -> Correction:
    """A correction of the text that waits to be published."""
    row = bulletin or a_bulletin()
    told: dict[str, Any] = {
        "bulletin": row, "number": 1, "changed": {"body": [row.body, "带医保卡和处方到街道指定的药店。"]},
        "reason": "漏写了要带处方", "by_id": ids.new_id(), "by_name": "撰稿人",
    }  # fmt: skip
    return Correction.objects.create(**(told | over))


def a_web_page(text: str = "", **over: Any) -> WebPage:
    """A page that somebody brought in; without `text` one that is held."""
    raw = (
        text or "<html><title>澳门新葡京_时时彩平台</title><body><p>真人百家乐 老虎机游戏 时时彩平台</p></body></html>"
    ).encode()
    page = clean_bytes(raw)
    told: dict[str, Any] = {
        "how": "file", "name": "page.html", "raw": raw, "size": len(raw), "sha256": "0" * 64,
        "cleaned": page.as_json(), "score": page.score, "held": page.held, "by_id": ids.new_id(), "by_name": "撰稿人",
    }  # fmt: skip
    return WebPage.objects.create(**(told | over))


def a_service(
    name: str = "心理援助热线", *, agency: str = "市心理援助中心", phone: str = "12356", place: str = WUHAN,
    verified: dt.datetime | None = None, **over: Any,
) -> Service:  # fmt: skip
    """An entry of the directory, verified now unless said otherwise."""
    owner = Agency.objects.create(name=agency)
    now = clock.now()
    told: dict[str, Any] = {
        "agency": owner, "name": name, "topic": "mental", "source": "政府网站",
        "written_at": now - dt.timedelta(days=90),
        "verified_at": verified or now, "verified_by_name": "核实的人", "words": plain_words(f"{name} {agency}"),
    }  # fmt: skip
    row = Service.objects.create(**(told | over))
    Phone.objects.create(service=row, number=phone)
    ServiceArea.objects.create(service=row, place=a_place(place))
    return row
