"""A second person approves: what is carried out, what goes stale, and that nothing is ever over-committed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

import builders as b
from builders_planning import a_plan, a_standing, a_team, an_open_need, an_open_offer, in_standing, moved
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import free_of_offer, open_of_need
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import Pin, Plan, PlanLine, StandingApproval
from tongzhou.chain.planning.services.approving import reject_plan
from tongzhou.chain.planning.services.running import run_plan, start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.chain.triage.types import Verdict
from tongzhou.flows.approve_plan import Approved, approve_plan
from tongzhou.flows.dispatch_standing import dispatch_ready, dispatch_standing
from tongzhou.flows.replan import withdraw_for_standing
from tongzhou.flows.verify_need import take_need, verify_need
from tongzhou.kernel import clock, kept
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.organisations.models import Organisation, Standing
from tongzhou.registers.responses.models import Response

pytestmark = pytest.mark.django_db


def approve(plan: Plan, actor: Actor | None = None, **over: Any) -> Approved:
    plan.refresh_from_db()
    said = {"actor": actor or b.an_actor("liaison"), "plan": plan, "expect": plan.version, "now": clock.now()}
    return approve_plan(**(said | over))


def states(plan: Plan) -> dict[Any, str]:
    return dict(PlanLine.objects.filter(plan=plan).values_list("need_id", "state"))


def proposed() -> set[tuple[Any, Any, int]]:
    rows = Assignment.objects.filter(state="proposed")
    return set(rows.values_list("need_id", "offer_id", "quantity"))


def test_a_second_person_approves() -> None:
    maker = b.an_actor("coordinator")
    first, second, offer = an_open_need(200), an_open_need(100, urgency=2), an_open_offer(250)
    plan = a_plan(maker)
    assert Assignment.objects.count() == 0  # nothing moves before it is approved
    with pytest.raises(Refusal, match="plan_own"):
        approve(plan, maker)
    for nobody in (b.an_actor("verifier"), b.an_actor("officer"), b.an_actor("liaison", "services")):
        with pytest.raises(Refusal, match="not_found"):
            approve(plan, nobody)
    version = plan.version
    assert approve(plan) == Approved(approved=2)
    assert proposed() == {(first.pk, offer.pk, 200), (second.pk, offer.pk, 50)}
    assert (free_of_offer(offer), open_of_need(first), open_of_need(second)) == (0, 0, 50)
    plan.refresh_from_db()
    assert (plan.state, set(states(plan).values())) == ("approved", {"approved"})
    with pytest.raises(Refusal, match="version_stale"):  # the second click of the same page
        approve(plan, expect=version)
    with pytest.raises(Refusal, match="plan_closed"):
        approve(plan)
    entry = AuditEntry.objects.filter(act="plan.approve", changes__has_key="lines").get()
    assert entry.changes["lines"][1]["approved"] == 2


def test_only_the_own_line_and_area_and_what_is_struck() -> None:
    here, there = an_open_need(10, place="420106"), an_open_need(10, place="420902")
    struck = an_open_need(10, place="420102")
    talk = an_open_need(5, place="420106", category="translation")
    an_open_offer(100)
    an_open_offer(5, category="translation")
    plan = a_plan()
    line = PlanLine.objects.get(plan=plan, need=struck)
    assert approve(plan, b.an_actor("liaison", "supplies", "4201"), strike=[line.pk]) == Approved(
        approved=1, struck=1, left=2
    )
    plan.refresh_from_db()
    assert plan.state == "ready"
    assert states(plan) == {here.pk: "approved", struck.pk: "struck", there.pk: "proposed", talk.pk: "proposed"}
    assert approve(plan, b.an_actor("coordinator")) == Approved(approved=2)
    plan.refresh_from_db()
    assert plan.state == "approved"


def test_a_new_plan_keeps_changes_and_takes_back() -> None:
    kept, less, lost = an_open_need(10, place="420102"), an_open_need(30, place="420106"), an_open_need(5, urgency=3)
    offer = an_open_offer(45)
    first = a_plan()
    approve(first)
    assignments = dict(Assignment.objects.values_list("need_id", "pk"))
    Need.objects.filter(pk=less.pk).update(quantity_planned=20, quantity_confirmed=20)
    Need.objects.filter(pk=lost.pk).update(quantity_planned=2, quantity_confirmed=2)
    Pin.objects.create(response=b.a_response(), need=lost, offer=offer, quantity=0, reason="不送")
    fresh = an_open_need(8, place="420107")
    second = a_plan()
    assert second.before == first
    assert approve(second) == Approved(approved=2, kept=1, withdrawn=2)
    assert proposed() == {(kept.pk, offer.pk, 10), (less.pk, offer.pk, 20), (fresh.pk, offer.pk, 8)}
    assert Assignment.objects.get(pk=assignments[kept.pk]).state == "proposed"  # not one touched it
    assert Assignment.objects.get(pk=assignments[lost.pk]).state == "withdrawn"
    first.refresh_from_db()
    assert first.state == "superseded"


def test_a_pair_forbidden_after_the_plan_was_made_is_not_sent() -> None:
    need, offer = an_open_need(30), an_open_offer(30)
    plan = a_plan()
    Pin.objects.create(response=b.a_response(), need=need, offer=offer, quantity=0, reason="仓库封了")
    assert approve(plan) == Approved(stale=1)
    assert "禁止" in PlanLine.objects.get(plan=plan).decided_reason
    assert Assignment.objects.count() == 0


def test_what_somebody_has_taken_meanwhile_stays() -> None:
    need, gone, offer = an_open_need(30), an_open_need(5, place="420106"), an_open_offer(40)
    standing = a_standing()
    one = moved(need, offer, ("outside", "planned", 20), standing=standing)
    two = moved(gone, offer, ("outside", "planned", 5), standing=standing)
    Need.objects.filter(pk=gone.pk).update(quantity_planned=0, quantity_confirmed=0)
    plan = a_plan()
    assert dict(PlanLine.objects.filter(plan=plan).values_list("need_id", "change")) == {
        need.pk: "changed", gone.pk: "gone",
    }  # fmt: skip
    for each in (one, two):
        Assignment.objects.filter(pk=each.pk).update(state="accepted", accepted_at=clock.now(), updated_at=clock.now())
    assert approve(plan) == Approved(stale=2)
    assert set(states(plan).values()) == {"stale"}
    assert "保持现状" in PlanLine.objects.filter(plan=plan)[0].decided_reason
    assert Assignment.objects.filter(state="accepted").count() == 2


def test_what_no_longer_fits_or_is_no_longer_lawful_goes_stale() -> None:
    urgent, routine = an_open_need(60, urgency=0), an_open_need(60, urgency=3, place="420106")
    offer, other = an_open_offer(120), an_open_offer(5, category="goggles")
    eyes = an_open_need(5, category="goggles")
    plan = a_plan()
    Offer.objects.filter(pk=offer.pk).update(quantity=80, quantity_confirmed=80)
    Offer.objects.filter(pk=other.pk).update(goods_expire_on=dt.date(2020, 1, 1))
    assert approve(plan) == Approved(approved=1, stale=2)
    assert states(plan) == {urgent.pk: "approved", routine.pk: "stale", eyes.pk: "stale"}
    assert free_of_offer(offer) == 0 or free_of_offer(Offer.objects.get(pk=offer.pk)) == 20
    told = dict(PlanLine.objects.filter(plan=plan).values_list("need_id", "decided_reason"))
    with override("en"):
        in_english = {key: kept.shown(text) for key, text in told.items()}
    told = {key: kept.shown(text) for key, text in told.items()}
    assert "2020-01-01，已过" in told[eyes.pk]
    assert "20" in told[routine.pk]
    assert in_english[eyes.pk] == "good until 2020-01-01, which is over"
    assert "20" in in_english[routine.pk]
    assert in_english[routine.pk].isascii(), in_english


def test_refusing_a_plan_leaves_everything_as_it_is() -> None:
    an_open_need()
    an_open_offer()
    plan = a_plan()
    actor, now = b.an_actor("liaison"), clock.now()
    with pytest.raises(Refusal, match="bad_form"):
        reject_plan(actor=actor, plan=plan, expect=plan.version, reason="", now=now)
    done = reject_plan(actor=actor, plan=plan, expect=plan.version, reason="数字不对", now=now)
    assert (done.state, done.closed_reason, Assignment.objects.count()) == ("rejected", "数字不对", 0)
    with pytest.raises(Refusal, match="plan_closed"):
        approve(plan)


def test_a_plan_of_the_system_needs_one_person() -> None:
    an_open_need()
    an_open_offer()
    plan = a_plan(SYSTEM)
    assert plan.made_by is None
    assert approve(plan, b.an_actor("coordinator")) == Approved(approved=1)


def test_an_errand_leaves_at_once() -> None:
    """The nearer team first; what the approval does not cover waits for a person."""
    team, far_team = a_team(), a_team("远处志愿队")
    given = a_standing(team, category=b.a_category("errand_medicine"), area=b.a_place("420106"), most=3)
    a_standing(far_team, category=b.a_category("errand_medicine"), area=b.a_place("4201"))
    said: dict[str, Any] = {"category": "errand_medicine", "place": "420106"}
    near = an_open_offer(2, team=team, **said)
    far = an_open_offer(5, team=far_team, category="errand_medicine", place="420102")
    need = an_open_need(3, **said)
    made = dispatch_standing(need=need, now=clock.now())
    assert [(one.offer_id, one.quantity, one.standing_id) for one in made[:1]] == [(near.pk, 2, given.pk)]
    assert [(one.offer_id, one.quantity) for one in made[1:]] == [(far.pk, 1)]
    assert dispatch_standing(need=need, now=clock.now()) == []
    # 4 is more than one errand of the near team may be; the far team has no such limit.
    more = dispatch_standing(need=an_open_need(4, **said), now=clock.now())
    assert [(one.offer_id, one.quantity) for one in more] == [(far.pk, 4)]


def test_a_narrow_approval_that_is_too_small_hides_no_wider_one() -> None:
    team, said = a_team(), {"category": "errand_medicine", "place": "420106"}
    wide = a_standing(team, category=b.a_category("errand_medicine"), area=b.a_place("4201"), most=None)
    narrow = a_standing(team, category=b.a_category("errand_medicine"), area=b.a_place("420106"), most=2)
    an_open_offer(20, team=team, **said)
    for quantity, word in ((2, narrow), (5, wide)):
        [made] = dispatch_standing(need=an_open_need(quantity, **said), now=clock.now())
        assert (made.quantity, made.standing_id) == (quantity, word.pk)


def test_an_approval_in_advance_sends_no_goods_that_a_command_allocates() -> None:
    """Neither a need's nor a plan's; what the donor meant for a place, and errands, go."""
    team = a_team()
    a_standing(team)
    a_standing(team, category=b.a_category("errand_medicine"))
    Response.objects.update(under_command=True)
    goods, errand = an_open_need(40), an_open_need(1, category="errand_medicine")
    an_open_offer(10, team=team)
    meant = an_open_offer(10, team=team, earmark="武汉市")
    service = an_open_offer(1, team=team, category="errand_medicine")
    made = dispatch_standing(need=goods, now=clock.now()) + dispatch_standing(need=errand, now=clock.now())
    assert {one.offer_id for one in made} == {meant.pk, service.pk}
    plan = a_plan()
    assert plan.is_proposal
    assert dispatch_ready() == 0
    assert approve(plan) == Approved(kept=2, left=1)  # what left already is confirmed without the command
    with pytest.raises(Refusal, match="command_unasked"):
        approve(plan)
    assert approve(plan, command_answer="物资组同意，调拨单 1 号") == Approved(approved=1)


@pytest.mark.parametrize(
    "spoil", ["unverified", "elsewhere", "other", "over", "withdrawn", "covered", "forbidden", "not_ours", "expired"]
)
def test_an_errand_that_nothing_covers_waits(spoil: str) -> None:
    today, team = clock.beijing(clock.now()).date(), a_team()
    category = b.a_category("errand_medicine")
    standing = a_standing(team, category=category, area=b.a_place("420106"), most=3)
    offer = an_open_offer(2, team=team if spoil != "not_ours" else None, category=category, place="420106")
    over: dict[str, Any] = {"category": category, "place": "420102" if spoil == "elsewhere" else "420106"}
    if spoil == "other":
        over["category"] = "errand_shopping"
    need = an_open_need(4 if spoil == "over" else 1, **over)
    if spoil == "unverified":
        Need.objects.filter(pk=need.pk).update(state="received")
    elif spoil == "withdrawn":
        StandingApproval.objects.filter(pk=standing.pk).update(withdrawn_at=clock.now())
    elif spoil == "expired":
        StandingApproval.objects.filter(pk=standing.pk).update(valid_until=clock.now())
    elif spoil == "forbidden":
        Pin.objects.create(response=b.a_response(), need=need, offer=offer, quantity=0, reason="不要去")
    elif spoil == "covered":
        Cover.objects.create(
            response=b.a_response(), place=b.a_place("42"), category=category, line="services", by="government",
            by_name="区里", quantity=1, starts_on=today, source="测试",
        )  # fmt: skip
    assert dispatch_standing(need=need, now=clock.now()) == []
    assert Assignment.objects.count() == 0


def test_lines_of_a_ready_plan_that_are_covered_leave_by_the_tick() -> None:
    team = a_team()
    standing = a_standing(team, most=50)
    small, large = an_open_need(40, place="420106"), an_open_need(80, place="420102")
    offer = an_open_offer(500, team=team)
    plan = a_plan()
    assert dispatch_ready() == 1
    assert dispatch_ready() == 0
    made = Assignment.objects.get()
    assert (made.need_id, made.offer_id, made.quantity, made.standing_id) == (small.pk, offer.pk, 40, standing.pk)
    assert made.plan_line is not None
    plan.refresh_from_db()
    assert (plan.state, states(plan)) == ("ready", {small.pk: "approved", large.pk: "proposed"})
    assert approve(plan) == Approved(approved=1)
    plan.refresh_from_db()
    assert plan.state == "approved"


def test_an_organisation_that_loses_its_standing() -> None:
    company = b.an_organisation("测试公司", kind="company")
    held = Standing.objects.create(
        organisation=company, state="current", decided="current", cause="papers_complete", since=clock.now()
    )
    other = an_open_offer(100)
    lost, sent = an_open_need(100), an_open_need(100, place="420106")
    offer = an_open_offer(200, organisation=company)
    standing = a_standing()
    moved(lost, offer, ("outside", "planned", 100), ("planned", "accepted", 100), standing=standing)
    moved(
        sent, offer, ("outside", "planned", 100), ("planned", "accepted", 100), ("accepted", "in_transit", 100),
        standing=standing,
    )  # fmt: skip
    moved(an_open_need(10), other, ("outside", "planned", 10), standing=standing)
    assert withdraw_for_standing() == 0
    Standing.objects.filter(pk=held.pk).update(until=clock.now())
    Standing.objects.create(
        organisation=company,
        state="suspended",
        decided="suspended",
        cause="suspended",
        reason="测试",
        since=clock.now(),
    )
    assert withdraw_for_standing() == 1
    assert withdraw_for_standing() == 0
    assert dict(Assignment.objects.filter(offer=offer).values_list("need_id", "state")) == {
        lost.pk: "withdrawn", sent.pk: "in_transit",
    }  # fmt: skip
    plan = Plan.objects.get()
    assert (plan.state, plan.made_by) == ("queued", None)


def suspended(company: Organisation) -> None:
    Standing.objects.filter(organisation=company, until=None).update(until=clock.now())
    Standing.objects.create(
        organisation=company, state="suspended", decided="suspended", cause="suspended", reason="测试",
        since=clock.now(),
    )  # fmt: skip


def test_a_plan_that_was_being_made_when_a_standing_lapsed_is_followed_by_another() -> None:
    """It may have read the world of before, so it is not the new plan that is owed."""
    company = in_standing(b.an_organisation("测试公司", kind="company"))
    moved(an_open_need(100), an_open_offer(100, organisation=company), ("outside", "planned", 100),
          standing=a_standing())  # fmt: skip
    an_open_offer(100)
    at_it = start_plan(actor=SYSTEM, response=b.a_response(), scope=Scope(), now=clock.now())
    Plan.objects.filter(pk=at_it.pk).update(state="running", as_of=clock.now(), attempts=1)
    suspended(company)
    assert withdraw_for_standing() == 1
    assert Plan.objects.get().state == "running"  # one at a time: it could not be begun yet
    Plan.objects.filter(pk=at_it.pk).update(state="ready")
    assert withdraw_for_standing() == 0
    again = Plan.objects.exclude(pk=at_it.pk).get()
    assert (again.state, again.made_by) == ("queued", None)
    run_plan(again.pk)
    for _ in range(2):
        assert withdraw_for_standing() == 0
    assert Plan.objects.count() == 2


def test_nobody_is_asked_to_approve_what_an_organisation_without_standing_would_send() -> None:
    company = in_standing(b.an_organisation("测试公司", kind="company"))
    need = an_open_need(100)
    an_open_offer(100, organisation=company, place="420106")
    here = Scope(area="4201", category="surgical_mask")
    waiting = a_plan(scope=here)
    assert withdraw_for_standing() == 0
    assert Plan.objects.count() == 1
    suspended(company)
    withdraw_for_standing()
    again = Plan.objects.exclude(pk=waiting.pk).get()
    assert (again.area_id, again.category_id, again.line) == ("4201", "surgical_mask", "")
    run_plan(again.pk)
    waiting.refresh_from_db()
    assert waiting.state == "superseded"
    assert not PlanLine.objects.filter(plan=again, need=need, quantity__gt=0).exists()
    withdraw_for_standing()
    assert Plan.objects.count() == 2


def test_verifying_a_need_sends_the_errand(django_capture_on_commit_callbacks: Any) -> None:
    category = b.a_category("errand_medicine")
    team = a_team()
    a_standing(team, category=category, area=b.a_place("420106"))
    offer = an_open_offer(5, team=team, category=category, place="420106")
    need = b.a_need(category=category, place="420106", quantity_asked=2, quantity_planned=2)
    actor, now = b.an_actor("verifier", account=b.an_account()), clock.now()
    take_need(actor=actor, need=need, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        verify_need(actor=actor, need=need, verdict=Verdict("confirmed", quantity=2, urgency=1), expect=1, now=now)
    assert proposed() == {(need.pk, offer.pk, 2)}
