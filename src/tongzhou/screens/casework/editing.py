"""A form as it is edited: a block for each field, choices and rules as lines of text; and back into an edition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from tongzhou.desks.casework.types import Level

__all__ = ["WORDS", "body_of", "page_of", "typed_of"]

#: Words above a form, each with its English.
WORDS = ("title", "hint", "source")
#: Empty blocks for new fields.
_NEW, _MOST = 2, 60


def _options(field: Mapping[str, Any]) -> str:
    return "\n".join(" | ".join(one) for one in field.get("options") or ())


def _when(said: Mapping[str, str]) -> str:
    return " & ".join(f"{code}={answer}" for code, answer in said.items())


def page_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the page for an edition."""
    rows = [
        {
            "code": field["code"], "kind": field["kind"], "label": field["label"], "label_en": field["label_en"],
            "required": field["required"], "options": _options(field), "when": _when(field.get("when", {})),
        }
        for field in body["fields"]
    ]  # fmt: skip
    rules = [f"{rule['level']}: " + "; ".join(_when(one) for one in rule["any"]) for rule in body.get("rules", ())]
    steps = {level: list(body.get("steps", {}).get(level, ("", ""))) for level in Level.values}
    words = {name: str(body.get(name, "")) for one in WORDS for name in (one, f"{one}_en")}
    return _page(rows, "\n".join(rules), steps, words)


def _page(rows: list[dict[str, Any]], rules: str, steps: dict[str, list[str]], words: dict[str, str]) -> dict[str, Any]:
    blank = {"code": "", "kind": "text", "label": "", "label_en": "", "required": False, "options": "", "when": ""}
    blocks = [{**row, "place": number + 1} for number, row in enumerate([*rows, *([blank] * _NEW)])]
    levels = [(level, Level(level).label, steps[level][0], steps[level][1]) for level in Level.values]
    return {"blocks": blocks, "rules": rules, "levels": levels, "words": words, "known": len(rows)}


def typed_of(said: QueryDict) -> dict[str, Any]:
    """The same for what was typed: nothing is lost when it is refused."""
    rows = [row for row in _blocks(said) if row["code"] or row["label"]]
    steps = {level: [said.get(f"step-{level}", ""), said.get(f"step-{level}-en", "")] for level in Level.values}
    words = {name: said.get(name, "") for one in WORDS for name in (one, f"{one}_en")}
    return _page(rows, said.get("rules", ""), steps, words)


def _blocks(said: QueryDict) -> list[dict[str, Any]]:
    """The blocks that were sent, in the order of their numbers."""
    found = []
    for number in range(1, _MOST + 1):
        if f"code-{number}" not in said:
            break
        text = {
            name: said.get(f"{name}-{number}", "").strip()
            for name in ("code", "kind", "label", "label_en", "options", "when")
        }
        place = said.get(f"place-{number}", "")
        order = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else number
        moved = (order > number) - (order < number)  # up: before whatever stands there; down: after it
        found.append((order, moved, number, {**text, "required": said.get(f"required-{number}") == "1"}))
    return [row for *_place, row in sorted(found, key=lambda one: one[:3])]


def _conditions(text: str) -> dict[str, str]:
    """“thoughts=yes & plan=no” as conditions; what is none stays as a condition nobody can meet, and is refused."""
    pairs = (one.partition("=") for one in text.split("&") if one.strip())
    return {code.strip(): answer.strip() for code, _is, answer in pairs}


def _field(row: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: row[name] for name in ("code", "kind", "label", "label_en", "required")}
    if row["kind"] == "choice":
        lines = [one for one in row["options"].splitlines() if one.strip()]
        made["options"] = [[part.strip() for part in line.split("|")] for line in lines]
    if row["when"]:
        made["when"] = _conditions(row["when"])
    return made


def body_of(said: QueryDict, *, screens: bool) -> dict[str, Any]:
    """An edition out of what was sent; `screens`: it has rules and steps. The service judges whether it is sound."""
    body: dict[str, Any] = {name: said.get(name, "").strip()[:600] for one in WORDS for name in (one, f"{one}_en")}
    body["fields"] = [_field(row) for row in _blocks(said) if row["code"] or row["label"]]
    if screens:
        body["rules"] = [_rule(line) for line in said.get("rules", "").splitlines() if line.strip()]
        body["steps"] = {
            level: [said.get(f"step-{level}", "").strip(), said.get(f"step-{level}-en", "").strip()]
            for level in Level.values
        }
    return body


def _rule(line: str) -> dict[str, Any]:
    level, _is, rest = line.replace("：", ":").partition(":")
    return {"level": level.strip(), "any": [_conditions(one) for one in re.split(r"[;；]", rest) if one.strip()]}
