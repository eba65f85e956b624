"""Every text has English, and no Chinese reaches a page around the translation."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME = ROOT / "src" / "tongzhou"
CJK = re.compile(r"[\u3400-\u9fff]")

#: Rooms whose Chinese is bilingual in code (both languages side by side) or no text for people.
BILINGUAL = ("cli", "launch", "client")
#: Calls whose strings are translated, carry both languages, or are compared with what people type.
CARRIERS = {
    "local",
    "both",
    "Both",
    "ErrorText",
    "compile",
    "endswith",
    "startswith",
    "replace",
    "strip",
    "split",
    "frozenset",
}
#: Names that are the same in every language.
PROPER = {"中文", "简体中文", "同舟", "Tongzhou 同舟", "同舟 Tongzhou"}


def _messages():
    spec = importlib.util.spec_from_file_location("tongzhou_messages", ROOT / "packaging" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["tongzhou_messages"] = module
    spec.loader.exec_module(module)
    return module


def test_every_text_has_english_and_the_catalogues_are_compiled() -> None:
    command = [sys.executable, str(ROOT / "packaging" / "messages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _literal(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _has_english_beside(node: ast.AST) -> bool:
    """True when strings of both languages stand side by side in one call, tuple or dictionary."""
    if isinstance(node, ast.Call):
        parts = [*node.args, *(word.value for word in node.keywords)]
    else:
        parts = getattr(node, "values" if isinstance(node, ast.Dict) else "elts", [])
    texts = [_literal(part) for part in parts]
    return any(
        re.search(r"[A-Za-z]{2}", text) and not CJK.search(text) for text in texts if " " in text or len(texts) == 2
    )


def _python_texts(tree: ast.AST):
    """Strings with Chinese that nobody translates: no docstring, no comparison, no pair of languages."""
    names = _messages().names_of(tree)
    quiet: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            quiet.add(id(body[0].value))
        carries = isinstance(node, ast.Call) and (_called(node) in CARRIERS or _called(node) in names)
        if carries or isinstance(node, ast.Compare) or _has_english_beside(node):
            quiet |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        text = _literal(node) if isinstance(node, ast.Constant) else ""
        if CJK.search(text) and id(node) not in quiet and text not in PROPER:
            yield node.lineno, text


#: file > why its Chinese is not shown as it stands.
NOT_SHOWN = {
    "__main__.py": "both languages, before anything can be imported",
    "chain/intake/services/amounts.py": "patterns of what people write",
    "chain/intake/services/paste.py": "headings in the words the engine reads",
    "chain/intake/services/roundtrip/cells.py": "one heading in both languages, by which a sheet is recognised",
    "chain/intake/services/sheets/lines.py": "written into a field of the record, in the language of its sheet",
    "chain/triage/selectors/likeness.py": "characters that say nothing when names are compared",
    "flows/load_demo.py": "the demo's data, in Chinese like the real sheets they stand beside",
    "flows/demo_work.py": "likewise",
    "flows/demo_guidance.py": "likewise",
    "flows/demo_bulletins.py": "likewise",
    "flows/demo_casework.py": "likewise",
    "flows/demo_others.py": "likewise",
    "flows/demo_professionals.py": "likewise",
    "desks/bulletins/services/cap.py": "the two language blocks of a message, side by side",
    "desks/professionals/services/arrivals.py": "headings that are recognised in a sheet",
    "desks/professionals/services/columns.py": "headings and words that are recognised in a workbook",
    "desks/professionals/services/people.py": "the name people of the line have among themselves, kept as data",
    "desks/professionals/starting.py": "what a new line starts with, kept as data and changed by the association",
    "screens/professionals/views_import.py": "the example workbook, in the words the import recognises",
    "chain/planning/services/rows.py": "stored in both languages side by side",
    "chain/planning/services/compliance.py": "stored in both languages side by side",
    "chain/planning/services/intent.py": "stored in both languages side by side; patterns of place names",
    "chain/planning/services/reasons.py": "stored in both languages side by side",
    "chain/planning/services/snapshot.py": "stored in both languages side by side",
    "chain/intake/selectors/said.py": "the base unit of money as the catalogue writes it",
    "screens/demo/selectors.py": "the made-up hospital's sheet",
    "screens/give/forms.py": "what money is called in the catalogue",
}


def test_no_python_string_bypasses_the_catalogue() -> None:
    found = []
    for path in sorted(HOME.glob("**/*.py")):
        inside = path.relative_to(HOME).as_posix()
        quiet = inside.split("/")[0] in BILINGUAL or inside in NOT_SHOWN
        if quiet or path.name == "apps.py" or "migrations" in path.parts:
            continue
        found += [f"{inside}:{line}: {text[:40]}" for line, text in _python_texts(ast.parse(path.read_text("utf-8")))]
    assert not found, "\n".join(found)


def test_the_search_finds_what_bypasses() -> None:
    tree = ast.parse(
        '"""说明"""\nfrom django.utils.translation import gettext as _now\na = _now("甲")\nb = ("乙", "second one")\n'
        'c = x == "丙"\nd = f"丁{x}"\ne = Cell("戊")\n'
    )
    assert sorted(text for _line, text in _python_texts(tree)) == ["丁", "戊"]


def test_no_template_shows_chinese_around_the_translation() -> None:
    found = []
    for path in sorted(HOME.glob("**/templates/**/*")):
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\{#.*?#\}", "", text)
        text = re.sub(r"\{% comment.*?endcomment %\}", lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
        text = re.sub(
            r"\{% blocktrans(?:late)?\b.*?endblocktrans(?:late)? %\}",
            lambda m: "\n" * m[0].count("\n"),
            text,
            flags=re.DOTALL,
        )
        text = re.sub(r"\{% trans(?:late)? .*?%\}|_\(\"[^\"]*\"\)|_\('[^']*'\)", "", text)
        # Examples of data say so to translators and translation programs alike.
        text = re.sub(r'<(\w+)[^>]* translate="no".*?</\1>', lambda m: "\n" * m[0].count("\n"), text, flags=re.DOTALL)
        text = text.replace('lang="zh-Hans">中文', "")
        found += [
            f"{path.relative_to(HOME)}:{number}: {line.strip()[:60]}"
            for number, line in enumerate(text.splitlines(), 1)
            if CJK.search(line)
        ]
    assert not found, "\n".join(found)


def test_compiled_catalogues_are_what_gettext_reads(tmp_path: Path) -> None:
    import gettext

    messages = _messages()
    one = messages.Catalogue(tmp_path)
    plain, many, within = (
        messages.Text("甲"),
        messages.Text("%(n)s 件", plural="%(n)s 件"),
        messages.Text("甲", "另一处"),
    )
    one.texts = {plain, many, within}
    one.english = {plain: ("first",), many: ("%(n)s thing", "%(n)s things"), within: ("armour",)}
    (tmp_path / "a.mo").write_bytes(messages.mo_of(one))
    with (tmp_path / "a.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("甲") == "first"
    assert read.pgettext("另一处", "甲") == "armour"
    assert [read.ngettext("%(n)s 件", "%(n)s 件", n) for n in (1, 2)] == ["%(n)s thing", "%(n)s things"]


@pytest.mark.parametrize(
    ("english", "said"),
    [
        (None, "no English"),
        (("甲 %(n)s",), "is Chinese"),
        (("first",), "other values"),
        (("first %(m)s",), "other values"),
        (("first %(n)s",), ""),
    ],
)
def test_what_is_called_a_fault(english: tuple[str, ...] | None, said: str) -> None:
    messages = _messages()
    text = messages.Text("甲 %(n)s")
    one = messages.Catalogue(HOME, {text}, {text: english} if english else {})
    faults = messages._faults(one)
    assert (said in faults[0]) if said else not faults


def test_texts_are_found_in_templates_and_code(tmp_path: Path) -> None:
    messages = _messages()
    (tmp_path / "a.html").write_text(
        '{% load i18n %}{% translate "甲" %}\n  {% translate "乙" context "丙" %}'
        '{% blocktranslate count n=n %}{{ n }} 件{% plural %}{{ n }} 件{% endblocktranslate %}{{ x|default:_("丁") }}',
        encoding="utf-8",
    )
    (tmp_path / "a.py").write_text(
        'from django.utils.translation import gettext as _, ngettext\n_("戊")\nngettext("%d 件", "%d 件", n)\n_(x)\n',
        encoding="utf-8",
    )
    in_page = {
        messages.Text("甲"),
        messages.Text("乙", "丙"),
        messages.Text("%(n)s 件", "", "%(n)s 件"),
        messages.Text("丁"),
    }
    assert set(messages.texts_of(tmp_path / "a.html")) == in_page
    assert set(messages.texts_of(tmp_path / "a.py")) == {messages.Text("戊"), messages.Text("%d 件", "", "%d 件")}
