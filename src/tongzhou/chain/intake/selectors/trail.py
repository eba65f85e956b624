"""The trail of needs, offers and leads in words: who did what, when, from what to what. Never a contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import Flag, Vulnerability, reason_words
from tongzhou.kernel import audit, clock, ids
from tongzhou.kernel.models import AuditEntry
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.places.models import Place

__all__ = ["ACT_WORDS", "Change", "TrailLine", "act_word", "field_word", "recent", "trail_of", "value_words"]

#: Lines of a record's history shown; a record with more is rare, and the trail itself keeps them all.
LONGEST = 100

ACT_WORDS: dict[str, Any] = {
    "need.submitted": _("提交了求助"),
    "offer.submitted": _("提交了供给"),
    "need.create": _("录入"),
    "offer.create": _("录入"),
    "lead.create": _("录入"),
    "need.enter": _("录入"),
    "need.import": _("导入"),
    "need.change": _("修改"),
    "offer.change": _("修改"),
    "lead.change": _("修改"),
    "need.verify": _("核实"),
    "offer.verify": _("核实"),
    "need.merge": _("合并"),
    "need.release": _("放行"),
    "need.contact": _("看了联系方式"),
    "need.raw": _("看了原始表单"),
    "need.plan_quantity": _("定计划量"),
    "need.close_unreached": _("多次联系不上，关闭"),
    "own.added": _("本人补充了内容"),
    "own.corrected": _("本人更正"),
    "own.closed": _("本人关闭"),
    "own.still_needed": _("本人说还需要"),
    "own.undone": _("本人撤销"),
    "triage.expire": _("自动过期"),
    "triage.duplicates": _("发现可能重复"),
    "undo": _("撤销"),
    "need.export": _("导出需求"),
    "offer.export": _("导出供给"),
    "lead.export": _("导出线索"),
    "demo.mark": _("标为合成"),
    "demo.verified": _("核实"),
    "demo.offer": _("登记供给"),
    "demo.gift": _("记到组织名下"),
}

FIELD_WORDS: dict[str, Any] = {
    "item": _("物品或服务"),
    "specification": _("规格"),
    "category": _("类别"),
    "quantity_asked": _("要多少"),
    "quantity_confirmed": _("核实多少"),
    "quantity_planned": _("计划多少"),
    "quantity": _("有多少"),
    "unit": _("单位"),
    "quantity_flag": _("数量疑点"),
    "urgency": _("紧急程度"),
    "urgency_said": _("对方说的紧急程度"),
    "place": _("地方"),
    "site": _("地点"),
    "requester": _("求助单位"),
    "giver": _("提供单位"),
    "organisation": _("组织"),
    "note": _("备注"),
    "state": _("状态"),
    "state_reason": _("原因"),
    "solved_by": _("怎样解决的"),
    "merged_into": _("并入"),
    "needed_by": _("最晚何时要"),
    "days_left": _("还能用几天"),
    "prescription": _("有没有处方"),
    "vulnerability": _("困难情况"),
    "verified_at": _("核实时间"),
    "stale_at": _("何时再核实"),
    "expires_at": _("何时过期"),
    "line": _("条线"),
    "for_whom": _("替谁求助"),
    "channel": _("来源"),
    "synthetic": _("合成"),
    "standard": _("标准"),
    "may_go": _("可以去哪里"),
    "remote": _("远程"),
    "available_from": _("何时起有"),
    "available_until": _("有效到"),
    "goods_expire_on": _("货物到期"),
    "can_deliver": _("能不能送"),
    "earmark": _("指定用途"),
    "source_name": _("来源单位"),
    "source_link": _("来源网址"),
    "called_at": _("何时联系过"),
    "offer": _("供给"),
    "place_certain": _("地点写清了"),
}
#: Said already by another field, or of no use to a reader.
_LEFT_OUT = {"search", "urgency_order", "code", "response", "submission", "contact"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a change, in words."""

    label: str
    before: str
    after: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of a history. `entry` is what an undo names; `undone` when it was taken back already."""

    entry: AuditEntry
    at: dt.datetime
    who: str
    act: str
    changes: tuple[Change, ...]
    reason: str
    created: bool
    undone: bool


def act_word(act: str) -> str:
    """An act in words; its own name when nobody gave it one."""
    return str(ACT_WORDS.get(act, act))


def field_word(name: str) -> str:
    """A column's name in words."""
    return str(FIELD_WORDS.get(name.removesuffix("_id"), name))


def value_words(record: type[Model] | Model, name: str, value: Any, names: dict[str, str] | None = None) -> str:
    """A value of a column in words; `names` are those of records that ids point at."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, Place):
        return value.full_label
    if isinstance(value, Category | Organisation):
        return value.label
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, str) and value.startswith("sealed:"):
        return gettext("（加密）")
    if name == "state_reason" and isinstance(value, str):
        return reason_words(value)
    if name == "quantity_flag":
        return str(dict(Flag.choices).get(value, value))
    field = record._meta.get_field(name)
    choices = dict(getattr(field, "flatchoices", None) or ())
    if isinstance(value, list):
        return _list_words(name, value)
    if value in choices:
        return str(choices[value])
    if names and str(value) in names:
        return names[str(value)]
    if isinstance(value, str) and (moment := parse_datetime(value) if len(value) > 18 else None):
        return f"{clock.beijing(moment):%Y-%m-%d %H:%M}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _list_words(name: str, values: list[Any]) -> str:
    known: dict[str, Any] = dict(Vulnerability.choices)
    if name == "may_go":
        known = {place.pk: place.full_label for place in Place.objects.filter(pk__in=values)}
    return local("、", ", ").join(str(known.get(one, one)) for one in values)


def _names(model: type[Model], entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Names of the places, categories, organisations and records that the changes point at. At most one query each."""
    wanted: dict[str, set[str]] = {
        "place_id": set(),
        "category_id": set(),
        "organisation_id": set(),
        "merged_into_id": set(),
        "offer_id": set(),
    }
    for entry in entries:
        for name, pair in entry.changes.items():
            if name in wanted and isinstance(pair, list):
                wanted[name].update(str(value) for value in pair if value)
    found: dict[str, str] = {}
    if wanted["place_id"]:
        found |= {one.code: one.full_label for one in Place.objects.filter(code__in=wanted["place_id"])}
    if wanted["category_id"]:
        found |= {one.key: one.label for one in Category.objects.filter(key__in=wanted["category_id"])}
    if wanted["organisation_id"]:
        found |= {str(one.pk): one.label for one in Organisation.objects.filter(pk__in=wanted["organisation_id"])}
    for name, table in (("merged_into_id", Need), ("offer_id", Offer)):
        if wanted[name]:
            rows = table._default_manager.filter(pk__in=wanted[name]).values_list("pk", "code")
            found |= {str(pk): ids.format_code(code) for pk, code in rows}
    return found


def _lines(model: type[Model], entries: Sequence[AuditEntry]) -> list[TrailLine]:
    names = _names(model, entries)
    return [_line(model, entry, names) for entry in entries]


def _line(model: type[Model], entry: AuditEntry, names: dict[str, str]) -> TrailLine:
    pairs = {name: pair for name, pair in entry.changes.items() if isinstance(pair, list) and len(pair) == 2}
    created = bool(pairs) and "code" in pairs and all(pair[0] is None for pair in pairs.values())
    said = []
    for name, (before, after) in ({} if created or "looked" in entry.changes else pairs).items():
        if name.removesuffix("_id") not in _LEFT_OUT:
            said.append(
                Change(
                    field_word(name),
                    value_words(model, name, before, names),
                    value_words(model, name, after, names),
                    name,
                )
            )
    who = reason_words(entry.actor_name) or (
        gettext("同舟（自动）") if entry.act.startswith("triage.") else gettext("本人（凭链接）")
    )
    return TrailLine(
        entry=entry,
        at=entry.at,
        who=gettext("同舟（自动）") if who == "system" else who,
        act=act_word(entry.act),
        changes=tuple(said),
        reason=reason_words(entry.reason),
        created=created,
        undone=bool(getattr(entry, "undone", False)),
    )


def trail_of(record: Model) -> list[TrailLine]:
    """The history of a record the caller may see, newest first. A fixed number of queries."""
    undone = Exists(AuditEntry.objects.filter(undoes=OuterRef("pk")))
    return _lines(type(record), list(audit.history(record).annotate(undone=undone)[:LONGEST]))


def recent(model: type[Model], entries: Sequence[AuditEntry]) -> list[TrailLine]:
    """Entries about records of one model, in words."""
    return _lines(model, entries)
