"""What every page shares: languages, themes, form fields, faults, drawings; all without scripts or inline style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

import builders
from tongzhou.kernel.errors import Refusal
from tongzhou.site import faults
from tongzhou.site.ui.samples import SampleForm, samples

STATIC = Path(__file__).parents[2] / "src" / "tongzhou" / "site" / "static" / "tongzhou"
PAGES = ["/", "/privacy/", "/about/", "/ui/"]


def html(client: Client, path: str) -> str:
    """The page's text; it must be there."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_chinese_and_english(client: Client, path: str) -> None:
    assert '<html lang="zh-Hans"' in html(client, path)
    client.cookies["lang"] = "en"
    english = html(client, path)
    assert '<html lang="en"' in english
    text = re.sub(r"<button[^>]*>中文</button>|<title>.*?</title>", "", english)
    assert not re.search(r"[\u3400-\u9fff]", text), re.findall(r".{20}[\u3400-\u9fff]+.{20}", text)[:3]


@pytest.mark.parametrize("path", PAGES)
def test_pages_obey_the_policy(client: Client, path: str) -> None:
    page = html(client, path)
    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r" on[a-z]+=| hx-on", page)
    assert "javascript:" not in page


def test_ids_are_unique_on_the_component_page(client: Client) -> None:
    ids = re.findall(r' id="([^"]+)"', html(client, "/ui/"))
    assert len(ids) == len(set(ids)) > 20


def nav(client: Client, path: str) -> tuple[list[str], list[str]]:
    """The addresses of the navigation's row, and those under "more"."""
    found = re.search(r'<nav class="top__nav".*?</nav>', html(client, path), re.DOTALL)
    assert found
    row, _, more = found[0].partition("<details")
    return re.findall(r'href="([^"]+)"', row), re.findall(r'href="([^"]+)"', more)


@pytest.mark.django_db
def test_the_way_of_the_work_stands_in_the_row_and_the_rest_under_more(client: Client) -> None:
    builders.sign_in(client, builders.an_account("coordinator", area=builders.HUBEI))
    row, more = nav(client, "/gaps/")
    assert row == ["/desk/", "/verify/", "/callbacks/", "/needs/", "/offers/", "/plans/", "/assignments/"]
    assert more == [
        "/entry/", "/leads/", "/imports/", "/gaps/", "/situation/", "/line/figures/", "/orgs/", "/guidance/",
        "/my/messages/", "/setup/",
    ]  # fmt: skip
    assert 'href="/gaps/" aria-current="page"' in html(client, "/gaps/")


@pytest.mark.django_db
def test_few_pages_all_stand_in_the_row_and_the_nearest_one_is_where_one_is(client: Client) -> None:
    builders.sign_in(client, builders.an_account("volunteer"), second_factor=False)
    row, more = nav(client, "/my/messages/")
    assert more == []
    assert "/my/messages/" in row
    assert "/setup/" not in row  # nothing there is theirs to do
    assert html(client, "/my/messages/").count('aria-current="page"') == 1


def test_the_front_page_is_light(client: Client) -> None:
    page = html(client, "/")
    assert "htmx" not in page
    assert 'href="/help/"' in page
    assert 'href="/give/"' in page
    assert 'action="/r/"' in page
    assert "120" in page


def test_the_language_changes_and_the_page_stays(client: Client) -> None:
    answer = client.post("/language/", {"language": "en", "next": "/about/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/?a=1")
    assert answer.cookies["lang"].value == "en"
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"


def test_the_theme_changes_and_the_page_stays(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/ui/"})
    assert (answer.status_code, answer["Location"]) == (302, "/ui/")
    assert 'data-theme="dark"' in html(client, "/ui/")
    assert client.post("/theme/", {"theme": "light", "next": "//evil.example/"})["Location"] == "/"
    client.post("/theme/", {"theme": "", "next": "/"})
    assert "data-theme" not in html(client, "/ui/")


@pytest.mark.parametrize(
    ("method", "path", "came_from", "leads_to"),
    [
        ("GET", "/about/?a=1", "", "/about/?a=1"),
        ("POST", "/help/?a=1", "", "/help/?a=1"),  # a form at its own address
        ("POST", "/theme/", "http://testserver/about/?a=1#b", "/about/"),
        ("POST", "/theme/", "http://evil.example/about/", "/"),
        ("POST", "/theme/", "//evil.example/about/", "/"),
        ("POST", "/theme/", "http://testserver/language/", "/"),
        ("POST", "/theme/", "http://testserver/no/such/page/", "/"),
        ("POST", "/tasks/3124567895/cash/", "http://testserver/tasks/3124567895/contact/", "/tasks/3124567895/"),
        ("POST", "/tasks/3124567895/cash/", "", "/tasks/3124567895/"),
    ],
)
def test_a_switch_leads_back_to_what_can_be_opened(method: str, path: str, came_from: str, leads_to: str) -> None:
    request = RequestFactory().generic(method, path, headers={"Referer": came_from} if came_from else {})
    for switch in ("language", "theme"):
        switched = render_to_string(f"components/{switch}.html", request=request)
        assert f'name="next" value="{leads_to}"' in switched


@pytest.mark.parametrize(("lang", "words"), [("zh-hans", "这个地址不能这样打开"), ("en", "cannot be opened this way")])
def test_what_takes_only_forms_is_answered_with_a_page_that_leads_on(client: Client, lang: str, words: str) -> None:
    client.cookies["lang"] = lang
    answer = client.get("/theme/", headers={"Referer": "http://testserver/about/"})
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert words in page
    main = page.split("<main")[1].split("</main")[0]
    assert 'href="/about/"' in main
    assert 'href="/"' in main
    bare = client.get("/theme/", headers={"Accept": "application/json"})
    assert (bare.status_code, bare.content) == (405, b"")


def test_a_wrong_theme_cookie_changes_nothing(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    page = html(client, "/")
    assert "data-theme" not in page
    assert "<script>" not in page


def test_switches_need_a_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/theme/", {"theme": "dark"}).status_code == 403
    assert strict.post("/language/", {"language": "en"}).status_code == 403


def test_a_field_ties_label_hint_and_error_to_its_control() -> None:
    form = SampleForm({"what": ""}, auto_id="f_%s")
    field = form["what"].as_field_group()
    assert '<label for="f_what">' in field
    assert 'id="f_what_helptext"' in field
    assert 'id="f_what_error"' in field
    assert 'aria-describedby="f_what_helptext f_what_error"' in field
    assert 'aria-invalid="true"' in field


def test_a_group_of_choices_is_a_fieldset_with_its_error() -> None:
    group = SampleForm({}, auto_id="f_%s")["whom"].as_field_group()
    assert re.search(r'<fieldset id="f_whom" aria-describedby="f_whom_error">\s*<legend>', group)
    assert 'id="f_whom_error"' in group
    assert group.count('<label class="choice">') == 2


def test_the_summary_links_to_every_field_that_is_wrong() -> None:
    form = SampleForm({}, auto_id="f_%s")
    drawn = str(form)
    links = set(re.findall(r'<a href="#(f_\w+)">', drawn))
    assert links == {f"f_{name}" for name in form.errors}
    assert all(re.search(rf'id="{link}"', drawn) for link in links)
    assert "autofocus" in drawn
    assert "summary" not in str(SampleForm(auto_id="f_%s"))


def test_typed_text_is_shown_again_and_escaped() -> None:
    drawn = str(SampleForm({"story": "<script>alert(1)</script>", "quantity": '">x'}))
    assert "&lt;script&gt;" in drawn
    assert "<script>" not in drawn
    assert "&quot;&gt;x" in drawn


@pytest.mark.parametrize(
    "code", ["bad_request", "forbidden", "not_found", "version_stale", "too_large", "too_many", "server_error"]
)
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_a_fault_says_what_why_and_what_next(code: str, lang: str) -> None:
    from django.utils import translation

    refusal = Refusal(code, **{"too_large": {"limit": "10 MB"}, "too_many": {"seconds": 30}}.get(code, {}))
    with translation.override(lang):
        answer = faults.answer(RequestFactory().get("/x"), refusal)
        page = answer.content.decode()
        assert refusal.what in page
        assert refusal.todo in page
        assert code in page
    assert answer.status_code == refusal.status
    assert ("为什么会这样" if lang == "zh-hans" else "Why this happens") in page


def test_htmx_gets_a_fragment() -> None:
    request = RequestFactory().get("/x")
    request.htmx = type("Details", (), {"boosted": False, "__bool__": lambda self: True})()
    page = faults.answer(request, Refusal("version_stale")).content.decode()
    assert "<html" not in page
    assert "notice--stop" in page


def drawn(source: str, **context: object) -> str:
    """A template's text."""
    return Template("{% load tongzhou %}" + source).render(Context(context))


def test_a_cartogram_fills_its_tiles_and_has_an_equal_table() -> None:
    tiles = [
        {"column": 0, "row": 0, "name": "武汉", "short": "武汉", "figure": "25 %", "level": 0.25, "href": "/x/"},
        {"column": 1, "row": 0, "name": "<b>", "short": "<b>", "figure": "", "level": None},
    ]
    page = drawn('{% cartogram tiles "甲" %}', tiles=tiles)
    # A quarter of a side of 60 is 15 high and begins 45 below the top edge at 2.
    assert 'y="47.0" width="60" height="15.0"' in page
    assert "tile--none" in page
    assert "<b>" not in page.replace("&lt;b&gt;", "")
    table = page[page.index("<table") :]
    assert table.count("<tr>") == 3
    assert "25 %" in table


def test_bars_are_in_proportion_to_the_largest() -> None:
    page = drawn("{% ranked_bars rows %}", rows=[{"label": "a", "value": 8}, {"label": "b", "value": 2}])
    assert re.findall(r'bar__level" width="([\d.]+)"', page) == ["100.0", "25.0"]
    assert re.findall(
        r'bar__level" width="([\d.]+)"', drawn("{% ranked_bars rows %}", rows=[{"label": "a", "value": 0}])
    ) == ["0.0"]


def test_a_code_is_said_three_three_four() -> None:
    assert drawn("{{ code|spoken }}", code="3124567895") == "312-456-7895"
    assert re.findall(r"<span>(\d+)</span>", drawn('{% include "components/code.html" %}', code="3124567895")) == [
        "312",
        "456",
        "7895",
    ]


def test_a_closed_contact_shows_nothing() -> None:
    closed = drawn('{% include "components/contact.html" with contact=None %}')
    assert not re.search(r"\d{4}", closed)
    assert "<form" not in closed
    opened = drawn('{% include "components/contact.html" %}', contact=samples()["contact"])
    assert "19000000001" in opened


# Contrast, by the formula of WCAG 2.2 (relative luminance), worked on the tokens themselves.


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def _themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    light = _tokens(css[: css.index("@media")])
    by_device = _tokens(css[css.index("prefers-color-scheme: dark") : css.index("@media screen {")])
    chosen = _tokens(css[css.index("@media screen {") :])
    return {"light": light, "dark by device": light | by_device, "dark by choice": light | chosen}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


#: Letters on a ground: the ground, then every ink that stands on it.
ON = {
    "paper": "ink quiet deep stop mark",
    "card": "ink quiet deep stop mark good",
    "sunk": "ink quiet",
    "tint": "ink quiet deep",
    "deep": "deep-ink",
    "deep-hover": "deep-ink",
    "stop": "stop-ink",
    "stop-tint": "stop ink",
    "mark-tint": "mark ink",
    "good-tint": "good ink",
    "water": "ink",
    "ink": "paper",
}
TEXT = [(ink, ground) for ground, inks in ON.items() for ink in inks.split()]
EDGES = [
    ("edge", "card"),
    ("edge", "paper"),
    ("deep", "card"),
    ("stop", "card"),
    ("focus", "paper"),
    ("focus", "card"),
    ("deep", "sunk"),
]


def test_the_formula_of_contrast() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark by device", "dark by choice"])
def test_colours_can_be_told_apart(theme: str) -> None:
    tokens = _themes()[theme]
    faint = [
        f"{a} on {b}: {_contrast(tokens[a], tokens[b]):.2f}" for a, b in TEXT if _contrast(tokens[a], tokens[b]) < 4.5
    ]
    faint += [
        f"{a} beside {b}: {_contrast(tokens[a], tokens[b]):.2f}"
        for a, b in EDGES
        if _contrast(tokens[a], tokens[b]) < 3
    ]
    assert not faint, "\n".join(faint)


def test_dark_is_the_same_whether_chosen_or_by_device() -> None:
    themes = _themes()
    assert themes["dark by device"] == themes["dark by choice"] != themes["light"]


def test_the_style_sheet_uses_only_tokens_for_colour() -> None:
    for name in ("base.css", "components.css"):
        css = (STATIC / name).read_text(encoding="utf-8")
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[;,) ])", css), name
        assert set(re.findall(r"var\(--([\w-]+)\)", css)) <= set(
            re.findall(r"--([\w-]+):", (STATIC / "tokens.css").read_text())
        )
        assert css.count("{") == css.count("}")


def test_styles_and_scripts_are_small() -> None:
    import gzip

    def weight(names: list[str]) -> int:
        return sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)

    conversation = ["line.css", "line.js", "voice.js"]  # on the pages of a conversation only
    assert weight([path.name for path in STATIC.glob("*") if path.name not in conversation]) < 20 * 1024
    assert weight(conversation) < 10 * 1024


@pytest.mark.django_db
def test_an_account_without_a_password_has_no_page_to_change_it(client: Client) -> None:
    account = builders.an_account("volunteer")
    account.set_unusable_password()
    account.save(update_fields=["password"])
    builders.sign_in(client, account)
    assert client.get("/account/password/").status_code == 404
