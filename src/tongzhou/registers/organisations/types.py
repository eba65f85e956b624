"""Words of organisations, and the rule by which papers and decisions make a standing (pure, no database)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.clock import BEIJING

__all__ = [
    "CHARITY_KINDS",
    "AuthorityLevel",
    "Cause",
    "Effect",
    "OrganisationKind",
    "Paper",
    "PaperState",
    "StandingState",
    "Wanted",
    "effect_at",
    "end_of",
    "judge",
    "start_of",
]


class OrganisationKind(TextChoices):
    """What an organisation is in law."""

    FOUNDATION = "foundation", _("基金会")
    ASSOCIATION = "association", _("社会团体")
    AGENCY = "agency", _("社会服务机构")
    COMPANY = "company", _("企业")
    HOSPITAL = "hospital", _("医疗机构")
    COMMITTEE = "committee", _("居委会、村委会")
    PUBLIC_BODY = "public_body", _("机关、事业单位")
    OTHER = "other", _("其他")


#: Only these can be charitable organisations (慈善法: foundations, associations and social service agencies).
CHARITY_KINDS = (OrganisationKind.FOUNDATION, OrganisationKind.ASSOCIATION, OrganisationKind.AGENCY)


class AuthorityLevel(TextChoices):
    """Level of the authority that registered it."""

    NATION = "nation", _("国家级")
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    DISTRICT = "district", _("区县级")


class PaperState(TextChoices):
    """What a person found when looking at a paper."""

    ACCEPTED = "accepted", _("已核实")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class StandingState(TextChoices):
    """Whether an organisation may work here. No standing at all: its papers are not complete yet."""

    CURRENT = "current", _("有效")
    SUSPENDED = "suspended", _("已暂停")
    REVOKED = "revoked", _("已撤销资格")
    EXPIRED = "expired", _("已到期")


class Cause(TextChoices):
    """Why a standing became what it is."""

    PAPERS_COMPLETE = "papers_complete", _("材料核实齐全")
    PAPER_LAPSED = "paper_lapsed", _("材料过期或撤回")
    PAPER_REPAIRED = "paper_repaired", _("材料补齐")
    TERM_ENDED = "term_ended", _("期限已到")
    TERM_CHANGED = "term_changed", _("期限已改")
    SUSPENDED = "suspended", _("人工暂停")
    REVOKED = "revoked", _("人工撤销")
    REINSTATED = "reinstated", _("人工恢复")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mandatory requirement: asked for from this moment on."""

    requirement: object
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """An accepted paper: counts from `start` until just before `end` (None: for good)."""

    requirement: object
    start: dt.datetime
    end: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a standing is at a moment, and when it will change by itself if nobody does anything."""

    state: StandingState
    lacks_papers: bool
    suspends_at: dt.datetime | None
    expires_at: dt.datetime | None


def end_of(day: dt.date) -> dt.datetime:
    """The first moment after `day` in Beijing: a paper valid until a day is valid all that day."""
    return start_of(day + dt.timedelta(days=1))


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of `day` in Beijing."""
    return dt.datetime.combine(day, dt.time(), BEIJING)


def _covered_until(wanted: Wanted, papers: Iterable[Paper], at: dt.datetime) -> dt.datetime | None:
    """Until when this requirement is met from `at` on: `at` itself when it is not met now, None when for good."""
    ends = [
        p.end for p in papers if p.requirement == wanted.requirement and p.start <= at and (p.end is None or p.end > at)
    ]
    if None in ends:
        return None
    until = max((end for end in ends if end is not None), default=at)
    return max(until, wanted.since, at)


def judge(
    decided: StandingState,
    term_ends_at: dt.datetime | None,
    wanted: Iterable[Wanted],
    papers: Iterable[Paper],
    at: dt.datetime,
) -> Effect:
    """The rule: revoked by a person > term over > suspended by a person > a mandatory paper missing > current.

    decided: what a person last decided (current, suspended or revoked). Papers only count up to what is known at `at`,
    so what comes out holds for every later moment until somebody adds a fact.
    """
    papers = list(papers)
    ends = [_covered_until(one, papers, at) for one in wanted]
    lapses = min((end for end in ends if end is not None), default=None)
    lacks = lapses is not None and lapses <= at
    if decided == StandingState.REVOKED:
        return Effect(StandingState.REVOKED, lacks, None, None)
    if term_ends_at is not None and term_ends_at <= at:
        return Effect(StandingState.EXPIRED, lacks, None, None)
    if decided == StandingState.SUSPENDED or lacks:
        return Effect(StandingState.SUSPENDED, lacks, None, term_ends_at)
    return Effect(StandingState.CURRENT, False, lapses, term_ends_at)


def effect_at(
    state: str, suspends_at: dt.datetime | None, expires_at: dt.datetime | None, at: dt.datetime
) -> StandingState:
    """What a kept standing means at `at`, before any timed work has caught up with it."""
    if state != StandingState.REVOKED and expires_at is not None and expires_at <= at:
        return StandingState.EXPIRED
    if state == StandingState.CURRENT and suspends_at is not None and suspends_at <= at:
        return StandingState.SUSPENDED
    return StandingState(state)
