"""Setting up responses, stages, catalogue and places through the browser's eyes."""

import re

import pytest

import builders
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places import services
from tongzhou.registers.places.models import PlaceName, Site
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.selectors import weights_at

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def response(db):
    services.seed_places(prefixes=("420106", "420103", "4209", "4107"))
    return builders.a_response()


@pytest.fixture
def coordinator(client, response):
    return builders.sign_in(client, builders.an_account("coordinator", line="supplies", area="42"))


@pytest.fixture
def admin(client, response):
    return builders.sign_in(client, builders.an_account("admin"))


def text_of(answer):
    return answer.content.decode()


def test_the_front_shows_only_doors_that_open(coordinator):
    page = text_of(coordinator.get("/setup/"))
    assert "/setup/stages/" in page
    assert "/setup/people/" not in page


def test_a_response_is_opened_changed_closed_and_reopened(admin):
    assert admin.get("/setup/responses/new/").status_code == 200
    said = {"name": "河南暴雨应对", "slug": "henan-2021", "area": "河南省", "started_on": "2021-07-20"}
    refused = admin.post("/setup/responses/new/", said | {"slug": "Henan 2021"})
    assert refused.status_code == 422
    assert 'value="河南暴雨应对"' in text_of(refused)
    assert admin.post("/setup/responses/new/", said).headers["Location"] == "/setup/responses/henan-2021/"
    page = "/setup/responses/henan-2021/"
    shown = text_of(admin.get(page))
    assert 'value="河南省"' in shown
    changed = {"name": "河南抗洪", "area": "410700", "started_on": "2021-07-20", "version": "1"}
    assert admin.post(page, changed | {"area": "4107"}).status_code == 302
    stale = admin.post(page, changed | {"area": "41", "name": "我写的名字"})
    assert stale.status_code == 422
    assert "我写的名字" in text_of(stale)
    assert (
        admin.post(f"{page}close/", {"ended_on": "2021-09-01", "reason": "积水已退", "version": "2"}).status_code == 302
    )
    assert Response.objects.get(slug="henan-2021").state == "closed"
    assert admin.post(f"{page}reopen/", {"reason": "又有险情", "version": "3"}).status_code == 302
    assert "积水已退" in text_of(admin.get(page))


def test_a_command_that_allocates_goods_is_ticked_on_and_off(admin, response):
    page = f"/setup/responses/{response.slug}/"
    said = {"name": response.name, "area": "湖北省", "started_on": "2020-01-23", "description": "", "name_en": ""}
    for ticked in ({"under_command": "on"}, {}):
        response.refresh_from_db()
        assert admin.post(page, said | ticked | {"version": response.version}).status_code == 302
        response.refresh_from_db()
        assert response.under_command is bool(ticked)
        assert ("checked" in text_of(admin.get(page))) is bool(ticked)


def test_stages_are_set_for_a_place_written_in_words(coordinator, response):
    page = "/setup/stages/?place=武昌区"
    assert "还没有人定过" in text_of(coordinator.get(page))
    said = {"outbreak": 60, "containment": 30, "recovery": 0, "aftercare": 0, "reason": "指挥部通告"}
    refused = coordinator.post(page, said)
    assert refused.status_code == 422
    assert "现在是 90" in text_of(refused)
    assert coordinator.post(page, said | {"recovery": 10}).status_code == 302
    assert weights_at("420106007", response.pk).recovery == 10
    assert "沿用湖北省武汉市武昌区的" in text_of(coordinator.get("/setup/stages/?place=420106007"))
    assert "没有找到这个地方" in text_of(coordinator.get("/setup/stages/?place=某个没有的地方"))


def test_a_category_is_changed_for_one_response(coordinator, response):
    listed = text_of(coordinator.get("/setup/catalogue/?q=外科口罩"))
    assert "医用外科口罩" in listed
    page = f"/setup/catalogue/{response.slug}/surgical_mask/"
    assert coordinator.get(page).status_code == 200
    refused = coordinator.post(page, {"enabled": "on", "maximum": "许多", "version": "0"})
    assert refused.status_code == 422
    assert 'value="许多"' in text_of(refused)
    assert (
        coordinator.post(page, {"enabled": "on", "maximum": "2万", "note": "只收整箱", "version": "0"}).status_code
        == 302
    )
    assert catalogue.plausible_maximum("surgical_mask", response.pk) == 20_000
    assert coordinator.post(page, {"enabled": "on", "version": "0"}).status_code == 422
    assert "只收整箱" in text_of(coordinator.get("/setup/catalogue/?only=changed"))
    # Another line's category is read, not changed.
    other = f"/setup/catalogue/{response.slug}/legal_advice/"
    assert 'name="maximum"' not in text_of(coordinator.get(other))
    assert coordinator.post(other, {"enabled": "on", "version": "0"}).status_code == 404


def test_a_compound_is_added_named_corrected_and_withdrawn(coordinator):
    street = "/setup/places/420106007/"
    assert 'action="/setup/places/42/sites/"' not in text_of(coordinator.get("/setup/places/42/"))
    said = {"site-kind": "compound", "site-name": "东方测试花园", "site-other_names": "老纺织厂宿舍、东花园"}
    refused = coordinator.post(f"{street}sites/", said | {"site-name": "一"})
    assert refused.status_code == 422
    assert "老纺织厂宿舍" in text_of(refused)
    made = coordinator.post(f"{street}sites/", said)
    site = Site.objects.get()
    assert made.headers["Location"] == f"/setup/sites/{site.pk}/"
    assert "东方测试花园" in text_of(coordinator.get("/setup/places/?q=老纺织厂宿舍"))
    page = f"/setup/sites/{site.pk}/"
    coordinator.post(f"{page}names/", {"name-name": "七号院", "name-kind": "short"})
    name = PlaceName.objects.get(name="七号院")
    assert "七号院" in text_of(coordinator.get(page))
    coordinator.post(f"/setup/names/{name.pk}/withdraw/")
    assert "七号院" not in text_of(coordinator.get(page))
    assert coordinator.post(page, {"name": "东方测试花园一期", "version": "1"}).status_code == 302
    assert coordinator.post(page, {"name": "我写的名字", "version": "1"}).status_code == 422
    coordinator.post(f"{page}withdraw/", {"withdraw-reason": "已拆除"})
    assert coordinator.get(page).status_code == 404
    assert not places.sites_in("4201").exists()


def test_another_name_of_a_division(coordinator):
    coordinator.post("/setup/places/420106/names/", {"name-name": "老武昌城", "name-kind": "local"})
    assert services.find_places("老武昌城")[0].code == "420106"
    assert coordinator.post("/setup/places/4107/names/", {"name-name": "某名", "name-kind": "local"}).status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "/setup/places/?q=%00",
        "/setup/places/?q=" + "a" * 3000,
        "/setup/stages/?response=zz&place=%00",
        "/setup/catalogue/?page=x&line=y",
    ],
)
def test_junk_in_the_address_does_no_harm(coordinator, page):
    assert coordinator.get(page).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "/setup/places/zz/",
        "/setup/places/9999999999/",
        "/setup/responses/nothing/",
        "/setup/catalogue/hubei-2020/zz/",
        "/setup/catalogue/hubei-2020/%00/",
        "/setup/places/%00/",
    ],
)
def test_what_is_not_there_is_not_found(coordinator, page):
    assert coordinator.get(page).status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "/setup/", "/setup/responses/", "/setup/responses/new/", "/setup/responses/hubei-2020/close/", "/setup/stages/",
        "/setup/catalogue/", "/setup/catalogue/hubei-2020/surgical_mask/", "/setup/places/", "/setup/places/4201/",
    ],
)  # fmt: skip
def test_english_pages_have_no_chinese_words_of_ours(admin, page):
    admin.cookies["lang"] = "en"
    shown = text_of(admin.get(page))
    body = shown[shown.index("<main") : shown.index("</main>")]
    assert not HAN.findall(body), HAN.findall(body)


def test_pages_work_while_there_is_no_response(client, db):
    admin = builders.sign_in(client, builders.an_account("admin"))
    for page in ("/setup/stages/", "/setup/catalogue/", "/setup/responses/"):
        assert "还没有应急响应" in text_of(admin.get(page)), page
