"""Places: seeding, the tree, sites below the street, names people use, finding what a text means."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

import builders
from tongzhou.kernel import audit
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places import selectors, services
from tongzhou.registers.places.forms import PlaceField
from tongzhou.registers.places.models import Place, PlaceName, Site
from tongzhou.registers.places.services.seeding import place_rows
from tongzhou.registers.places.types import ancestor_codes


@pytest.fixture
def hubei(db):
    """Wuhan and Xiaogan with their streets, and 鼓楼区 of four cities."""
    services.seed_places(prefixes=("4201", "4209", "320106", "320302", "350102", "410204", "1101"))


def a_keeper(area="42"):
    return builders.an_actor("coordinator", line="supplies", area=area)


def test_the_whole_list_is_3355_divisions_with_the_nation_and_41352_streets():
    rows = place_rows()
    levels = [row[1] for row in rows]
    assert {level: levels.count(level) for level in set(levels)} == {
        "nation": 1, "province": 34, "city": 342, "district": 2978, "street": 41352,
    }  # fmt: skip
    assert len({row[0] for row in rows}) == len(rows)
    seen = set()
    for row in rows:  # a parent always before its children
        assert row[7] is None or row[7] in seen
        seen.add(row[0])


@pytest.mark.django_db
def test_seeding_is_safe_to_repeat_and_brings_changed_rows_up_to_date():
    first = services.seed_places(prefixes=("420106",))
    assert first.added == Place.objects.count() > 10
    assert services.seed_places(prefixes=("420106",)) == services.Seeded(0, 0)
    Place.objects.filter(code="420106").update(name="旧名", full_name="旧名")
    assert services.seed_places(prefixes=("420106",)) == services.Seeded(0, 1)
    assert Place.objects.get(code="420106").full_name == "湖北省武汉市武昌区"


def test_names_of_divisions(hubei):
    wuchang = Place.objects.get(code="420106")
    assert (wuchang.short_name, wuchang.province, wuchang.city, wuchang.parent_id) == ("武昌", "42", "4201", "4201")
    # A level that only fills the list is left out of full names (110101 lies in 1101 市辖区).
    assert Place.objects.get(code="110101").full_name == "北京市东城区"
    assert Place.objects.get(code="110101").full_name_en == "Dongcheng District, Beijing"


def test_walking_the_tree_passes_levels_that_only_fill_the_list(hubei):
    assert ancestor_codes("420106007") == ["420106007", "420106", "4201", "42", "0"]
    assert [one.code for one in selectors.ancestors("110101")] == ["0", "11", "110101"]
    assert "110101" in [one.code for one in selectors.children("11")]
    assert [one.code for one in selectors.children("0")] == ["11", "32", "35", "41", "42"]


def test_a_prefix_filter_is_exact(hubei):
    inside = Place.objects.filter(selectors.under("code", "4201")).values_list("code", flat=True)
    assert inside
    assert all(code.startswith("4201") for code in inside)
    assert len(inside) == Place.objects.filter(code__startswith="4201").count()
    assert Place.objects.filter(selectors.under("code", "0")).count() == Place.objects.count()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("武昌区", "420106"), ("湖北省武汉市江汉区", "420103"), ("武汉", "4201"), ("Wuhan", "4201"), ("全国", "0"),
        ("武汉市武昌区黄鹤楼街道民主路", "420106007"),
    ],
)  # fmt: skip
def test_a_written_address_is_found_without_doubt(hubei, text, code):
    found = services.find_places(text)
    assert (found[0].code, found[0].certain) == (code, True)
    assert services.place_of(text) == code


def test_an_ambiguous_name_gives_every_place_and_no_certainty(hubei):
    found = services.find_places("鼓楼区")
    assert {one.code for one in found} == {"320106", "320302", "350102", "410204"}
    assert not any(one.certain for one in found)
    assert services.place_of("鼓楼区") == ""
    assert [one.code for one in services.find_places("鼓楼区", within="32")] == ["320106", "320302"]


def test_nothing_and_nonsense_give_nothing(hubei):
    for text in ("", "   ", "?!", "㍿" * 300, "zzzz"):
        assert services.find_places(text) == []


def test_a_compound_is_found_by_what_people_call_it_and_inside_an_address(hubei):
    street = Place.objects.get(code="420106007")
    compound = services.add_site(
        actor=a_keeper(), place=street, kind="compound", name="东方测试花园", other_names=["老纺织厂宿舍", "东花园"]
    )
    for text in ("东方测试花园", "老纺织厂宿舍", "武昌区老纺织厂宿舍3栋", "東花園"):
        found = services.find_places(text)[0]
        assert (found.site_id, found.code) == (compound.pk, "420106007"), text
    assert services.find_places("老纺织厂宿舍")[0].certain
    # A part of the name offers it, without certainty.
    assert services.find_places("纺织厂")[0].site_id == compound.pk
    assert not services.find_places("纺织厂")[0].certain
    # An address that says another city means that city.
    assert all(one.site_id is None for one in services.find_places("孝感市孝南区东花园"))


def test_the_same_site_twice_is_one_and_a_withdrawn_one_is_gone(hubei):
    street = Place.objects.get(code="420106007")
    said = {"actor": a_keeper(), "place": street, "kind": "committee", "name": "测试社区居委会"}
    first = services.add_site(**said)
    assert services.add_site(**said).pk == first.pk
    services.withdraw_site(actor=a_keeper(), site=first, reason="已并入别的社区")
    assert list(selectors.sites_in("4201")) == []
    assert all(one.site_id is None for one in services.find_places("测试社区居委会"))
    assert services.add_site(**said).pk != first.pk
    assert [entry.act for entry in audit.history(first)] == ["place.change_site", "place.add_site"]


def test_a_site_is_corrected_by_version_and_keeps_its_old_name_searchable(hubei):
    street = Place.objects.get(code="420106007")
    site = services.add_site(actor=a_keeper(), place=street, kind="compound", name="东方测试花园")
    stale = Site.objects.get(pk=site.pk)
    services.change_site(actor=a_keeper(), site=site, expect=1, name="东方测试花园一期")
    with pytest.raises(Refusal) as refused:
        services.change_site(actor=a_keeper(), site=stale, expect=1, name="别的名字")
    assert refused.value.code == "version_stale"
    assert services.find_places("东方测试花园")[0].site_id == site.pk


def test_who_may_not_add_gets_the_answer_of_what_is_not_there(hubei):
    street = Place.objects.get(code="420106007")
    for actor in (a_keeper("4209"), builders.an_actor("volunteer", area="42"), builders.an_actor("liaison")):
        with pytest.raises(Refusal) as refused:
            services.add_site(actor=actor, place=street, kind="compound", name="某某小区")
        assert refused.value.code == "not_found"
        with pytest.raises(Refusal):
            services.add_name(actor=actor, place=street, name="某某街", kind="local")
    assert Site.objects.count() == PlaceName.objects.count() == 0


def test_wrong_fields_are_named_together(hubei):
    street = Place.objects.get(code="420106007")
    xiaonan = Place.objects.get(code="420902")
    far = services.add_site(actor=a_keeper(), place=xiaonan, kind="committee", name="孝南测试社区")
    with pytest.raises(Refusal) as refused:
        services.add_site(actor=a_keeper(), place=street, kind="castle", name="一", parent=far)
    assert set(refused.value.fields) == {"kind", "name", "parent"}


def test_the_database_itself_refuses_a_code_that_does_not_fit_its_level(hubei):
    good = {"name": "某地", "short_name": "某地", "full_name": "某地", "parent_id": "42", "province": "42"}
    wrong = [
        {"code": "4299", "level": "province", "city": "4299"},
        {"code": "4299", "level": "city", "city": "4201"},
        {"code": "43", "level": "province"},
        {"code": "1", "level": "nation", "parent_id": None, "province": ""},
    ]
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Place.objects.create(**(good | row))
    Place.objects.create(**(good | {"code": "4299", "level": "city", "city": "4299"}))


def test_a_name_belongs_to_one_thing_only(hubei):
    street = Place.objects.get(code="420106007")
    site = services.add_site(actor=a_keeper(), place=street, kind="compound", name="东方测试花园")
    for place, of in ((None, None), (street, site)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlaceName.objects.create(place=place, site=of, name="某名", key="某名", kind="local")


@pytest.mark.parametrize("text", ["420103", "湖北省武汉市江汉区", "Jianghan District, Wuhan, Hubei", "江汉区"])
def test_the_field_takes_names_and_codes(hubei, text):
    assert PlaceField().clean(text).code == "420103"


@pytest.mark.parametrize(
    ("text", "said"), [("999999", "代码"), ("某个没有的地方", "没有找到"), ("鼓楼区", "江苏省南京市鼓楼区")]
)
def test_the_field_says_what_is_wrong(hubei, text, said):
    with pytest.raises(ValidationError) as refused:
        PlaceField().clean(text)
    assert said in refused.value.messages[0]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("江岸", "湖北省武汉市江岸区"),
        ("武汉江岸", "湖北省武汉市江岸区"),
        ("湖北武汉江", "湖北省武汉市江岸区"),
        ("武汉 江岸", "湖北省武汉市江岸区"),
        ("孝", "none: one character is too little"),
        ("孝感", "湖北省孝感市"),
        ("江岸区测试路 1 号", "湖北省武汉市江岸区测试路1号"),
        ("Wuchang", "湖北省武汉市武昌区"),
        ("湖北省武汉市江岸区测试路", "none: nothing to add"),
        ("zz", "none: nothing is called so"),
        ("420102", "none: a number is no name"),
        ("北京东城", "北京市东城区"),
    ],
)
def test_while_typing_the_likeliest_place_stands_first_with_its_whole_path(hubei, typed, first):
    found = services.suggest_places(typed)
    assert (found[0].text if found else "none") == first.partition(":")[0]


def test_suggestions_stay_within_and_show_every_namesake(hubei):
    found = [one.code for one in services.suggest_places("鼓楼")]
    assert set(found[:4]) == {"320106", "320302", "350102", "410204"}
    assert found[4:] == ["110118001"]  # a street in Beijing, after the districts
    with translation.override("en"):
        (one,) = services.suggest_places("Jiang'an")
        assert one.text == one.path == Place.objects.get(code="420102").full_name_en
    assert [one.code for one in services.suggest_places("鼓楼", within="32")] == ["320106", "320302"]
    assert len(services.suggest_places("鼓楼", limit=2)) == 2


def test_compounds_and_the_names_people_use_are_suggested(hubei):
    street = Place.objects.get(code="420106007")
    services.add_site(actor=a_keeper(), place=street, kind="compound", name="测试花园", other_names=["老测试厂"])
    gone = services.add_site(actor=a_keeper(), place=street, kind="compound", name="测试拆了")
    services.withdraw_site(actor=a_keeper(), site=gone, reason="拆了")
    for typed in ("测试", "老测", "武昌测试", "湖北武汉武昌区测试花"):
        (one,) = services.suggest_places(typed)
        assert (one.label, one.path) == ("测试花园", street.full_name), typed
        assert services.find_places(one.text)[0].site_id is not None  # what it fills in is understood when it is sent
    assert services.suggest_places("测试", within="4209") == []


def test_suggesting_asks_few_questions_by_index(hubei, django_assert_max_num_queries):
    for typed in ("江岸区测试路一百二十号", "湖北武汉江岸百步", "江岸"):
        with django_assert_max_num_queries(14):
            services.suggest_places(typed)


def test_the_list_beside_the_field(hubei, client, monkeypatch):
    answer = client.post("/places/suggest/", {"q": "江岸", "within": "42"})
    page = answer.content.decode()
    assert page.count('role="option"') == 1
    assert 'data-text="湖北省武汉市江岸区"' in page
    for odd in ({}, {"q": "x" * 5000}, {"q": "江岸\x00", "within": "'; DROP"}, {"q": "<b>江岸"}):
        assert client.post("/places/suggest/", odd).status_code == 200
    assert client.get("/places/suggest/").status_code == 405
    monkeypatch.setattr("tongzhou.registers.places.views.MOST", 1)
    assert client.post("/places/suggest/", {"q": "江岸"}).status_code == 429
