"""Client-made, time-ordered ids (UUID version 7, RFC 9562) and short codes that survive a telephone line.

A code is ten digits, said 3-3-4 like a phone number: nine random digits, the first not 0 (spreadsheets eat leading
zeros), and an ISO 7064 MOD 11,10 check digit, so that one wrong digit or two swapped neighbours are noticed at once.
"""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
import uuid

from stdnum.iso7064 import mod_11_10

__all__ = ["format_code", "new_code", "new_id", "new_secret", "parse_code", "parse_id"]

CODE_DIGITS = 10


def new_id() -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return uuid.UUID(int=value)


def parse_id(text: str) -> uuid.UUID | None:
    """The id written in `text`, or None."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def new_code() -> str:
    """A new random code of ten digits; uniqueness is the database's business."""
    body = str(secrets.randbelow(9 * 10**8) + 10**8)
    return body + mod_11_10.calc_check_digit(body)


def format_code(code: str) -> str:
    """``1234567895`` as people read it: ``123-456-7895``."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def parse_code(text: str) -> str | None:
    """The code in what somebody typed (full-width digits, spaces and hyphens allowed).

    Or None when it cannot be one.
    """
    digits = re.sub(r"[\s\-－—_.]", "", unicodedata.normalize("NFKC", text))
    if len(digits) != CODE_DIGITS or not digits.isascii() or not digits.isdigit() or not mod_11_10.is_valid(digits):
        return None
    return digits


def new_secret() -> str:
    """An unguessable text for a secret link: 128 random bits, URL-safe."""
    return secrets.token_urlsafe(16)
