"""Pages of guidance over HTTP: reading, acknowledging, asking; writing with mistakes; books; beside the work."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pypdf
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import builders
import builders_dispatch as dispatch
from builders_guidance import a_draft, a_guide, a_new_version, a_text, an_actor_of
from builders_line import a_conversation, a_team
from tongzhou.desks.guidance import services
from tongzhou.desks.guidance.models import Acknowledgement, GuideVersion, Question
from tongzhou.desks.guidance.selectors import guides_for, text_of
from tongzhou.desks.guidance.types import SaidStep
from tongzhou.flows.publish_guide import publish_guide, withdraw_guide
from tongzhou.kernel import clock, papers
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account
from tongzhou.registers.stages.services import set_weights
from tongzhou.screens.guidance.book import book_of
from tongzhou.screens.guidance.epub import epub_of

pytestmark = pytest.mark.django_db


def client_of(role: str, **over: object) -> tuple[Client, Account]:
    account = builders.an_account(role, **over)  # type: ignore[arg-type]
    return builders.sign_in(Client(), account), account


def test_anybody_reads_and_a_worker_acknowledges_once() -> None:
    a_guide()
    page = Client().get("/guidance/older/").content.decode()
    assert "先问药还剩几天。" in page
    assert "我读过了" not in page
    english = Client()
    english.cookies["lang"] = "en"
    assert "Ask how many days of medicine are left." in english.get("/guidance/older/").content.decode()
    volunteer, account = client_of("volunteer")
    assert "1 份您还没有确认" in volunteer.get("/guidance/").content.decode().replace("有 ", "")
    for _twice in range(2):
        done = volunteer.post("/guidance/older/acknowledge/", {"number": "1"}, follow=True)
        assert "您读过第 1 版" in done.content.decode()
    assert Acknowledgement.objects.get().account_id == account.pk
    assert "还没有确认" not in volunteer.get("/guidance/").content.decode()


def test_a_version_that_came_while_reading_is_shown_before_it_is_confirmed() -> None:
    first = a_guide()
    volunteer, _account = client_of("volunteer")
    a_new_version(first, steps=(SaidStep("全新的一步。"),))
    done = volunteer.post("/guidance/older/acknowledge/", {"number": "1"}, follow=True).content.decode()
    assert "出了新的一版" in done
    assert not Acknowledgement.objects.exists()


def test_an_old_version_names_the_new_one_and_what_changed_is_marked() -> None:
    first = a_guide()
    steps = text_of(first).steps
    second = replace(steps[1], text="说得更慢。")
    a_new_version(first, steps=(steps[0], second, SaidStep("新的一步。")), what_changed="更慢")
    old = Client().get("/guidance/older/v/1/").content.decode()
    assert "已由第 2 版代替" in old
    new = Client().get("/guidance/older/").content.decode()
    assert (new.count(">改过<"), new.count(">新增<"), "去掉了：约好谁每天打一个电话。" in new) == (1, 1, True)
    assert Client().get("/guidance/older/v/3/").status_code == 404
    assert Client().get("/guidance/older/v/99999999999/").status_code == 404


def test_a_withdrawn_guide_says_why_and_is_not_taken_along() -> None:
    edition = a_guide()
    a_guide("other", group="children")
    withdraw_guide(actor=an_actor_of("publisher"), edition=edition, reason="天数写错了", now=clock.now())
    page = Client().get("/guidance/older/").content.decode()
    assert "这份指南撤回了" in page
    assert "天数写错了" in page
    assert Client().get("/guidance/older/guide.epub").status_code == 404
    names = zipfile.ZipFile(io.BytesIO(Client().get("/guidance/handbook.epub").content)).namelist()
    assert "EPUB/guide-other.xhtml" in names
    assert "EPUB/guide-older.xhtml" not in names


def test_a_question_with_nothing_in_it_keeps_the_page() -> None:
    a_guide()
    volunteer, _account = client_of("volunteer")
    again = volunteer.post("/guidance/older/ask/", {"text": "啊", "step": "2"})
    assert again.status_code == 422
    assert 'option value="2" selected' in again.content.decode()
    volunteer.post("/guidance/older/ask/", {"text": "没人接电话怎么办？", "step": "3"})
    assert Question.objects.get().step.position == 3  # type: ignore[union-attr]


def draft_body(version: int, **over: str) -> dict[str, str]:
    said = {
        "version": str(version), "title": "给志愿者", "review_by": "2030-01-31",
        "step_1": "第一件事。", "step_en_1": "First.", "place_1": "2", "step_3": "第二件事。", "place_3": "1",
        "caution_3": "on",
        "source_1": "来源", "source_by_1": "出版者", "source_url_1": "https://example.org/a", "source_date_1": "2020",
    }  # fmt: skip
    return said | over


def test_an_author_writes_rows_with_gaps_in_the_order_asked_for() -> None:
    author, _account = client_of("author")
    new = {"title": "给志愿者", "slug": "helpers", "kind": "all", "stages": ["outbreak"]}
    assert author.post("/guidance/new/", new).headers["Location"] == "/guidance/helpers/edit/"
    edition = GuideVersion.objects.get()
    assert author.post("/guidance/helpers/edit/", draft_body(edition.version)).status_code == 302
    steps = [(step.text, step.caution) for step in GuideVersion.objects.get().steps.all()]
    assert steps == [("第二件事。", True), ("第一件事。", False)]
    taken = author.post("/guidance/new/", new)
    assert taken.status_code == 422
    assert "已经用了" in taken.content.decode()


def test_what_is_wrong_stands_beside_its_row_and_nothing_typed_is_lost() -> None:
    author, account = client_of("author")
    draft = a_draft("helpers", author=actor_for(account, second_factor=True), text=a_text(steps=()))
    wrong = {"source_url_1": "ftp://example.org", "step_3": "", "step_en_3": "English only"}
    again = author.post("/guidance/helpers/edit/", draft_body(draft.version, **wrong))
    page = again.content.decode()
    assert again.status_code == 422
    assert "这一步没有中文" in page
    assert "网址要以 https://" in page
    assert "English only" in page
    assert 'href="#id_step_3">' in page  # the summary leads to the third row, not the second
    assert page.rindex("这一步没有中文") > page.index('id="id_step_2"')
    late = author.post("/guidance/helpers/edit/", draft_body(draft.version + 7))
    assert late.status_code == 422
    assert "别人已经改过" in late.content.decode()
    assert "第一件事。" in late.content.decode()


def test_examples_come_in_once_as_drafts_with_their_mark() -> None:
    admin, _account = client_of("admin")
    assert "老年人" in admin.get("/guidance/examples/").content.decode()
    admin.post("/guidance/examples/")
    admin.post("/guidance/examples/")
    rows = GuideVersion.objects.select_related("guide")
    assert {one.state for one in rows} == {"draft"}
    assert all(one.is_example for one in rows)
    groups = {one.guide.group for one in rows if one.guide.kind == "group"}
    assert groups == {"older", "disabled", "children", "hardship", "patients", "bereaved", "health", "volunteers"}
    assert {one.guide.kind for one in rows} == {"all", "group", "handbook"}
    for one in rows:
        steps = list(one.steps.all())
        assert 5 <= len(steps) <= 8
        assert all(step.text and step.text_en for step in steps)
        assert one.citations.count() >= 2
    assert Client().get("/guidance/").content.decode().count("老年人：") == 0  # nobody sees a draft


def test_the_epub_is_whole_repeatable_and_well_formed() -> None:
    edition = a_guide(text=a_text(title="<老>&“人”", is_example=True))
    book = book_of([edition], clock.now(), "/guidance/older/")
    made = epub_of(book)
    assert made == epub_of(book)
    archive = zipfile.ZipFile(io.BytesIO(made))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type, archive.read("mimetype")) == ("mimetype", 0, b"application/epub+zip")
    pages = [name for name in archive.namelist() if name.endswith((".xhtml", ".opf", ".ncx", ".xml"))]
    assert len(pages) == 6
    for name in pages:
        ElementTree.fromstring(archive.read(name))
    text = archive.read("EPUB/guide-older.xhtml").decode()
    assert "示例，待专业人员审阅" in text
    assert edition.digest[:12] in text


def test_the_pdf_of_a_guide_and_of_all() -> None:
    assert papers.why_not() == ""
    a_guide()
    a_guide("other", group="children", text=a_text(title="儿童：先看谁在照护"))
    one = pypdf.PdfReader(io.BytesIO(Client().get("/guidance/older/guide.pdf").content))
    assert [round(float(side) / 72 * 25.4) for side in one.pages[0].mediabox[2:]] == [148, 210]
    assert "先问药还剩几天" in one.pages[0].extract_text()
    answer = Client().get("/guidance/handbook.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(answer.content)).pages) == 3  # the front, and a page for each guide


def test_a_book_that_others_just_took_along_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words are the same book; another minute, another language or another text is drawn anew."""
    first = a_guide()
    drawn, turns = [], papers.one_at_a_time
    monkeypatch.setattr(papers, "one_at_a_time", lambda: (drawn.append(1), turns())[1])

    def at(minute: int, lang: str = "zh-hans") -> bytes:
        reader = Client()
        reader.cookies["lang"] = lang
        with time_machine.travel(f"2020-02-06T08:{minute:02d}:00Z", tick=False):
            return reader.get("/guidance/older/guide.pdf").content

    once = at(1)
    assert (at(1) == once, len(drawn)) == (True, 1)
    assert (at(2) != once, at(2, "en") != once, len(drawn)) == (True, True, 3)
    a_new_version(first, steps=(SaidStep("全新的一步。"),))
    changed = at(2)
    assert (len(drawn), "全新的一步" in pypdf.PdfReader(io.BytesIO(changed)).pages[0].extract_text()) == (4, True)


def test_a_machine_without_pango_says_so_and_offers_the_epub(monkeypatch: pytest.MonkeyPatch) -> None:
    a_guide()
    monkeypatch.setattr(papers, "library", lambda: None)
    answer = Client().get("/guidance/older/guide.pdf")
    assert answer.status_code == 503
    assert "EPUB" in answer.content.decode()
    assert Client().get("/guidance/older/guide.epub").status_code == 200


def shown(**asked: object) -> list[str]:
    return [one.slug for one in guides_for(**asked)]  # type: ignore[arg-type]


def test_the_right_guides_for_a_piece_of_work() -> None:
    """Worked out by hand from the rule: category before people before reader; other people's guides never show."""
    builders.the_catalogue()
    a_guide("older")
    a_guide("children", group="children")
    a_guide("all", kind="all", group="")
    a_guide("masks", kind="all", group="", category="surgical_mask")
    a_guide("helpers", group="volunteers", roles=("volunteer",))
    a_guide("late", kind="all", group="", stages=("aftercare",))
    assert shown(limit=9) == ["all", "late"]
    assert shown(category="surgical_mask", group="older", limit=9) == ["masks", "older", "all", "late"]
    assert shown(role="volunteer", limit=9) == ["helpers", "all", "late"]
    assert shown(role="counsellor", group=["older", "children"], limit=9) == ["older", "children", "all", "late"]
    assert shown(stage="outbreak", limit=9) == ["all"]
    assert shown(category="surgical_mask", group="older") == ["masks", "older", "all"]
    response = builders.a_response()
    set_weights(
        actor=SYSTEM, response=response, place=builders.a_place(), outbreak=100, containment=0,
        recovery=0, aftercare=0, reason="测试用的依据",
    )  # fmt: skip
    assert shown(place=builders.JIANGAN, response=response.pk, limit=9) == ["all"]
    with CaptureQueriesContext(connection) as queries:
        guides_for(place=builders.JIANGAN, response=response.pk)
    assert len(queries) == 3


def test_the_guide_stands_on_the_task_in_the_script_and_beside_a_callback() -> None:
    a_guide()
    a_guide("all", kind="all", group="", text=a_text(title="先看再听"))
    team = dispatch.a_team(area=builders.WUHAN)
    need = dispatch.a_verified_need(200, place=builders.JIANGAN, vulnerability=["older"])
    one = dispatch.an_assignment(200, need=need, offer=dispatch.a_verified_offer(team=team), now=clock.now())
    mine, _actor = dispatch.a_volunteer(team, now=clock.now(), area=builders.WUHAN)
    page = builders.sign_in(Client(), mine).get(f"/tasks/{one.code}/").content.decode()
    assert "/guidance/older/" in page
    assert "先问药还剩几天。" in page  # the steps themselves: they are read without a network
    verifier, _account = client_of("verifier", area=builders.HUBEI)
    plea = builders.a_need(vulnerability=["child"])
    script = verifier.get(f"/verify/need/{plea.pk}/").content.decode()
    assert "先看再听" in script
    assert "/guidance/older/" not in script


def test_leaders_see_who_read_it() -> None:
    edition = a_guide()
    reader = builders.an_account("volunteer", area=builders.WUHAN, name="江岸志愿者")
    services.acknowledge(actor=actor_for(reader, second_factor=True), edition=edition, now=clock.now())
    lead, _account = client_of("coordinator", area=builders.WUHAN)
    page = lead.get("/guidance/older/acknowledged/").content.decode()
    assert "江岸志愿者" in page
    assert page.count("读过现在这样的</span>") == 1
    assert (
        "江岸志愿者"
        not in client_of("coordinator", area=builders.XIAOGAN)[0].get("/guidance/older/acknowledged/").content.decode()
    )
    assert lead.get("/guidance/acknowledged/").status_code == 200


def test_the_api_lists_and_reads_what_is_in_force() -> None:
    a_guide()
    a_draft("hidden", group="children")
    listed = Client().get("/api/v1/guides?group=older").json()["items"]
    assert [(one["slug"], one["number"], one["state"]) for one in listed] == [("older", 1, "published")]
    assert Client().get("/api/v1/guides?group=children").json()["items"] == []
    whole = Client().get("/api/v1/guides/older").json()
    assert [step["text_en"] for step in whole["steps"]] == [
        "Ask how many days of medicine are left.", "Speak slowly, one thing at a time.", "Agree who calls every day.",
    ]  # fmt: skip
    assert whole["sources"][0]["date"] == "2020-03-18"
    assert Client().get("/api/v1/guides/hidden").status_code == 404
    assert Client().get("/api/v1/guides?group=nobody").status_code == 422


def test_a_draft_goes_back_with_a_reason_and_comes_again_with_an_answer() -> None:
    (author, writer), (reviewer, _account) = client_of("author"), client_of("reviewer")
    draft = a_draft(author=actor_for(writer, second_factor=True))
    author.post("/guidance/older/submit/", {"version": draft.version})
    draft.refresh_from_db()
    done = reviewer.post("/guidance/older/back/", {"reason": "第二步写短些", "version": draft.version}, follow=True)
    assert "已经通知" in done.content.decode()
    assert "退回了，等作者改" in author.get("/guidance/work/").content.decode()
    notices = author.get("/my/messages/").content.decode()
    assert "退回来了" in notices
    page = author.get("/guidance/older/edit/").content.decode()
    assert "第二步写短些" in page
    draft.refresh_from_db()
    said = {"title": "老年人：慢一点", "version": draft.version, "review_by": "2030-06-30"}
    said |= {"step_1": "先问药还剩几天。", "source_1": "来源", "source_by_1": "出版者", "source_unsure_1": "on"}
    short = author.post("/guidance/older/edit/", said | {"answer": "好"})
    assert short.status_code == 422
    draft.refresh_from_db()
    assert draft.steps.count() == 3  # nothing is kept of a form that is sent back
    assert author.post("/guidance/older/edit/", said | {"answer": "并成一步"}).status_code == 302
    shown = author.get("/guidance/older/draft/").content.decode()
    assert "并成一步" in shown
    assert "题目没有核对到" in shown
    draft.refresh_from_db()
    author.post("/guidance/older/submit/", {"version": draft.version})
    assert "退回过，改好了" in reviewer.get("/guidance/work/").content.decode()
    draft.refresh_from_db()
    assert draft.state == "in_review"
    assert "并成一步" in reviewer.get("/guidance/older/draft/").content.decode()
    services.approve(actor=an_actor_of("reviewer"), edition=draft, now=clock.now())
    publish_guide(actor=an_actor_of("publisher"), edition=draft, now=clock.now())
    assert "第二步写短些" in author.get("/guidance/older/").content.decode()
    for reader in (Client(), client_of("volunteer")[0], client_of("coordinator")[0]):
        shown = reader.get("/guidance/older/").content.decode()
        assert "第二步写短些" not in shown
        assert "题目没有核对到" in shown


def test_a_counsellors_screen_shows_what_needs_care_and_that_an_example_is_one() -> None:
    a_guide("bereaved", group="bereaved", text=a_text(title="陪着，不催", is_example=True))
    team = a_team()
    _begun, contact, _actor = a_conversation(team, topic="bereavement")
    client = builders.sign_in(Client(), team.counsellors[0].account)
    page = client.get(f"/calls/{contact.pk}/").content.decode()
    assert "陪着，不催 · 示例，待专业人员审阅" in page
    caution = page.index("先问药还剩几天。")
    assert "当心</span> 先问药" in page[caution - 40 : caution + 10]
    assert "当心</span> 说话慢" not in page
