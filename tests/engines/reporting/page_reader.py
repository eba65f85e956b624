"""Reads a report back: its tables by caption, its text, its elements; with the standard library's parser only."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "rect", "link", "img", "hr"}


@dataclass
class Element:
    """One element: tag, attributes, children and texts in order."""

    tag: str
    attributes: dict
    parts: list = field(default_factory=list)

    def all(self, tag=None, **wanted):
        """Every element below with the tag and attributes."""
        for part in self.parts:
            if isinstance(part, Element):
                if (tag is None or part.tag == tag) and all(part.attributes.get(k) == v for k, v in wanted.items()):
                    yield part
                yield from part.all(tag, **wanted)

    def text(self, lang="zh"):
        """The text as a reader of that language sees it."""
        other = "en" if lang == "zh" else "zh"
        out = []
        for part in self.parts:
            if isinstance(part, str):
                out.append(part)
            elif other not in part.attributes.get("class", "").split() and part.tag not in ("style", "title", "desc"):
                out.append(part.text(lang))
        return "".join(out)


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.stack = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.stack[-1].parts.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag, attrs):
        self.stack[-1].parts.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.stack[-1].tag == tag, f"</{tag}> closes <{self.stack[-1].tag}>"
        self.stack.pop()

    def handle_data(self, data):
        self.stack[-1].parts.append(data)


def read_page(html):
    """The page as a tree of elements; AssertionError where tags do not close in order."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.stack) == 1, f"<{builder.stack[-1].tag}> is never closed"
    return builder.root


def tables(page, lang="zh"):
    """Caption > list of rows, each a list of texts; rows of a continued table follow those of the table."""
    out = {}
    for table in page.all("table"):
        caption = next(table.all("caption")).text(lang).replace("（续）", "").replace(" (continued)", "")
        body = next(table.all("tbody"))
        rows = [[c.text(lang).strip() for c in row.all() if c.tag in ("th", "td")] for row in body.all("tr")]
        out.setdefault(caption, []).extend(rows)
    return out
