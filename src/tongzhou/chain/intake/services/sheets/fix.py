"""Correcting one line of an import before it is accepted: what was read stays beside what a person wrote instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from tongzhou.chain.intake import policies
from tongzhou.chain.intake.models.imports import ImportRow, ImportState, Table, Verdict
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["fix_row", "unfix_row"]


@transaction.atomic
def fix_row(*, actor: Actor, row: ImportRow, expect: int, table: str, values: Mapping[str, Any]) -> ImportRow:
    """Say what a line should say: only what differs from the reading is kept. A row set aside becomes a `table`.

    Raises ``Refusal`` not_found, import_over, version_stale.
    """
    _open(actor, row)
    if table not in Table.values:
        raise Refusal("not_found")
    # A line's table stands in its key; only a row that became nothing can still become something.
    table = row.table or table
    aside = "shown" in row.read
    fixed = {name: value for name, value in values.items() if aside or row.read.get(name) != value}
    if not aside and fixed.keys() == {"flag"}:
        fixed = {}  # nothing was corrected: the doubt about the cell stands
    changes.apply(row, actor=actor, act=policies.IMPORT_SHEETS, expect=expect, fixed=fixed, table=table)
    return rows.judge_again(actor=actor, row=row)


@transaction.atomic
def unfix_row(*, actor: Actor, row: ImportRow, expect: int) -> ImportRow:
    """Take a correction back: the line says again what was read."""
    _open(actor, row)
    table = "" if "shown" in row.read else row.table
    changes.apply(row, actor=actor, act=policies.IMPORT_SHEETS, expect=expect, fixed={}, table=table)
    return rows.judge_again(actor=actor, row=row)


def _open(actor: Actor, row: ImportRow) -> None:
    if not rows.may_see(actor, row.batch):
        raise Refusal("not_found")
    if row.batch.state != ImportState.READY or row.verdict == Verdict.GONE:
        raise Refusal("import_over")
