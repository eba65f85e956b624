"""What a phone kept while it had no network: taken in a batch, each item judged by itself, each once.

The phone makes a key for each item. The flows give one effect to one key; the answer is kept beside it for a week, so
that a batch sent twice, or in another order, hears the same again.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongzhou.chain.dispatch.policies import LIST_TASKS
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.chain.dispatch.types import LIVE, Via
from tongzhou.kernel import clock, idempotency, ids, throttle
from tongzhou.kernel.access import PUBLIC, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import OnceKey
from tongzhou.screens.tasks.acts import ACTS, AGAIN, REFUSED, Asked, Outcome, carry_out
from tongzhou.screens.tasks.views_list import actor_of

__all__ = ["offline", "outbox", "token", "worker"]

_log = logging.getLogger("tongzhou.outbox")

#: Items in one batch, bytes of one batch, batches of one account in ten minutes.
MOST_ITEMS, MOST_BYTES, BATCHES, SECONDS = 30, 200_000, 120, 600
#: Tasks a phone may keep pages of.
MOST_LIVE = 300


@route(LIST_TASKS)
@require_safe
def token(request: HttpRequest) -> HttpResponse:
    """What a phone asks before it sends: a fresh token, whose phone it is, and which tasks still stand."""
    actor = actor_of(request)
    mine = list(crew.open_tasks(actor).values_list("code", flat=True)[:MOST_LIVE])
    live = list(crew.team_tasks(actor).filter(state__in=LIVE).values_list("code", flat=True)[:MOST_LIVE])
    said = {"token": get_token(request), "account": str(actor.account_id), "mine": mine, "live": live}
    return JsonResponse(said)


@route(LIST_TASKS)
@require_POST
def outbox(request: HttpRequest) -> HttpResponse:
    """Take a batch; one answer for each item: done, reserve, conflict, refused or again (try later)."""
    actor = actor_of(request)
    throttle.hit("outbox", str(actor.account_id), limit=BATCHES, seconds=SECONDS)
    answers: list[dict[str, str]] = []
    stuck: set[Any] = set()
    for item in _items(request):
        if item.get("code") in stuck:  # what comes after an act that has to wait waits with it, in its order
            answers.append(_answer(str(item.get("key", ""))[:80], _later()))
            continue
        answers.append(_one(request, actor, item))
        if answers[-1]["state"] == AGAIN:
            stuck.add(item.get("code"))
    return JsonResponse({"answers": answers})


def _items(request: HttpRequest) -> list[dict[str, Any]]:
    if len(request.body) > MOST_BYTES:
        raise Refusal("too_large", limit="200 KB")
    try:
        items = json.loads(request.body)["items"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal("bad_request") from error
    if not isinstance(items, list) or len(items) > MOST_ITEMS or not all(isinstance(item, dict) for item in items):
        raise Refusal("bad_request")
    return items


def _one(request: HttpRequest, actor: Actor, item: dict[str, Any]) -> dict[str, str]:
    """Judge one item; whatever is wrong with it stays its own affair."""
    key = ids.parse_id(item.get("key", ""))
    act, code, fields = item.get("act"), item.get("code"), item.get("fields")
    if key is None or act not in ACTS or not isinstance(code, str) or not _plain(fields):
        return _answer(str(item.get("key", ""))[:80], _unknown())
    scope, content = f"outbox:{actor.account_id}", idempotency.fingerprint([act, code, fields])
    before = OnceKey.objects.filter(scope=scope, key=str(key)).first()
    if before is not None:
        same: dict[str, str] | None = before.result if before.fingerprint == content else None
        return same or _answer(str(key), _refused(Refusal("key_reused")))
    try:
        one = crew.get_task(actor, code)
        asked = Asked(
            actor, one, fields or {}, str(key), Via.OFFLINE if item.get("late") else Via.PAGE, clock.now(),
            str(request.client_address),  # type: ignore[attr-defined]
        )  # fmt: skip
        outcome = carry_out(act, asked)
    except Refusal as refusal:
        outcome = _refused(refusal)
    except Exception:  # our own fault in one item must not hold back the others; the phone keeps it
        _log.exception("outbox item")
        outcome = _later()
    answer = _answer(str(key), outcome)
    if outcome.recorded:  # refused ones are judged anew: they may be right the next time
        row = OnceKey(scope=scope, key=str(key), fingerprint=content, result=answer)
        OnceKey.objects.bulk_create([row], ignore_conflicts=True)
    return answer


def _plain(fields: Any) -> bool:
    """True for a few short texts by name."""
    if fields is None:
        return True
    return (
        isinstance(fields, dict)
        and len(fields) <= 20
        and all(isinstance(text, str) and len(text) <= 2000 for text in fields.values())
    )


def _later() -> Outcome:
    return Outcome(AGAIN, _("还没有记下，过一会儿会自己再传"))


def _unknown() -> Outcome:
    return Outcome(REFUSED, _("这一条看不懂，没有记下"), _("请复制文字发给协调员"), "bad_request")


def _refused(refusal: Refusal) -> Outcome:
    state = AGAIN if refusal.status == 429 else REFUSED
    return Outcome(state, refusal.what, refusal.todo, refusal.code)


def _answer(key: str, outcome: Outcome) -> dict[str, str]:
    return {"key": key, "state": outcome.state, "text": outcome.text, "todo": outcome.todo, "code": outcome.code}


@route(PUBLIC)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows for a page it does not have and cannot fetch. Nothing on it is anybody's."""
    return render(request, "screens/tasks/offline.html")


@route(PUBLIC)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: registered for /my/ and /tasks/ only, though it lies below one of them."""
    answer = render(request, "screens/tasks/worker.js", content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer
