"""Numbers in texts that are no quantities: dates, times, phones, standards, models, strengths, list numbers."""

from __future__ import annotations

import re

__all__ = ["FILLER", "hide"]

#: Stands for a character that must not be read; not a digit, not a letter, not punctuation.
FILLER = "\ue001"

#: On texts folded by `text.same_length` (lower case, half-width). Order matters: wide patterns first.
#: Runs are bounded or begin where they begin, or a long one would be searched anew from each of its characters.
_NEVER = [
    re.compile(pattern)
    for pattern in (
        r"\[已删[^\]]*\]",
        r"https?://[^\s,;)】、，。；）]+",
        r"[\w.+-]{1,256}@[\w.-]+",
        r"(?:账号|帐号|账户|行号|卡号|代码|编码|邮编|税号|批号|尾号|证号)[^\d\n]{0,6}[\d][\d\-\s]*",
        r"(?:电话|热线|拨打|致电|客服|手机|传真|联系方式|tel)[^\d\n,;。]{0,6}\d[\d\- ]{2,}",
        r"(?<!\d)\d{5,}+(?=\s*(?:客服|专线|热线|专项|短信))",
        r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)",
        r"(?<!\d)0\d{2,3}\s?[-—–]\s?\d{7,8}|(?<!\d)[48]00[- ]\d{3}[- ]?\d{4}",
        r"\d{12,}",
        r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*[日号]?",
        r"\d{1,2}\s*月\s*\d{1,2}\s*[日号]",
        r"(?:19|20)\d{2}\s*年|\d{1,2}\s*月份|(?<!\d)\d{1,2}\s*月(?!\s*\d)",
        r"(?<!\d)\d{1,2}:\d{2}(?!\d)",
        r"(?:gb|yy|ws|en|iso|astm|aami|ansi|niosh|ffp|kn|kf)\s*(?:/\s*t)?\s*[-—]?\s*\d{1,6}(?:\.\d+)?(?:\s*[-—:]\s*\d{4})?",
        r"3m\s*\d{4}[a-z]*(?:\s*[/、,，]\s*\d{4}[a-z]*)*",
        r"(?<![a-z])(?!x\s?\d)[a-z]+[-–]?\d+[a-z0-9\-]*",
        r"[≥≤><~]?\s*\d+(?:\.\d+)?\s*[%％‰]",
        r"\d+(?:\.\d+)?\s*(?:ml|mg|mm|cm|km|um|μm|ug|毫升|毫克|毫米|厘米|微米|米|度|℃)(?![a-z])",
        r"\d+(?:\.\d+)?\s*(?:小时|分钟|年|周|天|楼|层|号|室|栋|路|院区|届|位|名|岁|人(?!份)|元|万元|亿元|折)",
        r"(?<!\d)\d{1,2}\s*[x×]\s*\d{1,2}(?!\d)",
        r"第\s*(?:\d+|[一二三四五六七八九十百]+)",
    )
]
_LIST_NUMBER = re.compile(r"(?:(?<=\n)|(?<=[;。；])|\A)\s*(?:\(\s*\d{1,2}\s*\)|[a-z]?\d{1,2}\s*(?:[)、．]|\.(?!\d)))")


def hide(folded: str) -> str:
    """`folded` with everything in it that is a number but no quantity replaced by `FILLER`, of the same length."""
    for pattern in (*_NEVER, _LIST_NUMBER):
        folded = pattern.sub(lambda match: re.sub(r"[^\n]", FILLER, match[0]), folded)
    return folded
