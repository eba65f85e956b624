"""From the snapshot through the engine to rows; what `check` says of the kept zip; a worker that dies."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import builders as b
from builders_planning import a_plan, a_standing, an_open_need, an_open_offer, moved
from tongzhou.chain.intake.models import Need
from tongzhou.chain.planning.models import Plan, PlanLine, PlanNeed, PlanOffer, PlanSnapshot
from tongzhou.chain.planning.services import running
from tongzhou.chain.planning.services.packing import unpack
from tongzhou.chain.planning.services.running import cancel_plan, resume_dead, run_plan, start_plan
from tongzhou.chain.planning.types import PlanState, Scope
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.responses.models import Response
from tongzhou_engines.allocation import check
from tongzhou_engines.base.files import read_table

pytestmark = pytest.mark.django_db


def test_two_needs_one_offer(tmp_path: Path) -> None:
    """300 masks for 200 that are urgent and 200 that are important: the first is filled, the second gets 100."""
    urgent = an_open_need(200, urgency=1)
    important = an_open_need(200, urgency=2, place="420106")
    offer = an_open_offer(300)
    plan = a_plan()
    assert plan.state == PlanState.READY, plan.failure
    assert (plan.progress, plan.step, plan.attempts) == (100, "", 1)
    lines = {line.need_id: line.quantity for line in PlanLine.objects.filter(plan=plan)}
    assert lines == {urgent.pk: 200, important.pk: 100}
    gap = PlanNeed.objects.get(plan=plan, need=important)
    assert (gap.asked, gap.planned, gap.served, gap.basis, gap.reason) == (
        200,
        200,
        100,
        "confirmed",
        "more_urgent_first",
    )
    assert gap.text_zh
    assert gap.text_en
    given = PlanOffer.objects.get(plan=plan)
    assert (given.offer_id, given.free, given.given, given.reason) == (offer.pk, 300, 300, "")
    unpack(plan.snapshot.content, tmp_path)
    found = check(tmp_path)
    assert found.ok, found.faults
    assert plan.figures["needs"] == 2
    assert (plan.figures["helped"], plan.figures["full"], plan.figures["gap"]) == (2, 1, 1)


def rows_of(plan: Plan) -> tuple[int, int, int]:
    return tuple(model.objects.filter(plan=plan).count() for model in (PlanNeed, PlanLine, PlanSnapshot))  # type: ignore[return-value]


def queued() -> Plan:
    an_open_need()
    an_open_offer()
    return start_plan(actor=b.an_actor("coordinator"), response=b.a_response(), scope=Scope(), now=clock.now())


class Killed(BaseException):
    """What a dying process looks like from inside: nobody catches it."""


def test_a_worker_killed_half_way(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = queued()
    real = running.PlanOffer.objects.bulk_create

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(running.PlanOffer.objects, "bulk_create", die)
    with pytest.raises(Killed):
        run_plan(plan.pk)
    plan.refresh_from_db()
    assert (plan.state, plan.attempts, rows_of(plan)) == ("running", 1, (0, 0, 0))
    beat = plan.beat_at
    assert beat is not None
    assert resume_dead(beat + dt.timedelta(seconds=59)) == 0
    assert run_plan(plan.pk) == "running"  # nobody else may take it up before it is dead
    assert resume_dead(beat + dt.timedelta(seconds=60)) == 1
    monkeypatch.setattr(running.PlanOffer.objects, "bulk_create", real)
    assert run_plan(plan.pk) == "ready"
    assert run_plan(plan.pk) == "ready"  # a second job of the same plan finds nothing to do
    plan.refresh_from_db()
    assert (plan.attempts, rows_of(plan)) == (2, (1, 1, 1))


def test_after_three_attempts_it_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = queued()
    monkeypatch.setattr(running, "solve", lambda *_: (_ for _ in ()).throw(Killed))
    for _ in range(3):
        with pytest.raises(Killed):
            run_plan(plan.pk)
        assert resume_dead(clock.now() + dt.timedelta(minutes=2)) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.failure["code"]) == ("failed", "plan_worker_lost")
    assert "3" in plan.failure["zh"]
    assert resume_dead(clock.now() + dt.timedelta(minutes=2)) == 0


def test_a_worker_that_was_taken_for_dead_cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run sleeps through its death; the second one finishes; the first wakes up and may not write."""
    plan = queued()
    real = running.solve
    calls: list[str] = []

    def sleepy(snapshot: Any, watch: Any) -> Any:
        if not calls:
            calls.append("asleep")
            assert resume_dead(clock.now() + dt.timedelta(minutes=2)) == 1
            assert run_plan(plan.pk) == "ready"
        return real(snapshot, watch)

    monkeypatch.setattr(running, "solve", sleepy)
    assert run_plan(plan.pk) == "ready"
    plan.refresh_from_db()
    assert (plan.attempts, rows_of(plan)) == (2, (1, 1, 1))


def test_cancelling(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, actor = queued(), b.an_actor("coordinator")
    with pytest.raises(Refusal, match="plan_running"):
        start_plan(actor=actor, response=b.a_response(), scope=Scope(), now=clock.now())
    real = running.solve

    def asked_while_it_runs(snapshot: Any, watch: Any) -> Any:
        cancel_plan(actor=actor, plan=plan, now=clock.now())
        return real(snapshot, watch)

    monkeypatch.setattr(running, "solve", asked_while_it_runs)
    assert run_plan(plan.pk) == "cancelled"
    assert rows_of(plan) == (0, 0, 0)
    with pytest.raises(Refusal, match="plan_closed"):
        cancel_plan(actor=actor, plan=plan, now=clock.now())
    waiting = start_plan(actor=actor, response=b.a_response(), scope=Scope(), now=clock.now())
    assert (waiting.number, cancel_plan(actor=actor, plan=waiting, now=clock.now()).state) == (2, "cancelled")
    assert run_plan(waiting.pk) == "cancelled"


def test_an_error_of_ours_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = queued()
    monkeypatch.setattr(running, "rows_of", lambda *_: 1 / 0)
    assert run_plan(plan.pk) == "failed"
    plan.refresh_from_db()
    assert plan.failure["code"] == "plan_broken"


def test_progress_goes_forward_and_ends_at_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = queued()
    seen: list[tuple[str, int]] = []
    real = running._Run.watch

    def watched(run: Any, step: str, done: int, total: int) -> None:
        real(run, step, done, total)
        seen.append(Plan.objects.values_list("step", "progress").get(pk=plan.pk))

    monkeypatch.setattr(running._Run, "watch", watched)
    run_plan(plan.pk)
    assert [progress for _, progress in seen] == sorted(progress for _, progress in seen)
    assert list(dict.fromkeys(step for step, _ in seen)) == ["reading", "solving", "wording", "writing"]
    plan.refresh_from_db()
    assert plan.progress == 100


def test_the_same_world_gives_the_same_bytes() -> None:
    an_open_need(place="420106")
    an_open_offer(50)
    one, two = a_plan(), a_plan()
    first, second = (zipfile.ZipFile(io.BytesIO(bytes(plan.snapshot.content))) for plan in (one, two))
    assert first.namelist() == second.namelist()
    differing = [name for name in first.namelist() if first.read(name) != second.read(name)]
    assert {info.date_time for info in first.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert differing == ["desk.json"]  # number and moment of the plan


def test_scope_and_right() -> None:
    an_open_need(place="420106")
    an_open_need(place="4209")
    an_open_need(place="420106", category="psychological_counselling")
    an_open_offer()
    supplies = b.an_actor("coordinator", "supplies", "4201")
    now, response = clock.now(), b.a_response()
    for scope in (Scope(), Scope(line="supplies"), Scope(line="services", area="4201"), Scope("supplies", "4209")):
        with pytest.raises(Refusal, match="not_found"):
            start_plan(actor=supplies, response=response, scope=scope, now=now)
    for scope in (Scope(line="nonsense"), Scope(area="44"), Scope(line="services", category="goggles")):
        with pytest.raises(Refusal, match="plan_scope"):
            start_plan(actor=b.an_actor("coordinator"), response=response, scope=scope, now=now)
    plan = a_plan(supplies, scope=Scope("supplies", "4201"))
    assert list(PlanNeed.objects.filter(plan=plan).values_list("place_id", flat=True)) == ["420106"]
    held = PlanOffer.objects.get(plan=plan)
    assert held.reason == "not_needed"
    assert held.text_zh.startswith("就本计划的范围而言")  # elsewhere it may well be needed
    assert plan.made_by == supplies.account_id
    assert not plan.is_proposal
    Response.objects.filter(pk=response.pk).update(under_command=True)
    b.a_response().refresh_from_db()
    assert a_plan().is_proposal
    assert not a_plan(scope=Scope(line="services")).is_proposal
    assert a_plan(scope=Scope(category="surgical_mask")).is_proposal
    assert not a_plan(scope=Scope(category="errand_medicine")).is_proposal


def test_what_is_under_way_is_not_planned_again() -> None:
    need, offer = an_open_need(200), an_open_offer(300)
    standing = a_standing()
    moved(need, offer, ("outside", "planned", 50), ("planned", "accepted", 50), standing=standing)
    moved(need, offer, ("outside", "planned", 30), ("planned", "outside", 30), standing=standing)
    moved(
        need, offer, ("outside", "planned", 40), ("planned", "accepted", 40), ("accepted", "in_transit", 40),
        ("in_transit", "received", 25), ("in_transit", "refused", 10), ("in_transit", "missing", 5), standing=standing,
    )  # fmt: skip
    plan = a_plan()
    # Needed: 200 - 50 accepted - 25 received. Free: 300 - 50 - 25 - 10 refused - 5 missing.
    assert PlanNeed.objects.get(plan=plan).planned == 125
    assert PlanOffer.objects.get(plan=plan).free == 210
    assert PlanLine.objects.get(plan=plan).quantity == 125


def test_beside_the_plan_in_force() -> None:
    """Kept, changed, new and gone; what somebody has in hand is left alone."""
    category = b.a_category("goggles")
    kept, more, lost = an_open_need(10, place="420102"), an_open_need(30, place="420106"), an_open_need(5, urgency=3)
    offer, other = an_open_offer(40), an_open_offer(10, category=category)
    standing = a_standing()
    for need, units in ((kept, 10), (more, 20), (lost, 5)):
        moved(need, offer, ("outside", "planned", units), standing=standing)
    fresh = an_open_need(10, category=category)
    plan = a_plan()
    lines = {line.need_id: line for line in PlanLine.objects.filter(plan=plan)}
    told = {pk: (line.change, line.was, line.quantity) for pk, line in lines.items()}
    assert told == {
        kept.pk: ("kept", 10, 10), more.pk: ("changed", 20, 30), lost.pk: ("gone", 5, 0), fresh.pk: ("new", None, 10),
    }  # fmt: skip
    assert lines[fresh.pk].offer_id == other.pk
    assert plan.figures["changes"] == {"changed": 1, "gone": 1, "kept": 1, "new": 1}
    Need.objects.filter(pk=lost.pk).update(state="withdrawn")
    gone = PlanLine.objects.get(plan=a_plan(), change="gone")
    assert (gone.need_id, gone.reach, gone.reason_zh) == (lost.pk, 2, "这条需求现在不用再派。")


def test_what_is_said_of_a_line() -> None:
    need = an_open_need(100, urgency=1, place="420106", category="disposable_medical_mask", vulnerability=["older"])
    an_open_need(100, urgency=2, place="420106", category="disposable_medical_mask")
    offer = an_open_offer(80, place="420102", category="surgical_mask")
    plan = a_plan()
    line = PlanLine.objects.get(plan=plan)
    assert (line.need_id, line.offer_id, line.reach, line.quantity) == (need.pk, offer.pk, 2, 80)
    assert line.reason_zh == (
        "紧急，这类需求里最急的一级。供需在同一个市，没有更近的供给能来。不够分：本地同级合计得到 80%。"
        "同样急的人里先给更脆弱的。用医用外科口罩代替一次性使用医用口罩：防护效果优于一次性使用医用口罩。"
    )
    assert line.reason_en.startswith(
        "Urgent: the most urgent class of this kind. Both are in one city; no lawful offer"
    )


def test_bases_stand_beside_what_was_asked(tmp_path: Path) -> None:
    confirmed = an_open_need(200)
    asked = an_open_need(120, confirmed=False, place="420106")
    capped = an_open_need(10**6, confirmed=False, quantity_planned=210_000, place="420103")
    unknown = an_open_need(None, confirmed=False, quantity_planned=50, place="420104")
    own = an_open_need(120, confirmed=False, quantity_planned=90, place="420105")  # set by hand
    an_open_offer(100, synthetic=True)
    plan = a_plan()
    said = {row.need_id: (row.asked, row.planned, row.basis) for row in PlanNeed.objects.filter(plan=plan)}
    assert said == {
        confirmed.pk: (200, 200, "confirmed"), asked.pk: (120, 120, "asked"),
        capped.pk: (10**6, 210_000, "capped"), unknown.pk: (None, 50, "minimum"), own.pk: (120, 90, "capped"),
    }  # fmt: skip
    assert (plan.figures["estimated"], plan.figures["estimated_percent"], plan.figures["confirmed"]) == (3, 60, 1)
    assert plan.figures["synthetic"]["offers"] == 1
    assert plan.figures["synthetic"]["helped_only"] == plan.figures["helped"] > 0
    unpack(plan.snapshot.content, tmp_path)
    assert check(tmp_path).ok
    # In the kept directory nothing is called confirmed that is not, but for the quantity set by hand.
    table = read_table(tmp_path / "inputs" / "needs.csv").frame
    assert dict(zip(table["need_id"], table["basis"], strict=True)) == {
        confirmed.code: "confirmed", asked.code: "asked", capped.code: "capped", unknown.code: "minimum_lot",
        own.code: "confirmed",
    }  # fmt: skip
    desk = json.loads((tmp_path / "desk.json").read_text(encoding="utf-8"))
    assert desk["basis"][own.code] == "capped"


def test_a_large_plan_is_looked_over_by_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MANY", 1)
    an_open_need()
    an_open_offer()
    with CaptureQueriesContext(connection) as seen:
        assert a_plan().state == PlanState.READY
    told = [one["sql"].split()[1].strip('"') for one in seen.captured_queries if one["sql"].startswith("ANALYZE")]
    assert told == ["planning_planneed", "planning_planoffer", "planning_planline", "planning_leftout"]
