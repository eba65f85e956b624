"""Single texts and what they name; expected codes are the official division codes."""

from __future__ import annotations

import pytest

from tongzhou_engines.gazetteer import Gazetteer

WRITTEN = {
    "full and short names": {
        "湖北省武汉市武昌区": "420106",
        "武昌区": "420106",
        "武昌": "420106",
        "湖北武昌": "420106",
        "湖北 武汉 武昌": "420106",
        "中国湖北省武汉市武昌区": "420106",
        "仙桃": "429004",
        "湖北省仙桃市沔阳大道": "429004",
        "神农架": "429021",
        "恩施州": "4228",
        "长阳县": "420528",
        "湖北省宜昌市长阳土家族自治县": "420528",
        "黔东南凯里": "522601",
        "红河州金平县": "532530",
        "新疆伊犁州察布查尔县": "654022",
        "石河子": "659001",
        "内江市中区": "511002",
        "青岛市南区": "370202",
        "北京市市辖区东城区": "110101",
        "重庆市县城口县": "500229",
        "湖北省省直辖县级行政区划天门市": "429006",
        "广西省柳州市": "4502",
        "全国": "CN",
        "广东省东莞市": "4419",
    },
    "streets": {
        "湖北省黄冈市蕲春县漕河镇": "421126100",
        "湖北省随州市东城办事处文帝大道8号": "421303002",
        "广东省东莞市虎门镇": "441900121",
    },
    "traditional, full-width, blanks": {
        "武漢市武昌區": "420106",
        "廣東省廣州市": "4401",
        "臺灣": "71",
        "瀋陽市瀋河區": "210103",
        "陝西省鹹陽市乾縣": "610424",
        "Ｗｕｈａｎ": "4201",
        "武 汉 市 武 昌 区": "420106",
        "武汉市\t武昌区\u3000": "420106",
        "泸  县": "510521",
    },
    "renamed": {
        "荆州市监利县": "421088",
        "监利": "421088",
        "襄樊市樊城区": "420606",
        "上海市卢湾区": "310101",
        "上海南汇": "310115",
        "安徽省巢湖市无为县": "340281",
        "六安市寿县": "340422",
        "莱芜市莱城区": "370116",
        "苏州市吴江市": "320509",
        "无锡市崇安区": "320213",
        "江苏省淮阴市": "3208",
        "西藏拉萨市堆龙德庆县": "540103",
    },
    "the rest of the text decides": {
        "江苏南京鼓楼区": "320106",
        "海南省海口市龙华区": "460106",
        "海南州共和县": "632521",
        "天津河北": "120105",
        "河南蒙古族自治县": "632324",
        "吉林市昌邑区": "220202",
        "吉林": "22",
        "吉林市": "2202",
        "南京鼓楼医院": "320106",
        "沧州新华区": "130902",
        "长春市朝阳区": "220104",
        "北京大学深圳医院 深圳市福田区莲花路1120号": "440304",
        "中山大学附属第一医院 广州市越秀区中山二路58号": "440104",
        "河南省人民医院 郑州市金水区纬五路7号": "410105",
    },
    "pinyin and English": {
        "Wuchang District, Wuhan, Hubei": "420106",
        "wuhanshi": "4201",
        "wu han shi wu chang qu": "420106",
        "Jianli County, Jingzhou": "421088",
        "Inner Mongolia": "15",
        "Xi'an": "6101",
        "Lüliang": "1411",
        "Chaoyang District, Beijing": "110105",
        "Jilin, Jilin": "2202",
        "Beijing Road, Shanghai": "31",
        "Canton": "4401",
    },
    "no more than is said": {
        "黄冈市中心医院": "4211",
        "武汉市解放大道1095号": "4201",
        "武汉市汉阳大道": "4201",
        "青岛市南京路": "3702",
        "广东省中山市中山路": "4420",
        "北京市中山公园": "11",
        "武汉市洪山宾馆": "4201",
        "重庆江北国际机场": "50",
        "武汉江汉大学": "4201",
        "湖北省公安厅": "42",
        "武汉雷神山医院": "4201",
        "道孚大酒店": "513326",
        "湘西凤凰": "433123",
        "東湖高新區": "4201",
        "武汉经济技术开发区": "4201",
    },
}
NOTHING = """
县|市辖区|区||解放大道|江汉路步行街|中山路1号|北京路|汉阳大道
|北京东路31号|天河北路233号|凤凰大酒店|公安局|合作社|东方医院|团结大道|武汉大学人民医院|河北工业大学|江汉油田
|曲江新区集中住宿|阿里健康
|江汉山庄|丰泽山庄大酒店|老城区河街|新城区汽车站|七天酒店（深圳）有限公司|人民大道县政府
|沙县小吃|Wuhan University|Beijing Road
""".replace("\n", "").split("|")
AMBIGUOUS = {
    "鼓楼区": {"320106", "320302", "350102", "410204"},
    "朝阳区": {"110105", "220104"},
    "朝阳": {"2113", "110105", "220104"},
    "江苏省鼓楼区": {"320106", "320302"},
    "河北省新华区": {"130105", "130902"},
    "杭州市江干区": {"330102", "330114"},
    "Suzhou": {"3205", "3413"},
    "官渡区 洪山区": {"530111", "420111"},
    "黄冈市浠水县、罗田县、英山县": {"421125", "421123", "421124"},
    "武汉、黄冈、孝感": {"4201", "4211", "4209"},
    "南京市江宁区和鼓楼区": {"320115", "320106"},
}


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.builtin()


@pytest.mark.parametrize(("text", "code"), [pair for group in WRITTEN.values() for pair in group.items()])
def test_found(gazetteer, text, code):
    got = gazetteer.match(text)
    assert (got.status, got.code) == ("found", code)
    assert got.candidates == (code,)
    assert got.certain == code


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_named(gazetteer, text):
    got = gazetteer.match(text)
    assert (got.status, got.code, got.candidates) == ("none", "", ())


@pytest.mark.parametrize(("text", "codes"), AMBIGUOUS.items())
def test_ambiguous(gazetteer, text, codes):
    got = gazetteer.match(text)
    assert got.status == "ambiguous"
    assert got.code == ""
    assert set(got.candidates) == codes
    assert all(gazetteer.tree.within(c, got.certain) for c in codes)


@pytest.mark.parametrize(
    ("text", "within", "code"),
    [
        ("鼓楼区", "3201", "320106"),
        ("江汉", "4201", "420103"),
        ("朝阳", "11", "110105"),
        ("武昌区", "42", "420106"),
        ("武汉市", "4201", "4201"),
        ("湖北省武汉市武昌区", "4201", "420106"),
        ("Wuchang", "4201", "420106"),
        ("湖北省", "4201", ""),
        ("武汉市", "420106", ""),
        ("长治市", "42", ""),
        ("包头市青山区", "4201", ""),
        ("北京市朝阳区", "22", ""),
        ("Beijing", "4201", ""),
    ],
)
def test_within_limits_the_answer(gazetteer, text, within, code):
    assert gazetteer.match(text, within=within).code == code


def test_unknown_limit(gazetteer):
    with pytest.raises(KeyError):
        gazetteer.match("武昌区", within="999999")


def test_pieces_are_reported(gazetteer):
    assert gazetteer.match("湖北省武漢市 武昌區中南路").matched == ("湖北省", "武汉市", "武昌区")
