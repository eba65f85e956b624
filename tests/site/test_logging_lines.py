"""A line of the log: JSON, with the request's id; no number, address or value of anybody in it."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from tongzhou.kernel import context
from tongzhou.site.logging import JsonLines, PlainLines, configuration, masked


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("call 19000000001 now", "call … now"),
        ("call 190 0000 0001", "call …"),
        ("call １９００００００００１", "call …"),
        ("+86-190-0000-0001!", "…!"),
        ("(027)8500-0000", "(…"),
        ("ask nobody@desk.example", "ask …@…"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer …"),
        ("duplicate key\nDETAIL:  Key (phone)=(190) exists", "duplicate key\nDETAIL: …"),
        ("took 12.5 ms, 4201 rows", "took 12.5 ms, 4201 rows"),
        ("need 0198f3aa-1234-7000-8000-123456789012", "need 0198f3aa-1234-7000-8000-123456789012"),
    ],
)
def test_what_a_message_keeps_and_what_not(said: str, written: str) -> None:
    assert masked(said) == written


def _record(message: str, *words: object, name: str = "tongzhou.test", fault: bool = False) -> logging.LogRecord:
    seen = sys.exc_info() if fault else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, words, seen)


def test_a_line_is_json_with_the_request() -> None:
    token = context.request_id.set("0198f3aa-1234-7000-8000-123456789012")
    try:
        line = json.loads(JsonLines().format(_record("%s called 19000000002", "somebody")))
    finally:
        context.request_id.reset(token)
    assert line["request"] == "0198f3aa-1234-7000-8000-123456789012"
    assert line["message"] == "somebody called …"
    assert line["level"] == "error"
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("kind", [JsonLines, PlainLines])
def test_a_fault_says_where_and_not_whose(kind: type[logging.Formatter]) -> None:
    try:
        try:
            raise KeyError("测试路1号2栋")
        except KeyError as error:
            raise ValueError("bad number 19000000003 of '测试人'") from error
    except ValueError:
        line = kind().format(_record("broke", fault=True))
    assert "test_logging_lines.py" in line
    assert "ValueError" in line
    assert not [word for word in ("19000000003", "测试人", "测试路") if word in line]


def test_a_path_is_never_logged_by_django() -> None:
    line = json.loads(JsonLines().format(_record("Not Found: %s", "/r/1234567895/secret/", name="django.request")))
    assert line["message"] == "Not Found"


def test_who_tried_to_sign_in_and_what_was_asked_for_goes_nowhere() -> None:
    loggers = configuration()["loggers"]
    assert {name for name, each in loggers.items() if each["level"] == "CRITICAL"} >= {"axes", "uvicorn.access"}
