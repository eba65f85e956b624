"""Assignments through the API: each side does its own, once, by the version it read; no person is ever in an answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders import HUBEI, XIAOGAN, a_contact, an_organisation
from builders_dispatch import a_verified_need, a_verified_offer, an_assignment, balances_of
from builders_planning import in_standing
from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.client import Desk, DeskError
from tongzhou.kernel import clock, crypto

PHONE = "19000000031"


class Sides:
    """A hospital that asks, a foundation that gives, the assignment of 100 masks between them."""

    def __init__(self, api: Any) -> None:
        self.hospital = an_organisation()
        self.foundation = in_standing(an_organisation("测试基金会", kind="foundation"))
        self.gives = api("officer", organisation=self.foundation)
        self.gets = api("officer", organisation=self.hospital)
        contact = a_contact(PHONE, name="测试收货人")
        need = a_verified_need(organisation=self.hospital, for_whom="facility", contact=contact)
        offer = a_verified_offer(organisation=self.foundation)
        self.one = an_assignment(need=need, offer=offer, now=clock.now())
        self.path = f"/assignments/{self.one.pk}"

    def version(self) -> int:
        self.one.refresh_from_db()
        return int(self.one.version)

    def act(self, send: Any, act: str, key: str = "", **said: Any) -> tuple[int, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer: tuple[int, Any] = send("POST", f"{self.path}/{act}", {"version": self.version(), **said}, **headers)
        return answer


@pytest.fixture
def sides(api: Any) -> Sides:
    return Sides(api)


@pytest.mark.django_db
def test_the_way_from_the_answer_to_the_receipt(sides: Sides) -> None:
    assert sides.act(sides.gets, "accept")[0] == 404
    status, taken = sides.act(sides.gives, "accept")
    assert (status, taken["state"], taken["balances"]["accepted"]) == (200, "accepted", 100)
    assert sides.act(sides.gives, "sent", quantity=60, rest_back=True)[1]["balances"]["in_transit"] == 60
    assert sides.act(sides.gives, "delivered")[1]["state"] == "delivered"
    assert sides.act(sides.gives, "confirm", received=60)[0] == 404
    status, said = sides.act(sides.gets, "confirm", received=50, refused=10)
    assert (status, said["code"]) == (422, "difference_missing")
    status, receipt = sides.act(sides.gets, "confirm", received=50, refused=10, difference="damaged")
    assert (status, receipt["how"], receipt["received"]) == (201, "officer", 50)
    assert sides.act(sides.gives, "return", quantity=9, unusable=10)[1]["code"] == "bad_split"
    back = sides.act(sides.gives, "return", quantity=10, unusable=4)[1]["balances"]
    assert (back["returned"], back["missing"], back["refused"]) == (6, 4, 0)
    assert sides.gives("GET", f"{sides.path}/receipts") == (200, [receipt])
    assert sides.gets("GET", sides.path)[1]["state"] == "confirmed"


@pytest.mark.django_db
def test_a_repeat_with_the_same_key_is_the_same_answer(sides: Sides) -> None:
    sides.act(sides.gives, "accept", key="accept-0001")
    version = sides.version()
    body = {"version": 1}
    assert sides.gives("POST", f"{sides.path}/accept", body, **{"Idempotency-Key": "accept-0001"})[0] == 200
    assert sides.version() == version
    body = {"version": version, "quantity": 40}
    for _time in range(2):
        status, one = sides.gives("POST", f"{sides.path}/sent", body, **{"Idempotency-Key": "sent-00001"})
        assert (status, one["balances"]["in_transit"]) == (200, 40)
    body["quantity"] = 50
    status, said = sides.gives("POST", f"{sides.path}/sent", body, **{"Idempotency-Key": "sent-00001"})
    assert (status, said["code"]) == (409, "key_reused")
    body = {"version": sides.version(), "received": 40}
    first = sides.gets("POST", f"{sides.path}/confirm", body, **{"Idempotency-Key": "confirm-01"})
    assert sides.gets("POST", f"{sides.path}/confirm", body, **{"Idempotency-Key": "confirm-01"}) == first
    assert balances_of(sides.one) == {"accepted": 60, "received": 40}


@pytest.mark.django_db
def test_a_receipt_is_corrected_once_by_who_may_confirm(sides: Sides) -> None:
    """100 sent, 90 said to be received and 10 missing; 95 came after all, 5 of them broken and left with the driver."""
    sides.act(sides.gives, "accept")
    sides.act(sides.gives, "sent", quantity=100)
    _status, first = sides.act(sides.gets, "confirm", received=90, missing=10, difference="short")
    path = f"{sides.path}/receipts/{first['id']}/correct"
    body = {"version": sides.version(), "received": 95, "refused": 5, "difference": "damaged", "note": "点错了一箱"}
    assert sides.gives("POST", path, body)[0] == 404
    assert sides.gets("POST", path, body | {"note": ""})[0] == 422
    assert sides.gets("POST", path, body | {"version": 1})[1]["code"] == "version_stale"
    assert sides.gets("POST", path, body | {"received": 96})[1]["code"] == "more_than_sent"
    assert sides.gets("POST", path, body | {"difference": ""})[1]["code"] == "difference_missing"
    status, second = sides.gets("POST", path, body, **{"Idempotency-Key": "correct-01"})
    assert (status, second["corrects"], second["received"], second["refused"]) == (201, first["id"], 95, 5)
    assert sides.gets("POST", path, body, **{"Idempotency-Key": "correct-01"}) == (201, second)
    assert balances_of(sides.one) == {"received": 95, "refused": 5}
    status, said = sides.gets("POST", path, body | {"version": sides.version()})
    assert (status, said["code"]) == (409, "correction_late")
    assert sides.gets("GET", f"{sides.path}/receipts") == (200, [first, second])


@pytest.mark.django_db
def test_an_old_version_is_refused_and_a_faster_one_is_named(sides: Sides, api: Any) -> None:
    old = sides.version()
    sides.act(sides.gives, "accept")
    status, said = sides.gives("POST", f"{sides.path}/accept", {"version": old})
    assert (status, said["code"]) == (409, "already_covered")
    coordinator = api("coordinator", area=HUBEI)
    status, said = coordinator("POST", f"{sides.path}/withdraw", {"version": old, "reason": "不需要"})
    assert (status, said["code"]) == (409, "version_stale")
    assert sides.act(coordinator, "withdraw", reason="不需要")[1]["state"] == "withdrawn"


@pytest.mark.django_db
def test_declining_gives_the_reason(sides: Sides) -> None:
    assert sides.act(sides.gives, "decline", reason="bored")[0] == 422
    status, one = sides.act(sides.gives, "decline", reason="no_transport", note="没有车")
    assert (status, one["state"], one["decline_reason"], one["state_reason"]) == (
        200, "declined", "no_transport", "没有车",
    )  # fmt: skip


@pytest.mark.django_db
def test_nobody_else_sees_it_and_no_person_is_in_an_answer(sides: Sides, api: Any) -> None:
    sides.act(sides.gives, "accept")
    for stranger in (
        api("officer", organisation=an_organisation()),
        api("coordinator", area=XIAOGAN),
        api("volunteer"),
    ):
        assert stranger("GET", sides.path)[0] == 404
    for reader in (sides.gives, sides.gets, api("analyst")):
        said = str(reader("GET", sides.path)) + str(reader("GET", "/assignments"))
        assert sides.one.code in said
        for secret in (PHONE, "测试收货人", "officer"):
            assert secret not in said


@pytest.mark.django_db
def test_the_list_narrows_by_either_side_with_few_queries(sides: Sides, api: Any) -> None:
    for _number in range(3):
        an_assignment(now=clock.now())
    send = api("analyst")
    for organisation in (sides.hospital, sides.foundation):
        assert [one["code"] for one in send("GET", f"/assignments?organisation={organisation.pk}")[1]["items"]] == [
            sides.one.code
        ]
    assert len(send("GET", f"/assignments?need={sides.one.need_id}")[1]["items"]) == 1
    with CaptureQueriesContext(connection) as seen:
        assert len(send("GET", "/assignments?state=proposed")[1]["items"]) == 4
    assert len(seen) <= 12


@pytest.mark.django_db
def test_a_token_without_the_scope_is_refused(sides: Sides, api: Any) -> None:
    send = api("officer", organisation=sides.foundation, scopes=("assignment:read",))
    assert send("GET", sides.path)[0] == 200
    assert sides.act(send, "accept")[0] == 404


@pytest.mark.django_db
def test_what_went_wrong_is_reported_and_handled_without_its_words(sides: Sides, api: Any) -> None:
    body = {"assignment": str(sides.one.pk), "kind": "unsafe", "text": "门口有狗"}
    key = {"Idempotency-Key": "incident-01"}
    status, made = sides.gives("POST", "/incidents", body, **key)
    assert (status, made["state"], made["kind"]) == (201, "open", "unsafe")
    assert sides.gives("POST", "/incidents", body, **key) == (201, made)
    assert sides.gives("GET", "/incidents")[0] == 404
    verifier = api("verifier", area=HUBEI)
    status, page = verifier("GET", "/incidents?state=open")
    assert [one["id"] for one in page["items"]] == [made["id"]]
    assert "门口有狗" not in str(page)
    assert crypto.unseal(IncidentReport.objects.get(), "text") == "门口有狗"
    path = f"/incidents/{made['id']}"
    assert api("liaison", area=HUBEI)("POST", f"{path}/handle", {"version": 1, "outcome": "好"})[0] == 404
    status, said = verifier("POST", f"{path}/handle", {"version": 9, "outcome": "已处理"})
    assert (status, said["code"]) == (409, "version_stale")
    status, done = verifier("POST", f"{path}/handle", {"version": 1, "outcome": "已处理"})
    assert (status, done["state"], done["outcome"]) == (200, "handled", "已处理")
    assert verifier("GET", path) == (200, done)


@pytest.mark.django_db(transaction=True)
def test_the_client_walks_the_whole_way(sides: Sides, api: Any, live_server: Any) -> None:
    def desk(send: Any) -> Desk:
        return Desk(live_server.url, token=send.headers["Authorization"].removeprefix("Bearer "))

    with desk(sides.gives) as giver, desk(sides.gets) as receiver, desk(api("verifier", area=HUBEI)) as verifier:
        (one,) = giver.assignments(state="proposed")
        one = giver.deliver(giver.send(giver.accept(one), 100))
        assert (one.state, one.balances.in_transit) == ("delivered", 100)
        receipt = receiver.confirm(one, 90, missing=10, difference="short")
        assert receiver.receipts(one) == [receipt]
        assert giver.assignment(one.id).balances.received == 90
        corrected = receiver.correct_receipt(receiver.assignment(one.id), receipt, 100, note="另一箱也在")
        assert (corrected.corrects, corrected.received) == (receipt.id, 100)
        assert receiver.receipts(one) == [receipt, corrected]
        assert giver.assignment(one.id).balances.missing == 0
        incident = receiver.report_incident(one, "not_arrived", "少了一箱")
        assert [found.id for found in verifier.incidents(assignment=one.id)] == [incident.id]
        assert verifier.handle_incident(incident, "补发").state == "handled"
        with pytest.raises(DeskError, match="assignment_over"):
            giver.send(giver.assignment(one.id))
