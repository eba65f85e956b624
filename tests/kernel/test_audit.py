"""The trail finds every tampering, and undo goes by it."""

import datetime as dt
import random
import uuid

import pytest
from django.db import connection

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.django_db
WHO = Actor(account_id=uuid.UUID(int=7), name="协调员")
LATER = dt.timedelta(minutes=5)


def a_trail(rows: int, sealed: int) -> None:
    for number in range(rows):
        if number == sealed:
            while audit.seal_new(clock.now() + LATER):
                pass
        audit.record(actor=WHO, act="need.edit", changes={"urgency": [None, number % 4]}, reason=f"第 {number} 次")


def test_an_untouched_trail_is_whole():
    a_trail(30, 20)
    assert audit.verify() == []
    assert AuditSeal.objects.count() == 1
    assert AuditEntry.objects.filter(seal=None).count() == 10


def test_a_row_is_sealed_only_when_no_running_transaction_can_be_before_it():
    audit.record(actor=WHO, act="need.edit")
    assert audit.seal_new() == 0
    assert audit.seal_new(clock.now() + LATER) == 1


COLUMNS = {
    "at": "'2020-02-06 00:00:00+00:00'",
    "actor_id": "'00000000000000000000000000000009'",
    "actor_name": "'x'",
    "act": "'x'",
    "object_type": "'x'",
    "object_id": "'x'",
    "changes": "'{}'",
    "reason": "'x'",
    "request_id": "'x'",
    "group": "'00000000000000000000000000000009'",
    "uid": "'00000000000000000000000000000009'",
    "mac": "'x'",
    "undoes_id": "(SELECT min(id) FROM kernel_auditentry)",
}


def test_a_thousand_tamperings_are_a_thousand_times_found():
    """Each column of each kind of row changed by SQL, rows removed or moved between seals, seals removed or changed."""
    a_trail(60, 25)
    while audit.seal_new(clock.now() + LATER):
        pass
    a_trail(5, 99)
    ids = list(AuditEntry.objects.order_by("id").values_list("id", flat=True))
    sealed = list(AuditEntry.objects.exclude(seal=None).order_by("id").values_list("id", flat=True))
    chance = random.Random(20200206)
    found = 0
    for number in range(1000):
        from django.db import transaction

        with transaction.atomic():
            point = transaction.savepoint()
            _tamper(number, chance, ids, sealed)
            found += bool(audit.verify())
            transaction.savepoint_rollback(point)
    assert found == 1000
    assert audit.verify() == []


def _tamper(number: int, chance: random.Random, ids: list[int], sealed: list[int]) -> None:
    kinds = [*COLUMNS, "delete", "seal-delete", "seal-count", "unseal", "swap"]
    kind = kinds[number % len(kinds)]
    with connection.cursor() as cursor:
        if kind == "delete":
            cursor.execute("DELETE FROM kernel_auditentry WHERE id = %s", [chance.choice(sealed)])
        elif kind == "unseal":
            cursor.execute("UPDATE kernel_auditentry SET seal_id = NULL WHERE id = %s", [chance.choice(sealed)])
        elif kind == "swap":
            one, two = chance.sample(sealed, 2)
            cursor.execute("SELECT mac FROM kernel_auditentry WHERE id = %s", [one])
            cursor.execute("UPDATE kernel_auditentry SET mac = %s WHERE id = %s", [cursor.fetchone()[0], two])
        elif kind == "seal-delete":
            cursor.execute(
                "UPDATE kernel_auditentry SET seal_id = NULL WHERE seal_id = (SELECT min(id) FROM kernel_auditseal)"
            )
            cursor.execute("DELETE FROM kernel_auditseal WHERE id = (SELECT min(id) FROM kernel_auditseal)")
        elif kind == "seal-count":
            cursor.execute(
                "UPDATE kernel_auditseal SET count = count + 1 WHERE id = (SELECT max(id) FROM kernel_auditseal)"
            )
        else:
            column = f'"{kind}"'
            row = chance.choice(ids[1:])
            cursor.execute(f"UPDATE kernel_auditentry SET {column} = {COLUMNS[kind]} WHERE id = %s", [row])
