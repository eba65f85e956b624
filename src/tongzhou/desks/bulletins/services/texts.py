"""Words as they are kept: without characters that no page, feed or XML can hold."""

from __future__ import annotations

import re

from tongzhou.kernel.errors import Refusal

__all__ = ["one_line", "printable", "tidy"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def tidy(text: str) -> str:
    """The text without characters that cannot be shown, ends trimmed; line ends are ``\\n``."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def printable(text: str) -> str:
    """The text without characters that cannot be shown."""
    return _CONTROL.sub("", text)


def one_line(text: str, field: str, wrong: str, least: int = 4, most: int = 300) -> str:
    """The text as one line of `least` to `most` characters, else ``Refusal("bad_form")`` with `wrong` at `field`."""
    text = " ".join(tidy(text).split())
    if not least <= len(text) <= most:
        raise Refusal("bad_form", fields={field: wrong})
    return text
