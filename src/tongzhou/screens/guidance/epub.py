"""A book as EPUB 3: a zip written here, the same bytes for the same book. Pages are XHTML, without scripts or fonts.

The form follows EPUB 3.2 (W3C, 2019): `mimetype` first and not compressed, container.xml, a package document, a
navigation document, one page a guide; an NCX besides, for reading devices of the older kind.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tongzhou.kernel import clock
from tongzhou.screens.guidance.book import Book

__all__ = ["epub_of"]

_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def epub_of(book: Book) -> bytes:
    """The whole file."""
    said: dict[str, object] = {"book": book, "modified": f"{book.modified.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        put = _Writer(archive, book)
        put("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        put("META-INF/container.xml", _CONTAINER)
        put("EPUB/book.css", Path(str(finders.find("guidance/book.css"))).read_text(encoding="utf-8"))
        for name in ("book.opf", "nav.xhtml", "toc.ncx", "cover.xhtml"):
            put(f"EPUB/{name}", _XML + _page(name, said))
        for chapter in book.chapters:
            put(f"EPUB/{chapter.name}.xhtml", _XML + _page("chapter.xhtml", said | {"chapter": chapter}))
    return out.getvalue()


def _page(name: str, said: dict[str, object]) -> str:
    return render_to_string(f"screens/guidance/epub/{name.replace('.', '_')}.html", said).lstrip()


class _Writer:
    """Puts files into the archive with the time of the book, so that the same book gives the same bytes."""

    def __init__(self, archive: zipfile.ZipFile, book: Book) -> None:
        self.archive = archive
        self.at = clock.beijing(book.modified).timetuple()[:6]

    def __call__(self, name: str, text: str, how: int = zipfile.ZIP_DEFLATED) -> None:
        entry = zipfile.ZipInfo(name, self.at)
        entry.compress_type, entry.create_system, entry.external_attr = how, 3, 0o644 << 16
        self.archive.writestr(entry, text.encode())
