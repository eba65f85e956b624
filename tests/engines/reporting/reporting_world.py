"""One small made-up world in Hubei for the tests of this room: every kind of reason, basis, hold and problem."""

import polars as pl

from tongzhou_engines.allocation import Plan, plan

NEED = ("need_id", "place", "category", "urgency", "quantity", "confirmed", "requester", "due")
NEEDS = [
    ("n01", "420103", "surgical_mask", 0, 400, 400, "汉口某医院", ""),
    ("n02", "420106", "surgical_mask", 1, 600, None, "武昌某医院", "2020-02-20"),
    ("n03", "421102", "surgical_mask", 1, 800, None, "黄州某医院", ""),
    ("n04", "421181", "surgical_mask", 2, 1000000, None, "麻城某机构", ""),
    ("n05", "420602", "n95_respirator", 0, 100, 50, "襄城某医院", ""),
    ("n06", "420302", "protective_suit", 1, None, None, "茅箭某医院", ""),
    ("n07", "420502", "protective_suit", 1, 30, None, "西陵某医院", ""),
    ("n08", "429021", "infant_formula", 2, 12, None, "松柏镇某社区", ""),
    ("n09", "422801", "psychological_counselling", 2, 20, None, "恩施某社区", ""),
    ("n10", "420103", "home_visit", 2, 6, None, "江汉某社区", ""),
    ("n11", "429004", "funds", 3, 1234567, None, "仙桃某社区", ""),
    ("n12", "420106", "home_visit", 3, 4, None, "武昌某社区", ""),
    ("n13", "420902", "goggles", 2, 15, 0, "孝南某医院", ""),
    ("n14", "420703", "goggles", 1, 40, None, "鄂州某医院", ""),
]
OFFER = (
    "offer_id",
    "organisation",
    "place",
    "category",
    "quantity",
    "coverage",
    "reserve",
    "from",
    "until",
    "synthetic",
)
OFFERS = [
    ("o01", "某市慈善会", "420103", "surgical_mask", 700, "42", 0, "", "", ""),
    ("o02", "合成捐赠方甲", "44", "surgical_mask", 500, "CN", 0, "", "", "合成"),
    ("o03", "某进口商", "31", "n95_respirator", 200, "4206", 20, "", "", ""),
    ("o04", "合成捐赠方乙", "4205", "protective_suit", 25, "42", 0, "", "", "1"),
    ("o05", "某心理援助热线", "11", "psychological_counselling", 500, "CN", 0, "", "", ""),
    ("o06", "某社工服务中心", "420103", "home_visit", 5, "420103", 0, "", "", ""),
    ("o07", "某企业", "420902", "goggles", None, "CN", 0, "", "", ""),
    ("o08", "某基金会", "CN", "funds", 1000050, "CN", 0, "", "", ""),
    ("o09", "某农场", "420602", "vegetables", 3000, "42", 0, "", "", ""),
    ("o10", "某公司", "420703", "goggles", 60, "42", 0, "2030-01-01", "2030-02-01", ""),
    ("o11", "某书店", "4201", "没有这种东西", 5, "42", 0, "", "", ""),
]


def table(heads, rows) -> pl.DataFrame:
    """Rows as a table of text, as a CSV file would give it."""
    text = [["" if v is None else str(v) for v in row] for row in rows]
    return pl.DataFrame(text, schema=dict.fromkeys(heads, pl.String), orient="row")


def needs_table(rows=NEEDS) -> pl.DataFrame:
    """The needs, n14 only until 2020-03-01."""
    frame = table(NEED, rows)
    return frame.with_columns(
        pl.when(pl.col("need_id") == "n14").then(pl.lit("2020-03-01")).otherwise("due").alias("due")
    )


def world(needs=NEEDS, offers=OFFERS, **more) -> Plan:
    """The plan of this world."""
    return plan(needs_table(needs), table(OFFER, offers), **more)
