"""Division names in pinyin or English inside a text."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

from tongzhou_engines.gazetteer.index import NameIndex, read_pinyin
from tongzhou_engines.gazetteer.mentions import FULL, LINKED, Mention
from tongzhou_engines.gazetteer.names import Plain, stem

__all__ = ["LatinIndex"]

_TOKEN = re.compile(r"[a-z][a-z'’`]*")
#: English and pinyin words for the kind of division > last character of the Chinese name.
_KINDS = {
    "district": "区",
    "county": "县",
    "city": "市",
    "province": "省",
    "banner": "旗",
    "league": "盟",
    "prefecture": "州",
    "municipality": "市",
    "qu": "区",
    "xian": "县",
    "shi": "市",
    "sheng": "省",
}
#: Words after a bare name that show a road, a school, a house.
_AFTER = """
road rd street st avenue ave lu jie dadao dajie boulevard blvd
lane university college school hotel north south east west middle zhonglu beilu
nanlu donglu xilu bridge bank airlines beer inn plaza square
"""
_NOT_AFTER = frozenset(_AFTER.split())
_LONGEST = 8
_MOST = 40


class LatinIndex:
    """Pinyin and English forms of all divisions, letters only, in lower case."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index
        self._full: dict[str, list[str]] = defaultdict(list)
        self._bare: dict[str, list[str]] = defaultdict(list)
        self._english: dict[str, list[str]] = defaultdict(list)
        self._fill()

    def _fill(self) -> None:
        pinyin = read_pinyin()
        tree = self._index.tree
        for code in self._index.divisions:
            name = tree.name(code)
            syllables = pinyin.get((code, name), "").split()
            if len(syllables) == len(name):
                short = stem(name)
                self._put(self._full, "".join(syllables), code)
                self._put(self._bare, "".join(syllables[: len(short)]), code)
            english = tree.name(code, "en")  # the name itself where no English one is known
            if not english.isascii():
                continue
            for form in re.split(r"[()]", english):
                self._put(self._english, form, code)
                words = form.split()
                while len(words) > 1 and words[-1].lower() in _KINDS.keys() | {"autonomous", "special"}:
                    words.pop()
                table = self._english if len(words) > 1 or tree.depth(code) < 3 else self._bare
                self._put(table, " ".join(words), code)
        for alias in self._index.aliases:
            if alias.kind == "exonym":
                self._put(self._english, alias.name, alias.code)

    def _put(self, table: dict[str, list[str]], form: str, code: str) -> None:
        key = re.sub(r"[^a-z]", "", _ascii(form.lower()))
        for spelled in {key, key.replace("v", "u")} if "v" in key else {key}:
            if len(spelled) >= 4 and code not in table[spelled]:
                table[spelled].append(code)

    def scan(self, text: Plain) -> list[Mention]:
        """Mentions of the Latin words of a text; positions are those of `text.spaced`, the chain is -1."""
        spaced = _ascii(text.spaced)
        tokens = [(m.start(), m.end(), re.sub(r"[^a-z]", "", m[0])) for m in _TOKEN.finditer(spaced)]
        found: list[Mention] = []
        at = 0
        while at < len(tokens) and len(found) < _MOST:
            taken = self._take(tokens, at)
            if taken is None:
                at += 1
                continue
            size, codes, strength = taken
            if found and found[-1].codes == codes and len(codes) > 1:  # "Jilin, Jilin": the city in its province
                codes = {
                    c: r for c, r in codes.items() if any(o in self._index.above[c] for o in codes if o != c)
                } or codes
            found.append(Mention(tokens[at][0], tokens[at + size - 1][1], codes, strength, -1))
            at += size
        return found

    def _take(self, tokens: list[tuple[int, int, str]], at: int) -> tuple[int, dict[str, int], int] | None:
        for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
            word = "".join(t[2] for t in tokens[at : at + size])
            following = tokens[at + size][2] if at + size < len(tokens) else ""
            if following in _NOT_AFTER:
                continue
            if size > 1 and tokens[at + size - 1][2] in _KINDS:
                kind = _KINDS[tokens[at + size - 1][2]]
                bare = "".join(t[2] for t in tokens[at : at + size - 1])
                codes = {**self._of_kind(bare, kind), **dict.fromkeys(self._english.get(word, ()), 0)}
                if codes:
                    return size, codes, FULL
            full = self._full.get(word)
            if full:
                return size, dict.fromkeys(full, 0), FULL
            english = self._english.get(word)
            if english:
                return size, dict.fromkeys(english, 1), LINKED
            if size == 1 and word in self._bare:
                return size, dict.fromkeys(self._bare[word], 1), LINKED
        return None

    def _of_kind(self, bare: str, kind: str) -> dict[str, int]:
        tree = self._index.tree
        codes = [*self._english.get(bare, ()), *self._bare.get(bare, ())]
        fitting = [c for c in codes if tree.name(c).endswith(kind) or (kind == "省" and tree.depth(c) == 1)]
        plain_kind = [c for c in fitting if tree.name(c) == stem(tree.name(c)) + kind]
        return dict.fromkeys(plain_kind or fitting, 0)


def _ascii(text: str) -> str:
    """Accents and tone marks away; every other character keeps its place."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKD", ch)[0] if ord(ch) < 0x2E80 else ch for ch in text)
