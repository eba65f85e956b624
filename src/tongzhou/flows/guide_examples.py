"""The worked examples that ship, as drafts: only a reviewer's and a publisher's act puts one in force."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction

from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import Guide, GuideVersion
from tongzhou.desks.guidance.policies import LOAD_EXAMPLES
from tongzhou.desks.guidance.types import SaidGuide, SaidSource, SaidStep, SaidText
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor, require
from tongzhou_engines.base.datafiles import data_path

__all__ = ["REVIEW_DAYS", "examples", "load_examples", "missing_examples"]

#: An example is to be looked at again within this of its loading.
REVIEW_DAYS = 90


def examples(now: dt.datetime) -> list[tuple[SaidGuide, SaidText]]:
    """Every example as the services take it."""
    said = json.loads(data_path("guidance/examples.json").read_text("utf-8"))
    by = (clock.beijing(now).date() + dt.timedelta(days=REVIEW_DAYS)).isoformat()
    return [(_guide(one), _text(one, said["sources"], by)) for one in said["guides"]]


def _guide(one: dict[str, Any]) -> SaidGuide:
    return SaidGuide(
        slug=one["slug"], kind=one["kind"], group=one["group"], stages=tuple(one["stages"]), roles=tuple(one["roles"])
    )


def _text(one: dict[str, Any], sources: dict[str, dict[str, Any]], review_by: str) -> SaidText:
    return SaidText(
        title=one["title"], title_en=one["title_en"], summary=one["summary"], summary_en=one["summary_en"],
        steps=tuple(SaidStep(step["zh"], step["en"], step["caution"]) for step in one["steps"]),
        sources=tuple(SaidSource(**sources[name]) for name in one["sources"]), review_by=review_by, is_example=True,
    )  # fmt: skip


def missing_examples(now: dt.datetime) -> list[tuple[SaidGuide, SaidText]]:
    """Those whose name no guide has yet."""
    there = set(Guide.objects.values_list("slug", flat=True))
    return [(guide, text) for guide, text in examples(now) if guide.slug not in there]


@transaction.atomic
def load_examples(*, actor: Actor, now: dt.datetime) -> list[GuideVersion]:
    """Make a draft of every example that is not there yet; doing it again adds nothing. Raises ``not_found``."""
    require(actor, LOAD_EXAMPLES)
    return [services.start_guide(actor=actor, said=guide, text=text) for guide, text in missing_examples(now)]
