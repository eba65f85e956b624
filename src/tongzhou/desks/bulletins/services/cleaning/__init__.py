"""A page from the web as plain text: its encoding fixed, navigation and spam cut, and everything that was cut listed.

Pure: bytes or text in, a `CleanPage` out; no network, no clock, no tables. `clean_html` and `clean_text` are the doors.
"""

from tongzhou.desks.bulletins.services.cleaning.blocks import host_of
from tongzhou.desks.bulletins.services.cleaning.page import MOST_BYTES, PageTooLarge, clean_bytes, clean_text
from tongzhou.desks.bulletins.services.cleaning.pieces import CleanPage, Piece, Signal, from_json, text_of, title_of

__all__ = [
    "MOST_BYTES",
    "CleanPage",
    "PageTooLarge",
    "Piece",
    "Signal",
    "clean_bytes",
    "clean_text",
    "from_json",
    "host_of",
    "text_of",
    "title_of",
]
