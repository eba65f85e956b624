"""New editions of the written forms: drafted by one, put in force by another; what was filled in before keeps its own.

A line's own editions are numbered from 1001, so that none is ever taken for one that ships with a later release.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from tongzhou.desks.casework.models import FormDefinition
from tongzhou.desks.casework.services.forms import ANSWERS, current, kept
from tongzhou.desks.casework.types import Level
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["FIRST_OWN", "NAMES", "draft_of", "drop", "release", "save_draft"]

#: The forms there are, in the order in which they are met.
NAMES = ("screening", "plan", "contact", "case")
FIRST_OWN = 1001
#: What the figures of the line are made of: the contact form asks for these, whatever else it asks.
_COUNTED = ("topic", "group", "stage", "outcome")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
_LONGEST, _MOST_FIELDS = 300, 40


def draft_of(name: str, line_id: uuid.UUID) -> FormDefinition | None:
    """The edition somebody of the line is writing; None when nobody is."""
    return FormDefinition.objects.filter(name=name, line_id=line_id, released_at=None).first()


@transaction.atomic
def save_draft(*, actor: Actor, name: str, line_id: uuid.UUID, body: Mapping[str, Any]) -> FormDefinition:
    """Write (or write on) the next edition of a form of a line. Whoever wrote last counts as its writer.

    Raises ``form_broken`` with what is wrong, ``not_found``.
    """
    if name not in NAMES or actor.account_id is None:
        raise Refusal("not_found")
    said = {**current(name, line_id).body, **body, "name": name}
    _judge(name, said)
    row = FormDefinition.objects.select_for_update().filter(name=name, line_id=line_id, released_at=None).first()
    if row is None:
        last = FormDefinition.objects.filter(name=name, version__gte=FIRST_OWN).aggregate(last=Max("version"))["last"]
        row = FormDefinition(name=name, line_id=line_id, version=(last or FIRST_OWN - 1) + 1)
    row.body = {**said, "version": row.version}
    row.written_by, row.written_name = actor.account_id, actor.name[:100]
    row.save()
    return row


@transaction.atomic
def release(*, actor: Actor, name: str, line_id: uuid.UUID, now: dt.datetime) -> FormDefinition:
    """A second person puts the draft in force. Raises ``form_two`` (its writer), ``form_no_draft``."""
    row = FormDefinition.objects.select_for_update().filter(name=name, line_id=line_id, released_at=None).first()
    if row is None or actor.account_id is None:
        raise Refusal("form_no_draft")
    if row.written_by == actor.account_id:
        raise Refusal("form_two")
    kept(current(name, line_id))  # what was in force stays readable
    row.released_by, row.released_name, row.released_at = actor.account_id, actor.name[:100], now
    row.save(update_fields=["released_by", "released_name", "released_at"])
    return row


@transaction.atomic
def drop(*, name: str, line_id: uuid.UUID) -> FormDefinition:
    """Throw the draft away; nobody has filled anything in with it. Raises ``form_no_draft``."""
    row = FormDefinition.objects.select_for_update().filter(name=name, line_id=line_id, released_at=None).first()
    if row is None:
        raise Refusal("form_no_draft")
    FormDefinition.objects.filter(pk=row.pk).delete()
    return row


def _judge(name: str, body: Mapping[str, Any]) -> None:
    """Raise ``form_broken`` (`where`: the code or part that is wrong) unless the edition can be filled in."""
    fields = list(body.get("fields", ()))
    codes = [str(field.get("code", "")) for field in fields]
    if not fields or len(fields) > _MOST_FIELDS or len(set(codes)) != len(codes):
        raise Refusal("form_broken", where="code")
    for number, field in enumerate(fields):
        if not _sound(field, codes[:number]):
            raise Refusal("form_broken", where=codes[number] or str(number + 1))
    if name == "contact":
        asked = {field["code"] for field in fields if field["kind"] == "choice" and field["required"]}
        if missing := [code for code in _COUNTED if code not in asked]:
            raise Refusal("form_broken", where=missing[0])
    if name == "screening":
        _judge_rules(body, set(codes), {field["code"] for field in fields if field["kind"] == "answer"})


def _sound(field: Mapping[str, Any], before: list[str]) -> bool:
    """Whether one field has all it needs: conditions name earlier fields only."""
    texts = (field.get("label", ""), field.get("label_en", ""))
    options = field.get("options") or []
    return (
        bool(_CODE.fullmatch(str(field.get("code", ""))))
        and field.get("kind") in ("answer", "choice", "text")
        and all(text and len(text) <= _LONGEST for text in texts)
        and isinstance(field.get("required"), bool)
        and all(other in before for other in field.get("when", {}))
        and (field["kind"] == "choice") == bool(options)
        and all(len(one) == 3 and _CODE.fullmatch(one[0]) and one[1] and one[2] for one in options)
        and len({one[0] for one in options}) == len(options)
    )


def _judge_rules(body: Mapping[str, Any], codes: set[str], answers: set[str]) -> None:
    """The rules of a screening: known fields and levels, danger among them, what to do at every level."""
    rules = list(body.get("rules", ()))
    for rule in rules:
        wrong = [one for one in rule.get("any", ()) if not one or not one.keys() <= answers
                 or not set(one.values()) <= set(ANSWERS)]  # fmt: skip
        if rule.get("level") not in (Level.LOW, Level.HIGH, Level.IMMINENT) or wrong or not rule.get("any"):
            raise Refusal("form_broken", where="rules")
    if codes != answers or not any(rule["level"] == Level.IMMINENT for rule in rules):
        raise Refusal("form_broken", where="rules")
    steps = body.get("steps", {})
    if not all(len(steps.get(level, ())) == 2 and all(steps[level]) for level in Level.values):
        raise Refusal("form_broken", where="steps")
