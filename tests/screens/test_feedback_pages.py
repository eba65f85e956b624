"""Feedback: anybody gives it in three fields, it is sealed, read one by one with a trace, handled and forgotten."""

import datetime as dt

import pytest
from django.test import Client

from builders import WUHAN, XIAOGAN, a_response, an_account, an_actor, sign_in, words_of
from tongzhou.chain.evaluation.models import Feedback
from tongzhou.chain.evaluation.selectors.feedback import feedback
from tongzhou.chain.evaluation.services import feedback as service
from tongzhou.chain.evaluation.types import About
from tongzhou.kernel import audit, clock, crypto
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
SAID = {
    "about": "unhelped",
    "words": "三楼两位老人没有人送菜",
    "reply_to": "19000000051",
    "key": "01a21e46-61ad-7f57-bc40-f18f52e70971",
}
OURS = {"headers": {"Sec-Fetch-Site": "same-origin"}}


def test_the_form_has_three_fields_and_no_account(client: Client) -> None:
    page = client.get("/feedback/")
    assert [field.name for field in page.context["form"].asked] == ["about", "words", "reply_to"]
    assert client.post("/feedback/", SAID, **OURS).headers["Location"] == "/feedback/thanks/"
    assert client.get("/feedback/thanks/").status_code == 200


def test_what_was_written_is_sealed_and_sending_twice_has_one_effect(client: Client) -> None:
    a_response()
    for _time in range(2):
        client.post("/feedback/", SAID, **OURS)
    row = Feedback.objects.get()
    assert (row.about, row.response.slug, row.state) == ("unhelped", "hubei-2020", "open")
    assert crypto.unseal(row, "words") == SAID["words"]
    assert SAID["words"].encode() not in bytes(row.words)
    assert "19000000051" not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


@pytest.mark.parametrize(("over", "field"), [({"about": "x"}, "about"), ({"words": " "}, "words")])
def test_a_mistake_comes_back_filled_in(client: Client, over: dict[str, str], field: str) -> None:
    answer = client.post("/feedback/", SAID | over, **OURS)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "19000000051" in answer.content.decode()
    assert not Feedback.objects.exists()


def test_a_forged_form_and_a_program_leave_nothing(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/feedback/", SAID)
    assert answer.status_code == 403
    assert SAID["words"] in answer.content.decode()
    assert client.post("/feedback/", SAID | {"website": "http://x"}, **OURS).status_code == 302
    assert not Feedback.objects.exists()


def test_a_flood_is_told_to_wait_and_keeps_its_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    client.post("/feedback/", SAID, **OURS)
    answer = client.post("/feedback/", SAID | {"key": "", "words": "还有一件事"}, **OURS)
    assert answer.status_code == 429
    assert "还有一件事" in answer.content.decode()
    assert Feedback.objects.count() == 1


def given(**over):
    said = {
        "actor": ANONYMOUS,
        "response": a_response(),
        "about": "page",
        "words": "打不开",
        "key": "k-1",
        "now": clock.now(),
    }
    return service.give_feedback(**(said | over))


def test_the_queue_never_shows_the_words_and_opening_them_is_logged(client: Client) -> None:
    row = given(words="地图打不开", reply_to="微信")
    sign_in(client, an_account("coordinator", area=WUHAN))
    page = client.get("/feedback/list/")
    assert str(About.PAGE.label) in page.content.decode()
    assert "地图打不开" not in page.content.decode()
    assert {"地图打不开", "微信"} <= words_of(client.get(f"/feedback/list/{row.pk}/").content.decode())
    assert audit.history(row)[0].changes == {"looked": ["words", "reply_to"]}


def test_it_is_handled_once_with_an_outcome_that_names_nobody(client: Client) -> None:
    row = given()
    sign_in(client, an_account("coordinator", area=XIAOGAN, name="孝感协调员"))
    path = f"/feedback/list/{row.pk}/handled/"
    assert client.post(path, {"version": 1, "outcome": "好"}).status_code == 422
    assert client.post(path, {"version": 1, "outcome": "已修好，回了电话 19000000051"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.handled_by_name) == ("handled", "孝感协调员")
    assert "19000000051" not in row.outcome
    with pytest.raises(Refusal, match="feedback_handled"):
        service.handle_feedback(actor=an_actor("coordinator"), feedback=row, outcome="再处理一次", now=clock.now())
    assert client.get("/feedback/list/?show=handled").context["page"].paginator.count == 1


def test_only_coordinators_of_the_response_and_administrators_read_it() -> None:
    given()
    given(response=None, key="k-2")
    other = a_response("henan-2021", name="河南")
    seen = {
        "wuhan": an_actor("coordinator", "funds", WUHAN),
        "bound": an_actor("coordinator", response=a_response()),
        "other": an_actor("coordinator", response=other),
        "admin": an_actor("admin"),
        "verifier": an_actor("verifier"),
        "weak": an_actor("coordinator", second_factor=False),
    }
    assert {who: feedback(actor).count() for who, actor in seen.items()} == {
        "wuhan": 2, "bound": 1, "other": 0, "admin": 2, "verifier": 0, "weak": 0,
    }  # fmt: skip


def test_the_words_are_destroyed_ninety_days_after_they_were_handled(client: Client) -> None:
    now = clock.now()
    row, waiting = given(), given(key="k-3")
    actor = an_actor("coordinator")
    service.handle_feedback(actor=actor, feedback=row, outcome="已经修好", now=now)
    assert service.forget_due(now + dt.timedelta(days=89)) == 0
    assert service.forget_due(now + dt.timedelta(days=91)) == 1
    assert service.forget_due(now + dt.timedelta(days=91)) == 0
    row.refresh_from_db()
    assert (row.words, row.record_key, row.outcome) == (None, None, "已经修好")
    assert service.open_feedback(actor=actor, feedback=waiting).words == "打不开"
    assert service.open_feedback(actor=actor, feedback=row).words == ""
    sign_in(client, an_account("admin"))
    assert "内容已按规定销毁" in client.get(f"/feedback/list/{row.pk}/").content.decode()
