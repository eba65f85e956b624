"""Cover, gaps and what is needed through the API and its client."""

import datetime as dt

import pytest
from django.core.cache import cache

from builders import JIANGAN, WUCHANG, WUHAN, XIAOGAN, a_category, a_place, a_response
from builders_cover import a_cover, a_plan, a_plan_need, a_verified_need, moved
from tongzhou.client import Desk
from tongzhou.kernel import clock
from tongzhou.registers.cover.models import Cover

COVER = {
    "response": "hubei-2020", "place": JIANGAN, "category": "surgical_mask", "by": "government",
    "by_name": "江岸区指挥部", "quantity": 500, "starts_on": "2020-02-05", "source": "区指挥部 2 月 5 日通知",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _places(db):
    cache.clear()
    for code in (JIANGAN, WUHAN, XIAOGAN):
        a_place(code)
    a_category()


def test_cover_is_written_once_read_and_withdrawn(api):
    send = api("coordinator", area=WUHAN, line="supplies")
    key = {"Idempotency-Key": "k-20200206-0009"}
    status, row = send("POST", "/cover", COVER, **key)
    assert (status, row["quantity"], row["line"], row["withdrawn_at"]) == (201, 500, "supplies", None)
    assert send("POST", "/cover", COVER, **key) == (201, row)
    assert Cover.objects.count() == 1
    assert send("GET", f"/cover?place={WUHAN}&on=2020-02-05")[1]["items"] == [row]
    assert send("GET", "/cover?on=2020-02-04")[1]["items"] == []
    assert send("GET", f"/cover?place={XIAOGAN}")[1]["items"] == []
    stale = send("POST", f"/cover/{row['id']}/withdraw", {"version": 9, "reason": "没有落实"})
    assert (stale[0], stale[1]["code"]) == (409, "version_stale")
    status, gone = send("POST", f"/cover/{row['id']}/withdraw", {"version": 1, "reason": "没有落实"})
    assert (status, gone["version"], gone["withdrawn_at"] is not None) == (200, 2, True)


def test_cover_ends_on_a_day_and_no_sooner(api):
    send = api("coordinator", area=WUHAN, line="supplies")
    _status, row = send("POST", "/cover", COVER)
    end = {"version": 1, "reason": "合同到期", "ends_on": "2020-02-01"}
    assert send("POST", f"/cover/{row['id']}/end", end)[1]["code"] == "bad_form"
    today = clock.beijing(clock.now()).date().isoformat()
    status, ended = send("POST", f"/cover/{row['id']}/end", end | {"ends_on": today})
    assert (status, ended["ends_on"], ended["version"]) == (200, today, 2)
    assert send("POST", f"/cover/{row['id']}/end", end | {"ends_on": today})[1]["code"] == "version_stale"
    other = api("coordinator", area=XIAOGAN, line="supplies")
    assert other("POST", f"/cover/{row['id']}/end", end | {"version": 2, "ends_on": today})[0] == 404


def test_what_is_double_and_the_situation_are_the_same_as_on_the_pages(api):
    plan = a_plan()
    for quantity, served, reason in ((100, 0, "no_offer"), (60, 60, "")):
        a_plan_need(plan, a_verified_need(quantity, JIANGAN), served, reason)
    a_cover(WUHAN, "vegetables", quantity=None)
    a_cover(JIANGAN, "vegetables", quantity=None, by_name="某企业")
    send = api("liaison", area=WUHAN)
    (double,) = send("GET", "/gaps/overlaps?response=hubei-2020")[1]
    assert (double["kind"], double["place"], double["who"]) == ("double", JIANGAN, ["区指挥部", "某企业"])
    assert send("GET", f"/gaps/overlaps?response=hubei-2020&place={XIAOGAN}")[1] == []
    status, said = send("GET", "/situation?response=hubei-2020")
    assert (status, said["place"], said["plan"], said["gaps_total"]) == (200, WUHAN, plan.number, 1)
    assert said["gaps"] == [{
        "place": JIANGAN, "category": "surgical_mask", "urgency": 1, "needed": 160, "gap": 160, "unreached": 100,
        "reason": "no_offer",
    }]  # fmt: skip
    assert {one["key"]: one["value"] for one in said["figures"]} == {
        "open": 2, "helped": 0, "gaps": 1, "under_way": 0,
    }  # fmt: skip
    assert all(one["source"] for one in said["figures"])
    assert {one["key"]: one["value"] for one in said["changes"]}["cover"] == 2
    assert send("GET", "/situation?response=none")[0] == 404
    assert api("verifier", area=WUHAN)("GET", "/situation?response=hubei-2020")[0] == 404


def test_everybody_may_read_where_volunteers_are_called_for(api):
    plan = a_plan()
    for _number in range(11):
        need = a_verified_need(2, JIANGAN, "home_care", for_whom="self", requester="")
        a_plan_need(plan, need)
    send = api()
    send.headers = {}
    assert send("GET", "/needed/calls") == (200, [{
        "place": WUHAN, "category": "home_care", "filled": False, "needed": 22, "able": 0, "lacking": 22,
        "card": f"http://testserver/needed/{WUHAN}/home_care/",
    }])  # fmt: skip
    a_response("drill", name="演练", is_exercise=True)
    assert send("GET", "/needed/calls?response=drill")[0] == 404


@pytest.mark.parametrize(
    ("over", "status", "code"),
    [
        ({"quantity": 0}, 422, "bad_fields"),
        ({"category": "nothing_here"}, 422, "bad_fields"),
        ({"place": "33"}, 422, "bad_fields"),
        ({"place": XIAOGAN}, 404, "not_found"),
        ({"ends_on": "2020-01-01"}, 400, "bad_form"),
        ({"response": "none"}, 404, "not_found"),
    ],
)
def test_what_cannot_be_is_refused(api, over, status, code):
    said = api("coordinator", area=WUHAN, line="supplies")("POST", "/cover", COVER | over)
    assert (said[0], said[1]["code"]) == (status, code)


def test_gaps_come_page_by_page_with_reasons_and_names(api):
    plan = a_plan()
    need = a_verified_need(100, JIANGAN)
    a_plan_need(plan, need, 30, "no_offer")
    moved(need, 30, "in_transit", plan=plan)
    a_verified_need(7, WUCHANG)
    a_cover(WUCHANG, quantity=2)
    send = api("analyst")
    status, first = send("GET", "/gaps?response=hubei-2020&limit=1")
    assert (status, first["next"]) == (200, f"{JIANGAN}.surgical_mask")
    assert first["items"] == [{
        "place": JIANGAN, "category": "surgical_mask", "needs": 1, "needed": 100, "planned": 0, "accepted": 0,
        "in_transit": 30, "received": 0, "received_all": 0, "covered": 0, "gap": 70, "unreached": 70, "over": 0,
        "reason": "no_offer", "who": ["person"],
    }]  # fmt: skip
    status, second = send("GET", f"/gaps?response=hubei-2020&limit=1&cursor={first['next']}")
    assert [(one["place"], one["covered"], one["gap"], one["who"]) for one in second["items"]] == [
        (WUCHANG, 2, 5, ["区指挥部"])
    ]
    assert second["next"] is None
    assert send("GET", "/gaps?response=hubei-2020&cursor=x")[1]["code"] == "bad_cursor"
    assert send("GET", "/gaps?response=none")[0] == 404


def test_everybody_may_read_what_is_needed_and_nobody_a_household(api):
    plan = a_plan()
    a_plan_need(plan, a_verified_need(100, JIANGAN))
    a_plan_need(plan, a_verified_need(3, WUCHANG, for_whom="self", requester=""))
    send = api()
    send.headers = {}
    status, page = send("GET", "/needed")
    assert status == 200
    assert page["items"] == [
        {"place": JIANGAN, "category": "surgical_mask", "state": "needed", "quantity": 100,
         "few_households_more": False, "card": f"http://testserver/needed/{JIANGAN}/surgical_mask/"},
        {"place": WUCHANG, "category": "surgical_mask", "state": "needed", "quantity": None,
         "few_households_more": True, "card": f"http://testserver/needed/{WUCHANG}/surgical_mask/"},
    ]  # fmt: skip
    a_response("drill", name="演练", is_exercise=True)
    assert send("GET", "/needed?response=drill")[0] == 404


@pytest.mark.django_db(transaction=True)
def test_the_client_speaks_of_all_three(api, live_server):
    send = api("coordinator", area=WUHAN)
    need = a_verified_need(100, JIANGAN)
    a_plan_need(a_plan(), need)
    token = send.headers["Authorization"].removeprefix("Bearer ")
    with Desk(live_server.url, token=token) as desk:
        said = {name: value for name, value in COVER.items() if name != "quantity"}
        said["starts_on"] = dt.date(2020, 2, 5)
        row = desk.create_cover(**said, quantity=40)
        assert [one.id for one in desk.cover(response="hubei-2020", on=dt.date(2020, 2, 6))] == [row.id]
        assert [(one.gap, one.covered) for one in desk.gaps(response="hubei-2020")] == [(60, 40)]
        assert [(one.state, one.quantity) for one in desk.needed()] == [("needed", 60)]
        assert desk.call_outs() == desk.overlaps(response="hubei-2020") == []
        assert [one.value for one in desk.situation(response="hubei-2020").figures] == [1, 0, 1, 0]
        row = desk.end_cover(row, clock.beijing(clock.now()).date(), "合同到期")
        assert desk.withdraw_cover(row, "没有落实").withdrawn_at is not None
