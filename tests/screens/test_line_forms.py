"""New editions of the written forms: drafted by one supervisor, put in force by another; old contacts keep theirs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from builders import sign_in
from builders_line import Team, a_conversation, a_team
from builders_professionals import a_professional
from tongzhou.desks.casework.models import FormDefinition, Paper
from tongzhou.desks.casework.services import forms
from tongzhou.desks.hotline.models import Contact
from tongzhou.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
CALM = {"now": "no", "harm": "no", "wish": "no", "thoughts": "no", "recent": "no"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def team() -> Team:
    return a_team()


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _sent(page: str) -> dict[str, str]:
    """Every field of the page's form as a browser would send it."""
    import html

    form = page[page.index('name="do" value="save"') :]
    said = {"do": "save"}
    for name, value in re.findall(r'<input(?: id="[^"]*")? name="([^"]+)"[^>]*?value="([^"]*)"', form):
        said[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        said[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', form, re.DOTALL):
        said[name] = re.findall(r'value="([^"]+)" selected', options)[0]
    for name in re.findall(r'<input type="checkbox" name="([^"]+)" value="1" checked>', form):
        said[name] = "1"
    return said


def test_a_new_edition_out_of_the_old_one_by_two_people(team: Team) -> None:
    _begun, contact, _actor = a_conversation(team)
    counsellor = sign_in(Client(), team.counsellors[0].account)
    screening = f"/calls/{contact.pk}/papers/screening/"
    counsellor.post(screening, CALM)
    boss, other = (
        sign_in(Client(), one.account) for one in (team.supervisor, a_professional(team.line, supervisor=True))
    )
    path = f"/line/forms/{team.line.pk}/screening/"
    assert "随软件的第 1 版" in _text(boss.get("/line/forms/"))
    said = _sent(_text(boss.get(path)))
    assert len([name for name in said if name.startswith("code-")]) == 10  # eight questions and two empty blocks
    said |= {"label-1": "此刻您安全吗？", "code-9": "alone", "label-9": "现在有人陪着您吗？", "kind-9": "answer"}
    said |= {"label_en-9": "Is somebody with you?", "place-9": "2", "required-9": "1"}
    said["rules"] += "\nlow: alone=no"
    assert boss.post(path, said).status_code == 302
    assert "此刻您安全吗？" not in _text(counsellor.get(f"{screening}?again=1"))  # a draft asks nobody
    mine = boss.post(path, {"do": "release"})
    assert mine.status_code == 409
    assert "要由另一位督导看过再启用" in _text(mine)
    assert "写的新版，还没有启用" in _text(other.get(path))
    assert other.post(path, {"do": "release"}).status_code == 302
    assert "这条热线自己的版本（编号 1001）" in _text(boss.get("/line/forms/"))
    own = forms.current("screening", team.line.pk)
    assert [field["code"] for field in own.fields][:3] == ["now", "alone", "harm"]
    page = _text(counsellor.get(f"{screening}?again=1"))
    assert "现在有人陪着您吗？" in page
    old = _text(counsellor.get(screening))
    assert "此刻您安全吗？" not in old  # what was filled in keeps the words it was filled in with
    assert counsellor.post(screening, CALM).status_code == 422  # the new question is not answered
    assert "低" in _text(counsellor.post(screening, CALM | {"alone": "no"}))
    assert list(Paper.objects.order_by("id").values_list("form_version", flat=True)) == [1, 1001]
    trail = AuditEntry.objects.filter(act="line.forms").order_by("id")
    assert [one.changes["form"][1] for one in trail] == ["screening 1001 draft", "screening 1001 released"]
    other_line = a_team()
    assert forms.current("screening", other_line.line.pk).version == 1


def test_what_is_broken_is_refused_with_everything_typed(team: Team) -> None:
    boss = sign_in(Client(), team.supervisor.account)
    path = f"/line/forms/{team.line.pk}/screening/"
    said = _sent(_text(boss.get(path)))
    answer = boss.post(path, said | {"rules": "imminent: nobody=yes", "label-2": "改过的问题"})
    assert answer.status_code == 422
    page = _text(answer)
    assert "rules" in page
    assert "改过的问题" in page
    assert "imminent: nobody=yes" in page
    assert not FormDefinition.objects.filter(line_id=team.line.pk).exists()


def test_every_form_goes_through_the_page_unchanged(team: Team) -> None:
    boss = sign_in(Client(), team.supervisor.account)
    for name in ("screening", "plan", "contact", "case"):
        path = f"/line/forms/{team.line.pk}/{name}/"
        assert boss.post(path, _sent(_text(boss.get(path)))).status_code == 302
        row = FormDefinition.objects.get(line_id=team.line.pk, name=name)
        shipped = forms.current(name).body
        for part in ("fields", "rules", "steps", "title", "hint_en"):
            assert row.body.get(part) == shipped.get(part)
        assert boss.post(path, {"do": "drop"}).status_code == 302
        assert boss.post(path, {"do": "drop"}).status_code == 409
    assert not FormDefinition.objects.filter(line_id=team.line.pk).exists()


def test_only_supervisors_of_the_line_write_its_forms(team: Team) -> None:
    path = f"/line/forms/{team.line.pk}/plan/"
    said = {"do": "save"}
    stranger = sign_in(Client(), a_team().supervisor.account)  # same city, another line
    for client in (stranger, sign_in(Client(), team.counsellors[0].account)):
        assert client.get(path).status_code == 404
        assert client.post(path, said).status_code == 404
    assert sign_in(Client(), team.supervisor.account).get(f"/line/forms/{team.line.pk}/nothing/").status_code == 404
    assert Contact.objects.count() == 0
