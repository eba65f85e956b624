"""The directory: HSDS 3 that validates and comes round the same; verified by another; found by words, place, group."""

from __future__ import annotations

import copy
import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from builders import HUBEI, WUHAN, XIAOGAN, a_place, an_actor
from builders_bulletins import a_service
from tongzhou.desks.bulletins.models import Location, Service
from tongzhou.desks.bulletins.selectors.directory import desk_services, full, search_directory, to_verify
from tongzhou.desks.bulletins.services import directory as services
from tongzhou.desks.bulletins.services.hsds import page_json, service_json
from tongzhou.desks.bulletins.services.hsds_reading import Imported, import_hsds
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data" / "hsds"
SAID: dict[str, Any] = {
    "name": "心理援助热线", "name_en": "Psychological helpline", "description": "免费，保密。",
    "description_en": "Free.",
    "url": "https://www.example.org/", "eligibility": "武汉居民", "capacity": "晚上等得久", "source": "国家卫健委公告",
    "topic": "mental", "status": "active", "groups": ["older", "child"], "minimum_age": 6, "maximum_age": None,
}  # fmt: skip
HOURS = {"days": "MO,TU,WE", "opens_at": "09:00", "closes_at": "17:30", "hours_note": "节假日照常"}


def validator() -> Draft202012Validator:
    """The schema of a service; schemas name each other by file."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in (DATA / "schema").glob("*.json")}
    registry = Registry().with_resources(
        (name, Resource.from_contents(one | {"$schema": "https://json-schema.org/draft/2020-12/schema"}))
        for name, one in schemas.items()
    )
    return Draft202012Validator(schemas["service.json"], registry=registry, format_checker=FormatChecker())


def faults(service: Any) -> list[str]:
    return [f"{one.json_path}: {one.message}" for one in validator().iter_errors(service)]


def written(actor: Actor, **over: Any) -> Service:
    told: dict[str, Any] = {
        "said": SAID, "agency": "市心理援助中心", "agency_en": "City centre", "phones": "12356，027-85550000",
        "hours": HOURS,
        "area": a_place(WUHAN), "address": "合成路1号", "now": clock.now(),
    }  # fmt: skip
    return services.write_service(actor=actor, **(told | over))


@pytest.fixture
def author() -> Actor:
    return an_actor("author", area=WUHAN)


@pytest.fixture
def reviewer() -> Actor:
    return an_actor("reviewer", area=WUHAN)


def refused(code: str, act: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def exported() -> dict[str, Any]:
    page: dict[str, Any] = json.loads(json.dumps(page_json(full(Service.objects.all()).order_by("name", "id"))))
    return page


def test_the_schema_finds_faults() -> None:
    example = json.loads((DATA / "service_full.json").read_text("utf-8"))
    assert faults(example | {"status": "open"})
    assert faults(example | {"phones": [{"id": "x"}]})


def test_what_goes_out_is_valid_hsds(author: Actor, reviewer: Actor) -> None:
    row = written(author)
    services.verify_service(actor=reviewer, service=row, how="打通了，时间没变", expect=row.version, now=clock.now())
    said = service_json(full(Service.objects.all()).get())
    assert faults(said) == []
    assert [one["number"] for one in said["phones"]] == ["12356", "027-85550000"]
    assert said["service_areas"][0]["extent"] == WUHAN
    assert said["service_at_locations"][0]["location"]["addresses"][0]["city"] == "武汉市"
    assert said["organization"]["alternate_name"] == "City centre"
    assert said["assured_date"] == clock.now().date().isoformat()


def test_out_in_and_out_again_is_the_same(author: Actor) -> None:
    """Imported where nothing of it was: the rows are taken back in between."""
    with transaction.atomic():
        written(author)
        written(author, said=SAID | {"name": "送药", "topic": "medicine", "groups": []}, phones="", address="")
        first = exported()
        transaction.set_rollback(True)
    assert not Service.objects.exists()
    result = import_hsds(actor=author, raw=json.dumps(first).encode(), now=clock.now())
    assert (result.done, result.refused) == (2, [])
    assert exported() == first
    assert [faults(one) for one in first["contents"]] == [[], []]


def test_the_standards_own_example_comes_round_the_same_and_again(author: Actor) -> None:
    """Everything a stranger's file says is kept, also what no column holds."""
    example = json.loads((DATA / "service_full.json").read_text("utf-8"))
    for _time in range(2):
        assert import_hsds(actor=author, raw=json.dumps([example]).encode(), now=clock.now()).refused == []
    (out,) = exported()["contents"]
    ours = [one for one in out["attributes"] if one["taxonomy_term"]["taxonomy"].startswith("tongzhou:")]
    out["attributes"] = [one for one in out["attributes"] if one not in ours]
    assert _without_blank(out) == _without_blank(example)


def _without_blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_blank(one) for name, one in value.items() if one not in (None, "", [])}
    return [_without_blank(one) for one in value] if isinstance(value, list) else value


def test_what_was_imported_is_public_only_once_it_was_verified_here(author: Actor, reviewer: Actor) -> None:
    example = json.loads((DATA / "service_full.json").read_text("utf-8"))
    import_hsds(actor=author, raw=json.dumps(example).encode(), now=clock.now())
    assert not search_directory().exists()
    row = to_verify(reviewer, clock.now()).get()
    whole = an_actor("reviewer")
    services.verify_service(actor=whole, service=row, how="打通了，时间没变", expect=row.version, now=clock.now())
    assert search_directory().get().pk == row.pk


def _bad(change: dict[str, Any]) -> bytes:
    example = json.loads((DATA / "service_full.json").read_text("utf-8"))
    good = copy.deepcopy(example)
    good["id"], good["phones"], good["schedules"] = str(uuid.UUID(int=7)), [], []
    good["service_areas"], good["service_at_locations"] = [], []
    return json.dumps([example | change, good]).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"}, {"name": ""}, {"name": 7}, {"status": "open"}, {"organization": None}, {"phones": {}},
        {"phones": [{"id": "x", "number": "1"}]}, {"minimum_age": 90, "maximum_age": 3}, {"minimum_age": "young"},
        {"service_at_locations": [{"id": str(uuid.UUID(int=9)), "location": {"id": "x"}}]}, {"languages": ["zh"]},
    ],
)  # fmt: skip
def test_one_bad_service_is_named_and_the_others_come_in(author: Actor, change: dict[str, Any]) -> None:
    result: Imported = import_hsds(actor=author, raw=_bad(change), now=clock.now())
    assert (result.done, len(result.refused)) == (1, 1)
    assert result.refused[0][1]
    assert [str(one.pk) for one in Service.objects.all()] == [str(uuid.UUID(int=7))]


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[]", b"7", b'"x"', b"[" * 200_000, b'{"contents": []}'])
def test_a_file_that_is_no_directory_is_refused_whole(author: Actor, raw: bytes) -> None:
    refused("directory_file", lambda: import_hsds(actor=author, raw=raw, now=clock.now()))


@pytest.mark.parametrize("number", ["19000000001", "+8619000000001", "电话", "1", "12-34", "027-8555000a"])
def test_only_numbers_of_institutions(author: Actor, number: str) -> None:
    refusal = refused("bad_form", lambda: written(author, phones=number))
    assert "phones" in refusal.fields


@pytest.mark.parametrize(
    "number", ["120", "110", "12356", "12320", "12345", "95598", "400-161-9995", "027-85550000", "0717-6220000"]
)
def test_lines_and_hotlines_are_understood(author: Actor, number: str) -> None:
    assert [one.number for one in written(author, phones=number).phones.all()] == [number]


def test_the_writer_does_not_verify_and_rewriting_asks_for_it_again(author: Actor, reviewer: Actor) -> None:
    row, now = written(author), clock.now()
    assert not search_directory().exists()
    refused(
        "bulletin_same_person",
        lambda: services.verify_service(actor=author, service=row, how="我写的没错", expect=1, now=now),
    )
    services.verify_service(actor=reviewer, service=row, how="打通了，时间没变", expect=row.version, now=now)
    assert not to_verify(reviewer, now).exists()
    again = desk_services(author).get()
    later = now + dt.timedelta(minutes=1)
    written(author, service=again, expect=again.version, phones="12356", now=later)
    shown = search_directory().get()
    assert [one.number for one in shown.phones.all()] == ["12356"]
    assert shown.changed_since
    assert to_verify(reviewer, later).get().pk == row.pk


def test_it_goes_stale_after_thirty_days(reviewer: Actor) -> None:
    now = clock.now()
    row = a_service(verified=now - dt.timedelta(days=30))
    fresh = a_service("别的热线", verified=now - dt.timedelta(days=29))
    assert [one.pk for one in to_verify(reviewer, now)] == [row.pk]
    assert (row.stale(now), fresh.stale(now)) == (True, False)


def test_search_by_words_place_and_group() -> None:
    line = a_service("心理 援助热线", groups=["older"])
    food = a_service("爱心餐", agency="武昌社区食堂", phone="027-85550001", place="420106")
    far = a_service("孝感热线", place=XIAOGAN)
    nation = a_service("急救", phone="120", place="0", topic="emergency")
    names = lambda rows: {one.pk for one in rows}  # noqa: E731
    assert names(search_directory("心理援助 热线 心理援助热线")) == {line.pk}
    assert names(search_directory("食堂 爱心")) == {food.pk}
    assert names(search_directory(place=WUHAN)) == {line.pk, food.pk, nation.pk}
    assert names(search_directory(place=HUBEI)) == {line.pk, food.pk, far.pk, nation.pk}
    assert names(search_directory(group="child")) == {food.pk, far.pk, nation.pk}
    assert names(search_directory(topic="emergency")) == {nation.pk}


def test_what_is_withdrawn_is_not_shown_and_nothing_is_deleted(author: Actor) -> None:
    row = a_service()
    services.withdraw_service(actor=author, service=row, reason="单位说已停办", expect=row.version, now=clock.now())
    assert not search_directory().exists()
    for model in (Service, Location):
        if model.objects.exists():
            with pytest.raises(ProtectedError):
                model.objects.all().delete()
