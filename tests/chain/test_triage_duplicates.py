"""Likely duplicates: measured on pairs labelled by hand and on the real sheets of 2020; noted singly and in bulk."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import (
    JIANGAN,
    WUCHANG,
    WUHAN,
    a_contact,
    a_need,
    a_response,
    a_submission,
    an_actor,
    an_organisation,
)
from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.services.submit import address_index, scope_of
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.chain.triage.selectors.likeness import LIKELY, NOTED, Probe, compare, name_forms
from tongzhou.chain.triage.selectors.pairs import likely_duplicates, open_pairs, pairs_to_count
from tongzhou.chain.triage.services import duplicates, note_duplicates, note_duplicates_for
from tongzhou.chain.triage.services.duplicates import decide_different
from tongzhou.chain.triage.types import Decision, Sign
from tongzhou.kernel import clock
from tongzhou_engines.catalogue import Catalogue, normalise
from tongzhou_engines.gazetteer import Gazetteer

ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "tests" / "data" / "duplicates"
NOON = dt.datetime(2020, 2, 6, 4, tzinfo=dt.UTC)


def _rows(name: str) -> list[dict[str, str]]:
    with (LABELLED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _above(place: str) -> tuple[str, ...]:
    tree = Gazetteer.builtin().tree
    names = []
    for length in (2, 4):
        if len(place) >= length and place[:length] in tree:
            name = tree.name(place[:length])
            names += [name, name.rstrip("省市")]
    return tuple(names)


def _plea(row: dict[str, str], side: str, at: dt.datetime) -> Probe:
    said = {name.removeprefix(f"{side}_"): text for name, text in row.items() if name.startswith(f"{side}_")}
    return Probe(
        id=None, at=at, category=said["category"], place=said["place"], item=normalise(said["item"]),
        text=normalise(said["item"] + said["note"]), phone=normalise(said["phone"]), address=said["address"],
        names=name_forms(said["requester"], _above(said["place"])),
        quantity=int(said["quantity"]) if said["quantity"] else None,
    )  # fmt: skip


def _judged() -> list[tuple[dict[str, str], int]]:
    found = []
    for row in _rows("pleas.csv"):
        later = NOON + dt.timedelta(days=int(row["days_apart"]))
        found.append((row, compare(_plea(row, "first", NOON), _plea(row, "second", later)).score))
    return found


def test_the_pairs_labelled_by_hand() -> None:
    judged = _judged()
    same = [score for row, score in judged if row["label"] == "same"]
    different = [score for row, score in judged if row["label"] == "different"]
    wrong = [f"{score}: {row['why']}" for row, score in judged if (score >= NOTED) != (row["label"] == "same")]
    assert (len(same), len(different)) == (20, 24)
    found, false = sum(s >= NOTED for s in same), sum(s >= NOTED for s in different)
    assert found / len(same) >= 0.9, wrong
    assert found / (found + false) >= 0.9, wrong


def _hospitals(sheet: str) -> list[list[Probe]]:
    """Every hospital of a sheet, as one probe for each category it asked for."""
    folder = ROOT / "data/wuhan2020" / sheet if sheet == "2020-02-06" else ROOT / "tests/data/sheets" / sheet
    catalogue, found = Catalogue.builtin(), []
    for file in sorted((folder / "hospital").glob("**/*.json")):
        for row in json.loads(file.read_text(encoding="utf-8")):
            place = _code(row["province"], row["city"], row["district"])
            phones = [normalise(one["tel"]) for one in row["contacts"] if one["tel"].strip()]
            asked = {catalogue.find(one["key"]): one for one in row["supplies"]}
            found.append([
                Probe(
                    id=None, at=NOON, category=key, place=place, item=normalise(one["key"]), text=normalise(one["key"]),
                    phone=phones[0] if phones else "", names=name_forms(row["name"], _above(place)),
                    quantity=None, place_certain=len(place) == 6,
                )
                for key, one in asked.items() if key
            ])  # fmt: skip
    return found


@cache
def _code(province: str, city: str, district: str) -> str:
    found = Gazetteer.builtin().match(f"{province}{city}{district}").candidates
    return found[0] if len(found) == 1 else (Gazetteer.builtin().match(f"{province}{city}").candidates or ["42"])[0]


def _measured(sheet: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[tuple[str, str]]]:
    """(pairs of hospitals found, labelled the same, labelled maybe), each as plain names in order."""
    key = lambda a, b: tuple(sorted((normalise(a), normalise(b))))  # noqa: E731
    labels: dict[str, set[tuple[str, str]]] = {"same": set(), "maybe": set()}
    for row in _rows("same_hospitals.csv"):
        if row["sheet"] == sheet or (sheet == "2020-02-19" and row["sheet"] == "2020-02-06"):
            labels[row["verdict"]].add(key(row["first"], row["second"]))
    found, comparable = set(), set()
    listed = _hospitals(sheet)
    names = _names(sheet)
    for (one, first), (two, second) in itertools.combinations(zip(listed, names, strict=True), 2):
        by = {probe.category: probe for probe in two}
        if any(probe.category in by for probe in one):
            comparable.add(key(first, second))
        if any(probe.category in by and compare(probe, by[probe.category]).score >= NOTED for probe in one):
            found.add(key(first, second))
    # A row that asked for nothing makes no need: only pairs with a line in common can be found, and matter.
    return found, labels["same"] & comparable, labels["maybe"] & comparable


def _names(sheet: str) -> list[str]:
    folder = ROOT / "data/wuhan2020" / sheet if sheet == "2020-02-06" else ROOT / "tests/data/sheets" / sheet
    files = sorted((folder / "hospital").glob("**/*.json"))
    return [row["name"] for file in files for row in json.loads(file.read_text(encoding="utf-8"))]


def test_the_real_sheet_the_same_hospital_entered_twice() -> None:
    found, same, maybe = _measured("2020-02-06")
    false = found - same - maybe
    assert len(_names("2020-02-06")) == 216
    assert same <= found, same - found
    assert len(same) == 7
    assert len(false) <= 1, false


def test_a_later_real_sheet_whose_labels_were_checked_after_the_first_run() -> None:
    found, same, maybe = _measured("2020-02-19")
    assert same <= found, same - found
    assert len(same) == 8
    assert len(found - same - maybe) <= 1, found - same - maybe


_texts = st.text(alphabet="医院中心武汉第一二三口罩防护服", max_size=12)
_probes = st.builds(
    Probe, id=st.none(), at=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2020, 3, 1), timezones=st.just(dt.UTC)),
    category=st.sampled_from(["", "surgical_mask", "insulin"]),
    place=st.sampled_from(["0", "42", "4201", "420102", "4209"]),
    item=_texts, text=_texts, phone=st.sampled_from(["", "a", "b"]), address=st.sampled_from(["", "x", "y"]),
    names=st.lists(_texts.filter(bool), max_size=2).map(tuple), quantity=st.sampled_from([None, 1, 500]),
)  # fmt: skip


@given(_probes, _probes)
def test_likeness_is_symmetric_and_between_0_and_100(one: Probe, two: Probe) -> None:
    there, back = compare(one, two), compare(two, one)
    assert there.score == back.score
    assert 0 <= there.score <= 100
    assert set(there.signs) == set(back.signs)


@given(_probes, _probes)
def test_two_categories_are_never_the_same_plea(one: Probe, two: Probe) -> None:
    if one.category and two.category and one.category != two.category:
        assert compare(one, two).score == 0


def test_brackets_hold_other_names_but_not_departments() -> None:
    above = ("湖北省", "湖北", "武汉市", "武汉")
    both = name_forms("武汉市第六医院（江汉大学附属医院）", above)
    assert set(both) == {"武汉市第六医院", "第六医院", "江汉大学附属医院"}
    assert name_forms("武汉大学人民医院（心外科）", above) == ("武汉大学人民医院", "大学人民医院")


# ---------------------------------------------------------------- on the database


@pytest.mark.django_db
def test_a_second_plea_from_one_phone_is_noted_once_and_only_for_the_same_thing() -> None:
    phone = "19000000011"
    first = a_need(place=WUCHANG, contact=a_contact(phone), category="insulin", item="胰岛素")
    second = a_need(place=WUCHANG, contact=a_contact(phone), category="insulin", item="胰岛素")
    other = a_need(place=WUCHANG, contact=a_contact(phone), category="rice", item="大米")
    assert note_duplicates(need=second, now=clock.now()) == 1
    assert note_duplicates(need=other, now=clock.now()) == 0
    note_duplicates(need=second, now=clock.now())
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == (first.pk, second.pk)
    assert pair.score >= LIKELY
    assert Sign.PHONE in pair.signs


@pytest.mark.django_db
def test_lines_of_one_hospital_and_of_one_form_are_not_duplicates() -> None:
    hospital = an_organisation("武汉市第八医院")
    form = a_submission()
    for key in ("surgical_mask", "n95_respirator", "protective_suit"):
        need = a_need(category=key, organisation=hospital, requester=hospital.name, submission=form)
        note_duplicates(need=need, now=clock.now())
    again = a_need(category="goggles", organisation=hospital, requester=hospital.name, for_whom="facility")
    note_duplicates(need=again, now=clock.now())
    assert DuplicatePair.objects.count() == 0


@pytest.mark.django_db
def test_a_decided_pair_is_not_proposed_again() -> None:
    actor = an_actor("coordinator")
    contact = a_contact("19000000012")
    first, second = a_need(contact=contact), a_need(contact=contact)
    note_duplicates(need=second, now=clock.now())
    decide_different(actor=actor, pair=DuplicatePair.objects.get())
    note_duplicates(need=first, now=clock.now())
    assert DuplicatePair.objects.get().decision == Decision.DIFFERENT
    assert list(open_pairs(actor)) == []


@pytest.mark.django_db
def test_pairs_are_seen_only_where_both_needs_are_the_actors() -> None:
    contact = a_contact("19000000013")
    first, second = a_need(contact=contact, place=JIANGAN), a_need(contact=contact, place=WUHAN)
    note_duplicates(need=second, now=clock.now())
    assert [pair.first_id for pair in open_pairs(an_actor("verifier", area="4201"))] == [first.pk]
    assert not open_pairs(an_actor("verifier", area=JIANGAN))
    assert not open_pairs(an_actor("verifier", line="services"))
    assert not open_pairs(an_actor("liaison"))
    assert not open_pairs(an_actor("verifier", second_factor=False))


def _world(count: int) -> list[Need]:
    """`count` needs in one city: every tenth one comes from the phone of the one before it."""
    form, response = a_submission(), a_response()
    contacts = [a_contact(f"190000000{n:02d}") for n in range(20)]
    one = a_need(submission=form, contact=contacts[0], item="外科口罩")
    rows = []
    for n in range(count):
        contact = contacts[n // 10 % 20] if n % 10 == 0 else None
        rows.append(
            Need(
                code=f"{n:010d}", response=response, place_id=WUHAN, for_whom="self", channel="sheet",
                category_id="surgical_mask" if n % 2 else "insulin", item="外科口罩" if n % 2 else "胰岛素",
                requester=f"武汉市第{n // 8}医院" if n % 3 == 0 else "", contact=contact, quantity_asked=n,
            )
        )  # fmt: skip
    Need.objects.bulk_create(rows)
    return [one, *rows]


@pytest.mark.django_db
def test_noting_many_at_once_finds_the_same_pairs_as_one_by_one() -> None:
    needs = _world(60)
    note_duplicates_for(needs=needs, now=clock.now())
    at_once = set(DuplicatePair.objects.values_list("first_id", "second_id", "score"))
    DuplicatePair.objects.all().delete()
    for need in needs:
        note_duplicates(need=need, now=clock.now())
    assert at_once == set(DuplicatePair.objects.values_list("first_id", "second_id", "score"))
    assert at_once


@pytest.mark.django_db
def test_two_thousand_rows_of_an_import_take_few_statements_and_few_comparisons(
    django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = _world(2000)
    compared = []
    monkeypatch.setattr(duplicates, "compare", lambda one, two: compared.append(1) or compare(one, two))
    with django_assert_max_num_queries(40):
        note_duplicates_for(needs=needs, now=clock.now())
    assert 0 < len(compared) < 50 * 2000  # of the two million pairs there are


@pytest.mark.django_db
def test_while_typing_likely_ones_are_shown_without_any_contact() -> None:
    response = a_response()
    phone, door = "19000000018", "武汉市武昌区某小区 3 栋 4 号"
    contact = a_contact(phone, address=door)
    type(contact).objects.filter(pk=contact.pk).update(address_index=address_index(door, scope_of(response.pk)))
    need = a_need(place=WUCHANG, contact=contact, category="insulin", item="胰岛素")
    typed = {"response_id": response.pk, "text": "胰岛素", "place": WUCHANG}
    coordinator = an_actor("coordinator")
    found = likely_duplicates(coordinator, phone="+86 190 0000 0018", **typed)
    assert [one.need.pk for one in found] == [need.pk]
    assert found[0].words
    assert phone not in repr(found)
    assert "某小区" not in repr(found)
    assert [one.need.pk for one in likely_duplicates(coordinator, address=door, **typed)] == [need.pk]
    assert likely_duplicates(coordinator, phone="19000000099", **typed) == []
    assert likely_duplicates(an_actor("coordinator", area="4209"), phone=phone, **typed) == []
    assert likely_duplicates(an_actor("admin"), phone=phone, **typed) == []


@pytest.mark.django_db
def test_pairs_that_are_counted_are_those_that_wait_for_this_actor() -> None:
    """Counted without their needs, listed with them: never one pair more or less, for any role, line or area."""
    response, elsewhere = a_response(), a_response("flood-2021")
    organisation = an_organisation()
    same: dict[str, Any] = {"response": response, "place": JIANGAN}
    sides = [
        (same, same),
        (same, same | {"place": "420902"}),
        (same, same | {"line": "services"}),
        (same | {"organisation": organisation}, same | {"organisation": organisation}),
        (same, same | {"state": "solved"}),
        (same | {"state": "withdrawn"}, same),
        (same | {"response": elsewhere}, same | {"response": elsewhere}),
    ]
    pairs = []
    for left, right in sides:
        first, second = sorted((a_need(**left), a_need(**right)), key=lambda need: need.pk)
        pairs.append(DuplicatePair.objects.create(first=first, second=second, score=90))
    decided = sorted((a_need(**same), a_need(**same)), key=lambda need: need.pk)
    DuplicatePair.objects.create(first=decided[0], second=decided[1], score=90, decision=Decision.DIFFERENT)
    expected = {
        ("coordinator", ""): {0, 1, 2, 3},
        ("coordinator", WUHAN): {0, 2, 3},
        ("verifier", "4209"): set(),
        ("liaison", ""): set(),
    }
    for (role, area), numbers in expected.items():
        actor = an_actor(role, area=area)
        wanted = {pairs[number].pk for number in numbers}
        assert set(open_pairs(actor, response.pk).values_list("pk", flat=True)) == wanted, (role, area)
        assert set(pairs_to_count(actor, response.pk).values_list("pk", flat=True)) == wanted, (role, area)
    of_line = an_actor("coordinator", line="supplies")
    assert {one.pk for one in pairs_to_count(of_line, response.pk)} == {pairs[0].pk, pairs[1].pk, pairs[3].pk}
