"""The tree of places: nation > province > city > district > street, each named by its division code."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from tongzhou_engines.base.datafiles import data_path
from tongzhou_engines.base.errors import InputError, Where

__all__ = ["NATION", "PlaceTree", "division_depth"]

NATION = "CN"
_DIVISION = re.compile(r"(?:\d\d|\d{4}|\d{6}|\d{9})\Z")
_DEPTH_OF_LENGTH = {2: 1, 4: 2, 6: 3, 9: 4}
#: Depth of a street: reach is counted down from it for every table of division codes, even one without streets.
_STREET_DEPTH = 4


def division_depth(code: str) -> int | None:
    """Depth told by a division code (CN 0, 2 digits 1, 4 digits 2, 6 digits 3, 9 digits 4); None for any other text."""
    if code == NATION:
        return 0
    return _DEPTH_OF_LENGTH[len(code)] if _DIVISION.match(code) else None


@dataclass(frozen=True)
class PlaceTree:
    """A tree of places, in the order given; every list is aligned with `codes`.

    parents: index of the parent, -1 for the root. depths: 0 for the root, growing downwards (may skip a level).
    greatest_depth: the depth that counts as reach 0.
    """

    codes: tuple[str, ...]
    parents: tuple[int, ...]
    depths: tuple[int, ...]
    names: tuple[str, ...]
    names_en: tuple[str, ...]
    greatest_depth: int
    index: Mapping[str, int] = field(repr=False)

    @property
    def root(self) -> str:
        """Code of the only place without a parent."""
        return self.codes[self.parents.index(-1)]

    def __contains__(self, code: object) -> bool:
        return code in self.index

    def __len__(self) -> int:
        return len(self.codes)

    def parent(self, code: str) -> str | None:
        """Code of the parent, None for the root; KeyError for an unknown code."""
        at = self.parents[self.index[code]]
        return None if at < 0 else self.codes[at]

    def depth(self, code: str) -> int:
        """Depth of a place: 0 nation, 1 province, 2 city, 3 district, 4 street in the built-in tree."""
        return self.depths[self.index[code]]

    def name(self, code: str, lang: str = "zh") -> str:
        """Name of a place; in English the Chinese name where no English one is known."""
        at = self.index[code]
        return (self.names_en[at] or self.names[at] or code) if lang == "en" else (self.names[at] or code)

    def path(self, code: str, lang: str = "zh") -> str:
        """Full written name from province down, without the nation and without placeholder levels."""
        chain = [c for c in reversed(self.ancestors(code)) if self.depth(c) > 0 or c == code]
        shown = [c for c in chain if c == code or self.name(c) not in PLACEHOLDERS]
        return (
            ", ".join(self.name(c, "en") for c in reversed(shown))
            if lang == "en"
            else "".join(self.name(c) for c in shown)
        )

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The place itself first, then its parents up to the root."""
        out, at = [], self.index[code]
        while at >= 0:
            out.append(self.codes[at])
            at = self.parents[at]
        return tuple(out)

    def within(self, code: str, ancestor: str) -> bool:
        """Whether `code` lies in the subtree of `ancestor` (a place lies in its own subtree)."""
        return ancestor in self.ancestors(code)

    def common(self, a: str, b: str) -> str:
        """Code of the lowest common ancestor."""
        above = set(self.ancestors(a))
        return next(c for c in self.ancestors(b) if c in above)

    def reach(self, a: str, b: str) -> int:
        """Greatest depth minus the depth of the lowest common ancestor: 0 street ... 4 nation."""
        return self.greatest_depth - self.depth(self.common(a, b))

    def subset(self, codes: Iterable[str]) -> PlaceTree:
        """The tree of the given places and all their ancestors, in this tree's order, counting reach as before."""
        keep = {self.index[c] for code in codes for c in self.ancestors(code)}
        order = sorted(keep)
        new = {old: i for i, old in enumerate(order)}
        pick = [self.codes[i] for i in order]
        return PlaceTree(
            codes=tuple(pick),
            parents=tuple(new.get(self.parents[i], -1) for i in order),
            depths=tuple(self.depths[i] for i in order),
            names=tuple(self.names[i] for i in order),
            names_en=tuple(self.names_en[i] for i in order),
            greatest_depth=self.greatest_depth,
            index={c: i for i, c in enumerate(pick)},
        )

    def to_table(self) -> pl.DataFrame:
        """Columns code, parent, name, name_en, depth, greatest_depth: what `from_table` reads back unchanged."""
        return pl.DataFrame(
            {
                "code": self.codes,
                "parent": [self.codes[p] if p >= 0 else "" for p in self.parents],
                "name": self.names,
                "name_en": self.names_en,
                "depth": [str(d) for d in self.depths],
                "greatest_depth": [str(self.greatest_depth)] * len(self.codes),
            },
            schema=dict.fromkeys(("code", "parent", "name", "name_en", "depth", "greatest_depth"), pl.String),
        )

    @staticmethod
    def from_table(frame: pl.DataFrame, source: str = "places", rows: Sequence[int] | None = None) -> PlaceTree:
        """A tree from columns code, parent, optional name, name_en, depth, greatest_depth (text or numbers).

        rows: line number in the file of each row, for messages. Without depth it is read from the division codes, else
        counted along the links. Errors: InputError column_missing, id_missing, id_duplicate, place_orphan, place_root,
        place_cycle, place_depth.
        """
        return _from_table(frame, source, rows)

    @staticmethod
    def builtin() -> PlaceTree:
        """China's divisions as of 2023-06-30: nation, provinces, cities, districts, streets (data/places/)."""
        return _builtin()


#: Names that fill a level of the official list without naming a place anyone would write.
PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@functools.lru_cache(maxsize=1)
def _builtin() -> PlaceTree:
    text = {"infer_schema": False}
    upper = pl.read_csv(data_path("places/places.csv"), **text)  # type: ignore[arg-type]
    streets = pl.read_csv(data_path("places/streets.csv"), **text)  # type: ignore[arg-type]
    nation = pl.DataFrame({"code": [NATION], "parent": [""], "name": ["全国"], "name_en": ["China"]})
    upper = upper.select(
        "code", pl.col("parent_code").fill_null("").alias("parent"), "name", pl.col("name_en").fill_null("")
    )
    upper = upper.with_columns(pl.when(pl.col("parent") == "").then(pl.lit(NATION)).otherwise("parent").alias("parent"))
    lower = streets.select("code", pl.col("parent_code").alias("parent"), "name", pl.lit("").alias("name_en"))
    return _from_table(pl.concat([nation, upper, lower]), "places.csv", None)


def _column(frame: pl.DataFrame, name: str) -> list[str]:
    if name not in frame.columns:
        return [""] * frame.height
    return [str(v).strip() if v is not None else "" for v in frame[name].to_list()]


def _from_table(frame: pl.DataFrame, source: str, rows: Sequence[int] | None) -> PlaceTree:
    line = list(rows) if rows is not None else list(range(2, frame.height + 2))
    for needed in ("code", "parent"):
        if needed not in frame.columns:
            raise InputError(
                "column_missing",
                f"区划表缺少“{needed}”列",
                f"the places table has no column “{needed}”",
                "请补上 code、parent 两列（可有 name、depth）",
                "Add the columns code and parent (name and depth are optional)",
                Where(source),
            )
    codes, parents = _column(frame, "code"), _column(frame, "parent")
    index = _index(codes, source, line)
    links = _links(codes, parents, index, source, line)
    order = _root_first(codes, links, source, line)
    depths = _depths(frame, codes, links, order, source, line)
    given = [d for d in _column(frame, "greatest_depth") if d.isdigit()]
    plain = all(division_depth(c) == d for c, d in zip(codes, depths, strict=True))
    greatest = int(given[0]) if given else (_STREET_DEPTH if plain else max(depths))
    return PlaceTree(
        codes=tuple(codes),
        parents=tuple(links),
        depths=tuple(depths),
        names=tuple(_column(frame, "name")),
        names_en=tuple(_column(frame, "name_en")),
        greatest_depth=max(greatest, *depths),
        index=index,
    )


def _index(codes: list[str], source: str, line: list[int]) -> dict[str, int]:
    index: dict[str, int] = {}
    for i, code in enumerate(codes):
        if not code:
            raise InputError(
                "id_missing",
                "区划代码为空",
                "the place code is blank",
                "请填写代码或删去此行",
                "Give a code or remove the row",
                Where(source, row=line[i], column="code"),
            )
        if code in index:
            raise InputError(
                "id_duplicate",
                f"区划代码 {code} 已在第 {line[index[code]]} 行出现",
                f"place code {code} already stands in row {line[index[code]]}",
                "请删去其中一行",
                "Remove one of the two rows",
                Where(source, row=line[i], column="code"),
            )
        index[code] = i
    return index


def _links(codes: list[str], parents: list[str], index: dict[str, int], source: str, line: list[int]) -> list[int]:
    links, roots = [], []
    for i, parent in enumerate(parents):
        if not parent:
            roots.append(i)
            links.append(-1)
        elif parent in index:
            links.append(index[parent])
        else:
            raise InputError(
                "place_orphan",
                f"{codes[i]} 的上级 {parent} 不在表中",
                f"the parent {parent} of {codes[i]} is not in the table",
                f"请加入 {parent} 或改正上级",
                f"Add {parent} or correct the parent",
                Where(source, row=line[i], column="parent"),
            )
    if len(roots) > 1:
        named = "、".join(codes[i] for i in roots[:5])
        raise InputError(
            "place_root",
            f"有 {len(roots)} 个地方没有上级（{named}）",
            f"{len(roots)} places have no parent ({', '.join(codes[i] for i in roots[:5])})",
            "只留一个根（例如 CN），其余填上级",
            "Keep one root (e.g. CN) and give the others a parent",
            Where(source, row=line[roots[1]], column="parent"),
        )
    return links


def _root_first(codes: list[str], links: list[int], source: str, line: list[int]) -> list[int]:
    """Indices with every parent before its children; refuses cycles."""
    state = [0] * len(codes)
    order: list[int] = []
    for start in range(len(codes)):
        chain, at = [], start
        while at >= 0 and state[at] == 0:
            state[at] = 1
            chain.append(at)
            at = links[at]
        if at >= 0 and state[at] == 1:
            loop = [codes[i] for i in chain[chain.index(at) :]]
            raise InputError(
                "place_cycle",
                f"{' > '.join(loop)} 互为上级",
                f"{' > '.join(loop)} are each other's parents",
                "请改正其中一个的上级",
                "Correct the parent of one of them",
                Where(source, row=line[at], column="parent"),
            )
        for i in reversed(chain):
            state[i] = 2
            order.append(i)
    if not order:
        raise InputError(
            "no_rows",
            "区划表是空的",
            "the places table is empty",
            "请给出至少一个地方",
            "Give at least one place",
            Where(source),
        )
    return order


def _depths(
    frame: pl.DataFrame, codes: list[str], links: list[int], order: list[int], source: str, line: list[int]
) -> list[int]:
    written = _column(frame, "depth")
    told = [division_depth(c) for c in codes]
    divisions = all(t is not None for t in told)
    depths = [0] * len(codes)
    for i in order:
        parent = links[i]
        if written[i]:
            plain = written[i].removesuffix(".0")
            depths[i] = int(plain) if plain.isdecimal() and len(plain) <= 2 else -1  # 99 levels will do
        else:
            own = told[i] if divisions else None
            depths[i] = own if own is not None else (0 if parent < 0 else depths[parent] + 1)
        if depths[i] < 0 or (parent >= 0 and depths[i] <= depths[parent]):
            raise InputError(
                "place_depth",
                f"{codes[i]} 的层级“{written[i] or depths[i]}”不大于其上级",
                f"the depth “{written[i] or depths[i]}” of {codes[i]} does not exceed its parent's",
                "请改正 depth 或上级",
                "Correct the depth or the parent",
                Where(source, row=line[i], column="depth"),
            )
    return depths
