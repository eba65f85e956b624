"""Pages that vandals, filters and broken editors left behind, and innocent ones that look a little like them. Made up.

A nasty page says what its authors wrote (`text`), what has to be listed as cut, and whether a person has to look first.
An innocent page comes out as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from builders_web_pages import ARTICLE, TITLE, a_defaced_page, a_page, doubled

__all__ = ["INNOCENT", "NASTY", "Innocent", "Nasty"]

_INFO = "发布时间：2020-02-06 来源：协会秘书处"
_WHOLE = "\n".join((_INFO, *ARTICLE))


@dataclass(frozen=True)
class Nasty:
    """A page and what must come of it. `cut`: (reason, words that were cut for it)."""

    name: str
    raw: bytes
    text: str = _WHOLE
    cut: tuple[tuple[str, str], ...] = ()
    held: bool = False
    title: str = TITLE
    unseen: bool = False


@dataclass(frozen=True)
class Innocent:
    """A page that loses nothing."""

    name: str
    raw: bytes
    text: str


def _with(number: int, old: str, new: str) -> tuple[str, ...]:
    """The article with something put into one paragraph."""
    assert old in ARTICLE[number]
    return tuple(one.replace(old, new, 1) if at == number else one for at, one in enumerate(ARTICLE))


def _in_tables() -> bytes:
    rows = "".join(f"<tr><td><table><tr><td><p>{one}</p></td></tr></table></td></tr>" for one in ARTICLE)
    bad = "<tr><td>澳门新葡京娱乐城官网 时时彩平台注册</td></tr>"
    return (
        f"<html><head><title>{TITLE}</title></head><body><table><tr><td><table>{bad}<tr><td><h1>{TITLE}</h1>"
        f"</td></tr>{rows}</table></td></tr></table></body></html>"
    ).encode()


_FARM = "".join(f'<a href="http://www.shop{n}-deal{n}.com/">优惠{n}号店</a> | ' for n in range(7))
_HIDING = (
    '<div id="zz9"><a href="http://a.example.vip/">澳门新葡京</a> <a href="http://b.example.vip/">时时彩平台</a></div>'
    "<script>document.getElementById('zz9').style.display='none';</script>"
)
_HALF = "澳门新葡京娱乐城官网注册送彩金，真人百家乐、老虎机游戏、时时彩平台、北京赛车pk10开户，首存优惠高返水秒提现。"
_META = '<meta name="keywords" content="时时彩,百家乐,老虎机"><meta name="description" content="真人百家乐 老虎机">'

NASTY = (
    Nasty(
        "keywords glued into a sentence",
        a_page(*_with(0, "三份", "三份澳门新葡京娱乐城时时彩平台真人百家乐")).encode(),
        cut=(("spam", "澳门新葡京娱乐城时时彩平台真人百家乐"),),
    ),
    Nasty(
        "wide letters", a_page(*_with(1, "讲怎样", "ｂｅｔ３６５　ｃａｓｉｎｏ讲怎样")).encode(),
        cut=(("spam", "ｂｅｔ３６５ ｃａｓｉｎｏ"),),
    ),
    Nasty(
        "words pulled apart", a_page(*_with(2, "开通了", "百 家 乐·老-虎-机·时*时*彩开通了")).encode(),
        cut=(("spam", "百 家 乐·老-虎-机·时*时*彩"),),
    ),
    Nasty(
        "words held together by nothing",
        a_page(*_with(2, "开通了", "百\u200b家\u200b乐 老\u2060虎\u00ad机 时\ufeff时\u200c彩开通了")).encode(),
        cut=(("spam", "百家乐 老虎机 时时彩"),), unseen=True,
    ),
    Nasty(
        "nothing between all letters",
        a_page(*("\u200b".join(one) for one in ARTICLE), title=f"\ufeff{TITLE}").encode(), unseen=True,
    ),
    Nasty(
        "nothing written as entities",
        a_page(*(one.replace("的", "&#8203;的&shy;").replace("是", "&#x200B;是&zwnj;") for one in ARTICLE)).encode(),
        unseen=True,
    ),
    Nasty(
        "comments in words",
        a_page(*_with(0, "专家", "专<!-- 百家乐 老虎机 -->家<!--[if IE]>时时彩<![endif]-->")).encode(),
    ),
    Nasty("every sign twice", a_page(*(doubled(one) for one in ARTICLE)).encode(), cut=(("punctuation", "，"),)),
    Nasty(
        "every sign twice, loud and long ones too",
        a_page(*(doubled(one).replace("——", "————").replace("……", "…………") for one in ARTICLE)).encode(),
        cut=(("punctuation", "！"), ("punctuation", "——"), ("punctuation", "……")),
    ),
    Nasty(
        "GBK that says UTF-8", a_page(*_with(0, "专家", "专家（六合彩开奖、北京赛车pk10）")).encode("gbk"),
        cut=(("spam", "（六合彩开奖、北京赛车pk10）"),),
    ),
    Nasty(
        "UTF-8 put into a GBK page",
        a_page(*ARTICLE, charset="gbk").encode("gbk").replace(
            b'<div class="article">',
            '<p style="display:none">真人百家乐 老虎机游戏</p>\n<div class="article">'.encode(),
        ),
        cut=(("hidden", "真人百家乐 老虎机游戏"),),
    ),
    Nasty("tables in tables", _in_tables(), "\n".join(ARTICLE), (("spam", "澳门新葡京娱乐城官网 时时彩平台注册"),)),
    Nasty(
        "a hidden word in a sentence",
        a_page(*_with(3, "专家说", '<span style="font-size:0px">娱乐城</span>专家说')).encode(),
        cut=(("hidden", "娱乐城"),),
    ),
    Nasty(
        "a marquee of one pixel",
        a_page(*ARTICLE, after='<marquee height="1" width="4"><a href="http://x.example.vip/">好运来</a></marquee>')
        .encode(),
        cut=(("hidden", "好运来"),),
    ),
    Nasty("hidden by a script", a_page(*ARTICLE, after=_HIDING).encode(), cut=(("hidden", "澳门新葡京"),)),
    Nasty(
        "a farm of links in the foot", a_page(*ARTICLE, after=f"<p>{_FARM}</p>").encode(), cut=(("links", "优惠3号店"),)
    ),
    Nasty(
        "a stuffed title", a_page(*ARTICLE, title=f"真人百家乐-时时彩平台_{TITLE}_老虎机游戏", head=_META).encode(),
        cut=(("spam", "老虎机游戏"),),
    ),
    Nasty(
        "paragraphs again and again", a_page(*ARTICLE, ARTICLE[1], ARTICLE[4], ARTICLE[1]).encode(),
        cut=(("repeated", ARTICLE[1]), ("repeated", ARTICLE[4])),
    ),
    Nasty(
        "what is shown without scripts",
        a_page(*ARTICLE, after="<noscript>真人百家乐 老虎机游戏</noscript>").encode(),
        cut=(("script", "真人百家乐 老虎机游戏"),),
    ),
    Nasty(
        "traditional characters", a_page(*_with(1, "第二份", "【澳門新葡京|真人百家樂|老虎機】第二份")).encode(),
        cut=(("spam", "【澳門新葡京|真人百家樂|老虎機】"),),
    ),
    Nasty(
        "text that only a script makes",
        b"<html><head><title>\xe9\x80\x9a\xe7\x9f\xa5</title></head><body><div id='app'></div>"
        b"<script>render(window.__DATA__)</script></body></html>",
        "", held=True, title="通知",
    ),
    Nasty(
        "nothing of the article left", a_defaced_page().encode("gbk"), _INFO, (("spam", "六合彩特码预测"),), held=True,
        title="",
    ),
    Nasty(
        "a vandal's signature", a_page("Hacked by nobody. Greetz to everybody.", ARTICLE[0]).encode(),
        "\n".join((_INFO, "Hacked by nobody. Greetz to everybody.", ARTICLE[0])), held=True,
    ),
    Nasty(
        "stuffed, and off to somewhere else",
        a_page(
            *ARTICLE, title=f"真人百家乐_{TITLE}",
            head=_META + '<meta http-equiv="refresh" content="3;url=http://bad.example.vip/">',
        ).encode(),
        cut=(("spam", "真人百家乐"),), held=True,
    ),
    Nasty(
        "half of it replaced",
        a_page(*ARTICLE[:2], _HALF, _HALF.replace("新葡京", "永利"), title=f"时时彩平台_{TITLE}").encode(),
        "\n".join((_INFO, *ARTICLE[:2])), (("spam", "北京赛车pk10开户"),), held=True,
    ),
)  # fmt: skip


def _plain(name: str, *lines: str, wrapped: str = "<p>{}</p>") -> Innocent:
    body = "\n".join(wrapped.format(one) for one in lines)
    page = f"<!DOCTYPE html><html><head><title>通知</title></head><body>\n{body}\n</body></html>"
    return Innocent(name, page.encode(), "\n".join(lines))


def _links() -> Innocent:
    hosts = ("www.nhc.gov.cn", "www.mca.gov.cn", "www.wuhan.gov.cn", "www.who.int", "www.pku.edu.cn", "www.unicef.org")
    names = ("国家卫生健康委员会", "民政部", "武汉市人民政府", "世界卫生组织", "北京大学", "联合国儿童基金会")
    rows = "".join(f'<li><a href="https://{host}/">{name}</a></li>' for host, name in zip(hosts, names, strict=True))
    lead = "以下单位的网站每天更新疫情信息，转发之前请先到这里核对一遍。"
    page = f"<html><head><title>核对</title></head><body><p>{lead}</p><ul>{rows}</ul></body></html>"
    return Innocent("a list of authorities", page.encode(), "\n".join((lead, *names)))


def _table() -> Innocent:
    cells = (("街道", "老人", "已联系"), ("一街", "120", "是"), ("二街", "85", "是"), ("三街", "", "否"))
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    lead = "下面是各街道独居老人的联系情况，数字每天下午更新，空格表示还没有数出来。"
    told = [cell for row in cells for cell in row if cell]
    page = f"<html><head><title>表</title></head><body><p>{lead}</p><table>{rows}</table></body></html>"
    return Innocent("a table of short cells", page.encode(), "\n".join((lead, *told)))


INNOCENT = (
    _plain(
        "a warning about gambling",
        "警方提醒：所谓“澳门新葡京”“真人百家乐”“时时彩平台”都是诈骗网站，注册送彩金、高返水都是骗局，切勿转账。",
        "上月，市公安局捣毁网络赌博窝点三个，抓获犯罪嫌疑人十二名，查扣老虎机二十台、轮盘赌设备两套。",
    ),
    _plain(
        "a lesson about drugs",
        "禁毒知识：冰毒、海洛因、大麻、迷药、听话水、催情药都危害健康，买卖和引诱他人吸食都是违法犯罪。",
        "减肥药、壮阳药里可能违法添加成分，慢病患者请遵医嘱，不要网购来路不明的药。",
    ),
    _plain(
        "somebody's story of addiction",
        "他从百家乐玩到老虎机，两年输掉了房子。妻子陪他去了三次心理门诊，他才第一次说出“我停不下来”。",
        "志愿者没有讲道理，只问他：今天吃饭了吗？",
    ),
    _plain(
        "short lines", "需要的东西：", "口罩", "手套", "体温计", "84 消毒液", "老花镜", "尿不湿",
        wrapped="<div>{}</div>",
    ),
    _plain(
        "numbers to call", "各区值班电话（24 小时）：", "江岸区 027-85550001", "江汉区 027-85550002",
        "硚口区 027-85550003", "汉阳区 027-85550004", "心理援助 12356", "急救 120",
    ),
    _table(),
    _plain(
        "a poem", "我在窗前等你——", "等雪停，等灯亮……", "我在窗前等你——", "等一个平常的早上。", "",
        "等风把口罩吹成白鸽，",
        "我在窗前等你——",
    ),
    _plain(
        "a child's letter",
        "妈妈，你什么时候回家？？我和外婆都很好！！", "加油！！你们是最棒的！！！我画了一幅画给你看。",
        "爸爸说：“真的吗？！”——他也想你……",
    ),
    _plain("a diary", "等了很久。。。终于等到了核酸结果，阴性。", "楼下的猫还在，没人喂。。。。我放了半碗饭。"),
    _plain(
        "English only",
        "The hotline is open day and night. It is free, you need not give your name, and what you say is not recorded.",
        "If somebody's life is in danger, call 120 first. We will stay with you on the line until help has come.",
    ),
    _plain(
        "both languages",
        "请保持一米距离。Please keep one metre apart.", "有需要请打 12356。If you need somebody, call 12356.",
        "口罩请一次一换，用过的丢进黄色垃圾桶，丢完洗手。",
    ),
    _plain(
        "lottery funds",
        "本项目由福利彩票公益金和体育彩票公益金资助，资助金额二百万元，用于独居老人送餐和紧急呼叫设备。",
        "彩票开奖公告、彩民服务和公益金使用情况见省福彩中心官网，每周二、四、日公布开奖结果。",
    ),
    _plain(
        "Macau and Hong Kong", "澳门特别行政区政府、香港红十字会向湖北捐赠医用口罩三十万只，银河娱乐集团捐款两千万元。",
        "物资经珠海口岸转运，预计后天到达武汉。",
    ),
    _plain(
        "health of men and women", "社区卫生服务中心免费发放安全套，每周三下午有性教育讲座，欢迎青少年和家长参加。",
        "艾滋病检测自愿、保密；遭受强奸或家庭暴力，请打 110，妇联热线 12338 可以陪您报案。",
    ),
    _links(),
    _plain(
        "brackets in brackets", "补贴标准见附件（《关于印发〈临时救助办法〉的通知》（民发〔2020〕1号））。",
        "（（一）、（二）两项可以同时申请。）", "“他说‘好’，就走了。”——这是邻居的原话（见记录（三））。",
    ),
    Innocent(
        "questions and answers",
        "<dl><dt>可以下楼吗？</dt><dd>可以，请戴口罩。</dd><dt>可以收快递吗？</dt><dd>可以，放在门口。</dd></dl>".encode(),
        "可以下楼吗？\n可以，请戴口罩。\n可以收快递吗？\n可以，放在门口。",
    ),
    Innocent(
        "no markup at all",
        "各位邻居：\n\n明天上午九点停水两小时，请提前存水。\n\n物业服务中心\n2020年2月8日\n".encode(),
        "各位邻居：\n明天上午九点停水两小时，请提前存水。\n物业服务中心\n2020年2月8日",
    ),
    _plain("faces and flags", "谢谢大家❤️！👨‍👩‍👧‍👦 一家人都平安。🇨🇳 👩‍⚕️ 辛苦了。", "👍🏽 收到请回复 1️⃣ 或 2️⃣。"),
    Innocent(
        "a page in one form",
        (
            '<html><head><title>公告</title></head><body><form id="form1" class="search-form"><div class="main">'
            "<p>因道路施工，送餐车改走北门，时间不变，请行动不便的老人在单元门口等候。</p>"
            "<p>施工到本月二十日，之后恢复原来的路线。</p></div></form></body></html>"
        ).encode(),
        "因道路施工，送餐车改走北门，时间不变，请行动不便的老人在单元门口等候。\n施工到本月二十日，之后恢复原来的路线。",
    ),
    _plain(
        "a clinic's hours", "白癜风专科门诊：周一、周三上午，027-85550010。", "癫痫病门诊：周二全天，027-85550011。",
        "牛皮癣（银屑病）门诊：周五下午，请带医保卡。", "以上均为市第一医院正规门诊，地址见医院官方网站，无需预约。",
    ),
    Innocent(
        "traditional characters",
        (
            '<html><head><meta charset="big5"><title>通告</title></head><body>'
            "<p>社區中心下星期起恢復開放，長者請由正門進入，並量度體溫。</p></body></html>"
        ).encode("big5"),
        "社區中心下星期起恢復開放，長者請由正門進入，並量度體溫。",
    ),
    _plain(
        "a day at the centre", "上午：棋牌游戏、看电影、读报；下午：书画、合唱、健身操。",
        "直播课在微信群里，免费，手机上就能看。",
        "老年大学网上报名：登录社区网站，点“注册”，按提示填写。",
    ),
    _plain(
        "numbers, times and addresses",
        "地址：http://www.example.org//a?b=1，比例 1:2，时间 09:00——17:30，价格 3.14 元。",
        "总计：1,200 件；合格率：99.5%；负责人：待定……", "姓名：———————— 日期：——年——月——日",
    ),
)  # fmt: skip
