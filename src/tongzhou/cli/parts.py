"""The real parts a full test run needs beside Python: found, installed where we may, else named."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tongzhou.cli.cluster import find_postgres
from tongzhou.launch import debian
from tongzhou.launch.words import both

__all__ = ["PARTS", "Part", "epubcheck", "find_chromium"]


@dataclass(frozen=True, slots=True)
class Part:
    """A real part: what it is, whether it is here, which Debian packages bring it, what is lost without it (zh, en)."""

    name: str
    zh: str
    en: str
    present: Callable[[], bool]
    packages: tuple[str, ...]
    left_out: tuple[str, str]

    def bring_up(self, log: Path) -> str:
        """Make sure of it; blank when it is there, else what a person must do."""
        if self.present() or (debian.may_install() and debian.install(self.packages, log) and self.present()):
            return ""
        return both(
            f"缺少{self.zh}。{debian.how_to_install(self.packages)}；或者用 --without {self.name} 略过这部分",
            f"missing: {self.en}. {debian.how_to_install(self.packages)}; or leave it out: --without {self.name}",
        )


def find_chromium() -> str | None:
    """The Chromium of this machine ($TONGZHOU_CHROMIUM first), or None."""
    named = os.environ.get("TONGZHOU_CHROMIUM")
    for name in (*([named] if named else []), "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


#: Where Debian puts the judge of EPUB files; its own launcher needs a kernel that starts jars by themselves.
_EPUBCHECK_JAR = Path("/usr/share/java/epubcheck.jar")


def epubcheck() -> list[str] | None:
    """The command that judges an EPUB file, or None when this machine has none."""
    if (java := shutil.which("java")) and _EPUBCHECK_JAR.exists():
        return [java, "-jar", str(_EPUBCHECK_JAR)]
    return None


def _has_browser() -> bool:
    if find_chromium() is None or epubcheck() is None or shutil.which("fc-list") is None:
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(fonts.stdout.strip())


def _has_postgres() -> bool:
    return bool(os.environ.get("TONGZHOU_TEST_DATABASE_URL")) or find_postgres() is not None


#: Every name that `--without` accepts.
PARTS: dict[str, Part] = {
    "browser": Part(
        name="browser",
        zh=" Chromium 浏览器、中文字体（用来真正打开网页）和 epubcheck（用来检验电子书）",
        en="the Chromium browser, a Chinese font (to open the pages for real) and epubcheck (to judge books)",
        present=_has_browser,
        packages=("chromium", "fontconfig", "fonts-noto-cjk", "epubcheck"),
        left_out=(
            "没有在真的浏览器里打开网页，没有检验电子书",
            "no page was opened in a real browser, no book was judged",
        ),
    ),
    "postgres": Part(
        name="postgres",
        zh=" PostgreSQL 的程序（不需要正在运行的服务；也可以设 TONGZHOU_TEST_DATABASE_URL）",
        en="the programs of PostgreSQL (no running server is needed; or set TONGZHOU_TEST_DATABASE_URL)",
        present=_has_postgres,
        packages=("postgresql",),
        left_out=("台面的测试只在 SQLite 上运行", "the desk was tested on SQLite only"),
    ),
    "fuzz": Part(
        name="fuzz",
        zh="接口的随机测试工具",
        en="the fuzzer of the API",
        present=lambda: True,
        packages=(),
        left_out=("没有随机测试接口", "the API was not fuzzed"),
    ),
}
