"""Record pages: everything without contacts, edits with a version check, closing, promoting, bulk edit, undo."""

import re

import pytest
from django.test import Client

from builders import (
    HUBEI,
    JIANGAN,
    WUHAN,
    XIAOGAN,
    a_contact,
    a_lead,
    a_need,
    a_place,
    an_account,
    an_actor,
    an_offer,
    an_organisation,
    sign_in,
    words_of,
)
from builders_dispatch import a_verified_need, a_verified_offer, an_assignment
from tongzhou.chain.dispatch.models import Movement
from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.kernel import changes, clock, ids
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI, name="湖北协调员"))


def typed(page: object, **over: str) -> dict[str, str]:
    """What a browser would send back of the form on this page."""
    form = page.context["form"]  # type: ignore[attr-defined]
    said = {}
    for field in form:
        value = field.value()
        if value not in (None, "", []):
            said[field.html_name] = field.field.prepare_value(value) if hasattr(field.field, "prepare_value") else value
    return {key: value for key, value in (said | over).items() if value is not None}


def test_a_record_shows_all_but_the_contact(coordinator: Client) -> None:
    need = a_need(
        contact=a_contact("19000000017", name="某某某", address="某小区3栋2单元"),
        urgency_said=0,
        quantity_confirmed=150,
    )
    page = coordinator.get(f"/needs/{need.code}/")
    text = page.content.decode()
    assert [value for _label, value in page.context["figures"]] == ["200 只", "150 只", "–"]
    assert "湖北省武汉市" in text
    for secret in ("19000000017", "某某某", "3栋2单元"):
        assert secret not in text


def test_a_code_is_read_as_people_type_it(coordinator: Client) -> None:
    need = a_need()
    assert coordinator.get(f"/needs/{ids.format_code(need.code)}/").headers["Location"] == f"/needs/{need.code}/"


def test_absent_and_forbidden_are_the_same(client: Client) -> None:
    sign_in(client, an_account("coordinator", area=WUHAN))
    elsewhere = a_need(place=XIAOGAN)
    paths = [
        f"/needs/{code}/{tail}" for code in (elsewhere.code, "1234567895", "abc") for tail in ("", "edit/", "state/")
    ]
    assert {client.get(path).status_code for path in paths} == {404}


def test_a_liaison_reads_and_changes_nothing(client: Client) -> None:
    sign_in(client, an_account("liaison", area=HUBEI), second_factor=False)
    need = a_need()
    page = client.get(f"/needs/{need.code}/")
    assert page.status_code == 200
    assert "/edit/" not in page.content.decode()
    assert client.get(f"/needs/{need.code}/edit/").status_code == 404
    assert (
        client.post(f"/needs/{need.code}/state/", {"version": 1, "state": "solved", "reason": "x"}).status_code == 404
    )


def test_an_edit_is_kept_with_its_reason_and_can_be_undone(coordinator: Client) -> None:
    a_place(JIANGAN)
    need = a_need(item="口罩")
    form = coordinator.get(f"/needs/{need.code}/edit/")
    said = typed(form, quantity_asked="1.5万", place="武汉市江岸区", urgency="1", reason="电话里说的")
    page = coordinator.post(f"/needs/{need.code}/edit/", said, follow=True)
    need.refresh_from_db()
    assert (need.quantity_asked, need.place_id, need.urgency, need.urgency_order, need.version) == (
        15000,
        JIANGAN,
        1,
        1,
        2,
    )
    line = page.context["lines"][0]["line"]
    assert (line.who, line.reason) == ("湖北协调员", "电话里说的")
    assert ("要多少", "200", "15,000") in [(one.label, one.before, one.after) for one in line.changes]
    assert ("地方", "湖北省武汉市", "湖北省武汉市江岸区") in [
        (one.label, one.before, one.after) for one in line.changes
    ]
    assert page.context["undo"]["entry"] == str(line.entry.pk)

    after = coordinator.post(
        "/undo/", {"entry": str(line.entry.pk), "act": "undo", "next": f"/needs/{need.code}/"}, follow=True
    )
    need.refresh_from_db()
    assert (need.quantity_asked, need.place_id, need.urgency, need.urgency_order) == (200, WUHAN, None, 2)
    assert after.context["undo"] is None
    assert [one["line"].undone for one in after.context["lines"]][:2] == [False, True]
    # What is searched for follows.
    assert need.search == Need.objects.get(pk=need.pk).search
    assert " 江岸 " not in need.search


def test_the_second_editor_sees_both_versions_and_loses_nothing(coordinator: Client) -> None:
    need = a_need(item="口罩")
    mine = typed(coordinator.get(f"/needs/{need.code}/edit/"), item="医用口罩", note="要独立包装")
    other = typed(coordinator.get(f"/needs/{need.code}/edit/"), item="N95 口罩")
    assert coordinator.post(f"/needs/{need.code}/edit/", other).status_code == 302
    page = coordinator.post(f"/needs/{need.code}/edit/", mine)
    assert page.status_code == 409
    assert {"label": "物品或服务", "now": "N95 口罩", "typed": "医用口罩"} in page.context["conflict"]
    assert page.context["since"][0].changes[0].after == "N95 口罩"
    assert page.context["form"]["note"].value() == "要独立包装"
    # Sending it again, now knowingly, replaces the other one's.
    assert coordinator.post(f"/needs/{need.code}/edit/", typed(page)).status_code == 302
    need.refresh_from_db()
    assert (need.item, need.note, need.version) == ("医用口罩", "要独立包装", 3)


def test_an_undo_that_came_too_late_says_so(coordinator: Client) -> None:
    need = a_need(item="口罩")
    coordinator.post(f"/needs/{need.code}/edit/", typed(coordinator.get(f"/needs/{need.code}/edit/"), item="手套"))
    first = AuditEntry.objects.filter(act="need.change").latest("id")
    coordinator.post(f"/needs/{need.code}/edit/", typed(coordinator.get(f"/needs/{need.code}/edit/"), item="面屏"))
    page = coordinator.post(
        "/undo/", {"entry": str(first.pk), "act": "undo", "next": f"/needs/{need.code}/"}, follow=True
    )
    assert "之后又有人改过" in page.content.decode()
    need.refresh_from_db()
    assert need.item == "面屏"


def test_nobody_undoes_what_is_not_theirs(coordinator: Client, client: Client) -> None:
    need = a_need(place=XIAOGAN)
    coordinator.post(f"/needs/{need.code}/edit/", typed(coordinator.get(f"/needs/{need.code}/edit/"), item="手套"))
    entry = AuditEntry.objects.filter(act="need.change").latest("id")
    sign_in(client, an_account("coordinator", area=WUHAN))
    for key in (str(entry.pk), "g" + str(ids.new_id()), "999999999", "x", ""):
        assert client.post("/undo/", {"entry": key, "act": "undo"}).status_code == 404
    need.refresh_from_db()
    assert need.item == "手套"


def test_bad_input_keeps_what_was_typed(coordinator: Client) -> None:
    need = a_need()
    said = typed(
        coordinator.get(f"/needs/{need.code}/edit/"), quantity_asked="很多", place="没有这个地方xyz", note="留着"
    )
    page = coordinator.post(f"/needs/{need.code}/edit/", said)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"quantity_asked", "place"}
    assert "留着" in page.content.decode()


def test_a_phone_number_in_a_note_is_masked(coordinator: Client) -> None:
    need = a_need()
    coordinator.post(
        f"/needs/{need.code}/edit/", typed(coordinator.get(f"/needs/{need.code}/edit/"), note="打 19000000007")
    )
    need.refresh_from_db()
    assert need.note == "打 …"


def test_it_cannot_be_moved_out_of_ones_own_area(client: Client) -> None:
    sign_in(client, an_account("coordinator", area=WUHAN))
    need = a_need(place=JIANGAN)
    a_place(XIAOGAN)
    page = client.post(f"/needs/{need.code}/edit/", typed(client.get(f"/needs/{need.code}/edit/"), place=XIAOGAN))
    assert page.status_code == 409
    need.refresh_from_db()
    assert need.place_id == JIANGAN


def test_closing_says_why_and_opens_again(coordinator: Client) -> None:
    need = a_need()
    nothing = coordinator.post(f"/needs/{need.code}/state/", {"version": 1, "state": "solved"})
    assert nothing.status_code == 422
    said = {"version": 1, "state": "solved", "solved_by": "committee", "reason": "居委会送到了"}
    assert coordinator.post(f"/needs/{need.code}/state/", said).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.solved_by, need.state_reason) == ("solved", "committee", "居委会送到了")
    # A stale page does not close it twice or open it by accident.
    assert coordinator.post(f"/needs/{need.code}/state/", said).status_code in (409, 422)
    coordinator.post(f"/needs/{need.code}/state/", {"version": 2, "state": "received", "reason": "又没有了"})
    need.refresh_from_db()
    assert need.state == "received"


def test_the_desk_cannot_say_it_was_verified(coordinator: Client) -> None:
    need = a_need()
    page = coordinator.post(f"/needs/{need.code}/state/", {"version": 1, "state": "verified", "reason": "x"})
    assert page.status_code == 422


def test_a_lead_becomes_an_offer_and_goes_back(coordinator: Client) -> None:
    lead = a_lead(item="口罩", quantity=None)
    said = {"version": 1, "item": "医用口罩", "quantity": "2万", "unit": "只", "reason": "厂办 2 月 6 日电话答应"}
    assert coordinator.post(f"/leads/{lead.code}/promote/", said).status_code == 302
    lead.refresh_from_db()
    offer = Offer.objects.get()
    assert (lead.state, lead.offer, offer.quantity, offer.giver) == ("promoted", offer, 20000, lead.source_name)
    assert coordinator.post(f"/leads/{lead.code}/promote/", said).status_code == 409
    assert Offer.objects.count() == 1
    entry = AuditEntry.objects.filter(act="lead.change").latest("id")
    coordinator.post("/undo/", {"entry": str(entry.pk), "act": "undo"})
    lead.refresh_from_db()
    offer.refresh_from_db()
    assert (lead.state, lead.offer, offer.state) == ("new", None, "withdrawn")


def bulk(client: Client, rows: list[Need], query: str = "", **said: str) -> object:
    """Preview, then apply what the preview shows."""
    data: dict[str, object] = {f"set-{key}": value for key, value in said.items()} | {"row": [one.code for one in rows]}
    page = client.post(f"/needs/bulk/{query}", data)
    if page.status_code != 200:
        return page
    shown = [f"{row['record'].code}:{row['record'].version}" for row in page.context["rows"]]
    return client.post(
        f"/needs/bulk/{query}", data | {"step": "apply", "seen": shown, "row": [s.split(":")[0] for s in shown]}
    )


def test_a_bulk_edit_is_one_group_and_undone_as_a_whole(coordinator: Client) -> None:
    needs = [a_need(place=WUHAN) for _number in range(3)]
    bulk(coordinator, needs[:2], urgency="0", category="n95_respirator", reason="核对过")
    assert [Need.objects.get(pk=one.pk).urgency for one in needs] == [0, 0, None]
    groups = set(AuditEntry.objects.filter(act="need.change").values_list("group", flat=True))
    assert len(groups) == 1
    bar = coordinator.get("/needs/").context["undo"]
    assert bar["text"] == "改了 2 条"
    coordinator.post("/undo/", {"entry": bar["entry"], "act": "undo"})
    assert list(Need.objects.values_list("urgency", "category_id").distinct()) == [(None, "surgical_mask")]


def test_the_preview_names_what_it_leaves_out(client: Client) -> None:
    sign_in(client, an_account("officer", organisation=(own := an_organisation())))
    mine, merged = a_need(organisation=own), a_need(organisation=own, state="solved")
    page = client.post(
        "/needs/bulk/", {"row": [mine.code, merged.code], "set-state": "withdrawn", "set-reason": "不要了"}
    )
    assert [row["record"] for row in page.context["rows"]] == [mine]
    assert page.context["left"] == [merged]


def test_all_that_match_at_most_five_hundred(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tongzhou.screens.records import views_bulk

    monkeypatch.setattr(views_bulk, "MOST", 2)
    for _number in range(3):
        a_need()
    page = coordinator.post("/needs/bulk/", {"all": "1", "set-urgency": "1"})
    assert page.status_code == 422
    assert page.context["too_many"]
    page = coordinator.post("/needs/bulk/", {"all": "1"})
    assert page.status_code == 422


def test_one_stale_row_stops_the_whole_bulk_edit(coordinator: Client) -> None:
    one, other = a_need(), a_need()
    said = {
        "row": [one.code, other.code],
        "set-urgency": "0",
        "step": "apply",
        "seen": [f"{one.code}:1", f"{other.code}:7"],
    }
    assert coordinator.post("/needs/bulk/", said).status_code == 409
    assert set(Need.objects.values_list("urgency", flat=True)) == {None}


def test_rows_of_others_cannot_be_smuggled_into_a_bulk_edit(client: Client) -> None:
    sign_in(client, an_account("coordinator", area=WUHAN))
    elsewhere = a_need(place=XIAOGAN)
    said = {"row": [elsewhere.code], "set-urgency": "0", "step": "apply", "seen": [f"{elsewhere.code}:1"]}
    assert client.post("/needs/bulk/", said).status_code == 422
    elsewhere.refresh_from_db()
    assert elsewhere.urgency is None


def test_offers_and_leads_have_the_same_pages(coordinator: Client) -> None:
    offer, lead = an_offer(), a_lead()
    for path in (
        f"/offers/{offer.code}/",
        f"/leads/{lead.code}/",
        f"/offers/{offer.code}/edit/",
        f"/leads/{lead.code}/edit/",
        f"/offers/{offer.code}/state/",
        f"/leads/{lead.code}/state/",
        f"/leads/{lead.code}/promote/",
    ):
        assert coordinator.get(path).status_code == 200, path
    said = typed(coordinator.get(f"/leads/{lead.code}/edit/"), source_name="另一家公司")
    assert coordinator.post(f"/leads/{lead.code}/edit/", said).status_code == 302
    assert Lead.objects.get().source_name == "另一家公司"


def test_a_need_and_an_offer_say_what_became_of_their_quantities(coordinator: Client) -> None:
    need, offer = a_verified_need(200), a_verified_offer(500)
    for quantity, state in ((60, "accepted"), (30, "in_transit"), (10, "received")):
        one = an_assignment(quantity, need=need, offer=offer, now=clock.now())
        type(one).objects.filter(pk=one.pk).update(state="accepted")
        Movement.objects.create(
            assignment=one, need=need, offer=offer, source="planned", target=state, quantity=quantity, at=clock.now(),
            key=one.code,
        )  # fmt: skip
    amounts = [value.split()[0] for _label, value in coordinator.get(f"/needs/{need.code}/").context["figures"]]
    assert amounts == ["200", "–", "200", "0", "60", "30", "10", "100"]
    page = coordinator.get(f"/offers/{offer.code}/")
    assert [value.split()[0] for _label, value in page.context["figures"]] == ["500", "–", "0", "60", "30", "10", "400"]
    assert f"/assignments/{one.code}/" in page.content.decode()
    listed = coordinator.get("/needs/?col=lacking").content.decode()
    assert "100" in words_of(listed)


def test_what_was_verified_without_a_call_says_how(coordinator: Client) -> None:
    new = a_need()
    assert "还没有人核实过" in coordinator.get(f"/needs/{new.code}/").content.decode()
    said = {"state": "verified", "verified_at": clock.now()}
    changes.apply(new, actor=an_actor("coordinator"), act="demo.verified", reason="整批核实", **said)
    page = coordinator.get(f"/needs/{new.code}/")
    assert "还没有人核实过" not in page.content.decode()
    found = page.context["verified"]["line"]
    assert (found.act, found.reason) == ("核实", "整批核实")
    for entered in (a_need(**said), an_offer(**said)):
        kind = "needs" if isinstance(entered, Need) else "offers"
        text = coordinator.get(f"/{kind}/{entered.code}/").content.decode()
        assert "录入时已经写明核实过（" in text
        assert "还没有人核实过" not in text


def test_what_plans_count_is_in_the_unit_of_the_category_not_in_the_one_that_was_said(coordinator: Client) -> None:
    """Two lorries of masks cannot be converted: the plan works on 50 pieces, not on 50 lorries."""
    need = a_need(quantity_asked=2, unit="车", quantity_flag="unit", quantity_planned=50)
    figures = [value for _label, value in coordinator.get(f"/needs/{need.code}/").context["figures"]]
    assert figures == ["2 车", "–", "50 只"]
    listed = coordinator.get("/needs/?col=asked&col=planned&col=lacking").content.decode()
    assert "2 车" in listed
    assert "50 只" in listed
    assert "50 车" not in listed
    verifier = sign_in(Client(), an_account("verifier", area=HUBEI))
    page = verifier.get(f"/verify/need/{need.pk}/").content.decode()
    assert "2 车" in page
    assert "计划按" in page
    assert set(re.findall(r"(\w+) 车", page)) == {"2"}
