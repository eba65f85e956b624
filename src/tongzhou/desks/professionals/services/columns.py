"""What a roster workbook's columns are called, and what stands in its cells: read, or said what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from tongzhou.desks.professionals.types import LicenceKind, Spoken

__all__ = [
    "HEADINGS",
    "SPOKEN",
    "Wrong",
    "field_of",
    "read_choice",
    "read_date",
    "read_number",
    "read_several",
    "read_times",
    "write_times",
    "yes",
]


class Wrong(Exception):
    """A cell that cannot be read: what is wrong, Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


#: Field > the headings it is met under; the first is the template's.
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "人员", "name"),
    "contact": ("联系电话", "手机", "手机号", "电话", "联系方式", "phone", "contact"),
    "licence_kind": ("执照类别", "资质", "资质类别", "执照", "证书类别", "职称", "licence"),
    "licence_number": ("执照编号", "证书编号", "注册号", "执照号", "证书号", "licence number"),
    "licence_issuer": ("发证机关", "发证机构", "注册机构", "issuer"),
    "licence_until": ("有效期至", "有效期", "到期日", "执照有效期", "valid until"),
    "years": ("从业年限", "年限", "工作年限", "years"),
    "supervised_hours": ("接受督导小时", "督导小时", "督导时数", "supervised hours"),
    "skills": ("专长", "服务类别", "技能", "岗位", "skills"),
    "languages": ("语言和方言", "语言", "方言", "语言/方言", "languages"),
    "can_nights": ("能否夜班", "夜班", "可夜班", "nights"),
    "is_supervisor": ("是否督导", "督导", "supervisor"),
    "week_hours": ("每周最多小时", "每周小时", "周工时", "hours a week"),
    "times": ("可值班时间", "值班时间", "可用时间", "availability"),
}
_FIELDS = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_YES = {"是", "有", "能", "可以", "可", "√", "✓", "y", "yes", "1", "true", "对"}
_NO = {"", "否", "无", "不", "不能", "不可以", "×", "x", "n", "no", "0", "false", "没有"}
_LICENCES = {
    "精神科": LicenceKind.PSYCHIATRIST, "心理治疗": LicenceKind.PSYCHOTHERAPIST, "心理咨询": LicenceKind.COUNSELLOR,
    "社会工作": LicenceKind.SOCIAL_WORKER, "社工": LicenceKind.SOCIAL_WORKER, "护士": LicenceKind.NURSE,
    "护师": LicenceKind.NURSE, "医师": LicenceKind.PHYSICIAN, "医生": LicenceKind.PHYSICIAN,
}  # fmt: skip
_SPOKEN = {
    "普通话": Spoken.MANDARIN, "国语": Spoken.MANDARIN, "武汉": Spoken.WUHAN, "湖北": Spoken.HUBEI,
    "粤": Spoken.CANTONESE, "广东": Spoken.CANTONESE, "四川": Spoken.SICHUAN, "吴": Spoken.WU, "上海": Spoken.WU,
    "闽南": Spoken.MINNAN, "英": Spoken.ENGLISH, "手语": Spoken.SIGN,
}  # fmt: skip
_DAYS = {one: n for n, one in enumerate("一二三四五六日")} | {"天": 6, "七": 6}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?\Z")
_SPAN = re.compile(
    r"(\d{1,2})(?:[:：](\d{2}))?点?\s*(?:-|－|—|~|～|至|到)\s*(次日|第二天|翌日)?(\d{1,2})(?:[:：](\d{2}))?点?"
)
_DAY_SPAN = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天七])\s*(?:-|－|—|~|～|至|到)\s*(?:周|星期|礼拜)?([一二三四五六日天七])"
)
_DAY = re.compile(r"(?:周|星期|礼拜|、|，|,)\s*([一二三四五六日天七])(?![0-9])")
_NAMED = {"全天": (0, 1440), "白天": (480, 1080), "上午": (480, 720), "下午": (720, 1080), "晚上": (1080, 1440),
          "夜间": (1200, 1920), "夜里": (1200, 1920)}  # fmt: skip


def field_of(heading: str) -> str:
    """The field a heading stands for, "" when it is none of ours."""
    plain = re.sub(r"[\s*＊:：]|[(（].*?[)）]", "", unicodedata.normalize("NFKC", heading)).lower()
    return _FIELDS.get(plain, _FIELDS.get(heading.strip().lower(), ""))


def yes(text: str) -> bool:
    """Whether a cell says yes; blank says no."""
    plain = text.strip().lower()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Wrong("请写“是”或“否”", "write yes or no")


def read_number(text: str, least: int, most: int) -> int:
    """A whole number in bounds; blank is `least`."""
    plain = re.sub(r"(小时|年|h|hours?)\Z", "", unicodedata.normalize("NFKC", text).strip().lower()).strip()
    if not plain:
        return least
    try:
        value = round(float(plain))
    except ValueError:
        raise Wrong("这里要一个数字", "a number is expected here") from None
    if not least <= value <= most:
        raise Wrong(f"要在 {least} 到 {most} 之间", f"must lie between {least} and {most}")
    return value


def read_date(text: str) -> dt.date:
    """A date as people write it; a month alone means its last day."""
    plain = unicodedata.normalize("NFKC", text).strip().split(" ")[0].split("T")[0]
    found = _DATE.match(plain)
    if found is None:
        raise Wrong("日期请写成 2027-12-31", "write the date as 2027-12-31")
    year, month = int(found[1]), int(found[2])
    try:
        if found[3]:
            return dt.date(year, month, int(found[3]))
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    except ValueError:
        raise Wrong("没有这一天", "there is no such day") from None


def read_choice(text: str) -> str:
    """The kind of licence a cell means."""
    plain = text.strip()
    for word, kind in _LICENCES.items():
        if word in plain or plain == kind:
            return str(kind)
    raise Wrong(
        "请写：精神科医师、心理治疗师、心理咨询师、社会工作者、执业医师或执业护士",
        "write psychiatrist, psychotherapist, counsellor, social worker, physician or nurse (in Chinese)",
    )


def read_several(text: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Several codes out of words divided by 、，;/ or blanks; `known` is word (or part of it) > code."""
    found, strange = [], []
    for word in filter(None, re.split(r"[、，,;；/\s]+", unicodedata.normalize("NFKC", text))):
        code = next((code for part, code in known.items() if part in word), "")
        (found if code else strange).append(code or word)
    if strange:
        names = "、".join(strange)
        raise Wrong(f"不认识“{names}”", f"unknown: {names}")
    return tuple(dict.fromkeys(found))


SPOKEN: Mapping[str, str] = {word: str(code) for word, code in _SPOKEN.items()} | {
    str(one.value): str(one.value) for one in Spoken
}


def _days(text: str) -> set[int]:
    if "每天" in text or "每日" in text or "天天" in text:
        return set(range(7))
    found: set[int] = set()
    if "工作日" in text:
        found |= set(range(5))
    if "周末" in text or "双休" in text:
        found |= {5, 6}
    for one in _DAY_SPAN.finditer(text):
        first, last = _DAYS[one[1]], _DAYS[one[2]]
        found |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    return found | {_DAYS[one[1]] for one in _DAY.finditer(_DAY_SPAN.sub("", text))}


def _hours(text: str) -> list[tuple[int, int]]:
    found = [hours for word, hours in _NAMED.items() if word in text]
    for one in _SPAN.finditer(text):
        first, last = int(one[1]) * 60 + int(one[2] or 0), int(one[4]) * 60 + int(one[5] or 0)
        if first >= 1440 or last > 1440:
            raise Wrong(f"没有这个钟点：{one[0]}", f"no such hour: {one[0]}")
        found.append((first, last + 1440 if last <= first or one[3] else last))
    return found


_ENGLISH = (
    ("every day", "每天"), ("daily", "每天"), ("weekdays", "工作日"), ("weekends", "周末"), ("weekend", "周末"),
    ("all day", "全天"), ("monday", "周一"), ("tuesday", "周二"), ("wednesday", "周三"), ("thursday", "周四"),
    ("friday", "周五"), ("saturday", "周六"), ("sunday", "周日"), ("mon", "周一"), ("tue", "周二"), ("wed", "周三"),
    ("thu", "周四"), ("fri", "周五"), ("sat", "周六"), ("sun", "周日"),
)  # fmt: skip
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def write_times(windows: Iterable[tuple[int, int, int]], *, english: bool) -> str:
    """The same the other way round: days with the same hours stand together, in words `read_times` reads."""
    by_day: dict[int, list[tuple[int, int]]] = {}
    for weekday, first, last in sorted(windows):
        by_day.setdefault(weekday, []).append((first, last))
    by_hours: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for weekday, hours in sorted(by_day.items()):
        by_hours.setdefault(tuple(hours), []).append(weekday)
    names, every, between = (_SHORT, "Every day", ", ") if english else (_WEEKDAYS, "每天", "、")
    parts = []
    for hours, days in by_hours.items():
        who = every if len(days) == 7 else between.join(names[day] for day in days)
        parts.append(f"{who} {' '.join(_span(first, last) for first, last in hours)}")
    return ("; " if english else "；").join(parts)


def _span(first: int, last: int) -> str:
    end = last - 1440 if last > 1440 else last
    return f"{first // 60:02d}:{first % 60:02d}-{end // 60:02d}:{end % 60:02d}"


def read_times(text: str) -> tuple[tuple[int, int, int], ...]:
    """Times of the week: (weekday, from, until) in minutes, out of “周一至周五 08:00-18:00；周末 全天”."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for word, meant in _ENGLISH:
        plain = re.sub(rf"\b{word}\b", meant, plain, flags=re.IGNORECASE)
    found: set[tuple[int, int, int]] = set()
    for part in filter(None, (one.strip() for one in re.split(r"[;；\n]+", plain))):
        days, hours = _days(part), _hours(part)
        if not days or not hours:
            raise Wrong(
                f"看不懂“{part}”，请写成：周一至周五 08:00-18:00；周末 全天",
                f"cannot be read: {part}; write 周一至周五 08:00-18:00；周末 全天",
            )
        found |= {(day, first, last) for day in days for first, last in hours}
    return tuple(sorted(found))
