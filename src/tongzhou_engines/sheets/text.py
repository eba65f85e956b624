"""Texts of collected sheets: made comparable, and freed of what may point to a private person."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Cleaned", "clean_text", "comparable", "one_line", "same_length"]

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_BLANK = re.compile(r"[ \t\u00a0\u3000\u200b\ufeff]+")
_UNTIDY = re.compile(r"[\t\n\r\u00a0\u3000\u200b\ufeff]|  ")
_MARK = re.compile(r"\[已删[^\]\n]{0,8}\]")

#: What is taken out of every text that goes into an output, in this order: (pattern, mark put in its place).
_PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    # bounded, or a long run of letters would be searched anew from each of them
    (re.compile(r"[\w.+-]{1,256}@[\w-]+(?:\.[\w-]+)+"), "[已删邮箱]"),
    (re.compile(r"(?<![\d./=_-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), "[已删手机号]"),
    (re.compile(r"(?<![\dA-Za-z./=_-])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![\dA-Za-z])"), "[已删证件号]"),
    (re.compile(r"(?<![\dA-Za-z./=_-])\d{4}(?:[ -]?\d{4}){2,3}[ -]?\d{0,4}(?![\dA-Za-z])"), "[已删账号]"),
    (re.compile(r"(?:微信号?|wechat|weixin|VX|vx)\s*[:：]\s*[A-Za-z][\w-]{5,19}"), "[已删微信号]"),
    (re.compile(r"(?:QQ|qq)\s*[:：]?\s*[1-9]\d{4,10}(?!\d)"), "[已删QQ号]"),
    (re.compile(r"(?<![\d./=_-])0\d{2,3}\s?[-—－–]+\s?\d{7,8}(?:-\d{1,5})?(?!\d)"), "[固定电话略]"),
    (re.compile(r"[(（]0\d{2,3}[)）]\s?\d{7,8}(?!\d)"), "[固定电话略]"),
    (re.compile(r"(?<![\d./=_-])0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}(?!\d)"), "[固定电话略]"),
    (re.compile(r"(?<=[(（:：/、；;])\s*[2-8]\d{6,7}(?=\s*[)）/、；;]|$)"), "[固定电话略]"),
)
#: A family name and a title, or a name after its label. The titles are those of people, not of departments.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤俞"
)
_TITLES = "护士长|老师|医生|大夫|主任|科长|院长|处长|经理|先生|女士|小姐|同志|师傅|书记|会长|秘书长|部长|局长"
#: Places and plain words that begin like family names (武汉医生, 方舱护士长, 高级职称医生).
_NO_NAMES = (
    "武汉|武昌|黄石|黄冈|黄州|江西|江苏|江夏|江岸|江汉|郑州|温州|石家庄|万州|"
    "方舱|高新|高级|高校|金牌|全科|专科|向社|于是|任何"
)
_NAMED = re.compile(
    rf"(?<![\u4e00-\u9fff])(?!{_NO_NAMES})([{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?)(?=(?:{_TITLES}))"
    rf"|(?<=门诊)[{_SURNAMES}](?=(?:{_TITLES}))"
)
_LABELLED = re.compile(
    rf"((?:联系人|收件人|收货人|接收人|负责人|经办人|处理人|审核人)\s*[:：]\s*)([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff])"
)
#: Without one of these nothing in a text can match the patterns above.
_SUSPECT = re.compile(
    rf"\d[\d\s-]{{3}}|@|微信|wechat|weixin|VX|vx|QQ|qq|{_TITLES}|联系人|收件人|收货人|接收人|负责人|经办人|处理人|审核人"
)
#: Shops and services are named like people with titles (丁香医生, 平安好医生): such names are kept.
_KEPT_NAMES = re.compile(r"(?:丁香|好|妙手|春雨|大象|萌爪|平安|微)(?:医生|大夫)")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text fit to be written out, and what was done to it (html_removed, blanks_removed, personal_removed)."""

    text: str
    repairs: tuple[str, ...]


@functools.lru_cache(maxsize=65536)
def clean_text(text: str) -> Cleaned:
    """`text` on one line, without HTML, surplus blanks and anything that looks like a private contact.

    Removed: mobile numbers, landlines, e-mail, WeChat and QQ names, identity and account numbers, family names before a
    title, names after 联系人 and the like. Marks such as [已删手机号] stay as they are. Web addresses stay whole.
    """
    if not text:
        return Cleaned("", ())
    repairs: list[str] = []
    plain = _TAG.sub(" ", text)
    if plain != text:
        plain = html.unescape(plain)
        repairs.append("html_removed")
    flat = one_line(plain)
    if flat != plain and plain.strip() != flat:
        repairs.append("blanks_removed")
    kept = re.split(r"(https?://[^\s，。；）)】、]+)", flat)
    safe = "".join(part if index % 2 else _without_persons(part) for index, part in enumerate(kept))
    if safe != flat:
        repairs.append("personal_removed")
    return Cleaned(safe, tuple(repairs))


def _without_persons(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    for pattern, mark in _PERSONAL:
        text = pattern.sub(mark, text)
    text = _LABELLED.sub(r"\1[已删姓名]", text)
    shielded = _KEPT_NAMES.sub(lambda match: match[0][0] + "\ue000" + match[0][1:], text)
    return _NAMED.sub("[已删姓名]", shielded).replace("\ue000", "")


def one_line(text: str) -> str:
    """`text` on one line: line breaks become ；, runs of blanks one blank, blanks at the ends go."""
    if not _UNTIDY.search(text):
        return text.strip(" ;；")
    lines = [_BLANK.sub(" ", line).strip(" ;；") for line in text.replace("\r", "\n").split("\n")]
    return "；".join(line for line in lines if line)


def comparable(text: str) -> str:
    """A name as it is compared: NFKC, lower case, no blanks, brackets and bars in one form, without removal marks."""
    plain = unicodedata.normalize("NFKC", _MARK.sub("", text)).casefold()
    plain = plain.translate(str.maketrans("〔〕【】「」[]{}", "()()()()()"))
    return re.sub(r"[\s\u200b\ufeff·•]+", "", plain)


def same_length(text: str) -> str:
    """`text` with full-width forms and capitals folded, character by character, so that positions stay the same."""
    out = []
    for char in text:
        folded = unicodedata.normalize("NFKC", char).casefold()
        out.append(folded if len(folded) == 1 else char)
    return "".join(out)
