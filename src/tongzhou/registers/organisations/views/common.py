"""What the organisation pages share."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.organisations import selectors
from tongzhou.registers.organisations.forms import ReasonForm, ScopeForm
from tongzhou.registers.organisations.models import Organisation, Standing
from tongzhou.registers.organisations.policies import (
    CHANGE_ORGANISATION,
    CHANGE_OWN_ORGANISATION,
    JUDGE_ORGANISATION,
    VERIFY_ORGANISATION,
    allows_on,
)
from tongzhou.registers.organisations.services import read_credit_code
from tongzhou.registers.organisations.tables import STANDING_TONES, standing_word
from tongzhou.registers.organisations.types import StandingState

__all__ = ["DECISIONS", "actor_of", "organisation_of", "record_page"]

#: What a person may decide from which state.
DECISIONS = {
    "suspend": {StandingState.CURRENT.value},
    "reinstate": {StandingState.SUSPENDED.value, StandingState.REVOKED.value},
    "term": {StandingState.CURRENT.value, StandingState.SUSPENDED.value, StandingState.EXPIRED.value},
    "revoke": {StandingState.CURRENT.value, StandingState.SUSPENDED.value, StandingState.EXPIRED.value},
}


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def organisation_of(request: HttpRequest, pk: uuid.UUID) -> Organisation:
    """The organisation of an address; refused as absent when it is not the actor's to see."""
    return selectors.get_organisation(actor_of(request), pk)


def record_page(request: HttpRequest, organisation: Organisation, **more: Any) -> dict[str, Any]:
    """All the record's page shows; `more` replaces a form by the one that was refused."""
    actor = actor_of(request)
    state = selectors.standing_at(organisation.pk)
    stretches = list(selectors.history(organisation))
    present = stretches[0] if stretches else None
    judges = allows_on(actor, JUDGE_ORGANISATION, organisation)
    said = {
        "organisation": organisation,
        "state": state,
        "state_word": standing_word(state),
        "tone": STANDING_TONES[state],
        "present": present,
        "stretches": [_shown(one) for one in stretches],
        "checks": selectors.checklist(organisation),
        "scopes": selectors.scopes(organisation),
        "code_note": _code_note(organisation),
        "may_change": allows_on(actor, CHANGE_ORGANISATION, organisation),
        "may_edit": any(
            allows_on(actor, act, organisation) for act in (CHANGE_ORGANISATION, CHANGE_OWN_ORGANISATION)
        ),
        "may_verify": allows_on(actor, VERIFY_ORGANISATION, organisation),
        "decisions": _decisions(state, present) if judges and present else [],
        "reason_form": ReasonForm(prefix="withdraw"),
        "scope_form": ScopeForm(prefix="scope"),
        "entries": [*audit.history(organisation)[:30]],
        "now": clock.now(),
    }  # fmt: skip
    return said | more


def _shown(one: Standing) -> dict[str, Any]:
    """A stretch with the state it has come to by now."""
    at = one.until or clock.now()
    state = one.effective(at) if one.until is None else StandingState(one.state)
    return {"row": one, "state": state.label, "tone": STANDING_TONES[state.value]}


def _decisions(state: str, present: Standing) -> list[tuple[str, str]]:
    """What may be decided now: its name in addresses, and in words."""
    words = {"suspend": _("暂停"), "reinstate": _("恢复"), "term": _("改期限"), "revoke": _("撤销资格")}
    by_person = present.decided != StandingState.CURRENT
    return [
        (what, words[what])
        for what, states in DECISIONS.items()
        if state in states and (what != "reinstate" or by_person)
    ]


def _code_note(organisation: Organisation) -> str:
    """A doubt the credit code raises about the kind; blank when there is none."""
    if not organisation.credit_code:
        return ""
    reading = read_credit_code(organisation.credit_code)
    if reading is None or not reading.kinds or organisation.kind in reading.kinds:
        return ""
    kinds = _("或").join(str(kind.label) for kind in reading.kinds)
    return _("按代码前两位，它应当是%(kinds)s，请核对类型") % {"kinds": kinds}
