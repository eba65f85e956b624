"""From markup to blocks of text, each stretch with what speaks against it: hidden, navigation, a link abroad."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml import etree, html

from tongzhou.desks.bulletins.services.cleaning.words import strong_words

__all__ = ["Block", "Markup", "Run", "depth_of", "host_of", "read_markup", "strip_tags"]

#: Deeper markup than this is not parsed: no real page is.
DEEPEST = 200

_BLOCK_NAMES = (
    "p div section article main h1 h2 h3 h4 h5 h6 li td th tr table ul ol dl dt dd blockquote pre figcaption caption "
    "header footer nav aside form fieldset center body address details summary"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SCRIPTS = frozenset({"script", "style", "iframe", "object", "embed", "svg", "canvas"})
#: What stands in these is shown only when scripts do not run, or do.
_UNSHOWN = frozenset({"noscript", "template"})
#: A box so small holds nothing to be read (the marquee of black hats).
_TINY = re.compile(r"[0-9](?:px)?$")
_NAVIGATION = frozenset({"nav", "footer", "aside", "button", "select", "label", "dialog", "menu"})
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|crumbs?|sidebar|side|footer|foot|copyright|share|social|related|"
    r"recommend|hot-?list|pager?|pagination|prevnext|toolbar|topbar|login|search|friend-?links?|links?)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"cookie|consent|gdpr|privacy-?(?:bar|banner|notice)", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:px|em|rem|pt|%|\s*[;}]|$)|"
    r"(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:[;}]|$)|text-indent\s*:\s*-\s*\d{3,}|"
    r"(?<![\w-])(?:left|top|right|bottom|margin-left|margin-top)\s*:\s*-\s*\d{3,}|"
    r"(?<![\w-])(?:max-)?(?:height|width)\s*:\s*[01](?:px)?\s*(?:[;}]|$)|clip\s*:\s*rect\(\s*0|transform\s*:\s*scale\(\s*0\s*\)|"
    r"(?<![\w-])color\s*:\s*(?:transparent|rgba\([^)]*,\s*0\s*\))|"
    r"(?<!-)\bcolor\s*:\s*(?:#f{3}(?:f{3})?|white)\b(?=.*background(?:-color)?\s*:\s*(?:#f{3}(?:f{3})?|white)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)[^<>]*?(/?)>")
_OPEN_NAMES = "p li td th tr dt dd option br img hr input meta link base col area source wbr param"
_OPEN_ENDED = frozenset(_OPEN_NAMES.split())
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,600})\}")
#: A line of the markup that ends between two Chinese characters is no blank.
_WRAPPED = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\n[ \t]*(?=[\u2e80-\u9fff\uff00-\uffef])")
_HIDES = re.compile(
    r"getElementById\(\s*[\"']([\w-]{1,60})[\"']\s*\)\.style\.(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)"
)
#: Links to these are no farm: authorities, universities, the United Nations.
_TRUSTED = re.compile(r"(?:^|\.)(?:gov|edu|ac|mil)\.cn$|\.(?:gov|edu|int)$|(?:^|\.)(?:un|unicef|ifrc|icrc)\.org$")
_NAME = re.compile(r"[.#]([\w-]{1,60})\s*$")


@dataclass(slots=True)
class Run:
    """Text of one kind: blank `cause` is ordinary; `host` is where it links to ("" for no link or the own site)."""

    text: str
    cause: str = ""
    host: str = ""
    linked: bool = False


@dataclass(slots=True)
class Block:
    """A paragraph, heading, list item or cell."""

    tag: str
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class Markup:
    """What a page's markup says."""

    titles: list[str] = field(default_factory=list)
    meta: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    moves_to: str = ""
    source: str = ""


def depth_of(text: str) -> int:
    """How deep tags are nested, at most: counted without parsing."""
    depth = deepest = 0
    for found in _TAG.finditer(text):
        closing, name, alone = found.group(1), found.group(2).lower(), found.group(3)
        if name in _OPEN_ENDED or alone:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def strip_tags(text: str) -> list[Block]:
    """Blocks of a page that is not parsed: what is left when every tag becomes a line's end."""
    text = re.sub(r"(?is)<(script|style)\b.{0,200000}?</\1\s*>", "\n", text)
    lines = re.sub(r"<[^<>]{0,2000}>", "\n", text).splitlines()
    return [Block("p", [Run(html_text)]) for line in lines if (html_text := " ".join(line.split()))]


def read_markup(text: str, own: str = "") -> Markup:
    """Walk the markup once, without recursion. `own`: the host of the page, when known."""
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return Markup(blocks=strip_tags(text))
    own = own or _own_host(root)
    walk = _Walk(own, _hidden_names(root), _hidden_by_scripts(root))
    walk.over(root)
    walk.page.source = text
    return walk.page


def _own_host(root: html.HtmlElement) -> str:
    """The host a page says it is of: canonical link, og:url, base; else the one most of its links lead to."""
    for path in ('//link[@rel="canonical"]/@href', '//meta[@property="og:url"]/@content', "//base/@href"):
        for address in root.xpath(path):
            if host := host_of(str(address)):
                return host
    hosts = Counter(filter(None, (host_of(str(one)) for one in root.xpath("//a/@href")[:2000])))
    return hosts.most_common(1)[0][0] if hosts and hosts.most_common(1)[0][1] >= 5 else ""


def host_of(address: str) -> str:
    """The registered part of a host name, roughly: its last two labels, three under com.cn and the like."""
    try:
        host = (urlsplit(address.strip()).hostname or "").lower()
    except ValueError:
        return ""
    labels = host.split(".")
    second = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("com", "org", "net", "gov", "edu", "ac")
    return ".".join(labels[-3:] if second else labels[-2:])


def _hidden_names(root: html.HtmlElement) -> frozenset[str]:
    """Classes and ids that the page's own style hides."""
    names: set[str] = set()
    for style in root.xpath("//style/text()"):
        for selectors, rules in _RULE.findall(str(style)[:100_000]):
            if _HIDDEN.search(rules):
                names.update(found.group(1) for one in selectors.split(",") if (found := _NAME.search(one.strip())))
    return frozenset(names)


def _hidden_by_scripts(root: html.HtmlElement) -> frozenset[str]:
    """Ids that a script of the page hides when it is opened."""
    scripts = "\n".join(str(one)[:20_000] for one in root.xpath("//script/text()")[:200])
    return frozenset(_HIDES.findall(scripts))


class _Walk:
    """The walk over a tree: which causes hold at the moment, and the block being filled."""

    def __init__(self, own: str, hidden: frozenset[str], scripted: frozenset[str]) -> None:
        self.own, self.hidden, self.scripted = own, hidden, scripted
        self.half = 0
        self.page = Markup()
        self.causes: list[str] = []
        self.links: list[str] = []
        self.block = Block("p")

    def over(self, root: html.HtmlElement) -> None:
        self.half = sum(len(text.strip()) for text in root.itertext()) // 2
        for event, node in etree.iterwalk(root, events=("start", "end")):
            if not isinstance(node.tag, str):
                continue
            if event == "start":
                self._start(node)
            else:
                self._end(node)
        self._flush("p")

    def _cause(self, node: html.HtmlElement) -> str:
        if node.tag in _SCRIPTS:
            return "code"
        if node.tag in _UNSHOWN:
            return "script"
        if node.tag in ("html", "body") or any(self.causes):
            return ""
        names = f"{node.get('class', '')} {node.get('id', '')}"
        hidden = node.get("hidden") is not None or bool(self.hidden.intersection(names.split()))
        hidden = hidden or (
            node.tag == "marquee" and any(_TINY.match(node.get(one, "")) for one in ("height", "width"))
        )
        hidden = hidden or (node.get("id") in self.scripted and bool(strong_words(node.text_content())))
        if hidden or _HIDDEN.search(node.get("style", "").strip()):
            # A page may hide its whole body until it is loaded.
            return "" if self._is_most(node) and not strong_words(node.text_content()) else "hidden"
        if _COOKIE.search(names):
            return "" if self._is_most(node) else "cookie"
        menu = node.tag not in ("a", "article", "main") and _MENU.search(names)
        return "navigation" if (node.tag in _NAVIGATION or menu) and not self._is_most(node) else ""

    def _is_most(self, node: html.HtmlElement) -> bool:
        """True when the element holds more than half of the page's text: then its name is no reason to cut it."""
        size = 0
        for text in node.itertext():
            size += len(text.strip())
            if size > self.half:
                return True
        return False

    def _start(self, node: html.HtmlElement) -> None:
        tag = str(node.tag)
        if tag in _BLOCKS:
            self._flush(tag)
        if tag == "title":
            self.page.titles.append(node.text or "")
        elif tag == "meta":
            self._meta(node)
        elif tag == "script":
            self.page.scripts.append((node.text or "")[:20_000])
        self.causes.append(self._cause(node) or ("head" if tag == "head" else ""))
        if tag == "a":
            self.links.append(host_of(node.get("href", "")) if node.get("href") else "")
        if tag == "br":
            self._flush(self.block.tag)
        if node.text and tag != "title":
            self._add(node.text)

    def _end(self, node: html.HtmlElement) -> None:
        tag = str(node.tag)
        if tag in _BLOCKS:
            self._flush("p")
        self.causes.pop()
        if tag == "a" and self.links:
            self.links.pop()
        if node.tail:
            self._add(node.tail)

    def _meta(self, node: html.HtmlElement) -> None:
        name, said = (node.get("name") or node.get("property") or "").lower(), node.get("content", "")
        if name in ("keywords", "description", "og:description", "og:title"):
            self.page.meta.append(said[:2000])
        if (node.get("http-equiv") or "").lower() == "refresh" and "url=" in said.lower():
            host = host_of(said[said.lower().index("url=") + 4 :].strip("'\" "))
            self.page.moves_to = host if host and host != self.own else self.page.moves_to

    def _add(self, text: str) -> None:
        cause = next((one for one in self.causes if one), "")
        if cause in ("code", "head"):
            return  # scripts are listed by themselves
        host = self.links[-1] if self.links else ""
        foreign = host if host and host != self.own and not _TRUSTED.search(host) else ""
        told = re.sub(r"\s+", " ", _WRAPPED.sub("", text))
        self.block.runs.append(Run(told, cause, foreign, bool(self.links)))

    def _flush(self, tag: str) -> None:
        if self.block.text.strip():
            self.page.blocks.append(self.block)
        self.block = Block(tag)
