"""From bytes to text when the declared charset may be wrong, missing, or only true of a part of the page.

Bytes decide before declarations: text that is valid UTF-8 in more than one place is UTF-8 whatever its header says.
Text that was read wrongly before it was saved (UTF-8 taken for GBK or Latin-1) is turned back where nothing was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from charset_normalizer import from_bytes

__all__ = ["Decoded", "decode", "plausible", "repair"]

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,20})""", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: Most of the Chinese characters of a readable text are among the 3,755 of GB 2312 level 1 (lead bytes B0 to D7).
_READABLE = 0.6
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LATIN = re.compile(r"[\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{3,}")
_PUNCTUATION = set("，。！？；：、“”‘’《》（）【】—…·「」『』％～￥\u3000")
#: One byte a letter; believed where the bytes say nothing else.
_WESTERN = re.compile(r"(?:iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-[ru])")
#: A run longer than this is judged in parts.
_LONGEST = 2000
#: Searches for turned text stop after so many tries: hostile pages are long.
_TRIES = 4000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text; the encoding it was read in, the declared one, runs turned back, characters lost for good."""

    text: str
    encoding: str
    declared: str
    repaired: int
    damaged: int


@lru_cache(maxsize=8192)
def _grade(character: str) -> int:
    """2 an everyday Chinese character or sign, 1 a rarer one of GB 2312, 0 anything else."""
    if character in _PUNCTUATION or character.isascii():
        return 2
    try:
        raw = character.encode("gb2312")
    except UnicodeEncodeError:
        return 0
    return 2 if 0xB0 <= raw[0] <= 0xD7 else 1 if raw[0] >= 0xD8 or 0xA3 <= raw[0] <= 0xA3 else 0


def plausible(text: str) -> float:
    """The share of everyday characters among those that are not ASCII; 1.0 when there are none."""
    foreign = [one for one in text if not one.isascii()]
    return sum(_grade(one) == 2 for one in foreign) / len(foreign) if foreign else 1.0


def _reads(text: str) -> bool:
    """True for Chinese as people write it."""
    return all(_grade(one) for one in text) and plausible(text) >= _READABLE


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _declared(raw: bytes) -> str:
    found = _DECLARED.search(raw[:4096])
    return found.group(1).decode("ascii").lower() if found else ""


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII is null."""
    head = raw.lstrip(b"\x00")[:2000]
    if len(head) < 8:
        return None
    start = (len(raw) - len(raw.lstrip(b"\x00"))) % 2
    even, odd = head[start::2].count(0), head[1 - start :: 2].count(0)
    if max(even, odd) * 10 < len(head) * 2 or min(even, odd) * 20 > len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def decode(raw: bytes, charset: str = "") -> Decoded:
    """Read a page. Nothing is refused: what cannot be read becomes U+FFFD and is counted in `damaged`.

    `charset` is the one its server named: it stands before the one in the page, and the bytes stand before both.
    """
    declared = charset.strip().lower()[:20] or _declared(raw)
    text, encoding = _choose(raw, declared)
    fixed, repaired = repair(text)
    return Decoded(fixed, encoding, declared, repaired, fixed.count("\ufffd"))


def _choose(raw: bytes, declared: str) -> tuple[str, str]:
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return raw.decode(name, "replace"), name.removesuffix("-sig")
    if (wide := _wide(raw)) and (text := _strict(raw, wide)) is not None:
        return text, wide
    text = _strict(raw, "utf-8")
    if text is not None:
        return text, "utf-8"
    # Reading the whole as GB 18030 may succeed by chance: it counts when the text reads like Chinese.
    for name in dict.fromkeys(("gb18030", "big5" if declared.startswith("big5") else "gb18030", "big5")):
        text = _strict(raw, name)
        if text is not None and (plausible(text) >= _READABLE or (name == "big5" and _in_big5(text) >= _READABLE)):
            return text, name
    few = sum(one > 0x7F for one in raw) * 20 < len(raw)
    if few and _WESTERN.fullmatch(declared) and (text := _strict(raw, declared)) is not None:
        return text, declared
    mixed = "".join(_mixed(raw))
    if mixed.count("\ufffd") * 50 > max(1, len(mixed)):
        best = from_bytes(raw[:200_000]).best()
        if best is not None and (text := _strict(raw, best.encoding)) is not None:
            return text, best.encoding
    return mixed, "mixed"


def _in_big5(text: str) -> float:
    """The share of Chinese characters that are frequent in traditional texts (lead bytes A4 to C6)."""
    found = [one.encode("big5", "ignore") for one in text if one > "\u2e7f"]
    return sum(bool(one) and 0xA1 <= one[0] <= 0xC6 for one in found) / len(found) if found else 0.0


def _mixed(raw: bytes) -> Iterator[str]:
    """Each line and each stretch between tags in its own encoding."""
    for part in re.split(rb"(?<=[\n>])|(?=<)", raw):
        text = _strict(part, "utf-8")
        if text is None:
            text = _strict(part, "gb18030")
        yield text if text is not None else _greedy(part)


def _greedy(part: bytes) -> str:
    """Character by character: UTF-8 first, then GB 18030, else lost."""
    out, at = [], 0
    while at < len(part):
        size = 1
        for length, name in ((1, "ascii"), (3, "utf-8"), (2, "utf-8"), (4, "utf-8"), (2, "gb18030")):
            text = _strict(part[at : at + length], name)
            if text is not None and len(text) == 1:
                out.append(text)
                size = length
                break
        else:
            out.append("\ufffd")
        at += size
    return "".join(out)


def repair(text: str) -> tuple[str, int]:
    """Turn back stretches of UTF-8 that were read as GBK or as Latin-1; (text, how many stretches)."""
    count, tries = 0, _TRIES

    def latin(found: re.Match[str]) -> str:
        nonlocal count
        turned = _from_latin(found.group())
        count += turned is not None
        return turned if turned is not None else found.group()

    def gbk(found: re.Match[str]) -> str:
        nonlocal count, tries
        out = []
        whole = found.group()
        for start in range(0, len(whole), _LONGEST):
            turned, done, used = _from_gbk(whole[start : start + _LONGEST], tries)
            count += done
            tries -= used
            out.append(turned)
        return "".join(out)

    text = _LATIN.sub(latin, text)
    return _FOREIGN.sub(gbk, text), count


def _from_latin(run: str) -> str | None:
    """A run of accented letters that was UTF-8 or GBK; None when it was not."""
    if not any("\u00c0" <= one <= "\u00ff" for one in run):
        return None
    raw = b"".join(_one_byte(one) for one in run)
    for name in ("utf-8", "gb18030"):
        turned = _strict(raw, name)
        if (
            turned
            and len(turned) >= (1 if name == "utf-8" else 2)
            and all(_grade(one) for one in turned)
            and plausible(turned) >= _READABLE
        ):
            return turned
    return None


def _one_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1", "replace")


def _from_gbk(run: str, tries: int) -> tuple[str, int, int]:
    """Stretches of a run that are UTF-8 read as GBK turned back; (text, how many, tries used)."""
    out: list[str] = []
    at = done = used = 0
    while at < len(run):
        if _grade(run[at]) < 2 and used < tries:
            used += 1
            turned, length = _turned(run[at:])
            if turned:
                out.append(turned)
                at += length
                done += 1
                continue
        out.append(run[at])
        at += 1
    return "".join(out), done, used


def _turned(run: str) -> tuple[str, int]:
    """The longest beginning of `run` that was UTF-8 read as GBK, turned back, and its length; ("", 0) for none."""
    run = run.split("\ufffd")[0]
    try:
        raw = run.encode("gbk")
    except UnicodeEncodeError as error:
        run = run[: error.start]
        raw = run.encode("gbk")
    end = len(raw)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        end = error.start
    length, size = 0, 0
    while length < len(run) and size + len(run[length].encode("gbk")) <= end:
        size += len(run[length].encode("gbk"))
        length += 1
    while length:
        turned = _strict(run[:length].encode("gbk"), "utf-8")
        if turned is not None:
            break
        length -= 1
    else:
        return "", 0
    odd = sum(_grade(one) < 2 for one in run[:length])
    return (turned, length) if len(turned) >= 2 and _reads(turned) and odd * 5 >= length * 2 else ("", 0)
