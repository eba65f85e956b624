"""Signs of life: a long step of a worker that lives is no death; a worker killed for good is found dead.

The workers and engines here are real processes.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

import builders as b
import planning_stalls
from builders_planning import an_open_need, an_open_offer
from tongzhou.chain.planning.models import Plan, PlanLine, PlanNeed, PlanSnapshot
from tongzhou.chain.planning.services import apart, running, solving
from tongzhou.chain.planning.services.heart import Heart
from tongzhou.chain.planning.services.running import cancel_plan, resume_dead, run_plan, start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)

#: A worker of its own: takes the plan up with an engine that never ends.
WORKER = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django; django.setup()
import planning_stalls
from tongzhou.chain.planning.services import apart, running, solving
solving.APART, apart._work = 1, planning_stalls.for_ever
running.run_plan(sys.argv[2])
"""


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A queued plan that no worker has taken up; whoever plans it does so in a process of its own."""
    monkeypatch.setattr(running, "_enqueue", lambda plan_id: None)
    monkeypatch.setattr(solving, "APART", 1)
    an_open_need(30)
    an_open_offer(20)
    return start_plan(actor=b.an_actor("coordinator"), response=b.a_response(), scope=Scope(), now=clock.now())


def test_the_engine_apart_gives_the_same_plan(plan: Plan) -> None:
    assert run_plan(plan.pk) == "ready"
    plan.refresh_from_db()
    assert list(PlanLine.objects.filter(plan=plan).values_list("quantity", flat=True)) == [20]
    assert plan.figures["gaps"] == {"shared_fairly": 1} or plan.figures["gap"] == 1


def test_a_broken_engine_apart_fails_the_plan(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_work", os._exit)  # called with three words: it ends at once, and says nothing
    assert run_plan(plan.pk) == "failed"
    plan.refresh_from_db()
    assert plan.failure["code"] == "plan_broken"


def test_a_long_step_is_not_taken_for_death(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is silent for four seconds; meanwhile its worker lives, and at no later sign is it taken for dead."""
    monkeypatch.setattr(apart, "_work", planning_stalls.four_seconds)
    monkeypatch.setattr(apart, "LOOK_UP", 0.1)
    beats: list[dt.datetime] = []
    real = running._Run.watch

    def watched(run: Any, step: str, done: int, total: int) -> None:
        real(run, step, done, total)
        beat = Plan.objects.values_list("beat_at", flat=True).get(pk=plan.pk)
        if (step, done, total) == ("solving", 0, 10) and beat is not None and beat not in beats:
            beats.append(beat)
            if len(beats) > 1:  # dead by its first sign in the silence, not by the last
                assert resume_dead(beats[0] + running.DEAD_AFTER) == 0

    monkeypatch.setattr(running._Run, "watch", watched)
    begun = time.monotonic()
    assert run_plan(plan.pk) == "ready"
    assert time.monotonic() - begun > 4
    assert len(beats) > 1
    plan.refresh_from_db()
    assert plan.attempts == 1


def test_cancelling_ends_an_engine_in_the_middle_of_a_step(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stall = tmp_path / "stall"
    monkeypatch.setenv("PLAN_STALL", str(stall))
    monkeypatch.setattr(apart, "_work", planning_stalls.for_ever)
    monkeypatch.setattr(apart, "LOOK_UP", 0.1)
    real = running._Run.watch

    def then_cancel(run: Any, step: str, done: int, total: int) -> None:
        if step == "solving" and not Plan.objects.get(pk=plan.pk).cancel_asked:
            cancel_plan(actor=b.an_actor("coordinator"), plan=plan, now=clock.now())
        real(run, step, done, total)

    monkeypatch.setattr(running._Run, "watch", then_cancel)
    assert run_plan(plan.pk) == "cancelled"
    assert _gone(int(stall.read_text()))


def test_a_heart_beats_beside_the_work_and_stops_with_it(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(state="running", attempts=1, beat_at=None)
    plan.refresh_from_db()
    run = running._Run(plan)
    with Heart(run.beat, every=0.05):
        first = _until(lambda: Plan.objects.values_list("beat_at", flat=True).get(pk=plan.pk))
        _until(lambda: Plan.objects.filter(pk=plan.pk, beat_at__gt=first).exists())
    last = Plan.objects.values_list("beat_at", flat=True).get(pk=plan.pk)
    time.sleep(0.3)
    assert Plan.objects.values_list("beat_at", flat=True).get(pk=plan.pk) == last
    # A run that another one took over has no heart any more.
    Plan.objects.filter(pk=plan.pk).update(attempts=2)
    with Heart(run.beat, every=0.05) as heart:
        heart._thread.join(5)
        assert not heart._thread.is_alive()


def _until(found: Any, seconds: float = 60) -> Any:
    """What `found` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if told := found():
            return told
        time.sleep(0.05)
    raise AssertionError("nothing within a minute")


def _gone(pid: int) -> bool:
    """No such process, or a dead one that nobody has collected."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] in "ZX"


def test_a_worker_killed_by_the_system(plan: Plan, tmp_path: Path) -> None:
    """A real worker in the middle of its work is killed, and its engine with it; the plan is begun again."""
    stall = tmp_path / "stall"
    env = os.environ | {
        "TONGZHOU_TEST_FOLDER": os.environ["TONGZHOU_DATA"], "DJANGO_SETTINGS_MODULE": "desk_settings",
        "PLAN_STALL": str(stall), "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    name = str(connection.settings_dict["NAME"])
    worker = subprocess.Popen([sys.executable, "-P", "-c", WORKER, name, str(plan.pk)], env=env)
    try:
        # Its progress is seen from here while it works: 15 + 50 * 3 / 10.
        _until(lambda: Plan.objects.filter(pk=plan.pk, state="running", step="solving", progress=30).exists())
        before = Plan.objects.get(pk=plan.pk).beat_at
        assert before is not None
        _until(lambda: Plan.objects.filter(pk=plan.pk, beat_at__gt=before).exists())  # it lives, and says so
        assert resume_dead() == 0
        engine = int(stall.read_text())
        assert not _gone(engine)
        os.kill(worker.pid, signal.SIGKILL)
        assert worker.wait(10) == -signal.SIGKILL
        _until(lambda: _gone(engine))
    finally:
        worker.kill()
        worker.wait()
    plan.refresh_from_db()
    beat = plan.beat_at
    assert beat is not None
    assert (plan.state, plan.attempts, PlanNeed.objects.count()) == ("running", 1, 0)
    assert resume_dead(beat + dt.timedelta(seconds=59)) == 0
    assert run_plan(plan.pk) == "running"  # nobody may take it up before it is dead
    assert resume_dead(beat + dt.timedelta(seconds=60)) == 1
    assert run_plan(plan.pk) == "ready"
    plan.refresh_from_db()
    assert (plan.attempts, PlanLine.objects.count(), PlanSnapshot.objects.count()) == (2, 1, 1)
