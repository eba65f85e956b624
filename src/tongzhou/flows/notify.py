"""Telling people something: a notice in the house, and a message for every way out they chose."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from tongzhou.kernel import clock
from tongzhou.registers.notices import services

__all__ = ["notify"]


def notify(
    *,
    accounts: Iterable[uuid.UUID],
    kind: str,
    facts: Mapping[str, Any],
    path: str,
    key: str,
    urgent: bool = False,
    response: uuid.UUID | None = None,
) -> int:
    """Tell these accounts (and the groups that listen); how many accounts. Called inside the act's transaction."""
    return services.say(
        accounts=accounts, kind=kind, facts=facts, path=path, key=key, urgent=urgent, response=response,
        now=clock.now(),
    )  # fmt: skip
