"""Nobody is rostered before the training is done: everything read, a guide in the guidance, and somebody made sure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from builders import an_account, sign_in
from builders_guidance import a_guide, a_new_version
from builders_professionals import a_line, a_professional, a_shift, a_training
from tongzhou.desks.guidance.services import acknowledge
from tongzhou.desks.guidance.types import SaidStep
from tongzhou.desks.professionals.models import Acknowledgement, Professional, Roster, ServiceLine
from tongzhou.desks.professionals.selectors.shifts import able
from tongzhou.desks.professionals.services import training
from tongzhou.desks.professionals.services.lines import publish_item
from tongzhou.desks.professionals.services.running import run_roster, start_roster
from tongzhou.flows.lapse_professionals import lapse_due
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.actors import actor_for

pytestmark = pytest.mark.django_db
UNTRAINED = {"trained_by": None, "trained_on": None, "trained_evidence": ""}


def _made(line: ServiceLine) -> Roster:
    now = clock.now()
    tomorrow = now.astimezone(line.zone).date() + dt.timedelta(days=1)
    asked = {"daily": 4, "effort": 0.05}
    roster = start_roster(actor=SYSTEM, line=line, start=tomorrow, days=1, asked=asked, now=now)
    run_roster(roster.pk)
    roster.refresh_from_db()
    return roster


def test_only_who_is_trained_is_rostered_and_the_roster_says_how_many_are_not() -> None:
    line = a_line(hours={str(day): [480, 960] for day in range(7)})
    item = a_training(line)
    trained = [a_professional(line) for _ in range(3)]
    unchecked = a_professional(line, **UNTRAINED)
    unread = a_professional(line)
    Acknowledgement.objects.filter(professional=unread, item=item).delete()
    roster = _made(line)
    assert roster.state == "draft"
    people = set(roster.shifts.values_list("professional_id", flat=True))
    assert people <= {one.pk for one in trained}
    assert people
    assert roster.figures["untrained"] == 2
    boss = a_professional(line, supervisor=True)
    page = sign_in(Client(), boss.account).get(f"/line/rosters/{roster.number}/").content.decode()
    assert "2 人的培训还没有核对" in page
    assert unchecked.alias not in page


def test_a_line_of_untrained_people_says_why_nobody_can_be_rostered() -> None:
    line = a_line()
    a_professional(line, **UNTRAINED)
    roster = _made(line)
    assert (roster.state, roster.failure["code"]) == ("failed", "roster_untrained")
    assert "有 1 个在岗的人" in roster.failure["zh"]


def test_a_second_person_makes_sure_once_everything_is_read() -> None:
    line = a_line()
    item = a_training(line)
    person = a_professional(line, **UNTRAINED)
    Acknowledgement.objects.filter(professional=person, item=item).delete()
    officer = an_account("officer", organisation=line.organisation)
    client = sign_in(Client(), officer)
    check = f"/line/people/{line.pk}/check/"
    assert "现在没有等核对培训的人" in client.get(check).content.decode()  # it is not read yet
    one_by_one = f"/line/people/person/{person.pk}/trained/"
    said = {"trained-on": "2020-02-03", "trained-evidence": "签到表"}
    refused = client.post(one_by_one, said)
    assert refused.status_code == 422
    assert "本人还有 1 项" in refused.content.decode()
    Acknowledgement.objects.create(professional=person, item=item, at=clock.now())
    late = client.post(one_by_one, said | {"trained-on": "2099-01-01"})
    assert "培训的日期还没有到" in late.content.decode()
    assert person.alias in client.get(check).content.decode()
    batch = {"trained-who": [str(person.pk)], "trained-on": "2020-02-03", "trained-evidence": "签到表和练习录音"}
    assert client.post(f"/line/people/{line.pk}/trained/", batch).status_code == 302
    person.refresh_from_db()
    assert (person.trained_on, person.trained_by, person.trained_evidence) == (
        dt.date(2020, 2, 3), officer.pk, "签到表和练习录音",
    )  # fmt: skip
    page = client.get(f"/line/people/person/{person.pk}/").content.decode()
    assert "2020-02-03" in page
    assert "签到表和练习录音" in page
    assert [one.pk for one in training.to_check(line, clock.now())] == []


def test_nobody_makes_sure_of_their_own_training() -> None:
    line = a_line()
    boss = a_professional(line, supervisor=True, **UNTRAINED)
    said = {"expect": boss.version, "on": dt.date(2020, 2, 3), "evidence": "我自己", "now": clock.now()}
    with pytest.raises(Refusal, match="check_own"):
        training.check_training(actor=actor_for(boss.account, second_factor=True), person=boss, **said)
    with pytest.raises(IntegrityError), transaction.atomic():
        Professional.objects.filter(pk=boss.pk).update(
            trained_by=boss.account_id, trained_on=dt.date(2020, 2, 3), trained_evidence="我自己"
        )


def test_a_guide_is_read_where_guides_are_and_again_when_its_steps_change() -> None:
    line = a_line()
    edition = a_guide("older")
    slug = edition.guide.slug
    person = a_professional(line)
    with pytest.raises(Refusal, match="item_guide_gone"):
        publish_item(
            actor=SYSTEM, line=line, kind="training", slug="g", title="题", body="文", guide="nobody", now=clock.now()
        )
    published = clock.now() - dt.timedelta(hours=2)
    publish_item(actor=SYSTEM, line=line, kind="training", slug="g", title="题", body="文", guide=slug, now=published)
    a_shift(person)  # began an hour ago
    now = clock.now()
    assert training.rosterable([person], now) == ([], 1)
    page = sign_in(Client(), person.account).get("/line/my/training/").content.decode()
    assert f'href="/guidance/{slug}/"' in page
    actor = actor_for(person.account, second_factor=True)
    acknowledge(actor=actor, edition=edition, now=now)
    assert training.rosterable([person], clock.now()) == ([person], 0)
    a_new_version(edition, steps=(SaidStep("先听对方说完，再开口。", "Let them finish first.", False),))
    later = clock.now() + dt.timedelta(seconds=1)
    assert training.rosterable([person], later) == ([], 1)
    assert able(person, line, since=later, now=later) == "shift_training"
    assert able(person, line, since=now - dt.timedelta(hours=1), now=later) == ""  # the shift that runs goes on


def test_whoever_acknowledged_a_guide_moves_on_by_the_clock() -> None:
    line = a_line()
    edition = a_guide("older")
    publish_item(
        actor=SYSTEM, line=line, kind="training", slug="g", title="题", body="文", guide=edition.guide.slug,
        now=clock.now() - dt.timedelta(hours=2),
    )  # fmt: skip
    person = a_professional(line, state="checked", account=an_account("counsellor", area="4201"))
    lapse_due()
    person.refresh_from_db()
    assert person.state == "checked"
    acknowledge(actor=actor_for(person.account, second_factor=True), edition=edition, now=clock.now())
    assert lapse_due() == 1
    person.refresh_from_db()
    assert person.state == "active"
    assert training.rosterable([person], clock.now()) == ([], 1)  # nobody has made sure yet
