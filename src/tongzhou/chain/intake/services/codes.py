"""Codes that people say and secret links that let them change what they sent."""

from __future__ import annotations

import base64

from django.db import models

from tongzhou.chain.intake.policies import hash_secret, secret_fits
from tongzhou.kernel import crypto, ids

__all__ = ["free_code", "free_codes", "hash_secret", "secret_fits", "secret_of"]

#: With nine random digits a collision is rare; this many in a row means the table is full or broken.
TRIES = 20


def secret_of(key: str, submission: object) -> str:
    """The secret of a submission, worked out again from its client-made key by whoever knows that key (128 bits).

    So a phone that sends the same form twice gets the same link both times, and the link itself is kept nowhere.
    """
    digest = bytes.fromhex(crypto.mac("secret-link", f"{key}|{submission}".encode()))
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def free_code(*tables: type[models.Model]) -> str:
    """A new code that none of `tables` uses (the unique key stays the judge between two at once)."""
    for _attempt in range(TRIES):
        code = ids.new_code()
        if not any(table._default_manager.filter(code=code).exists() for table in tables):
            return code
    raise RuntimeError("no free code found: the tables of codes are full")


def free_codes(count: int, *tables: type[models.Model]) -> list[str]:
    """So many new codes, each once, that none of `tables` uses; a few queries for any number."""
    found: set[str] = set()
    for _attempt in range(TRIES):
        fresh = {ids.new_code() for _ in range(count - len(found))} - found
        for table in tables:
            fresh.difference_update(table._default_manager.filter(code__in=fresh).values_list("code", flat=True))
        found |= fresh
        if len(found) == count:
            return list(found)
    raise RuntimeError("no free code found: the tables of codes are full")
