"""The objects of bulletins that rows of the permission table are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builders import WUHAN
from builders_bulletins import a_bulletin, a_correction, a_service, a_web_page

__all__ = ["BODIES", "OBJECTS", "QUERIES"]


def _bulletin(world: Any, **over: Any) -> dict[str, Any]:
    row = a_bulletin(**over)
    return {"code": row.code, "number": 1}


def _correction(world: Any) -> dict[str, Any]:
    return {"pk": a_correction().pk}


def _entry(world: Any) -> dict[str, Any]:
    pk = a_service().pk
    return {"pk": pk, "id": pk}


#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "bulletin": _bulletin,  # published, in Wuhan, by others than the columns
    "bulletin_draft": lambda world: _bulletin(world, state="draft"),
    "bulletin_checked": lambda world: _bulletin(world, state="verified"),
    "correction": _correction,  # waits to be published, by somebody else
    "page": lambda world: {"pk": a_web_page().pk},  # brought in by somebody else, held
    "helping": _entry,  # a verified entry of the directory, in Wuhan
    "in_wuhan": lambda world: {"place": WUHAN},
}

#: What is sent, where the answer would otherwise be about an empty form.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("bulletins:verify", "POST"): {"verify-words": "打电话问过发文单位", "verify-version": 1},
    ("bulletins:send_back", "POST"): {"back-words": "时间要再问清楚", "back-version": 1},
    ("bulletins:end", "POST"): {"end-words": "已有新的通知", "end-version": 1},
    ("bulletins:publish", "POST"): {"version": 1},
    ("bulletins:release", "POST"): {"words": "看过原网页，正文没有问题", "version": 1},
    ("directory:verify", "POST"): {"verify-words": "打通了，时间没变", "verify-version": 1},
    ("directory:withdraw", "POST"): {"withdraw-words": "单位说已经停办", "withdraw-version": 1},
}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
