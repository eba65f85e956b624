"""The standing of an organisation: what follows from papers and decisions, written down, and what time does to it.

A standing counts from its instant, not from when this code runs: `Standing.suspends_at` and `expires_at` are kept with
the open stretch, and reads apply them. `lapse` (called by the tick) only writes the stretches down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import SYSTEM, Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation, Requirement, Standing, Verification
from tongzhou.registers.organisations.policies import JUDGE_ORGANISATION, allows_on
from tongzhou.registers.organisations.types import (
    Cause,
    Effect,
    Paper,
    PaperState,
    StandingState,
    Wanted,
    end_of,
    judge,
    start_of,
)

__all__ = ["lapse", "reinstate", "revoke", "set_term", "settle", "suspend"]

#: The act under which the passing of time stands in the trail.
LAPSE = "organisation.lapse"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides: the state, and the last day of the term (None: none)."""

    decided: StandingState
    term_ends_on: dt.date | None
    cause: Cause


def suspend(*, actor: Actor, organisation: Organisation, reason: str) -> Standing:
    """Suspend by hand, with a reason; only a person lifts it."""
    return _decide(actor, organisation, {"current", "suspended"}, StandingState.SUSPENDED, Cause.SUSPENDED, reason)


def revoke(*, actor: Actor, organisation: Organisation, reason: str) -> Standing:
    """Revoke, with a reason; no paper and no date brings it back, only `reinstate` does."""
    every = {"current", "suspended", "expired"}
    return _decide(actor, organisation, every, StandingState.REVOKED, Cause.REVOKED, reason)


def reinstate(*, actor: Actor, organisation: Organisation, reason: str) -> Standing:
    """Take back a revocation or a suspension by hand; with a paper missing it stays suspended until then."""
    return _decide(actor, organisation, {"suspended", "revoked"}, StandingState.CURRENT, Cause.REINSTATED, reason)


@transaction.atomic
def set_term(*, actor: Actor, organisation: Organisation, ends_on: dt.date | None, reason: str) -> Standing:
    """Set, move or lift the last day of the standing; renewing an expired one is the same act."""
    standing = _opened(actor, organisation, reason)
    now = clock.now()
    if ends_on is not None and end_of(ends_on) <= now:
        raise Refusal("bad_form", fields={"ends_on": _("期限不能在今天之前")})
    if standing.effective(now) == StandingState.REVOKED:
        raise Refusal("standing_state", state=StandingState.REVOKED.label)
    decision = Decision(StandingState(standing.decided), ends_on, Cause.TERM_CHANGED)
    done = settle(actor=actor, act=JUDGE_ORGANISATION, organisation=organisation, decision=decision, reason=reason)
    assert done is not None
    return done


def _decide(
    actor: Actor, organisation: Organisation, allowed: set[str], decided: StandingState, cause: Cause, reason: str
) -> Standing:
    with transaction.atomic():
        standing = _opened(actor, organisation, reason)
        state = standing.effective(clock.now())
        if state.value not in allowed or (cause == Cause.REINSTATED and standing.decided == StandingState.CURRENT):
            raise Refusal("standing_state", state=state.label)
        decision = Decision(decided, standing.term_ends_on, cause)
        done = settle(actor=actor, act=JUDGE_ORGANISATION, organisation=organisation, decision=decision, reason=reason)
        assert done is not None
        return done


def _opened(actor: Actor, organisation: Organisation, reason: str) -> Standing:
    """The open stretch, for a person who may judge and gave a reason."""
    if not allows_on(actor, JUDGE_ORGANISATION, organisation):
        raise Refusal("not_found")
    if not 4 <= len(reason.strip()) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（4 到 300 个字）")})
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    standing = Standing.objects.filter(organisation=organisation, until=None).first()
    if standing is None:
        raise Refusal("standing_state", state=_("待核实"))
    return standing


@transaction.atomic
def settle(
    *,
    actor: Actor,
    act: Act | str,
    organisation: Organisation,
    decision: Decision | None = None,
    reason: str = "",
) -> Standing | None:
    """Work out the standing anew after a paper, a requirement or a decision changed; None while it has none yet.

    The first standing comes when a person has accepted every mandatory paper. Later ones follow from `judge`.
    """
    now = clock.now()
    # One at a time for each organisation: two people accepting two papers at once end in one standing.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    standing = Standing.objects.filter(organisation=organisation, until=None).first()
    if standing is not None:
        standing = _catch_up(standing, now)
    wanted, papers = _wanted(organisation), _papers(organisation)
    if standing is None:
        if decision is None and not (
            wanted and judge(StandingState.CURRENT, None, wanted, papers, now).state == "current"
        ):
            return None
        decision = decision or Decision(StandingState.CURRENT, None, Cause.PAPERS_COMPLETE)
    term = decision.term_ends_on if decision else (standing.term_ends_on if standing else None)
    decided = decision.decided if decision else StandingState(standing.decided if standing else StandingState.CURRENT)
    effect = judge(decided, end_of(term) if term else None, wanted, papers, now)
    if standing is not None and decision is None and standing.state == effect.state:
        return changes.apply(
            standing, actor=actor, act=act, reason=reason, suspends_at=effect.suspends_at, expires_at=effect.expires_at
        )
    return _write(
        actor, act, organisation, standing, effect, decided, term, _cause(decision, effect), reason.strip(), now
    )


def _cause(decision: Decision | None, effect: Effect) -> Cause:
    if decision is not None and not (decision.cause == Cause.REINSTATED and effect.lacks_papers):
        return decision.cause
    return Cause.PAPER_REPAIRED if effect.state == StandingState.CURRENT else Cause.PAPER_LAPSED


def _write(
    actor: Actor,
    act: Act | str,
    organisation: Organisation,
    before: Standing | None,
    effect: Effect,
    decided: StandingState,
    term: dt.date | None,
    cause: Cause,
    reason: str,
    at: dt.datetime,
) -> Standing:
    """End the open stretch at `at` and begin the next one there."""
    if before is not None:
        changes.apply(before, actor=actor, act=act, reason=reason, until=at)
    standing = changes.create(
        Standing(
            organisation=organisation, state=effect.state, decided=decided, cause=cause, reason=reason, since=at,
            term_ends_on=term, suspends_at=effect.suspends_at, expires_at=effect.expires_at,
            caused_by=actor.account_id, caused_by_name="" if actor.is_system else actor.name,
        ),
        actor=actor, act=act, reason=reason,
    )  # fmt: skip
    # A pointer, not something somebody said: neither version nor trail.
    Organisation.objects.filter(pk=organisation.pk).update(present=standing)
    organisation.present = standing
    return standing


def _catch_up(standing: Standing, now: dt.datetime) -> Standing:
    """Write down what time has done to the open stretch up to `now`, each at its own instant."""
    while True:
        decided = StandingState(standing.decided)
        expires = standing.expires_at
        lapses = standing.suspends_at if standing.state == StandingState.CURRENT else None
        if lapses is not None and lapses <= now and (expires is None or lapses < expires):
            effect, cause, at = Effect(StandingState.SUSPENDED, True, None, expires), Cause.PAPER_LAPSED, lapses
        elif expires is not None and expires <= now:
            effect, cause, at = Effect(StandingState.EXPIRED, False, None, None), Cause.TERM_ENDED, expires
        else:
            return standing
        term = standing.term_ends_on
        standing = _write(SYSTEM, LAPSE, standing.organisation, standing, effect, decided, term, cause, "", at)


def lapse(now: dt.datetime | None = None) -> int:
    """Write down every standing that a date has changed by `now`; how many. For the tick; safe to repeat."""
    at = now or clock.now()
    due = Q(state=StandingState.CURRENT, suspends_at__lte=at) | Q(expires_at__lte=at)
    done = 0
    for pk in list(Standing.objects.filter(due, until=None).order_by("id").values_list("organisation_id", flat=True)):
        with transaction.atomic():
            Organisation.objects.select_for_update().get(pk=pk)
            standing = Standing.objects.select_related("organisation").get(organisation_id=pk, until=None)
            done += _catch_up(standing, at).pk != standing.pk
    return done


def _wanted(organisation: Organisation) -> list[Wanted]:
    rows = Requirement.objects.filter(kind=organisation.kind, mandatory=True, withdrawn_at=None)
    if not organisation.is_charity:
        rows = rows.filter(charity_only=False)
    return [Wanted(row.pk, start_of(row.applies_from)) for row in rows]


def _papers(organisation: Organisation) -> list[Paper]:
    rows = Verification.objects.filter(organisation=organisation, state=PaperState.ACCEPTED)
    return [Paper(row.requirement_id, row.verified_at, row.ends_at) for row in rows]
