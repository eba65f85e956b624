"""The tables and pictures of the report, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from tongzhou_engines.base.errors import Where
from tongzhou_engines.reporting.areas import MOST_TILES, tiles_of
from tongzhou_engines.reporting.figures import DIGITS, Figures
from tongzhou_engines.reporting.groups import (
    capped_needs,
    cut,
    gap_groups,
    gap_reasons,
    hold_reasons,
    in_place_of,
    move_groups,
    problem_groups,
)
from tongzhou_engines.reporting.labels import (
    ACTION,
    BASIS,
    GAP,
    GAP_ADVICE,
    HOLD,
    PROBLEM,
    URGENCY,
    label,
    named,
    reach_name,
)
from tongzhou_engines.reporting.pictures import bar, cartogram
from tongzhou_engines.reporting.sentences import principles_by_kind
from tongzhou_engines.reporting.tables import Cell, Column, TableView, table_of
from tongzhou_engines.reporting.texts import Both, percent, share, whole

__all__ = ["Views"]

Row = Mapping[str, Any]


class Views:
    """Everything the template shows of one plan's figures."""

    def __init__(self, figures: Figures) -> None:
        self.figures, self.units, self.areas = figures, figures.units, figures.areas

    # what moves where

    def moves(self) -> TableView:
        """Assignments in groups."""
        columns = [_text("what"), _number("how_much"), _text("from"), _text("to"), _number("needs"),
                   _number("lines"), _text("most_urgent"), _text("reach")]  # fmt: skip
        depth = self.figures.plan.places.greatest_depth

        def make(r: Row) -> Sequence[Cell]:
            return (self._what(r), self._moved(r), self.areas.name(r["origin"]),
                    self.areas.target(r["area"]), whole(r["needs"]), whole(r["lines"]),
                    named(URGENCY, str(r["urgency"])), reach_name(r["reach"], depth))  # fmt: skip

        part = cut(move_groups(self.figures), 12, 88)
        return table_of(label("moves_caption"), columns, part, make, sheet="sheet_assignments")

    def _what(self, r: Row) -> Cell:
        """What is shipped, and the need it stands in for where that is another category."""
        instead = in_place_of(self.figures, r)
        name = self.units.name(r["category"])
        return Markup('{}<small class="mark">{}</small>').format(name, instead) if instead else name

    def _moved(self, r: Row) -> Markup:
        amount = self.units.amount
        out = Markup("{}").format(amount(r["category"], r["quantity"]))
        notes = []
        if r["synthetic"] == r["quantity"]:
            notes.append(label("synthetic_all"))
        elif r["synthetic"]:
            notes.append(label("synthetic_part", amount=amount(r["category"], r["synthetic"])))
        return out + Markup("").join(Markup('<small class="mark">{}</small>').format(n) for n in notes)

    def reach(self) -> TableView:
        """Lines and needs by reach."""
        depth = self.figures.plan.places.greatest_depth
        frame = (
            self.figures.lines.group_by("reach")
            .agg(lines=pl.len(), needs=pl.col("need_id").n_unique(), places=pl.col("area").n_unique())
            .sort("reach")
        )
        total = max(1, self.figures.lines.height)

        def make(r: Row) -> Sequence[Cell]:
            return (reach_name(r["reach"], depth), whole(r["lines"]), _barred(r["lines"] / total), whole(r["needs"]))

        columns = [_text("reach"), _number("lines"), _number("share"), _number("needs")]
        return table_of(label("reach_caption"), columns, cut(frame, 20, 0), make)

    # coverage

    def maps(self) -> Sequence[tuple[Both, Markup]]:
        """The cartogram of all needs, then one for each urgency there is: (title, drawing)."""
        tiles, _ = tiles_of(self.areas)
        if not tiles:
            return []
        scope = self.areas.place(self.areas.scope)
        title = label("tiles_title", scope=scope)
        every = self.figures.coverage("area")
        out = [(title, cartogram(tiles, *_by_area(every), title, "map-all"))]
        by_class = self.figures.coverage("urgency", "area")
        classes = by_class["urgency"].unique().sort().to_list()
        for urgency in classes if len(classes) > 1 else ():
            title = named(URGENCY, str(urgency))
            shown = _by_area(by_class.filter(pl.col("urgency") == urgency))
            out.append((title, cartogram(tiles, *shown, title, f"map-{urgency}")))
        return out

    def map_notes(self) -> Sequence[Both]:
        """How to read the tiles."""
        tiles, geographic = tiles_of(self.areas)
        notes = [label("tiles_legend"), label("tiles_geographic" if geographic else "tiles_plain")]
        if not geographic and len(self.areas.codes) > max(len(tiles), 1) and len(tiles) >= MOST_TILES:
            notes.append(label("tiles_left_out", n=len(tiles)))
        return [*notes, label("tiles_table")]

    def by_place(self) -> TableView:
        """Areas, the worst supplied first, with their share for each urgency."""
        return self._places(self.figures.needs, label("coverage_caption"), 40, 160)

    def by_place_below(self) -> TableView | None:
        """The same one level down; None when that is no finer."""
        needs = self.figures.needs
        below = {p: self.areas.below(p) for p in set(needs["place"])}
        if len(set(below.values())) <= len(self.areas.codes):
            return None
        finer = needs.with_columns(pl.col("place").replace_strict(below, return_dtype=pl.String).alias("area"))
        return self._places(finer, label("below_caption"), 10, 70, full=True)

    def _places(self, needs: pl.DataFrame, caption: Both, shown: int, folded: int, full: bool = False) -> TableView:
        classes = needs["urgency"].unique().sort().to_list()
        mean = (pl.col("met").filter(pl.col("urgency") == u).mean().round(DIGITS).alias(f"met_{u}") for u in classes)
        count = ((pl.col("urgency") == u).sum().alias(f"n_{u}") for u in classes)
        frame = needs.group_by("area", maintain_order=True).agg(
            *mean,
            *count,
            needs=pl.len(),
            helped=(pl.col("served") > 0).sum(),
            full=(pl.col("served") >= pl.col("planned")).sum(),
            met=pl.col("met").mean().round(DIGITS),
        )
        frame = frame.sort(["met", "needs", "area"], descending=[False, True, False])

        def make(r: Row) -> Sequence[Cell]:
            name = self.areas.place(r["area"]) if full else self.areas.target(r["area"])
            parts = [_counted(r[f"met_{u}"], r[f"n_{u}"]) for u in classes]
            return (name, _barred(r["met"]), whole(r["needs"]), whole(r["helped"]), whole(r["full"]), *parts)

        heads = [Column(named(URGENCY, str(u)), True) for u in classes]
        columns = [_text("place"), _number("met"), _number("needs"), _number("helped"), _number("full"), *heads]
        return table_of(caption, columns, cut(frame, shown, folded), make, sheet="sheet_coverage")

    def by_urgency(self) -> TableView:
        """The four classes."""

        def make(r: Row) -> Sequence[Cell]:
            return (named(URGENCY, str(r["urgency"])), _barred(r["met"]), whole(r["needs"]), whole(r["helped"]),
                    whole(r["full"]))  # fmt: skip

        columns = [_text("urgency"), _number("met"), _number("needs"), _number("helped"), _number("full")]
        return table_of(label("urgency_caption"), columns, cut(self.figures.coverage("urgency"), 4, 0), make)

    def by_category(self) -> TableView:
        """Categories with quantities in their own units."""

        def make(r: Row) -> Sequence[Cell]:
            said = self.units.amount
            code = r["category"]
            served = Markup("{}").format(said(code, r["served"]))
            if r["by_substitute"]:
                note = label("substitute_part", amount=said(code, r["by_substitute"]))
                served += Markup('<small class="mark">{}</small>').format(note)
            return (self.units.name(code), _barred(r["met"]), whole(r["needs"]), whole(r["full"]),
                    said(code, r["planned"]), served, said(code, r["short"]))  # fmt: skip

        columns = [_text("category"), _number("met"), _number("needs"), _number("full"), _number("planned"),
                   _number("served"), _number("short")]  # fmt: skip
        part = cut(self.figures.categories, 15, 150)
        return table_of(label("category_caption"), columns, part, make, sheet="sheet_coverage")

    # gaps and holds

    def gap_reasons(self) -> TableView:
        """Why needs stay open, and what can be done."""
        total = max(1, self.figures.total["open"])

        def make(r: Row) -> Sequence[Cell]:
            return (named(GAP, r["reason"]), whole(r["needs"]), _barred(r["needs"] / total), whole(r["without"]),
                    whole(r["categories"]), named(GAP_ADVICE, r["reason"]))  # fmt: skip

        columns = [_text("reason"), _number("needs"), _number("share"), _number("without"), _number("categories"),
                   _wide("to_do")]  # fmt: skip
        return table_of(label("gaps_reasons_caption"), columns, cut(gap_reasons(self.figures), 20, 0), make)

    def gaps(self) -> TableView:
        """Gaps by place, category and reason."""

        def make(r: Row) -> Sequence[Cell]:
            text: Cell = Both(r["text_zh"], r["text_en"])
            if r["texts"] > 1:
                text = Markup('<small class="eg">{}</small> {}').format(label("example"), text)
            return (self.units.name(r["category"]), self.areas.target(r["area"]),
                    self.units.amount(r["category"], r["quantity"]), named(GAP, r["reason"]), whole(r["needs"]),
                    named(URGENCY, str(r["urgency"])), text)  # fmt: skip

        columns = [_text("category"), _text("place"), _number("short"), _text("reason"), _number("needs"),
                   _text("most_urgent"), _wide("why")]  # fmt: skip
        part = cut(gap_groups(self.figures), 15, 85)
        return table_of(label("gaps_caption"), columns, part, make, sheet="sheet_gaps")

    def hold_reasons(self) -> TableView:
        """Holds by reason."""

        def make(r: Row) -> Sequence[Cell]:
            return (named(HOLD, r["reason"]), whole(r["offers"]), whole(r["categories"]))

        columns = [_text("reason"), _number("offers"), _number("categories")]
        return table_of(label("holds_reasons_caption"), columns, cut(hold_reasons(self.figures), 20, 0), make)

    def holds(self) -> TableView:
        """Offers held, "do not send" first."""
        rank = {code: i for i, code in enumerate(HOLD)}
        frame = self.figures.holds.with_columns(
            pl.col("reason").replace_strict(rank, default=len(rank), return_dtype=pl.Int64).alias("rank")
        ).sort("rank", "category", "organisation", "offer_id")

        def make(r: Row) -> Sequence[Cell]:
            who = Markup("{}").format(r["organisation"] or r["offer_id"])
            if r["synthetic"]:
                who += Markup('<small class="mark">{}</small>').format(label("synthetic_mark"))
            return (who, self.units.name(r["category"]), self.units.amount(r["category"], r["quantity"]),
                    named(HOLD, r["reason"]), self.areas.place(r["place"]),
                    Both(r["text_zh"], r["text_en"]))  # fmt: skip

        columns = [_text("organisation"), _text("category"), _number("held"), _text("reason"), _text("place"),
                   _wide("why")]  # fmt: skip
        return table_of(label("holds_caption"), columns, cut(frame, 12, 88), make, sheet="sheet_holds")

    # asked and planned, synthetic, problems, principles

    def basis(self) -> TableView:
        """What the planned quantities rest on."""
        rank = {code: i for i, code in enumerate(BASIS)}
        order = pl.col("basis").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
        total = self.figures.total["needs"]

        def make(r: Row) -> Sequence[Cell]:
            return (named(BASIS, r["basis"]), whole(r["needs"]), _barred(r["needs"] / max(total, 1)))

        columns = [_text("basis"), _number("needs"), _number("share")]
        return table_of(label("basis_caption"), columns, cut(self.figures.basis.sort(order), 9, 0), make)

    def asked(self) -> TableView:
        """By category: asked, needs without a number, planned."""

        def make(r: Row) -> Sequence[Cell]:
            code = r["category"]
            unknown = label("unknown_needs", n=whole(r["unknown"])) if r["unknown"] else "0"
            return (self.units.name(code), whole(r["needs"]), self.units.amount(code, r["asked"]), unknown,
                    self.units.amount(code, r["planned"]))  # fmt: skip

        columns = [_text("category"), _number("needs"), _number("asked"), _number("unknown_count"), _number("planned")]
        return table_of(
            label("asked_caption"), columns, cut(self.figures.categories, 8, 150), make, sheet="sheet_needs"
        )

    def capped(self) -> TableView | None:
        """Needs asked above the plausible maximum; None when there are none."""
        frame = capped_needs(self.figures)
        if frame.is_empty():
            return None

        def make(r: Row) -> Sequence[Cell]:
            code = r["category"]
            return (r["need_id"], self.areas.place(r["place"]), self.units.name(code),
                    self.units.amount(code, r["quantity"]), self.units.amount(code, r["planned"]),
                    f"{r['times']:,.1f}×")  # fmt: skip

        columns = [_text("need"), _text("place"), _text("category"), _number("asked"), _number("planned"),
                   _number("times")]  # fmt: skip
        return table_of(label("capped_caption"), columns, cut(frame, 8, 42), make, sheet="sheet_needs")

    def synthetic(self) -> TableView:
        """The headline figures with all offers and with real ones only."""
        t = self.figures.total
        needs = self.figures.needs
        real = needs["met_real"].mean()
        rows: list[tuple[Cell, Cell, Cell]] = [
            (label("offers"), whole(t["offers"]), whole(t["offers"] - t["offers_synthetic"])),
            (label("lines"), whole(t["lines"]), whole(t["lines"] - t["synthetic_lines"])),
            (label("helped"), _of(t["helped"], t["needs"]), _of(t["helped_real"], t["needs"])),
            (label("full"), _of(t["full"], t["needs"]), _of(t["full_real"], t["needs"])),
            (label("met"), percent(self.figures.met), percent(real if isinstance(real, float) else 0.0)),
        ]
        columns = [_text("what_counts"), _number("with_synthetic"), _number("without_synthetic")]
        return TableView(label("synthetic_caption"), columns, rows)

    def synthetic_categories(self) -> TableView:
        """Assigned quantity by source for each category shipped that has something synthetic."""
        frame = self.figures.shipped.filter(pl.col("served") > pl.col("served_real"))

        def make(r: Row) -> Sequence[Cell]:
            code, made_up = r["category"], r["served"] - r["served_real"]
            return (self.units.name(code), self.units.amount(code, r["served"]),
                    self.units.amount(code, r["served_real"]), self.units.amount(code, made_up),
                    share(made_up, r["served"]))  # fmt: skip

        columns = [_text("category"), _number("served"), _number("real"), _number("synthetic_mark"), _number("share")]
        return table_of(label("synthetic_categories"), columns, cut(frame, 8, 150), make, sheet="sheet_assignments")

    def problems(self) -> TableView:
        """Data problems by kind."""

        def make(r: Row) -> Sequence[Cell]:
            where = Where(r["file"] or "", r["sheet"] or "", r["row"], r["column"] or "")
            text = Both(r["text_zh"] or "", r["text_en"] or "")
            value = Markup(" <q>{}</q>").format(_short(r["value"])) if r["value"] else Markup("")
            place = Both(where.text("zh"), where.text("en"))
            spot = Markup('{}{} <small class="quiet">{}</small>').format(place, value, text)
            return (named(PROBLEM, r["problem"]), named(ACTION, r["action"]), whole(r["count"]), spot)

        columns = [_text("problem"), _text("action"), _number("count"), _wide("first_at")]
        part = cut(problem_groups(self.figures), 12, 60)
        return table_of(label("problems_caption"), columns, part, make, file="problems.csv")

    def principles(self) -> TableView:
        """Principles for each kind of help."""
        return TableView(label("decided_caption"), [_text("kind"), _wide("order")], principles_by_kind(self.figures))


def _text(key: str) -> Column:
    return Column(label(key))


def _wide(key: str) -> Column:
    return Column(label(key), wide=True)


def _number(key: str) -> Column:
    return Column(label(key), number=True)


def _barred(ratio: float) -> Markup:
    return Markup('<span class="barred">{}<span>{}</span></span>').format(bar(ratio), percent(ratio))


def _counted(ratio: float | None, count: int) -> Markup:
    if ratio is None:
        return Markup('<span class="quiet">—</span>')
    return Markup('{} <small class="quiet">({})</small>').format(percent(ratio), whole(count))


def _of(part: int, total: int) -> str:
    return f"{whole(part)} ({share(part, total)})"


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _by_area(frame: pl.DataFrame) -> tuple[dict[str, float], dict[str, int]]:
    return dict(zip(frame["area"], frame["met"], strict=True)), dict(zip(frame["area"], frame["needs"], strict=True))
