"""The written forms: editions that ship and editions of a line; answers are checked against their edition."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import transaction

from tongzhou.desks.casework.models import FormDefinition
from tongzhou.desks.casework.types import Level
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import local
from tongzhou_engines.base.datafiles import data_path

__all__ = ["ANSWERS", "LONGEST_ANSWER", "Form", "current", "edition", "kept", "level_of"]

ANSWERS = ("yes", "no", "unknown")
#: Characters of one answer in words.
LONGEST_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """One edition of a form."""

    name: str
    version: int
    body: Mapping[str, Any]

    def words(self, key: str) -> str:
        """`title`, `hint` or `source` in the reader's language."""
        return local(str(self.body.get(key, "")), str(self.body.get(f"{key}_en", "")))

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields in the order asked."""
        return list(self.body["fields"])

    def steps(self, level: str) -> str:
        """What to do at a level, in the reader's language."""
        zh, en = self.body["steps"][level]
        return local(zh, en)

    def checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """The answers that belong to this edition, each asked for and of its kind.

        Raises ``Refusal``: ``form_incomplete`` (with the number of what is missing), ``form_value``, ``form_long``.
        """
        found: dict[str, str] = {}
        missing = []
        for field in self.fields:
            code, said = field["code"], str(given.get(field["code"], "")).strip()
            if any(found.get(other) != value for other, value in field.get("when", {}).items()):
                continue  # not asked
            if not said:
                missing += [code] if field["required"] else []
                continue
            _judge(field, said)
            found[code] = said
        if missing:
            raise Refusal("form_incomplete", n=len(missing), codes=",".join(missing))
        return found


def _judge(field: Mapping[str, Any], said: str) -> None:
    label = local(field["label"], field["label_en"])
    allowed = ANSWERS if field["kind"] == "answer" else tuple(one[0] for one in field.get("options", ()))
    if field["kind"] != "text" and said not in allowed:
        raise Refusal("form_value", label=label)
    if len(said) > LONGEST_ANSWER:
        raise Refusal("form_long", label=label, most=LONGEST_ANSWER, length=len(said))


@cache
def _shipped() -> dict[tuple[str, int], Form]:
    rows = json.loads(data_path("line/forms.json").read_text("utf-8"))
    return {(one["name"], one["version"]): Form(one["name"], one["version"], one) for one in rows}


def current(name: str, line_id: uuid.UUID | None = None) -> Form:
    """The edition in force on a line: the line's own newest, else the newest that ships.

    Raises ``not_found`` for a name nobody knows.
    """
    rows = FormDefinition.objects.filter(name=name, line_id=line_id, released_at__isnull=False)
    row = rows.order_by("-version").first() if line_id is not None else None
    if row is not None:
        return Form(row.name, row.version, row.body)
    shipped = [form for (form_name, _), form in _shipped().items() if form_name == name]
    if not shipped:
        raise Refusal("not_found")
    return max(shipped, key=lambda form: form.version)


def edition(name: str, version: int) -> Form:
    """The edition something was filled in with; as it was then, whatever ships now."""
    row = FormDefinition.objects.filter(name=name, version=version).first()
    if row is not None:
        return Form(name, version, row.body)
    if (name, version) not in _shipped():
        raise Refusal("not_found")
    return _shipped()[name, version]


@transaction.atomic
def kept(form: Form) -> Form:
    """The same edition, written down so that what is filled in with it stays readable."""
    FormDefinition.objects.get_or_create(name=form.name, version=form.version, defaults={"body": dict(form.body)})
    return form


def level_of(form: Form, answers: Mapping[str, str]) -> Level:
    """What a screening says by the rules of its edition: the first that fits, none when no rule does."""
    for rule in form.body["rules"]:
        if any(all(answers.get(code) == said for code, said in one.items()) for one in rule["any"]):
            return Level(rule["level"])
    return Level.NONE
