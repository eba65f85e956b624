"""Several people judging one organisation at the same moment: one standing, one history, nothing lost."""

import datetime as dt
import itertools
import threading

import pytest
from django.db import connection

import builders
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.models import Organisation, Requirement, Standing, Verification

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls):
    """Every call in its own thread from one starting line: "done", or the refusal's code, of each."""
    line, said = threading.Barrier(len(calls)), [""] * len(calls)

    def run(index, call):
        try:
            line.wait(timeout=120)
            call()
            said[index] = "done"
        except Refusal as refusal:
            said[index] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return sorted(said)


def a_company(papers):
    company = builders.an_organisation(kind="company")
    asked = [
        Requirement.objects.create(code=f"p{n}", kind="company", name=f"证件{n}", applies_from=dt.date(2020, 1, 1))
        for n in range(papers)
    ]
    return company, asked


def accept(company, paper):
    actor = builders.an_actor("verifier", area="42")
    return lambda: services.verify_paper(
        actor=actor, organisation=company, requirement=paper, accepted=True, evidence="看过原件，已存档"
    )


def whole(company):
    """The history has no hole and no overlap, one stretch is open, and the row points at it."""
    rows = list(Standing.objects.filter(organisation=company).order_by("since", "id"))
    assert [row.until is None for row in rows] == [False] * (len(rows) - 1) + [True]
    assert all(one.until == other.since for one, other in itertools.pairwise(rows))
    assert Organisation.objects.get(pk=company.pk).present_id == rows[-1].pk
    return [row.cause for row in rows]


def test_six_last_papers_accepted_at_once_make_one_standing():
    company, asked = a_company(6)
    assert at_once([accept(company, paper) for paper in asked]) == ["done"] * 6
    assert selectors.is_current(company.pk)
    assert whole(company) == ["papers_complete"]


def test_of_six_people_revoking_one_does_and_five_are_told():
    company, asked = a_company(1)
    accept(company, asked[0])()
    judge = builders.an_actor("coordinator", area="42")
    calls = [lambda n=n: services.revoke(actor=judge, organisation=company, reason=f"理由之{n}号") for n in range(6)]
    assert at_once(calls) == ["done"] + ["standing_state"] * 5
    assert whole(company) == ["papers_complete", "revoked"]


def test_a_paper_taken_back_by_two_while_two_ticks_run_ends_suspended_once():
    company, asked = a_company(1)
    seen = accept(company, asked[0])()
    actor = builders.an_actor("verifier", area="42")

    def take_back():
        row = Verification.objects.select_related("organisation").get(pk=seen.pk)
        services.withdraw_paper(actor=actor, verification=row, reason="核实有误")

    said = at_once([take_back, take_back, services.lapse, services.lapse])
    assert said in (["done"] * 3 + ["version_stale"],)
    assert selectors.standing_at(company.pk) == "suspended"
    assert whole(company) == ["papers_complete", "paper_lapsed"]
