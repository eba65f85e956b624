"""The directory by hand: entries written, verified by somebody else by calling, withdrawn. Never deleted."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.models import Agency, Location, Phone, Schedule, Service, ServiceArea, ServicePlace
from tongzhou.desks.bulletins.policies import VERIFY_DIRECTORY, WRITE_DIRECTORY, require_over
from tongzhou.desks.bulletins.services.bulletins import is_web
from tongzhou.desks.bulletins.services.hsds_reading import searchable
from tongzhou.desks.bulletins.services.texts import tidy
from tongzhou.desks.bulletins.types import Group, ServiceState, Topic
from tongzhou.kernel import changes
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place

__all__ = ["verify_service", "withdraw_service", "write_service"]

#: A line of an institution: short numbers, 400/800, area code and number, extension. A mobile number is a person's.
_NUMBER = re.compile(
    r"^(?:1[0-2]\d{1,4}|9[56]\d{3,6}|[48]00-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7})(?:-\d{1,6})?$"
)
_MOBILE = re.compile(r"^(?:\+?86)?-?1[3-9]\d{9}$")
_CLOCK = re.compile(r"^(?:[01]\d|2[0-4]):[0-5]\d$")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LONGEST = {
    "name": 160, "name_en": 240, "description": 4000, "description_en": 6000, "url": 500, "eligibility": 300,
    "capacity": 300, "source": 300,
}  # fmt: skip


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    for name, most in _LONGEST.items():
        said[name] = tidy(said.get(name, ""))
        if len(said[name]) > most:
            wrong[name] = _("太长了，最多 %(n)s 个字") % {"n": most}
    if len(said["name"]) < 2:
        wrong["name"] = _("请写名称")
    if len(said["source"]) < 2:
        wrong["source"] = _("请写这是从哪里看到的")
    if said["url"] and not is_web(said["url"]):
        wrong["url"] = _("请写 http 或 https 开头的网址")
    if said.get("topic") not in Topic.values or said.get("status") not in ServiceState.values:
        wrong["topic"] = _("请选一种")
    if not set(said["groups"]) <= set(Group.values):
        wrong["groups"] = _("没有这个人群")
    low, high = said.get("minimum_age"), said.get("maximum_age")
    if low is not None and high is not None and high < low:
        wrong["maximum_age"] = _("最大年龄比最小年龄小")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return said


def _numbers(text: str) -> list[str]:
    """Numbers one by one. A mobile number is a person's: it is refused."""
    found = [one for one in re.split(r"[,，;；、\s]+", tidy(text)) if one]
    for one in found:
        if _MOBILE.match(one):
            raise Refusal(
                "bad_form", fields={"phones": _("这里只写单位公开的电话，不写手机号：%(number)s") % {"number": one}}
            )
        if not _NUMBER.match(one):
            raise Refusal("bad_form", fields={"phones": _("这个电话看不懂：%(number)s") % {"number": one}})
    return list(dict.fromkeys(found))


def _hours(said: dict[str, str]) -> dict[str, str]:
    told = {name: said.get(name, "").strip() for name in ("days", "opens_at", "closes_at", "hours_note")}
    if not set(filter(None, told["days"].split(","))) <= set(_DAYS):
        raise Refusal("bad_form", fields={"days": _("没有这一天")})
    for name in ("opens_at", "closes_at"):
        if told[name] and not _CLOCK.match(told[name]):
            raise Refusal("bad_form", fields={name: _("请写成 09:00 这样")})
    return {"days": told["days"], "opens_at": told["opens_at"], "closes_at": told["closes_at"],
            "note": tidy(told["hours_note"])[:300]}  # fmt: skip


@transaction.atomic
def write_service(
    *, actor: Actor, said: dict[str, Any], agency: str, agency_en: str, phones: str, hours: dict[str, str], area: Place,
    address: str, now: dt.datetime, service: Service | None = None, expect: int | None = None, synthetic: bool = False,
) -> Service:  # fmt: skip
    """Write an entry or rewrite it. A new one is public once somebody else verified it.

    Raises ``Refusal``: ``not_found``, ``bad_form``, ``version_stale``.
    """
    require_over(actor, WRITE_DIRECTORY, [area.code])
    if service is not None:
        require_over(actor, WRITE_DIRECTORY, [one.place_id for one in service.areas.all() if one.place_id] or ["0"])
    columns = _checked(dict(said))
    numbers, opened = _numbers(phones), _hours(hours)
    owner = _agency(actor, " ".join(tidy(agency).split()), " ".join(tidy(agency_en).split()), service)
    columns |= {"agency": owner, "written_by_id": actor.account_id, "written_at": now}
    columns["words"] = searchable(Service(**columns), owner)
    if service is None:
        service = changes.create(Service(synthetic=synthetic, **columns), actor=actor, act=WRITE_DIRECTORY)
    else:
        changes.apply(service, actor=actor, act=WRITE_DIRECTORY, expect=expect, **columns)
    _set(actor, now, service, Phone, "number", [{"number": one} for one in numbers])
    _set(actor, now, service, Schedule, "days", [opened] if any(opened.values()) else [])
    _set(actor, now, service, ServiceArea, "place_id", [{"place_id": area.code, "name": area.full_name}])
    _locate(actor, now, service, owner, area, tidy(address)[:200])
    return service


def _agency(actor: Actor, name: str, name_en: str, service: Service | None) -> Agency:
    if not 2 <= len(name) <= 160 or len(name_en) > 240:
        raise Refusal("bad_form", fields={"agency": _("请写是哪个单位")})
    known: Agency | None = Agency.objects.filter(name=name).order_by("id").first()
    if known is None:
        return changes.create(Agency(name=name, name_en=name_en), actor=actor, act=WRITE_DIRECTORY)
    same = service is not None and service.agency_id == known.pk
    if name_en and name_en != known.name_en and (same or not known.name_en):
        changes.apply(known, actor=actor, act=WRITE_DIRECTORY, name_en=name_en)
    return known


def _set(actor: Actor, now: dt.datetime, service: Service, model: Any, key: str, wanted: list[dict[str, Any]]) -> None:
    """The parts of an entry as they shall be: those that stay are changed, others withdrawn, new ones added."""
    present = {getattr(one, key): one for one in model.objects.filter(service=service, withdrawn_at=None)}
    for columns in wanted:
        row = present.pop(columns[key], None)
        if row is None:
            changes.create(model(service=service, **columns), actor=actor, act=WRITE_DIRECTORY)
        else:
            columns = {name.removesuffix("_id") if name == "place_id" else name: one for name, one in columns.items()}
            columns.pop("place", None)
            changes.apply(row, actor=actor, act=WRITE_DIRECTORY, **columns)
    for row in present.values():
        changes.apply(row, actor=actor, act=WRITE_DIRECTORY, withdrawn_at=now)


def _locate(actor: Actor, now: dt.datetime, service: Service, agency: Agency, area: Place, address: str) -> None:
    rows = list(ServicePlace.objects.filter(service=service, withdrawn_at=None).select_related("location"))
    if any(row.location.address == address for row in rows) and address:
        return
    for row in rows:
        changes.apply(row, actor=actor, act=WRITE_DIRECTORY, withdrawn_at=now)
    if address:
        where = Location(agency=agency, place=area, address=address)
        changes.create(where, actor=actor, act=WRITE_DIRECTORY)
        changes.create(ServicePlace(service=service, location=where), actor=actor, act=WRITE_DIRECTORY)


def _over(actor: Actor, wanted: Act, service: Service) -> None:
    codes = [one.place_id for one in service.areas.all() if one.place_id and one.withdrawn_at is None]
    require_over(actor, wanted, codes or ["0"])


@transaction.atomic
def verify_service(*, actor: Actor, service: Service, how: str, expect: int, now: dt.datetime) -> Service:
    """Somebody called and it is so. Whoever wrote it last may not say so: ``bulletin_same_person``."""
    _over(actor, VERIFY_DIRECTORY, service)
    if service.written_by_id is not None and service.written_by_id == actor.account_id:
        raise Refusal("bulletin_same_person")
    how = " ".join(tidy(how).split())
    if not 4 <= len(how) <= 300:
        raise Refusal("bad_form", fields={"how": _("请写怎样核实的（4 到 300 个字）")})
    return changes.apply(
        service, actor=actor, act=VERIFY_DIRECTORY, expect=expect, verified_at=now, verified_how=how,
        verified_by_name=actor.name[:100],
    )  # fmt: skip


@transaction.atomic
def withdraw_service(*, actor: Actor, service: Service, reason: str, expect: int, now: dt.datetime) -> Service:
    """No longer shown; the entry and its history stay."""
    _over(actor, WRITE_DIRECTORY, service)
    reason = " ".join(tidy(reason).split())
    if not 4 <= len(reason) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写为什么撤下（4 到 300 个字）")})
    return changes.apply(service, actor=actor, act=WRITE_DIRECTORY, expect=expect, reason=reason, withdrawn_at=now)
