"""Handing out what is new: everybody gets everything after their own mark, in order, whenever they join."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping

import pytest

from tongzhou.kernel.live import Handed, Hub, Listener, event

pytestmark = pytest.mark.django_db(transaction=True)


class Feed:
    """Numbers that grow; a look may be held in the middle."""

    def __init__(self) -> None:
        self.last, self.looking, self.go_on = 0, threading.Event(), threading.Event()
        self.go_on.set()
        self.failures = 0

    def __call__(self, marks: Mapping[str, int]) -> Iterator[Handed]:
        last = self.last
        self.looking.set()
        self.go_on.wait(5)
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")
        return iter([Handed("n", number, number) for number in range(marks["n"] + 1, last + 1)])


async def _takes(listener: Listener, count: int) -> list[int]:
    found: list[int] = []
    heard = listener.topics["n"]
    while len(found) < count:
        handed = await listener.take(5)
        assert handed is not None
        if handed.item > heard:  # what a stream does: nothing twice
            heard = handed.item
            found.append(heard)
    return found


def test_who_joins_while_a_look_is_under_way_misses_nothing() -> None:
    async def scene() -> None:
        feed = Feed()
        hub = Hub(feed, every=0.01)
        first = Listener({"n": 5})
        feed.last = 5
        hub.join(first)
        await asyncio.sleep(0.1)
        feed.go_on.clear()
        feed.last = 6
        feed.looking.clear()
        await asyncio.to_thread(feed.looking.wait, 5)
        # The look that reads from 5 on is under way; two more join, one with a lower mark, one with the same.
        late, equal = Listener({"n": 2}), Listener({"n": 5})
        hub.join(late)
        hub.join(equal)
        feed.go_on.set()
        assert await _takes(first, 1) == [6]
        assert await _takes(late, 4) == [3, 4, 5, 6]
        assert await _takes(equal, 1) == [6]
        hub.close()
        for one in (first, late, equal):
            while await one.take(5) is not None:
                pass
            hub.leave(one)

    asyncio.run(scene())


def test_a_look_that_fails_is_tried_again() -> None:
    async def scene() -> None:
        feed = Feed()
        feed.failures, feed.last = 2, 1
        hub = Hub(feed, every=0.01)
        listener = Listener({"n": 0})
        hub.join(listener)
        assert await _takes(listener, 1) == [1]
        hub.leave(listener)

    asyncio.run(scene())


def test_an_event_is_one_line_of_data_whatever_it_says() -> None:
    assert event("message", {"text": "一\n\ndata: 二"}, number=7) == (
        'id: 7\nevent: message\ndata: {"text":"一\\n\\ndata: 二"}\n\n'.encode()
    )
