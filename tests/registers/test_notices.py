"""Notices: said once, carried out at least once, under signatures anyone can check, never past quiet hours or walls."""

from __future__ import annotations

import base64
import datetime as dt
import email
import hashlib
import hmac
import json
import uuid
from zoneinfo import ZoneInfo

import pytest

from builders import an_account, an_actor
from builders_notices import SECRET, a_channel, gateway, mail_server
from tongzhou.flows.notify import notify
from tongzhou.flows.send_messages import send_due
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry, OutboxMessage
from tongzhou.registers.notices import services
from tongzhou.registers.notices.models import Channel, Notice, Preference
from tongzhou.registers.notices.services.saying import not_before
from tongzhou.registers.notices.services.sending import NotSent, carry
from tongzhou.registers.notices.services.sending import gateway as out

pytestmark = pytest.mark.django_db
BEIJING = ZoneInfo("Asia/Shanghai")
FACTS = {"what": "医用外科口罩", "amount": "200 只", "where": "武汉市江岸区", "code": "123"}


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings):
    settings.TONGZHOU_PRIVATE_GATEWAYS = ("127.0.0.1",)


def me(account) -> Actor:
    return Actor(account_id=account.pk, name=account.name, second_factor=True)


def listens(account, channel, address="https://mine.example.org/in", **over) -> Preference:
    # Never quiet unless a test says so: what goes out must not depend on the hour the tests run at.
    said = {"address": address, "quiet_from": 0, "quiet_until": 0} | over
    return services.set_preference(actor=me(account), account=account, channel=channel, **said)


def tell(*accounts, key="k1", kind="task", **over) -> int:
    said = {"facts": FACTS, "path": "/tasks/123/"} | over
    return notify(accounts=[one.pk for one in accounts], kind=kind, key=key, **said)


def all_due() -> None:
    OutboxMessage.objects.update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        ((22, 7), "23:30", "next 07:00"),
        ((22, 7), "06:59", "same 07:00"),
        ((22, 7), "07:00", "now"),
        ((22, 7), "21:59", "now"),
        ((22, 7), "22:00", "next 07:00"),
        ((13, 15), "14:00", "same 15:00"),
        ((13, 15), "15:00", "now"),
        ((8, 8), "08:00", "now"),
    ],
)
def test_quiet_hours_put_a_message_off_to_their_end_in_beijing(quiet, at, expected) -> None:
    hour, minute = (int(part) for part in at.split(":"))
    now = dt.datetime(2020, 2, 6, hour, minute, tzinfo=BEIJING).astimezone(dt.UTC)
    preference = Preference(quiet_from=quiet[0] * 60, quiet_until=quiet[1] * 60)
    if expected == "now":
        wanted = now
    else:
        day, _, clock = expected.partition(" ")
        wanted = dt.datetime(2020, 2, 7 if day == "next" else 6, int(clock[:2]), 0, tzinfo=BEIJING)
    assert not_before(preference, now, urgent=False) == wanted
    assert not_before(preference, now, urgent=True) == now


def test_the_same_event_told_twice_is_one_notice_and_one_message() -> None:
    account, channel = an_account(), a_channel()
    listens(account, channel)
    assert tell(account) == 1
    tell(account)
    assert Notice.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="notice").count() == 1


def test_a_long_key_is_still_one_for_each_account() -> None:
    accounts = [an_account() for _number in range(3)]
    listens(accounts[0], a_channel(broadcasts=["task"]))
    for end in ("one", "two"):
        tell(*accounts, key="k" * 110 + end)
        tell(*accounts, key="k" * 110 + end)
    assert Notice.objects.count() == 6
    assert OutboxMessage.objects.filter(kind="broadcast").count() == 2


def test_only_chosen_kinds_go_out_and_everything_stands_in_the_house() -> None:
    account, channel = an_account(), a_channel()
    listens(account, channel, kinds=["incident"])
    tell(account, kind="task")
    assert OutboxMessage.objects.filter(kind="notice").count() == 0
    tell(account, kind="incident", key="k2")
    assert OutboxMessage.objects.filter(kind="notice").count() == 1
    assert Notice.objects.filter(account=account).count() == 2


def signed_by_us(headers: dict[str, str], body: bytes) -> bool:
    """The receiver's side, written from the Standard Webhooks text."""
    said = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.new(SECRET.encode(), said, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["webhook-signature"], f"v1,{wanted}")


def test_every_event_arrives_once_after_dropping_repeats_although_one_in_three_fails() -> None:
    with gateway(lambda number: 503 if number % 3 == 0 else 200) as heard:
        a_channel(address=heard.address, broadcasts=["task"])
        for number in range(20):
            tell(an_account(), key=f"event-{number}", facts=FACTS | {"code": str(number)})
        for _round in range(60):
            all_due()
            send_due()
            if not OutboxMessage.objects.filter(sent_at=None).exists():
                break
    assert OutboxMessage.objects.filter(sent_at=None).count() == 0
    assert all(signed_by_us(headers, body) for headers, body in heard.all)
    assert not signed_by_us(heard.all[0][0], heard.all[0][1] + b" ")
    by_id = {headers["webhook-id"]: json.loads(body) for headers, body in heard.all}
    assert sorted(int(one["facts"]["code"]) for one in by_id.values()) == list(range(20))
    assert len(heard.all) > 20, "one in three was made to fail, so some came again"


def test_a_channel_that_fails_is_shown_and_holds_nobody_up() -> None:
    account = an_account()
    with gateway(lambda number: 500) as broken, gateway() as whole:
        bad = a_channel(address=broken.address, broadcasts=["task"])
        good = a_channel(address=whole.address, broadcasts=["task"])
        for number in range(5):
            tell(account, key=f"e{number}")
        send_due()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert len(whole.all) == 5
    assert good.failing_since is None
    assert len(broken.all) == 1, "after its first failure it rests for the round"
    assert bad.failing_since is not None
    assert bad.last_error == "127.0.0.1 answered 500"


def test_what_waits_for_a_failing_channel_rests_and_crowds_nobody_out() -> None:
    with gateway(lambda number: 500) as broken, gateway() as whole:
        a_channel(address=broken.address, broadcasts=["task"])
        for number in range(150):  # more than one round takes
            tell(key=f"backlog-{number}")
        a_channel(address=whole.address, broadcasts=["incident"])
        tell(key="fresh", kind="incident")
        send_due()
        assert send_due() == 1, "the backlog of the broken channel is not in the way of the other one"
        assert len(broken.all) == 1
    never_tried = OutboxMessage.objects.filter(attempts=0, sent_at=None)
    assert never_tried.count() == 149, "a message nobody tried to send has not failed"
    assert all(one.last_error == "" for one in never_tried)


def test_the_longer_a_channel_fails_the_longer_it_rests_but_never_over_ten_minutes(monkeypatch) -> None:
    started = dt.datetime(2020, 2, 6, 12, tzinfo=BEIJING)
    with gateway(lambda number: 500) as broken:
        channel = a_channel(address=broken.address, broadcasts=["task"], failing_since=started)
        for after, rest in ((3, 10), (120, 120), (86_400, 600)):
            now = started + dt.timedelta(seconds=after)
            monkeypatch.setattr(clock, "now", lambda now=now: now)
            tell(key=f"first-{after}")
            tell(key=f"second-{after}")
            send_due()
            waits = OutboxMessage.objects.filter(attempts=0).values_list("due_at", flat=True)
            assert set(waits) == {now + dt.timedelta(seconds=rest)}
            OutboxMessage.objects.all().delete()
    channel.refresh_from_db()
    assert channel.failing_since == started


def test_a_repeat_or_a_late_choice_does_not_break_quiet_hours(monkeypatch) -> None:
    evening = dt.datetime(2020, 2, 6, 21, 59, tzinfo=BEIJING)
    account = an_account()
    with gateway(lambda number: 500 if number == 0 else 200) as heard:
        listens(account, a_channel("sms", heard.address), "19000000001", quiet_from=22 * 60, quiet_until=7 * 60)
        monkeypatch.setattr(clock, "now", lambda: evening)
        tell(account)
        tell(account, key="life", urgent=True)
        send_due()
        assert len(heard.all) == 1, "the first try failed a minute before ten"
        for minutes in (10, 5 * 60):
            monkeypatch.setattr(clock, "now", lambda minutes=minutes: evening + dt.timedelta(minutes=minutes))
            send_due()
        assert {json.loads(body)["urgent"] for _headers, body in heard.all[1:]} <= {True}, "nobody is woken"
        monkeypatch.setattr(clock, "now", lambda: evening + dt.timedelta(hours=9, minutes=1))
        send_due()
    assert OutboxMessage.objects.filter(kind="notice", sent_at=None).count() == 0
    assert [json.loads(body)["urgent"] for _headers, body in heard.all[1:]].count(False) == 1


def test_one_persons_dead_server_is_theirs_alone(monkeypatch) -> None:
    dead, alive = an_account(), an_account()
    tried: list[str] = []

    def answer(address: str, *_: object, **said: object) -> None:
        tried.append(address)
        assert said["private"] == (), "a person's own address is never one inside a private network"
        if "dead" in address:
            raise NotSent("dead.example.org answered 500")

    monkeypatch.setattr(carry, "post_signed", answer)
    channel = a_channel()
    lost = listens(dead, channel, "https://dead.example.org/in")
    listens(alive, channel, "https://alive.example.org/in")
    for number in range(3):
        tell(dead, key=f"d{number}")
        tell(alive, key=f"a{number}")
    send_due()
    channel.refresh_from_db()
    lost.refresh_from_db()
    assert tried.count("https://alive.example.org/in") == 3
    assert tried.count("https://dead.example.org/in") == 1
    assert channel.failing_since is None
    assert lost.failing_since is not None
    assert lost.last_error == "dead.example.org answered 500"
    mended = listens(dead, channel, "https://alive.example.org/in")
    assert (mended.failing_since, mended.last_error) == (None, "")


@pytest.mark.parametrize(
    "address", ["https://gateway.example.org:99999/in", "https://[::1/in", "https://" + "a" * 70 + ".cn/"]
)
def test_whatever_fails_is_shown_as_the_channels_failure(address) -> None:
    channel = a_channel(address=address, broadcasts=["task"])
    tell(key="k")
    send_due()
    channel.refresh_from_db()
    assert channel.failing_since is not None
    assert channel.last_error


@pytest.mark.parametrize(
    "address",
    [
        "https://", "https://gateway.example.org:99999/", "https://user:word@gateway.example.org/in", "https://10.0.0.8/in",
        "https://[::1]/in", "https://[::1/in", "https://127.0.0.1/in", "https://gateway.example.org/a b", "https://a\nb.org/",
    ],
)  # fmt: skip
def test_an_address_no_gateway_can_have_is_refused_at_once(settings, address) -> None:
    with pytest.raises(Refusal, match="notice_address"):
        listens(an_account(), a_channel(), address)
    settings.TONGZHOU_PRIVATE_GATEWAYS = ()
    with pytest.raises(Refusal, match="channel_gateway"):
        services.add_channel(actor=an_actor("admin"), name="网关", kind="webhook", address=address, secret=SECRET)


def test_a_gateway_inside_must_be_named_by_whoever_deploys(settings) -> None:
    settings.TONGZHOU_PRIVATE_GATEWAYS = ("10.0.0.8",)
    said = {"name": "内网网关", "kind": "sms", "address": "https://10.0.0.8/in", "secret": SECRET}
    assert services.add_channel(actor=an_actor("admin"), **said).kind == "sms"


def test_mail_goes_to_the_person_in_their_language_with_the_address_sealed() -> None:
    account = an_account(language="en")
    with mail_server() as heard:
        channel = a_channel("email", heard.address)
        listens(account, channel, "someone@example.org")
        tell(account)
        assert send_due() == 1
    headers, body = heard.all[0]
    assert "someone@example.org" in headers["to"]
    mail = email.message_from_bytes(body)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    text = parts[0].get_payload(decode=True).decode()
    assert "Needed in 武汉市江岸区: 医用外科口罩 200 只." in text
    assert "/tasks/123/" in text
    kept = Preference.objects.get()
    assert b"someone" not in bytes(kept.address)
    assert "someone" not in json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert "someone" not in json.dumps(list(OutboxMessage.objects.values_list("payload", flat=True)))


def test_sms_carries_the_number_and_no_facts() -> None:
    account = an_account()
    with gateway() as heard:
        channel = a_channel("sms", heard.address)
        listens(account, channel, "19000000001")
        tell(account, urgent=True)
        send_due()
    said = json.loads(heard.all[0][1])
    assert said["to"] == "19000000001"
    assert said["urgent"] is True
    assert "facts" not in said


def test_a_trial_reaches_the_own_address_at_night_is_no_notice_and_is_counted() -> None:
    account = an_account()
    with gateway() as heard:
        sms = a_channel("sms", heard.address)
        chosen = listens(account, sms, "19000000077", quiet_from=0, quiet_until=1439)
        other = an_account()
        with pytest.raises(Refusal, match="not_found"):
            services.try_preference(actor=me(other), preference=chosen)
        for _time in range(5):
            services.try_preference(actor=me(account), preference=chosen)
        with pytest.raises(Refusal, match="too_many"):
            services.try_preference(actor=me(account), preference=chosen)
        assert send_due() == 5
    bodies = [json.loads(body) for _headers, body in heard.all]
    assert {(body["kind"], body["to"]) for body in bodies} == {("trial", "19000000077")}
    assert "测试消息" in bodies[0]["text"]
    assert len({body["id"] for body in bodies}) == 5
    assert Notice.objects.count() == 0
    services.drop_preference(actor=me(account), preference=chosen)
    with pytest.raises(Refusal, match="not_found"):
        services.try_preference(actor=me(account), preference=chosen)


def test_a_trial_of_a_channel_goes_to_its_group_and_shows_what_fails() -> None:
    admin = an_actor("admin")
    with gateway(lambda number: 500 if number == 0 else 200) as heard:
        channel = a_channel(address=heard.address, language="en")
        services.try_channel(actor=admin, channel=channel)
        assert send_due() == 0
        channel.refresh_from_db()
        assert channel.last_error.endswith("answered 500")
        all_due()
        assert send_due() == 1
    channel.refresh_from_db()
    assert (channel.last_error, channel.failing_since) == ("", None)
    assert "test message" in json.loads(heard.all[1][1])["text"]
    for refused, code in ((an_actor("coordinator"), "not_found"), (admin, "not_found")):
        with pytest.raises(Refusal, match=code):
            services.try_channel(actor=refused, channel=a_channel("sms"))


def test_what_was_switched_off_meanwhile_is_dropped_and_its_address_destroyed() -> None:
    account = an_account()
    with gateway() as heard:
        channel = a_channel("sms", heard.address)
        preference = listens(account, channel, "19000000001")
        tell(account)
        services.drop_preference(actor=me(account), preference=preference)
        send_due()
    assert heard.all == []
    assert Preference.objects.get().address is None
    assert OutboxMessage.objects.filter(kind="notice", sent_at=None).count() == 0


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://127.0.0.1/in", ()),
        ("https://10.0.0.8/in", ()),
        ("https://169.254.169.254/latest/meta-data", ()),
        ("https://[::1]/in", ()),
        ("https://localhost/in", ()),
        ("http://gateway.example.org/in", ()),
    ],
)
def test_private_networks_and_plain_http_are_not_spoken_to(settings, address, allowed) -> None:
    settings.TONGZHOU_PRIVATE_GATEWAYS = allowed
    with pytest.raises(NotSent, match=r"private network|only https"):
        out.post_signed(address, SECRET, "1", 1, {})


def test_a_name_with_one_private_address_is_refused_and_the_judged_address_is_the_one_met(monkeypatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.8", 443))]
    monkeypatch.setattr(out.socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(NotSent, match="private network"):
        out.post_signed("https://two-faces.example.org/in", SECRET, "1", 1, {})


def test_a_redirect_is_not_followed() -> None:
    with gateway() as inside, gateway(lambda number: 302, location=inside.address) as heard:
        with pytest.raises(NotSent, match="answered 302"):
            out.post_signed(heard.address, SECRET, "1", 1, {})
        assert len(heard.all) == 1
        assert inside.all == []


def test_channels_are_set_up_by_administrators_with_sealed_addresses() -> None:
    admin = an_actor("admin")
    made = services.add_channel(
        actor=admin,
        name="总部企业微信",
        kind="wecom",
        address="wecombot://secret-key-of-the-robot",
        broadcasts=["task", "x"],
    )
    assert made.broadcasts == ["task"]
    assert b"robot" not in bytes(made.address)
    for wrong in (
        {"kind": "wecom", "address": "https://example.org"},
        {"kind": "webhook", "address": "https://example.org/in", "secret": "short"},
        {"kind": "sms", "address": "http://example.org/in", "secret": SECRET},
        {"kind": "wecom", "address": "wecombot://x", "name": "总部企业微信"},
    ):
        with pytest.raises(Refusal):
            services.add_channel(actor=admin, **({"name": "另一个"} | wrong))
    with pytest.raises(Refusal, match="not_found"):
        services.add_channel(actor=an_actor("coordinator"), name="x", kind="wecom", address="wecombot://x")
    assert Channel.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "no-at-sign"),
        ("email", "a@example.org&to=b@example.org"),
        ("sms", "12"),
        ("webhook", "http://example.org"),
        ("email", ""),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(kind, address) -> None:
    account, channel = an_account(), a_channel(kind, "https://example.org/in")
    with pytest.raises(Refusal, match="notice_address"):
        listens(account, channel, address)


def test_nobody_chooses_for_somebody_else_and_a_chat_robot_carries_nothing_to_persons() -> None:
    account = an_account()
    with pytest.raises(Refusal, match="not_found"):
        services.set_preference(
            actor=an_actor("admin"), account=account, channel=a_channel(), address="https://example.org"
        )
    with pytest.raises(Refusal, match="not_found"):
        listens(account, a_channel("wecom", "wecombot://x"), "x")
    stranger = Notice.objects.create(account=account, kind="task", key=str(uuid.uuid4()))
    assert services.mark_read(actor=an_actor("admin"), notices=[stranger], now=dt.datetime.now(dt.UTC)) == 0
