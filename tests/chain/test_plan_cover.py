"""What others cover is taken off the needs: the arithmetic by property, and what a plan says of it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders as b
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.planning.models import LeftOut, PlanNeed
from tongzhou.chain.planning.services.cover import Claim, Covering, share_cover
from tongzhou.kernel import clock
from tongzhou.registers.cover.models import Cover

PLACES = ("0", "42", "4201", "420102", "420106", "4209")


def claims() -> st.SearchStrategy[list[Claim]]:
    one = st.tuples(st.sampled_from(PLACES[1:]), st.sampled_from("ab"), st.integers(0, 3), st.integers(1, 1000))
    return st.lists(one, max_size=8).map(lambda rows: [Claim(f"n{i}", *row) for i, row in enumerate(rows)])


COVERS = st.lists(
    st.builds(Covering, st.sampled_from(PLACES), st.sampled_from("ab"), st.none() | st.integers(1, 1500)), max_size=4
)


def inside(place: str, area: str) -> bool:
    return area == "0" or place.startswith(area)


@given(claims(), COVERS, st.randoms())
def test_cover_never_gives_more_than_there_is(needs: list[Claim], covers: list[Covering], rng: Any) -> None:
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
def test_one_limited_cover_is_used_up_class_by_class_in_proportion(needs: list[Claim], units: int) -> None:
    mine = [one for one in needs if one.category == "a"]
    got = share_cover(needs, [Covering("0", "a", units)])
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
    needs = [Claim("c", "4201", "a", 2, 25), Claim("b", "420102", "a", 2, 20), Claim("a", "4201", "a", 1, 30)]
    assert share_cover(needs, [Covering("4201", "a", 60)]) == {"a": 30, "b": 13, "c": 17}
    # Equal remainders: the smaller key gets the unit.
    twins = [Claim("y", "4201", "a", 1, 1), Claim("x", "4201", "a", 1, 1)]
    assert share_cover(twins, [Covering("4201", "a", 1)]) == {"x": 1}
    # The narrow cover comes first, so that the wide one is left for elsewhere.
    two = [Claim("a", "420102", "a", 1, 10), Claim("b", "420106", "a", 1, 10)]
    assert share_cover(two, [Covering("42", "a", 10), Covering("420102", "a", 10)]) == {"a": 10, "b": 10}


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
