"""What the demo tells the public."""

from __future__ import annotations

import pytest
from django.test import Client

from builders import WUHAN, a_place, a_response
from tongzhou.desks.bulletins.models import Bulletin
from tongzhou.desks.bulletins.selectors.bulletins import public_bulletins
from tongzhou.desks.bulletins.selectors.directory import crisis_numbers, search_directory
from tongzhou.flows.demo_bulletins import tell_the_public
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM

pytestmark = pytest.mark.django_db


def test_three_bulletins_one_corrected_a_draft_and_five_entries() -> None:
    a_place(WUHAN)
    tell_the_public(loader=SYSTEM, response=a_response())
    shown = {one.kind: one.showing(clock.now()) for one in public_bulletins()}
    assert shown == {"notice": "corrected", "rumour": "current", "help": "current"}
    draft = Bulletin.objects.get(state="draft", synthetic=True)
    assert draft.remarks.get().answer == ""  # the demo shows what its author sees
    assert {one.phones.get().number for one in crisis_numbers()} == {"110", "120"}
    assert {one.phones.get().number for one in search_directory(topic="mental")} == {"12356"}
    assert Client().get("/directory/").status_code == 200
    # What was made up says so.
    assert all("合成" in one.title for one in Bulletin.objects.filter(synthetic=True))
