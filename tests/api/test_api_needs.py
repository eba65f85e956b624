"""The needs of the API: what goes in comes out, once, for whom it is meant, and never a contact."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from builders import JIANGAN, WUHAN, XIAOGAN, a_category, a_need, a_place, an_offer, an_organisation
from tongzhou.chain.intake.models import Contact, Need
from tongzhou.kernel import audit, crypto

PHONE = "19000000031"
NEED = {
    "response": "hubei-2020", "for_whom": "facility", "requester": "测试医院", "place": JIANGAN, "item": "医用外科口罩",
    "quantity": 300, "unit": "只", "urgency_said": 1,
    "contact": {"name": "设备科", "phone": PHONE, "address": "某路 1 号"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _places(db):
    for code in (JIANGAN, WUHAN, XIAOGAN):
        a_place(code)
    a_category()


def test_a_need_is_written_down_sealed_and_comes_back_without_its_contact(api):
    send = api()
    status, need = send("POST", "/needs", NEED)
    assert status == 201
    assert (need["item"], need["quantity_asked"], need["category"], need["place"]) == (
        "医用外科口罩", 300, "surgical_mask", "420102",
    )  # fmt: skip
    assert (need["state"], need["channel"], need["urgency_said"], need["urgency"]) == ("received", "api", 1, None)
    contact = Contact.objects.get()
    assert crypto.unseal(contact, "phone") == PHONE
    assert send("GET", f"/needs/{need['id']}") == (200, need)
    status, page = send("GET", "/needs")
    assert (status, page["items"], page["next"]) == (200, [need], None)
    assert PHONE not in str(need)
    assert PHONE not in str(page)
    assert audit.history(Need.objects.get()).get().act == "need.create"


def test_the_same_key_again_is_the_same_need(api):
    send = api()
    key = {"Idempotency-Key": "k-20200206-0001"}
    first = send("POST", "/needs", NEED, **key)
    assert send("POST", "/needs", NEED, **key) == first
    assert Need.objects.count() == 1
    status, said = send("POST", "/needs", {**NEED, "quantity": 400}, **key)
    assert (status, said["code"]) == (409, "key_reused")
    assert Need.objects.get().quantity_asked == 300


def test_the_same_client_made_id_again_is_the_same_need(api):
    send = api()
    body = {**NEED, "id": str(uuid.uuid4())}
    assert send("POST", "/needs", body) == send("POST", "/needs", body)
    assert Need.objects.count() == 1


def test_a_change_needs_the_version_that_was_read(api):
    send = api()
    need = send("POST", "/needs", NEED)[1]
    status, changed = send("PATCH", f"/needs/{need['id']}", {"version": 1, "quantity_asked": 120})
    assert (status, changed["quantity_asked"], changed["version"]) == (200, 120, 2)
    status, said = send("PATCH", f"/needs/{need['id']}", {"version": 1, "quantity_asked": 999})
    assert (status, said["code"]) == (409, "version_stale")
    assert said["detail"]
    assert Need.objects.get().quantity_asked == 120


def test_withdrawing_keeps_the_need_and_says_why(api):
    send = api()
    need = send("POST", "/needs", NEED)[1]
    status, gone = send("POST", f"/needs/{need['id']}/withdraw", {"version": 1, "reason": "已从别处买到"})
    assert (status, gone["state"], gone["state_reason"]) == (200, "withdrawn", "已从别处买到")
    assert send("GET", "/needs?state=received")[1]["items"] == []
    assert send("GET", "/needs?state=withdrawn")[1]["items"] == [gone]


def test_absent_and_forbidden_answer_the_same(api):
    need = a_need(place=XIAOGAN)
    wuhan = api(area=WUHAN)
    hidden, absent = wuhan("GET", f"/needs/{need.pk}"), wuhan("GET", f"/needs/{uuid.uuid4()}")
    for answer in (hidden, absent):
        answer[1].pop("request_id")
    assert hidden == absent
    assert hidden[0] == 404
    assert wuhan("PATCH", f"/needs/{need.pk}", {"version": 1, "item": "x"})[0] == 404
    assert wuhan("GET", "/needs")[1]["items"] == []
    assert wuhan("POST", "/needs", {**NEED, "place": XIAOGAN})[0] == 404
    assert Need.objects.count() == 1


def test_an_officer_reads_and_writes_for_the_own_organisation_only(api):
    own, other = an_organisation(), an_organisation()
    mine, foreign = a_need(organisation=own), a_need(organisation=other)
    officer = api("officer", organisation=own)
    assert [row["id"] for row in officer("GET", "/needs")[1]["items"]] == [str(mine.pk)]
    assert officer("GET", f"/needs/{foreign.pk}")[0] == 404
    status, made = officer("POST", "/needs", NEED)
    assert (status, made["organisation"]) == (201, str(own.pk))


def test_a_token_does_what_its_scopes_say_and_no_more(api):
    reader = api(scopes=("need:read",))
    assert reader("GET", "/needs")[0] == 200
    assert reader("POST", "/needs", NEED)[0] == 404
    assert reader("GET", "/offers")[0] == 404


def test_without_a_token_nothing_but_public_facts(api):
    api()
    from api.conftest import Api

    nobody = Api()
    assert nobody("GET", "/needs")[0] == 401
    assert nobody("GET", "/responses")[0] == 200
    assert nobody("GET", "/places?under=4201&limit=1")[0] == 200
    assert Api("tongzhou_wrong")("GET", "/needs")[1]["code"] == "signed_out"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**NEED, "quantity": -1}, "quantity"),
        ({**NEED, "quantity": 10**13}, "quantity"),
        ({**NEED, "quantity": "300"}, "quantity"),
        ({**NEED, "item": ""}, "item"),
        ({**NEED, "item": "x" * 201}, "item"),
        ({**NEED, "item": "口罩\x00"}, "item"),
        ({**NEED, "place": "99"}, "place"),
        ({**NEED, "surprise": 1}, "surprise"),
        ({**NEED, "contact": {"phone": "javascript:alert(1)"}}, "phone"),
        ({**NEED, "for_whom": "other"}, "consent"),
    ],
)
def test_a_bad_body_is_refused_by_field_and_nothing_is_written(api, body, field):
    send = api()
    status, said = send("POST", "/needs", body)
    assert (status, said["code"]) == (422, "bad_fields")
    assert any(field in name for name in said["fields"])
    assert send.last["Content-Type"] == "application/problem+json"
    assert (Need.objects.count(), Contact.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "path", ["/needs?limit=0", "/needs?limit=9999", "/needs?cursor=x", "/needs?place=4", "/needs?state=x"]
)
def test_bad_filters_are_refused(api, path):
    assert api()("GET", path)[0] in (400, 422) or path.endswith("place=4")


def test_unreadable_json_and_wrong_methods_have_their_own_answers(api):
    send = api()
    answer = send.client.generic("POST", "/api/v1/needs", "{", content_type="application/json", headers=send.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    answer = send.client.generic("DELETE", "/api/v1/needs", headers=send.headers)
    assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET, POST", "method_not_allowed")


def test_pages_follow_each_other_without_gap_or_repeat(api):
    made = {str(a_need().pk) for _ in range(7)}
    send = api()
    seen, path = [], "/needs?limit=3"
    while True:
        page = send("GET", path)[1]
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        path = f"/needs?limit=3&cursor={page['next']}"
    assert len(seen) == 7
    assert set(seen) == made


def test_the_number_of_queries_does_not_grow_with_the_rows(api):
    send = api()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            send("GET", "/needs?limit=200")
        return len(caught)

    a_need()
    queries()  # the token's "last used" is written once a minute
    few = queries()
    for _ in range(45):
        a_need()
    assert queries() == few


def test_a_session_may_read_but_not_write_so_no_forged_form_can(api):
    from builders import an_account, sign_in

    a_need()
    client = sign_in(Client(), an_account("coordinator"))
    assert client.get("/api/v1/needs").status_code == 200
    answer = client.post("/api/v1/needs", NEED, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_offers_leads_organisations_and_responses_go_the_same_way(api):
    send = api()
    offer = {"response": "hubei-2020", "giver": "测试公司", "place": WUHAN, "item": "N95 口罩", "quantity": 50,
             "unit": "只", "may_go": ["42"], "contact": {"phone": PHONE}}  # fmt: skip
    status, made = send("POST", "/offers", offer)
    assert (status, made["quantity"], made["may_go"], made["state"]) == (201, 50, ["42"], "received")
    status, said = send("POST", f"/offers/{made['id']}/withdraw", {"version": 1, "reason": "改送别处"})
    assert (status, said["state"]) == (200, "withdrawn")
    status, lead = send(
        "POST", "/leads", {"response": "hubei-2020", "source_name": "测试药厂", "place": WUHAN, "item": "口罩"}
    )
    assert (status, lead["state"]) == (201, "new")
    status, lead = send("PATCH", f"/leads/{lead['id']}", {"version": 1, "quantity": 10})
    assert (status, lead["quantity"]) == (200, 10)
    assert (
        send("POST", f"/leads/{lead['id']}/withdraw", {"version": lead["version"], "reason": "联系不上"})[1]["state"]
        == "dropped"
    )
    status, body = send("POST", "/organisations", {"name": "测试社会工作者协会", "kind": "association", "place": WUHAN})
    assert (status, body["standing"]) == (201, "unverified")
    status, body = send("PATCH", f"/organisations/{body['id']}", {"version": 1, "short_name": "测试社协"})
    assert (status, body["short_name"]) == (200, "测试社协")
    assert an_offer().code
    assert send("GET", "/categories?line=supplies")[1]["items"][0]["line"] == "supplies"
