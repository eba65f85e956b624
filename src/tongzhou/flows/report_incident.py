"""Something went wrong on the way: whoever met it says so, a coordinator or verifier handles it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.policies import HANDLE_INCIDENT, INCIDENT_BY_LINK, REPORT_INCIDENT
from tongzhou.chain.delivery.services import incidents
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import giver_target, target_of
from tongzhou.chain.intake.policies import secret_fits
from tongzhou.chain.intake.services.submit import masked
from tongzhou.flows import events
from tongzhou.flows.answer_assignment import link_fits
from tongzhou.flows.carry_assignment import is_holder
from tongzhou.kernel import throttle
from tongzhou.kernel.access import Act, Actor, allows, may, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import VOLUNTEER

__all__ = ["handle", "read", "report"]

#: Reports about one assignment in an hour.
MOST_REPORTS, SECONDS = 10, 3600


def report(
    *, actor: Actor, assignment: Assignment, kind: str, text: str, key: str, now: dt.datetime, secret: str = ""
) -> IncidentReport:
    """Keep what went wrong, sealed. By an account that has to do with it, or the asker's or giver's secret link.

    The same `key` again gives the same report. Raises ``Refusal``: ``not_found``, ``too_many``, ``key_reused``.
    """
    act = _right(actor, assignment, secret)
    if incidents.known(assignment, key) is None:
        throttle.hit("incident", str(assignment.pk), limit=MOST_REPORTS, seconds=SECONDS)
    with transaction.atomic():
        one = Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
        before = incidents.known(one, key)
        if before is not None:
            return before
        made = incidents.append(actor=actor, act=act, assignment=one, kind=kind, text=text, key=key, now=now)
        events.post("incident", one, key=key, kind=made.kind)
        return made


def _right(actor: Actor, one: Assignment, secret: str) -> Act | str:
    submission = one.need.submission
    if secret and (link_fits(one.offer, secret) or (submission and secret_fits(secret, submission.secret_hash))):
        return INCIDENT_BY_LINK
    if is_holder(actor, one) and may(actor, REPORT_INCIDENT):
        return REPORT_INCIDENT
    # A volunteer's role reaches only what they hold; the other roles reach their line and area, their organisation.
    if actor.roles - {VOLUNTEER} and any(
        allows(actor, REPORT_INCIDENT, **target) for target in (target_of(one), giver_target(one))
    ):
        return REPORT_INCIDENT
    raise Refusal("not_found")


def _target(report: IncidentReport) -> dict[str, object]:
    return {"line": report.line, "area": report.place_id, "response": report.response_id}


@transaction.atomic
def read(*, actor: Actor, incident: IncidentReport) -> str:
    """What was said, for whoever handles it; each look stands in the trail. Raises ``not_found``."""
    require(actor, HANDLE_INCIDENT, **_target(incident))
    return incidents.text_of(actor=actor, act=HANDLE_INCIDENT, report=incident)


@transaction.atomic
def handle(*, actor: Actor, incident: IncidentReport, outcome: str, now: dt.datetime) -> IncidentReport:
    """Say what was done about it. Raises ``Refusal``: ``not_found``, ``incident_handled``, ``version_stale``."""
    require(actor, HANDLE_INCIDENT, **_target(incident))
    return incidents.handle(actor=actor, act=HANDLE_INCIDENT, report=incident, outcome=masked(outcome), now=now)
