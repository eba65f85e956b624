"""Fields and rules that every form of a delivery shares: an officer's, a volunteer's, that of a link or of a slip."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tongzhou.chain.delivery.types import Difference, IncidentKind
from tongzhou.chain.intake.forms.fields import LineField, StoryField, chosen_field

__all__ = [
    "LONGEST_INCIDENT",
    "code_field",
    "difference_field",
    "incident_fields",
    "is_unexplained",
    "note_field",
    "paid_by_words",
]

#: Characters of an incident's words in a form.
LONGEST_INCIDENT = 1000


def difference_field(label: Any) -> forms.ChoiceField:
    """Why less arrived than was sent; blank when all of it did."""
    choices = [("", _("没有少，都收了")), *Difference.choices]
    return forms.ChoiceField(label=label, required=False, choices=choices)


def is_unexplained(*, refused: int, missing: int, difference: str) -> bool:
    """True when something was refused or is missing and nobody says why (`services.receipts` refuses it too)."""
    return (refused > 0 or missing > 0) and not difference


def code_field(label: Any, help_text: Any, *, required: bool) -> LineField:
    """The receiver's six digits."""
    return LineField(
        label=label, required=required, max_length=20, help_text=help_text,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input--medium"}),
    )  # fmt: skip


def note_field() -> LineField:
    """Anything else."""
    return LineField(label=_("还有什么要说的"), required=False, max_length=300)


def incident_fields(help_text: Any, *, rows: int | None = None, radios: bool = False) -> tuple[forms.ChoiceField, Any]:
    """(what kind, the words) of a report that something went wrong."""
    widget: dict[str, Any] = {"widget": forms.RadioSelect} if radios else {}
    kind = chosen_field(_("哪一类"), IncidentKind.choices, _("请选是哪一类"), **widget)
    more: dict[str, Any] = {} if rows is None else {"rows": rows}
    return kind, StoryField(label=_("怎么回事"), max_length=LONGEST_INCIDENT, help_text=help_text, **more)


def paid_by_words(paid_by: str) -> str:
    """Whose money, in words; what somebody wrote stays."""
    known = {
        "giver": pgettext("money", "给东西的一方垫的"), "receiver": pgettext("money", "收东西的一方给的"),
        "desk": pgettext("money", "协调处给的"), "self": pgettext("money", "志愿者垫的"),
        "team": pgettext("money", "团队给的"),
    }  # fmt: skip
    return known.get(paid_by, paid_by)
