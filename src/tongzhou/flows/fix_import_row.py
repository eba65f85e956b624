"""Correcting a line of an import: what somebody wrote is understood and kept beside what was read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.chain.intake.models import ImportRow
from tongzhou.chain.intake.models.imports import Table
from tongzhou.chain.intake.services import amounts
from tongzhou.chain.intake.services.sheets.fix import fix_row
from tongzhou.chain.intake.services.sheets.lines import is_institution
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.catalogue.services import resolve

__all__ = ["fix_import_row"]


@transaction.atomic
def fix_import_row(
    *,
    actor: Actor,
    row: ImportRow,
    expect: int,
    table: str,
    who: str,
    item: str,
    category: str,
    amount: str,
    unit: str,
    place: str,
    specification: str = "",
    note: str = "",
    urgency: int | None = None,
    due: dt.date | None = None,
) -> ImportRow:
    """Write a correction. `place` is a division code; `amount` what somebody wrote (``2 盒``).

    Raises ``Refusal`` bad_form (naming the fields), not_found, import_over, version_stale.
    """
    response = row.batch.response_id
    table = row.table or table
    read = amounts.read_amount(amount)
    wrong: dict[str, str] = {}
    if read.unread:
        wrong["amount"] = _("数量看不懂，请写整数，例如 200；不知道就空着")
    if not item.strip():
        wrong["item"] = _("请写缺什么、有什么")
    if table == Table.LEAD and not who.strip():
        wrong["who"] = _("请写从哪里来")
    if who.strip() and not is_institution(who) and who.strip() != row.read.get(_WHO[table], ""):
        wrong["who"] = _("这里只写单位的名称；个人的姓名不写在这里")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    key = category or resolve(item, response).key or ""
    known = catalogue.category(key, response) if key else None
    quantity, base, flag = amounts.in_base_units(read.quantity, unit.strip() or read.unit, known)
    values: dict[str, Any] = {
        "place": place,
        "category": key,
        "item": item.strip()[:200],
        "quantity": quantity,
        "unit": base[:20],
        "specification": specification.strip()[:300],
        "note": note.strip()[:2000],
        "flag": "unit" if flag else "",
        _WHO[table]: who.strip()[:200],
    }
    if table == Table.NEED:
        values |= {"urgency": urgency, "due": due.isoformat() if due else ""}
        values["person"] = bool(row.read.get("person", "shown" in row.read)) and not who.strip()
    return fix_row(actor=actor, row=row, expect=expect, table=table, values=values)


_WHO = {Table.NEED.value: "requester", Table.OFFER.value: "giver", Table.LEAD.value: "source_name"}
