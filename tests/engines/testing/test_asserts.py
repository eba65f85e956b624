"""The domain asserts pass a right plan made by hand and name every fault put into it."""

from types import SimpleNamespace

import polars as pl
import pytest

from tongzhou_engines.testing import (
    ORDERS,
    Instance,
    NeedRow,
    OfferRow,
    assert_lawful,
    assert_optimal,
    lawful_faults,
)

STREETS = ("420101001", "420101002")
INSTANCE = Instance(
    places={"CN": None, "42": "CN", "4201": "42", "420101": "4201", **dict.fromkeys(STREETS, "420101")},
    compat={"n95_respirator": ("surgical_mask",)},
    needs=(
        NeedRow("old", STREETS[0], "surgical_mask", 1, 4, opened="2020-02-01"),
        NeedRow("frail", STREETS[0], "surgical_mask", 1, 4, vulnerability=2, opened="2020-02-03"),
        NeedRow("gown", STREETS[1], "isolation_gown", 2, None),
    ),
    offers=(
        OfferRow("masks", STREETS[1], "surgical_mask", 3, ("420101",)),
        OfferRow("n95", STREETS[0], "n95_respirator", 5, (STREETS[0],), reserve=2),
        OfferRow("gowns", STREETS[1], "isolation_gown", None, ("42",)),
        OfferRow("late", STREETS[0], "surgical_mask", 9, ("31",)),
    ),
    principles=ORDERS[0],
)


def right_plan() -> dict[str, list[dict]]:
    texts = {"text_zh": "理由", "text_en": "reason"}
    return {
        "assignments": [
            {"offer_id": "n95", "need_id": "frail", "category": "n95_respirator", "quantity": 3, "reach": 0},
            {"offer_id": "masks", "need_id": "frail", "category": "surgical_mask", "quantity": 1, "reach": 1},
            {"offer_id": "masks", "need_id": "old", "category": "surgical_mask", "quantity": 2, "reach": 1},
        ],
        "cells": [
            cell(STREETS[0], "surgical_mask", 1, 8, 6, "6", 0.75),
            cell(STREETS[1], "isolation_gown", 2, 1, 0, "0", 0.0),
        ],
        "unmet": [
            {"need_id": "old", "quantity": 2, "reason": "shared_fairly", "bottleneck": "", **texts},
            {"need_id": "gown", "quantity": 1, "reason": "no_offer", "bottleneck": "", **texts},
        ],
        "holds": [
            {"offer_id": "n95", "quantity": 2, "reason": "reserved", **texts},
            {"offer_id": "gowns", "quantity": None, "reason": "quantity_unknown", **texts},
            {"offer_id": "late", "quantity": 9, "reason": "may_not_go_where_needed", **texts},
        ],
    }


def cell(place, category, urgency, demand, served, exact, coverage):
    return {
        "place": place,
        "category": category,
        "urgency": urgency,
        "demand": demand,
        "served": served,
        "exact": exact,
        "coverage": coverage,
    }


def tables(plan):
    return SimpleNamespace(**{name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in plan.items()})


def test_right_plan_passes():
    assert_lawful(tables(right_plan()), INSTANCE)
    assert_optimal(tables(right_plan()), INSTANCE)


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "fault"),
    [
        ("assignments", 0, "need_id", "gown", "n95 > gown: not lawful"),
        ("assignments", 0, "offer_id", "late", "late > frail: not lawful"),
        ("assignments", 0, "offer_id", "nobody", "nobody > frail: unknown id"),
        ("assignments", 0, "quantity", 4, "n95: gives 4 of 3"),
        ("assignments", 1, "quantity", 0, "masks > frail: quantity 0"),
        ("assignments", 1, "reach", 0, "masks > frail: reach 0, should be 1"),
        ("assignments", 2, "need_id", "frail", "masks > frail: listed twice"),
        ("assignments", 2, "category", "gown", "masks > old: category gown"),
        ("assignments", 2, "quantity", 1, "old: 1 + 2 unmet, not 4"),
        ("cells", 0, "served", 7, "table says [(8, 7)], inputs and assignments [(8, 6)]"),
        ("cells", 0, "demand", 9, "table says [(9, 6)], inputs and assignments [(8, 6)]"),
        ("cells", 0, "coverage", 0.5, "coverage 0.5 of 6 / 8"),
        ("unmet", 0, "quantity", 1, "old: 2 + 1 unmet, not 4"),
        ("unmet", 1, "reason", "bad_luck", "unknown reason"),
        ("unmet", 1, "text_zh", " ", "no text"),
        ("holds", 2, "quantity", 8, "late: 0 + 8 held, not 9"),
        ("holds", 1, "reason", "not_needed", "gowns: quantity_unknown does not fit"),
        ("holds", 0, "text_en", None, "no text"),
    ],
)
def test_names_the_fault(table, row, column, value, fault):
    plan = right_plan()
    plan[table][row][column] = value
    assert any(fault in found for found in lawful_faults(tables(plan), INSTANCE))


def test_names_who_came_before_their_turn():
    plan = right_plan()
    plan["assignments"][1]["quantity"], plan["assignments"][2]["quantity"] = 0, 3
    assert any("frail, whose turn comes first" in found for found in lawful_faults(tables(plan), INSTANCE))


def test_refuses_wrong_exact_amounts_and_less_than_the_optimum():
    plan = right_plan()
    plan["cells"][0]["exact"] = "11/2"
    with pytest.raises(AssertionError, match="11/2, should be 6"):
        assert_optimal(tables(plan), INSTANCE)
    plan = right_plan()
    del plan["assignments"][2]
    with pytest.raises(AssertionError, match="should be"):
        assert_optimal(tables(plan), INSTANCE)


def test_refuses_more_movement_than_needed():
    instance = Instance(
        places={"CN": None, "42": "CN", "4201": "42", "31": "CN", "3101": "31"},
        compat={},
        needs=(NeedRow("n", "4201", "surgical_mask", 1, 2),),
        offers=(OfferRow("near", "4201", "surgical_mask", 2), OfferRow("far", "3101", "surgical_mask", 2)),
        principles=ORDERS[1],
    )
    line = {"offer_id": "near", "need_id": "n", "category": "surgical_mask", "quantity": 2, "reach": 2}
    cells = [cell("4201", "surgical_mask", 1, 2, 2, "2", 1.0)]
    assert_optimal(tables({"assignments": [line], "cells": cells}), instance)
    farther = line | {"offer_id": "far", "reach": 4}
    with pytest.raises(AssertionError, match=r"moving \(0, 0, 0, 0, 2\), should be \(2,\) moving \(0, 0, 2, 0, 0\)"):
        assert_optimal(tables({"assignments": [farther], "cells": cells}), instance)
