"""The objects of guidance that rows of the permission table are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builders_guidance import a_draft, a_guide, an_actor_of
from tongzhou.desks.guidance import services
from tongzhou.flows.publish_guide import withdraw_guide
from tongzhou.kernel import clock

__all__ = ["BODIES", "OBJECTS", "QUERIES"]


def _guide(world: Any) -> dict[str, Any]:
    return {"slug": a_guide("in-force").guide.slug, "number": 1}


def _draft(world: Any) -> dict[str, Any]:
    return {"slug": a_draft("a-draft").guide.slug, "number": 1}


def _review(world: Any) -> dict[str, Any]:
    author = an_actor_of("author")
    draft = a_draft("in-review", author=author)
    services.submit(actor=author, edition=draft)
    return {"slug": draft.guide.slug}


def _ready(world: Any) -> dict[str, Any]:
    author = an_actor_of("author")
    draft = a_draft("ready", author=author)
    services.submit(actor=author, edition=draft)
    services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    return {"slug": draft.guide.slug}


def _gone(world: Any) -> dict[str, Any]:
    edition = a_guide("withdrawn")
    withdraw_guide(actor=an_actor_of("publisher"), edition=edition, reason="写错了", now=clock.now())
    return {"slug": edition.guide.slug}


def _query(world: Any) -> dict[str, Any]:
    asked = services.ask(actor=an_actor_of("volunteer"), edition=a_guide("asked"), text="第一步怎么做？")
    return {"pk": asked.pk}


#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "guide": _guide,  # a guide in force
    "draft": _draft,  # one whose first version is being written
    "review": _review,  # one whose first version is with the reviewers
    "ready": _ready,  # one whose first version is reviewed
    "gone": _gone,  # one that was withdrawn
    "query": _query,  # a question of a volunteer
}

#: What is sent, where the answer would otherwise be about an empty form.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("guidance:ask", "POST"): {"text": "这一步做不到怎么办？"},
    ("api-1:acknowledge_guide", "POST"): {"number": 1},
}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
