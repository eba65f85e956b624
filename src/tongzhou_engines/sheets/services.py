"""Clinics, counselling lines, medics' hotels and transport lines to offers; what nobody has committed to leads."""

from __future__ import annotations

import re

from tongzhou_engines.base.quantities import parse_quantity
from tongzhou_engines.sheets.book import Book
from tongzhou_engines.sheets.common import account_rest, china_date, joined, link, locate, pick_code, source, tidy
from tongzhou_engines.sheets.model import Draft, Row
from tongzhou_engines.sheets.text import clean_text, comparable, one_line
from tongzhou_engines.sheets.words import WHY_LEAD

__all__ = [
    "COUNSELLING",
    "LODGING",
    "MEDICAL",
    "read_clinic",
    "read_medic_hotel",
    "read_transport",
    "write_lead",
    "write_offer",
]

MEDICAL = ("在线问诊", "线上义诊", "义诊", "线上医疗咨询")
COUNSELLING = ("心理咨询", "心理援助热线", "心理咨询与心理援助")
ANIMALS = ("线上兽医咨询", "宠物咨询")
LODGING = ("医护酒店", "医护人员住宿房间", "宾馆")
FREIGHT = ("物流运输", "货物运输", "物流")

_MIND = re.compile(r"心理|情绪疏导|哀伤")
_BODY = re.compile(r"义诊|问诊|门诊|医院|医生|诊疗|就诊|肺炎|新冠|送药|兽医|健康")
_ANIMAL = re.compile(r"宠物|兽医")
_FOR_WHOM = re.compile(r"([\u4e00-\u9fff]{2,10}?)(?:用户|市民|居民|患者|籍人员)")
_SUFFIXES = "省市区县州盟旗"
_INSTITUTION = re.compile(r"医院|医学中心|大学|学院|卫生|疾控|红十字|慈善")
_ABROAD = re.compile(
    r"美国|加拿大|日本|韩国|英国|德国|法国|意大利|西班牙|比利时|捷克|俄罗斯|哈萨克斯坦|以色列|泰国|新西兰|澳大利亚|澳洲|欧洲|迪拜|"
    r"墨尔本|悉尼|布里斯班|洛杉矶|纽约|伦敦|国际"
)
_AROUND = re.compile(r"^中国[·・]?|的?(?:运力|运输服务)$|境内$")
_ROUTE = re.compile(r"到|至|->|→|—>|发往|送往|飞往")


def organisation(row: Row) -> str:
    """The cleaned name of a row on one line; blank when nothing but a removal mark is left of it."""
    name = clean_text(row.text("name")).text
    left = re.sub(r"\[已删姓名\]|医生|老师|大夫|[\s（）()]", "", name)
    return name if left else ""


def write_lead(
    book: Book, row: Row, key: tuple[str, ...], category: str, why: str, column: str, place: str, **more: object
) -> Draft:
    """Begin (or find) the lead with this key."""
    known = book.catalogue.categories.get(category)
    fields: dict[str, object] = {
        **source(row, column),
        "organisation": organisation(row),
        "place": place,
        "category": category,
        "unit": known.unit if known else "",
        "why": why,
        "why_zh": WHY_LEAD[why][0],
        "why_en": WHY_LEAD[why][1],
        "address": tidy(row, "address"),
        "notes": tidy(row, "remark"),
        "url": link(row),
        "quantity_basis": "unknown",
        **more,
    }
    return book.draft("leads", key, row, fields)


def write_offer(
    book: Book, row: Row, key: tuple[str, ...], category: str, column: str, place: str, **more: object
) -> Draft:
    """Begin (or find) the offer with this key."""
    known = book.catalogue.categories.get(category)
    url = link(row)
    fields: dict[str, object] = {
        **source(row, column),
        "organisation": organisation(row),
        "place": place,
        "category": category,
        "unit": known.unit if known else "",
        "from": china_date(row.text("date"))[0],
        "address": tidy(row, "address"),
        "quantity_basis": "unknown",
        "notes": joined([tidy(row, "remark"), f"来源：{url}" if url else ""]),
        **more,
    }
    return book.draft("offers", key, row, fields)


def _name_cell(row: Row) -> str:
    return next((cell.column for cell in row.cells if cell.role == "name"), "")


def read_clinic(row: Row, book: Book) -> None:
    """Free consultations and counselling lines: remote services, their capacity unknown."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    texts = f"{row.text('type')} {name} {row.text('remark')}"
    place = _home(book, row, name)
    coverage = _coverage(book, name, row.text("remark"))
    drafts = []
    for names in _clinic_kinds(row.text("type"), name, row.text("remark"), texts):
        category = pick_code(book, names)
        key = (comparable(name), category)
        drafts.append(write_offer(book, row, key, category, _name_cell(row), place, coverage=coverage))
    account_rest(book, row, drafts, (), "nothing_offered")
    book.account_row(row, drafts, "nothing_offered")


def _clinic_kinds(kind: str, name: str, remark: str, texts: str) -> list[tuple[str, ...]]:
    if _ANIMAL.search(texts):
        return [ANIMALS]
    if kind.strip() in ("新冠义诊", "义诊"):
        return [MEDICAL]
    if kind.strip() == "心理咨询":
        return [COUNSELLING]
    mind = bool(_MIND.search(f"{kind} {name} {remark}"))
    if not mind:
        return [MEDICAL]
    bodily = "义诊" in kind or _BODY.search(
        re.sub(r"心理[\u4e00-\u9fff]{0,4}(?:义诊|问诊|门诊)", "", f"{name} {remark}")
    )
    only_mind = _MIND.search(name) or "精神卫生" in name or not bodily
    return [COUNSELLING] if only_mind else [MEDICAL, COUNSELLING]


def _home(book: Book, row: Row, name: str) -> str:
    """The place a service's name tells, else the root: somewhere in the country is all that is known."""
    match = book.placer.match(name)
    # A short form alone may be a brand (阿里健康 is not in 阿里地区): it counts only in the name of an institution.
    if not any(piece[-1] in _SUFFIXES for piece in match.matched) and not _INSTITUTION.search(name):
        return book.placer.tree.root
    if match.status == "found":
        return book.placer.up_to_district(match.code)
    if match.status == "ambiguous":
        detail = "；".join(book.placer.shown(code) for code in match.candidates[:6])
        book.problem(row, _name_cell(row), name, "place_ambiguous", "kept", detail)
        return ""
    return book.placer.tree.root


def _coverage(book: Book, *texts: str) -> str:
    """The place whose people a text says the service is for (湖北用户免费), else the root."""
    for text in texts:
        for found in _FOR_WHOM.finditer(text):
            for length in range(len(found[1]), 1, -1):
                match = book.placer.match(found[1][-length:])
                if match.status == "found":
                    return match.code
    return book.placer.tree.root


def read_medic_hotel(row: Row, book: Book) -> None:
    """Hotels for medical staff: rooms in their city; 0 or blank rooms are unknown, never none."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    place = locate(book, row, name).code
    category = pick_code(book, LODGING)
    quantity, notes, done, counted = None, [tidy(row, "remark")], [], []
    for cell in row.cells:
        if cell.role not in ("rooms", "guests"):
            continue
        read = parse_quantity(cell.text)
        if read.problem:
            book.problem(row, cell.column, cell.text, read.problem, "treated_as_unknown")
        if read.value is None or read.value <= 1:
            book.account(row, cell, (), "zero_is_unknown" if read.value is not None else "column_not_used")
            done.append(cell)
        elif cell.role == "rooms":
            quantity = read.value
            counted.append(cell)
        else:
            notes.append(f"可接待 {read.value} 人")
            counted.append(cell)
    url = link(row)
    more: dict[str, object] = {
        "quantity": quantity,
        "quantity_basis": "unknown" if quantity is None else "written",
        "notes": joined([*notes, f"来源：{url}" if url else ""]),
    }
    key = (comparable(name), place or comparable(row.text("city")), category)
    if place:
        draft = write_offer(
            book, row, key, category, _name_cell(row), place, coverage=book.placer.city_of(place), **more
        )
    else:
        draft = write_lead(book, row, key, category, "place_unknown", _name_cell(row), "", **more)
    for cell in counted:
        book.account(row, cell, (draft,))
    account_rest(book, row, [draft], [*done, *counted], "nothing_offered")
    book.account_row(row, [draft])


def read_transport(row: Row, book: Book) -> None:
    """Transport lines: home where they set out, coverage where they go; without a known destination only a lead."""
    name = organisation(row)
    if not name:
        book.set_row_aside(row, "removed_name" if row.text("name").strip() else "no_name")
        return
    category = pick_code(book, FREIGHT)
    start, goal, route = _route(row)
    place = _place_of(book, start) if start else book.placer.tree.root
    coverage = _place_of(book, goal) if goal else ""
    cell = next((c for c in row.cells if c.role in ("dest", "area")), None)
    key = (comparable(name), category, comparable(route))
    notes = joined([f"线路：{route}", *_terms(row), tidy(row, "remark"), *_notices(row)])
    if coverage and place:
        url = link(row)
        notes = joined([notes, f"来源：{url}" if url else ""])
        draft = write_offer(book, row, key, category, _name_cell(row), place, coverage=coverage, notes=notes)
    else:
        column, value = (cell.column, cell.text) if cell else ("", "")
        if not coverage:
            book.problem(row, column, value, "coverage_unresolved", "kept")
        why = "place_unknown" if coverage else "destination_unknown"
        draft = write_lead(book, row, key, category, why, _name_cell(row), place if start else "", notes=notes)
    account_rest(book, row, [draft], (), "nothing_offered")
    book.account_row(row, [draft])


def _route(row: Row) -> tuple[str, str, str]:
    """Where a line sets out and goes (blank when not written), and the route as written."""
    start, goal, area = one_line(row.text("from")), one_line(row.text("dest")), one_line(row.text("area"))
    if start or goal:
        return start, goal, " > ".join(part for part in (start, goal) if part)
    inward = re.fullmatch(r"(.*?)寄入(?:寄出)?", area)
    if inward:
        return "", inward[1], area
    parts = _ROUTE.split(area)
    if len(parts) >= 2:
        return parts[0], parts[-1], area
    return area, "", area


def _place_of(book: Book, text: str) -> str:
    if _ABROAD.search(text):
        return ""
    match = book.placer.match(_AROUND.sub("", text.strip()) or text)
    return book.placer.up_to_district(match.code) if match.status == "found" else ""


def _terms(row: Row) -> list[str]:
    answer = comparable(row.text("allow_personal"))
    if answer in ("是", "true", "yes"):
        return ["接受个人捐赠"]
    return ["不接受个人捐赠"] if answer in ("否", "false", "no") else []


def _notices(row: Row) -> list[str]:
    """The title of a notice, and the beginning of its text."""
    texts = [clean_text(cell.text).text for cell in row.cells if cell.role == "notice"]
    return [text if len(text) <= 120 else text[:120] + "…" for text in texts]
