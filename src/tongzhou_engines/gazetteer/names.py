"""Written forms of division names: one plain form of any text, and the shorter forms a name is known by."""

from __future__ import annotations

import functools
import re
import unicodedata

import opencc

__all__ = ["PEOPLE", "Plain", "long_forms", "plain", "squeeze", "stem"]

_ETHNIC = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳
佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米
塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各
"""
#: Pattern of the peoples in names of autonomous divisions.
# Longer names first, so that 土家 is not read as 土; without 族 only where official names write so (哈萨克自治州).
PEOPLE = (
    "|".join(sorted((f"{e}族" for e in _ETHNIC.split()), key=len, reverse=True)) + "|哈萨克|柯尔克孜|塔吉克|锡伯|蒙古"
)
_AUTONOMOUS = re.compile(rf"(?P<stem>..+?)(?:{PEOPLE})*自治(?P<kind>[州县旗区])\Z")
_ETHNIC_DISTRICT = re.compile(r"(?P<stem>..+?)(?:回族|达斡尔族)区\Z")
_SUFFIX = re.compile(r"(?P<stem>..+?)(?:特别行政区|地区|新区|矿区|林区|特区|省|市|县|区|盟|旗)\Z")


class _Simplifier(dict[int, str]):
    """Character by character to simplified Chinese, remembered: positions stay, whatever the neighbours are.

    Characters that stand in official names as they are (乾县) must not be changed: `keep` holds them.
    """

    def __init__(self, keep: frozenset[str]) -> None:
        super().__init__()
        self._keep = keep
        self._convert = opencc.OpenCC("t2s").convert

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = out = char if char in self._keep or point < 0x2E80 else self._convert(char)[:1] or char
        return out


#: 乾 (乾县, 乾安), 瀋 and others: 乾 is the only one of them that the simplifier would change inside official names.
_KEEP = frozenset("乾")
_SIMPLIFY = _Simplifier(_KEEP)
#: An address is short: what stands beyond is not read.
_LONGEST = 2000
_BLANK = re.compile(r"\s+")


@functools.lru_cache(maxsize=8192)
def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_SIMPLIFY).lower()


class Plain:
    """A text made plain: `text` without blanks, `breaks` where blanks stood in it, `spaced` with the blanks."""

    __slots__ = ("breaks", "spaced", "text")

    def __init__(self, spaced: str) -> None:
        self.spaced = spaced
        if _BLANK.search(spaced) is None:
            self.text, self.breaks = spaced, frozenset[int]()
            return
        parts = spaced.split()
        breaks, at = set(), 0
        for part in parts:
            breaks.add(at)
            at += len(part)
        self.text, self.breaks = "".join(parts), frozenset(breaks)


def squeeze(text: str) -> str:
    """A name made plain, without blanks: full-width to half, traditional to simplified, lower case."""
    return _BLANK.sub("", _fold(text))


def plain(text: str) -> Plain:
    """Any text made plain, remembering where blanks stood; of a long text the first 2,000 characters."""
    return Plain(_fold(text[:_LONGEST]))


def stem(name: str) -> str:
    """The bare name without its kind: 武昌区 > 武昌, 长阳土家族自治县 > 长阳; blank when under two characters stay."""
    if name == "新疆维吾尔自治区":
        return "新疆"
    for form in (_AUTONOMOUS, _ETHNIC_DISTRICT, _SUFFIX):
        found = form.match(name)
        if found:
            return found["stem"].removesuffix("族")  # 东乡族自治县, 鄂温克族自治旗
    return ""


def long_forms(name: str) -> tuple[str, ...]:
    """Further forms that still tell the kind of division: 长阳县 for 长阳土家族自治县, 广西省 for 广西壮族自治区."""
    found = _AUTONOMOUS.match(name) or _ETHNIC_DISTRICT.match(name)
    if not found:
        return ()
    bare = stem(name)
    kind = found.groupdict().get("kind") or "区"
    if kind == "区" and "自治" in name:
        return (f"{bare}自治区", f"{bare}省")
    return (f"{bare}{kind}", f"{bare}自治{kind}") if "自治" in name else (f"{bare}区",)
