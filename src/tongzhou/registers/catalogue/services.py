"""Seeding the catalogue from the engines, what a written name means, and what a response changes in a category."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.quantity import LARGEST
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue.models import LONGEST_FRESH_DAYS, Category, ResponseCategory
from tongzhou.registers.catalogue.policies import CHANGE_CATEGORY
from tongzhou.registers.catalogue.selectors import change_of
from tongzhou.registers.catalogue.types import LINE_OF_KIND, Kind, Resolution
from tongzhou_engines.catalogue import Catalogue, normalise
from tongzhou_engines.catalogue import Category as EngineCategory

__all__ = [
    "change_category",
    "default_stale_days",
    "engine_catalogue",
    "find_in_text",
    "may_change_category",
    "resolve",
    "seed_catalogue",
]

#: Equipment is counted so; it is still missing a week later, while masks or food may have come.
_LASTING_UNITS = frozenset({"台", "辆", "部"})
#: Division code of the nation (places stand beside the catalogue, not below it).
NATION = "0"
_FRESH_LICENCES = ("drug", "blood_product", "food")


def default_stale_days(category: EngineCategory) -> int:
    """Days until a need of this category must be verified again, before urgency shortens them.

    Medicine and food run out in days (3), so do places in beds, cars and helpers on the spot (3); consumables last a
    little (5); equipment (10), remote services (14) and funds (30) are needed for longer.
    """
    if category.kind == Kind.FUNDS:
        return 30
    if category.kind == Kind.REMOTE:
        return 14
    if category.kind == Kind.IN_PERSON or category.licence.startswith(_FRESH_LICENCES):
        return 3
    return 10 if category.unit in _LASTING_UNITS else 5


@transaction.atomic
def seed_catalogue() -> int:
    """Put the engines' categories into the table, those missing or changed only; how many. Safe to repeat."""
    known = {row.key: row for row in Category.objects.all()}
    fields = [field.name for field in Category._meta.concrete_fields if field.name != "key"]
    new, changed = [], []
    for position, one in enumerate(Catalogue.builtin().categories.values()):
        row = _row(one, position)
        old = known.get(row.key)
        if old is None:
            new.append(row)
        elif any(getattr(old, name) != getattr(row, name) for name in fields):
            changed.append(row)
    Category.objects.bulk_create(new)
    if changed:
        Category.objects.bulk_update(changed, fields)
    return len(new) + len(changed)


def _row(one: EngineCategory, position: int) -> Category:
    kind = Kind(one.kind)
    return Category(
        key=one.code, name=one.name_zh, name_en=one.name_en, kind=kind, line=LINE_OF_KIND[kind], unit=one.unit,
        unit_en=one.unit_en, minimum_lot=one.minimum_lot, plausible_maximum=one.plausible_maximum, licence=one.licence,
        standards=";".join(one.standards), is_cold_chain=one.cold_chain, stages=list(one.stages),
        stale_days=default_stale_days(one), position=position,
    )  # fmt: skip


def resolve(text: str, response_id: uuid.UUID | None = None, *, limit: int = 5) -> Resolution:
    """What a written name of goods or a service means: certain, or the nearest categories for a person to choose.

    What people in this response call it comes first. Categories the response switched off are not offered.
    """
    text = text.strip()[:200]
    written = normalise(text)
    if not written:
        return Resolution(None)
    changed = list(ResponseCategory.objects.filter(response_id=response_id)) if response_id else []
    off = {one.category_id for one in changed if not one.enabled}
    for one in changed:
        names = [normalise(name) for name in (*one.spellings.split(";"), one.name) if name]
        if one.enabled and written in names:
            return Resolution(one.category_id, (one.category_id,))
    catalogue = Catalogue.builtin()
    found = catalogue.find(text)
    if found is not None and found not in off:
        return Resolution(found, (found,))
    near = [c.category for c in catalogue.search(text, limit + len(off)) if c.category not in off]
    return Resolution(None, tuple(dict.fromkeys(near))[:limit])


def find_in_text(text: str) -> list[str]:
    """Categories named in a free text, each once, in the order they come."""
    return list(dict.fromkeys(found.category for found in Catalogue.builtin().find_in_text(text[:5000])))


def engine_catalogue(response_id: uuid.UUID) -> Catalogue:
    """The catalogue the engines plan a response with: its own maxima and spellings, without what it switched off."""
    table = Catalogue.builtin().to_table()
    changed = {one.category_id: one for one in ResponseCategory.objects.filter(response_id=response_id)}
    rows: list[dict[str, Any]] = []
    for row in table.to_dicts():
        said = changed.get(str(row["category"]))
        if said is not None and not said.enabled:
            continue
        if said is not None and said.maximum is not None:
            row["plausible_maximum"] = str(said.maximum)
        if said is not None and said.spellings:
            row["spellings"] = ";".join(filter(None, [row["spellings"], said.spellings]))
        rows.append(row)
    kept = {str(row["category"]) for row in rows}
    for row in rows:
        row["substitutes_for"] = ";".join(part for part in str(row["substitutes_for"] or "").split(";") if part in kept)
    return Catalogue.from_table(
        table.clear().vstack(type(table)(rows, schema=table.schema)), "catalogue of the response"
    )


@transaction.atomic
def change_category(
    *, actor: Actor, response_id: uuid.UUID, key: str, expect: int | None = None, reason: str = "", **fields: Any
) -> ResponseCategory:
    """Change a category for one response: enabled, name, name_en, stale_days, maximum, note, spellings.

    None and blank mean "as in the catalogue". `expect`: version of the change made before (0 for none), so that two
    people do not overwrite each other. Raises ``Refusal("bad_form")``, ``version_stale``, ``not_found``.
    """
    _require(actor, response_id, key)
    said = _checked(key, fields)
    change = change_of(key, response_id)
    if change is not None:
        return changes.apply(change, actor=actor, act=CHANGE_CATEGORY, expect=expect, reason=reason, **said)
    if expect:
        raise Refusal("version_stale")
    row = ResponseCategory(response_id=response_id, category_id=key, **said)
    try:
        with transaction.atomic():
            return changes.create(row, actor=actor, act=CHANGE_CATEGORY, reason=reason)
    except IntegrityError as error:
        # Somebody else changed it for the first time a moment ago.
        raise Refusal("version_stale") from error


def may_change_category(actor: Actor, response_id: uuid.UUID, key: str) -> bool:
    """True when the category's line and the whole area of the response are the actor's."""
    try:
        _require(actor, response_id, key)
    except Refusal:
        return False
    return True


def _require(actor: Actor, response_id: uuid.UUID, key: str) -> None:
    row = Category.objects.filter(key=key).first()
    # The table above this room is reached by its name, not imported.
    responses = apps.get_model("responses", "Response")._default_manager
    area = responses.filter(pk=response_id).values_list("area_id", flat=True).first()
    if row is None or area is None:
        raise Refusal("not_found")
    require(actor, CHANGE_CATEGORY, line=row.line, area="" if area == NATION else area, response=response_id)


def _checked(key: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns a person writes, made tidy; every wrong one named at once."""
    said = dict(fields)
    wrong: dict[str, str] = {}
    for name, longest in (("name", 60), ("name_en", 120), ("note", 200)):
        said[name] = " ".join(str(fields.get(name) or "").split())
        if len(said[name]) > longest:
            wrong[name] = _("太长了，最多 %(n)s 个字") % {"n": longest}
    days, most = fields.get("stale_days"), fields.get("maximum")
    if days is not None and not 1 <= days <= LONGEST_FRESH_DAYS:
        wrong["stale_days"] = _("请写 1 到 %(n)s 之间的天数") % {"n": LONGEST_FRESH_DAYS}
    if most is not None and not 1 <= most <= LARGEST:
        wrong["maximum"] = _("请写大于 0 的整数")
    said["spellings"], problem = _spellings(key, str(fields.get("spellings") or ""))
    if problem or len(said["spellings"]) > 500:
        wrong["spellings"] = problem or _("太长了，最多 %(n)s 个字") % {"n": 500}
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    unknown = set(said) - {"enabled", "name", "name_en", "stale_days", "maximum", "note", "spellings"}
    if unknown:
        raise ValueError(f"not a column of a response's category: {unknown}")
    return said


def _spellings(key: str, text: str) -> tuple[str, str]:
    """Further spellings joined by ``;`` and what is wrong with them: one that means another category is refused."""
    names = list(dict.fromkeys(" ".join(one.split()) for one in re.split(r"[;；、,，\n]", text) if one.strip()))
    for name in names:
        owner = Catalogue.builtin().find(name)
        if owner is not None and owner != key:
            other = Catalogue.builtin()[owner]
            return "", _("“%(name)s”已经指“%(other)s”") % {"name": name, "other": local(other.name_zh, other.name_en)}
    return ";".join(names), ""
