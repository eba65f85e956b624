"""From a real plan to the receiver's word: the picture, the public page and what planning takes off agree."""

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

import builders as b
from builders_cover import a_cover
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.evaluation.selectors.figures import measure
from tongzhou.chain.evaluation.selectors.gaps import double, gap_rows, rows_of
from tongzhou.chain.evaluation.selectors.plans import current_plans, plan_cells
from tongzhou.chain.evaluation.selectors.public import public_of
from tongzhou.chain.planning.models import PlanNeed
from tongzhou.flows.answer_assignment import accept, decline
from tongzhou.flows.approve_plan import approve_plan
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.kernel import clock
from tongzhou.registers.cover.spreading import Covered, Want, spread

KINDS = {"surgical_mask": "goods", "protective_suit": "goods"}


def seen() -> dict[str, tuple[int, ...]]:
    """District > (needed, planned, accepted, in transit, received in all, covered, gap)."""
    rows = rows_of(measure(b.a_response().pk, clock.now()))
    return {
        row.place: (
            row.amounts.needed, row.amounts.planned, row.amounts.accepted, row.amounts.in_transit,
            row.amounts.received_all, row.amounts.covered, row.amounts.gap,
        )
        for row in rows if row.category == "surgical_mask" and len(row.place) == 6
    }  # fmt: skip


def told() -> dict[str, tuple[str, int | None]]:
    cache.clear()
    lines = public_of(b.a_response(), clock.now(), KINDS).lines
    return {line.place: (line.state, line.figure.amount) for line in lines if line.category == "surgical_mask"}


@pytest.mark.django_db
def test_from_the_plan_to_the_receivers_word() -> None:
    """Jiang'an (life-critical) 300, Wuchang 200; the city covers 100; a giver has 350 masks."""
    first = an_open_need(300, place=b.JIANGAN, urgency=0, for_whom="facility", requester="甲医院")
    an_open_need(200, place=b.WUCHANG, for_whom="facility", requester="乙医院")
    a_cover(b.WUHAN, quantity=100)
    an_open_offer(350)
    assert set(told().values()) == {("pending", None)}
    plan = a_plan(b.an_actor("coordinator"))
    # Cover goes to the more urgent: Jiang'an 200 open, Wuchang 200; of 350 Jiang'an gets all, Wuchang 150.
    planned = {row.place_id: (row.planned, row.served) for row in PlanNeed.objects.filter(plan=plan)}
    assert planned == {b.JIANGAN: (200, 200), b.WUCHANG: (200, 150)}
    assert seen() == {b.JIANGAN: (300, 0, 0, 0, 0, 100, 200), b.WUCHANG: (200, 0, 0, 0, 0, 0, 200)}
    assert told() == {b.JIANGAN: ("pending", None), b.WUCHANG: ("needed", 50)}

    plan.refresh_from_db()
    approve_plan(actor=b.an_actor("liaison"), plan=plan, expect=plan.version, now=clock.now())
    assert seen() == {b.JIANGAN: (300, 200, 0, 0, 0, 100, 0), b.WUCHANG: (200, 150, 0, 0, 0, 0, 50)}
    assert told() == {b.JIANGAN: ("arranged", None), b.WUCHANG: ("needed", 50)}
    (gap,) = gap_rows(measure(b.a_response().pk, clock.now()), plan_cells(current_plans(b.a_response().pk)))
    assert (gap.place, gap.amounts.gap, gap.plan) == (b.WUCHANG, 50, plan.number)
    assert gap.reason

    actor, now = b.an_actor("coordinator"), clock.now()
    mine = Assignment.objects.get(need=first)
    accept(actor=actor, assignment=mine, key="k-accept", now=now)
    mine.refresh_from_db()
    mark_sent(actor=actor, assignment=mine, key="k-sent", now=now)
    assert seen()[b.JIANGAN] == (300, 0, 0, 200, 0, 100, 0)
    assert told()[b.JIANGAN] == ("taken", None)  # somebody accepted, and it is on its way
    other = Assignment.objects.exclude(pk=mine.pk).get()
    decline(actor=actor, assignment=other, reason="no_transport", key="k-no", now=now)
    # What was declined is lacking again, but no plan has said so: the public is not asked for it yet.
    assert seen()[b.WUCHANG] == (200, 0, 0, 0, 0, 0, 200)
    assert told()[b.WUCHANG] == ("needed", 50)

    mine.refresh_from_db()
    confirm(actor=b.an_actor("verifier"), assignment=mine, received=190, missing=10, difference="short", how="call",
            key="k-got", now=now)  # fmt: skip
    # 300 - 190 - 100 covered: 10 lacking. More came than was left over for what others cover.
    assert seen()[b.JIANGAN] == (300, 0, 0, 0, 190, 100, 10)
    assert told()[b.JIANGAN] == ("pending", None)
    assert double(measure(b.a_response().pk, now)) == []


PLACES = st.sampled_from(["42", "4201", "420102", "420106", "4209"])
CLAIMS = st.lists(st.tuples(PLACES, st.integers(0, 3), st.integers(1, 60)), max_size=7)
COVERS = st.lists(st.tuples(st.sampled_from(["0", "42", "4201", "420102"]), st.none() | st.integers(1, 80)), max_size=4)


@given(CLAIMS, COVERS)
def test_planning_and_the_picture_take_off_the_same_cover(claims: list, covers: list) -> None:
    """Planning asks for each need, the picture for each place and urgency: the sums are the same, but for single units
    that do not divide."""
    given_cover = [Covered(place, "mask", quantity) for place, quantity in covers]
    keyed = {f"{number}": claim for number, claim in enumerate(claims)}
    planned = spread([Want(key, place, "mask", *rest) for key, (place, *rest) in keyed.items()], given_cover).covered
    cells: dict[tuple[str, int], int] = {}
    for place, urgency, quantity in claims:
        cells[place, urgency] = cells.get((place, urgency), 0) + quantity
    seen_ = spread([Want(cell, cell[0], "mask", cell[1], units) for cell, units in cells.items()], given_cover).covered
    by_cell = dict.fromkeys(cells, 0)
    for key, units in planned.items():
        by_cell[keyed[key][0], keyed[key][1]] += units
    assert sum(by_cell.values()) == sum(seen_.values())
    assert all(abs(by_cell[cell] - seen_[cell]) <= len(covers) * len(claims) for cell in cells)
