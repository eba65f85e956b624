"""Web pages for the tests of cleaning, made up: an association's article, and what vandals do to such pages."""

from __future__ import annotations

__all__ = ["ARTICLE", "TITLE", "a_defaced_page", "a_page", "an_article_saved_with_spam", "doubled"]

TITLE = "致全省社会工作者的一封信：一起守护社区"
#: The article as its authors wrote it.
ARTICLE = (
    "疫情发生以来，我会组织专家编写了三份指南，供一线社工、志愿者和居民使用。",
    "第一份面向所有人，讲怎样做好防护；第二份按人群分开，讲老人、儿童、残障人士的需要；第三份是防护与资源手册。",
    "我会招募了三百名专业人员，开通了心理援助热线：有需要的居民可以拨打12356，也可以拨打各医院公布的电话027-85550000。",
    "“不要恐慌，也不要大意！”专家说——这是我们能给的最实在的建议……",
    "请大家警惕网络赌博和诈骗：凡是要您下载陌生软件、先转账的，都是骗局。福利彩票公益金支持了本次服务。",
)


def doubled(text: str) -> str:
    """Every sign twice, as a broken editor saves it."""
    return "".join(one * 2 if one in "，。！？；：、" else one for one in text)


def a_page(
    *paragraphs: str, title: str = TITLE, head: str = "", before: str = "", after: str = "", charset: str = "utf-8"
) -> str:
    """A page of an association as sites of that kind look: menu, article, side column, foot."""
    body = "\n".join(f"<p>{one}</p>" for one in paragraphs)
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>
<link rel="canonical" href="https://www.xiehui.example/a/1.html">{head}</head><body>
<div class="top-nav"><a href="/">首页</a> <a href="/news/">新闻</a> <a href="/about/">关于我们</a>
<a href="/join/">加入我们</a></div>
<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/news/">通知公告</a></div>{before}
<div class="article"><h1>{TITLE}</h1><p class="info">发布时间：2020-02-06 来源：协会秘书处</p>
{body}</div>{after}
<div class="sidebar"><h3>相关新闻</h3><ul><li><a href="/n/1">关于召开年会的通知</a></li>
<li><a href="/n/2">关于培训班的通知</a></li></ul></div>
<div id="footer">版权所有 协会秘书处 ICP备00000000号</div></body></html>"""


_HIDDEN = (
    '<div style="display:none"><a href="http://a1.example/">澳门新葡京</a><a href="http://b2.example/">时时彩平台</a>'
    '<a href="http://c3.example/">真人百家乐</a></div>'
)


def an_article_saved_with_spam() -> str:
    """The article with keywords in title, meta, hidden elements and in the middle of sentences, and doubled signs."""
    told = [doubled(one) for one in ARTICLE]
    told[0] = told[0].replace("供一线社工", "澳门新葡京娱乐城官网 时时彩平台注册送彩金 供一线社工")
    told[1] = told[1].replace("第三份", "【北京赛车pk10开户|真人百家乐|老虎机游戏】第三份")
    return a_page(
        *told,
        title=f"澳门新葡京娱乐城_时时彩平台注册_{TITLE}",
        head='<meta name="keywords" content="时时彩,百家乐,老虎机游戏">'
        '<script>document.title="真人百家乐_时时彩"</script>',
        before=_HIDDEN,
        after='<div class="cookie-bar">本站使用 Cookie，点击同意继续。</div>',
    )


def a_defaced_page() -> str:
    """Nothing of the article is left."""
    lines = [
        "澳门新葡京娱乐城官网是信誉最好的博彩网站，注册送彩金，真人百家乐、老虎机游戏、时时彩平台一应俱全。",
        "北京赛车pk10开奖直播，六合彩特码预测，首存优惠高返水，秒提现。",
        "成人视频在线观看，亚洲av无码视频免费看，日韩无码高清。",
    ]
    return a_page(
        *lines, title="澳门新葡京_真人百家乐_时时彩平台", head='<meta name="keywords" content="百家乐,时时彩">'
    ).replace(f"<h1>{TITLE}</h1>", "<h1>澳门新葡京娱乐城官网</h1>")
