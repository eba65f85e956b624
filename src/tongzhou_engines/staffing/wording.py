"""What is said about a broken rule or a shortage, in Chinese and English."""

from __future__ import annotations

import datetime as dt

__all__ = ["FAULTS", "SHORTAGES", "fault_text"]

#: rule: (zh, en)
FAULTS: dict[str, tuple[str, str]] = {
    "unknown_person": ("没有这个人", "nobody has this code"),
    "unknown_shift": ("没有这个班次", "there is no such shift"),
    "unknown_skill": ("没有这条热线", "there is no such line"),
    "outside_period": ("不在排班的日期里", "outside the period"),
    "one_shift_a_day": ("一天排了两个班", "two shifts on one day"),
    "unskilled": ("没有这条热线要的技能", "lacks the skill of this line"),
    "unavailable": ("这个时间不能来", "cannot work at this time"),
    "absent": ("病假或请假", "is sick or on leave"),
    "rest": ("两班之间休息不够", "too little rest between two shifts"),
    "day_after_night": ("夜班的第二天排了白班", "a day shift on the day after a night"),
    "days_in_row": ("连续上班的天数太多", "too many days in a row"),
    "week_hours": ("一周的工时超过上限", "too many hours in one week"),
    "nights": ("28 天里的夜班太多", "too many nights within 28 days"),
    "two_seats": ("一条开着的热线不到两个座席", "an open line has fewer than two seats"),
    "seats": ("座席不够", "too few seats"),
    "supervisor": ("没有督导在场", "no supervisor is present"),
    "present": ("缺少要在场的技能", "a skill that must be present is missing"),
}

#: reason of a shortage: (zh, en)
SHORTAGES: dict[str, tuple[str, str]] = {
    "no_shift": ("没有一个班次包含这半小时", "no shift covers this half hour"),
    "no_people": (
        "有这项技能、这时能来的只有 {able} 人，要 {need} 人",
        "only {able} people with this skill can be there, {need} are required",
    ),
    "too_few_hours": (
        "这一周要 {need_hours} 人时，有这项技能的人最多能上 {able_hours} 人时",
        "this week takes {need_hours} person-hours, people with this skill can give {able_hours} at most",
    ),
    "rules_together": (
        "已证明：在各人的时间和休息规则之下，整个排班至少要缺 {least} 个半小时座席",
        "proved: with people's times and rest rules at least {least} seat half hours are lacking over the whole roster",
    ),
    "not_proved": (
        "没有找到排满的办法，也没有证明排不满：多给一些时间再算",
        "no way to fill it was found and none was ruled out: allow more time",
    ),
}


def fault_text(
    rule: str,
    *,
    person: str,
    date: dt.date | None,
    shift: str,
    start: dt.datetime | None,
    skill: str,
    detail: tuple[str, str],
) -> tuple[str, str]:
    """One sentence in each language: when, who, what is wrong, by how much."""
    when = f"{start:%Y-%m-%d %H:%M}" if start is not None else (date.isoformat() if date is not None else "")
    who = " ".join(part for part in (when, person, shift, skill) if part)
    zh, en = FAULTS[rule]
    zh_more, en_more = (f"（{detail[0]}）", f" ({detail[1]})") if detail[0] else ("", "")
    return f"{who}：{zh}{zh_more}", f"{who}: {en}{en_more}"
