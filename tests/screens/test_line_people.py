"""Pages of the people of the line: joining in public, papers checked by a second person, workbooks, links."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from builders import an_account, sign_in
from builders_professionals import a_line, a_professional, a_training
from builders_workbooks import a_workbook, people_rows
from tongzhou.desks.professionals.models import Acknowledgement, Professional, RecruitmentCall, ServiceLine
from tongzhou.kernel import clock, crypto, ids
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people.models import Grant, Invitation

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "合成报名人", "contact": "190 0000 0002", "licence_kind": "psychotherapist", "licence_number": "SYN-77-1",
    "licence_issuer": "合成发证机关", "licence_until": "2099-12-31", "years": "7", "supervised_hours": "120",
    "skills": ["support"], "languages": ["mandarin", "wuhan"], "times": "周一至周五 18:00-22:00；周末 全天",
    "week_hours": "12", "adult": "on", "consent": "on", "key": "0190f3a0-0000-7000-8000-000000000001",
}  # fmt: skip


def _call(line: ServiceLine, wanted: int = 1) -> RecruitmentCall:
    return RecruitmentCall.objects.create(
        line=line, code=ids.new_code(), needed=wanted, there=0, wanted=wanted,
        closes_at=clock.now() + dt.timedelta(days=3),
    )  # fmt: skip


def _post(path: str, **over: object) -> object:
    return Client().post(path, ANSWERS | over, headers={"sec-fetch-site": "same-origin"})


def _officer(line: ServiceLine) -> Client:
    return sign_in(Client(), an_account("officer", organisation=line.organisation))


def test_somebody_applies_is_checked_reads_and_gets_a_way_to_sign_in() -> None:
    line = a_line()
    item = a_training(line)
    call = _call(line, wanted=2)
    path = f"/line/join/{call.code}/"
    assert "此刻还缺 2 人" in Client().get(path).content.decode()
    first = _post(path)
    again = _post(path)
    assert (first.status_code, first.url) == (302, again.url)  # type: ignore[attr-defined]
    person = Professional.objects.get(line=line)
    assert (person.state, person.entered_by, person.windows.count()) == ("applied", None, 7)
    for secret in ("合成报名人", "0000 0002", "SYN-77-1"):
        assert secret.encode() not in bytes(person.name or b"") + bytes(person.contact or b"")
    assert crypto.unseal(person, "licence_number") == "SYN-77-1"
    own = first.url  # type: ignore[attr-defined]
    assert "正在核对您的资质" in Client().get(own).content.decode()
    checked = _officer(line).post(
        f"/line/people/{line.pk}/check/", {"who": [str(person.pk)], "evidence": "原件照片；注册系统查询"}
    )
    assert checked.status_code == 302
    person.refresh_from_db()
    assert person.state == "checked"
    assert Client().post(own, {"item": str(item.pk)}).status_code == 302
    assert Acknowledgement.objects.filter(professional=person, item=item).count() == 1
    link = Client().post(own, {"do": "account"})
    assert link.url.startswith("/account/link/")
    person.refresh_from_db()
    assert person.state == "active"
    grant = Grant.objects.get(account=person.account)
    assert (grant.role, grant.line, grant.area) == ("counsellor", "services", "4201")


def test_the_same_licence_does_not_apply_twice_and_nothing_typed_is_lost() -> None:
    line = a_line()
    call = _call(line, wanted=5)
    _post(f"/line/join/{call.code}/")
    other = _post(
        f"/line/join/{call.code}/", key="0190f3a0-0000-7000-8000-000000000002", licence_number="syn 77 1", years="9"
    )
    text = html.unescape(other.content.decode())  # type: ignore[attr-defined]
    assert other.status_code == 422  # type: ignore[attr-defined]
    assert "这个执照已经报过名了" in text
    assert 'value="9"' in text
    assert Professional.objects.filter(line=line).count() == 1


def test_a_call_that_is_met_says_so_kindly_and_takes_nobody() -> None:
    line = a_line()
    call = _call(line)
    _post(f"/line/join/{call.code}/")
    call.refresh_from_db()
    assert (call.state, call.ended_at is not None) == ("met", True)
    page = Client().get(f"/line/join/{call.code}/").content.decode()
    assert "人手已经够了" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    late = _post(f"/line/join/{call.code}/", licence_number="SYN-78", key="0190f3a0-0000-7000-8000-000000000009")
    assert late.status_code == 200  # type: ignore[attr-defined]
    assert Professional.objects.filter(line=line).count() == 1


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"licence_until": "2020-01-01"}, "执照的有效期已经过了"),
        ({"times": "有空就来"}, "看不懂"),
        ({"adult": ""}, "只有满 18 岁的人可以报名"),
        ({"consent": ""}, "不同意就没法核对资质"),
        ({"contact": "没有"}, "这不像电话号码"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(over: dict[str, str], said: str) -> None:
    call = _call(a_line())
    answer = _post(f"/line/join/{call.code}/", **over)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    text = html.unescape(answer.content.decode())  # type: ignore[attr-defined]
    assert said in text
    assert "合成报名人" in text


def test_whoever_entered_a_person_does_not_check_them() -> None:
    line = a_line()
    account = an_account("officer", organisation=line.organisation)
    person = a_professional(line, state="applied", entered_by=account.pk)
    client = sign_in(Client(), account)
    assert f'value="{person.pk}"' not in client.get(f"/line/people/{line.pk}/check/").content.decode()
    answer = client.post(f"/line/people/person/{person.pk}/check/", {"check-evidence": "看过"})
    assert answer.status_code == 422
    assert "要由另一个人核对" in answer.content.decode()
    person.refresh_from_db()
    assert person.state == "applied"


def test_a_name_is_opened_on_purpose_and_the_look_is_in_the_trail() -> None:
    line = a_line()
    person = a_professional(line, name="合成姓名甲", contact="19000000003")
    client = _officer(line)
    assert "合成姓名甲" not in client.get(f"/line/people/person/{person.pk}/").content.decode()
    assert "合成姓名甲" not in client.get(f"/line/people/{line.pk}/").content.decode()
    opened = client.post(f"/line/people/person/{person.pk}/reveal/").content.decode()
    assert "合成姓名甲" in opened
    assert "19000000003" in opened
    look = AuditEntry.objects.get(object_id=str(person.pk), act="line_people.check")
    assert look.changes == {"looked": ["name", "contact", "licence_number"]}
    listed = client.post(f"/line/people/{line.pk}/export/", {"as": "csv"}).content.decode()
    assert person.alias in listed
    assert "合成姓名甲" not in listed


def test_a_workbook_is_shown_first_and_links_are_seen_once() -> None:
    line = a_line()
    client = _officer(line)
    rows = people_rows(12, seed=5)
    rows[3][5] = "明年"
    file = SimpleUploadedFile("名册.xlsx", a_workbook(rows))
    sent = client.post(f"/line/people/{line.pk}/import/", {"file": file})
    page = client.get(sent.url).content.decode()
    assert "日期请写成 2027-12-31" in page
    assert not Professional.objects.filter(line=line).exists()
    client.post(sent.url, {"do": "accept"})
    assert Professional.objects.filter(line=line, state="applied").count() == 11
    assert "读到的内容已经销毁" in client.get(sent.url).content.decode()
    other = _officer(line)
    who = [str(one.pk) for one in Professional.objects.filter(line=line)]
    other.post(f"/line/people/{line.pk}/check/", {"who": who, "evidence": "协会会员库逐一核对"})
    links = re.findall(r"/account/link/[\w-]+/", other.post(f"/line/people/{line.pk}/links/").content.decode())
    assert len(set(links)) == 11
    assert Invitation.objects.filter(used_at=None).count() == 11
    assert client.get(f"/line/people/{line.pk}/import/template.xlsx").content[:2] == b"PK"


def test_need_is_measured_before_anybody_is_called() -> None:
    line = a_line(hours={"0": [480, 1320]})
    client = _officer(line)
    page = client.get(f"/line/people/{line.pk}/call/").content.decode()
    assert "还没有来话记录" in page
    opened = client.post(f"/line/people/{line.pk}/call/", {"days": "7", "daily": "60"})
    assert opened.status_code == 302
    call = RecruitmentCall.objects.get(line=line)
    assert call.wanted == call.needed - call.there > 0
    assert call.basis["seat_hours_a_week"] >= 2 * 2 * 14  # two skills, two seats, fourteen hours on one day
    for _ in range(call.wanted + 1):
        a_professional(line)
    client.post(f"/line/people/{line.pk}/call/close/")
    assert "人够了，不用招" in client.get(f"/line/people/{line.pk}/call/?daily=60").content.decode()
