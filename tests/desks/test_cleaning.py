"""A page from the web comes out as its authors wrote it, everything cut is listed, and ordinary sentences stay."""

from __future__ import annotations

import pytest

from builders_web_pages import ARTICLE, TITLE, a_defaced_page, a_page, an_article_saved_with_spam, doubled
from tongzhou.desks.bulletins.services.cleaning import CleanPage, clean_bytes, clean_text, from_json, text_of

INFO = "发布时间：2020-02-06 来源：协会秘书处"
WHOLE = "\n".join((INFO, *ARTICLE))
MENU = "首页 新闻 关于我们 加入我们"


def reasons(page: CleanPage) -> set[str]:
    return {piece.reason for _number, piece in page.cuts}


def cut(page: CleanPage, reason: str) -> list[str]:
    return [piece.text.strip() for _number, piece in page.cuts if piece.reason == reason]


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb18030", "utf-16-le", "utf-8-sig"])
def test_the_articles_page_saved_with_spam_and_doubled_signs_comes_out_as_it_was_written(charset: str) -> None:
    """The page says UTF-8 whatever it is in."""
    page = clean_bytes(an_article_saved_with_spam().encode(charset))
    assert page.title == TITLE
    assert page.text == WHOLE
    assert not page.held
    assert {"spam", "hidden", "script", "navigation", "cookie", "punctuation"} <= reasons(page)
    assert "澳门新葡京娱乐城官网 时时彩平台注册送彩金" in cut(page, "spam")
    assert "【北京赛车pk10开户|真人百家乐|老虎机游戏】" in cut(page, "spam")
    assert cut(page, "hidden") == ["澳门新葡京时时彩平台真人百家乐"]
    assert MENU in cut(page, "navigation")
    assert cut(page, "script") == ['document.title="真人百家乐_时时彩"']


def test_a_clean_page_loses_its_menus_only() -> None:
    page = clean_bytes(a_page(*ARTICLE).encode())
    assert (page.title, page.text, page.score) == (TITLE, WHOLE, 0)
    assert reasons(page) == {"navigation"}


def test_a_note_for_readers_without_scripts_is_listed_and_speaks_against_nobody() -> None:
    page = clean_bytes(a_page(*ARTICLE, after="<noscript>请打开浏览器的脚本功能。</noscript>").encode())
    assert cut(page, "script") == ["请打开浏览器的脚本功能。"]
    assert (page.text, page.score) == (WHOLE, 0)


def test_a_defaced_page_is_held_with_its_reasons() -> None:
    page = clean_bytes(a_defaced_page().encode("gbk"))
    assert page.held
    assert {"spam_share", "nothing_left", "spam_title"} <= {one.code for one in page.signals}


def test_every_character_of_a_text_is_kept_or_listed() -> None:
    told = doubled(ARTICLE[0]) + "澳门新葡京娱乐城官网 时时彩平台"
    page = clean_text(told)
    assert "".join(piece.text for piece in page.pieces) == told


def test_what_was_cut_can_be_put_back_one_by_one() -> None:
    page = from_json(clean_text("第一句，，很好。澳门新葡京娱乐城官网 时时彩平台").as_json())
    assert page.text == "第一句，很好。"
    (sign, spam) = (number for number, _piece in page.cuts)
    assert text_of(page.pieces, {sign}) == "第一句，，很好。"
    assert text_of(page.pieces, {sign, spam}) == "第一句，，很好。澳门新葡京娱乐城官网 时时彩平台"


def test_text_read_in_a_wrong_encoding_before_it_was_saved_is_turned_back() -> None:
    page = clean_bytes(a_page(*ARTICLE).encode().decode("latin-1").encode())
    assert (page.title, page.text) == (TITLE, WHOLE)
    assert page.repaired
    # UTF-8 read as GBK keeps every byte when it is lucky, as here: both strings are known ones.
    assert "社会组织".encode().decode("gbk") == "绀句細缁勭粐"
    assert clean_text("通知：绀句細缁勭粐请注意。").text == "通知：社会组织请注意。"


def test_text_that_was_damaged_for_good_is_counted_and_held() -> None:
    page = clean_bytes(a_page(*ARTICLE).encode().decode("gbk", "replace").encode())
    assert page.damaged > 20
    assert page.held


def test_a_page_in_two_encodings_is_read_in_both() -> None:
    first, second = f"<p>{ARTICLE[0]}</p>\n", f"<p>{ARTICLE[1]}</p>\n"
    page = clean_bytes(b"<html><body>" + first.encode("gbk") + second.encode("utf-8") + b"</body></html>")
    assert page.text == f"{ARTICLE[0]}\n{ARTICLE[1]}"


def test_traditional_chinese_in_big5_is_read() -> None:
    told = "社會工作者請注意休息，謝謝大家的幫忙與關心。"
    assert clean_bytes(f'<meta charset="big5"><p>{told}</p>'.encode("big5")).text == told


_ORDINARY = """昨日，公安机关捣毁一个网络赌博团伙，查获百家乐、老虎机等赌博设备。
体彩公益金资助了本次活动，彩票开奖公告见省福彩中心网站。
医院电话：027-85550001，027-85550002，欢迎拨打，网址 www.hospital.example.cn。
澳门特别行政区政府向湖北捐赠口罩，香港社工也来了。
社区书画比赛的开奖直播将在微信群进行。
警惕“刷单兼职”“信用卡套现”“无抵押贷款”等骗局。
癫痫、白癜风患者请到正规医院就诊，减肥药不能乱吃。
请下载“健康码”app，注册后登录官网即可在线申请，免费。
心理援助热线提供免费在线咨询，官网下载手册最新版。
小朋友的棋牌游戏和体育活动可以在家里做；看电影、看直播也要适度。
老人沉迷彩票怎么办？戒赌需要家人陪伴。
我们为失独家庭、艾滋病感染者提供性教育和安全套。
微信号：xiehuishegong2020，QQ群 123456789，官网 www.xiehui.example.org
反对代孕，抵制色情低俗信息，扫黄打非在行动。
牛牛小朋友收到了志愿者送的玩具。他在太阳城小区做志愿者。
他说：“为什么？！”——没有人回答……
价格是 3.14 元，比例 1:2，时间 09:00，见 http://www.example.org//a。"""
ORDINARY = _ORDINARY.split("\n")


@pytest.mark.parametrize("sentence", ORDINARY)
def test_ordinary_sentences_stay_as_they_are(sentence: str) -> None:
    page = clean_text(sentence)
    assert (page.text, page.held) == (sentence, False)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("第一段。。", "第一段。"),
        ("好的！！真的？？，，是吗", "好的！真的？，是吗"),
        ("好的！！真的？？", "好的！！真的？？"),
        ("等了很久。。。没有来", "等了很久。。。没有来"),
        ("第一，，第二、、第三；；第四：：", "第一，第二、第三；第四："),
        ("是吗……不是——算了", "是吗……不是——算了"),
        ("是吗…………不是————算了。。", "是吗……不是——算了。"),
        ("见附件（《办法（试行）》（二））", "见附件（《办法（试行）》（二））"),
        ("““引用””和《《书名》》", "“引用”和《书名》"),
        ("好,,的!!", "好,的!"),
        ("好的!!", "好的!!"),
        ("第一段。 。第二段", "第一段。第二段"),
    ],
)
def test_doubled_signs_become_one_and_the_long_ones_stay(told: str, kept: str) -> None:
    assert clean_text(told).text == kept


@pytest.mark.parametrize(
    "spam",
    [
        "澳门新葡京娱乐城官网",
        "【时时彩平台|真人百家乐】",
        " 六合彩开奖 北京赛车pk10 ",
        "ag真人百家乐",
        "（成人视频在线观看，日韩无码高清）",
        "bet365 casino online slots",
        "真人棋牌 www.qipai888.vip 注册送彩金",
    ],
)
def test_a_run_of_spam_in_the_middle_of_a_sentence_goes_and_the_sentence_stays(spam: str) -> None:
    page = clean_text(f"协会组织专家{spam}编写了三份指南，供一线社工和志愿者使用。")
    assert page.text == "协会组织专家编写了三份指南，供一线社工和志愿者使用。"
    assert "".join(cut(page, "spam")).replace(" ", "") == spam.replace(" ", "")


def test_links_to_strange_hosts_go_and_a_link_to_an_authority_stays() -> None:
    farm = "".join(f'<a href="http://x{number}.example{number}.com/">站点{number}</a> ' for number in range(6))
    bad = '请戴好口罩，<a href="http://bad.example.vip/">真人棋牌</a>勤洗手，见<a href="https://w.gov.cn/">卫健委网站</a>。'
    page = clean_bytes(a_page(*ARTICLE, bad, after=f"<div>{farm}</div>").encode())
    assert page.text == f"{WHOLE}\n请戴好口罩，勤洗手，见卫健委网站。"
    assert "真人棋牌" in cut(page, "links")
    assert any("站点0" in text for text in cut(page, "links"))


@pytest.mark.parametrize(
    "style",
    [
        "display:none", "visibility: hidden", "font-size:0", "text-indent:-9999px", "position:absolute;left:-5000px",
        "opacity:0;", "height:0;overflow:hidden",
    ],
)  # fmt: skip
def test_what_is_hidden_is_cut_however_it_is_hidden(style: str) -> None:
    page = clean_bytes(a_page(*ARTICLE, after=f'<div style="{style}">点击这里有惊喜大礼包</div>').encode())
    assert page.text == WHOLE
    assert cut(page, "hidden") == ["点击这里有惊喜大礼包"]


def test_what_the_pages_own_style_hides_is_cut() -> None:
    page = clean_bytes(
        a_page(*ARTICLE, head="<style>.zz{display:none}</style>", after='<p class="zz">好礼</p>').encode()
    )
    assert cut(page, "hidden") == ["好礼"]


def test_a_page_wrapped_in_a_form_or_hidden_until_it_is_loaded_is_not_lost() -> None:
    for wrapper in (
        '<form id="form1">{}</form>',
        '<div style="opacity:0">{}</div>',
        '<div class="main sidebar-left">{}</div>',
    ):
        body = "".join(f"<p>{one}</p>" for one in ARTICLE)
        assert clean_bytes(f"<html><body>{wrapper.format(body)}</body></html>".encode()).text == "\n".join(ARTICLE)
