"""Books of guides before the judge of EPUB files (W3C's epubcheck): neither errors nor warnings, in both languages."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.test import Client

from builders_guidance import a_guide, a_new_version, a_text
from tongzhou.cli.parts import epubcheck
from tongzhou.desks.guidance.types import SaidStep
from tongzhou.flows.guide_examples import examples
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db


def judged(book: bytes, path: Path) -> str:
    """What epubcheck says of a book; it ends with its own count of fatals, errors, warnings and infos."""
    command = epubcheck()
    assert command, "no epubcheck: ./tongzhou test installs it or says how; --without browser leaves it out"
    path.write_bytes(book)
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=240, check=False)
    return done.stdout + done.stderr


CLEAN = "Messages: 0 fatals / 0 errors / 0 warnings"


def client(language: str) -> Client:
    reader = Client()
    reader.cookies["lang"] = language
    return reader


def test_the_examples_as_one_book_and_alone_satisfy_epubcheck(tmp_path: Path) -> None:
    for guide, text in examples(clock.now()):
        a_guide(guide.slug, text=text, kind=guide.kind, group=guide.group, stages=guide.stages, roles=guide.roles)
    for language in ("zh-hans", "en"):
        whole = client(language).get("/guidance/handbook.epub")
        assert whole.headers["Content-Type"] == "application/epub+zip"
        assert CLEAN in judged(whole.content, tmp_path / f"handbook-{language}.epub")
    one = client("zh-hans").get("/guidance/older-people/guide.epub").content
    assert CLEAN in judged(one, tmp_path / "one.epub")


def test_awkward_texts_satisfy_it_too_and_the_judge_can_say_no(tmp_path: Path) -> None:
    first = a_guide(text=a_text(title="<b>&“'\"", summary="]]> & <script>", steps=(SaidStep("a<b & c>d \u3000终"),)))
    second = a_new_version(first, what_changed="<i>", why="&amp;")
    made = client("zh-hans").get(f"/guidance/{second.guide.slug}/guide.epub").content
    assert CLEAN in judged(made, tmp_path / "awkward.epub")
    broken = made.replace(b"application/epub+zip", b"application/epub+zap", 1)
    assert "ERROR" in judged(broken, tmp_path / "broken.epub")
