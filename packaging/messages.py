#!/usr/bin/env python3
"""Keep the English catalogues in step with the Chinese texts in code and templates, without gettext's own tools.

    python packaging/messages.py                         update every catalogue, compile it, say what lacks English
    python packaging/messages.py src/tongzhou/chain      only the catalogues under that folder
    python packaging/messages.py --check                 change nothing; exit 1 when anything is missing or stale

Texts belong to the nearest folder above them that has `locale/`. Catalogues carry no dates, line numbers or tool
versions, so that two people's changes meet without conflict; the same catalogue always compiles to the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.pofile import normalize, read_po

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "src" / "tongzhou"
PLACE = Path("locale/en/LC_MESSAGES")
META = ("Content-Type: text/plain; charset=UTF-8", "Plural-Forms: nplurals=2; plural=(n != 1);")
HEADER = 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in META)

_ONE = ("gettext", "gettext_lazy", "gettext_noop", "_")
_MANY = ("ngettext", "ngettext_lazy")
_IN_CONTEXT = ("pgettext", "pgettext_lazy")
_MANY_IN_CONTEXT = ("npgettext", "npgettext_lazy")
KEYWORDS = (*_ONE, *_MANY, *_IN_CONTEXT, *_MANY_IN_CONTEXT)


@dataclass(frozen=True, order=True)
class Text:
    """One text to be translated."""

    msgid: str
    context: str = ""
    plural: str = ""


@dataclass
class Catalogue:
    """The English of one folder: what its files say, and what is written in its .po file."""

    folder: Path
    texts: set[Text] = field(default_factory=set)
    english: dict[Text, tuple[str, ...]] = field(default_factory=dict)
    fuzzy: set[Text] = field(default_factory=set)

    @property
    def po(self) -> Path:
        """Its text file."""
        return self.folder / PLACE / "django.po"

    @property
    def mo(self) -> Path:
        """Its compiled file."""
        return self.folder / PLACE / "django.mo"


def main(arguments: list[str] | None = None) -> int:
    """Update or check; 0 when every text has English."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="only catalogues under these folders")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when something is to be done")
    asked = parser.parse_args(arguments)
    wanted = [folder.resolve() for folder in asked.folders] or [HOME]
    problems: list[str] = []
    catalogues = read_all()
    _borrow(catalogues)
    problems += _disagreements(catalogues)
    for one in catalogues:
        if any(one.folder.is_relative_to(folder) for folder in wanted):
            problems += _faults(one)
            problems += _stale(one) if asked.check else _write(one)
    for line in problems:
        print(line)
    print(f"{len(catalogues)} catalogues, {sum(len(one.texts) for one in catalogues)} texts, {len(problems)} to do")
    return 1 if problems else 0


def read_all() -> list[Catalogue]:
    """Every catalogue with its texts and its English. A room with texts and no `locale/` yet gets a catalogue too."""
    found = {path.parent: Catalogue(path.parent) for path in sorted(HOME.glob("**/locale"))}
    for path in sorted(HOME.glob("**/*")):
        if path.suffix not in (".py", ".html", ".txt") or "locale" in path.parts:
            continue
        texts = set(texts_of(path))
        if texts:
            owner = next((folder for folder in path.parents if folder in found), None) or _room(path)
            found.setdefault(owner, Catalogue(owner)).texts |= texts
    for one in found.values():
        if one.po.exists():
            _read_english(one)
    return list(found.values())


def _room(path: Path) -> Path:
    """The app a file belongs to, else its storey."""
    app = next((folder for folder in path.parents if (folder / "apps.py").exists()), None)
    return app or HOME / path.relative_to(HOME).parts[0]


def texts_of(path: Path) -> Iterator[Text]:
    """The texts that a Python file or a template marks for translation."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        if "gettext" not in source:
            return
        yield from _texts_in_python(source)
    else:
        yield from _texts_in_template(source, str(path))


def names_of(tree: ast.AST) -> dict[str, str]:
    """How a module calls the functions that translate: its own name > the name in Django."""
    names = {name: name for name in KEYWORDS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return names


def _texts_in_python(source: str) -> Iterator[Text]:
    tree = ast.parse(source)
    names = names_of(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        name = names.get(called, "")
        words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in _ONE and len(words) >= 1:
            yield Text(words[0])
        elif name in _MANY and len(words) >= 2:
            yield Text(words[0], plural=words[1])
        elif name in _IN_CONTEXT and len(words) >= 2:
            yield Text(words[1], context=words[0])
        elif name in _MANY_IN_CONTEXT and len(words) >= 3:
            yield Text(words[1], context=words[0], plural=words[2])


def _texts_in_template(source: str, origin: str) -> Iterator[Text]:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    code = "\n".join(line.lstrip() for line in templatize(source, origin=origin).splitlines())
    words = dict.fromkeys(KEYWORDS)
    for _line, name, said, _comments in extract_python(io.BytesIO(code.encode()), tuple(words), (), {}):
        parts = [part for part in (said if isinstance(said, tuple) else (said,)) if isinstance(part, str)]
        if name in _ONE:
            yield Text(parts[0])
        elif name in _MANY:
            yield Text(parts[0], plural=parts[1])
        elif name in _IN_CONTEXT:
            yield Text(parts[1], context=parts[0])
        else:
            yield Text(parts[1], context=parts[0], plural=parts[2])


def _read_english(one: Catalogue) -> None:
    with one.po.open("rb") as file:
        for message in read_po(file, locale="en"):
            if not message.id:
                continue
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            text = Text(ids[0], context=message.context or "", plural=ids[1] if len(ids) > 1 else "")
            said = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            if all(said):
                one.english[text] = said
            if message.fuzzy:
                one.fuzzy.add(text)


def _borrow(catalogues: list[Catalogue]) -> None:
    """A text without English gets the English that the same text has elsewhere."""
    known = {text: said for one in catalogues for text, said in one.english.items()}
    for one in catalogues:
        for text in one.texts - one.english.keys():
            if text in known:
                one.english[text] = known[text]


def _disagreements(catalogues: list[Catalogue]) -> list[str]:
    """Django merges all catalogues: one text with two translations would show either. A context keeps them apart."""
    said: dict[Text, dict[tuple[str, ...], list[str]]] = {}
    for one in catalogues:
        for text in one.texts & one.english.keys():
            said.setdefault(text, {}).setdefault(one.english[text], []).append(str(one.folder.relative_to(HOME)))
    return [
        f"“{text.msgid}” has more than one English: "
        + "; ".join(f"“{english[0]}” in {', '.join(where)}" for english, where in sorted(ways.items()))
        for text, ways in sorted(said.items())
        if len(ways) > 1
    ]


_HOLES = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})")


def _faults(one: Catalogue) -> list[str]:
    """What is untranslated, fuzzy, left in Chinese, or has lost a value that is filled in."""
    where = one.folder.relative_to(ROOT)
    found = []
    for text in sorted(one.texts):
        english = one.english.get(text)
        if english is None:
            found.append(f"{where}: no English for “{text.msgid}”")
        elif text in one.fuzzy:
            found.append(f"{where}: English of “{text.msgid}” is fuzzy")
        elif text.msgid in english and re.search(r"[\u3400-\u9fff]", text.msgid):
            found.append(f"{where}: the English of “{text.msgid}” is Chinese")
        elif any(not _holes(way) <= _holes(text.msgid) | _holes(text.plural) for way in english) or (
            _holes(text.plural or text.msgid) - _holes(english[-1])
        ):
            found.append(f"{where}: the English of “{text.msgid}” fills in other values")
        elif text.plural and len(english) != 2:
            found.append(f"{where}: “{text.msgid}” needs a singular and a plural")
    return found


def _holes(text: str) -> set[str]:
    return {named or braced for named, braced in _HOLES.findall(text)}


def po_of(one: Catalogue) -> str:
    """The .po file: texts in order, nothing else that changes."""
    parts = [HEADER]
    for text in sorted(one.texts):
        english = one.english.get(text)
        lines = ["#, fuzzy"] if text in one.fuzzy else []
        lines += [f"msgctxt {normalize(text.context)}"] if text.context else []
        lines += [f"msgid {normalize(text.msgid)}"]
        if text.plural:
            ways = english or ("", "")
            lines += [f"msgid_plural {normalize(text.plural)}"]
            lines += [f"msgstr[{number}] {normalize(way)}" for number, way in enumerate(ways)]
        else:
            lines += [f"msgstr {normalize(english[0] if english else '')}"]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def mo_of(one: Catalogue) -> bytes:
    """The compiled form (GNU MO, revision 0), texts in order of their bytes, without a hash table."""
    pairs = {b"": "".join(f"{line}\n" for line in META).encode()}
    for text in one.texts - one.fuzzy:
        if text in one.english:
            key = (f"{text.context}\x04" if text.context else "") + text.msgid
            key += f"\x00{text.plural}" if text.plural else ""
            pairs[key.encode()] = "\x00".join(one.english[text]).encode()
    keys = sorted(pairs)
    start = 28 + 16 * len(keys)
    key_table, value_table = b"", b""
    data = b"".join(key + b"\x00" for key in keys)
    place, value_place = start, start + len(data)
    for key in keys:
        key_table += struct.pack("<II", len(key), place)
        value_table += struct.pack("<II", len(pairs[key]), value_place)
        place += len(key) + 1
        value_place += len(pairs[key]) + 1
    data += b"".join(pairs[key] + b"\x00" for key in keys)
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, start)
    return head + key_table + value_table + data


def _stale(one: Catalogue) -> list[str]:
    where = one.folder.relative_to(ROOT)
    if not one.texts and not one.po.exists():
        return []
    found = []
    if not one.po.exists() or one.po.read_text(encoding="utf-8") != po_of(one):
        found.append(f"{where}: django.po is stale; run python packaging/messages.py {where}")
    if not one.mo.exists() or one.mo.read_bytes() != mo_of(one):
        found.append(f"{where}: django.mo is stale; run python packaging/messages.py {where}")
    return found


def _write(one: Catalogue) -> Iterable[str]:
    if not one.texts and not one.po.exists():
        return []
    one.po.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((one.po, po_of(one).encode()), (one.mo, mo_of(one))):
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"wrote {path.relative_to(ROOT)}")
    return []


if __name__ == "__main__":
    sys.exit(main())
