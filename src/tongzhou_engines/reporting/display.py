"""A plan as a notebook shows it: a fragment of HTML that stands anywhere, without styles of its own in the page."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tongzhou_engines.allocation.result import Plan
from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.groups import gap_reasons, hold_reasons, in_place_of, move_groups
from tongzhou_engines.reporting.labels import GAP, HOLD, label, named
from tongzhou_engines.reporting.sentences import headline, headline_details
from tongzhou_engines.reporting.texts import clean, percent, whole

__all__ = ["plan_html"]

_MOVES, _PLACES = 10, 20


def plan_html(plan: Plan, lang: str = "zh") -> str:
    """The headline, then the first groups of assignments, coverage by place, gaps and holds, as an HTML fragment.

    lang: ``zh`` or ``en``. Every text is escaped. For notebooks:
    ``get_ipython().display_formatter.formatters["text/html"].for_type(Plan, plan_html)`` makes it the display of plans.
    """
    figures = Figures(plan)

    def said(key: str) -> str:
        return label(key).of(lang)

    parts = [Markup("<p><b>{}</b></p><ul>").format(headline(figures).of(lang))]
    parts += [Markup("<li>{}</li>").format(text.of(lang)) for text in headline_details(figures)]
    parts.append(Markup("</ul>"))
    groups = move_groups(figures)
    shown = groups.head(_MOVES)
    caption = label("first_lines", n=shown.height, total=whole(groups.height)).of(lang)
    moves = [_move(figures, lang, r) for r in shown.iter_rows(named=True)]
    parts.append(_table(caption, [said("what"), said("from"), said("to"), said("how_much"), said("needs")], moves))
    ranked = figures.coverage("area").sort(["met", "needs", "area"], descending=[False, True, False]).head(_PLACES)
    places = [
        (figures.areas.target(r["area"]).of(lang), percent(r["met"]), whole(r["needs"]), whole(r["full"]))
        for r in ranked.iter_rows(named=True)
    ]
    heads = [said("place"), said("met"), said("needs"), said("full")]
    parts.append(_table(said("terminal_coverage"), heads, places))
    gaps = [(named(GAP, r["reason"]).of(lang), whole(r["needs"])) for r in gap_reasons(figures).iter_rows(named=True)]
    parts.append(_table(said("terminal_gaps"), [said("reason"), said("needs")], gaps))
    holds = [
        (named(HOLD, r["reason"]).of(lang), whole(r["offers"])) for r in hold_reasons(figures).iter_rows(named=True)
    ]
    parts.append(_table(said("terminal_holds"), [said("reason"), said("offers")], holds))
    return Markup('<div lang="{}">{}</div>').format("en" if lang == "en" else "zh-Hans", Markup("").join(parts))


def _move(figures: Figures, lang: str, r: dict[str, object]) -> Sequence[str]:
    code, quantity, made_up = str(r["category"]), r["quantity"], r["synthetic"]
    assert isinstance(quantity, int)
    amount = figures.units.amount(code, quantity).of(lang)
    mark = f" [{label('synthetic_mark').of(lang)}]" if made_up else ""
    areas = figures.areas
    instead = in_place_of(figures, r)
    name = figures.units.name(code).of(lang) + (f" ({instead.of(lang)})" if instead else "")
    return (name, areas.name(str(r["origin"])).of(lang),
            areas.target(str(r["area"])).of(lang), amount + mark, whole(int(str(r["needs"]))))  # fmt: skip


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    if not rows:
        return Markup("")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(h) for h in heads)
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(clean(c)) for c in row))
        for row in rows
    )
    return Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        caption, head, body
    )
