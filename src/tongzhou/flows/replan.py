"""What follows when an organisation loses its standing: nothing more goes out in its name, and a new plan is begun."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import TAKE_BACK
from tongzhou.chain.dispatch.services.assignments import give_back
from tongzhou.chain.dispatch.services.locking import lock_assignments
from tongzhou.chain.dispatch.types import AssignmentState, Via
from tongzhou.chain.planning.services.running import start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.flows import events
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.selectors import with_standing
from tongzhou.registers.organisations.types import StandingState
from tongzhou.registers.responses.models import Response

__all__ = ["withdraw_for_standing"]

#: Nothing of these has left yet.
NOT_SENT = (AssignmentState.PROPOSED, AssignmentState.ACCEPTED)
_LAPSED = gettext_noop("组织资格不再有效")


def withdraw_for_standing(now: dt.datetime | None = None) -> int:
    """Take back what organisations without a valid standing were to send, and plan anew; how many assignments.

    What is on its way stays: the goods have left, and the receiver still signs for them. Safe to repeat.
    """
    moment = now or clock.now()
    standing = with_standing(Organisation.objects.filter(pk=OuterRef("organisation_id")), moment)
    rows = Assignment.objects.filter(state__in=NOT_SENT, organisation__isnull=False)
    judged = rows.annotate(standing_now=Subquery(standing.values("standing")[:1]))
    ids = list(judged.exclude(standing_now=StandingState.CURRENT).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    done, responses = 0, set()
    with transaction.atomic():
        for one in lock_assignments(ids):
            if one.state not in NOT_SENT:  # sent while we waited
                continue
            holder = one.holder_id
            give_back(
                actor=SYSTEM, one=one, act=TAKE_BACK, reason=_LAPSED, ended=AssignmentState.WITHDRAWN, now=moment,
                via=Via.SYSTEM,
            )  # fmt: skip
            events.post("withdrawn", one, accounts=[holder], reason=_LAPSED)
            responses.add(one.response_id)
            done += 1
    for response in Response.objects.filter(pk__in=responses).order_by("slug"):
        try:
            start_plan(actor=SYSTEM, response=response, scope=Scope(), now=moment)
        except Refusal:  # the response is closed, or a plan of everything is being made already
            continue
    return done
