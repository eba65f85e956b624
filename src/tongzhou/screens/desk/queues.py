"""What waits, for whom it waits, how much and since when. Counts stop at 1,000; one statement counts them all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.delivery.policies import CONFIRM, HANDLE_INCIDENT, LIST_INCIDENTS
from tongzhou.chain.delivery.types import IncidentState
from tongzhou.chain.dispatch.policies import ANSWER, LIST_ASSIGNMENTS
from tongzhou.chain.dispatch.selectors.assignments import assignments
from tongzhou.chain.dispatch.selectors.waiting import Waits, waits_q
from tongzhou.chain.dispatch.types import AssignmentState
from tongzhou.chain.evaluation.policies import LIST_FEEDBACK, READ_FEEDBACK
from tongzhou.chain.evaluation.selectors.feedback import feedback
from tongzhou.chain.evaluation.types import FeedbackState
from tongzhou.chain.intake.models import CallbackRequest, Submission
from tongzhou.chain.intake.policies import (
    CHANGE_LEAD,
    CHANGE_NEED,
    LIST_CALLBACKS,
    LIST_LEADS,
    LIST_NEEDS,
    LIST_OFFERS,
    RELEASE_HELD,
    TAKE_CALLBACK,
)
from tongzhou.chain.intake.selectors.lists import leads, needs, offers
from tongzhou.chain.intake.types import CallState, LeadState, NeedState, OfferState
from tongzhou.chain.planning.policies import APPROVE_PLAN
from tongzhou.chain.planning.selectors.plans import plans
from tongzhou.chain.planning.types import PlanState
from tongzhou.chain.triage.policies import MERGE_NEEDS, VERIFY_NEED, VERIFY_OFFER
from tongzhou.chain.triage.selectors.pairs import pairs_to_count
from tongzhou.kernel.access import Act, Actor, may, scope
from tongzhou.kernel.tables import capped_counts, count_text
from tongzhou.kernel.tables.declared import Text
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.policies import VERIFY_ORGANISATION
from tongzhou.registers.organisations.selectors import UNVERIFIED, with_standing
from tongzhou.registers.people.types import OFFICER
from tongzhou.registers.places.policies import anywhere

__all__ = ["Queue", "queues"]

Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue before it is counted: its rows in parts, each part served by one index, and the moment rows wait from."""

    key: str
    title: Text
    why: Text
    act: Act
    rows: Callable[[Actor, uuid.UUID, dt.datetime], list[Rows]]
    path: str
    #: The act that shortens the queue; whoever may only look reads the figure.
    worker: Act
    since: str = "created_at"
    #: Only for who holds this role; "" for everybody with the act.
    only: str = ""
    #: What finds the longest-waiting row; ids rise with time, and every table has an index on them.
    first_by: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as shown. `oldest`: when its longest-waiting row began to wait. `href`: "" for who can only look."""

    key: str
    title: str
    why: str
    count: int
    figure: str
    oldest: dt.datetime | None
    href: str


def _states(rows: Rows, *states: str, **more: Any) -> list[Rows]:
    return [rows.filter(state=state, **more) for state in states]


def _callbacks(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    held = scope(actor, LIST_CALLBACKS, line="", area="place_id", organisation="")
    return [CallbackRequest.objects.filter(held, response_id=response, state=CallState.WAITING, next_at__lte=now)]


def _held(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    # Held submissions are few and have an index; the needs that came with them are found from there.
    held = Submission.objects.filter(response_id=response, held_reason__gt="")
    waiting = (NeedState.RECEIVED, NeedState.WAITING)
    return [needs(actor, response).filter(state__in=waiting, submission__in=held)]


def _late(actor: Actor, response: uuid.UUID, waits: Waits, now: dt.datetime) -> Rows:
    """Assignments that wait too long; the facet of their list counts the same rows."""
    return assignments(actor).filter(waits_q(waits, now), response_id=response)


def _to_answer(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    """What an officer's organisation was asked to give and has not answered."""
    own = {grant.organisation for grant in actor.grants if grant.role == OFFICER and grant.organisation is not None}
    return [
        assignments(actor).filter(response_id=response, organisation__in=own, state=AssignmentState.PROPOSED)
    ]  # fmt: skip


def _incidents(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    inside = scope(actor, LIST_INCIDENTS, organisation="")
    return [IncidentReport.objects.filter(inside, response_id=response, state=IncidentState.OPEN)]


def _unverified(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    rows = Organisation.objects.filter(
        scope(anywhere(actor), VERIFY_ORGANISATION, line="", response="", organisation=""), withdrawn_at=None
    )
    return [with_standing(rows, now).filter(standing=UNVERIFIED)]


def _plans(actor: Actor, response: uuid.UUID, now: dt.datetime) -> list[Rows]:
    return [plans(actor).filter(response_id=response, state=PlanState.READY).order_by()]


#: In the order of the work.
WAITING: tuple[Waiting, ...] = (
    Waiting(
        "verify",
        _("求助待核实"),
        _("打电话问清楚，再交给规划"),
        LIST_NEEDS,
        lambda actor, response, now: _states(needs(actor, response), NeedState.RECEIVED, NeedState.WAITING),
        "/verify/",
        VERIFY_NEED,
    ),
    Waiting(
        "callbacks",
        _("等着回电"),
        _("打不通网页、要人打回去的"),
        LIST_CALLBACKS,
        _callbacks,
        "/callbacks/",
        TAKE_CALLBACK,
        since="next_at",
    ),
    Waiting(
        "stale",
        _("该再核实了"),
        _("核实过，但过了这类需求的期限"),
        LIST_NEEDS,
        lambda actor, response, now: _states(needs(actor, response), NeedState.VERIFIED, stale_at__lte=now),
        "/verify/?tab=again",
        VERIFY_NEED,
        since="stale_at",
    ),
    Waiting(
        "flagged",
        _("数量有疑点"),
        _("数量或单位看着不对，先问清再算"),
        LIST_NEEDS,
        lambda actor, response, now: _states(
            needs(actor, response), NeedState.RECEIVED, NeedState.WAITING, quantity_flag__gt=""
        ),
        "/needs/?state=received&state=waiting&flag=implausible&flag=household&flag=unit&flag=unread",
        CHANGE_NEED,
    ),
    Waiting(
        "pairs",
        _("可能重复"),
        _("像是同一件事，由人判断要不要合并"),
        MERGE_NEEDS,
        lambda actor, response, now: [pairs_to_count(actor, response)],
        "/verify/duplicates/",
        MERGE_NEEDS,
        first_by="id",
    ),
    Waiting(
        "held", _("先看一眼"), _("短时间来得太多的，看过再放行"), RELEASE_HELD, _held, "/verify/?tab=held", RELEASE_HELD
    ),
    Waiting(
        "offers",
        _("供给待核实"),
        _("问清数量、标准和能送到哪里"),
        LIST_OFFERS,
        lambda actor, response, now: _states(offers(actor, response), OfferState.RECEIVED, OfferState.WAITING),
        "/verify/?kind=offer",
        VERIFY_OFFER,
    ),
    Waiting(
        "answers",
        _("派单等你们答复"),
        _("接还是不接；到时限没有答复就还给计划"),
        LIST_ASSIGNMENTS,
        _to_answer,
        f"/assignments/?state={AssignmentState.PROPOSED}",
        ANSWER,
        since="proposed_at",
        only=OFFICER,
    ),
    Waiting(
        "unanswered",
        _("派单快到时限"),
        _("还没有人接，马上要还给计划"),
        LIST_ASSIGNMENTS,
        lambda actor, response, now: [_late(actor, response, Waits.ANSWER, now)],
        "/assignments/?waits=answer",
        ANSWER,
        since="proposed_at",
    ),
    Waiting(
        "arrivals",
        _("在路上太久"),
        _("送出超过 24 小时，还没有送到"),
        LIST_ASSIGNMENTS,
        lambda actor, response, now: [_late(actor, response, Waits.ARRIVAL, now)],
        "/assignments/?waits=arrival",
        CONFIRM,
        since="sent_at",
    ),
    Waiting(
        "unconfirmed",
        _("送到没有确认"),
        _("送到超过 24 小时，打电话问收到多少"),
        LIST_ASSIGNMENTS,
        lambda actor, response, now: [_late(actor, response, Waits.WORD, now)],
        "/assignments/?waits=word",
        CONFIRM,
        since="delivered_at",
    ),
    Waiting(
        "incidents",
        _("派单出了问题"),
        _("送的人、收的人报告的"),
        LIST_INCIDENTS,
        _incidents,
        "/incidents/",
        HANDLE_INCIDENT,
    ),
    Waiting(
        "leads",
        _("线索没有联系"),
        _("可能有货、还没有答应的单位"),
        LIST_LEADS,
        lambda actor, response, now: _states(leads(actor, response), LeadState.NEW),
        "/leads/?state=new",
        CHANGE_LEAD,
    ),
    Waiting(
        "plans",
        pgettext_lazy("queue", "计划等待批准"),
        _("做计划的人不能批准，要另一个人看过"),
        APPROVE_PLAN,
        _plans,
        f"/plans/?state={PlanState.READY}",
        APPROVE_PLAN,
        since="ready_at",
    ),
    Waiting(
        "orgs",
        _("组织材料待核实"),
        _("材料核实齐全才算有效"),
        VERIFY_ORGANISATION,
        _unverified,
        f"/orgs/?standing={UNVERIFIED}",
        VERIFY_ORGANISATION,
    ),
    Waiting(
        "feedback",
        _("大家的意见"),
        _("有人说哪里不对、缺什么"),
        LIST_FEEDBACK,
        lambda actor, response, now: _states(feedback(actor, response), FeedbackState.OPEN),
        "/feedback/list/",
        READ_FEEDBACK,
    ),
)


def _oldest(parts: list[Rows], since: str, first_by: str = "") -> dt.datetime | None:
    """When the longest-waiting row of any part began to wait. One query a part."""
    moments = [part.order_by(first_by or since).values_list(since, flat=True).first() for part in parts]
    return min((moment for moment in moments if moment is not None), default=None)


def queues(actor: Actor, response: uuid.UUID, slug: str, now: dt.datetime) -> list[Queue]:
    """The queues this actor may look into, in the order of the work. The number of queries is fixed for a role."""
    open_to = [one for one in WAITING if may(actor, one.act) and (not one.only or one.only in actor.roles)]
    parts = {one.key: one.rows(actor, response, now) for one in open_to}
    counted = capped_counts({f"{key}.{at}": rows for key, listed in parts.items() for at, rows in enumerate(listed)})
    found = []
    for one in open_to:
        count = sum(counted[f"{one.key}.{at}"] for at in range(len(parts[one.key])))
        href = one.path if may(actor, one.worker) else ""
        joint = "&" if "?" in href else "?"
        found.append(
            Queue(
                one.key,
                str(one.title),
                str(one.why),
                count,
                count_text(count),
                _oldest(parts[one.key], one.since, one.first_by) if count else None,
                href if not href or one.key == "orgs" else f"{href}{joint}response={slug}",
            )
        )
    return found
