"""Whole desks for tests of the commands that keep one running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import desks


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[desks.Desk]:
    """A desk of its own, with one open response."""
    with desks.a_desk(tmp_path) as made:
        yield made


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[desks.Desk]:
    """An empty folder and an empty database."""
    data = tmp_path / "bare"
    data.mkdir()
    with desks.a_database() as address:
        yield desks.Desk(data, address)
