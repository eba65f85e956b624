"""Planning's jobs: thin wrappers around services."""

from __future__ import annotations

from django_tasks import task

from tongzhou.chain.planning.services import previewing, running

__all__ = ["make_plan", "make_preview"]


@task()
def make_plan(plan_id: str) -> str:
    """Make a queued plan; what became of it (its state)."""
    return running.run_plan(plan_id)


@task()
def make_preview(preview_id: str) -> str:
    """Work out what another order of principles would change; its state."""
    return previewing.run_preview(preview_id)
