"""The kernel's tables, and `Record`, which every table of the platform starts from."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from tongzhou.kernel import clock, ids

__all__ = ["AuditEntry", "AuditSeal", "DataKey", "OnceKey", "OutboxMessage", "Record", "SealedRecord", "ThrottleCount"]


class Record(models.Model):
    """A row with a client-made time-ordered id and a version that every change raises by one."""

    id = models.UUIDField(primary_key=True, default=ids.new_id, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class SealedRecord(Record):
    """A row with fields that hurt when they leak: each is AES-GCM ciphertext under the row's own key.

    `SEALED` names the binary columns. They are read and written only through `kernel.crypto`, so nothing decrypts by
    accident; destroying `record_key` (`kernel.erasures`) makes them unreadable for ever. `COMPARED` names the keyed
    hashes of sealed fields, which are blanked with them.
    """

    SEALED: ClassVar[tuple[str, ...]] = ()
    COMPARED: ClassVar[tuple[str, ...]] = ()

    key_scope = models.CharField(max_length=60, editable=False)
    key_version = models.PositiveIntegerField(default=0, editable=False)
    record_key = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True


class DataKey(models.Model):
    """A key of one response or organisation, wrapped by the master key that is kept outside the database."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    master_version = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "version"], name="kernel_datakey_once")]

    def __str__(self) -> str:
        return f"{self.scope} v{self.version}"


class AuditSeal(models.Model):
    """A closed stretch of the audit trail: how many rows, and a digest over them and over the seal before."""

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField(default=clock.now)
    count = models.PositiveIntegerField()
    previous_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"seal {self.pk} over {self.count}"


class AuditEntry(models.Model):
    """One thing somebody did or looked at. Written in the transaction of the effect, never changed afterwards."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=ids.new_id, unique=True)
    at = models.DateTimeField(default=clock.now)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=100, blank=True)
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=36, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    group = models.UUIDField(null=True)
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    mac = models.CharField(max_length=64)
    seal = models.ForeignKey(AuditSeal, null=True, on_delete=models.PROTECT, related_name="entries")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_type", "object_id", "id"], name="kernel_audit_object"),
            models.Index(fields=["actor_id", "id"], name="kernel_audit_actor"),
            models.Index(fields=["group"], name="kernel_audit_group", condition=models.Q(group__isnull=False)),
            models.Index(fields=["id"], name="kernel_audit_unsealed", condition=models.Q(seal__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["undoes"], name="kernel_audit_undone_once", condition=models.Q(undoes__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act}"


class OutboxMessage(models.Model):
    """Something to be sent after the transaction commits: at least once, the receiver drops repeats by `key`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="kernel_outbox_due", condition=models.Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class OnceKey(models.Model):
    """A submission key that was used, with what it led to: the second sending gets the first one's answer."""

    id = models.BigAutoField(primary_key=True)
    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["scope", "key"], name="kernel_oncekey_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class ThrottleCount(models.Model):
    """How often something happened in one window of time; `who` is a keyed hash, never an address."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=60)
    who = models.CharField(max_length=64)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "who", "window"], name="kernel_throttle_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.count}"
