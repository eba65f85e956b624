"""The receiver's code: six digits that follow from the assignment by a keyed hash and are kept nowhere."""

from __future__ import annotations

import hmac
import re
import unicodedata

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.kernel import crypto

__all__ = ["DIGITS", "fits", "receipt_code"]

DIGITS = 6


def receipt_code(assignment: Assignment) -> str:
    """The six digits that the receiver shows or says."""
    number = int(crypto.mac("receipt-code", str(assignment.pk).encode()), 16)
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def fits(assignment: Assignment, code: str) -> bool:
    """True for the right code, as people type it: full-width digits, spaces and hyphens are fine."""
    typed = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", code))
    return hmac.compare_digest(typed.encode(), receipt_code(assignment).encode())
