"""A telephone exchange: events in any order, doubled, lost and sent again; numbers that cannot be read back."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import threading
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.test import Client

from builders_line import Team, a_team
from tongzhou.desks.hotline.models import Block, Contact, LineCallback, LineExchange, PhoneCall, PhoneEvent
from tongzhou.flows import contact_abuse, phone_event
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.notices.services.sending.gateway import signed_headers

pytestmark = pytest.mark.django_db
NUMBER = "19000000021"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


class Exchange:
    """A small exchange: it signs what it sends, over a door of its own."""

    def __init__(self, row: LineExchange, secret: str, post: Callable[[str, bytes, dict[str, str]], int]) -> None:
        self.row, self.secret, self._post = row, secret, post

    def send(self, event_id: str, kind: str, call: str, *, at: dt.datetime | None = None, **more: Any) -> int:
        """One event; the status that came back."""
        said = {"type": kind, "call": call, "at": (at or clock.now()).isoformat(), **more}
        body = json.dumps(said).encode()
        headers = signed_headers(self.secret, event_id, int(clock.now().timestamp()), body)
        return self._post(f"/telephone/{self.row.pk}/events/", body, headers)


def _here(path: str, body: bytes, headers: dict[str, str]) -> int:
    signed = {name: value for name, value in headers.items() if name.startswith("webhook")}
    answer = Client().post(path, body, content_type="application/json", headers=signed)
    return answer.status_code


def _exchange(team: Team, post: Callable[[str, bytes, dict[str, str]], int] = _here) -> Exchange:
    row, secret = phone_event.add_exchange(actor=team.boss, line=team.line, name="测试交换机")
    return Exchange(row, secret, post)


def _agent(team: Team) -> str:
    return team.counsellors[0].code


@pytest.mark.parametrize("order", list(itertools.permutations(("offered", "answered", "ended"))))
def test_any_order_gives_the_same_contact(order: tuple[str, ...]) -> None:
    team = a_team()
    exchange, start = _exchange(team), clock.now() - dt.timedelta(minutes=30)
    times = {"offered": start, "answered": start + dt.timedelta(seconds=12), "ended": start + dt.timedelta(minutes=20)}
    for number, kind in enumerate(order):
        more = {"agent": _agent(team)} if kind == "answered" else {}
        assert exchange.send(f"event-{number}", kind, "call-1", at=times[kind], number=NUMBER, **more) == 202
        assert exchange.send(f"event-{number}", kind, "call-1", at=times[kind], number=NUMBER, **more) == 200
    contact = Contact.objects.get()
    assert (contact.channel, contact.state, contact.counsellor_id) == ("phone", "wrapping", team.actor().account_id)
    assert (contact.arrived_at, contact.answered_at, contact.ended_at) == tuple(times.values())
    assert contact.supervisor_id == team.supervisor.account_id
    assert PhoneEvent.objects.count() == 3


def test_a_call_nobody_answered_becomes_a_callback_only_when_it_is_wanted() -> None:
    exchange = _exchange(a_team())
    exchange.send("e1", "offered", "call-1", number=NUMBER)
    exchange.send("e2", "missed", "call-1", number=NUMBER)
    assert Contact.objects.get().state == "missed"
    assert not LineCallback.objects.exists()
    exchange.send("e3", "offered", "call-2", number=NUMBER)
    exchange.send("e4", "ended", "call-2", number=NUMBER, callback=True)
    assert Contact.objects.order_by("-created_at")[0].state == "abandoned"
    row = LineCallback.objects.get()
    assert crypto.unseal(row, "phone") == NUMBER
    kept = [str(value) for call in PhoneCall.objects.values_list() for value in call]
    kept += [str(value) for event in PhoneEvent.objects.values_list() for value in event]
    assert not any(NUMBER in value or "call-" in value for value in kept)


def test_what_is_not_signed_or_not_understood_is_refused() -> None:
    exchange = _exchange(a_team())
    wrong = Exchange(exchange.row, "other-secret", _here)
    assert wrong.send("e1", "offered", "call-1") == 401
    assert Exchange(LineExchange(pk=uuid.uuid4()), exchange.secret, _here).send("e1", "offered", "call-1") == 401
    old = signed_headers(exchange.secret, "e1", int(clock.now().timestamp()) - 301, b"{}")
    assert _here(f"/telephone/{exchange.row.pk}/events/", b"{}", old) == 401
    for said in ({"kind": "ringing"}, {"kind": "offered", "at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
                 {"kind": "offered", "number": "no digits"}, {"kind": "offered", "callback": "yes"}):  # fmt: skip
        assert exchange.send("e1", said.pop("kind"), "call-1", **said) == 422  # type: ignore[arg-type]
    assert not Contact.objects.exists()
    LineExchange.objects.update(ended_at=clock.now())
    assert exchange.send("e2", "offered", "call-1") == 401  # an exchange that was disconnected


def test_an_abusive_call_is_ended_kindly_and_not_answered_for_a_day() -> None:
    team = a_team()
    exchange, now = _exchange(team), clock.now()
    exchange.send("e1", "offered", "call-1", number=NUMBER)
    exchange.send("e2", "answered", "call-1", agent=_agent(team))
    contact = Contact.objects.get()
    contact_abuse.end_abuse(actor=team.actor(), contact=contact, now=now)
    with pytest.raises(Refusal):
        contact_abuse.block_caller(actor=team.actor(), contact=contact, now=now)  # the supervisor's word
    contact.refresh_from_db()
    assert contact.call_type == "abusive"
    contact_abuse.block_caller(actor=team.boss, contact=contact, now=now)
    assert Block.objects.get().until == now + dt.timedelta(hours=24)
    exchange.send("e3", "offered", "call-2", number="+86 190-0000-0021")  # the same number, written otherwise
    assert PhoneCall.objects.order_by("-id")[0].blocked
    Block.objects.update(until=now)
    exchange.send("e4", "offered", "call-3", number=NUMBER)
    assert not PhoneCall.objects.order_by("-id")[0].blocked


@pytest.mark.django_db(transaction=True)
def test_a_day_of_an_exchange_over_a_real_server(live_server: Any) -> None:
    """Sixty calls over HTTP: events shuffled, one in three lost and sent again, some doubled; every call is right."""
    team, chance = a_team(), random.Random(20260301)
    door = httpx.Client(base_url=live_server.url, timeout=60)
    exchange = _exchange(team, lambda path, body, headers: door.post(path, content=body, headers=headers).status_code)
    events, wanted = [], {"wrapping": 0, "missed": 0, "abandoned": 0}
    start = clock.now() - dt.timedelta(hours=3)
    for call in range(60):
        fate = chance.choice(list(wanted))
        wanted[fate] += 1
        kinds = {"wrapping": ("offered", "answered", "ended"), "missed": ("offered", "missed"),
                 "abandoned": ("offered", "ended")}[fate]  # fmt: skip
        for number, kind in enumerate(kinds):
            at = start + dt.timedelta(minutes=call, seconds=20 * number)
            more = {"agent": _agent(team)} if kind == "answered" else {}
            events.append((f"event-{call}-{number}", kind, f"call-{call}", at, more))
    events += chance.sample(events, 30)  # the exchange is not sure and sends them once more
    chance.shuffle(events)

    def work(part: list[Any]) -> None:
        luck = random.Random(len(part))
        for event_id, kind, call, at, more in part:
            while True:
                sent = luck.random() > 1 / 3  # lost on the way there
                status = exchange.send(event_id, kind, call, at=at, **more) if sent else 0
                if status in (200, 202) and luck.random() > 1 / 10:  # the answer may be lost as well
                    break

    threads = [threading.Thread(target=work, args=(events[one::3],)) for one in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = {state: Contact.objects.filter(state=state).count() for state in wanted}
    assert found == wanted
    assert Contact.objects.count() == PhoneCall.objects.count() == 60
