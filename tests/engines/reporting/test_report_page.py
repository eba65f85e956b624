"""report.html: its figures, its safety, its two languages, its structure."""

import base64
import csv
import hashlib
import itertools
import re
from collections import Counter, defaultdict

import pytest
from page_reader import read_page, tables
from reporting_world import NEEDS, OFFERS, world

from tongzhou_engines.reporting import Both, Cover, report_html, write_plan

ATTACKS = [
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "a\u202eb\x07c",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_plan(world(), tmp_path_factory.mktemp("plan") / "out")


@pytest.fixture(scope="module")
def html(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html):
    return read_page(html)


def rows(folder, name):
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def counted(folder):
    """The figures again, from the written tables, with nothing but dictionaries."""
    needs = {r["need_id"]: r for r in rows(folder, "inputs/needs.csv") if int(r["planned"]) > 0}
    offers = {r["offer_id"]: r for r in rows(folder, "inputs/offers.csv")}
    got, real = Counter(), Counter()
    lines = rows(folder, "assignments.csv")
    for line in lines:
        got[line["need_id"]] += int(line["quantity"])
        if offers[line["offer_id"]]["synthetic"] != "true":
            real[line["need_id"]] += int(line["quantity"])
    return {"needs": needs, "offers": offers, "lines": lines, "got": got, "real": real}


def test_headline_counts(page, counted):
    needs, got = counted["needs"], counted["got"]
    helped = sum(got[n] > 0 for n in needs)
    full = sum(got[n] >= int(r["planned"]) for n, r in needs.items())
    said = next(e for e in page.all("p") if e.attributes.get("class") == "headline").text()
    assert [int(n) for n in re.findall(r"\d+", said)] == [len(needs), helped, full, len(needs) - full]


def test_share_of_estimates_stands_beside_the_headline(page, counted):
    bases = Counter(r["basis"] for r in counted["needs"].values())
    estimated = bases["capped"] + bases["minimum_lot"]
    beside = next(e for e in page.all("ul") if e.attributes.get("class") == "beside").text()
    assert f"{estimated / len(counted['needs']):.0%} 的需求按估计数量计划（{estimated} 项" in beside
    assert f"经核实的有 {bases['confirmed']} 项" in beside


def test_coverage_by_place_and_urgency(page, counted):
    area = {"420103": "武汉市", "420106": "武汉市", "421102": "黄冈市", "421181": "黄冈市", "420602": "襄阳市",
            "420302": "十堰市", "420502": "宜昌市", "429021": "神农架林区", "422801": "恩施土家族苗族自治州",
            "429004": "仙桃市", "420703": "鄂州市"}  # fmt: skip
    ratios, by_class, full = defaultdict(list), defaultdict(list), Counter()
    for need, r in counted["needs"].items():
        ratio = counted["got"][need] / int(r["planned"])
        ratios[area[r["place"]]].append(ratio)
        by_class[r["urgency"]].append(ratio)
        full[area[r["place"]]] += ratio >= 1
    shown = {r[0]: r for r in tables(page)["各地满足情况，最缺的在前"]}
    assert shown.keys() == ratios.keys()
    for name, of in ratios.items():
        assert shown[name][1] == f"{sum(of) / len(of):.0%}", name
        assert (shown[name][2], shown[name][4]) == (str(len(of)), str(full[name]))
    classes = {r[0][0]: r for r in tables(page)["按紧急程度"]}
    assert {u: r[1] for u, r in classes.items()} == {
        u: f"{sum(of) / len(of):.0%}" for u, of in by_class.items()
    }  # no class of this world rounds to 0 % or 100 % without being it
    order = [r[1] for r in tables(page)["各地满足情况，最缺的在前"]]
    assert order == sorted(order, key=lambda t: int(t.strip("%<>")))


def test_the_map_says_what_the_table_says(page):
    shown = {r[0]: r[1] for r in tables(page)["各地满足情况，最缺的在前"]}
    drawing = next(page.all("svg", role="img"))
    tiles = {}
    for tile in drawing.all("g"):
        name, share = (next(t for t in tile.all("text") if c in t.attributes["class"]) for c in ("name", "share"))
        tiles[name.text()] = share.text()
    assert len(tiles) == 17
    for name, share in shown.items():
        short = next(t for t in tiles if name.startswith(t))
        assert tiles.pop(short) == share
    assert set(tiles.values()) == {""}  # all others have no needs


def test_categories_never_add_units(page, counted):
    planned, served = Counter(), Counter()
    for need, r in counted["needs"].items():
        planned[r["category"]] += int(r["planned"])
        served[r["category"]] += counted["got"][need]
    shown = {r[0]: r for r in tables(page)["按类别，需求多的在前"]}
    masks = shown["医用外科口罩"]
    assert masks[4] == f"{planned['surgical_mask']:,} 只"
    assert masks[6] == f"{planned['surgical_mask'] - served['surgical_mask']:,} 只"
    assert shown["上门探访"][4] == "10 人次"
    # Money is counted in fen and shown in yuan.
    assert shown["资金"][4] == "12,345.67 元"
    assert shown["资金"][5] == "10,000.50 元"


def test_moves_add_up_to_the_assignments(page, counted):
    category = {n: r["category"] for n, r in counted["needs"].items()}
    masks = sum(int(x["quantity"]) for x in counted["lines"] if category[x["need_id"]] == "surgical_mask")
    shown = tables(page)["派单归并表（9 / 9 组）"]
    assert len(shown) == 9
    said = [int(re.match(r"[\d,]+", r[1])[0].replace(",", "")) for r in shown if r[0] == "医用外科口罩"]
    assert sum(said) == masks
    assert sum(int(r[5]) for r in shown) == len(counted["lines"])


def test_with_and_without_synthetic(page, counted):
    needs, got, real = counted["needs"], counted["got"], counted["real"]
    shown = {r[0]: r[1:] for r in tables(page)["全部供给与只算真实供给"]}
    helped = [sum(c[n] > 0 for n in needs) for c in (got, real)]
    assert [int(t.split()[0]) for t in shown["得到帮助"]] == helped
    assert helped[0] > helped[1]
    sources = {r[0]: r[1:4] for r in tables(page)["按类别：派出数量的来源"]}
    assert sources["医用外科口罩"] == ["1,200 只", "700 只", "500 只"]
    assert sources["医用一次性防护服"] == ["25 件", "0 件", "25 件"]


def test_gaps_and_holds_have_their_reasons(page, folder):
    unmet, holds = rows(folder, "unmet.csv"), rows(folder, "holds.csv")
    reasons = tables(page)["缺口按原因（一项需求一个原因）"]
    assert sum(int(r[1]) for r in reasons) == len(unmet)
    assert len(reasons) == len({r["reason"] for r in unmet})
    for r in (*unmet, *holds):
        if r.get("need_id") != "n04":  # put together with n03, whose reason stands for both as an example
            assert r["text_zh"] in page.text()
            assert r["text_en"] in page.text("en")
    together = next(r for r in tables(page)["缺口明细，最紧急的在前（9 / 9 组）"] if r[1] == "黄冈市")
    assert together[4] == "2"
    assert together[6].startswith("例如 ")
    assert "能到此地的" in together[6]
    held = tables(page)["暂缓的供给（6 / 6）"]
    assert len(held) == len(holds)
    assert held[0][3].startswith("请勿发货")
    assert {r[0]: r[2] for r in held}["某企业"] == "数量未知"


def test_asked_stands_beside_planned(page):
    (row,) = tables(page)["所报超出合理上限的需求，请核实（1 / 1）"]
    assert row[:1] + row[3:5] == ["n04", "1,000,000 只", "210,000 只"]


def test_strangers_texts_are_escaped(tmp_path):
    needs = [(*NEEDS[0][:6], a, "") for a in ATTACKS[:1]] + NEEDS[1:]
    offers = [(f"x{i}", a, "420602", "vegetables", 10, "42", 0, "", "", "") for i, a in enumerate(ATTACKS)]
    offers.append(("o<b>", "某单位", "420602", ATTACKS[0], 10, "42", 0, "", "", ""))
    html = report_html(world(needs, OFFERS + offers))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{7*7}}" in html
    assert "\u202e" not in html
    assert "\x07" not in html
    text = read_page(html).text()
    assert all(a in text for a in ATTACKS[:4])


def test_nothing_is_asked_of_the_network(html, page):
    assert not re.findall(r"(?:https?:)?//(?!\S*www\.w3\.org)[a-z]", html)
    assert "url(" not in html
    assert "@import" not in html
    assert not [e.tag for e in page.all() if e.tag in ("script", "link", "img", "iframe", "object", "embed", "form")]
    assert all("style" not in e.attributes and not any(k.startswith("on") for k in e.attributes) for e in page.all())
    policy = next(e for e in page.all("meta") if e.attributes.get("http-equiv")).attributes["content"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    style = next(page.all("style")).parts[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy


def test_same_plan_same_bytes():
    assert report_html(world()) == report_html(world())
    assert report_html(world()) != report_html(world(), lang="en")


def test_language_comes_first_as_asked(page):
    def checked(p):
        return [e.attributes["id"] for e in p.all("input") if "checked" in e.attributes]

    english = read_page(report_html(world(), lang="en"))
    assert (checked(page), checked(english)) == (["say-zh"], ["say-en"])
    assert next(page.all("html")).attributes["lang"] == "zh-Hans"
    assert next(english.all("html")).attributes["lang"] == "en"


def test_both_languages_say_everything(page):
    zh, en = tables(page), tables(page, "en")
    assert [len(t) for t in zh.values()] == [len(t) for t in en.values()]
    for table in en.values():
        for row in table:
            assert all(row), row
    # What is left of Chinese on the English side are names as given, not our words.
    main = next(page.all("main")).text("en")
    for given in (*(o[1] for o in OFFERS), "没有这种东西", "派单", "需求", "缺口", "暂缓", "覆盖"):
        main = main.replace(given, "")
    assert not re.findall(r"[\u4e00-\u9fff]+", main)


def test_cover(tmp_path):
    cover = Cover(title=Both("湖北计划", "Plan for Hubei"), as_of="2020-02-06", ribbon=Both("演示<数据>", "demo"))
    text = read_page(report_html(world(), cover=cover)).text()
    assert "湖北计划" in text
    assert "数据截至 2020-02-06" in text
    assert "演示<数据>" in text


def test_headings_tables_and_pictures_are_named(page):
    levels = [int(e.tag[1]) for e in page.all() if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    ids = [e.attributes["id"] for e in page.all() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for e in page.all():
        for ref in (e.attributes.get("aria-labelledby") or "").split():
            assert ref in ids
        if e.tag == "a":
            assert e.attributes["href"].removeprefix("#") in ids
    for table in page.all("table"):
        assert next(table.all("caption")).text().strip()
        assert all(h.attributes.get("scope") in ("col", "row") for h in table.all("th"))
    for svg in page.all("svg"):
        named = svg.attributes.get("role") == "img" and next(svg.all("title")).parts
        assert named or svg.attributes.get("aria-hidden") == "true"
    for box in page.all("input"):
        assert box.attributes.get("aria-label")


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    """Contrast ratio as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [("ink", "paper"), ("ink", "card"), ("ink", "water"), ("ink", "tint"), ("quiet", "paper"), ("quiet", "card"),
           ("quiet", "tint"), ("deep", "paper"), ("deep", "card"), ("deep", "tint"), ("deep-ink", "deep"),
           ("stop", "card"), ("mark", "mark-tint")]  # fmt: skip
SHAPE_ON = [("edge", "card"), ("edge", "paper"), ("stop", "card"), ("deep", "card"), ("deep", "tint")]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_contrast(html, scheme):
    tokens = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", html, re.S)]
    assert len(tokens) == 2
    assert tokens[0].keys() == tokens[1].keys()
    for text, ground in TEXT_ON:
        assert contrast(tokens[scheme][text], tokens[scheme][ground]) >= 4.5, (text, ground)
    for shape, ground in SHAPE_ON:
        assert contrast(tokens[scheme][shape], tokens[scheme][ground]) >= 3, (shape, ground)


def test_contrast_is_measured_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the known limit of grey on white
