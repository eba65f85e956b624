"""The summary on a terminal. Needs no library: it prints itself, and takes part in rich where that is used."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tongzhou_engines.allocation.result import Plan
from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.groups import gap_reasons, hold_reasons, in_place_of, move_groups
from tongzhou_engines.reporting.labels import GAP, HOLD, label, named
from tongzhou_engines.reporting.sentences import headline, headline_details
from tongzhou_engines.reporting.texts import Both, clean, percent, whole

__all__ = ["TerminalSummary", "cell_width", "fit", "terminal_summary"]

_MOVES, _PLACES = 8, 20
_BAR = 20


def cell_width(text: str) -> int:
    """Columns a text takes on a terminal: wide and full-width characters two, marks that stand over others none."""
    width = 0
    for char in text:
        if unicodedata.combining(char):
            continue
        width += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width


def fit(text: str, width: int, right: bool = False) -> str:
    """`text` in exactly `width` columns: filled with blanks, or cut with an ellipsis."""
    text = clean(text).replace("\n", " ").replace("\t", " ")
    if cell_width(text) > width:
        kept = ""
        for char in text:
            if cell_width(kept + char) > width - 1:
                break
            kept += char
        text = kept + "…"
    blank = " " * (width - cell_width(text))
    return blank + text if right else text + blank


@dataclass(frozen=True, slots=True)
class TerminalSummary:
    """Lines with a style each ("", "bold", "dim", "red"). str() gives them plain; a rich console prints them styled."""

    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "\n".join(line for line, _ in self.lines)

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        for line, style in self.lines:
            yield console.render_str(line, style=style, markup=False, emoji=False, highlight=False)


def terminal_summary(plan: Plan, lang: str = "zh") -> TerminalSummary:
    """What the plan says, for a terminal of 80 columns or more: one sentence, then moves, coverage, gaps and holds.

    lang: ``zh`` or ``en``. Print it as it is, or with a rich console. Columns are aligned for wide characters.
    """
    figures = Figures(plan)
    lines: list[tuple[str, str]] = [(headline(figures).of(lang), "bold")]
    lines += [("· " + text.of(lang), "") for text in headline_details(figures)]
    for title, rows in (_moves(figures, lang), _coverage(figures, lang), _gaps(figures, lang), _holds(figures, lang)):
        if rows:
            lines += [("", ""), (title.of(lang), "bold"), *rows]
    return TerminalSummary(tuple(lines))


Part = tuple[Both, Sequence[tuple[str, str]]]


def _moves(figures: Figures, lang: str) -> Part:
    groups = move_groups(figures)
    mark = label("synthetic_mark").of(lang)
    rows: list[tuple[str, str]] = []
    for r in groups.head(_MOVES).iter_rows(named=True):
        name = figures.units.name(r["category"]).of(lang)
        amount = figures.units.amount(r["category"], r["quantity"]).of(lang)
        way = f"{figures.areas.name(r['origin']).of(lang)} → {figures.areas.target(r['area']).of(lang)}"
        made_up = f" [{mark}]" if r["synthetic"] else ""
        instead = in_place_of(figures, r)
        noted = f" ({instead.of(lang)})" if instead else ""
        rows.append((f"  {fit(name, 24)} {fit(amount, 18, True)}  {way}{noted}{made_up}", ""))
    rest = groups.height - len(rows)
    if rest > 0:
        rows.append(("  " + label("terminal_more", n=whole(rest)).of(lang), "dim"))
    return label("terminal_moves", n=min(_MOVES, groups.height), total=whole(groups.height)), rows


def _coverage(figures: Figures, lang: str) -> Part:
    ranked = figures.coverage("area").sort(["met", "needs", "area"], descending=[False, True, False])
    rows = []
    for r in ranked.head(_PLACES).iter_rows(named=True):
        name = figures.areas.target(r["area"]).of(lang)
        filled = round(r["met"] * _BAR)
        count = label("needs_count", n=whole(r["needs"])).of(lang)
        drawn = "█" * filled + "░" * (_BAR - filled)
        rows.append((f"  {fit(name, 24)} {fit(percent(r['met']), 5, True)} {drawn}  {count}", ""))
    if ranked.height > _PLACES:
        rows.append(("  " + label("terminal_more", n=whole(ranked.height - _PLACES)).of(lang), "dim"))
    return label("terminal_coverage"), rows


def _gaps(figures: Figures, lang: str) -> Part:
    rows = [
        (f"  {fit(named(GAP, r['reason']).of(lang), 44)} {label('needs_count', n=whole(r['needs'])).of(lang)}", "")
        for r in gap_reasons(figures).iter_rows(named=True)
    ]
    return label("terminal_gaps"), rows


def _holds(figures: Figures, lang: str) -> Part:
    rows = [
        (
            f"  {fit(named(HOLD, r['reason']).of(lang), 44)} {label('offers_count', n=whole(r['offers'])).of(lang)}",
            "red" if r["reason"] == "not_needed" else "",
        )
        for r in hold_reasons(figures).iter_rows(named=True)
    ]
    return label("terminal_holds"), rows
