"""Plans and pins of the API: the same rules and refusals as the pages; the client's methods over them."""

import re
from pathlib import Path

import httpx
import pytest
from django.test import Client as DjangoClient

from builders import HUBEI, JIANGAN, WUHAN, XIAOGAN, a_need
from builders_plan_pages import a_line, a_pin, a_plan, a_small_plan
from builders_planning import an_open_need, an_open_offer
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.planning.models import Pin, Plan
from tongzhou.client import Desk, DeskError
from tongzhou.screens.api import root


def test_a_plan_is_started_once_read_and_cancelled(api):
    an_open_need()
    send = api(area=HUBEI)
    key = {"Idempotency-Key": "plan-20200206"}
    status, plan = send("POST", "/plans", {"response": "hubei-2020", "area": WUHAN}, **key)
    assert (status, plan["state"], plan["area"], plan["number"]) == (201, "queued", WUHAN, 1)
    assert send("POST", "/plans", {"response": "hubei-2020", "area": WUHAN}, **key)[1]["number"] == 1
    status, said = send("POST", "/plans", {"response": "hubei-2020", "area": WUHAN})
    assert (status, said["code"]) == (409, "plan_running")
    assert send("GET", "/plans/1")[1]["version"] == plan["version"]
    assert send("GET", "/plans?state=ready")[1]["items"] == []
    assert send("POST", "/plans/1/cancel")[1]["state"] == "cancelled"
    assert send("POST", "/plans/1/cancel")[1]["code"] == "plan_closed"
    assert Plan.objects.count() == 1


def test_lines_gaps_and_holds_follow_each_other_and_stay_inside_the_own_area(api):
    plan = a_small_plan()
    whole, wuhan = api(area=HUBEI), api(area=WUHAN)
    path = f"/plans/{plan.number}"
    first = whole("GET", f"{path}/lines?limit=1")[1]
    rest = whole("GET", f"{path}/lines?limit=1&cursor={first['next']}")[1]
    assert [one["quantity"] for one in (*first["items"], *rest["items"])] == [200, 50]
    assert rest["next"] is None
    line = whole("GET", f"{path}/lines?urgency=0")[1]["items"]
    assert [(one["place"], one["basis"], one["reason_en"]) for one in line] == [
        (JIANGAN, "asked", "Urgent; no lawful offer is nearer.")
    ]
    gaps = whole("GET", f"{path}/gaps")[1]["items"]
    assert [(one["place"], one["asked"], one["planned"], one["served"], one["lacking"]) for one in gaps] == [
        (JIANGAN, 200, 80, 50, 30), (XIAOGAN, 200, 10, 0, 10),
    ]  # fmt: skip
    assert [one["place"] for one in wuhan("GET", f"{path}/gaps")[1]["items"]] == [JIANGAN]
    assert wuhan("GET", f"{path}/gaps?place={XIAOGAN}")[1]["items"] == []
    holds = whole("GET", f"{path}/holds?reason=not_needed")[1]["items"]
    assert [(one["held"], one["given"], one["free"]) for one in holds] == [(4800, 200, 5000)]
    assert whole("GET", f"{path}/lines?cursor=x")[1]["code"] == "bad_cursor"


def test_approval_needs_the_version_another_person_and_leaves_what_is_not_ones_own(api):
    plan = a_plan()
    mine, struck, other = a_line(plan), a_line(plan), a_line(plan, place=XIAOGAN)
    for line in (mine, struck, other):
        _as_open(line)
    wuhan = api("liaison", area=WUHAN)
    path = f"/plans/{plan.number}/approve"
    assert wuhan("POST", path, {"version": 9})[1]["code"] == "version_stale"
    status, done = wuhan("POST", path, {"version": 1, "strike": [struck.pk]})
    assert status == 200
    assert {key: done[key] for key in ("approved", "struck", "left", "stale")} == {
        "approved": 1, "struck": 1, "left": 1, "stale": 0,
    }  # fmt: skip
    assert done["plan"]["state"] == "ready"  # the line in Xiaogan still waits
    assert list(Assignment.objects.values_list("plan_line", flat=True)) == [mine.pk]
    maker = api(area=HUBEI)
    own = a_plan(made_by=_account_of(maker))
    a_line(own)
    assert maker("POST", f"/plans/{own.number}/approve", {"version": 1})[1]["code"] == "plan_own"
    status, rejected = api("liaison")("POST", f"/plans/{own.number}/reject", {"version": 1, "reason": "数字未核实"})
    assert (status, rejected["state"], rejected["closed_reason"]) == (200, "rejected", "数字未核实")


def _as_open(line):
    """The need and the offer of a line with confirmed quantities."""
    for record in (line.need, line.offer):
        record.quantity_confirmed = 200
        if record is line.need:
            record.quantity_planned = 200
        record.save()


def _account_of(send):
    from tongzhou.registers.people.actors import hash_secret
    from tongzhou.registers.people.models import Token

    return Token.objects.get(secret_hash=hash_secret(send.headers["Authorization"].partition(" ")[2])).account_id


def test_pins_are_made_listed_and_taken_back(api):
    need, offer = an_open_need(200), an_open_offer(50)
    send, away = api(area=WUHAN), api(area=XIAOGAN)
    body = {"need": need.code, "offer": offer.code, "quantity": 80, "reason": "约好了专车"}
    assert send("POST", "/pins", body)[1]["code"] == "pin_bad"  # the offer holds 50
    assert away("POST", "/pins", body)[0] == 404
    key = {"Idempotency-Key": "pin-20200206"}
    status, pin = send("POST", "/pins", {**body, "quantity": 0}, **key)
    assert (status, pin["need"], pin["offer"], pin["quantity"]) == (201, need.code, offer.code, 0)
    assert send("POST", "/pins", {**body, "quantity": 0}, **key)[1] == pin
    assert send("GET", "/pins?response=hubei-2020")[1]["items"] == [pin]
    assert away("GET", "/pins?response=hubei-2020")[1]["items"] == []
    withdraw = {"version": 1, "reason": "车已恢复"}
    assert away("POST", f"/pins/{pin['id']}/withdraw", withdraw)[0] == 404
    assert send("POST", f"/pins/{pin['id']}/withdraw", withdraw)[1]["withdrawn_at"] is not None
    assert Pin.objects.count() == 1


def test_a_token_plans_only_with_the_scope_for_it(api):
    a_small_plan()
    reader, other = api(scopes=("plan:read",)), api(scopes=("need:read",))
    assert reader("GET", "/plans")[0] == 200
    assert reader("POST", "/plans", {"response": "hubei-2020"})[0] == 404
    assert other("GET", "/plans")[0] == 404
    assert api("volunteer")("GET", "/plans")[0] == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/plans", {"response": "hubei-2020", "area": "9"}),
        ("/plans", {"response": "hubei-2020", "category": "no_such_thing"}),
        ("/plans", {"response": "hubei-2020", "surprise": 1}),
        ("/plans", {"response": "none"}),
        ("/pins", {"need": "1", "offer": "2", "quantity": 1, "reason": "x"}),
        ("/plans/1/approve", {"version": 1, "strike": ["x"]}),
        ("/plans/99999999999999999999/cancel", {}),
    ],
)
def test_bad_bodies_are_refused(api, path, body):
    a_plan()
    assert api()("POST", path, body)[0] in (400, 404, 422)
    assert Plan.objects.count() == 1


def test_the_client_reads_and_writes_plans_and_pins(api):
    plan, pin = a_small_plan(), a_pin()
    send = api(area=HUBEI)
    desk = Desk("http://testserver", token=send.headers["Authorization"].partition(" ")[2], transport=_Through())
    read = desk.plan(plan.number)
    assert [one.number for one in desk.plans(response="hubei-2020")] == [plan.number]
    assert (read.state, read.figures["helped"], read.principles["goods"][0]) == ("ready", 2, "urgency")
    assert [one.quantity for one in desk.plan_lines(read)] == [200, 50]
    assert [one.lacking for one in desk.plan_gaps(read, reason="no_offer")] == [10]
    assert [one.held for one in desk.plan_holds(read)] == [4800]
    assert [one.id for one in desk.pins("hubei-2020")] == [pin.pk]
    made = desk.create_pin(need=a_need(state="verified").code, offer=pin.offer.code, quantity=0, reason="仓库已关")
    assert desk.withdraw_pin(made, "又开了").withdrawn_at is not None
    assert desk.reject_plan(read, "数字未核实").state == "rejected"
    with pytest.raises(DeskError, match="plan_closed"):
        desk.approve_plan(desk.plan(plan.number))
    started = desk.create_plan(response="hubei-2020", area=WUHAN)
    assert desk.cancel_plan(started).state == "cancelled"


class _Through(httpx.BaseTransport):
    """The client's requests, answered by Django's test client."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = DjangoClient().generic(
            request.method, request.url.raw_path.decode(), request.read(), content_type="application/json",
            headers={"Authorization": request.headers["Authorization"]},
        )  # fmt: skip
        return httpx.Response(answer.status_code, content=answer.content, headers=dict(answer.items()))


def test_no_two_schemas_of_the_api_have_one_name() -> None:
    """The OpenAPI document knows schemas by their class's name: of two with one name the later would stand for both."""
    folder = Path(root.__file__).parent
    names = [
        name for path in folder.glob("*.py") for name in re.findall(r"^class (\w+)\(", path.read_text("utf-8"), re.M)
    ]
    assert len(names) > 40
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
