"""Reports of what went wrong: sealed under the response's key, read only by whoever handles them."""

from __future__ import annotations

import datetime as dt

from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.types import IncidentKind, IncidentState
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.intake.services.submit import scope_of
from tongzhou.kernel import audit, changes, crypto
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["LONGEST", "append", "handle", "known", "text_of"]

#: Characters of one report.
LONGEST = 2000


def known(assignment: Assignment, key: str) -> IncidentReport | None:
    """The report that this key made already; ``Refusal("key_reused")`` for another assignment's."""
    found = IncidentReport.objects.filter(key=key).first()
    if found is not None and found.assignment_id != assignment.pk:
        raise Refusal("key_reused")
    return found


def append(
    *, actor: Actor, act: Act | str, assignment: Assignment, kind: str, text: str, key: str, now: dt.datetime
) -> IncidentReport:
    """Keep a report."""
    report = IncidentReport(
        assignment=assignment, response_id=assignment.response_id, line=assignment.line, place_id=assignment.place_id,
        kind=IncidentKind(kind).value, by_id=actor.account_id, by_name=actor.name[:100], key=key, created_at=now,
    )  # fmt: skip
    crypto.prepare(report, scope_of(assignment.response_id))
    crypto.seal(report, text=text[:LONGEST])
    return changes.create(report, actor=actor, act=act)


def text_of(*, actor: Actor, act: Act | str, report: IncidentReport) -> str:
    """What was said; logged."""
    audit.looked(actor=actor, act=act, obj=report, fields=["text"])
    return crypto.unseal(report, "text")


def handle(*, actor: Actor, act: Act | str, report: IncidentReport, outcome: str, now: dt.datetime) -> IncidentReport:
    """Write down what was done about it. Raises ``Refusal("incident_handled")``."""
    if report.state != IncidentState.OPEN:
        raise Refusal("incident_handled")
    return changes.apply(
        report, actor=actor, act=act, state=IncidentState.HANDLED, handled_at=now, handled_by_name=actor.name[:100],
        outcome=outcome[:300],
    )  # fmt: skip
