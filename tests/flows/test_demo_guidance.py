"""Guidance in the demo: every example in force with its mark, a second version waiting, a question answered in it."""

from __future__ import annotations

import pytest

import builders
from tongzhou.desks.guidance.models import Acknowledgement, Citation, GuideVersion, Question, Remark
from tongzhou.flows.demo_guidance import guidance_of_the_demo
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people.models import Account

pytestmark = pytest.mark.django_db


def test_the_examples_go_the_whole_way_and_one_waits_for_its_publisher() -> None:
    volunteer = builders.an_account("volunteer", area=builders.WUHAN)
    guidance_of_the_demo(actor=SYSTEM, volunteer=volunteer)
    states = list(GuideVersion.objects.values_list("state", flat=True))
    assert (states.count("published"), states.count("approved"), len(states)) == (10, 1, 11)
    assert not GuideVersion.objects.filter(is_example=False).exists()
    assert set(Citation.objects.filter(unconfirmed=True).values_list("title", flat=True)) == {
        "关于心理援助热线怎样工作的文件"
    }
    assert Acknowledgement.objects.get().account_id == volunteer.pk
    remark = Remark.objects.get()
    assert remark.answer
    assert remark.edition.state == "approved"
    asked = Question.objects.get()
    assert asked.answered_in is not None
    assert (asked.answered_in.number, asked.answered_in.guide.slug) == (2, "volunteers")
    made = Account.objects.filter(login__in=("demo-author", "demo-reviewer", "demo-publisher"), is_demo=True)
    assert made.count() == 3
