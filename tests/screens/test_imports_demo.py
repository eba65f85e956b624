"""The demo: what it is filled with, its tour and roles; outside the demo none of it can be reached."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db.models import F
from django.test import Client

import builders as b
from tongzhou.chain.evaluation.models import Feedback
from tongzhou.chain.intake.models import ImportBatch, Lead, Need, Offer
from tongzhou.chain.planning.services.packing import unpack
from tongzhou.chain.planning.services.running import run_plan, start_plan
from tongzhou.chain.planning.types import Scope
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.flows.load_demo import RESPONSE, load_demo
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.cover.models import Cover
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.models import Account
from tongzhou.registers.places.services import seed_places
from tongzhou.registers.responses.models import Response
from tongzhou_engines.allocation import check

pytestmark = pytest.mark.django_db
PATHS = ("/demo/", "/demo/enter/", "/demo/sheet.xlsx")


@pytest.fixture
def filled() -> Response:
    seed_places(
        ["42", "44", "11", "31", "32", "33", "34", "35", "36", "37", "41", "43", "45", "50", "51", "52", "53", "61"]
    )
    b.the_catalogue()
    return load_demo(lambda text: None)


def test_outside_the_demo_nothing_of_it_is_there(client: Client) -> None:
    b.an_account("coordinator", login="demo-coordinator", is_demo=True)
    assert {client.get(path).status_code for path in PATHS} == {404}
    assert client.post("/demo/as/", {"role": "demo-coordinator"}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert client.get("/imports/")["Location"].startswith("/account/login/")


def test_a_demo_account_of_a_demo_switched_off_opens_nothing(client: Client, settings: Any) -> None:
    account = b.an_account("coordinator", is_demo=True)
    b.sign_in(client, account)
    assert client.get("/imports/").status_code == 302


def test_the_demo(filled: Response, client: Client, settings: Any, tmp_path: Path) -> None:
    """One filling, looked at from all sides: it takes a few seconds."""
    # 2,070 needs, 81 offers and 81 leads of the real sheets (counted by the engine's own recount); the rest is made up.
    real = {model: model.objects.filter(synthetic=False).count() for model in (Need, Offer, Lead)}
    assert real == {Need: 2070, Offer: 81, Lead: 81}
    made_up = Need.objects.filter(synthetic=True)
    assert made_up.count() == 14
    assert Offer.objects.filter(synthetic=True).count() == 82
    assert all("合成" in name for name in Offer.objects.filter(synthetic=True).values_list("giver", flat=True))
    assert (filled.slug, filled.name) == (RESPONSE, "湖北 2020-02-06")
    assert ImportBatch.objects.filter(state="accepted", response=filled).count() == 3
    assert Organisation.objects.filter(name="合成医院", kind="hospital").count() == 1  # found again by its own table
    names = [account.name for account in Account.objects.filter(is_demo=True).order_by("created_at")]
    assert names == [
        "协调员·物资·武汉",
        "核实员·湖北",
        "政府联络员·湖北",
        "医院经办人",
        "基金会经办人",
        "志愿者",
        "管理员",
        "撰稿人",
        "审稿专家",
        "发布人",
        "协会经办人",
        "督导",
        "心理援助员",
    ]
    assert not any(account.has_usable_password() for account in Account.objects.filter(is_demo=True))
    pair = DuplicatePair.objects.filter(first__item="硝苯地平缓释片").first()
    assert pair is not None

    cover = list(Cover.objects.filter(response=filled))
    assert len(cover) == 5
    assert all(row.by_name.startswith("合成") and row.source.startswith("合成") for row in cover)
    told = {row: crypto.unseal(row, "words") for row in Feedback.objects.filter(response=filled)}
    assert len(told) == 4
    assert all(words.startswith("合成") for words in told.values())
    assert sorted(row.state for row in told) == ["handled", "open", "open", "open"]

    assert client.get("/demo/").status_code == 404
    settings.TONGZHOU_DEMO = True
    entered = client.get("/imports/", follow=True)
    assert entered.status_code == 200
    assert "协调员·物资·武汉" in entered.content.decode()
    tour = client.get("/demo/").content.decode()
    assert all(
        step in tour
        for step in ("导入一张表", "核实一条求助", "看一份计划，批准它", "接下一件事，送到", "转一张活卡片")
    )
    assert all(figure in tour for figure in ("2084", "2070", ">14<", "163"))
    for account in Account.objects.filter(is_demo=True):
        answer = client.post("/demo/as/", {"role": account.login, "next": "/demo/"}, follow=True)
        assert account.name in answer.content.decode()
    away = client.post("/demo/as/", {"role": "demo-verifier", "next": "//evil.example/"})
    assert away["Location"] == "/desk/"
    assert client.post("/demo/as/", {"role": "nobody"}).status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(client.get("/demo/sheet.xlsx").content))
    page = book.active
    assert page is not None
    assert page["A2"].value == "合成医院"
    _a_plan_of_it_checks_out(filled, tmp_path)


def _a_plan_of_it_checks_out(response: Response, folder: Path) -> None:
    """Every need and offer of the day called verified: the real sheets, planned as the desk plans them."""
    Need.objects.filter(state="received").update(state="verified", urgency=F("urgency_order"))
    Offer.objects.filter(state="received").update(state="verified")
    plan = start_plan(actor=SYSTEM, response=response, scope=Scope(), now=clock.now())
    assert run_plan(plan.pk) == "ready"
    plan.refresh_from_db()
    unpack(plan.snapshot.content, folder)
    found = check(folder)
    assert found.ok, found.faults
    # 2,081 needs but two without a category. The 81 real offers are consultations, transport and the like, which need a
    # licence nobody has shown, so every line is of a made-up gift; one made-up gift is a prescription medicine.
    # And the errands of the made-up team, which nobody has taken yet. Others cover some needs already: made up, too.
    covered = plan.left_out.filter(rule="covered")
    assert plan.figures["needs"] + covered.count() == 2079 + 3
    assert {(out.need.category_id, out.need.place_id[:4]) for out in covered} <= {
        ("surgical_mask", "4211"), ("surgical_mask", "4201"), ("protective_suit", "4209"), ("goggles", "4201"),
        ("errand_medicine", "4201"),
    }  # fmt: skip
    assert plan.figures["left_out"]["licence"] == 82
    assert plan.figures["lines"] == plan.figures["synthetic"]["lines"] > 0
    assert plan.figures["estimated_percent"] > 80  # as the sheets of that day: 182 of 216 hospitals gave no number
    assert not plan.lines.filter(reason_zh="").exists()
    assert not plan.lines.filter(reason_en="").exists()
