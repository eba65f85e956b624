"""The maps a newcomer reads agree with what is there: rooms, links, error codes, words."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

from repository import ROOT, files, folders, inside

from tongzhou.cli.main import COMMANDS
from tongzhou.kernel.errors import ERRORS
from tongzhou_engines.allocation.principles import ORDERS
from tongzhou_engines.base.errors import CODES

#: The folders whose inner rooms ARCHITECTURE.md must list one by one.
STOREYS = [
    ".", "src", "src/tongzhou", "src/tongzhou/chain", "src/tongzhou/desks", "src/tongzhou/registers",
    "src/tongzhou/screens", "src/tongzhou_engines", "tests", "docs", "data",
]  # fmt: skip


def _rows(page: str) -> list[list[str]]:
    """The cells of every table row of a Markdown page."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]


def test_architecture_lists_every_room_and_no_other() -> None:
    there = set().union(*(folders(storey) for storey in STOREYS))
    listed = {name for row in _rows("ARCHITECTURE.md") for name in re.findall(r"`([\w./-]+/)`", row[0])}
    assert listed == there, f"only on the page: {sorted(listed - there)}; only on disk: {sorted(there - listed)}"


def test_every_link_in_the_documentation_leads_somewhere() -> None:
    broken = []
    for page in files(".md"):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = unquote(target).partition("#")
            goal = (page.parent / name) if name else page
            if not goal.exists():
                broken.append(f"{inside(page)}: {target}")
            elif anchor and goal.suffix == ".md" and anchor not in _anchors(goal):
                broken.append(f"{inside(page)}: no heading #{anchor} in {inside(goal.resolve())}")
    assert not broken, "\n".join(broken)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_error_code_is_explained() -> None:
    rows = {row[0].strip("`"): row[1:] for row in _rows("docs/reference/errors.md") if row[0].startswith("`")}
    missing = [f"| `{code}` | {zh} | {en} | ... | ... |" for code, (zh, en) in CODES.items() if code not in rows]
    assert not missing, "add to docs/reference/errors.md:\n" + "\n".join(missing)
    assert not rows.keys() - CODES.keys()
    for code, (zh, en) in CODES.items():
        assert rows[code][:2] == [zh, en], f"docs/reference/errors.md has another meaning for {code}"
        assert all(len(text) > 3 for text in rows[code][2:4]), f"docs/reference/errors.md: {code} says not what to do"


def test_every_refusal_of_the_desk_is_explained() -> None:
    rows = {row[0].strip("`"): row[1:] for row in _rows("docs/reference/refusals.md") if row[0].startswith("`")}
    told = {
        code: [str(text.status), f"{text.zh} · {text.en}", f"{text.todo_zh} · {text.todo_en}"]
        for code, text in ERRORS.items()
    }
    missing = [f"| `{code}` | {' | '.join(cells)} |" for code, cells in sorted(told.items()) if rows.get(code) != cells]
    assert not missing, "put into docs/reference/refusals.md:\n" + "\n".join(missing)
    assert not rows.keys() - told.keys()


def test_every_error_code_is_raised_somewhere() -> None:
    code_text = "\n".join(path.read_text(encoding="utf-8") for path in files(".py", under="src"))
    unused = [code for code in CODES if len(re.findall(rf'"{code}"', code_text)) < 2]
    assert not unused, f"in CODES but never raised: {unused}"


def test_the_glossary_has_one_row_for_each_word_in_both_languages() -> None:
    rows = [row for row in _rows("GLOSSARY.md") if not set(row[0]) <= set("-: ") and row[0] not in ("word", "code")]
    words = [row[0] for row in rows]
    assert len(words) == len(set(words)) > 40
    for row in rows:
        assert re.search(r"[\u4e00-\u9fff]", row[1]), f"GLOSSARY.md: {row[0]} has no Chinese"
        assert len(row) >= 3, f"GLOSSARY.md: {row[0]} has no meaning"
        assert row[2], f"GLOSSARY.md: {row[0]} has no meaning"


def test_the_glossary_knows_the_words_that_the_code_shows_to_people() -> None:
    words = {word.strip("` ") for row in _rows("GLOSSARY.md") for word in row[0].split("/")}
    shown = {principle for order in ORDERS for principle in order}
    allocation = "\n".join(path.read_text("utf-8") for path in files(".py", under="src/tongzhou_engines/allocation"))
    reasons = {"no_offer", "not_authorised", "window", "more_urgent_first", "nearer_first", "shared_fairly"}
    holds = {"not_needed", "may_not_go_where_needed", "quantity_unknown", "reserved"}
    assert all(f'"{reason}"' in allocation for reason in reasons | holds), "the code no longer says one of the reasons"
    assert shown | reasons | holds <= words, sorted((shown | reasons | holds) - words)


def test_the_readme_shows_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"./tongzhou {name}" not in text]
    assert not missing


def test_every_folder_of_data_says_where_it_comes_from() -> None:
    for folder in sorted(folders("data") | folders("tests/data")):
        page = ROOT / folder / "README.md"
        assert page.is_file(), f"{folder} has no README.md"
        text = " ".join(page.read_text(encoding="utf-8").lower().split())
        assert re.search(r"source|来源|made for tongzhou", text), f"{folder}README.md names no source"
        assert re.search(r"licen[cs]e|许可|apache-2.0", text), f"{folder}README.md names no licence"
