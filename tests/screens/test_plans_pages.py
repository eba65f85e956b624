"""Plans: one sentence first, a reason on every line, struck lines, a second person; nothing beyond the reader's area."""

from __future__ import annotations

import pytest
from django.test import Client

from builders import HUBEI, WUHAN, an_account, sign_in
from builders_plans import a_line, a_plan, a_small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI))


def test_smoke(coordinator: Client) -> None:
    plan = a_small_plan()
    for path in ("", "gaps/", "holds/", "left/", "proof/", "approve/"):
        answer = coordinator.get(f"/plans/{plan.number}/{path}")
        assert answer.status_code == 200, path
    for path in ("", "new/", "pins/", "pins/new/", "principles/", "principles/goods/?order=locality,urgency,fairness", "standing/"):
        assert coordinator.get(f"/plans/{path}").status_code == 200, path
