"""Texts that come from data, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

__all__ = ["in_english", "local"]


def in_english() -> bool:
    """True when the page being made is English."""
    return (get_language() or "zh-hans").startswith("en")


def local(zh: str, en: str) -> str:
    """`en` on an English page when there is one, else `zh`."""
    return en if en and in_english() else zh
