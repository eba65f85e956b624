"""What is said of a job that waits: hardly waited, workers busy, nobody there."""

from __future__ import annotations

import datetime as dt

import pytest
from django_tasks_db.models import DBTaskResult

from tongzhou.kernel import clock
from tongzhou.kernel.workers import waits_for

pytestmark = pytest.mark.django_db


def _job(**times: dt.datetime) -> None:
    status = "SUCCESSFUL" if "finished_at" in times else "RUNNING"
    DBTaskResult.objects.create(
        status=status, args_kwargs={"args": [], "kwargs": {}}, task_path="x.y", backend_name="default",
        run_after=clock.now(), exception_class_path="", traceback="", **times,
    )  # fmt: skip


def test_hardly_waited_busy_and_nobody() -> None:
    now = clock.now()
    minutes = [dt.timedelta(minutes=n) for n in range(200)]
    assert waits_for(now - dt.timedelta(seconds=59), now) == ""
    assert waits_for(now - minutes[5], now) == "nobody"
    _job(started_at=now - minutes[180])  # three hours: a worker that died leaves such a row behind
    assert waits_for(now - minutes[5], now) == "nobody"
    _job(started_at=now - minutes[3])
    assert waits_for(now - minutes[5], now) == "busy"
    DBTaskResult.objects.all().delete()
    _job(started_at=now - minutes[3], finished_at=now - dt.timedelta(seconds=20))  # between two jobs
    assert waits_for(now - minutes[5], now) == "busy"
