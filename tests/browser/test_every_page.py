"""Every page that links lead to, as each role: axe, width, console; phone in light Chinese, desk in dark English."""

from __future__ import annotations

import re

import pytest
from axe import DESK, PHONE, faults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

import builders
from builders_bulletins import a_bulletin, a_correction, a_service, a_web_page
from builders_dispatch import a_key, a_verified_offer, an_assignment
from builders_guidance import a_guide, a_new_version, an_actor_of
from builders_plan_pages import a_pin, a_plan, a_small_plan
from builders_planning import a_standing
from tongzhou.chain.intake.models import Need
from tongzhou.desks.guidance.services import ask
from tongzhou.flows.answer_assignment import accept_by_link
from tongzhou.flows.carry_assignment import mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.flows.report_incident import report
from tongzhou.kernel import clock
from tongzhou.kernel.access import ANONYMOUS

#: Starting points; everything else is found by following links.
STARTS = {
    "": ["/", "/help/call/done/", "/verify/urgency/", "/c/{need}/", "/r/{code}/", "/r/{code}/{secret}/",
         "/r/{gift}/{secret}/", "/a/{way}/"],
    "coordinator": ["/assignments/{way}/", "/desk/", "/plans/1/approve/", "/plans/3/result/"],
    "verifier": ["/verify/"],
    "admin": ["/setup/"],
    "officer": ["/account/start/"],
    "liaison": ["/account/start/"],
    "volunteer": ["/account/start/"],
    "author": ["/guidance/work/", "/bulletins/desk/", "/bulletins/desk/new/", "/bulletins/pages/",
               "/directory/desk/?show=all"],
    "reviewer": ["/bulletins/desk/"],
    "publisher": ["/guidance/work/", "/bulletins/desk/"],
}  # fmt: skip
#: Addresses that are not pages, or end the visit.
NOT_PAGES = re.compile(
    r"logout|/static/|/export|/api/|\.(png|svg|csv|xlsx|txt|pdf|epub|xml|atom|json)$|/photos/|/save|/raw/|/language/|/theme/"
)
SECRET = "a-secret-for-tests-only"
#: Fewer distinct pages than this and the walk itself is broken.
AT_LEAST = 60


def _pattern(path: str) -> str:
    """An address without what varies: codes, ids, places, the query."""
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", path.split("?")[0])
    path = re.sub(r"/r/\d{10}/[\w-]+/", "/r/*/own/", path)
    path = re.sub(r"/\d{10}(?=/)", "/*", path)
    return re.sub(r"(/places/|/catalogue/[\w-]+/|/responses/)(?!new/)\w[\w-]*/", r"\1*/", path)


def _world() -> dict[str, str]:
    """A few records of each kind; what the starting points need."""
    need = builders.a_need(urgency_said=0)
    a_correction(a_bulletin())
    a_bulletin(kind="rumour", said="测试谣言", verdict="false")
    a_bulletin(state="draft")
    a_web_page()
    a_service()
    for place in ("420106", "421102", "4209"):
        builders.a_need(place=place, urgency_said=1)
    own = builders.a_need(secret=SECRET)
    builders.an_offer(may_go=["42", "4201"])
    builders.a_lead()
    builders.an_organisation()
    a_small_plan()
    a_plan(state="running", progress=40, step="solving")
    a_plan(state="approved", figures={"needs": 1})
    a_pin()
    a_standing()
    ask(actor=an_actor_of("volunteer"), edition=a_guide("older"), text="第一步怎么做？", step=1)
    a_new_version(a_guide("children", group="children"), published=False)
    assert own.submission is not None
    return {"need": need.code, "code": own.submission.code, "secret": SECRET, **_on_its_way(own)}


def _on_its_way(own: Need) -> dict[str, str]:
    """An assignment between people, half of it sent; another one with a report of what went wrong."""
    now = clock.now()
    Need.objects.filter(pk=own.pk).update(state="verified", quantity_planned=200)
    own.refresh_from_db()
    offer = a_verified_offer(secret=SECRET)
    way = an_assignment(need=own, offer=offer, now=now)
    accept_by_link(offer=offer, secret=SECRET, assignment=way, key=a_key(), now=now)
    mark_sent(actor=ANONYMOUS, assignment=way, quantity=50, secret=SECRET, key=a_key(), now=now)
    confirm(actor=ANONYMOUS, assignment=way, received=10, how="link", secret=SECRET, key=a_key(), now=now)
    other = an_assignment(offer=offer, now=now)
    report(actor=ANONYMOUS, assignment=other, kind="other", text="测试", secret=SECRET, key=a_key(), now=now)
    assert offer.submission is not None
    return {"gift": offer.submission.code, "way": way.code}


def _visit(page: Page, base: str, path: str, said: list[str], found: list[str]) -> set[str]:
    """Judge one page in two windows; the addresses it links to. `said` is what the console says meanwhile."""
    links: set[str] = set()
    for lang, size, theme in (("zh-hans", PHONE, "light"), ("en", DESK, "dark")):
        page.context.add_cookies([{"name": "lang", "value": lang, "url": base}])
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        answer = page.goto(base + path)
        if answer is None or answer.status != 200:
            found.append(f"{path}: answer {answer.status if answer else None}")
            break
        found.append(faults(page, f"{path} {size[0]} {lang} {theme}"))
        hrefs = page.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href'))")
        links |= {
            href.split("#")[0] for href in hrefs if href.startswith("/") and not NOT_PAGES.search(href.split("?")[0])
        }
    found += [f"{path}: console: {text}" for text in said]
    said.clear()
    return links - {""}


def _window(context: BrowserContext, said: list[str]) -> Page:
    """One window for all pages of a role: to open another one for each costs as much as to draw the page."""
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    return page


@pytest.mark.django_db(transaction=True)
def test_every_page_of_every_role(live_desk: str, browser: Browser) -> None:
    names = _world()
    found: list[str] = []
    seen: set[str] = set()
    for role, starts in STARTS.items():
        context = browser.new_context()
        if role:
            of = builders.an_organisation() if role == "officer" else None
            client = builders.sign_in(Client(), builders.an_account(role, organisation=of))
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_desk}])
        said: list[str] = []
        page = _window(context, said)
        todo = [start.format(**names) for start in starts]
        while todo:
            path = todo.pop(0)
            # The own account and what anybody sees look the same for every role; once is enough.
            if _pattern(path) not in seen:
                seen.add(_pattern(path))
                todo += sorted(_visit(page, live_desk, path, said, found))
        context.close()
    assert not [line for line in found if line], "\n".join(filter(None, found))
    assert {"/assignments/*/", "/assignments/*/confirm/", "/incidents/*/", "/a/*/"} <= seen, sorted(seen)
    assert len(seen) >= AT_LEAST, sorted(seen)
