"""The desk: what waits for each role, where it is open, what just happened; nothing beyond the reader's area."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from builders import (
    HUBEI,
    JIANGAN,
    WUHAN,
    XIAOGAN,
    a_lead,
    a_need,
    a_place,
    a_response,
    a_submission,
    an_account,
    an_actor,
    an_offer,
    an_organisation,
    sign_in,
)
from builders_dispatch import a_key, a_team, a_verified_need, a_verified_offer, a_volunteer, an_assignment
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.delivery.models import IncidentReport
from tongzhou.chain.intake.models import Need
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.flows.answer_assignment import accept, decline
from tongzhou.flows.approve_plan import approve_plan
from tongzhou.flows.carry_assignment import mark_delivered, mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.report_incident import report
from tongzhou.flows.return_goods import returned
from tongzhou.kernel import audit, changes, clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.tables import capped_grid
from tongzhou.registers.places.models import Place

pytestmark = pytest.mark.django_db
#: Queues of assignments that wait too long.
LATE = ("unanswered", "arrivals", "unconfirmed")


@pytest.fixture
def coordinator(client: Client) -> Client:
    return sign_in(client, an_account("coordinator", area=HUBEI, name="湖北协调员"))


def waiting(page: Any) -> dict[str, int]:
    return {one.key: one.count for one in page.context["queues"]}


def test_each_queue_counts_what_waits_in_it(coordinator: Client) -> None:
    now = clock.now()
    first = a_need(quantity_flag="implausible")
    second = a_need(state="waiting")
    a_need(state="verified", stale_at=now - dt.timedelta(hours=3))
    a_need(state="verified", stale_at=now + dt.timedelta(hours=3))
    a_need(state="solved")
    a_need(submission=a_submission(held_reason="phone"))
    an_offer()
    a_lead()
    an_organisation()
    pair = sorted((first, second), key=lambda need: need.pk)
    DuplicatePair.objects.create(first=pair[0], second=pair[1], score=90)
    assert waiting(coordinator.get("/desk/")) == {
        "verify": 3,
        "callbacks": 0,
        "stale": 1,
        "flagged": 1,
        "pairs": 1,
        "held": 1,
        "offers": 1,
        "unanswered": 0,
        "arrivals": 0,
        "unconfirmed": 0,
        "incidents": 0,
        "leads": 1,
        "plans": 0,
        "orgs": 1,
        "feedback": 0,
    }


def test_the_longest_waiting_is_named(coordinator: Client) -> None:
    old = clock.now() - dt.timedelta(days=2)
    a_need(created_at=old, state="waiting")
    a_need()
    queue = next(one for one in coordinator.get("/desk/").context["queues"] if one.key == "verify")
    assert abs(queue.oldest - old) < dt.timedelta(seconds=1)


def test_every_door_of_the_desk_opens(coordinator: Client) -> None:
    a_need()
    page = coordinator.get("/desk/")
    paths = [one.href for one in page.context["queues"]] + [one["path"] for one in page.context["doors"]]
    paths += [tile["href"] for tile in page.context["map"].tiles[:2]]
    assert {path: coordinator.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_map_is_an_equal_table(coordinator: Client) -> None:
    for code in ("4201", "4209", "429004", "4228"):
        a_place(code)
    a_need(place=JIANGAN, urgency=0)
    a_need(place=WUHAN, urgency=2, state="verified")
    a_need(place=XIAOGAN, urgency=1)
    a_need(place=XIAOGAN, urgency=1, state="solved")
    shown = coordinator.get("/desk/").context["map"]
    rows = {row["name"]: (row["total"], row["by"]) for row in shown.rows}
    assert rows["武汉市"] == ("2", ["1", "", "1", ""])
    assert rows["孝感市"] == ("1", ["", "1", "", ""])
    assert rows["仙桃市"][0] == "0"
    tiles = {tile["name"]: tile for tile in shown.tiles}
    assert (tiles["武汉市"]["stop"], tiles["孝感市"]["stop"]) == (True, False)
    assert (tiles["武汉市"]["level"], tiles["孝感市"]["level"], tiles["仙桃市"]["level"]) == (1.0, 0.5, None)
    assert shown.total == "3"
    assert Place.objects.filter(parent_id=HUBEI).count() >= 3


def test_each_square_of_the_map_is_counted_to_its_cap_in_one_statement() -> None:
    needs = [a_need(place=place, urgency=1) for place in (JIANGAN, WUHAN, WUHAN, XIAOGAN)]
    a_need(place=WUHAN, urgency=2)
    rows = Need.objects.filter(response=needs[0].response)
    by = {"urgent": rows.filter(urgency=1), "important": rows.filter(urgency=2), "none": rows.none()}
    with CaptureQueriesContext(connection) as seen:
        found = capped_grid(by, "place_id", {"wuhan": ("4201", "4202"), "xiaogan": ("4209", "4210")}, cap=2)
    assert len(seen) == 1
    assert {key: count for key, count in found.items() if count} == {
        ("urgent", "wuhan"): 3, ("urgent", "xiaogan"): 1, ("important", "wuhan"): 1,
    }  # fmt: skip
    assert len(found) == 6
    assert capped_grid({}, "place_id", {"wuhan": ("4201", "4202")}) == {}


def test_the_feed_is_in_words_and_tells_a_bulk_act_once(coordinator: Client) -> None:
    needs = [a_need(item=f"口罩{number}") for number in range(3)]
    changes.apply_many(needs, actor=SYSTEM, act="need.change", reason="x", urgency=0, urgency_order=0)
    changes.apply(needs[0], actor=SYSTEM, act="need.change", state="solved")
    lines = coordinator.get("/desk/").context["feed"]
    assert [(one.act, one.more, one.state) for one in lines] == [("修改", 0, "已解决"), ("修改", 2, "")]


def test_the_feed_tells_what_became_of_assignments_plans_and_troubles(coordinator: Client) -> None:
    now, theirs = clock.now(), an_actor("coordinator", area=HUBEI)
    one, two = an_assignment(now=now), an_assignment(now=now)
    an_assignment(now=now)  # proposed, no more: no news
    said: dict[str, Any] = {"actor": theirs, "now": now}
    decline(assignment=two, reason="no_time", note="王先生没空", key=a_key(), **said)
    accept(assignment=one, key=a_key(), **said)
    mark_sent(assignment=one, key=a_key(), **said)
    mark_delivered(assignment=one, key=a_key(), **said)
    confirm(
        actor=an_actor("verifier", area=HUBEI), assignment=one, received=60, refused=40, difference="damaged",
        how="call", key=a_key(), now=now,
    )  # fmt: skip
    returned(assignment=one, quantity=40, unusable=40, key=a_key(), **said)
    report(assignment=one, kind="conduct", text="门口的王先生很凶", key=a_key(), **said)
    an_open_need(5)
    an_open_offer(5)
    plan = a_plan()
    approve_plan(actor=theirs, plan=plan, expect=plan.version, now=now)
    lines = coordinator.get("/desk/").context["feed"]
    assert [(line.act, line.more) for line in lines if line.href.startswith(("/assign", "/inc", "/plans"))] == [
        ("批准了", 0), ("报告了", 0), ("记下了退回", 0), ("记下了收货", 0), ("送到门口了", 0), ("送出了", 0),
        ("接下了", 0), ("没有接", 0),
    ]  # fmt: skip
    page = coordinator.get("/desk/").content.decode()
    assert "态度或行为不当" in page
    assert "王先生" not in page
    assert f"/plans/{plan.number}/" in page
    elsewhere = sign_in(Client(), an_account("coordinator", area=XIAOGAN)).get("/desk/").context["feed"]
    assert [line.act for line in elsewhere] == ["批准了"]  # a plan of the whole response is theirs to read
    analyst = sign_in(Client(), an_account("analyst")).get("/desk/")
    assert not any(line.who for line in analyst.context["feed"] if line.href.startswith("/assign"))


def test_the_feed_keeps_to_the_readers_area(client: Client) -> None:
    sign_in(client, an_account("coordinator", area=WUHAN))
    for place in (WUHAN, XIAOGAN):
        need = a_need(place=place, item=f"在{place}的口罩")
        changes.apply(need, actor=SYSTEM, act="need.change", urgency=1)
    assert [one.what for one in client.get("/desk/").context["feed"]] == ["在4201的口罩"]
    assert waiting(client.get("/desk/"))["verify"] == 1


@pytest.mark.parametrize(
    ("role", "acts", "reads"),
    [
        ("liaison", {"plans"}, {"verify", "stale", "flagged", "offers", "leads", *LATE, "incidents"}),
        ("analyst", set(), {"verify", "stale", "flagged", "offers", "leads", *LATE}),
        (
            "verifier",
            {
                "verify",
                "callbacks",
                "stale",
                "flagged",
                "pairs",
                "held",
                "offers",
                "arrivals",
                "unconfirmed",
                "incidents",
                "leads",
                "orgs",
            },
            {"unanswered"},
        ),
        ("officer", {"answers", "flagged", *LATE}, {"verify", "stale", "offers"}),
        ("volunteer", set(), set()),
        ("admin", {"feedback"}, set()),
    ],
)
def test_each_role_sees_what_it_can_act_on_and_plain_figures_of_the_rest(
    client: Client, role: str, acts: set[str], reads: set[str]
) -> None:
    a_need()
    held = {"organisation": an_organisation()} if role == "officer" else {}
    sign_in(client, an_account(role, area=HUBEI if role in ("liaison", "verifier") else "", **held))
    page = client.get("/desk/")
    assert page.status_code == 200
    assert set(waiting(page)) == acts
    assert {one.key for one in page.context.get("others", [])} == reads
    main = page.content.decode().split("<main")[1].split("data-keys")[0]
    assert "/verify/" not in main or "verify" in acts
    assert ("/setup/" in page.content.decode().split("<main")[1]) == (role == "admin")
    # Every queue that is a door opens.
    for one in page.context["queues"]:
        assert client.get(one.href).status_code == 200


def test_an_officer_sees_their_own_organisation_only(client: Client) -> None:
    own, other = an_organisation(), an_organisation()
    a_need(organisation=own)
    a_need(organisation=other)
    sign_in(client, an_account("officer", organisation=own))
    assert {one.key: one.count for one in client.get("/desk/").context["others"]}["verify"] == 1


def test_a_volunteer_is_led_to_the_tasks_that_wait(client: Client) -> None:
    now, team = clock.now(), a_team(area=WUHAN)
    account, _actor = a_volunteer(team, now=now, area=WUHAN)
    sign_in(client, account, second_factor=False)
    a_response()
    assert "现在没有任务等人接" in client.get("/desk/").content.decode()
    an_assignment(200, offer=a_verified_offer(team=team), now=now, need=a_verified_need(200, place=JIANGAN))
    main = client.get("/desk/").content.decode().split("<main")[1]
    assert "1 个任务等人接" in main
    assert 'href="/tasks/"' in main
    assert "协调员派给您" not in main


def test_an_account_without_a_role_is_told_so(client: Client) -> None:
    sign_in(client, an_account())
    assert "您还没有角色" in client.get("/desk/").content.decode()


def test_without_a_response_the_next_step_is_named(client: Client) -> None:
    sign_in(client, an_account("admin"))
    page = client.get("/desk/").content.decode()
    assert "还没有应急响应" in page
    assert 'href="/setup/"' in page


def test_nobody_signed_out_sees_the_desk(client: Client) -> None:
    assert client.get("/desk/").status_code == 302


def test_queries_of_the_desk_do_not_grow(coordinator: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert coordinator.get("/desk/").status_code == 200
        return len(seen)

    def more(number: int) -> None:
        for _one in range(number):
            changes.apply(a_need(place=JIANGAN), actor=SYSTEM, act="need.change", urgency=1)
            an_offer()
            a_lead()
            one, now = an_assignment(now=clock.now()), clock.now()
            said: dict[str, Any] = {"actor": an_actor("coordinator", area=HUBEI), "assignment": one, "now": now}
            accept(key=a_key(), **said)
            report(kind="money", text="x", key=a_key(), **said)

    a_response()
    more(5)
    few = count()
    more(20)
    assert count() == few
    assert few < 60


def test_assignments_that_wait_too_long_are_queues(coordinator: Client) -> None:
    now = clock.now()
    hour = dt.timedelta(hours=1)
    an_assignment(now=now)
    an_assignment(now=now - 1.6 * hour)
    late = (("in_transit", "sent_at", 25), ("in_transit", "sent_at", 23), ("delivered", "delivered_at", 30))
    for state, column, age in late:
        one = an_assignment(now=now)
        type(one).objects.filter(pk=one.pk).update(state=state, **{column: now - age * hour})
    IncidentReport.objects.create(
        assignment=one, response=one.response, line=one.line, place=one.place, kind="money", key="a"
    )  # fmt: skip
    seen = waiting(coordinator.get("/desk/"))
    assert [seen[key] for key in ("unanswered", "arrivals", "unconfirmed", "incidents")] == [1, 1, 1, 1]
    for key in ("answer", "arrival", "word"):
        assert len(coordinator.get(f"/assignments/?waits={key}").context["sheet"].rows) == 1


def test_an_officer_sees_at_once_what_waits_for_their_answer(client: Client) -> None:
    """Two hours are short: it must not take the last half of one until the desk says so."""
    own, other = an_organisation(), an_organisation()
    for giver in (own, other):
        an_assignment(offer=a_verified_offer(organisation=giver), now=clock.now())
    page = sign_in(client, an_account("officer", organisation=own)).get("/desk/")
    assert "派单等你们答复" in page.content.decode()
    assert waiting(page)["answers"] == 1
    assert waiting(page)["unanswered"] == 0
    listed = client.get("/assignments/?state=proposed").context["sheet"].rows
    assert [row.record.organisation for row in listed] == [own]
    desk = sign_in(Client(), an_account("coordinator", area=HUBEI)).get("/desk/")
    assert "answers" not in waiting(desk)


def test_taking_something_up_to_verify_it_is_no_news(coordinator: Client) -> None:
    need = a_need()
    audit.record(actor=SYSTEM, act="need.verify", obj=need, changes={"taken": True})
    assert coordinator.get("/desk/").context["feed"] == []
