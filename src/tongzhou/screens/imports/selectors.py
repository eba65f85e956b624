"""What the import pages show: batches the actor may see, lines with their changes by name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.chain.intake.models import ImportBatch, ImportRow
from tongzhou.chain.intake.models.imports import Decision, ImportState, Table, Verdict
from tongzhou.chain.intake.services.sheets import rows as sheet_rows
from tongzhou.chain.intake.services.sheets.compare import values_of
from tongzhou.chain.intake.types import LeadState, NeedState, OfferState, Urgency
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import in_english
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.people.types import COORDINATOR
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["TABS", "Shown", "batch_of", "batches", "figures", "known_sources", "page_of", "row_of", "shown"]

PAGE = 50
COLUMNS = {
    "requester": gettext_lazy("谁需要"),
    "giver": gettext_lazy("谁给"),
    "source_name": gettext_lazy("从哪里来"),
    "place_id": gettext_lazy("地方"),
    "place_certain": gettext_lazy("地方确定"),
    "category_id": gettext_lazy("类别"),
    "item": gettext_lazy("名称"),
    "unit": gettext_lazy("单位"),
    "note": gettext_lazy("备注"),
    "quantity_asked": gettext_lazy("数量"),
    "quantity": gettext_lazy("数量"),
    "specification": gettext_lazy("规格"),
    "urgency_said": gettext_lazy("紧急程度（自己说的）"),
    "needed_by": gettext_lazy("最晚哪天要"),
    "may_go": gettext_lazy("可以去哪里"),
    "available_from": gettext_lazy("从哪天起"),
    "available_until": gettext_lazy("到哪天止"),
    "earmark": gettext_lazy("指定用途"),
    "source_link": gettext_lazy("来源网址"),
    "contact": gettext_lazy("联系方式"),
    "urgency": gettext_lazy("紧急程度"),
    "state": gettext_lazy("状态"),
}
#: The tabs of a preview, in the order a person should look.
TABS = (
    ("problem", gettext_lazy("有疑问")),
    (Verdict.CONFLICT, Verdict.CONFLICT.label),
    (Verdict.CHANGED, Verdict.CHANGED.label),
    (Verdict.NEW, Verdict.NEW.label),
    (Verdict.GONE, Verdict.GONE.label),
    (Verdict.CLOSED, Verdict.CLOSED.label),
    (Verdict.BLOCKED, Verdict.BLOCKED.label),
    (Verdict.ASIDE, Verdict.ASIDE.label),
    (Verdict.SAME, Verdict.SAME.label),
)
REASONS = {
    "outside": gettext_lazy("不在您负责的条线和地区里"),
    "not_yours": gettext_lazy("不是您单位的"),
    "other_table": gettext_lazy("以前导入时是另一种记录"),
    "closed": gettext_lazy("这一条在台面上已经关闭，不会因为表里改了而重新打开"),
    "edited": gettext_lazy("导入之后有人改过，没有动它"),
    "missing": gettext_lazy("记录不在了"),
    "id_unknown": gettext_lazy("编号列被改过，或者不是这张表里的编号"),
    "id_twice": gettext_lazy("同一个编号出现了两次"),
    "bad_cell": gettext_lazy("有的格子看不懂，见旁边的说明"),
    "not_asked": gettext_lazy("数量为 0 或空：没有提出需求"),
    "nothing_asked": gettext_lazy("这一行没有提出任何需求"),
    "nothing_offered": gettext_lazy("这一行没有可认作供给或线索的内容"),
    "no_name": gettext_lazy("没有名称，不知道是谁"),
    "removed_name": gettext_lazy("名称因涉及个人已被删去"),
    "sheet_not_recognised": gettext_lazy("认不出这张工作表的表头"),
}
_DECISIONS: dict[str, tuple[tuple[str, Any], ...]] = {
    Verdict.NEW: (("", gettext_lazy("收下")), (Decision.LEAVE.value, gettext_lazy("不收"))),
    Verdict.CHANGED: (("", gettext_lazy("用表里的")), (Decision.LEAVE.value, gettext_lazy("保留台面的"))),
    Verdict.CONFLICT: (("", gettext_lazy("保留台面的")), (Decision.TAKE.value, gettext_lazy("用表里的"))),
    Verdict.GONE: (("", gettext_lazy("不动")), (Decision.WITHDRAW.value, gettext_lazy("撤回这一条"))),
}
_PATHS = {Table.NEED: "needs", Table.OFFER: "offers", Table.LEAD: "leads"}


@dataclass(frozen=True, slots=True)
class Change:
    """One column that differs: its name, what the desk says, what the sheet says, whether both moved."""

    label: str
    before: str
    after: str
    both: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as a page shows it."""

    row: ImportRow
    who: str
    what: str
    amount: str
    place: str
    problems: tuple[str, ...]
    changes: tuple[Change, ...]
    reason: str
    href: str
    choices: tuple[tuple[str, Any], ...]
    may_fix: bool


def batches(actor: Actor, response: Response) -> QuerySet[ImportBatch]:
    """The imports of a response the actor may see, newest first."""
    found = ImportBatch.objects.filter(response=response).defer("content", "private", "problems", "headings")
    grants = [one for one in actor.grants if one.response in (None, response.pk)]
    if not any(one.role == COORDINATOR for one in grants):
        own = {one.organisation for one in grants if one.organisation is not None}
        found = found.filter(Q(organisation_id__in=own))
    return found.order_by("-created_at")


def batch_of(actor: Actor, batch_id: uuid.UUID) -> ImportBatch:
    """The import of an address; ``Refusal("not_found")`` when it is not the actor's to see."""
    batch = ImportBatch.objects.select_related("response", "organisation").filter(pk=batch_id).first()
    if batch is None or not sheet_rows.may_see(actor, batch):
        raise Refusal("not_found")
    return batch


def row_of(batch: ImportBatch, position: int) -> ImportRow:
    """A line of a batch; ``Refusal("not_found")``."""
    row = batch.rows.select_related("need", "offer", "lead").filter(position=position).first()
    if row is None:
        raise Refusal("not_found")
    row.batch = batch
    return row


def known_sources(actor: Actor, response: Response) -> list[str]:
    """Names of the tables that came in before."""
    named = batches(actor, response).filter(state=ImportState.ACCEPTED).order_by("source")
    return list(named.values_list("source", flat=True).distinct()[:50])


def figures(batch: ImportBatch) -> list[dict[str, Any]]:
    """The tabs that hold something: key, name, count."""
    counts = dict(batch.counts)
    counts["problem"] = counts.get("problem_rows", 0)
    return [{"key": str(key), "label": label, "count": counts[str(key)]} for key, label in TABS if counts.get(str(key))]


def page_of(batch: ImportBatch, show: str, number: str) -> Page[Any]:
    """One page of a tab."""
    found = batch.rows.select_related("need", "offer", "lead")
    if show == "problem":
        found = found.exclude(problems=[]).filter(fixed={})
    elif show == "left":
        found = found.exclude(left="")
    elif show in Verdict.values:
        found = found.filter(verdict=show)
    return Paginator(found.order_by("position"), PAGE).get_page(number)


def shown(batch: ImportBatch, listed: Iterable[ImportRow]) -> list[Shown]:
    """Lines with every name looked up, in a few queries."""
    rows = list(listed)
    codes = {str(code) for row in rows for code in _codes(row) if code}
    places = Place.objects.in_bulk(sorted(codes))
    categories = Category.objects.in_bulk()
    return [_shown(batch, row, places, categories) for row in rows]


def _codes(row: ImportRow) -> Iterable[Any]:
    yield values_of(row).get("place")
    yield from row.differences.get("place_id", ())


def _shown(
    batch: ImportBatch, row: ImportRow, places: Mapping[str, Place], categories: Mapping[str, Category]
) -> Shown:
    values = values_of(row)
    who = values.get("requester") or values.get("giver") or values.get("source_name") or ""
    if not who and batch.organisation is not None:  # an organisation's own sheet does not name it in every row
        who = batch.organisation.label
    if values.get("person"):
        who = _("（个人，姓名已封存）")
    amount = values.get("quantity")
    place = places.get(str(values.get("place") or ""))
    record = row.record
    code = getattr(record, "code", "")
    ready = batch.state == ImportState.READY
    return Shown(
        row=row,
        who=who,
        what=str(values.get("item") or values.get("shown") or ""),
        amount=f"{amount:,} {values.get('unit') or ''}".strip() if amount is not None else _("未写明"),
        place=place.full_label if place else _("看不出在哪里"),
        problems=tuple(_problem(one) for one in row.problems),
        changes=tuple(_changes(row, places, categories)),
        reason=str(REASONS.get(row.left or row.reason, "")),
        href=f"/{_PATHS[Table(row.table)]}/{code}/" if code else "",
        choices=_DECISIONS.get(row.verdict, ()) if ready else (),
        may_fix=ready and row.verdict not in (Verdict.GONE, Verdict.CLOSED) and batch.kind != "round",
    )


def _problem(said: Mapping[str, Any]) -> str:
    text = said["en"] if in_english() else said["zh"]
    where = said.get("column") or ""
    value = said.get("value") or ""
    joint = ": " if in_english() else "："
    quoted = f"“{value[:60]}” " if value else ""
    return f"{where}{joint if where else ''}{quoted}{text}"


def _changes(row: ImportRow, places: Mapping[str, Place], categories: Mapping[str, Category]) -> Iterable[Change]:
    for name, (now, new) in row.differences.items():
        if name == "place_certain":
            continue
        label = str(COLUMNS.get(name, name))
        if name == "contact":
            yield Change(label, "", _("有变化（已封存）"), False)
            continue
        before, after = (_value(name, value, places, categories) for value in (now, new))
        yield Change(label, before, after, name in row.conflicts)


def _value(name: str, value: Any, places: Mapping[str, Place], categories: Mapping[str, Category]) -> str:
    if value is None or value == "" or value == []:
        return _("（空）")
    if name == "place_id":
        return places[value].full_label if value in places else str(value)
    if name == "category_id":
        return categories[value].label if value in categories else str(value)
    if name in ("urgency_said", "urgency") and value in Urgency.values:
        return str(Urgency(value).label)
    if name == "state":
        return str(
            next((kind(value).label for kind in (NeedState, OfferState, LeadState) if value in kind.values), value)
        )
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "、".join(value) if isinstance(value, list) else str(value)
