"""The measured picture: needs, movements and cover by place and category; what plans say; what the public is told."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import (
    JIANGAN,
    WUCHANG,
    WUHAN,
    XIAOGAN,
    a_need,
    a_response,
    a_submission,
    an_actor,
    an_offer,
    an_organisation,
)
from builders_cover import a_cover, a_held_offer, a_plan, a_plan_need, a_verified_need, moved
from tongzhou.chain.evaluation.selectors.figures import Who, figures, measure
from tongzhou.chain.evaluation.selectors.gaps import double, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.naming import plan_words
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells, reason_texts
from tongzhou.chain.evaluation.selectors.public import line_at, public_of
from tongzhou.chain.planning.models import PlanLine
from tongzhou.kernel import clock
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
STREET = "420102002"
KINDS = {
    "surgical_mask": "goods",
    "n95_respirator": "goods",
    "protective_suit": "goods",
    "goggles": "goods",
    "home_care": "in_person",
}


def row_at(found, place, category="surgical_mask"):
    return next(row for row in rows_of(found) if (row.place, row.category) == (place, category))


def seen(**over):
    return measure(a_response().pk, clock.now(), **over)


def test_where_quantities_are_is_the_sum_of_the_movements():
    """Jiang'an: 1000 (street) + 500 needed. 300 on the way, 200 accepted of which 50 given up, 120 received."""
    first = a_verified_need(1000, STREET)
    second = a_verified_need(500, JIANGAN, urgency=2)
    giver = an_organisation("甲基金会", kind="foundation")
    offer = an_offer(organisation=giver, state="verified")
    moved(first, 300, "in_transit", offer=offer)
    moved(first, 200, "accepted", back=50)
    moved(second, 120, "received", offer=offer)
    moved(second, 80, "planned")
    row = row_at(seen(), JIANGAN)
    one = row.amounts
    assert (one.needs, one.needed) == (2, 1500)
    assert (one.planned, one.accepted, one.in_transit, one.received) == (80, 150, 300, 120)
    # 1500 - 150 - 300 - 120 = 930 open, 80 planned.
    assert (one.open, one.gap, one.over) == (930, 850, 0)
    assert row.whos == ("person", "甲基金会")


def test_closed_held_expired_and_unsorted_needs_do_not_count_but_what_they_got_does():
    now = clock.now()
    helped = a_verified_need(60, JIANGAN, state="solved", solved_by="helped")
    moved(helped, 60, "received")
    a_verified_need(70, JIANGAN, expires_at=now - dt.timedelta(minutes=1))
    a_verified_need(80, JIANGAN, submission=a_submission(held_reason="phone"))
    a_need(place=JIANGAN, state="received", quantity_planned=90)
    a_verified_need(5, JIANGAN)
    one = row_at(seen(), JIANGAN).amounts
    assert (one.needs, one.needed, one.received, one.received_all, one.gap) == (1, 5, 0, 60, 5)


def test_cover_of_the_city_is_taken_off_all_its_districts_even_when_one_is_looked_at():
    a_verified_need(300, JIANGAN)
    a_verified_need(100, WUCHANG)
    a_cover(WUHAN, quantity=200, by_name="市指挥部")
    a_cover(WUHAN, "protective_suit", quantity=7)
    a_cover(JIANGAN, quantity=5, starts_on=dt.date(2999, 1, 1))
    found = seen()
    # 200 over 300 : 100 is 150 : 50.
    assert [row_at(found, place).amounts.covered for place in (JIANGAN, WUCHANG)] == [150, 50]
    assert [row.amounts.gap for row in rows_of(found, area=JIANGAN)] == [150]
    assert [(one.who, one.place, one.covered) for one in found.doings] == [
        (Who("government", "区指挥部"), WUHAN, 7),
        (Who("government", "市指挥部"), WUHAN, 200),
    ]


def test_only_who_works_in_the_response_sees_the_picture():
    response = a_response()
    other = a_response("henan-2021", name="河南")
    for actor in (an_actor("volunteer"), an_actor("admin"), an_actor("coordinator", response=other)):
        with pytest.raises(Refusal, match="not_found"):
            figures(actor, response, now=clock.now())
    for actor in (an_actor("coordinator", "funds", "4209"), an_actor("officer", organisation=an_organisation())):
        assert figures(actor, response, now=clock.now()).amounts == {}


def test_the_number_of_statements_does_not_grow():
    def count():
        with CaptureQueriesContext(connection) as asked:
            seen()
        return len(asked)

    def more():
        for place in (JIANGAN, WUCHANG, STREET):
            moved(a_verified_need(10, place), 5, "accepted", offer=an_offer(organisation=an_organisation()))
        a_cover(WUHAN)

    more()
    few = count()
    more()
    assert count() == few <= 5


def test_of_each_scope_the_newest_plan_counts_and_of_two_about_a_cell_the_newer():
    need, other = a_verified_need(100, JIANGAN), a_verified_need(50, JIANGAN, "protective_suit")
    old, rejected = a_plan(), a_plan(state="rejected")
    whole = a_plan()
    narrow = a_plan(state="ready", area=JIANGAN, category_id="surgical_mask")
    for plan, served in ((old, 1), (rejected, 2), (whole, 3), (narrow, 60)):
        a_plan_need(plan, need, served)
        if plan != narrow:
            a_plan_need(plan, other, served)
    assert [plan.number for plan in current_plans(a_response().pk)] == [narrow.number, whole.number]
    said = plan_cells(current_plans(a_response().pk))
    assert {(one.cell.category, one.plan.number, one.gap) for one in said} == {
        ("surgical_mask", narrow.number, 40),
        ("protective_suit", whole.number, 47),
    }
    assert set(reason_texts(one.sample for one in said).values()) == {"没有人提供"}


def test_gaps_come_worst_first_with_the_reason_of_the_plan():
    plan = a_plan()
    for quantity, place, urgency, served, reason in (
        (100, JIANGAN, 1, 20, "not_authorised"),
        (40, WUCHANG, 1, 0, "no_offer"),
        (9, STREET, 0, 8, "window"),
        (60, "420902", 2, 0, "shared_fairly"),
    ):
        need = a_verified_need(quantity, place, "protective_suit" if urgency == 0 else "surgical_mask", urgency=urgency)
        a_plan_need(plan, need, served, reason)
        if served:
            moved(need, served, "planned", plan=plan)
    gaps = gap_rows(seen(), plan_cells([plan]))
    assert [(one.place, one.category, one.urgency, one.amounts.gap, one.reason) for one in gaps] == [
        (JIANGAN, "protective_suit", 0, 1, "window"),
        (WUCHANG, "surgical_mask", 1, 40, "no_offer"),  # all of it is lacking there
        (JIANGAN, "surgical_mask", 1, 80, "not_authorised"),
        ("420902", "surgical_mask", 2, 60, "shared_fairly"),
    ]


def test_two_who_both_cover_everything_are_double():
    a_verified_need(100, JIANGAN)
    a_cover(WUHAN, quantity=None, by_name="市指挥部")
    assert double(seen()) == []
    a_cover(JIANGAN, quantity=None, by_name="某企业", by="company")
    a_cover(WUCHANG, quantity=5, by_name="区指挥部")  # a counted one beside is no second "everything"
    assert [(one.kind, one.place, one.quantity, one.whos) for one in double(seen())] == [
        ("double", JIANGAN, 0, ("市指挥部", "某企业")),
    ]


def test_what_is_double_names_who():
    need = a_verified_need(100, JIANGAN)
    for name in ("甲基金会", "乙基金会"):
        moved(need, 100, "planned", offer=an_offer(organisation=an_organisation(name), state="verified"))
    a_cover(JIANGAN, quantity=30)
    (one,) = double(seen())
    # 30 covered: 70 lacking, 200 planned.
    assert (one.kind, one.place, one.quantity, set(one.whos)) == (
        "double", JIANGAN, 130, {"甲基金会", "乙基金会", "区指挥部"},
    )  # fmt: skip


def lines():
    public = public_of(a_response(), clock.now(), KINDS)
    return {(line.place, line.category): (line.state, line.figure.amount, line.figure.few) for line in public.lines}


def test_without_a_plan_nothing_is_called_needed():
    a_verified_need(100, JIANGAN)
    assert lines() == {(JIANGAN, "surgical_mask"): ("pending", None, False)}
    assert public_of(a_response(), clock.now(), KINDS).plans == ()


def a_line(plan, need, quantity, **over):
    said = {
        "plan": plan, "need": need, "offer": an_offer(category=need.category, state="verified"), "line": need.line,
        "place": need.place, "category": need.category, "urgency": need.urgency_order, "quantity": quantity, "reach": 1,
        "basis": "confirmed", "reason_zh": "近", "reason_en": "near",
    }  # fmt: skip
    return PlanLine.objects.create(**(said | over))


def test_what_struck_and_overtaken_lines_would_have_brought_is_lacking_again():
    plan = a_plan()
    masks = a_verified_need(500, JIANGAN)
    a_plan_need(plan, masks, 480)
    for quantity, state, was in ((100, "struck", None), (40, "stale", None), (340, "approved", None)):
        a_line(plan, masks, quantity, state=state, was=was)
    a_line(plan, masks, 60, state="struck", was=50)  # 50 of it are on their way by the plan before
    moved(masks, 340, "accepted", plan=a_plan(state="rejected"))
    # 20 unreached, 100 + 40 + 10 that nobody brings now; at this moment 160 are lacking.
    assert lines() == {(JIANGAN, "surgical_mask"): ("needed", 160, False)}
    moved(masks, 5, "accepted", plan=a_plan(state="rejected"))
    assert lines()[JIANGAN, "surgical_mask"] == ("needed", 155, False)


def test_a_page_names_the_plans_that_speak_of_it_and_no_others():
    whole = a_plan()
    a_plan_need(whole, a_verified_need(500, JIANGAN), 100)
    elsewhere = a_plan(area=WUCHANG)
    a_plan_need(elsewhere, a_verified_need(5, WUCHANG, "goggles"), 1)
    a_plan(area=XIAOGAN)  # newest, about nothing
    now = clock.now()
    assert [number for number, _at in public_of(a_response(), now, KINDS).plans] == [elsewhere.number, whole.number]
    assert line_at(a_response(), now, JIANGAN, "surgical_mask")[1] == [whole]
    assert line_at(a_response(), now, WUHAN, "goggles")[1] == [elsewhere]
    stamps = [(9, dt.datetime(2020, 2, 6, 6, 30, tzinfo=dt.UTC)), (4, None), (3, None), (1, None)]
    assert plan_words(stamps) == "第 9、4、3 号等 4 份计划（最新 02-06 14:30）"
    assert plan_words(stamps[:1]) == "第 9 号计划（02-06 14:30）"
    assert plan_words([]) == ""


def test_an_approved_line_nobody_accepted_is_no_help_under_way():
    plan = a_plan()
    masks = a_verified_need(30, WUCHANG)
    a_plan_need(plan, masks, 30)
    moved(masks, 30, "planned", plan=plan)
    assert lines() == {(WUCHANG, "surgical_mask"): ("arranged", None, False)}
    a_cover(WUCHANG, quantity=10)
    assert lines() == {(WUCHANG, "surgical_mask"): ("arranged", None, False)}


def test_the_public_is_told_what_plan_and_present_agree_on():
    plan = a_plan()
    masks = a_verified_need(500, JIANGAN)
    a_plan_need(plan, masks, 100)
    moved(masks, 100, "planned", plan=plan)
    taken = a_verified_need(30, WUCHANG)
    a_plan_need(plan, taken, 30)
    moved(taken, 30, "accepted", plan=plan)
    covered = a_verified_need(40, STREET, "protective_suit")
    a_plan_need(plan, covered, 0)
    a_cover(JIANGAN, "protective_suit", quantity=None)
    a_held_offer(plan, "n95_respirator")
    assert lines() == {
        (JIANGAN, "surgical_mask"): ("needed", 400, False),
        (WUCHANG, "surgical_mask"): ("taken", None, False),
        (JIANGAN, "protective_suit"): ("enough", None, False),
        ("42", "n95_respirator"): ("enough", None, False),
    }
    # Somebody else brings 350 of it: the plan's gap is no longer there in full.
    moved(masks, 350, "accepted", plan=a_plan(state="rejected"))
    assert lines()[JIANGAN, "surgical_mask"] == ("needed", 50, False)


def test_a_household_is_behind_no_public_figure_and_no_street():
    plan = a_plan()
    need = a_verified_need(4, STREET, for_whom="self", requester="")
    a_plan_need(plan, need)
    now = clock.now()
    assert lines() == {(JIANGAN, "surgical_mask"): ("needed", None, True)}
    hospital = a_verified_need(90, JIANGAN)
    a_plan_need(plan, hospital)
    assert lines() == {(JIANGAN, "surgical_mask"): ("needed", 90, True)}
    line, from_plans = line_at(a_response(), now, WUHAN, "surgical_mask")
    assert (line.state, line.figure.amount, line.figure.few) == ("needed", 90, True)
    assert from_plans == [plan]


def test_what_is_not_public_is_not_there():
    plan, now = a_plan(), clock.now()
    for over in (
        {"state": "received"},
        {"expires_at": now - dt.timedelta(seconds=1)},
        {"submission": a_submission(held_reason="address")},
    ):
        a_plan_need(plan, a_verified_need(50, JIANGAN, **over))
    assert lines() == {}


def test_volunteers_are_called_for_by_measured_need_and_no_longer_when_it_is_met():
    plan = a_plan()
    needs = [a_verified_need(2, JIANGAN, "home_care", for_whom="self", requester="") for _ in range(12)]
    for number, need in enumerate(needs):
        served = 2 if number == 0 else 0
        a_plan_need(plan, need, served)
        if served:
            moved(need, served, "planned", plan=plan)
    (call,) = public_of(a_response(), clock.now(), KINDS).call_outs
    assert (call.place, call.needed, call.able, call.lacking, call.filled) == (WUHAN, 24, 2, 22, False)
    assert lines() == {}
    for need in needs[1:]:
        moved(need, 2, "accepted", plan=plan)
    (call,) = public_of(a_response(), clock.now(), KINDS).call_outs
    assert (call.needed, call.lacking, call.filled) == (None, None, True)
