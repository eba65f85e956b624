"""report.html: one page that needs nothing beside it - no script, no request, both languages, printable."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from tongzhou_engines.allocation.result import Plan
from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.labels import LABELS, label
from tongzhou_engines.reporting.sentences import certificate_sentences, headline, headline_details
from tongzhou_engines.reporting.texts import Both, clean, percent, share, whole
from tongzhou_engines.reporting.views import Views

__all__ = ["Cover", "KeyFigure", "report_html", "write_report"]

_TEMPLATES = Path(__file__).resolve().parent / "templates"
SECTIONS = ("moves", "coverage", "gaps", "holds", "asked_planned", "synthetic", "problems", "decided")


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands over a report. as_of: the moment the data are of, as written (the plan itself has no clock).
    ribbon: a warning across the top, e.g. that these are demonstration data.
    """

    title: Both = LABELS["title"]
    as_of: str = ""
    ribbon: Both | None = None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One big number: its name, its value, a note below, and whether it is something lacking."""

    name: Both
    value: str
    note: Both | str
    tone: str = ""


def write_report(plan: Plan, path: str | Path, *, lang: str = "zh", cover: Cover | None = None) -> None:
    """Write `report_html` to a file. The same plan, language and cover give the same bytes."""
    Path(path).write_text(report_html(plan, lang=lang, cover=cover), encoding="utf-8", newline="\n")


def report_html(plan: Plan, *, lang: str = "zh", cover: Cover | None = None) -> str:
    """The whole report of a plan as one self-contained HTML page.

    lang: ``zh`` or ``en``, the language shown first (the reader can switch). cover: title, as-of moment and ribbon.
    Large plans are grouped and cut, each cut stating its counts, so that the page stays below about 1 MB.
    """
    figures = Figures(plan)
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _environment().get_template("report.html").render(
        lang=lang,
        cover=cover or Cover(),
        style=Markup(style),
        style_hash=f"sha256-{digest}",
        headline=headline(figures),
        details=headline_details(figures),
        sections=SECTIONS,
        key_figures=key_figures(figures),
        views=Views(figures),
        has_synthetic=figures.total["offers_synthetic"] > 0,
        certificate=certificate_sentences(figures),
    )  # fmt: skip


def key_figures(figures: Figures) -> Sequence[KeyFigure]:
    """The eight numbers at the top."""
    t = figures.total

    def of_needs(part: int) -> Both:
        return label("of_needs", share=share(part, t["needs"]))

    synthetic = label("synthetic_lines", n=whole(t["synthetic_lines"])) if t["synthetic_lines"] else ""
    return [
        KeyFigure(label("key_needs"), whole(t["needs"]), label("met_mean", share=percent(figures.met))),
        KeyFigure(label("key_helped"), whole(t["helped"]), of_needs(t["helped"])),
        KeyFigure(label("key_full"), whole(t["full"]), of_needs(t["full"])),
        KeyFigure(label("key_open"), whole(t["open"]), of_needs(t["open"]), "lack"),
        KeyFigure(label("key_lines"), whole(t["lines"]), synthetic or label("of_offers", n=whole(t["offers_used"]))),
        KeyFigure(label("key_held"), whole(t["offers_held"]), label("of_all_offers", n=whole(t["offers"])), "lack"),
        KeyFigure(label("key_estimated"), share(t["estimated"], t["needs"]),
                  label("needs_count", n=whole(t["estimated"])), "lack" if t["estimated"] else ""),
        KeyFigure(label("key_problems"), whole(t["problems"]), label("problems_listed")),
    ]  # fmt: skip


@functools.lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_without_unseen,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(label=label, plain=_plain, whole=whole)
    return environment


def _without_unseen(value: object) -> object:
    """Whatever is put into the page, without characters that are not seen but act (controls, turned writing)."""
    if isinstance(value, Markup):
        return Markup(clean(str(value)))
    return clean(value) if isinstance(value, str) else value


def _plain(text: Both) -> str:
    """Both languages in one line, for places that cannot switch."""
    return text.zh if text.zh == text.en else f"{text.zh} · {text.en}"
