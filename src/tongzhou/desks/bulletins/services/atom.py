"""Atom 1.0 (RFC 4287): a feed of bulletins or of their CAP messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from tongzhou.desks.bulletins.services.cap import cap_time

__all__ = ["ATOM", "Entry", "atom_xml"]

ATOM = "http://www.w3.org/2005/Atom"
#: What an empty feed says it was updated at: it has to say something, and the same thing each time.
_NEVER = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One bulletin: `id` never changes, `updated` moves with every correction."""

    id: str
    title: str
    updated: dt.datetime
    published: dt.datetime
    author: str
    text: str
    link: str
    category: str = ""
    link_type: str = "text/html"


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        made.text = text
    return made


def atom_xml(feed_id: str, title: str, own: str, page: str, entries: Sequence[Entry], language: str) -> str:
    """A feed: `own` is its address, `page` the page it is the feed of. The newest entry comes first."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    _add(root, "id", feed_id)
    _add(root, "title", title)
    _add(root, "updated", cap_time(max((one.updated for one in entries), default=_NEVER)))
    _add(_add(root, "author"), "name", "同舟 Tongzhou")
    _add(root, "link", rel="self", type="application/atom+xml", href=own)
    _add(root, "link", rel="alternate", type="text/html", href=page)
    for one in entries:
        entry = _add(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", cap_time(one.updated))
        _add(entry, "published", cap_time(one.published))
        _add(_add(entry, "author"), "name", one.author)
        _add(entry, "link", rel="alternate", type=one.link_type, href=one.link)
        if one.category:
            _add(entry, "category", term=one.category)
        _add(entry, "content", one.text, type="text")
    text: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return text.decode("utf-8")
