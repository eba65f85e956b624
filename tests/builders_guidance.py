"""Builders of guidance: the people who make it, and guides that went the whole way. Everything is made up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import builders
from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.selectors import text_of
from tongzhou.desks.guidance.types import SaidGuide, SaidSource, SaidStep, SaidText
from tongzhou.flows.publish_guide import publish_guide
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.registers.people.actors import actor_for

__all__ = ["STEPS", "a_draft", "a_guide", "a_new_version", "a_text", "an_actor_of"]

STEPS = (
    SaidStep("先问药还剩几天。", "Ask how many days of medicine are left.", True),
    SaidStep("说话慢，一次说一件事。", "Speak slowly, one thing at a time."),
    SaidStep("约好谁每天打一个电话。", "Agree who calls every day."),
)


def an_actor_of(role: str, **over: Any) -> Actor:
    """Somebody with that role, signed in with a second factor; a new account each time."""
    return actor_for(builders.an_account(role, **over), second_factor=True)


def a_text(**over: Any) -> SaidText:
    """Everything a version needs to be reviewed."""
    said = SaidText(
        title="老年人：慢一点", title_en="Older people: slowly", steps=STEPS, summary="打电话时用。",
        summary_en="For calls.",
        sources=(SaidSource("测试用的来源", "测试出版者", "https://example.org/source", "2020-03-18"),),
        review_by="2030-06-30",
    )  # fmt: skip
    return replace(said, **over)


def a_draft(
    slug: str = "older", *, author: Actor | None = None, text: SaidText | None = None, **over: Any
) -> GuideVersion:
    """A first draft."""
    said = SaidGuide(**({"slug": slug, "kind": "group", "group": "older"} | over))
    return services.start_guide(actor=author or an_actor_of("author"), said=said, text=text or a_text())


def _to_the_end(draft: GuideVersion, author: Actor) -> GuideVersion:
    services.submit(actor=author, edition=draft)
    services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    return publish_guide(actor=an_actor_of("publisher"), edition=draft, now=clock.now())[0]


def a_guide(slug: str = "older", *, text: SaidText | None = None, **over: Any) -> GuideVersion:
    """A first version in force."""
    author = an_actor_of("author")
    return _to_the_end(a_draft(slug, author=author, text=text, **over), author)


def a_new_version(edition: GuideVersion, *, published: bool = True, **over: Any) -> GuideVersion:
    """The next version of a guide: what the last one says, with what `over` says instead."""
    author = an_actor_of("author")
    draft = services.revise(actor=author, guide=edition.guide)
    said: dict[str, Any] = {"what_changed": "改了", "why": "一线问到", "review_by": "2030-06-30"}
    draft = services.save_draft(actor=author, edition=draft, text=replace(text_of(draft), **(said | over)))
    return _to_the_end(draft, author) if published else draft
