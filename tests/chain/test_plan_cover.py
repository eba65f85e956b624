"""What others cover is taken off the needs: the arithmetic by property, and what a plan says of it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as b
from builders_planning import a_plan, a_standing, an_open_need, an_open_offer, moved
from tongzhou.chain.planning.models import LeftOut, PlanNeed
from tongzhou.chain.planning.types import Scope
from tongzhou.kernel import clock
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.cover.spreading import Covered, Want, spread

PLACES = ("0", "42", "4201", "420102", "420106", "4209")


def claims() -> st.SearchStrategy[list[Want[str]]]:
    one = st.tuples(st.sampled_from(PLACES[1:]), st.sampled_from("ab"), st.integers(0, 3), st.integers(1, 1000))
    return st.lists(one, max_size=8).map(lambda rows: [Want(f"n{i}", *row) for i, row in enumerate(rows)])


COVERS = st.lists(
    st.builds(Covered, st.sampled_from(PLACES), st.sampled_from("ab"), st.none() | st.integers(1, 1500)), max_size=4
)


def share_cover(needs: list[Want[str]], covers: list[Covered]) -> dict[str, int]:
    """What is covered, by key; nothing left out but zeros."""
    return {key: units for key, units in spread(needs, covers).covered.items() if units}


def inside(place: str, area: str) -> bool:
    return area == "0" or place.startswith(area)


@given(claims(), COVERS, st.randoms())
def test_cover_never_gives_more_than_there_is(needs: list[Want[str]], covers: list[Covered], rng: Any) -> None:
    given_ = share_cover(needs, covers)
    own = {one.key: one for one in needs}
    assert all(0 < units <= own[key].quantity for key, units in given_.items())
    for category in "ab":
        mine = [c for c in covers if c.category == category]
        got = sum(units for key, units in given_.items() if own[key].category == category)
        if all(c.quantity is not None for c in mine):
            assert got <= sum(c.quantity or 0 for c in mine)
        for cover in mine:
            if cover.quantity is None:
                assert all(
                    given_[n.key] == n.quantity
                    for n in needs
                    if n.category == category and inside(n.place, cover.place)
                )
    assert all(
        any(inside(own[key].place, c.place) and c.category == own[key].category for c in covers) for key in given_
    )
    shuffled, others = needs[:], covers[:]
    rng.shuffle(shuffled)
    rng.shuffle(others)
    assert share_cover(shuffled, others) == given_


@given(claims(), st.integers(1, 3000))
def test_one_limited_cover_is_used_up_class_by_class_in_proportion(needs: list[Want[str]], units: int) -> None:
    mine = [one for one in needs if one.category == "a"]
    got = share_cover(needs, [Covered("0", "a", units)])
    assert sum(got.values()) == min(units, sum(one.quantity for one in mine))
    left = units
    for urgency in range(4):
        own = [one for one in mine if one.urgency == urgency]
        total = sum(one.quantity for one in own)
        share = Fraction(min(left, total), total) if total else Fraction(0)
        for one in own:
            assert abs(got.get(one.key, 0) - share * one.quantity) < 1
        left -= min(left, total)


def test_worked_by_hand() -> None:
    """60 over 30 urgent, then 30 left over 20 + 25: 13.33 and 16.67, rounded 13 and 17."""
    needs = [Want("c", "4201", "a", 2, 25), Want("b", "420102", "a", 2, 20), Want("a", "4201", "a", 1, 30)]
    assert share_cover(needs, [Covered("4201", "a", 60)]) == {"a": 30, "b": 13, "c": 17}
    # Equal remainders of one place: the smaller key gets the unit.
    twins = [Want("y", "4201", "a", 1, 1), Want("x", "4201", "a", 1, 1)]
    assert share_cover(twins, [Covered("4201", "a", 1)]) == {"x": 1}
    # The narrow cover comes first, so that the wide one is left for elsewhere.
    two = [Want("a", "420102", "a", 1, 10), Want("b", "420106", "a", 1, 10)]
    assert share_cover(two, [Covered("42", "a", 10), Covered("420102", "a", 10)]) == {"a": 10, "b": 10}


@pytest.mark.django_db
def test_a_plan_takes_cover_off() -> None:
    today = clock.beijing(clock.now()).date()
    category = b.a_category("surgical_mask")
    said: dict[str, Any] = {
        "response": b.a_response(),
        "category": category,
        "line": "supplies",
        "by": "government",
        "source": "测试",
    }
    first, second = an_open_need(100, urgency=1, place="420106"), an_open_need(100, urgency=2, place="420102")
    far = an_open_need(100, urgency=2, place="4209")
    an_open_offer(1000)
    limited = Cover.objects.create(
        **said, place=b.a_place("4201"), quantity=130, by_name="市指挥部", starts_on=today, ends_on=today
    )
    plan = a_plan()
    assert dict(PlanNeed.objects.filter(plan=plan).values_list("need__code", "planned")) == {
        second.code: 70,
        far.code: 100,
    }
    row = PlanNeed.objects.get(plan=plan, need=second)
    assert (row.asked, row.basis, row.served) == (100, "confirmed", 70)
    out = LeftOut.objects.get(plan=plan)
    assert (out.rule, out.need_id) == ("covered", first.pk)
    assert "市指挥部" in out.text_zh
    for over in ({"starts_on": today + dt.timedelta(days=1), "ends_on": None}, {"withdrawn_at": clock.now()}):
        Cover.objects.filter(pk=limited.pk).update(**over)
        assert PlanNeed.objects.filter(plan=a_plan()).count() == 3
    Cover.objects.create(**said, place=b.a_place("42"), quantity=None, by_name="省指挥部", starts_on=today)
    plan = a_plan()
    assert plan.state == "failed"
    assert plan.failure["code"] == "plan_nothing"
    assert LeftOut.objects.filter(plan=plan, rule="covered").count() == 3


def planned(scope: Scope | None = None) -> dict[str, int]:
    """Open quantity of every need of a plan, by the district of the need."""
    rows = PlanNeed.objects.filter(plan=a_plan(scope=scope))
    return dict(rows.values_list("place_id", "planned"))


def covered_by_city(quantity: int | None) -> Cover:
    return Cover.objects.create(
        response=b.a_response(), category=b.a_category("surgical_mask"), line="supplies", by="government",
        source="测试", place=b.a_place("4201"), quantity=quantity, by_name="市指挥部",
        starts_on=clock.beijing(clock.now()).date(),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_plan_of_one_district_does_not_take_the_citys_cover_for_itself() -> None:
    """90 over 60, 80 and 40 of one urgency: a half, 30 + 40 + 20, whoever plans; left are 30, 40 and 20."""
    for quantity, place in ((60, "420102"), (80, "420106"), (40, "420103")):
        an_open_need(quantity, place=place)
    an_open_need(500, place="4209")  # another city
    an_open_offer(1000)
    covered_by_city(90)
    whole = {"420102": 30, "420106": 40, "420103": 20, "4209": 500}
    assert planned() == whole
    assert planned(Scope(area="420106")) == {"420106": 40}
    assert planned(Scope(area="420102")) == {"420102": 30}
    assert planned(Scope(area="4201")) == {place: units for place, units in whole.items() if place != "4209"}
    assert planned(Scope(line="supplies", category="surgical_mask")) == whole


@pytest.mark.django_db
def test_more_urgent_needs_outside_of_the_scope_come_first() -> None:
    """The city covers 100. A life-critical 70 elsewhere takes 70; 60 and 30 share the other 30 as 20 and 10."""
    an_open_need(70, urgency=0, place="420102")
    an_open_need(60, urgency=1, place="420106")
    an_open_need(30, urgency=1, place="420103")
    an_open_offer(1000)
    covered_by_city(100)
    assert planned(Scope(area="420106")) == {"420106": 40}
    assert planned(Scope(area="420103")) == {"420103": 20}
    assert planned() == {"420106": 40, "420103": 20}  # the life-critical one is covered wholly


@pytest.mark.django_db
def test_what_is_approved_elsewhere_still_has_its_share_of_the_cover() -> None:
    """A plan in force may be planned anew, so it does not lessen what its need claims: 60 : 60 over 60 is 30 each,
    whether the other district has 60 on paper or not; once 60 are accepted there, all the cover is ours."""
    other, mine = an_open_need(60, place="420102"), an_open_need(60, place="420106")
    offer = an_open_offer(1000)
    covered_by_city(60)
    one = moved(other, offer, ("outside", "planned", 60), standing=a_standing())
    assert planned(Scope(area="420106")) == {"420106": 30}
    assert planned() == {"420102": 30, "420106": 30}
    moved(other, offer, ("outside", "planned", 60), ("planned", "accepted", 60), standing=one.standing)
    assert LeftOut.objects.filter(plan=a_plan(scope=Scope(area="420106")), need=mine, rule="covered").exists()
