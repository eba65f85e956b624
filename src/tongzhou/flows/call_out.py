"""Calling for volunteers: once for each plan, and only for what is measured and more than the teams can do."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from tongzhou.chain.evaluation.selectors.naming import Names, names_of
from tongzhou.chain.evaluation.selectors.plans import current_plans
from tongzhou.chain.evaluation.selectors.public import CallOut, public_of
from tongzhou.flows.notify import notify
from tongzhou.kernel import clock, idempotency
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.registers.catalogue.selectors import categories
from tongzhou.registers.cover.spreading import lies_in
from tongzhou.registers.notices.types import NoticeKind
from tongzhou.registers.people.models import Team, TeamMember
from tongzhou.registers.people.types import Line
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.selectors import open_responses

__all__ = ["call_out_due"]


def call_out_due(now: dt.datetime | None = None) -> int:
    """Call for volunteers where a plan has spoken since the last time; how many calls. Called by the tick.

    It says what the public page says (never of an exercise), to the teams of that city and line, who know the others,
    and to the groups that listen. The same plan calls once, whatever the hour and however often this runs.
    """
    moment, done = now or clock.now(), 0
    for response in open_responses(ANONYMOUS).filter(is_exercise=False):
        newest = next((plan.number for plan in current_plans(response.pk)), None)
        if newest is not None:
            done += _call(response, newest, moment)
    return done


@transaction.atomic
def _call(response: Response, plan: int, now: dt.datetime) -> int:
    """The calls of a plan; 0 when it called already."""

    def effect() -> int:
        known = {one.key: one for one in categories(response.pk)}
        calls = public_of(response, now, {key: one.kind for key, one in known.items()}).call_outs
        wanted = [one for one in calls if not one.filled]
        names = names_of(response.pk, [one.place for one in wanted])
        for one in wanted:
            notify(
                accounts=_crew(response, one.place, known[one.category].line), kind=NoticeKind.CALL_OUT,
                facts=_facts(one, names), path=_page(response, one), response=response.pk,
                key=f"call:{plan}:{one.place}:{one.category}",
            )  # fmt: skip
        return len(wanted)

    key = f"{response.pk}:{plan}"
    called, is_new = idempotency.once(
        scope="call_out", key=key, content=idempotency.fingerprint([key]), effect=effect
    )  # fmt: skip
    return int(called) if is_new else 0


def _crew(response: Response, place: str, line: str) -> set[uuid.UUID]:
    """Who is in a team of that line, in this city or over it."""
    open_teams = Team.objects.filter(Q(response_id=None) | Q(response_id=response.pk), closed_at=None)
    teams = [
        team.pk for team in open_teams.filter(line__in=(line, Line.ALL))
        if lies_in(place, team.area) or lies_in(team.area, place)
    ]  # fmt: skip
    rows = TeamMember.objects.filter(team__in=teams, left_at=None, account__is_active=True)
    return set(rows.values_list("account_id", flat=True))


def _facts(one: CallOut, names: Names) -> dict[str, Any]:
    """What is lacking where, in both languages; no amount where a few households stand behind it."""
    facts: dict[str, Any] = {}
    for language, ending in (("zh-hans", ""), ("en", "_en")):
        with override(language):
            facts[f"what{ending}"] = names.category(one.category)
            facts[f"where{ending}"] = names.full(one.place)
            facts[f"amount{ending}"] = "" if one.lacking is None else names.amount(one.category, one.lacking)
    return facts


def _page(response: Response, one: CallOut) -> str:
    """The living card, which says what is true when somebody looks."""
    return f"/needed/{one.place}/{one.category}/?" + urlencode({"response": response.slug})
