"""A version's fingerprint, and how its steps differ from another version's. Nothing here reads a table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from tongzhou.desks.guidance.types import Change, Differ, SaidStep, SaidText

__all__ = ["compare", "differing", "digest_of", "steps_digest_of"]


def _sha(said: object) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(said: SaidText) -> str:
    """SHA-256 over everything a version says, its sources and the order of its steps too."""
    return _sha(asdict(said))


def steps_digest_of(steps: Sequence[SaidStep]) -> str:
    """SHA-256 over the steps alone, whatever their order: moving a step asks nobody to read it again."""
    return _sha(sorted((one.key, one.text, one.text_en, one.caution) for one in steps))


def compare(before: Sequence[SaidStep], after: Sequence[SaidStep]) -> tuple[Change, ...]:
    """Each step of `after` in its order with how it stands to `before`; then those that were taken out."""
    old = {one.key: one for one in before}
    found = []
    for step in after:
        was = old.pop(step.key, None)
        differ = Differ.ADDED if was is None else Differ.SAME if was == step else Differ.CHANGED
        found.append(Change(differ.value, step.key, was, step))
    return (*found, *(Change(Differ.REMOVED.value, key, was, None) for key, was in old.items()))


def differing(before: Sequence[SaidStep], after: Sequence[SaidStep]) -> int:
    """How many steps were changed, added or taken out."""
    return sum(one.differ != Differ.SAME for one in compare(before, after))
