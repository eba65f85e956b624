"""Pages, cards and feeds of bulletins, and the desk."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree

from builders import HUBEI, WUHAN, XIAOGAN, a_place, an_account, sign_in
from builders_bulletins import a_bulletin, a_correction, a_web_page
from builders_web_pages import ARTICLE, TITLE, an_article_saved_with_spam
from tongzhou.desks.bulletins.models import Bulletin, WebPage
from tongzhou.kernel import clock, ids

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FORM = {
    "kind": "notice", "title": "社区药店可以代买慢病药", "body": "带医保卡到街道指定的药店。",
    "source_name": "市医疗保障局",
    "places": "武汉市\n孝感市", "severity": "Unknown", "stages": ["containment"], "valid_until": "2099-01-01T00:00",
}  # fmt: skip


def text_of(page: str) -> str:
    """What a page says, tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def signed(role: str, area: str = HUBEI) -> Client:
    return sign_in(Client(), an_account(role, area=area))


def page(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200, (address, answer.status_code)
    return text_of(answer.content.decode())


def test_the_card_says_what_is_true_now_and_keeps_the_words_before(client: Client) -> None:
    row = a_bulletin(body="带医保卡到街道指定的药店。", source_number="武医保〔2020〕1号")
    made = a_correction(row)
    told = page(client, f"/b/{row.code}/")
    assert "有效" in told
    assert "武医保〔2020〕1号" in told
    assert "审稿专家" in told
    assert "处方" not in told
    other = signed("publisher")
    assert other.post(f"/bulletins/corrections/{made.pk}/publish/").status_code == 302
    answer = client.get(f"/b/{row.code}/").content.decode()
    assert "<del>带医保卡到街道指定的药店。</del>" in answer
    assert "<ins>带医保卡和处方到街道指定的药店。</ins>" in answer
    assert "漏写了要带处方" in answer
    assert "有效，更正过" in text_of(answer)


def test_the_text_to_paste_says_what_holds_and_where_to_look(client: Client) -> None:
    """Also when it was made up, which is said beside it."""
    row = a_bulletin(synthetic=True, source_number="武医保〔2020〕1号")
    answer = client.get(f"/b/{row.code}/").content.decode()
    pasted = html.unescape(answer.split('id="card-text"')[1].split(">")[1].split("</textarea")[0])
    assert pasted.startswith(f"【有效】{row.title}\n{row.body}\n")
    assert "来源：市医疗保障局 武医保〔2020〕1号" in pasted
    assert f"http://testserver/b/{row.code}/" in pasted
    assert "合成" in text_of(answer)


def test_an_expired_one_is_marked_and_its_old_link_answers(client: Client) -> None:
    now = clock.now()
    row = a_bulletin(valid_from=now - dt.timedelta(days=2), valid_until=now - dt.timedelta(days=1))
    assert "已过期" in page(client, f"/b/{row.code}/")
    assert row.title not in page(client, "/bulletins/")
    assert row.title in page(client, "/bulletins/?show=over")
    assert client.get(f"/b/{row.code[:3]}-{row.code[3:]}/").headers["Location"] == f"/b/{row.code}/"


def test_drafts_are_not_there(client: Client) -> None:
    for row in (a_bulletin(state="draft"), a_bulletin(state="verified")):
        for ending in ("/", ".png", ".svg", "/cap.xml"):
            assert client.get(f"/b/{row.code}{ending}").status_code == 404
        assert row.code not in client.get("/bulletins/feed.atom").content.decode()
    assert client.get(f"/b/{ids.new_code()}/").status_code == 404


def test_a_rumour_leads_with_its_verdict_in_both_languages(client: Client) -> None:
    row = a_bulletin(
        kind="rumour", said="喝酒能防病毒", said_en="Alcohol protects", verdict="false", title="喝酒不能防病毒",
        title_en="Alcohol does not protect", body="没有证据。", body_en="There is no evidence.",
    )  # fmt: skip
    assert "不属实" in page(client, f"/b/{row.code}/")
    client.cookies["lang"] = "en"
    told = page(client, f"/b/{row.code}/")
    assert "False" in told
    assert "Alcohol protects" in told
    assert "There is no evidence." in told


def test_an_english_reader_is_told_when_there_is_only_chinese(client: Client) -> None:
    row = a_bulletin()
    client.cookies["lang"] = "en"
    assert "This one is in Chinese only." in page(client, f"/b/{row.code}/")


def test_the_list_is_narrowed_by_place_kind_and_stage(client: Client) -> None:
    a_place(WUHAN)
    here, there = (
        a_bulletin(title="武汉的信息一条", stages=["outbreak"]),
        a_bulletin(title="孝感的信息一条", places=(XIAOGAN,)),
    )
    assert (
        client.get("/bulletins/?place=武汉市&kind=notice").headers["Location"]
        == f"/bulletins/places/{WUHAN}/?kind=notice"
    )
    told = page(client, f"/bulletins/places/{WUHAN}/")
    assert (here.title in told, there.title in told) == (True, False)
    assert here.title not in page(client, "/bulletins/?stage=recovery")
    assert here.title not in page(client, "/bulletins/?kind=help")
    wrong = client.get("/bulletins/?place=没有的地方xx").content.decode()
    assert 'aria-invalid="true"' in wrong
    assert here.title in wrong
    assert client.get("/bulletins/places/999999/").status_code == 404


def test_the_page_is_light_and_needs_no_script(client: Client) -> None:
    for number in range(25):
        a_bulletin(title=f"第 {number} 条信息", body="这是一段正文。" * 100)
    answer = client.get("/bulletins/", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 60_000
    assert "htmx" not in client.get("/bulletins/").content.decode()


def test_the_queries_of_the_list_do_not_grow(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        a_correction(a_bulletin(title=f"第 {number} 条信息"))
    with django_assert_max_num_queries(12):
        client.get("/bulletins/")


def test_the_feed_is_atom_and_a_correction_moves_its_entry(client: Client) -> None:
    row = a_bulletin(title="<b>标题</b> & 更多")
    made = a_correction(row)

    def entries() -> list[etree._Element]:
        answer = client.get("/bulletins/feed.atom")
        assert answer["Content-Type"].startswith("application/atom+xml")
        feed = etree.fromstring(answer.content)
        for needed in ("id", "title", "updated", "author/a:name"):
            assert feed.find(f"a:{needed}", ATOM).text
        assert feed.find("a:link[@rel='self']", ATOM).get("href") == "http://testserver/bulletins/feed.atom"
        return list(feed.findall("a:entry", ATOM))

    (entry,) = entries()
    first = entry.find("a:id", ATOM).text
    assert first.endswith(f":bulletin:{row.code}")
    assert "<b>标题</b> & 更多" in entry.find("a:title", ATOM).text
    before = dt.datetime.fromisoformat(entry.find("a:updated", ATOM).text)
    assert before.utcoffset() == dt.timedelta(hours=8)
    later = clock.now() + dt.timedelta(hours=1)
    made.state, made.published_at, made.published_by_id = "published", later, ids.new_id()
    made.save()
    (entry,) = entries()
    assert entry.find("a:id", ATOM).text == first
    assert dt.datetime.fromisoformat(entry.find("a:updated", ATOM).text) > before


def test_feeds_of_a_place_and_of_cap(client: Client) -> None:
    here, there = a_bulletin(), a_bulletin(places=(XIAOGAN,))
    told = client.get(f"/bulletins/places/{WUHAN}/feed.atom").content.decode()
    assert (here.code in told, there.code in told) == (True, False)
    feed = etree.fromstring(client.get("/bulletins/cap.atom").content)
    links = [one.get("href") for one in feed.findall("a:entry/a:link", ATOM)]
    assert f"http://testserver/b/{here.code}/cap-1.xml" in links
    answer = client.get(f"/b/{here.code}/cap-1.xml")
    assert answer["Content-Type"].startswith("application/cap+xml")
    assert client.get(f"/b/{here.code}/cap.xml").content == answer.content
    assert client.get(f"/b/{here.code}/cap-2.xml").status_code == 404


def test_the_way_through_the_desk() -> None:
    a_place(WUHAN)
    a_place(XIAOGAN)
    author, reviewer, publisher = signed("author"), signed("reviewer"), signed("publisher")
    assert author.post("/bulletins/desk/new/", FORM).status_code == 302
    row = Bulletin.objects.get()
    assert row.valid_until == dt.datetime(2098, 12, 31, 16, tzinfo=dt.UTC)
    at = f"/bulletins/desk/{row.code}/"
    assert "是您写的" in page(author, at)
    reviewer.post(f"{at}verify/", {"verify-words": "打电话问过发文单位", "verify-version": row.version})
    row.refresh_from_db()
    publisher.post(f"{at}publish/", {"version": row.version})
    row.refresh_from_db()
    assert row.state == "published"
    wrong = author.post(f"{at}correct/", FORM | {"reason": "漏写了处方"})
    assert wrong.status_code == 422
    right = author.post(f"{at}correct/", FORM | {"body": "带医保卡和处方。", "reason": "漏写了处方"})
    assert right.status_code == 302
    assert "漏写了处方" in page(publisher, "/bulletins/desk/")
    publisher.post(f"/bulletins/corrections/{row.corrections.get().pk}/publish/")
    publisher.post(f"{at}end/", {"end-words": "已有新的通知", "end-version": Bulletin.objects.get().version})
    assert Bulletin.objects.get().state == "ended"


def test_what_was_typed_is_not_lost_when_something_is_wrong() -> None:
    a_place(WUHAN)
    answer = signed("author").post("/bulletins/desk/new/", FORM | {"places": "火星", "title": "短"})
    assert answer.status_code == 422
    assert "带医保卡到街道指定的药店。" in answer.content.decode()


def test_a_saved_page_becomes_a_draft_with_its_cuts_side_by_side() -> None:
    author = signed("author")
    raw = an_article_saved_with_spam().encode("gbk")
    answer = author.post(
        "/bulletins/pages/",
        {"file": SimpleUploadedFile("a.html", raw), "address": "https://www.xiehui.example/a/1.html"},
    )
    told = page(author, answer.headers["Location"])
    found = WebPage.objects.get()
    assert bytes(found.raw) == raw
    for said in ("垃圾词", "重复的标点", "看不见的内容", "澳门新葡京娱乐城官网", TITLE, ARTICLE[1], "gb18030"):
        assert said in told, said
    number = next(n for n, one in enumerate(found.cleaned["pieces"]) if one["text"].startswith("【北京赛车"))
    author.post(f"/bulletins/pages/{found.pk}/", {"version": found.version, "back": [number, 99999, "x"]})
    found.refresh_from_db()
    assert found.put_back == [number]
    form = author.get(f"/bulletins/desk/new/?page={found.pk}").content.decode()
    assert "【北京赛车pk10开户|真人百家乐|老虎机游戏】第三份" in form
    assert "https://www.xiehui.example/a/1.html" in form


def test_a_held_page_says_why_and_waits() -> None:
    author, reviewer = signed("author"), signed("reviewer")
    held = a_web_page()
    told = page(author, f"/bulletins/pages/{held.pk}/")
    assert "像是被篡改过" in told
    assert "标题里有垃圾词" in told
    assert "写成一条信息" not in told
    assert reviewer.post(f"/bulletins/pages/{held.pk}/release/", {"words": "x", "version": 1}).status_code == 422
    reviewer.post(f"/bulletins/pages/{held.pk}/release/", {"words": "看过原来的网页", "version": held.version})
    assert "写成一条信息" in page(author, f"/bulletins/pages/{held.pk}/")


@pytest.mark.parametrize("told", [{}, {"text": "  \n"}, {"text": "\x00"}])
def test_nothing_given_is_said_kindly(told: dict[str, str]) -> None:
    assert signed("author").post("/bulletins/pages/", told).status_code == 422


def test_a_page_too_large_is_refused_beside_the_field() -> None:
    file = SimpleUploadedFile("a.html", b"a" * (4 * 1024 * 1024 + 1))
    answer = signed("author").post("/bulletins/pages/", {"file": file})
    assert answer.status_code == 422
    assert "4 MB" in answer.content.decode()


def test_scripts_of_a_page_reach_nobody() -> None:
    author = signed("author")
    answer = author.post(
        "/bulletins/pages/", {"text": "<p>正文一段，足够长。</p><script>alert('澳门新葡京 百家乐')</script>"}
    )
    shown = author.get(answer.headers["Location"]).content.decode()
    assert "<script>alert" not in shown
    raw = author.get(f"{answer.headers['Location']}raw/")
    assert raw["Content-Disposition"].startswith("attachment")
    assert raw["Content-Type"] == "application/octet-stream"


def test_a_draft_goes_back_and_comes_again() -> None:
    a_place(WUHAN)
    a_place(XIAOGAN)
    author, reviewer = signed("author"), signed("reviewer")
    author.post("/bulletins/desk/new/", FORM)
    row = Bulletin.objects.get()
    at = f"/bulletins/desk/{row.code}/"
    assert "退回给作者" in page(reviewer, at)
    assert "退回给作者" not in page(author, at)
    short = reviewer.post(f"{at}back/", {"back-words": "短", "back-version": row.version})
    assert short.status_code == 422
    done = reviewer.post(f"{at}back/", {"back-words": "请写明是哪几家药店", "back-version": row.version}, follow=True)
    assert "已经通知" in done.content.decode()
    desk = page(author, "/bulletins/desk/")
    assert "退回了，等作者改" in desk
    assert "请您改" in desk
    assert "请您改" not in page(reviewer, "/bulletins/desk/")
    assert "核实无误" not in page(reviewer, at)
    form = page(author, f"{at}edit/")
    assert "请写明是哪几家药店" in form
    wrong = author.post(f"{at}edit/", FORM | {"version": row.version, "body": "中山路药店。"})
    assert wrong.status_code == 422
    assert "中山路药店。" in wrong.content.decode()
    right = FORM | {"version": row.version, "body": "中山路药店。", "answer": "写明了一家"}
    assert author.post(f"{at}edit/", right).status_code == 302
    told = page(reviewer, at)
    assert "写明了一家" in told
    assert "核实无误" in told
    assert "武汉市" in told  # whoever verifies sees where it is to hold
    row.refresh_from_db()
    reviewer.post(f"{at}verify/", {"verify-words": "打电话问过发文单位", "verify-version": row.version})
    row.refresh_from_db()
    signed("publisher").post(f"{at}publish/", {"version": row.version})
    assert "写明了一家" in page(author, at)  # it stays at the desk
    for public in (f"/b/{row.code}/", "/bulletins/", f"/api/v1/bulletins/{row.code}", "/bulletins/feed.atom"):
        assert "写明是哪几家" not in Client().get(public).content.decode()


def test_unseen_characters_and_repeated_paragraphs_are_listed() -> None:
    author = signed("author")
    told = ARTICLE[1].replace("防护", "防\u200b护")
    saved = SimpleUploadedFile("a.html", f"<p>{told}</p><p>{told}</p><p>{ARTICLE[2]}</p>".encode())
    answer = author.post("/bulletins/pages/", {"file": saved}, follow=True)
    shown = text_of(answer.content.decode())
    assert "去掉看不见的字符 4 个" in shown
    assert "重复的段落" in shown
