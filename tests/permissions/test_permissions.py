"""Every address answers everybody as the table says; an address missing in the table, or gone from the site, is red."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from permissions.rows import Row, rows
from permissions.table import DESK_COLUMNS
from permissions.world import BODIES, QUERIES, World
from tongzhou.site.declared import declaration

METHODS = ("GET", "POST")
API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _walk(
    patterns: list[URLPattern | URLResolver], space: str = "", path: str = ""
) -> Iterator[tuple[str, tuple[str, Any]]]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else ""), here)
        else:
            yield f"{space}{pattern.name or '?' + here}", (here, pattern.callback)


VIEWS = dict(_walk(get_resolver().url_patterns))
ADDRESSES = {name: path for name, (path, _) in VIEWS.items()}
ROWS = rows()


def test_every_address_of_the_site_is_in_the_table() -> None:
    assert sorted(set(ADDRESSES) - {row.address for row in ROWS}) == []


def test_every_address_in_the_table_is_on_the_site() -> None:
    assert sorted({row.address for row in ROWS} - set(ADDRESSES)) == []


def test_every_address_carries_a_declaration() -> None:
    """Without one the site refuses it; here it is noticed before anybody meets the refusal."""
    bare = [
        f"{row.address} {row.method}"
        for row in ROWS
        if row.address in VIEWS
        and declaration(VIEWS[row.address][1], SimpleNamespace(view_name=row.address), row.method) is None
    ]
    assert bare == []


def _words(address: str) -> set[str]:
    """The words an address has a place for."""
    return set(re.findall(r"<(?:\w+:)?(\w+)>", ADDRESSES[address]))


def _methods(address: str) -> tuple[str, ...]:
    return API_METHODS if ADDRESSES[address].startswith("api/") else METHODS


def _verdict(response: HttpResponse, *, locked: bool) -> str:
    """What an answer means in the table's words; a fault of ours is its own word, so it never passes."""
    where = response.headers.get("Location", "")
    if response.status_code == 401 or where.startswith(reverse("account_login")):
        return "login"
    if where.startswith(reverse("people:second_factor")):
        return "2nd"
    if response.status_code == 403:
        body = json.loads(response.content) if "json" in response.headers["Content-Type"] else {}
        return "2nd" if body.get("code") == "second_factor" else "403"
    if response.status_code == 409 and locked:
        return "held"
    if response.status_code == 404:
        return "-"
    return "405" if response.status_code == 405 else "ok" if response.status_code < 500 else "fault"


class Bare(Client):
    """The whole site behind it, without the copies of every template's context that tests of pages look into."""

    def request(self, **environ: Any) -> HttpResponse:
        return self.handler(self._base_environ(**environ))


class Asker:
    """Asks as one column; whatever a request changes is taken back afterwards."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.session, self.token, self.client = world, world.session(who), world.token(who), Bare()

    def ask(self, row: Row) -> str:
        known = self.world.arguments(row.whose)
        words = {name: value for name, value in known.items() if name in _words(row.address)}
        path, query = reverse(row.address, kwargs=words or None), QUERIES.get(row.address, "")
        body = BODIES.get((row.address, row.method)) or ({} if words else known)
        more: dict[str, Any] = {"query_params": dict(pair.split("=") for pair in query.split("&"))} if query else {}
        self.client.cookies.clear()
        if path.startswith("/api/") and self.token:
            more["headers"] = {"Authorization": f"Bearer {self.token}"}
        elif self.session:
            self.client.cookies["sessionid"] = self.session
        kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
        data = json.dumps(body) if path.startswith("/api/") else urlencode(body)
        cache.clear()
        with transaction.atomic():
            if row.method == "GET":
                response = self.client.get(path, **more)
            else:
                response = self.client.generic(row.method, path, data=data, content_type=kind, **more)
            list(getattr(response, "streaming_content", ()))
            transaction.set_rollback(True)
        return _verdict(response, locked="held" in row.verdicts.values())


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One for every column, with the objects of all rows; asking leaves nothing behind in it."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            made = World()
            for row in ROWS:
                made.arguments(row.whose)
            yield made
            transaction.set_rollback(True)
        connection.close()


@contextmanager
def asking(world: World, who: str) -> Iterator[Asker]:
    """Somebody of that column at the moment the world was finished: nothing in it ran out while others asked."""
    with time_machine.travel(world.finished, tick=True):
        yield Asker(world, who)


@pytest.mark.django_db
@pytest.mark.parametrize("who", DESK_COLUMNS)
def test_everybody_gets_the_answer_in_the_table(world: World, who: str) -> None:
    wanted = [row for row in ROWS if row.address in ADDRESSES and who in row.verdicts]
    wrong = []
    with asking(world, who) as asker:
        for row in wanted:
            given = asker.ask(row)
            if given != row.verdicts[who]:
                wrong.append(f"{row.address} {row.method} {row.whose}: table {row.verdicts[who]}, site {given}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["anon", "coor", "offi", "admi"])
def test_a_method_without_a_row_is_refused(world: World, who: str) -> None:
    listed = {(ADDRESSES.get(row.address), row.method) for row in ROWS}
    first = {ADDRESSES[row.address]: row for row in reversed(ROWS) if row.address in ADDRESSES}
    with asking(world, who) as asker:
        opened = [
            f"{row.address} {method}"
            for path, row in first.items()
            for method in _methods(row.address)
            if (path, method) not in listed and asker.ask(Row(row.address, method, row.whose, {})) == "ok"
        ]
    assert not opened, "\n" + "\n".join(opened)
