"""Texts kept in a column and read later by people of either language.

The platform's own reasons are kept as what they mean - a refusal's code with its values, or a text in both languages -
and put into words when they are shown. What people typed, and what older rows hold, is shown as it stands (a fixed text
of ours in the reader's language).
"""

from __future__ import annotations

import json

from django.utils.translation import gettext, pgettext

from tongzhou.kernel.errors import ERRORS, Refusal
from tongzhou.kernel.words import local

__all__ = ["of_pair", "of_refusal", "shown"]

#: Where words for a state stand in the catalogues: the same Chinese is not the same English for a plan and a need.
_CONTEXTS = ("assignment", "plan", "plan line")
#: Characters of the columns these texts stand in.
MOST = 300


def of_pair(zh: str, en: str) -> str:
    """A text in both languages as one value of at most 300 characters; the longer half is cut where it does not fit."""
    while len(kept := json.dumps({"zh": zh, "en": en}, ensure_ascii=False)) > MOST:
        if len(en) >= len(zh):
            en = f"{en[:-2]}…"
        else:
            zh = f"{zh[:-2]}…"
    return kept


def of_refusal(refusal: Refusal) -> str:
    """What was refused: its code and values, where they fit; else its words in both languages."""
    values = {name: str(value) for name, value in refusal.params.items()}
    kept = json.dumps({"code": refusal.code, "values": values}, ensure_ascii=False)
    if len(kept) <= MOST:
        return kept
    return of_pair(refusal.entry.zh.format(**refusal.params), refusal.entry.en.format(**refusal.params))


def shown(kept: str) -> str:
    """A kept text in the reader's language."""
    if not kept:
        return ""
    found = _read(kept)
    if {"zh", "en"} == found.keys():
        return local(str(found["zh"]), str(found["en"]))
    if {"code", "values"} == found.keys() and found["code"] in ERRORS and isinstance(found["values"], dict):
        entry = ERRORS[str(found["code"])]
        try:
            return local(entry.zh, entry.en).format(**{name: _word(text) for name, text in found["values"].items()})
        except (KeyError, IndexError, ValueError, TypeError):  # not a value of ours: somebody typed it
            return kept
    return gettext(kept)


def _word(text: str) -> str:
    """A value in the reader's language, when it is a word of ours."""
    if not text or (said := gettext(text)) != text:
        return said if text else ""
    return next((said for context in _CONTEXTS if (said := pgettext(context, text)) != text), text)


def _read(kept: str) -> dict[str, object]:
    if not kept.startswith("{"):
        return {}
    try:
        found = json.loads(kept)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
