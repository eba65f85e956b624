"""The professionals' jobs: thin wrappers around services."""

from __future__ import annotations

from django_tasks import task

from tongzhou.desks.professionals.services import running

__all__ = ["make_line_roster"]


@task()
def make_line_roster(roster_id: str) -> str:
    """Make a queued roster; what became of it (its state)."""
    return running.run_roster(roster_id)
