"""Guides acknowledged, bulletins in force through the API; the typed client of both, the directory and the line."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache

from api.conftest import Api, api_of
from api.test_api_shifts import two_people
from builders import WUHAN, an_account
from builders_bulletins import a_bulletin, a_correction, a_service
from builders_guidance import a_draft, a_guide, a_new_version
from builders_line import a_conversation, a_team
from tongzhou.client import Desk, DeskError
from tongzhou.desks.guidance.models import Acknowledgement
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _token(send: Api) -> str:
    return send.headers["Authorization"].removeprefix("Bearer ")


def test_a_guide_is_read_in_both_languages_and_acknowledged_once() -> None:
    edition, account = a_guide(), an_account("volunteer")
    send = api_of(account)
    whole = send("GET", "/guides/older")[1]
    assert (whole["title"], whole["title_en"]) == ("老年人：慢一点", "Older people: slowly")
    assert [(one["text"], one["text_en"]) for one in whole["steps"]][1] == (
        "说话慢，一次说一件事。", "Speak slowly, one thing at a time.",
    )  # fmt: skip
    status, said = send("POST", "/guides/older/acknowledge", {"number": 1})
    assert (status, said["slug"], said["number"]) == (200, "older", 1)
    assert send("POST", "/guides/older/acknowledge", {"number": 1}) == (200, said)
    kept = Acknowledgement.objects.get()
    assert (kept.account_id, kept.edition_id) == (account.pk, edition.pk)
    newer = a_new_version(edition, what_changed="改了第二步", what_changed_en="Step two is new")
    refused = send("POST", "/guides/older/acknowledge", {"number": 1})
    assert (refused[0], refused[1]["code"]) == (409, "guide_not_current")
    assert send("GET", "/guides/older")[1]["what_changed_en"] == "Step two is new"
    assert send("POST", "/guides/older/acknowledge", {"number": newer.number})[0] == 200


def test_what_is_not_published_or_not_there_is_not_acknowledged() -> None:
    a_draft("hidden")
    a_guide("older")
    send = api_of(an_account("author"))
    assert send("POST", "/guides/hidden/acknowledge", {"number": 1})[0] == 404
    assert send("POST", "/guides/older/acknowledge", {"number": 7})[0] == 404
    assert send("POST", "/guides/older/acknowledge", {"number": 0})[0] == 422
    assert Api()("POST", "/guides/older/acknowledge", {"number": 1})[0] == 401
    assert api_of(an_account("volunteer"), ("need:read",))("POST", "/guides/older/acknowledge", {"number": 1})[0] == 404
    assert Acknowledgement.objects.count() == 0


def test_bulletins_that_hold_those_that_are_over_and_all() -> None:
    now = clock.now()
    holds = a_bulletin(valid_until=now + dt.timedelta(days=1))
    endless = a_bulletin(valid_until=None)
    expired = a_bulletin(valid_from=now - dt.timedelta(days=1), valid_until=now - dt.timedelta(minutes=1))
    ended = a_bulletin(state="ended")
    a_bulletin(state="draft")
    a_correction(holds, state="published", published_at=now)

    def codes(query: str) -> list[str]:
        status, page = Api()("GET", f"/bulletins{query}")
        assert status == 200
        return [one["code"] for one in page["items"]]

    assert set(codes("?over=false")) == {endless.code, holds.code}
    assert set(codes("?over=true")) == {ended.code, expired.code}
    assert set(codes("")) == {ended.code, expired.code, endless.code, holds.code}
    (correction,) = Api()("GET", f"/bulletins/{holds.code}")[1]["corrections"]
    assert correction["changed"]["body"][1] == "带医保卡和处方到街道指定的药店。"


@pytest.mark.django_db(transaction=True)
def test_the_client_reads_guides_bulletins_and_the_directory(live_server) -> None:
    edition, row, service = a_guide(), a_bulletin(), a_service()
    with Desk(live_server.url, token=_token(api_of(an_account("volunteer")))) as desk:
        assert [one.slug for one in desk.guides(group="older")] == ["older"]
        guide = desk.guide("older")
        assert [step.caution for step in guide.steps] == [True, False, False]
        assert desk.acknowledge_guide(guide).number == edition.number
        assert [one.code for one in desk.bulletins(place=WUHAN, over=False)] == [row.code]
        assert list(desk.bulletins(over=True)) == []
        assert desk.bulletin(row.code).corrections == []
        assert [one.phones for one in desk.help_services(q="热线")] == [["12356"]]
        assert desk.help_service(service.pk).agency == "市心理援助中心"


@pytest.mark.django_db(transaction=True)
def test_the_client_speaks_of_the_line(live_server) -> None:
    team = a_team()
    _begun, contact, _actor = a_conversation(team)
    with Desk(live_server.url, token=_token(api_of(team.supervisor.account))) as desk:
        (line,) = desk.lines()
        assert desk.line(line.id).somebody_sits
        assert len(list(desk.line_people(line.id, state="active"))) == 3
        today = clock.now().astimezone(team.line.zone).date()
        week = list(desk.line_shifts(line.id, today - dt.timedelta(days=1), today + dt.timedelta(days=1)))
        assert {one.person for one in week} == {team.supervisor.pk, *(one.pk for one in team.counsellors)}
        assert len(desk.line_figures(line.id).half_hours) == 48
        assert [(one.id, one.part) for one in desk.line_contacts(line.id)] == [(contact.pk, "supervisor")]
        assert desk.line_callbacks(line.id).open == 0
        assert len(list(desk.own_shifts())) == 1


@pytest.mark.django_db(transaction=True)
def test_the_client_asks_swaps_and_reports_illness(live_server) -> None:
    days = two_people(days=2)
    with Desk(live_server.url, token=_token(api_of(days.one.account))) as desk:
        (shift,) = desk.own_shifts()
        (colleague,) = desk.colleagues(shift)
        swap = desk.ask_swap(shift, colleague.person)
        assert [one.id for one in desk.own_swaps()] == [swap.id]
        assert swap.other_shift is None
        with pytest.raises(DeskError, match="swap_open"):
            desk.ask_swap(shift, colleague.person)
        assert desk.report_own_sickness(days.at(0), days.at(24)).shifts == 1
    officer = api_of(an_account("officer", organisation=days.line.organisation))
    with Desk(live_server.url, token=_token(officer)) as desk:
        said = desk.report_sickness(days.line.pk, days.other.pk, days.at(0, 1), days.at(24, 1))
        assert said.person == days.other.pk
