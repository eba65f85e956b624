"""What a roster must cover: the rows asked for, never fewer than two seats a line, a supervisor whenever open."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tongzhou_engines.staffing.inputs import DEMAND_SCHEMA, HALF_HOUR, LEAST_SEATS, RosterTask, invalid

__all__ = ["Key", "required"]

#: A thing to be covered: half hour, skill, kind ("seat" or "present").
Key = tuple[dt.datetime, str, str]


def required(task: RosterTask) -> dict[Key, int]:
    """How many are required, by half hour, skill and kind; in order of time, then kind and skill.

    A line that is open (1 seat or more) has at least two; when any line is open a supervisor is present. Errors:
    InputError roster_invalid for missing columns, times outside the period or off the half hour, and double rows.
    """
    missing = [name for name in DEMAND_SCHEMA if name not in task.demand.columns]
    if missing:
        raise _bad(f"需求表缺少 {'、'.join(missing)} 列", f"the demand has no column {', '.join(missing)}")
    first = dt.datetime.combine(task.start, dt.time())
    last = first + dt.timedelta(days=task.days)
    found: dict[Key, int] = {}
    table = task.demand.select(pl.col(name).cast(kind) for name, kind in DEMAND_SCHEMA.items())
    for start, skill, kind, seats in table.sort("start", "kind", "skill").iter_rows():
        if start is None or seats is None or seats < 0 or not skill or kind not in ("seat", "present"):
            raise _bad(
                f"需求表有一行不成立：{start} {skill} {kind} {seats}",
                f"a row of the demand is not valid: {start} {skill} {kind} {seats}",
            )
        if not first <= start < last or (start - first) % HALF_HOUR:
            raise _bad(
                f"{start} 不在排班的日期里，或不是整半小时", f"{start} is outside the period or not a whole half hour"
            )
        if (start, skill, kind) in found:
            raise _bad(f"{start} 的 {skill} 出现了两次", f"{skill} at {start} occurs twice")
        if seats > 0:
            found[start, skill, kind] = max(seats, LEAST_SEATS) if kind == "seat" else seats
    if not found:
        raise _bad("没有一个开着的半小时", "no half hour is open")
    if task.rules.supervisor is not None:
        for start in sorted({start for start, _, kind in found if kind == "seat"}):
            key = (start, task.rules.supervisor, "present")
            found[key] = max(found.get(key, 0), 1)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], item[0][2], item[0][1])))


def _bad(zh: str, en: str) -> Exception:
    return invalid("roster_invalid", zh, en, "请改正座席需求表", "Correct the table of seats needed")
