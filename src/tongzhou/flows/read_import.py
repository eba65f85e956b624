"""Reading a table that came in: a small one at once, a large one in the background by the worker."""

from __future__ import annotations

import uuid

from django.db import transaction
from django_tasks import task

from tongzhou.chain.intake.models import ImportBatch, Need
from tongzhou.chain.intake.services.sheets import rows
from tongzhou.chain.intake.types import OPEN_NEEDS
from tongzhou.chain.triage.services.duplicates import note_duplicates_for
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account

__all__ = ["AT_ONCE", "note_doubles", "read_import", "read_later"]

#: Bytes up to which a table is read while its sender waits: a thousand rows, about a second.
AT_ONCE = 600_000


def read_import(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Read the batch now, or leave it to the worker; its state says which."""
    if batch.file_size <= AT_ONCE or actor.account_id is None:
        return rows.read_batch(actor=actor, batch=batch)
    transaction.on_commit(lambda: read_later.enqueue(str(batch.pk), str(actor.account_id)))
    batch.refresh_from_db()
    return batch


@task()
def read_later(batch_id: str, account_id: str) -> str:
    """Read a batch for the account that brought it; what it came to (its state)."""
    batch = ImportBatch.objects.select_related("response", "organisation").get(pk=uuid.UUID(batch_id))
    account = Account.objects.filter(pk=uuid.UUID(account_id), is_active=True).first()
    actor = actor_for(account, second_factor=True) if account else SYSTEM
    return str(rows.read_batch(actor=actor, batch=batch).state)


@task()
def note_doubles(batch_id: str) -> int:
    """Look whether the needs that an import made were there already; how many likely pairs were noted."""
    made = Need.objects.filter(import_rows__batch_id=uuid.UUID(batch_id), import_rows__taken=True, state__in=OPEN_NEEDS)
    return note_duplicates_for(needs=list(made.distinct()), now=clock.now())
