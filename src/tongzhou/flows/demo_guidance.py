"""Guidance in the demo: the shipped examples, written, reviewed and published; of one a second version waits."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import GuideVersion, Question
from tongzhou.desks.guidance.selectors import text_of
from tongzhou.desks.guidance.types import SaidStep
from tongzhou.flows.guide_examples import load_examples
from tongzhou.flows.publish_guide import answer_question, publish_guide
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.registers.people import types as roles
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.services import create_account, grant_role

__all__ = ["guidance_of_the_demo"]

_PEOPLE = (
    ("demo-author", gettext_noop("撰稿人"), roles.AUTHOR),
    ("demo-reviewer", gettext_noop("审稿专家"), roles.REVIEWER),
    ("demo-publisher", gettext_noop("发布人"), roles.PUBLISHER),
)
_REASON = gettext_noop("演示")


def _people(loader: Actor) -> dict[str, Actor]:
    """The demo's author, reviewer and publisher; made when they are not there yet."""
    found = {}
    for login, name, role in _PEOPLE:
        account = Account.objects.filter(login=login).first()
        if account is None:
            account = create_account(actor=loader, login=login, name=name, is_demo=True, reason=_REASON)
            grant_role(actor=loader, account=account, role=role, line=roles.ALL, area="", reason=_REASON)
        found[role] = actor_for(account, second_factor=True)
    return found


def guidance_of_the_demo(*, actor: Actor, volunteer: Account) -> None:
    """Ten examples in force; the volunteer read one, asked, and its second version waits to be published."""
    people, now = _people(actor), clock.now()
    editions = {one.guide.slug: one for one in load_examples(actor=people[roles.AUTHOR], now=now)}
    for slug in editions:
        editions[slug] = _through(people, editions[slug])
    reader = actor_for(volunteer, second_factor=True)
    read = editions["volunteers"]
    services.acknowledge(actor=reader, edition=read, now=now)
    asked = services.ask(actor=reader, edition=read, text="（合成）没有口罩的时候能不能接任务？", step=2)
    _next(people, read, asked)


def _through(people: dict[str, Actor], edition: GuideVersion) -> GuideVersion:
    now = clock.now()
    services.submit(actor=people[roles.AUTHOR], edition=edition)
    services.approve(actor=people[roles.REVIEWER], edition=edition, now=now, note="（合成）按示例通过，标记保留")
    return publish_guide(actor=people[roles.PUBLISHER], edition=edition, now=now)[0]


def _next(people: dict[str, Actor], read: GuideVersion, asked: Question) -> None:
    """The question leads to a second version, approved and waiting for its publisher."""
    now, author = clock.now(), people[roles.AUTHOR]
    draft = services.revise(actor=author, guide=read.guide)
    said = text_of(draft)
    second = said.steps[1]
    changed = SaidStep(
        "没有口罩不接任务，先向队长领；戴好口罩，放下东西后退两步，回来先洗手。",
        "No mask, no task: get one from your lead. Put things down and step back; wash your hands when you return.",
        second.caution, second.key,
    )  # fmt: skip
    text = replace(
        said, steps=(said.steps[0], changed, *said.steps[2:]), what_changed="（合成）第 2 步写明没有口罩怎么办",
        what_changed_en="(synthetic) step 2 says what to do without a mask", why="（合成）一线志愿者问到",
        why_en="(synthetic) a volunteer asked", review_by=read.review_by.isoformat() if read.review_by else "",
    )  # fmt: skip
    services.save_draft(actor=author, edition=draft, text=text)
    answer_question(
        actor=author, question=asked, edition=draft, now=now, text="（合成）不能。先向队长领口罩，领到再接。",
        text_en="(synthetic) No. Get a mask from your lead first.",
    )  # fmt: skip
    services.submit(actor=author, edition=draft)
    services.send_back(
        actor=people[roles.REVIEWER], edition=draft, note="（合成）第 2 步请写明口罩向谁领，志愿者会问。"
    )
    services.answer_remark(actor=author, edition=draft, text="（合成）写明了：先向队长领，领到再接任务。")
    services.submit(actor=author, edition=draft)
    services.approve(actor=people[roles.REVIEWER], edition=draft, now=now, note="（合成）通过")
