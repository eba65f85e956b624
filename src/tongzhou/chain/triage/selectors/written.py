"""The written standard of urgency and the call scripts, read from the data that ships. Nothing personal is in them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import ForWhom, Urgency
from tongzhou.kernel.words import local
from tongzhou.registers.catalogue.types import Effective
from tongzhou_engines.base.datafiles import data_path

__all__ = ["SCRIPT_EDITION", "Level", "Suggestion", "call_script", "standard", "suggested_urgency"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return local(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the standard: what it means, what to do, what belongs to it and what only seems to."""

    level: int
    title: Text
    meaning: Text
    do: Text
    examples: tuple[Text, ...]
    counterexamples: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first guess at the level before a person judges, and why."""

    level: int
    why: Text


@cache
def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    with data_path(f"triage/{name}").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


#: Which edition of the call scripts this is; kept with every check.
SCRIPT_EDITION = _rows("scripts.csv")[0]["edition"]


@cache
def standard() -> tuple[Level, ...]:
    """The four levels, the most urgent first."""
    found = []
    for urgency in Urgency:
        of: dict[str, list[Text]] = {}
        for row in _rows("urgency.csv"):
            if int(row["level"]) == urgency:
                of.setdefault(row["kind"], []).append(Text(row["zh"], row["en"]))
        title, meaning, do = (of[kind][0] for kind in ("title", "meaning", "do"))
        found.append(Level(int(urgency), title, meaning, do, tuple(of["example"]), tuple(of.get("not", ()))))
    return tuple(found)


def suggested_urgency(need: Need, category: Effective | None) -> Suggestion:
    """What the standard says at first sight: by category, days left and who asks, never by what they claim."""
    for row in _rows("suggestions.csv"):
        if not _fits(row, _who(need), category):
            continue
        if row["days_left"] and (need.days_left is None or need.days_left > int(row["days_left"])):
            continue
        return Suggestion(int(row["level"]), Text(row["zh"], row["en"]))
    return Suggestion(int(Urgency.IMPORTANT), Text("", ""))


def call_script(record: Need | Offer, category: Effective | None, *, quantity: str) -> list[str]:
    """What to say on the call, in order, in the reader's language, with code and quantity filled in."""
    subject = "need" if isinstance(record, Need) else "offer"
    who = _who(record) if isinstance(record, Need) else "any"
    said = {"code": f"{record.code[:3]}-{record.code[3:6]}-{record.code[6:]}", "quantity": quantity}
    found: list[str] = []
    for row in _rows("scripts.csv"):
        if row["subject"] != subject or not _fits(row, who, category, record.line):
            continue
        text = str(Text(row["zh"], row["en"]))
        for name, value in said.items():
            text = text.replace("{" + name + "}", value)
        found.append(text)
    return found


def _who(need: Need) -> str:
    return "facility" if need.for_whom == ForWhom.FACILITY else "person"


def _fits(row: Mapping[str, str], who: str, category: Effective | None, line: str = "") -> bool:
    if row["for_whom"] not in ("any", who):
        return False
    match, value = row["match"], row["value"]
    if match == "any":
        return True
    if match == "line":
        return line == value
    if category is None:
        return False
    if match == "category":
        return category.key == value
    if match == "kind":
        return category.kind == value
    return any(code.startswith(value) for code in category.licence.split(";"))
