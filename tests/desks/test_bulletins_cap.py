"""CAP 1.2: what is sent of a bulletin, checked with the schema of OASIS; who supersedes and cancels whom."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from lxml import etree

from builders import WUHAN, a_place, a_response, an_actor
from builders_bulletins import a_bulletin, said
from tongzhou.desks.bulletins.models import Bulletin, CapMessage
from tongzhou.desks.bulletins.selectors.bulletins import cap_messages
from tongzhou.desks.bulletins.services import bulletins as services
from tongzhou.desks.bulletins.services.cap import NAMESPACE
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data"
CAP = {"cap": NAMESPACE}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
HOUR = dt.timedelta(hours=1)
#: The day all of these stories begin.
START = dt.datetime(2031, 2, 6, 1, 0, tzinfo=dt.UTC)


@pytest.fixture
def author() -> Actor:
    a_place(WUHAN)
    return an_actor("author", area=WUHAN)


@pytest.fixture
def reviewer() -> Actor:
    return an_actor("reviewer", area=WUHAN)


@pytest.fixture
def publisher() -> Actor:
    return an_actor("publisher", area=WUHAN)


def published(author: Actor, reviewer: Actor, publisher: Actor, now: dt.datetime = START, **over: Any) -> Bulletin:
    row = services.write_bulletin(actor=author, said=said(**over), response=None)
    services.verify_bulletin(actor=reviewer, bulletin=row, how="打电话问过发文单位", expect=row.version, now=now)
    return services.publish_bulletin(actor=publisher, bulletin=row, expect=row.version, now=now)


def corrected(row: Bulletin, author: Actor, publisher: Actor, now: dt.datetime, **changed: Any) -> None:
    row.refresh_from_db()
    made = services.propose_correction(actor=author, bulletin=row, said=changed, reason="漏写了要带处方")
    services.publish_correction(actor=publisher, correction=made, now=now)
    row.refresh_from_db()


def ended(row: Bulletin, publisher: Actor, now: dt.datetime) -> None:
    row.refresh_from_db()
    services.end_bulletin(actor=publisher, bulletin=row, reason="已有新的通知", expect=row.version, now=now)


def kinds(row: Bulletin) -> list[str]:
    return [one.kind for one in row.cap_messages.order_by("number")]


def feed(at: dt.datetime) -> list[str]:
    """``Kind number`` of what the feed carries at a moment."""
    return [f"{one.kind} {one.number}" for one in cap_messages(at=at)]


def cap_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(DATA / "cap" / "CAP-v1.2.xsd")))


def read(message: CapMessage) -> etree._Element:
    tree = etree.fromstring(message.xml.encode())
    schema = cap_schema()
    assert schema.validate(tree), schema.error_log
    return tree


def words(tree: etree._Element, path: str) -> list[str]:
    return [str(one.text) for one in tree.findall(path, CAP)]


@override_settings(TONGZHOU_ADDRESS="https://desk.example")
def test_alert_update_and_cancel_are_valid_cap_and_name_each_other(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(
        author, reviewer, publisher, kind="rumour", said="喝酒 & 吸烟 <能> 防病毒", verdict="false", severity="Severe",
        title_en="Alcohol does not protect", body_en="It does not.", said_en="Alcohol protects", source_url="https://w.gov.cn/1",
        valid_until=dt.datetime(2099, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    corrected(row, author, publisher, START, body="喝酒不能预防感染，也会伤身。")
    ended(row, publisher, START)
    messages = list(row.cap_messages.order_by("number"))
    alert, update, cancel = (read(one) for one in messages)
    assert [words(one, "cap:msgType") for one in (alert, update, cancel)] == [["Alert"], ["Update"], ["Cancel"]]
    assert words(alert, "cap:references") == []
    sent = words(alert, "cap:sent")[0]
    assert sent.endswith("+08:00")
    first = f"desk.example,tongzhou.{row.code}.1,{sent}"
    assert words(update, "cap:references") == [first]
    assert words(cancel, "cap:references")[0].split(" ")[0] == first
    assert words(alert, "cap:info/cap:language") == ["zh-CN", "en-US"]
    assert words(alert, "cap:info/cap:area/cap:geocode/cap:value") == [WUHAN, WUHAN]
    assert words(alert, "cap:info/cap:area/cap:areaDesc")[0] == "湖北省武汉市"
    assert words(alert, "cap:info/cap:expires") == ["2099-01-01T08:00:00+08:00"] * 2
    assert words(alert, "cap:info/cap:web") == [f"https://desk.example/b/{row.code}/"] * 2
    assert "喝酒 & 吸烟 <能> 防病毒" in words(alert, "cap:info/cap:description")[0]
    assert words(update, "cap:note") == ["漏写了要带处方"]
    assert words(cancel, "cap:info/cap:urgency") == ["Past", "Past"]


def test_a_time_in_utc_would_not_be_valid() -> None:
    """The schema that is used refuses Z, so the test above can fail."""
    row = a_bulletin()
    text = row.cap_messages.get().xml
    assert not cap_schema().validate(etree.fromstring(text.replace("+08:00", "Z").encode()))


def test_an_exercise_says_so_in_cap() -> None:
    row = a_bulletin(response=a_response("drill", name="演练", is_exercise=True))
    assert words(read(row.cap_messages.get()), "cap:status") == ["Exercise"]


def test_each_correction_refers_to_every_message_before_it(author: Actor, reviewer: Actor, publisher: Actor) -> None:
    row = published(author, reviewer, publisher)
    for number in range(1, 5):
        corrected(row, author, publisher, START + number * HOUR, body=f"第 {number} 次改过的正文。")
    ended(row, publisher, START + 9 * HOUR)
    messages = list(row.cap_messages.order_by("number"))
    assert [one.kind for one in messages] == ["Alert", "Update", "Update", "Update", "Update", "Cancel"]
    names = [
        ",".join(words(read(one), f"cap:{part}")[0] for part in ("sender", "identifier", "sent")) for one in messages
    ]
    for at, one in enumerate(messages):
        told = words(read(one), "cap:references")
        assert told == ([" ".join(names[:at])] if at else [])
    # The date and time of the standard: seconds, and the offset in full.
    assert words(read(messages[1]), "cap:sent") == ["2031-02-06T10:00:00+08:00"]
    for one in messages:
        assert not set(words(read(one), "cap:identifier")[0]) & set(" ,<&")


def test_a_cancellation_says_that_it_is_over_and_not_the_old_words(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher, title_en="Pharmacies collect", body_en="Bring the card.")
    ended(row, publisher, START + HOUR)
    cancel = read(row.cap_messages.get(kind="Cancel"))
    assert words(cancel, "cap:info/cap:headline") == [
        "不再有效：社区药店可以代买慢病药",
        "No longer in force: Pharmacies collect",
    ]
    assert words(cancel, "cap:info/cap:description") == [
        "这条信息不再有效。原因：已有新的通知",
        "This is no longer in force.",
    ]
    assert words(cancel, "cap:note") == ["已有新的通知"]


def test_what_expired_needs_no_cancellation_and_leaves_the_feed_by_itself(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher, valid_until=START + 5 * HOUR)
    assert feed(START + 4 * HOUR) == ["Alert 1"]
    assert feed(START + 5 * HOUR) == []
    ended(row, publisher, START + 6 * HOUR)
    assert kinds(row) == ["Alert"]
    assert feed(START + 6 * HOUR) == []


def test_the_feed_carries_the_last_word_on_each_bulletin(author: Actor, reviewer: Actor, publisher: Actor) -> None:
    row = published(author, reviewer, publisher, valid_until=START + 5 * HOUR)
    corrected(row, author, publisher, START + HOUR, body="带医保卡和处方。")
    assert feed(START + HOUR) == ["Update 2"]
    ended(row, publisher, START + 2 * HOUR)
    assert feed(START + 2 * HOUR) == ["Cancel 3"]
    assert feed(START + 9 * HOUR) == ["Cancel 3"]  # whoever reads the feed late still has to hear it
    # What was superseded keeps its own address.
    assert Client().get(f"/b/{row.code}/cap-1.xml").status_code == 200


def test_a_correction_of_the_end_alone_is_an_update_an_end_in_the_past_a_cancellation(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher, valid_until=START + 5 * HOUR)
    corrected(row, author, publisher, START + HOUR, valid_until=START + 8 * HOUR)
    assert words(read(row.cap_messages.get(number=2)), "cap:info/cap:expires") == ["2031-02-06T17:00:00+08:00"]
    corrected(row, author, publisher, START + 6 * HOUR, valid_until=START + 3 * HOUR)
    assert kinds(row) == ["Alert", "Update", "Cancel"]
    cancel = read(row.cap_messages.get(number=3))
    assert words(cancel, "cap:info/cap:expires") == []  # a cancellation that has run out would be dropped unread
    assert len(words(cancel, "cap:references")[0].split(" ")) == 2
    ended(row, publisher, START + 7 * HOUR)
    assert kinds(row) == ["Alert", "Update", "Cancel"]  # taken back once is enough


def test_what_holds_again_after_it_expired_is_a_new_alert(author: Actor, reviewer: Actor, publisher: Actor) -> None:
    row = published(author, reviewer, publisher, valid_until=START + 2 * HOUR)
    corrected(row, author, publisher, START + 3 * HOUR, body="改了一个错字。")  # still expired: nothing to tell
    assert kinds(row) == ["Alert"]
    corrected(row, author, publisher, START + 4 * HOUR, valid_until=START + 9 * HOUR)
    corrected(row, author, publisher, START + 5 * HOUR, body="带医保卡和处方。")
    assert kinds(row) == ["Alert", "Alert", "Update"]
    again, update = (row.cap_messages.get(number=number) for number in (2, 3))
    assert words(read(again), "cap:references") == []
    assert words(read(update), "cap:references") == [f"{again.sender},tongzhou.{row.code}.2,2031-02-06T13:00:00+08:00"]
    assert feed(START + 5 * HOUR) == ["Update 3"]


def test_one_that_is_still_to_come_and_is_taken_back_is_cancelled(
    author: Actor, reviewer: Actor, publisher: Actor
) -> None:
    row = published(author, reviewer, publisher, valid_from=START + 5 * HOUR, severity="Extreme")
    alert = read(row.cap_messages.get())
    assert words(alert, "cap:info/cap:urgency") == ["Future"]
    assert words(alert, "cap:info/cap:effective") == ["2031-02-06T14:00:00+08:00"]
    ended(row, publisher, START + HOUR)
    assert words(read(row.cap_messages.get(number=2)), "cap:info/cap:urgency") == ["Past"]


def test_the_atom_feed_leads_to_the_messages_that_count(
    author: Actor, reviewer: Actor, publisher: Actor, client: Client
) -> None:
    now = clock.now()
    over = published(author, reviewer, publisher, now=now - 3 * HOUR, valid_until=now - HOUR)
    holds = published(author, reviewer, publisher, now=now - 3 * HOUR)
    corrected(holds, author, publisher, now - HOUR, body="带医保卡和处方。")
    tree = etree.fromstring(client.get("/bulletins/cap.atom").content)
    links = [str(one.get("href")) for one in tree.findall("a:entry/a:link", ATOM)]
    assert links == [f"http://testserver/b/{holds.code}/cap-2.xml"]
    assert over.code not in links[0]
    assert [one.get("term") for one in tree.findall("a:entry/a:category", ATOM)] == ["Update"]
