"""The demo's work under way: what was verified, a team with its errands, and a plan that awaits approval.

Verified are two of three real pleas (their collectors had called them; here it is said by the demo), and the made-up
gifts but every tenth. Written in bulk: 1,400 calls by hand would be the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.dispatch.models import VolunteerProfile
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import (
    Channel,
    ForWhom,
    NeedLine,
    NeedState,
    OfferState,
    SaidContact,
    SaidNeed,
    Urgency,
)
from tongzhou.chain.planning.models import Plan
from tongzhou.chain.planning.services.running import run_plan, start_plan
from tongzhou.chain.planning.services.steering import give_standing
from tongzhou.chain.planning.types import Scope
from tongzhou.chain.triage.services.checks import need_fields, offer_fields
from tongzhou.chain.triage.types import Outcome, Verdict
from tongzhou.flows.dispatch_standing import dispatch_standing
from tongzhou.flows.submit_need import submit_need
from tongzhou.kernel import audit, changes, clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.organisations.models import Organisation, Requirement
from tongzhou.registers.organisations.services import verify_paper
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.services import create_team, join_team
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

__all__ = ["ERRAND", "let_the_foundation_give", "plan_the_demo", "verify_the_demo", "work_of_the_team"]

_REASON = gettext_noop("演示")
#: The street-level errand that the demo's team runs.
ERRAND, DISTRICT = "errand_medicine", "420102"
TEAM = gettext_noop("合成江岸志愿者队")
#: The made-up hospital and foundation whose officers the tour plays.
HOSPITAL, FOUNDATION = "合成医院", "合成基金会01"
_STREETS = ("420102003", "420102005", "420102010")
_BULK = 500


@transaction.atomic
def verify_the_demo(*, actor: Actor, response: Response, area: str) -> None:
    """Call two of three real pleas and nine of ten made-up gifts verified; urgent and confirmed where a number was."""
    now = clock.now()
    received = Need.objects.filter(response=response, state=NeedState.RECEIVED).select_related("category")
    listed = [need for at, need in enumerate(received.filter(synthetic=False).order_by("pk")) if at % 3]
    listed += received.filter(organisation__name=HOSPITAL, quantity_asked__gt=0)
    urgent = _with_numbers(listed, area)
    _write(actor, now, [(one, need_fields(one, _verdict(one in urgent, one), now)) for one in listed])
    offers = Offer.objects.filter(response=response, state=OfferState.RECEIVED).order_by("pk")
    gifts = [offer for at, offer in enumerate(offers.select_related("category")) if at % 10]
    _write(actor, now, [(one, offer_fields(one, Verdict(Outcome.CONFIRMED), now)) for one in gifts])


@transaction.atomic
def let_the_foundation_give(*, actor: Actor, response: Response) -> None:
    """The foundation of the tour has its papers, and its gifts are its own: its officer accepts what is assigned."""
    giver = Organisation.objects.get(name=FOUNDATION)
    papers = Requirement.objects.filter(kind=giver.kind, mandatory=True, charity_only=False, withdrawn_at=None)
    for paper in papers:
        verify_paper(
            actor=actor, organisation=giver, requirement=paper, accepted=True, evidence="演示：编造的单位，没有真的材料"
        )
    for gift in Offer.objects.filter(response=response, giver=FOUNDATION):
        changes.apply(gift, actor=actor, act="demo.gift", reason=_REASON, organisation=giver)


def _with_numbers(needs: Iterable[Need], area: str) -> set[Need]:
    """The first dozen in the area that say how many."""
    said = [one for one in needs if one.quantity_asked and not one.quantity_flag and one.place_id.startswith(area)]
    return set(said[:12])


def _verdict(urgent: bool, need: Need) -> Verdict:
    if not urgent:
        return Verdict(Outcome.CONFIRMED, urgency=Urgency.IMPORTANT)
    return Verdict(Outcome.CONFIRMED, urgency=Urgency.URGENT, quantity=need.quantity_asked)


def _write(actor: Actor, now: dt.datetime, rows: list[tuple[Any, dict[str, Any]]]) -> None:
    """The same change as one by one (`kernel.changes`), in few statements."""
    if not rows:
        return
    names: set[str] = set()
    told = []
    for record, fields in rows:
        before = {name: getattr(record, name) for name in fields}
        for name, value in fields.items():
            setattr(record, name, value)
        record.version, record.updated_at = record.version + 1, now
        names |= fields.keys()
        told.append((record, {k: [_said(before[k]), _said(v)] for k, v in fields.items() if before[k] != v}))
    model = type(rows[0][0])
    model._default_manager.bulk_update(
        [record for record, _ in rows], [*sorted(names), "version", "updated_at"], batch_size=_BULK
    )
    audit.record_many(actor=actor, act="demo.verified", rows=told, reason=_REASON)


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.datetime) else value


@transaction.atomic
def work_of_the_team(*, actor: Actor, response: Response, volunteer: Account) -> None:
    """A team of volunteers in one district, its errands approved in advance, and three pleas it can run for."""
    now = clock.now()
    team = create_team(actor=actor, name=TEAM, area=DISTRICT, response_id=response.pk, lead=volunteer)
    join_team(actor=actor, team=team, account=volunteer)
    profile = VolunteerProfile(account=volunteer, adult=True, healthy_at=now, kit_at=now, insured=True)
    changes.create(profile, actor=actor, act="demo.profile", reason=_REASON)
    district, category = Place.objects.get(code=DISTRICT), Category.objects.get(key=ERRAND)
    offer = Offer(
        code=ids.new_code(), response=response, line=category.line, place=district, giver=TEAM, category=category,
        item=category.name, unit=category.unit, quantity=20, quantity_confirmed=20, may_go=[DISTRICT], team=team,
        state=OfferState.VERIFIED, verified_at=now, channel=Channel.ENTRY, synthetic=True,
    )  # fmt: skip
    changes.create(offer, actor=actor, act="demo.offer", reason=_REASON)
    # The right is a liaison's; the demo's loader writes it down for that role.
    give_standing(
        actor=actor, response=response, team=team, category=category, area=district, most=2,
        valid_until=now + dt.timedelta(days=90), reason="江岸区代取药品，队里先去，事后看记录", now=now,
    )  # fmt: skip
    for number, street in enumerate(_STREETS):
        _errand(actor, response, Place.objects.get(code=street), number, now)


def _errand(actor: Actor, response: Response, street: Place, number: int, now: dt.datetime) -> None:
    said = SaidNeed(
        for_whom=ForWhom.SELF.value,
        lines=(NeedLine(item="代取慢病药", quantity=1, unit="次", category=ERRAND),),
        contact=SaidContact(
            name=f"合成求助人 {number + 8}",
            phone=f"190000000{number + 40:02d}",
            address=f"合成小区 {number + 7} 栋 10{number}",
        ),
        place_text=street.full_name,
        urgency_said=Urgency.URGENT,
        vulnerability=("older", "alone"),
        note="医院开好了药，人在隔离，出不了门",
        consent=True,
        raw={"合成": True},
    )
    done = submit_need(
        actor=ANONYMOUS, response=response, key=str(ids.new_id()), said=said, channel=Channel.FORM, now=now
    )
    for need in Need.objects.filter(pk__in=done.records).select_related("category"):
        fields = need_fields(need, Verdict(Outcome.CONFIRMED, quantity=1, urgency=Urgency.URGENT), now)
        changes.apply(need, actor=actor, act="demo.verified", reason=_REASON, synthetic=True, **fields)
        dispatch_standing(need=need, now=now)


def plan_the_demo(*, actor: Actor, response: Response) -> Plan:
    """Plan everything verified. Outside a transaction: the plan is queued first, then made here and now."""
    plan = start_plan(actor=actor, response=response, scope=Scope(), now=clock.now())
    run_plan(plan.pk)
    plan.refresh_from_db()
    return plan
