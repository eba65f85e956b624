"""What others cover: written down by who may, ended, withdrawn, and taken off what is lacking by one rule."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
from builders_cover import a_cover
from tongzhou.kernel import audit
from tongzhou.kernel.clock import BEIJING
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.cover import selectors, services
from tongzhou.registers.cover.spreading import Covered, Want, proportional, spread

NOW = dt.datetime(2020, 2, 6, 12, 0, tzinfo=BEIJING)
TODAY = NOW.date()


def add(actor=None, **over):
    said = {
        "actor": actor or builders.an_actor("coordinator", "supplies", builders.WUHAN),
        "response": builders.a_response(),
        "place": builders.a_place(builders.JIANGAN),
        "category": builders.a_category(),
        "by": "government",
        "by_name": "江岸区指挥部",
        "quantity": 500,
        "starts_on": TODAY,
        "source": "区指挥部 2 月 5 日通知",
        "now": NOW,
    }
    return services.add_cover(**(said | over))


@pytest.mark.django_db
def test_cover_is_added_ended_and_stays_in_the_history():
    row = add()
    assert (row.line, row.quantity) == ("supplies", 500)
    actor = builders.an_actor("liaison", area="42")
    services.end_cover(actor=actor, cover=row, ends_on=dt.date(2020, 2, 8), reason="只供应到周六", now=NOW)
    days = {day: len(selectors.current(row.response_id, dt.date(2020, 2, day))) for day in (5, 6, 8, 9)}
    assert days == {5: 0, 6: 1, 8: 1, 9: 0}
    assert [entry.reason for entry in audit.history(row)] == ["只供应到周六", "区指挥部 2 月 5 日通知"]


@pytest.mark.django_db
def test_withdrawn_cover_counts_no_more_and_cannot_be_ended_again():
    row = add(quantity=None)
    actor = builders.an_actor("coordinator", "supplies", "42")
    services.withdraw_cover(actor=actor, cover=row, reason="没有落实", now=NOW)
    assert selectors.current(row.response_id, TODAY) == []
    assert selectors.covers(actor).count() == 1
    for act in (
        lambda: services.withdraw_cover(actor=actor, cover=row, reason="没有落实", now=NOW),
        lambda: services.end_cover(actor=actor, cover=row, ends_on=TODAY, reason="没有落实", now=NOW),
    ):
        with pytest.raises(Refusal, match="cover_over"):
            act()


@pytest.mark.django_db
def test_a_stale_page_changes_nothing():
    row = add()
    actor = builders.an_actor("coordinator", "supplies", "42")
    with pytest.raises(Refusal, match="version_stale"):
        services.withdraw_cover(actor=actor, cover=row, reason="没有落实", now=NOW, expect=7)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "张三 19000000007 说的"}, "source"),
        ({"by_name": ""}, "by_name"),
        ({"quantity": 0}, "quantity"),
        ({"ends_on": dt.date(2020, 2, 1)}, "ends_on"),
        ({"by": "somebody"}, "by"),
        ({"place": "33"}, "place"),
    ],
)
def test_what_is_wrong_is_named(over, field):
    if "place" in over:
        over = {"place": builders.a_place(over["place"])}
    with pytest.raises(Refusal) as refused:
        add(builders.an_actor("coordinator"), **over)
    assert list(refused.value.fields) == [field]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "actor",
    [
        ("coordinator", "funds", "42"),
        ("coordinator", "supplies", builders.XIAOGAN),
        ("verifier", "all", "42"),
        ("analyst", "all", ""),
    ],
)
def test_others_write_none(actor):
    with pytest.raises(Refusal, match="not_found"):
        add(builders.an_actor(*actor))


@pytest.mark.django_db
def test_each_sees_the_cover_of_the_own_area_and_line_an_officer_the_own():
    own = builders.an_organisation()
    a_cover(builders.WUHAN)
    a_cover(builders.XIAOGAN, organisation=own)
    a_cover(builders.WUHAN, "home_care")
    seen = {
        who: selectors.covers(actor).count()
        for who, actor in {
            "wuhan": builders.an_actor("coordinator", "supplies", builders.WUHAN),
            "hubei": builders.an_actor("liaison", area="42"),
            "officer": builders.an_actor("officer", organisation=own),
            "volunteer": builders.an_actor("volunteer"),
        }.items()
    }
    assert seen == {"wuhan": 1, "hubei": 3, "officer": 1, "volunteer": 0}


def want(key, place, quantity, urgency=1, category="mask"):
    return Want(key, place, category, urgency, quantity)


def test_proportions_by_largest_remainder():
    # 10 over 3 : 3 : 1 is 4.29 : 4.29 : 1.43; the one unit left goes to the largest remainder (1.43).
    assert proportional([30, 30, 10], 10) == [4, 4, 2]
    assert proportional([5, 5], 20) == [5, 5]
    assert proportional([], 3) == []


def test_the_narrowest_cover_first_then_the_urgent_then_in_proportion():
    wants = [
        want("a", "420102", 60, urgency=0),
        want("b", "420106", 40),
        want("c", "420106", 60),
        want("d", "4209", 50),
    ]
    cover = [Covered("42", "mask", 40), Covered("4201", "mask", 80), Covered("420106", "mask", 10)]
    # 420106: 10 over b and c, 40:60 -> 4 and 6. 4201: 80, a first (60), then 20 over 36:54 -> 8 and 12.
    # 42: 40 over b 28, c 42, d 50 (120 in all) -> 9.33, 14, 16.67 -> 9, 14, 17.
    done = spread(wants, cover)
    assert done.covered == {"a": 60, "b": 4 + 8 + 9, "c": 6 + 12 + 14, "d": 17}
    assert done.left == [0, 0, 0]


def test_cover_of_everything_covers_all_below_and_leaves_other_categories():
    wants = [want(1, "420102001", 7), want(2, "4201", 5), want(3, "420102001", 9, category="suit")]
    done = spread(wants, [Covered("420102", "mask", None), Covered("420102", "mask", 4)])
    assert done.covered == {1: 7, 2: 0, 3: 0}
    assert done.left == [0, 0]


def test_what_nobody_lacks_is_left():
    assert spread([want(1, "420102", 7)], [Covered("0", "mask", 10), Covered("420102", "suit", 3)]).left == [3, 3]


PLACES = st.sampled_from(["0", "42", "4201", "420102", "420106", "4209"])
WANTS = st.lists(st.tuples(PLACES, st.integers(0, 3), st.integers(0, 50)), max_size=8)
COVERS = st.lists(st.tuples(PLACES, st.none() | st.integers(1, 60)), max_size=5)


@given(WANTS, COVERS, st.randoms(use_true_random=False))
def test_never_more_than_is_lacking_nor_than_there_is_whatever_the_order(wanted, given_cover, dice):
    wants = [want(at, *one[:1], one[2], urgency=one[1]) for at, one in enumerate(wanted)]
    covers = [Covered(place, "mask", quantity) for place, quantity in given_cover]
    done = spread(wants, covers)
    assert all(0 <= done.covered[one.key] <= one.quantity for one in wants)
    if all(one.quantity is not None for one in covers):
        assert sum(done.covered.values()) + sum(done.left) == sum(one.quantity for one in covers)
    shuffled = list(wants)
    dice.shuffle(shuffled)
    assert spread(shuffled, covers).covered == done.covered
