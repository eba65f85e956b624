"""Both sides of many conversations on a served desk, over plain sockets: what a browser does, without its weight.

A caller and a counsellor each hold a stream and send their messages one after another, the same message again until it
was answered. `run` returns what each side saw, and how long each message took to the other side; `judge` says what was
lost, doubled or out of order.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

__all__ = ["TEAM", "Outcome", "judge", "run"]

#: Makes a line and so many counsellors, all on shift and signed in; prints {"line", "sessions"}.
TEAM = """
import json, sys
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in with these
from django.test import Client
import builders, builders_line
team = builders_line.a_team(int(sys.argv[1]))
sessions = []
for person in team.counsellors:
    client = builders.sign_in(Client(), person.account)
    sessions.append(client.cookies["sessionid"].value)
print(json.dumps({"line": str(team.line.pk), "sessions": sessions}))
"""
_TOKEN = "a" * 32
#: Status, headers (small letters), body.
Answer = tuple[int, dict[str, str], bytes]


class Http:
    """One kept connection; reconnects when it was closed."""

    def __init__(self, port: int, cookies: dict[str, str], address: str) -> None:
        self.port, self.cookies, self.address = port, cookies | {"csrftoken": _TOKEN}, address
        self.pipe: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def _head(self, method: str, path: str, more: dict[str, str]) -> bytes:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = {"Host": f"127.0.0.1:{self.port}", "Cookie": cookie, "X-Forwarded-For": self.address, **more}
        return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in lines.items()), "", ""]).encode()

    async def send(
        self, method: str, path: str, said: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request; OSError when the connection fails."""
        body = urlencode(said or {}).encode()
        more = {"Accept": "application/json", "X-CSRFToken": _TOKEN, "Content-Length": str(len(body))}
        more["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self.pipe is None:
                self.pipe = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 10)
            reader, writer = self.pipe
            writer.write(self._head(method, path, more) + body)
            await writer.drain()
            status, headers = await asyncio.wait_for(_head_of(reader), 60)
            return status, headers, await _body_of(reader, headers)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise OSError(str(error)) from error

    async def stream(self, path: str, on_event: Callable[[str, Any], None]) -> int:
        """Hear events until the connection ends; the HTTP status."""
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 10)
        try:
            writer.write(self._head("GET", path, {"Accept": "text/event-stream"}))
            status, _ = await asyncio.wait_for(_head_of(reader), 60)
            while status == 200:
                size = int((await asyncio.wait_for(reader.readline(), 60)).strip() or b"0", 16)
                if not size:
                    break
                part = (await reader.readexactly(size + 2))[:-2].decode()
                for block in part.split("\n\n"):
                    lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
                    if "event" in lines:
                        on_event(lines["event"], json.loads(lines["data"]))
            return status
        finally:
            writer.close()

    def close(self) -> None:
        """Drop the connection."""
        if self.pipe is not None:
            self.pipe[1].close()
            self.pipe = None


async def _head_of(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first = await reader.readline()
    if not first:
        raise OSError("closed")
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode().strip()) != "":
        name, _, value = line.partition(": ")
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value}" if key in headers else value
    return int(first.split()[1]), headers


async def _body_of(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return b""


@dataclass
class Outcome:
    """What came of the run."""

    #: Chat > side > [(number, side, text)] as that side saw it.
    seen: dict[int, dict[str, list[tuple[int, str, str]]]] = field(default_factory=dict)
    #: Text > (moment sent first, moment the other side had it).
    sent: dict[str, float] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    resent: int = 0
    began: float = 0.0
    ended: float = 0.0
    #: When the server was killed and when it answered again.
    killed: float = 0.0
    back: float = 0.0


class Side:
    """One side of one conversation."""

    def __init__(self, out: Outcome, name: str, http: Http, say: str, stream: str) -> None:
        self.out, self.name, self.http, self.say_path, self.stream_path = out, name, http, say, stream
        self.log: list[tuple[int, str, str]] = []
        self.last, self.over = 0, False

    def on_event(self, kind: str, told: Any) -> None:
        """A message arrived."""
        if kind != "message":
            return
        self.log.append((told["seq"], told["side"], told["text"]))
        self.last = max(self.last, told["seq"])
        if told["side"] != self.name:
            self.out.heard.setdefault(told["text"], time.monotonic())

    async def listen(self) -> None:
        """Hold the stream, again and again until the end."""
        while not self.over:
            try:
                joined = f"{self.stream_path}?after={self.last}"
                await Http(self.http.port, self.http.cookies, self.http.address).stream(joined, self.on_event)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                pass
            await asyncio.sleep(0.2)

    async def say(self, text: str) -> None:
        """Send until it is answered."""
        key = secrets.token_hex(10)
        self.out.sent[text] = time.monotonic()
        while True:
            try:
                status, _, body = await self.http.send("POST", self.say_path, {"text": text, "client_id": key})
                if status == 200:
                    self.out.acknowledged[text] = json.loads(body)["seq"]
                    return
                if status != 503 and status != 429 and status < 500:
                    raise AssertionError(f"{self.name} {text}: {status} {body[:300]!r}")
            except OSError:
                pass
            self.out.resent += 1
            await asyncio.sleep(0.3)

    async def talk(self, chat: int, messages: int, pause: float) -> None:
        """All messages of this side; it begins somewhere in the first pause, as people do not write in step."""
        await asyncio.sleep(random.Random(f"{self.name}-{chat}").uniform(0, pause))
        for number in range(messages):
            await self.say(f"{self.name}-{chat}-{number}")
            await asyncio.sleep(pause)


async def _patiently(
    act: Callable[[], Awaitable[tuple[int, dict[str, str], bytes]]],
) -> tuple[int, dict[str, str], bytes]:
    for _ in range(200):
        try:
            found = await act()
        except OSError:
            found = (503, {}, b"")
        if found[0] < 500:
            return found
        await asyncio.sleep(0.3)
    raise AssertionError("no answer")


async def _chat(
    port: int, out: Outcome, chat: int, session: str, line: str, gates: tuple[asyncio.Semaphore, asyncio.Barrier],
    messages: int, pause: float,
) -> None:  # fmt: skip
    """One conversation from the door to the last message."""
    caller = Http(port, {}, f"10.1.{chat // 250}.{chat % 250 + 1}")
    counsellor = Http(port, {"sessionid": session}, "10.9.9.9")
    async with gates[0]:
        said = {"line": line, "language": "mandarin"}
        status, headers, body = await _patiently(lambda: caller.send("POST", "/talk/", said))
        assert status == 302, (status, body[:300])
        cookies = [one for one in headers["set-cookie"].split("\n") if one.startswith("talk=")]
        caller.cookies["talk"] = cookies[0].split(";")[0].removeprefix("talk=")
        status, _, body = await _patiently(
            lambda: counsellor.send("POST", "/calls/seat/", {"state": "open", "line": line})
        )
        assert status == 302, (status, body[:300])
        status, headers, body = await _patiently(lambda: counsellor.send("POST", "/calls/next/", {"line": line}))
        assert status == 302, (status, body[:300])
        where = headers["location"]
        assert where != "/calls/", "nobody was there to be answered"
    sides = {
        "caller": Side(out, "caller", caller, "/talk/say/", "/talk/stream/"),
        "counsellor": Side(out, "counsellor", counsellor, f"{where}say/", f"{where}stream/"),
    }
    listening = [asyncio.create_task(side.listen()) for side in sides.values()]
    await gates[1].wait()
    out.began = out.began or time.monotonic()
    await asyncio.gather(*(side.talk(chat, messages, pause) for side in sides.values()))
    out.ended = time.monotonic()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(len(side.log) < 2 * messages + 1 for side in sides.values()):
        await asyncio.sleep(0.1)
    for side in sides.values():
        side.over = True
    for task in listening:
        task.cancel()
    # Whom a counsellor got is not known beforehand: kept by what each side heard of the other.
    out.seen[chat] = {name: side.log for name, side in sides.items()}


async def run(
    port: int, line: str, sessions: list[str], *, messages: int, pause: float,
    meanwhile: Callable[[Outcome], Awaitable[None]] | None = None,
) -> Outcome:  # fmt: skip
    """So many conversations as there are sessions, `messages` from each side, `pause` seconds between two.

    `meanwhile` runs once everybody talks.
    """
    out = Outcome()
    gates = (asyncio.Semaphore(1), asyncio.Barrier(len(sessions) + (meanwhile is not None)))
    chats = [
        asyncio.create_task(_chat(port, out, number, session, line, gates, messages, pause))
        for number, session in enumerate(sessions)
    ]
    if meanwhile is not None:

        async def beside() -> None:
            await gates[1].wait()
            await meanwhile(out)

        chats.append(asyncio.create_task(beside()))
    await asyncio.gather(*chats)
    return out


def judge(out: Outcome, messages: int) -> list[str]:
    """Everything that was lost, doubled, out of order or differs between the two sides; empty when all is well."""
    wrong = []
    for chat, sides in out.seen.items():
        caller, counsellor = sides["caller"], sides["counsellor"]
        if [row[0] for row in caller] != list(range(1, 2 * messages + 2)):
            wrong.append(f"chat {chat}: the caller saw numbers {[row[0] for row in caller][:200]}")
        words = [(seq, side, text) for seq, side, text in caller if side != "system"]
        if words != [row for row in counsellor if row[1] != "system"]:
            wrong.append(f"chat {chat}: the two sides saw different things")
        for name in ("caller", "counsellor"):
            said = [text for _, side, text in words if side == name]
            if said != [f"{name}-{chat}-{number}" for number in range(messages)]:
                wrong.append(f"chat {chat}: of {name} came {said[:50]}")
        numbers = {text: seq for seq, _, text in words}
        wrong += [f"{text} was acknowledged as {seq}" for text, seq in out.acknowledged.items()
                  if text in numbers and numbers[text] != seq]  # fmt: skip
    return wrong
