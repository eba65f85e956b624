"""The organisation pages through the browser's eyes: forms, refusals, the file, English."""

import csv
import datetime as dt
import io
import re

import pytest

import builders
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.models import Organisation, Requirement, Verification

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture
def coordinator(client, db):
    builders.the_catalogue()
    for code in ("0", "42", "4209", "420106"):
        builders.a_place(code)
    return builders.sign_in(client, builders.an_account("coordinator", line="supplies", area="42"))


@pytest.fixture
def hospital(db):
    Requirement.objects.create(
        code="licence", kind="hospital", name="执业许可证", name_en="licence", applies_from=dt.date(2020, 1, 1)
    )
    return builders.an_organisation("武汉测试医院", place=builders.a_place("420106"))


def text_of(response):
    return response.content.decode()


def test_an_organisation_is_entered_and_what_was_typed_survives_a_mistake(coordinator):
    said = {
        "name": "武汉测试慈善基金会",
        "kind": "foundation",
        "place": "武汉市武昌区",
        "credit_code": "5310000050001979",
    }
    refused = coordinator.post("/orgs/new/", said)
    assert refused.status_code == 422
    page = text_of(refused)
    assert "应有 18 位，这里是 16 位" in page
    assert 'value="武汉测试慈善基金会"' in page
    made = coordinator.post("/orgs/new/", said | {"credit_code": "53100000500019795A", "is_charity": "on"})
    organisation = Organisation.objects.get()
    assert made.headers["Location"] == f"/orgs/{organisation.pk}/"
    assert (organisation.place_id, organisation.is_charity) == ("420106", True)


def test_a_paper_is_verified_withdrawn_and_the_standing_follows_on_the_page(coordinator, hospital):
    paper = Requirement.objects.get()
    page = f"/orgs/{hospital.pk}/"
    assert "待核实" in text_of(coordinator.get(page))
    address = f"{page}verify/{paper.pk}/"
    assert coordinator.get(address).status_code == 200
    refused = coordinator.post(address, {"evidence": "打 19000000001 问过", "act": "accept"})
    assert (refused.status_code, Verification.objects.count()) == (422, 0)
    assert "19000000001" in text_of(refused)
    coordinator.post(address, {"evidence": "卫健委网站截图", "act": "refuse"})
    assert selectors.standing_at(hospital.pk) == "unverified"
    coordinator.post(address, {"evidence": "卫健委网站截图", "act": "accept", "valid_until": "2099-12-31"})
    assert selectors.standing_at(hospital.pk) == "current"
    shown = text_of(coordinator.get(page))
    assert "2100-01-01 00:00" in shown
    assert "到时自动暂停" in shown
    seen = Verification.objects.get(state="accepted")
    coordinator.post(f"{page}papers/{seen.pk}/withdraw/", {"reason": "证件系伪造"})
    assert selectors.standing_at(hospital.pk) == "suspended"
    assert "材料过期或撤回" in text_of(coordinator.get(page))


def test_decisions_take_a_reason_and_only_lawful_ones_are_offered(coordinator, hospital):
    page = f"/orgs/{hospital.pk}/"
    actor = builders.an_actor("coordinator", area="42")
    said = {
        "organisation": hospital,
        "requirement": Requirement.objects.get(),
        "accepted": True,
        "evidence": "看过原件",
    }
    assert f"{page}judge/revoke/" not in text_of(coordinator.get(page))
    services.verify_paper(actor=actor, **said)
    assert f"{page}judge/revoke/" in text_of(coordinator.get(page))
    assert coordinator.post(f"{page}judge/revoke/", {"reason": ""}).status_code == 422
    assert coordinator.post(f"{page}judge/revoke/", {"reason": "倒卖捐赠物资"}).status_code == 302
    after = text_of(coordinator.get(page))
    assert "已撤销资格" in after
    assert f"{page}judge/reinstate/" in after
    assert f"{page}judge/suspend/" not in after
    refused = coordinator.post(f"{page}judge/suspend/", {"reason": "再查一查"})
    assert (refused.status_code, "已撤销资格" in text_of(refused)) == (422, True)
    assert coordinator.get(f"{page}judge/abolish/").status_code == 404
    coordinator.post(f"{page}judge/reinstate/", {"reason": "复核后恢复"})
    coordinator.post(f"{page}judge/term/", {"reason": "先试行一月", "ends_on": "2099-01-31"})
    assert "到 2099-01-31 当天结束" in text_of(coordinator.get(page))


def test_scope_is_written_in_words(coordinator, hospital):
    page = f"/orgs/{hospital.pk}/"
    refused = coordinator.post(f"{page}scope/", {"scope-what": "外科口早", "scope-area": "湖北省"})
    assert refused.status_code == 422
    assert "医用外科口罩" in text_of(refused)
    coordinator.post(f"{page}scope/", {"scope-what": "外科口罩", "scope-area": "湖北省"})
    coordinator.post(f"{page}scope/", {"scope-line": "services", "scope-area": "全国"})
    assert [(one.category_id, one.line, one.area_id) for one in selectors.scopes(hospital)] == [
        (None, "services", "0"), ("surgical_mask", "", "42"),
    ]  # fmt: skip
    one = selectors.scopes(hospital).first()
    coordinator.post(f"{page}scope/{one.pk}/withdraw/")
    assert selectors.scopes(hospital).count() == 1
    listed = text_of(coordinator.get("/orgs/?does=surgical_mask"))
    assert "武汉测试医院" in listed


def test_a_form_filled_in_from_an_old_page_is_refused_with_what_was_typed(coordinator, hospital):
    address = f"/orgs/{hospital.pk}/edit/"
    assert 'name="version" value="1"' in text_of(coordinator.get(address))
    said = {"name": hospital.name, "kind": "hospital", "place": "420106", "short_name": "测院", "version": "1"}
    assert coordinator.post(address, said).status_code == 302
    stale = coordinator.post(address, said | {"short_name": "我写的简称"})
    assert stale.status_code == 422
    assert "别人已经改过这条记录" in text_of(stale)
    assert "我写的简称" in text_of(stale)
    assert coordinator.post(address, said | {"version": "x"}).status_code == 422


def test_the_file_holds_exactly_what_is_seen_and_is_logged(coordinator, hospital):
    builders.an_organisation("=cmd()", kind="company", place=builders.a_place("4209"))
    whole = list(
        csv.reader(
            io.StringIO(
                b"".join(coordinator.post("/orgs/export/", {"as": "csv"}).streaming_content).decode("utf-8-sig")
            )
        )
    )
    assert len(whole) == 3
    assert "'=cmd()" in [row[0] for row in whole]
    narrow = coordinator.post("/orgs/export/?kind=hospital&col=place", {"as": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(narrow.streaming_content).decode("utf-8-sig"))))
    assert rows == [["单位名称", "所在地"], ["武汉测试医院", "湖北省武汉市武昌区"]]
    logged = AuditEntry.objects.filter(act="organisation.export").latest("id")
    assert logged.changes == {"query": "?kind=hospital&col=name&col=place", "rows": 1, "as": "csv"}
    assert coordinator.post("/orgs/export/", {"as": "xlsx"}).status_code == 200
    assert coordinator.post("/orgs/export/", {"as": "exe"}).status_code == 400


def test_facets_count_and_narrow_and_junk_in_the_address_does_no_harm(coordinator, hospital):
    builders.an_organisation("孝感测试公司", kind="company", place=builders.a_place("4209"))
    narrowed = text_of(coordinator.get("/orgs/?kind=company"))
    assert "孝感测试公司" in narrowed
    assert "武汉测试医院" not in narrowed
    for junk in (
        "?kind=zzz",
        "?place=abc",
        "?place=%00",
        "?does='--",
        "?does=%00",
        "?at=xx&sort=yy",
        "?standing=unverified",
        "?q=%25",
    ):
        assert coordinator.get(f"/orgs/{junk}").status_code == 200, junk


def test_the_list_takes_the_same_number_of_queries_however_long(coordinator, hospital, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        coordinator.get("/orgs/")
    for _ in range(60):
        builders.an_organisation()
    with CaptureQueriesContext(connection) as many:
        coordinator.get("/orgs/")
    assert len(many) <= len(few)


def test_script_in_every_text_is_shown_as_text(coordinator, hospital):
    bad = "<script>alert(1)</script>"
    actor = builders.an_actor("coordinator", area="42")
    services.change_organisation(
        actor=actor,
        organisation=hospital,
        name=bad,
        name_en=bad,
        short_name=bad,
        scope_text=bad,
        contact_line=bad,
        authority=bad,
    )
    said = {"organisation": hospital, "requirement": Requirement.objects.get(), "accepted": True, "evidence": bad}
    services.verify_paper(actor=actor, **said)
    services.suspend(actor=actor, organisation=hospital, reason=bad)
    for page in (f"/orgs/{hospital.pk}/", "/orgs/", f"/orgs/{hospital.pk}/edit/", f"/orgs/{hospital.pk}/judge/revoke/"):
        assert "<script>alert" not in text_of(coordinator.get(page)), page


@pytest.mark.parametrize("page", ["", "edit/", "judge/revoke/"])
def test_english_pages_have_no_chinese_words_of_ours(coordinator, hospital, page):
    hospital.name, hospital.name_en = "x", "Test hospital"
    hospital.save()
    said = {"organisation": hospital, "requirement": Requirement.objects.get(), "accepted": True, "evidence": "seen"}
    services.verify_paper(actor=builders.an_actor("coordinator", area="42"), **said)
    coordinator.cookies["lang"] = "en"
    shown = text_of(coordinator.get(f"/orgs/{hospital.pk}/{page}"))
    body = shown[shown.index("<main") : shown.index("</main>")]
    assert not HAN.findall(body), HAN.findall(body)


def test_requirements_are_read_by_all_and_changed_by_administrators(coordinator, hospital, client):
    said = {"kind": "hospital", "name": "消防合格证", "code": "fire", "applies_from": "2099-01-01", "mandatory": "on"}
    assert coordinator.get("/orgs/papers/").status_code == 200
    assert coordinator.post("/orgs/papers/", said).status_code == 404
    admin = builders.sign_in(client, builders.an_account("admin"))
    assert admin.post("/orgs/papers/", said | {"applies_from": "2001-01-01"}).status_code == 422
    assert admin.post("/orgs/papers/", said).status_code == 302
    row = Requirement.objects.get(code="fire")
    assert admin.post(f"/orgs/papers/{row.pk}/withdraw/", {"reason": "不再需要"}).status_code == 302
    assert admin.get(f"/orgs/papers/{row.pk}/withdraw/").status_code == 404
