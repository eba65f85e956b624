"""Words: both languages for everything, numbers that do not lie, columns that line up."""

import io
import re
import unicodedata
from pathlib import Path
from string import Formatter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting_world import world
from rich.console import Console

import tongzhou_engines
from tongzhou_engines.catalogue import KINDS, Catalogue
from tongzhou_engines.reporting import labels, plan_html, terminal_summary
from tongzhou_engines.reporting.fixed import LABELS
from tongzhou_engines.reporting.terminal import cell_width, fit
from tongzhou_engines.reporting.texts import Both, Units, percent, share, whole

ROOM = Path(tongzhou_engines.__file__).parent
WORDS = {name: getattr(labels, name) for name in
         ("URGENCY", "KIND", "BASIS", "BASIS_SHORT", "GAP", "GAP_ADVICE", "HOLD", "ACTION", "PRINCIPLES", "PROBLEM",
          "REACH")} | {"LABELS": LABELS}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_every_text_has_both_languages_and_the_same_values(name):
    for key, text in WORDS[name].items():
        assert text.zh.strip(), key
        assert text.en.strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”", "", text.en)), key
        fields = [{f for _, f, _, _ in Formatter().parse(t) if f} for t in text]
        assert fields[0] == fields[1], key


def test_every_label_is_used_and_every_label_used_exists():
    sources = [p.read_text(encoding="utf-8") for p in (ROOM / "reporting").rglob("*") if p.suffix in (".py", ".html")]
    sources = [s for s in sources if not s.startswith('"""Every fixed text')]
    code = "\n".join(sources)
    named = set(re.findall(r"""label\(["'](\w+)["']""", code))
    assert named <= LABELS.keys()
    unused = {k for k in LABELS if not re.search(rf"""["']{k}["']""", code) and not k.startswith("readme_")}
    assert not unused


def test_every_code_of_a_plan_has_words():
    allocation = "\n".join(p.read_text(encoding="utf-8") for p in (ROOM / "allocation").glob("*.py"))
    reasons = set(re.findall(r'Reason\(\s*"(\w+)"', allocation))
    assert len(reasons) >= 8
    assert reasons <= labels.GAP.keys() | labels.HOLD.keys()
    assert labels.GAP.keys() == labels.GAP_ADVICE.keys()
    assert KINDS.keys() == labels.KIND.keys()
    from tongzhou_engines.allocation.principles import ORDERS

    assert {",".join(o) for o in ORDERS} == labels.PRINCIPLES.keys()


def test_shares_never_lie():
    assert percent(0) == "0%"
    assert percent(0.001) == "<1%"
    assert percent(0.9999) == ">99%"
    assert percent(1) == "100%"
    assert percent(0.63) == "63%"
    assert share(1, 3) == "33%"
    assert share(0, 0) == "—"


def test_amounts_name_their_unit():
    units = Units(Catalogue.builtin())
    assert units.amount("surgical_mask", 12000) == Both("12,000 只", "12,000 pieces")
    assert units.amount("surgical_mask", 1) == Both("1 只", "1 piece")
    assert units.amount("funds", 1234567) == Both("12,345.67 元", "CNY 12,345.67")
    assert units.amount("funds", 5) == Both("0.05 元", "CNY 0.05")
    assert units.amount("last_mile_delivery", 2).en == "2 deliveries"
    assert units.amount("oseltamivir", 3).en == "3 boxes"
    assert units.amount("rice", 3).en == "3 kg"
    assert units.amount("surgical_mask", None).zh == "数量未知"


def test_english_plurals():
    assert LABELS["needs_count"].fill(n=whole(1)).en == "1 need"
    assert LABELS["needs_count"].fill(n=whole(1000)).en == "1,000 needs"


def _width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])), st.integers(2, 30))
def test_fit_fills_its_columns(text, width):
    assert _width(fit(text, width)) == width
    assert "\n" not in fit(text, width)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_terminal_lines_up_and_says_the_headline(lang):
    summary = terminal_summary(world(), lang)
    text = str(summary)
    assert ("13 项需求中，9 项将得到帮助" if lang == "zh" else "Of 13 needs, 9 will get help") in text
    bars = [line for line in text.splitlines() if "░" in line or "█" in line]
    assert len(bars) == 9
    assert len({cell_width(re.split("[█░]", line)[0]) for line in bars}) == 1
    assert "[合成]" in text if lang == "zh" else "[synthetic]" in text


def test_terminal_in_rich():
    plan = world(offers=[("o01", "[bold]x[/bold]", "420103", "surgical_mask", 700, "42", 0, "", "", "")])
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=False, color_system=None).print(terminal_summary(plan))
    assert [x.rstrip() for x in out.getvalue().rstrip("\n").split("\n")] == [
        x.rstrip() for x in str(terminal_summary(plan)).split("\n")
    ]


def test_notebook_display_is_escaped_and_complete():
    catalogue = pl.DataFrame({"category": ["m"], "unit": ["只"], "name_zh": ["<b>口罩"], "name_en": ["<b>mask"]})
    needs = pl.DataFrame({"need_id": ["a"], "place": ["420103"], "category": ["m"], "quantity": ["4"]})
    offers = pl.DataFrame({"offer_id": ["o"], "place": ["4201"], "category": ["m"], "quantity": ["3"]})
    from tongzhou_engines.allocation import plan

    html = plan_html(plan(needs, offers, catalogue=catalogue), "en")
    assert "&lt;b&gt;mask" in html
    assert "<b>mask" not in html
    assert "Of 1 need, 1 will get help, 0 of them in full; 1 still lacks something." in html
    assert "3 只" in html
    assert html.count("<table>") == html.count("<caption>") == 3
