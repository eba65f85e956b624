"""Logs for machines: one JSON object a line on stderr, each with the request's id, none with anybody's details.

A line names the route (``/r/<code>/``), never the path that was asked for: codes and secret links stand in paths.
Numbers long enough to be a phone, addresses of mail and what a database says about a value are masked in every message.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from tongzhou.kernel import context

__all__ = ["JsonLines", "access_log", "configuration", "masked"]

_access = logging.getLogger("tongzhou.access")
_ACCESS_FIELDS = (
    "method",
    "route",
    "status",
    "ms",
    "bytes",
    "account",
    "role",
    "event",
    "child",
    "pid",
    "tick",
    "count",
)

_PHONE = re.compile(r"(?<![\w-])\+?(?:\d[ \-–—.()（）]?){6,}\d(?![\w-])")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET = re.compile(r"(?i)\b(bearer|secret|token|password|key)([=: ]+)\S+")
#: What PostgreSQL adds to an error: the values of the row.
_DATABASE_DETAIL = re.compile(r"(?is)\b(DETAIL|CONTEXT):.*")
#: A value in quotes inside an error of ours or of a library may be what somebody typed.
_QUOTED = re.compile(r"(['\"“])(?=[^'\"”]*[\u4e00-\u9fff])[^'\"”]*(['\"”])")


def masked(text: str) -> str:
    """`text` without phone numbers, mail addresses, secrets and database details."""
    text = _DATABASE_DETAIL.sub(r"\1: …", text)
    text = _MAIL.sub("…@…", text)
    text = _SECRET.sub(r"\1\2…", text)
    folded = text.translate(_WIDE_DIGITS)
    return _PHONE.sub("…", folded if len(folded) == len(text) else text)


def _fault(error: BaseException, depth: int = 0) -> dict[str, Any]:
    """An exception: its kind, its masked message and where it came from, without the values of variables."""
    frames = traceback.extract_tb(error.__traceback__)[-15:]
    found: dict[str, Any] = {
        "kind": type(error).__name__,
        "message": _QUOTED.sub(r"\1…\2", masked(str(error)))[:500],
        "where": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    if cause is not None and depth < 3:
        found["cause"] = _fault(cause, depth + 1)
    return found


def _short(path: str) -> str:
    return re.sub(r"^.*/(?=(site-packages|src|tests)/)", "", path)


def _said(record: logging.LogRecord) -> str:
    """The message; Django's own about a request without the path that follows the colon."""
    said = record.getMessage()
    return said.partition(":")[0] if record.name == "django.request" else masked(said)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON: time (UTC), level, logger, message, request id, and what else it carries."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if name := getattr(record, "request_name", "") or context.request_id.get():
            line["request"] = name
        line |= {key: getattr(record, key) for key in _ACCESS_FIELDS if hasattr(record, key)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """The same for a person at a terminal (the demo): warnings and errors in a line of words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        text = _said(record)
        if record.exc_info and record.exc_info[1] is not None:
            fault = _fault(record.exc_info[1])
            text += f": {fault['kind']}: {fault['message']} ({' < '.join(reversed(fault['where'][-3:]))})"
        return f"{record.levelname.lower()} {record.name}: {text}"


class Quiet(logging.Filter):
    """Lets warnings pass, and of the worker's talk about itself errors only."""

    def filter(self, record: logging.LogRecord) -> bool:
        """True when the line is for a person at a terminal."""
        return record.levelno >= (logging.ERROR if record.name == "django_tasks_db" else logging.WARNING)


def configuration(*, level: str = "INFO", plain: bool = False) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr through one formatter. `plain` shows a person warnings only."""
    kind = "PlainLines" if plain else "JsonLines"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"tongzhou.site.logging.{kind}"}},
        "filters": {"quiet": {"()": "tongzhou.site.logging.Quiet"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "stream": sys.stderr,
                "formatter": "lines",
                "filters": ["quiet"] if plain else [],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING" if plain else level},
        "loggers": {
            # Django's own handlers would write the path, or send mail with the whole request.
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.security": {"handlers": [], "level": "CRITICAL", "propagate": True},
            "axes": {"handlers": [], "level": "CRITICAL", "propagate": True},  # it names who tried to sign in
            "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }


def access_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, inside `request_context`: one line a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = get_response(request)
        _log(request, response, (time.perf_counter() - begun) * 1000)
        return response

    return middleware


def _log(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    match = request.resolver_match
    actor = getattr(request, "_tongzhou_actor", None) or getattr(request, "actor", None)
    more = {
        "method": request.method,
        "route": f"/{match.route}" if match else "-",
        "status": response.status_code,
        "ms": round(milliseconds, 1),
        "bytes": None if response.streaming else len(response.content),
        "account": str(actor.account_id) if actor is not None and actor.account_id else "",
    }
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    _access.log(level, "request", extra=more)
