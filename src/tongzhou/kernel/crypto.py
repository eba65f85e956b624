"""Envelope encryption: master key (outside the database) > data key of a response or organisation > key of one row.

AES-256-GCM with table, field, row, scope and key version as associated data, so that a ciphertext moved to another row,
field or organisation does not open. Rotating the master key rewraps the data keys; destroying a row
(`kernel.erasures`) forgets its key.
Sources: NIST SP 800-38D (GCM), SP 800-57 part 1 (key hierarchy), RFC 5869 (HKDF).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction

from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import DataKey, SealedRecord

__all__ = [
    "derived_key",
    "mac",
    "normal_phone",
    "phone_index",
    "prepare",
    "rewrap",
    "seal",
    "seal_bytes",
    "unseal",
    "unseal_bytes",
    "unseal_many",
]

_NONCE = 12


def _encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())


def _master(version: int | None = None) -> tuple[int, bytes]:
    keys: dict[int, bytes] = settings.TONGZHOU_MASTER_KEYS
    chosen = max(keys) if version is None else version
    if chosen not in keys:
        raise RuntimeError(f"master key version {chosen} is not in the key file: put the file it was made with back")
    return chosen, keys[chosen]


@lru_cache(maxsize=64)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=b"tongzhou", info=purpose.encode()).derive(master)


def derived_key(purpose: str) -> bytes:
    """A key for one purpose, derived from the first master key (stable over rotations)."""
    keys: dict[int, bytes] = settings.TONGZHOU_MASTER_KEYS
    return _derive(keys[min(keys)], purpose)


def mac(purpose: str, message: bytes) -> str:
    """Keyed SHA-256 of `message`, hexadecimal."""
    return hmac.new(derived_key(purpose), message, hashlib.sha256).hexdigest()


@lru_cache(maxsize=1024)
def _unwrap(wrapped: bytes, master: bytes, context: str) -> bytes:
    return _decrypt(master, wrapped, context)


def _data_key(scope: str, version: int | None = None) -> tuple[int, bytes]:
    """The data key of a scope (made on first use): its version and the key."""
    keys = DataKey.objects.filter(scope=scope)
    row = keys.order_by("-version").first() if version is None else keys.filter(version=version).first()
    if row is None:
        if version is not None:
            raise RuntimeError(f"data key {scope} version {version} is missing from the database")
        row = _new_data_key(scope)
    _, master = _master(row.master_version)
    return row.version, _unwrap(bytes(row.wrapped), master, f"datakey|{scope}|{row.version}")


def _new_data_key(scope: str, version: int = 1) -> DataKey:
    master_version, master = _master()
    wrapped = _encrypt(master, secrets.token_bytes(32), f"datakey|{scope}|{version}")
    try:
        with transaction.atomic():
            return DataKey.objects.create(scope=scope, version=version, master_version=master_version, wrapped=wrapped)
    except IntegrityError:  # another process made it first: one key per scope and version
        return DataKey.objects.get(scope=scope, version=version)


def rewrap() -> int:
    """Wrap every data key with the newest master key; how many were rewrapped. No row is touched."""
    newest, master = _master()
    done = 0
    for row in DataKey.objects.exclude(master_version=newest):
        context = f"datakey|{row.scope}|{row.version}"
        key = _decrypt(_master(row.master_version)[1], bytes(row.wrapped), context)
        row.master_version, row.wrapped = newest, _encrypt(master, key, context)
        row.save(update_fields=["master_version", "wrapped"])
        done += 1
    return done


def _key_context(record: SealedRecord) -> str:
    return f"{record._meta.db_table}|{record.pk}|{record.key_scope}|{record.key_version}"


def _field_context(record: SealedRecord, name: str) -> str:
    return f"{record._meta.db_table}|{name}|{record.pk}|{record.key_scope}|{record.key_version}"


def prepare(record: SealedRecord, scope: str) -> None:
    """Give a new row its own key in `scope` (``response:<id>`` or ``organisation:<id>``); the caller saves."""
    version, data_key = _data_key(scope)
    record.key_scope, record.key_version = scope, version
    record.record_key = _encrypt(data_key, secrets.token_bytes(32), _key_context(record))


def _row_key(record: SealedRecord) -> bytes:
    if record.record_key is None:
        raise Refusal("shredded")
    _, data_key = _data_key(record.key_scope, record.key_version)
    return _decrypt(data_key, bytes(record.record_key), _key_context(record))


def seal_bytes(record: SealedRecord, name: str, plain: bytes) -> bytes:
    """`plain` as ciphertext bound to this row and this name (for files beside the row, too)."""
    return _encrypt(_row_key(record), plain, _field_context(record, name))


def unseal_bytes(record: SealedRecord, name: str, sealed: bytes) -> bytes:
    """What `seal_bytes` sealed; raises ``InvalidTag`` when it was tampered with or belongs elsewhere."""
    return _decrypt(_row_key(record), bytes(sealed), _field_context(record, name))


def unseal_many(items: Sequence[tuple[SealedRecord, str, bytes]]) -> list[bytes]:
    """What `seal_bytes` sealed beside many rows (row, name, ciphertext), each key looked up once."""
    data_keys: dict[tuple[str, int], bytes] = {}
    row_keys: dict[Any, bytes] = {}
    opened = []
    for record, name, sealed in items:
        key = row_keys.get(record.pk)
        if key is None:
            if record.record_key is None:
                raise Refusal("shredded")
            where = (record.key_scope, record.key_version)
            if where not in data_keys:
                data_keys[where] = _data_key(*where)[1]
            key = _decrypt(data_keys[where], bytes(record.record_key), _key_context(record))
            row_keys[record.pk] = key
        opened.append(_decrypt(key, bytes(sealed), _field_context(record, name)))
    return opened


def seal(record: SealedRecord, **texts: str) -> None:
    """Set sealed fields from texts (blank clears); the caller saves."""
    for name, text in texts.items():
        if name not in record.SEALED:
            raise ValueError(f"{type(record).__name__}.{name} is not a sealed field")
        setattr(record, name, seal_bytes(record, name, text.encode()) if text else None)


def unseal(record: SealedRecord, name: str) -> str:
    """The text of a sealed field ("" when not given). Whoever calls it must log who looked (`audit.looked`)."""
    if name not in record.SEALED:
        raise ValueError(f"{type(record).__name__}.{name} is not a sealed field")
    sealed: Any = getattr(record, name)
    if sealed is None:
        return ""
    try:
        return unseal_bytes(record, name, bytes(sealed)).decode()
    except InvalidTag as error:
        raise RuntimeError(
            f"{record._meta.db_table}.{name} of {record.pk} does not open: wrong key or tampered row"
        ) from error


def normal_phone(text: str) -> str:
    """A phone number as digits only: full-width folded, +86/0086 and an extension's separator dropped."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+|00)86", "", digits).replace("+", "")


def phone_index(phone: str, scope: str) -> str:
    """Keyed hash of a phone number under the scope's own key ("" for none): equal phones meet, nothing is readable."""
    digits = normal_phone(phone)
    if not digits:
        return ""
    _, data_key = _data_key(scope, 1 if DataKey.objects.filter(scope=scope, version=1).exists() else None)
    key = _derive(data_key, f"phone-index|{scope}")
    return base64.urlsafe_b64encode(hmac.new(key, digits.encode(), hashlib.sha256).digest()[:18]).decode()
