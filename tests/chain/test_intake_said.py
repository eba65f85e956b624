"""Things, amounts and reasons in the reader's language; what a person wrote stays as it was written."""

from __future__ import annotations

import pytest
from django.utils import translation

import builders
from tongzhou.chain.intake.selectors.said import amount_words, item_words
from tongzhou.chain.intake.selectors.trail import trail_of, value_words
from tongzhou.chain.intake.types import Reason, reason_words
from tongzhou.flows.expire_needs import expire_due
from tongzhou.kernel import clock
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.selectors import unit_words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("category", "unit", "number", "zh", "en"),
    [
        ("surgical_mask", "只", 1200, "1,200 只", "1,200 pieces"),
        ("surgical_mask", "只", 1, "1 只", "1 piece"),
        ("surgical_mask", "箱", 3, "3 箱", "3 cases"),  # not the category's own unit
        ("oxygen_cylinder", "瓶", 2, "2 瓶", "2 cylinders"),  # its own English, not "bottles"
        ("insulin", "支", 2, "2 支", "2 pens or vials"),
        ("last_mile_delivery", "次", 2, "2 次", "2 deliveries"),
        ("rice", "千克", 25, "25 千克", "25 kg"),
        (None, "盒", 2, "2 盒", "2 boxes"),
        (None, "大麻袋", 2, "2 大麻袋", "2 大麻袋"),
        (None, "", 2, "2", "2"),
        ("funds", "分", 123_450, "1,234.50 元", "1,234.50 yuan"),
        ("surgical_mask", "只", None, "", ""),
    ],
)
def test_an_amount_in_both_languages(category, unit, number, zh, en):
    need = builders.a_need(category=category, unit=unit, item="东西", quantity_asked=number)
    assert amount_words(need, number) == zh
    with translation.override("en"):
        assert amount_words(need, number) == en


def test_every_unit_of_the_catalogue_has_english():
    builders.the_catalogue()
    with translation.override("en"):
        own = {one.unit: unit_words(one.unit) for one in Category.objects.all() if one.unit != "分"}
    assert {unit for unit, word in own.items() if not word.isascii()} == set()


def test_a_thing_is_named_in_the_readers_language_only_where_the_catalogue_wrote_it():
    listed, written = builders.a_need(), builders.a_need(item="外科口罩（蓝色）")
    assert item_words(listed) == "医用外科口罩"
    with translation.override("en"):
        assert item_words(listed) == "surgical mask"
        assert item_words(written) == "外科口罩（蓝色）"


def test_a_reason_of_the_platform_is_a_code_and_read_in_words():
    need = builders.a_need(state="verified", expires_at=clock.now())
    assert expire_due() == 1
    need.refresh_from_db()
    assert need.state_reason == "auto:not_confirmed"
    with translation.override("en"):
        line = trail_of(need)[0]
        assert line.reason == "not verified again in time"
        assert "not verified again in time" in [change.after for change in line.changes]


@pytest.mark.parametrize(
    ("stored", "zh", "en"),
    [
        ("auto:goods_expired", "物品过了有效期", "the goods are past their date"),
        ("物品过了有效期", "物品过了有效期", "the goods are past their date"),  # as it was stored before
        ("他说不要了", "他说不要了", "他说不要了"),
        ("", "", ""),
    ],
)
def test_old_rows_and_words_of_people_keep_reading_right(stored, zh, en):
    assert reason_words(stored) == zh
    with translation.override("en"):
        assert reason_words(stored) == en
        if stored:
            assert value_words(builders.a_need(), "state_reason", stored) == en


def test_every_reason_has_english_and_keeps_its_code():
    assert {one.name: one.value for one in Reason} == {
        "NOT_CONFIRMED": "auto:not_confirmed", "DAYS_OVER": "auto:days_over", "GOODS_EXPIRED": "auto:goods_expired",
        "KEPT_LONG_ENOUGH": "auto:kept_long_enough", "SHEET_CHANGED": "auto:sheet_changed",
        "SHEET_WITHOUT": "auto:sheet_without", "IMPORT_UNDONE": "auto:import_undone",
    }  # fmt: skip
