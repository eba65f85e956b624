"""What stands behind the built-in catalogue: standards, licences, sources of substitutions, reasons of the maxima."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import polars as pl

from tongzhou_engines.base.datafiles import data_path

__all__ = [
    "Licence",
    "Maximum",
    "Standard",
    "Substitution",
    "bases",
    "builtin_table",
    "licences",
    "maxima",
    "refused_substitutions",
    "standards",
    "substitutions",
    "words_not_in_text",
]


@dataclass(frozen=True, slots=True)
class Standard:
    """A technical standard: its number, titles, and `status` (what it replaced, or what replaced it)."""

    standard: str
    title_zh: str
    title_en: str
    status: str


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that whoever gives or does this needs: what it is, and the law it comes from."""

    licence: str
    text_zh: str
    text_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """One unit of `offer` in place of one unit of `need`: allowed, or considered and refused; why, and who says so."""

    offer: str
    need: str
    reason_zh: str
    reason_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Maximum:
    """How a plausible maximum was reached: base units = `people` x `per_day` x `days`; `basis` is a key of `bases`.

    `people` are those (or the beds, places, devices) that one large requester has in use, each needing `per_day` base
    units a day for `days` days. For things that last, `per_day` and `days` say how many each needs at once.
    """

    category: str
    basis: str
    people: int
    per_day: int
    days: int

    @property
    def quantity(self) -> int:
        """The plausible maximum in base units."""
        return self.people * self.per_day * self.days


@cache
def standards() -> dict[str, Standard]:
    """Every standard named in the built-in catalogue, by its number."""
    return {row["standard"]: Standard(**row) for row in _read("standards.csv").to_dicts()}


@cache
def licences() -> dict[str, Licence]:
    """Every licence code of the built-in catalogue."""
    return {row["licence"]: Licence(**row) for row in _read("licences.csv").to_dicts()}


@cache
def substitutions() -> tuple[Substitution, ...]:
    """The built-in substitutions with their sources."""
    return tuple(Substitution(**row) for row in _read("substitutions.csv").to_dicts())


@cache
def refused_substitutions() -> tuple[Substitution, ...]:
    """Substitutions that look natural and were refused, with the reason: a person may still decide otherwise."""
    return tuple(Substitution(**row) for row in _read("refused_substitutions.csv").to_dicts())


@cache
def maxima() -> dict[str, Maximum]:
    """How the built-in plausible maxima were reached, by category."""
    rows = _read("maxima.csv").to_dicts()
    return {
        r["category"]: Maximum(r["category"], r["basis"], int(r["people"]), int(r["per_day"]), int(r["days"]))
        for r in rows
    }


@cache
def bases() -> dict[str, tuple[str, str]]:
    """Whom a plausible maximum was reckoned for (zh, en), by the code in `Maximum.basis`."""
    return {row["basis"]: (row["text_zh"], row["text_en"]) for row in _read("bases.csv").to_dicts()}


@cache
def words_not_in_text() -> frozenset[str]:
    """Spellings that name a category in a cell of their own but say nothing in a sentence (物资, 药品, 医生)."""
    return frozenset(_read("not_in_text.csv")["spelling"].to_list())


def builtin_table() -> pl.DataFrame:
    """The built-in catalogue as one table that `table.categories_from_table` reads, one row for each category."""
    frame = _read("categories.csv")
    joined = {
        "spellings": _lists("spellings.csv", "category", "spelling"),
        "substitutes_for": _lists("substitutions.csv", "offer", "need"),
        "plausible_maximum": {code: str(maximum.quantity) for code, maximum in maxima().items()},
    }
    units: dict[str, list[str]] = {}
    for row in _read("units.csv").to_dicts():
        units.setdefault(row["unit"], []).append(f"{row['written']}={row['factor']}")
    codes = frame["category"].to_list()
    columns = [pl.Series(name, [found.get(c, "") for c in codes], dtype=pl.String) for name, found in joined.items()]
    pairs = zip(frame["unit_factors"], frame["unit"], strict=True)
    factors = [";".join(filter(None, [own, *units.get(unit, [])])) for own, unit in pairs]
    return frame.with_columns(*columns, pl.Series("unit_factors", factors, dtype=pl.String))


def _lists(file: str, key: str, value: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in _read(file).to_dicts():
        found.setdefault(row[key], []).append(row[value])
    return {code: ";".join(values) for code, values in found.items()}


def _read(file: str) -> pl.DataFrame:
    return pl.read_csv(data_path(f"catalogue/{file}"), infer_schema=False).fill_null("")
