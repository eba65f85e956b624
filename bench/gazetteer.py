"""Precision and coverage of the gazetteer on labelled rows, and its speed: the tables of docs/methods/gazetteer.md.

    PYTHONPATH=src python bench/gazetteer.py [--errors]

Input of every row is its address and name only; truth is the row's own city and district column (codes looked up by
exact name). --errors also lists each wrong row and each missed row.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tongzhou_engines.gazetteer import Gazetteer, Match

SETS = ("hospitals", "travel_hotels", "medics_hotels")
HALVES = ("tune", "held_out")
_DATA = Path(__file__).resolve().parents[1] / "tests" / "data" / "gazetteer"
_KINDS = ("特别行政区", "自治区", "自治州", "自治县", "地区", "新区", "省", "市", "县", "区", "州", "盟", "旗")


@dataclass
class Figures:
    """Counts of one half of one set; a row counts as answered when a code of that level or below came back."""

    rows: int = 0
    city_labelled: int = 0
    city_answered: int = 0
    city_right: int = 0
    district_labelled: int = 0
    district_answered: int = 0
    district_right: int = 0
    named: int = 0
    named_answered: int = 0
    named_right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right districts among all districts answered on rows with a district label."""
        return self.district_right / self.district_answered if self.district_answered else 1.0

    @property
    def coverage(self) -> float:
        """Rows answered with a district among the rows whose text names the labelled district."""
        return self.named_answered / self.named if self.named else 1.0

    @property
    def city_precision(self) -> float:
        """Right cities among all cities answered on rows with a city label."""
        return self.city_right / self.city_answered if self.city_answered else 1.0


def rows(name: str) -> list[dict[str, str]]:
    """The labelled rows of one set."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def names_it(text: str, label: str) -> bool:
    """Whether the text names the labelled district: its written name occurs, or that name without its kind (two
    characters or more) does. Knows nothing of the matcher."""
    label = "".join(label.split())
    bare = next((label.removesuffix(k) for k in _KINDS if label.endswith(k)), label)
    text = "".join(text.split())
    return bool(label) and (label in text or (len(bare) >= 2 and bare in text))


def measure(gazetteer: Gazetteer, some: Iterable[dict[str, str]], by_province: bool = False) -> Figures:
    """Figures over the given rows. by_province: the row's province column is told as `within`."""
    out = Figures()
    for row in some:
        text = f"{row['address']} {row['name']}"
        got = gazetteer.match(text, within=row["province_code"] if by_province else None)
        _count(out, gazetteer, row, text, got)
    return out


def _count(out: Figures, gazetteer: Gazetteer, row: dict[str, str], text: str, got: Match) -> None:
    chain = gazetteer.tree.ancestors(got.code) if got.code else ()
    city = next((c for c in chain if gazetteer.tree.depth(c) == 2), "")
    district = next((c for c in chain if gazetteer.tree.depth(c) == 3), "")
    told = f"{text!r} label {row['city']}/{row['district']} got {got.status} {got.code} {got.matched}"
    out.rows += 1
    if row["city_code"]:
        out.city_labelled += 1
        if city:
            out.city_answered += 1
            out.city_right += city == row["city_code"]
            if city != row["city_code"]:
                out.wrong.append("city " + told)
    if not row["district_code"]:
        return
    out.district_labelled += 1
    named = names_it(text, row["district"] or row["city"])
    right = district == row["district_code"]
    out.named += named
    if district:
        out.district_answered += 1
        out.district_right += right
        out.named_answered += named
        out.named_right += named and right
        if not right:
            out.wrong.append("district " + told)
    elif named:
        out.missed.append(told)


def table(gazetteer: Gazetteer, by_province: bool) -> str:
    """One Markdown table over all sets and halves."""
    columns = ("set", "half", "rows", "districts: right / answered", "precision", "answered / named", "coverage")
    columns = (*columns, "cities: right / answered / labelled", "precision")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name in SETS:
        for half in HALVES:
            f = measure(gazetteer, [r for r in rows(name) if r["half"] == half], by_province)
            lines.append(
                f"| {name} | {half} | {f.rows} | {f.district_right} / {f.district_answered} | {f.precision:.1%} "
                f"| {f.named_answered} / {f.named} | {f.coverage:.1%} "
                f"| {f.city_right} / {f.city_answered} / {f.city_labelled} | {f.city_precision:.1%} |"
            )
    return "\n".join(lines)


def speed(make: Callable[[], Gazetteer], count: int = 100_000) -> str:
    """Processor seconds for `count` different addresses: those of all sets, each with a number of its own."""
    start = time.process_time()
    gazetteer = make()
    built = time.process_time() - start
    some = [f"{r['address']} {r['name']}" for name in SETS for r in rows(name)]
    draw = random.Random(0)
    texts = [f"{draw.choice(some)}{i}号" for i in range(count)]
    start = time.process_time()
    gazetteer.match_many(texts)
    took = time.process_time() - start
    each = took / count * 1e6
    return f"dictionary built in {built:.2f} s; {count:,} different addresses in {took:.1f} s ({each:.0f} us each)"


def main() -> None:
    """Prints the tables and the speed."""
    gazetteer = Gazetteer.builtin()
    print("Only address and name are given:\n" + table(gazetteer, by_province=False))
    print("\nThe province is known too:\n" + table(gazetteer, by_province=True))
    if "--errors" in sys.argv:
        for name in SETS:
            for half in HALVES:
                f = measure(gazetteer, [r for r in rows(name) if r["half"] == half])
                print(
                    f"\n{name} {half}", *("WRONG " + w for w in f.wrong), *("MISSED " + m for m in f.missed), sep="\n"
                )
    print("\n" + speed(lambda: Gazetteer(gazetteer.tree)))


if __name__ == "__main__":
    main()
