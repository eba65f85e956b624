"""Many lines approved by the worker: batch by batch, stopped, killed, begun again; what was assigned is right."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Sum

from builders_planning import a_plan, a_standing, an_open_need, an_open_offer, moved
from tongzhou.chain.dispatch.models import Assignment, Movement
from tongzhou.chain.intake.models import Need
from tongzhou.chain.planning.models import Approval, Plan, PlanLine
from tongzhou.chain.planning.services.approving import reject_plan
from tongzhou.flows import approve_later
from tongzhou.flows.approve_later import approve, resume_dead, run_approval, stop_approval
from tongzhou.flows.approve_plan import Approved, approve_plan
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry, OutboxMessage
from tongzhou.registers.people.models import Account, Grant
from tongzhou.registers.responses.models import Response

pytestmark = pytest.mark.django_db

#: Districts of Wuhan.
DISTRICTS = ("420102", "420103", "420104", "420105", "420106", "420107")


class Killed(BaseException):
    """What a dying process looks like from inside: nobody catches it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five lines are many, and two of them a batch."""
    monkeypatch.setattr(approve_later, "AT_ONCE", 4)
    monkeypatch.setattr(approve_later, "BATCH", 2)


def a_liaison(area: str = "") -> Actor:
    """A real account, which the worker can find again."""
    account = Account.objects.create(login=f"liaison-{Account.objects.count()}", name="联络员")
    Grant.objects.create(
        account=account, role="liaison", area=area, valid_from=clock.now() - dt.timedelta(days=1), reason="-"
    )
    from tongzhou.registers.people.actors import actor_for

    return actor_for(account, second_factor=True)


def six_lines() -> Plan:
    for place in DISTRICTS:
        an_open_need(10, place=place)
    an_open_offer(60)
    return a_plan()


def test_a_worker_sends_a_commands_goods_only_on_its_answer() -> None:
    plan, actor = six_lines(), a_liaison()
    Response.objects.update(under_command=True)
    with pytest.raises(Refusal, match="command_unasked"):
        begun(plan, actor)
    job = begun(plan, actor, command_answer="物资组同意，调拨单 1 号")
    assert run_approval(job.pk) == "done"
    assert set(PlanLine.objects.filter(plan=plan).values_list("state", "decided_reason")) == {
        ("approved", "物资组同意，调拨单 1 号")
    }  # fmt: skip


def begun(plan: Plan, actor: Actor, **over: Any) -> Approval:
    plan.refresh_from_db()
    job = approve(actor=actor, plan=plan, expect=plan.version, now=clock.now(), **over)
    assert isinstance(job, Approval)
    return job


def sound() -> None:
    """Every assignment has its movement, its row in the trail and its event, once; nothing is over-committed."""
    for one in Assignment.objects.all():
        planned = Movement.objects.filter(assignment=one, source="outside", target="planned")
        assert planned.aggregate(units=Sum("quantity"))["units"] == one.quantity
        assert planned.count() == 1
        assert audit.history(one).filter(act="assignment.propose").count() == 1
        assert OutboxMessage.objects.filter(payload__assignment=one.code, payload__event="proposed").count() == 1
        assert PlanLine.objects.get(pk=one.plan_line_id).state == "approved"
    assert audit.verify() == []


def test_few_lines_are_approved_at_once() -> None:
    an_open_need(10)
    an_open_offer(60)
    plan = a_plan()
    assert approve(actor=a_liaison(), plan=plan, expect=plan.version, now=clock.now()) == Approved(approved=1)
    assert not Approval.objects.exists()


def test_many_lines_are_carried_out_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = six_lines(), a_liaison()
    struck = PlanLine.objects.get(plan=plan, place="420104")
    job = begun(plan, actor, strike=[struck.pk])
    assert (job.state, job.total, Assignment.objects.count()) == ("queued", 6, 0)
    with pytest.raises(Refusal, match="version_stale"):  # the second click of the same page
        approve(actor=actor, plan=plan, expect=plan.version, now=clock.now())
    plan.refresh_from_db()
    with pytest.raises(Refusal, match="approval_running"):
        approve_plan(actor=actor, plan=plan, expect=plan.version, now=clock.now())
    with pytest.raises(Refusal, match="approval_running"):
        reject_plan(actor=actor, plan=plan, expect=plan.version, reason="不要了", now=clock.now())
    seen: list[int] = []
    real = approve_later.carry_out

    def counted(**said: Any) -> Approved:
        seen.append(Approval.objects.get().done)
        return real(**said)

    monkeypatch.setattr(approve_later, "carry_out", counted)
    assert run_approval(job.pk) == "done"
    assert run_approval(job.pk) == "done"  # a second job of the same approval finds nothing to do
    assert seen == [1, 3, 5]  # the struck one first, then two and two and one
    job.refresh_from_db()
    assert (job.done, job.percent, job.attempts) == (6, 100, 1)
    assert Approved(**job.counts) == Approved(approved=5, struck=1)
    plan.refresh_from_db()
    assert plan.state == "approved"
    assert Assignment.objects.count() == 5
    entry = AuditEntry.objects.filter(act="plan.approve", changes__has_key="lines").get()
    assert (entry.actor_id, entry.changes["lines"][1]["approved"]) == (actor.account_id, 5)
    sound()


def test_who_may_approve_may_stop_it_and_somebody_approves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = six_lines(), a_liaison()
    job = begun(plan, actor)
    with pytest.raises(Refusal, match="not_found"):
        stop_approval(actor=a_liaison(area="31"), approval=job)  # of another province
    real = approve_later.carry_out

    def then_stop(**said: Any) -> Approved:
        done = real(**said)
        stop_approval(actor=a_liaison(), approval=job)  # not the one who gave it: one who could have
        return done

    monkeypatch.setattr(approve_later, "carry_out", then_stop)
    assert run_approval(job.pk) == "cancelled"
    monkeypatch.setattr(approve_later, "carry_out", real)
    plan.refresh_from_db()
    job.refresh_from_db()
    assert (plan.state, job.done, Assignment.objects.count()) == ("ready", 2, 2)
    assert PlanLine.objects.filter(plan=plan, state="proposed").count() == 4
    sound()
    assert AuditEntry.objects.filter(act="plan.approve", changes__has_key="lines").get().changes["lines"][1] == {
        "approved": 2, "kept": 0, "withdrawn": 0, "stale": 0, "struck": 0,
    }  # fmt: skip
    with pytest.raises(Refusal, match="plan_closed"):
        stop_approval(actor=actor, approval=job)
    told = approve(actor=a_liaison(), plan=plan, expect=plan.version, now=clock.now())
    assert told == Approved(approved=4)  # four are few enough
    plan.refresh_from_db()
    assert plan.state == "approved"
    sound()


def test_a_killed_worker_loses_the_batch_at_hand_only(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = six_lines(), a_liaison()
    job = begun(plan, actor)
    real, calls = approve_later.approving.close_lines, []

    def die(*said: Any, **more: Any) -> int:
        calls.append(said)
        if len(calls) == 3:  # nothing struck, the first batch, the second
            raise Killed
        return real(*said, **more)

    monkeypatch.setattr(approve_later.approving, "close_lines", die)
    with pytest.raises(Killed):
        run_approval(job.pk)
    monkeypatch.setattr(approve_later.approving, "close_lines", real)
    job.refresh_from_db()
    assert (job.state, job.done, Assignment.objects.count()) == ("running", 2, 2)
    sound()
    beat = job.beat_at
    assert beat is not None
    assert resume_dead(beat + dt.timedelta(seconds=59)) == 0
    assert run_approval(job.pk) == "running"
    assert resume_dead(beat + dt.timedelta(seconds=60)) == 1
    assert run_approval(job.pk) == "done"
    job.refresh_from_db()
    assert (job.attempts, job.done, Approved(**job.counts)) == (2, 6, Approved(approved=6))
    assert Assignment.objects.count() == 6
    sound()


def test_a_right_that_ends_half_way_ends_the_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = six_lines(), a_liaison()
    job = begun(plan, actor)
    real = approve_later.carry_out

    def then_revoke(**said: Any) -> Approved:
        done = real(**said)
        Grant.objects.filter(account_id=actor.account_id).update(revoked_at=clock.now() - dt.timedelta(seconds=1))
        return done

    monkeypatch.setattr(approve_later, "carry_out", then_revoke)
    assert run_approval(job.pk) == "failed"
    job.refresh_from_db()
    plan.refresh_from_db()
    assert (job.failure["code"], job.done, plan.state) == ("approver_gone", 2, "ready")
    sound()


def test_a_plan_that_is_replaced_meanwhile_is_not_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = six_lines(), a_liaison()
    job = begun(plan, actor)
    Plan.objects.filter(pk=plan.pk).update(state="superseded")
    assert run_approval(job.pk) == "failed"
    job.refresh_from_db()
    assert (job.failure["code"], Assignment.objects.count()) == ("plan_closed", 0)


def test_only_the_own_lines_in_the_background_too() -> None:
    plan = six_lines()
    far = an_open_need(10, place="4209")
    an_open_offer(10)
    plan = a_plan()
    job = begun(plan, a_liaison("4201"))
    assert job.total == 6
    assert run_approval(job.pk) == "done"
    plan.refresh_from_db()
    assert plan.state == "ready"
    assert PlanLine.objects.get(plan=plan, state="proposed").need_id == far.pk


def test_what_frees_something_comes_before_what_takes_it() -> None:
    """40 in hand, 10 each for four districts as approved; now the last one needs 25, and three are content with 5: the
    three that shrink come first although the last is the more urgent, so in batches of two nothing goes stale."""
    needs = [an_open_need(10, place=place, urgency=2) for place in DISTRICTS[:4]]
    offer, standing = an_open_offer(40), a_standing()
    for need in needs:
        moved(need, offer, ("outside", "planned", 10), standing=standing)
    for need, units in zip(needs, (5, 5, 5, 25), strict=True):
        Need.objects.filter(pk=need.pk).update(quantity_planned=units, quantity_confirmed=units)
    Need.objects.filter(pk=needs[3].pk).update(urgency=1, urgency_order=1)
    other = an_open_need(3, category="goggles")
    an_open_offer(3, category="goggles")
    plan = a_plan()
    job = begun(plan, a_liaison())
    assert run_approval(job.pk) == "done"
    job.refresh_from_db()
    assert Approved(**job.counts) == Approved(approved=5, withdrawn=4)
    rows = Assignment.objects.filter(state="proposed").values_list("need_id", "quantity")
    assert dict(rows) == {needs[0].pk: 5, needs[1].pk: 5, needs[2].pk: 5, needs[3].pk: 25, other.pk: 3}
