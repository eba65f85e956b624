"""Every reason is tested by removing its stated cause: the need is then served, the hold then used."""

from dataclasses import dataclass, replace

import pytest
from planned import plan_of

from tongzhou_engines.testing import ORDERS, Instance, NeedRow, OfferRow, assert_lawful

PLACES = {
    "CN": None,
    "31": "CN",
    "3101": "31",
    "310101": "3101",
    "42": "CN",
    "4201": "42",
    "420102": "4201",
    "420103": "4201",
    "420102001": "420102",
}
HOME_FIRST, FAIR_FIRST, HOME_ABOVE_ALL = ORDERS


def world(needs, offers, order=HOME_FIRST, **more) -> Instance:
    return Instance(places=PLACES, compat={}, needs=tuple(needs), offers=tuple(offers), principles=order, **more)


def need(need_id="n", place="420102", urgency=1, quantity=10, **more) -> NeedRow:
    return NeedRow(need_id, place, "surgical_mask", urgency, quantity, **more)


def offer(offer_id="o", place="310101", quantity=10, coverage=("CN",), **more) -> OfferRow:
    return OfferRow(offer_id, place, "surgical_mask", quantity, coverage, **more)


@dataclass(frozen=True)
class Story:
    reason: str
    before: Instance
    after: Instance


UNMET = {
    "nothing of the kind": Story("no_offer", world([need()], []), world([need()], [offer()])),
    "only another category": Story(
        "no_offer",
        world([need()], [replace(offer(), category="raincoat")]),
        world([need()], [replace(offer(), category="raincoat"), offer("second")]),
    ),
    "only a category that does not stand in": Story(
        "no_offer",
        replace(world([need()], [replace(offer(), category="raincoat")]), compat={"surgical_mask": ("raincoat",)}),
        replace(world([need()], [replace(offer(), category="raincoat")]), compat={"raincoat": ("surgical_mask",)}),
    ),
    "may not go there": Story(
        "not_authorised",
        world([need()], [offer("donor-7", coverage=("31", "420103"))]),
        world([need()], [offer(coverage=("31", "4201"))]),
    ),
    "over before the need began": Story(
        "window",
        world([need(opened="2020-02-06")], [offer(until="2020-02-05")]),
        world([need(opened="2020-02-06")], [offer(until="2020-02-06")]),
    ),
    "comes too late": Story(
        "window",
        world([need(due="2020-02-06")], [offer(start="2020-02-07")]),
        world([need(due="2020-02-07")], [offer(start="2020-02-07")]),
    ),
    "a more urgent need took it": Story(
        "more_urgent_first",
        world([need(), need("first", "310101", urgency=0)], [offer()]),
        world([need()], [offer()]),
    ),
    "a more urgent need took it, shared fairly": Story(
        "more_urgent_first",
        world([need(), need("first", "310101", urgency=0)], [offer()], FAIR_FIRST),
        world([need()], [offer()], FAIR_FIRST),
    ),
    "home came first": Story(
        "nearer_first",
        world([need(), need("home", "310101")], [offer()]),
        world([need()], [offer()]),
    ),
    "home came first although less urgent": Story(
        "nearer_first",
        world([need(urgency=0), need("home", "310101", urgency=2)], [offer()], HOME_ABOVE_ALL),
        world([need(urgency=0)], [offer()], HOME_ABOVE_ALL),
    ),
    "shared": Story(
        "shared_fairly",
        world([need(), need("other", "310101")], [offer()], FAIR_FIRST),
        world([need()], [offer()], FAIR_FIRST),
    ),
    "not enough for one": Story(
        "shared_fairly", world([need()], [offer(quantity=4)], FAIR_FIRST), world([need()], [offer()], FAIR_FIRST)
    ),
}

HOLDS = {
    "more than anyone needs": Story(
        "not_needed",
        world([need(quantity=3)], [offer(place="420102", quantity=3), offer("spare")]),
        world([need(quantity=13)], [offer(place="420102", quantity=3), offer("spare")]),
    ),
    "nobody needs the kind": Story(
        "not_needed",
        world([replace(need(), category="raincoat")], [offer("spare")]),
        world([need()], [offer("spare")]),
    ),
    "may not go where it is needed": Story(
        "may_not_go_where_needed",
        world([need()], [offer("spare", coverage=("31",))]),
        world([need()], [offer("spare", coverage=("31", "42"))]),
    ),
    "nobody knows how much": Story(
        "quantity_unknown", world([need()], [offer("spare", quantity=None)]), world([need()], [offer("spare")])
    ),
    "kept back": Story("reserved", world([need()], [offer("spare", reserve=10)]), world([need()], [offer("spare")])),
}


@pytest.mark.parametrize("story", UNMET.values(), ids=UNMET.keys())
def test_need_is_served_without_the_cause(story):
    made = plan_of(story.before)
    assert_lawful(made, story.before)
    rows = made.unmet.filter(made.unmet["need_id"] == "n")
    assert set(rows["reason"]) == {story.reason}
    cured = plan_of(story.after)
    assert_lawful(cured, story.after)
    assert "n" not in cured.unmet["need_id"].to_list()


@pytest.mark.parametrize("story", HOLDS.values(), ids=HOLDS.keys())
def test_hold_is_used_without_the_cause(story):
    made = plan_of(story.before)
    assert_lawful(made, story.before)
    rows = made.holds.filter(made.holds["offer_id"] == "spare")
    assert set(rows["reason"]) == {story.reason}
    assert "spare" not in made.assignments["offer_id"].to_list()
    cured = plan_of(story.after)
    assert_lawful(cured, story.after)
    assert "spare" in cured.assignments["offer_id"].to_list()
    assert "spare" not in cured.holds["offer_id"].to_list()


def test_texts_name_what_a_person_can_act_on():
    """The ratio when shared; the offer that may not come, and the place it would have to be allowed to go to."""
    shared = plan_of(UNMET["shared"].before).unmet.filter(need_id="n").row(0, named=True)
    assert "50" in shared["text_zh"]
    assert "50" in shared["text_en"]
    barred = plan_of(UNMET["may not go there"].before).unmet.filter(need_id="n").row(0, named=True)
    assert "donor-7" in barred["text_zh"] + barred["bottleneck"]
    held = plan_of(HOLDS["may not go where it is needed"].before).holds.filter(offer_id="spare").row(0, named=True)
    assert any(code in held["text_zh"] for code in ("42", "4201", "420102"))
    assert any(code in held["text_en"] for code in ("42", "4201", "420102"))
