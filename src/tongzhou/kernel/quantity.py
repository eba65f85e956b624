"""Quantities: whole numbers of a category's base unit; None is "not said", never 0."""

from __future__ import annotations

import re
import unicodedata

from tongzhou.kernel.errors import Refusal

__all__ = ["LARGEST", "read_quantity"]

#: The largest quantity kept: what PostgreSQL's bigint and a spreadsheet both hold exactly.
LARGEST = 10**12


def read_quantity(text: str | int | None) -> int | None:
    """A typed quantity as a whole number (thousands separators, full-width digits and 万 allowed); blank is None."""
    if text is None or isinstance(text, int):
        return text
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "")
    if not plain:
        return None
    times = 1
    if plain.endswith("万"):
        plain, times = plain[:-1], 10_000
    if re.fullmatch(r"\d{1,3}(,\d{3})+", plain):
        plain = plain.replace(",", "")
    if times > 1 and re.fullmatch(r"\d{1,8}\.\d{1,4}", plain):
        whole, part = plain.split(".")
        return int(whole) * times + int(part.ljust(4, "0"))
    if not re.fullmatch(r"[0-9]{1,12}", plain) or not 0 <= int(plain) * times <= LARGEST:
        raise Refusal("quantity_bad", text=str(text)[:40])
    return int(plain) * times
