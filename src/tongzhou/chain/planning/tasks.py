"""Planning's jobs: thin wrappers around services."""

from __future__ import annotations

from django_tasks import task

from tongzhou.chain.planning.services import running

__all__ = ["make_plan"]


@task()
def make_plan(plan_id: str) -> str:
    """Make a queued plan; what became of it (its state)."""
    return running.run_plan(plan_id)
