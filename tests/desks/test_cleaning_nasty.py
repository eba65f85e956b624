"""Nasty pages come out word for word as they were written; innocent ones lose nothing and nobody has to look."""

from __future__ import annotations

import pytest

from builders_nasty_pages import INNOCENT, NASTY, Innocent, Nasty
from tongzhou.desks.bulletins.services.cleaning import clean_bytes


@pytest.mark.parametrize("nasty", NASTY, ids=lambda one: one.name)
def test_a_nasty_page_comes_out_as_it_was_written_with_its_cuts_listed(nasty: Nasty) -> None:
    page = clean_bytes(nasty.raw)
    assert page.text == nasty.text
    assert page.title == nasty.title
    listed = [(piece.reason, piece.text) for _number, piece in page.cuts]
    for reason, words in nasty.cut:
        assert any(reason == why and words in text for why, text in listed), listed
    assert bool(page.unseen) is nasty.unseen


@pytest.mark.parametrize("nasty", NASTY, ids=lambda one: one.name)
def test_a_defaced_page_is_held_for_a_person_and_a_mended_one_is_not(nasty: Nasty) -> None:
    page = clean_bytes(nasty.raw)
    assert page.held is nasty.held, page.signals


@pytest.mark.parametrize("innocent", INNOCENT, ids=lambda one: one.name)
def test_an_innocent_page_loses_nothing_and_is_not_held(innocent: Innocent) -> None:
    page = clean_bytes(innocent.raw)
    assert page.cuts == []
    assert page.text == "\n".join(line for line in innocent.text.split("\n") if line)
    assert (page.held, page.unseen) == (False, 0)


def test_there_are_twenty_of_each_at_least() -> None:
    assert len({one.name for one in NASTY}) >= 20
    assert len({one.name for one in INNOCENT}) >= 20
