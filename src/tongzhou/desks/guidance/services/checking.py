"""Reading what somebody wrote: made plain, judged field by field, nothing dropped silently."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.desks.guidance.models import Guide
from tongzhou.desks.guidance.types import RESERVED, Group, GuideKind, SaidGuide, SaidSource, SaidStep, SaidText
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.people.types import ROLES
from tongzhou.registers.stages.types import Stage

__all__ = ["MOST_SOURCES", "MOST_STEPS", "checked_guide", "checked_text", "day_of", "plain"]

MOST_STEPS, MOST_SOURCES = 12, 12
#: Longest of each text field, in characters.
LONGEST = {
    "title": 60, "title_en": 120, "summary": 200, "summary_en": 400, "what_changed": 200, "what_changed_en": 400,
    "why": 200, "why_en": 400,
}  # fmt: skip
STEP, STEP_EN = 120, 300
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
_URL = re.compile(r"https?://[^\s\"'<>\\]{3,290}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def plain(text: str) -> str:
    """One line of printable text: what a book, a page and a phone can all show."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def day_of(text: str) -> dt.date | None:
    """A date written 2020-03-18; None for blank. Raises ValueError."""
    return dt.date.fromisoformat(text) if text else None


def _too_long(most: int) -> str:
    return _("太长了，最多 %(n)s 个字") % {"n": most}


def _step(number: int, one: SaidStep, wrong: dict[str, str]) -> SaidStep:
    step = replace(one, text=plain(one.text), text_en=plain(one.text_en))
    if not step.text:
        wrong[f"step_{number}"] = _("这一步没有中文")
    elif len(step.text) > STEP:
        wrong[f"step_{number}"] = _too_long(STEP)
    if len(step.text_en) > STEP_EN:
        wrong[f"step_en_{number}"] = _too_long(STEP_EN)
    return step


def _source(number: int, one: SaidSource, wrong: dict[str, str]) -> SaidSource:
    source = SaidSource(plain(one.title), plain(one.publisher), one.url.strip(), one.date.strip(), one.unconfirmed)
    if not source.title or not source.publisher:
        wrong[f"source_{number}"] = _("请写来源的题目和发布者")
    elif len(source.title) > 200 or len(source.publisher) > 120:
        wrong[f"source_{number}"] = _too_long(200)
    if source.url and not _URL.fullmatch(source.url):
        wrong[f"source_url_{number}"] = _("网址要以 https:// 或 http:// 开头，中间没有空格")
    if source.date and not _is_date(source.date):
        wrong[f"source_date_{number}"] = _("日期写 2020、2020-03 或 2020-03-18")
    return source


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def checked_text(said: SaidText) -> SaidText:
    """`said` made plain. Raises ``Refusal("bad_form")`` with every field that is wrong; steps count from 1."""
    wrong: dict[str, str] = {}
    texts: dict[str, Any] = {name: plain(getattr(said, name)) for name in LONGEST}
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            wrong[name] = _too_long(most)
    if not texts["title"]:
        wrong["title"] = _("请写标题")
    steps = tuple(_step(number, one, wrong) for number, one in enumerate(said.steps, 1))
    sources = tuple(_source(number, one, wrong) for number, one in enumerate(said.sources, 1))
    if len(steps) > MOST_STEPS:
        wrong["steps"] = _("最多 %(n)s 步：长的请拆成两份指南") % {"n": MOST_STEPS}
    if len(sources) > MOST_SOURCES:
        wrong["sources"] = _("最多 %(n)s 个来源") % {"n": MOST_SOURCES}
    try:
        day_of(said.review_by)
    except ValueError:
        wrong["review_by"] = _("日期写 2020-03-18")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return replace(said, steps=steps, sources=sources, **texts)


def checked_guide(said: SaidGuide) -> SaidGuide:
    """Where a guide belongs. Raises ``Refusal``: ``bad_form``, ``guide_slug``."""
    wrong: dict[str, str] = {}
    if not _SLUG.fullmatch(said.slug) or said.slug in RESERVED:
        wrong["slug"] = _("2 到 41 个小写字母、数字或横线；这几个词留给网址：%(words)s") % {
            "words": ", ".join(sorted(RESERVED))
        }
    if said.kind not in GuideKind.values:
        wrong["kind"] = _("请选一种")
    if (said.kind == GuideKind.GROUP) != (said.group in Group.values):
        wrong["group"] = _("“按人群”的要选人群，其余的不选")
    if not set(said.stages) <= set(Stage.values) or not set(said.roles) <= ROLES:
        wrong["stages"] = _("请选一种")
    if said.category and not Category.objects.filter(pk=said.category).exists():
        wrong["category"] = _("没有这个类别，请从目录里选")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    if Guide.objects.filter(slug=said.slug).exists():
        raise Refusal("guide_slug", slug=said.slug)
    return said
