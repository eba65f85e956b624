"""The pages of the people of the line and of its rosters: axe, width, console; phone and desk, zh and en."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import pytest
from axe import DESK, PHONE, faults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

import builders
from builders_bulletins import a_service
from tongzhou.desks.casework.services.talking import open_conversation
from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import Professional, RecruitmentCall, Roster, ServiceLine, Shift
from tongzhou.desks.professionals.services.people import secret_hash
from tongzhou.flows.contact_begin import begin_contact
from tongzhou.flows.contact_take import sit, take_contact
from tongzhou.flows.demo_casework import papers_of_the_demo
from tongzhou.flows.demo_professionals import line_of_the_demo
from tongzhou.flows.hand_shift import hand_matter
from tongzhou.flows.refer_place import choose_place, show_place
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account

SECRET = "the-secret-of-an-application-1"


def _world() -> dict[str, str]:
    """The demo's line; its accounts sign in as everybody does."""
    builders.a_place("4201")
    line = line_of_the_demo(actor=SYSTEM, response=builders.a_response())
    Account.objects.filter(is_demo=True).update(is_demo=False)
    call = RecruitmentCall.objects.create(
        line=line, code=ids.new_code(), needed=40, there=34, wanted=6, closes_at=clock.now() + dt.timedelta(days=9)
    )
    person = Professional.objects.filter(line=line, is_synthetic=True).earliest("alias")
    Professional.objects.filter(pk=person.pk).update(secret_hash=secret_hash(SECRET))
    shift = Shift.objects.filter(professional__account__login="demo-counsellor", starts_at__gt=clock.now()).earliest(
        "starts_at"
    )
    papers_of_the_demo(actor=SYSTEM, line=line)
    return {
        "contact": _at_work(line),
        "line": str(line.pk), "call": call.code, "person": str(person.pk), "shift": str(shift.pk),
        "number": str(Roster.objects.filter(line=line).earliest("number").number),
    }  # fmt: skip


def _at_work(line: ServiceLine) -> str:
    """What a shift leaves behind: a conversation with a place of the directory, a matter handed to each of the two."""
    now = clock.now()
    helper, boss = (
        actor_for(Account.objects.get(login=login), second_factor=True)
        for login in ("demo-counsellor", "demo-supervisor")
    )
    sit(actor=helper, line_id=line.pk, state="open", now=now)
    contact = take_contact(actor=helper, contact_id=begin_contact(line=line, now=now).contact.pk, now=now)
    kept = choose_place(actor=helper, contact=contact, service_id=a_service().pk)
    show_place(actor=helper, contact=contact, ref=kept.pk, consent=True, now=now)
    choose_place(actor=helper, contact=contact, service_id=a_service("社区食堂送餐", phone="12345").pk)
    for giver, to in ((helper, "supervisors"), (boss, str(helper.account_id))):
        left = Contact.objects.create(
            line_id=line.pk, state="wrapping", answered_at=now, ended_at=now, counsellor_id=giver.account_id
        )
        open_conversation(contact_id=left.pk, line_id=line.pk)
        note = "（合成）说好明早九点再打一次，先问睡得怎样。"
        hand_matter(actor=giver, kind="contact", item=left.pk, to=to, note=note, now=now)
    return str(contact.pk)


PAGES = {
    "demo-association": [
        "/line/people/", "/line/people/new/", "/line/people/{line}/", "/line/people/{line}/settings/",
        "/line/people/{line}/training/", "/line/people/{line}/groups/", "/line/people/{line}/check/",
        "/line/people/{line}/call/?daily=900", "/line/people/{line}/import/", "/line/people/person/{person}/",
        "/line/rosters/", "/line/rosters/{line}/", "/line/rosters/{line}/new/", "/line/rosters/{line}/arrivals/",
        "/line/rosters/{line}/sick/", "/line/rosters/{number}/", "/line/rosters/{number}/coverage/",
    ],
    "demo-counsellor": [
        "/line/my/", "/line/my/times/", "/line/my/training/", "/line/my/sick/", "/line/my/swap/{shift}/",
        "/calls/handover/", "/calls/{contact}/referral/",
    ],
    "demo-supervisor": [
        "/calls/handover/", "/calls/board/", "/line/people/{line}/shifts/?code=D1", "/line/forms/",
        "/line/forms/{line}/screening/", "/line/forms/{line}/contact/", "/line/figures/",
    ],
    "": ["/line/join/{call}/", f"/line/application/{SECRET}/"],
}  # fmt: skip


def _look(context: BrowserContext, base: str, path: str) -> list[str]:
    page, said, found = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    windows: tuple[tuple[str, tuple[int, int], Literal["light", "dark"]], ...] = (
        ("zh-hans", PHONE, "light"),
        ("en", DESK, "dark"),
    )
    for lang, size, theme in windows:
        context.add_cookies([{"name": "lang", "value": lang, "url": base}])
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        answer = page.goto(base + path)
        if answer is None or answer.status != 200:
            found.append(f"{path}: answer {answer.status if answer else None}")
            break
        found.append(faults(page, f"{path} {size[0]} {lang} {theme}"))
    page.close()
    return [one for one in found if one] + [f"{path}: console: {text}" for text in said]


@pytest.mark.django_db(transaction=True)
def test_every_page_of_the_people_of_the_line(live_desk: str, browser: Browser) -> None:
    names = _world()
    assert ServiceLine.objects.count() == 1
    found: list[str] = []
    for login, paths in PAGES.items():
        context = browser.new_context()
        if login:
            client = builders.sign_in(Client(), Account.objects.get(login=login))
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_desk}])
        for path in paths:
            found += _look(context, live_desk, path.format(**names))
        context.close()
    assert not found, "\n".join(found)
