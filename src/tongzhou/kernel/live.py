"""Telling open pages what has changed, over any number of processes and restarts, with nothing but the database.

One thread per process looks into the database while somebody listens (every quarter of a second, and at once after a
write of this process) and hands what it finds to the listeners, whose streams run on the event loop. What it looks for
is somebody else's business: a `Look` gets every topic that is listened to with the mark up to which it was handed out,
and says what is new. So nothing has to be kept between two processes, and a page that reconnects gives its own mark.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

__all__ = ["HEARTBEAT", "Handed", "Hub", "Listener", "Look", "close_all", "event", "streamed"]

_log = logging.getLogger("tongzhou.live")

#: Seconds between two looks when nothing nudges.
EVERY = 0.25
#: At least so many seconds between two looks: what comes together is handed out together.
_BREATH = 0.02
#: And at least so many times as long as the last look took, so that looking leaves most of the process to requests.
_BREATHS = 3.0
#: Seconds after which a quiet stream says that it is still there.
HEARTBEAT = 15.0
#: Seconds after which a stream ends and the browser comes back: who may listen is asked again.
LONGEST = 600.0
#: The thread ends when nobody has listened for so many seconds.
_IDLE = 2.0
#: A listener that takes nothing for so long a queue is cut off; its browser comes back with its own mark.
_MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class Handed:
    """Something new of a topic, and the mark it brings the topic to. An `item` of None only moves the mark."""

    topic: str
    mark: int
    item: Any


Look = Callable[[Mapping[str, int]], Iterable[Handed]]


class Listener:
    """An open stream: what it listens to, and what it has not taken yet."""

    def __init__(self, topics: Mapping[str, int]) -> None:
        self.topics = dict(topics)
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Handed | None] = asyncio.Queue()
        self._over = False

    def give(self, handed: Handed | None) -> None:
        """Hand something over, from any thread; None ends the stream."""
        try:
            self._loop.call_soon_threadsafe(self._put, handed)
        except RuntimeError:  # its loop has ended: nobody listens any more
            self._over = True

    def _put(self, handed: Handed | None) -> None:
        if self._over:
            return
        if handed is None or self._queue.qsize() >= _MOST_WAITING:
            self._over = True
            handed = None
        self._queue.put_nowait(handed)

    async def take(self, seconds: float) -> Handed | None:
        """The next thing; raises TimeoutError after `seconds`. None: the stream is to end."""
        return await asyncio.wait_for(self._queue.get(), seconds)


class Hub:
    """Everybody of this process who listens to one kind of thing."""

    def __init__(self, look: Look, *, every: float = EVERY) -> None:
        self._look, self._every = look, every
        self._lock = threading.Lock()
        self._marks: dict[str, int] = {}
        #: The lowest mark of those who joined since the last look began: that look did not read for them.
        self._joined: dict[str, int] = {}
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._thread: threading.Thread | None = None
        self._nudged = threading.Event()
        _HUBS.append(self)

    def join(self, listener: Listener) -> None:
        """Begin to hand out to this listener, from its own marks on."""
        with self._lock:
            for topic, mark in listener.topics.items():
                self._listeners[topic].add(listener)
                self._marks[topic] = min(mark, self._marks.get(topic, mark))
                self._joined[topic] = min(mark, self._joined.get(topic, mark))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="tongzhou-live", daemon=True)
                self._thread.start()
        self._nudged.set()

    def leave(self, listener: Listener) -> None:
        """The stream has ended."""
        with self._lock:
            for topic in listener.topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    self._listeners.pop(topic)
                    self._marks.pop(topic, None)

    def nudge(self) -> None:
        """Look at once when the present transaction is committed (without one: now)."""
        transaction.on_commit(self._nudged.set)

    def close(self) -> None:
        """End every stream (the process is about to end): browsers come back to the next process."""
        with self._lock:
            listeners = {one for several in self._listeners.values() for one in several}
        for listener in listeners:
            listener.give(None)

    def _run(self) -> None:
        idle_since = time.monotonic()
        trouble = 0
        while True:
            self._nudged.wait(self._every if not trouble else min(5.0, 2.0**trouble * self._every))
            self._nudged.clear()
            with self._lock:
                marks = dict(self._marks)
                listening = {topic: tuple(several) for topic, several in self._listeners.items()}
                self._joined.clear()
                if marks:
                    idle_since = time.monotonic()
                elif time.monotonic() - idle_since > _IDLE:
                    self._thread = None
                    break
            if not marks:
                continue
            began = time.monotonic()
            try:
                self._hand_out(list(self._look(marks)), listening)
                trouble = 0
            except Exception as error:  # whatever it is, those who listen must not be left alone: logged, tried again
                trouble += 1
                _log.error("looking failed (%s)", type(error).__name__, exc_info=error)
                connection.close()
            time.sleep(min(1.0, max(_BREATH, _BREATHS * (time.monotonic() - began))))
        connection.close()

    def _hand_out(self, found: Sequence[Handed], listening: Mapping[str, tuple[Listener, ...]]) -> None:
        """Give what was found to those who listened when the look began; who joined since is served by the next."""
        with self._lock:
            for one in found:
                if one.topic in self._marks:
                    self._marks[one.topic] = min(one.mark, self._joined.get(one.topic, one.mark))
        for one in found:
            if one.item is not None:
                for listener in listening.get(one.topic, ()):
                    listener.give(one)


_HUBS: list[Hub] = []


def close_all() -> None:
    """End every stream of this process."""
    for hub in _HUBS:
        hub.close()


def event(kind: str, data: Any, *, number: int | None = None) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2); `number` is what a browser that reconnects names."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def streamed(
    request: HttpRequest, hub: Hub, topics: Mapping[str, int], say: Callable[[Handed], Iterable[bytes]]
) -> HttpResponseBase:
    """An answer that stays open and tells what `say` makes of everything new in `topics`.

    A server that gives each request a thread (WSGI) cannot keep it open: 204, and the page asks for news instead.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)

    async def stream() -> AsyncIterator[bytes]:
        await _let_go_of_database()
        listener = Listener(topics)
        hub.join(listener)
        ends = time.monotonic() + LONGEST
        try:
            yield b"retry: 1000\n\n"
            while time.monotonic() < ends:
                try:
                    handed = await listener.take(HEARTBEAT)
                except TimeoutError:
                    yield event("here", None)  # an event, not a comment: the page notices when it stays away
                    continue
                if handed is None:
                    return
                for part in say(handed):
                    yield part
        finally:
            hub.leave(listener)

    response = StreamingHttpResponse(stream(), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store, no-transform"
    response["X-Accel-Buffering"] = "no"
    response["Content-Encoding"] = "identity"  # packed pieces would wait for more
    return response


async def _let_go_of_database() -> None:
    """A stream lives long and asks nothing itself: the connection its request used is given back."""
    from asgiref.sync import sync_to_async
    from django.db import close_old_connections

    await sync_to_async(close_old_connections)()
