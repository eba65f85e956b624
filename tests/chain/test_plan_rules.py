"""Each rule keeps its offer or pair out, says so, and lets it in once its cause is removed. Nothing here is real."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import builders as b
from builders_planning import a_plan, an_open_need, an_open_offer
from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import LeftOut, Pin, Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.chain.planning.selectors.facts import facts_of
from tongzhou.chain.planning.services.compliance import require_lawful
from tongzhou.chain.planning.services.intent import Intent, read_intent
from tongzhou.chain.planning.services.standards import named_standards, satisfies
from tongzhou.chain.planning.types import PlanState
from tongzhou.chain.triage.models import Lock
from tongzhou.kernel import clock, ids
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation, OrganisationScope, Requirement, Standing, Verification
from tongzhou_engines.gazetteer.names import squeeze

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def standing(organisation: Organisation, state: str = "current") -> None:
    Standing.objects.filter(organisation=organisation, until=None).update(until=clock.now())
    Standing.objects.create(
        organisation=organisation, state=state, decided=state, cause="papers_complete", reason="测试", since=clock.now()
    )


def paper(organisation: Organisation, code: str) -> Verification:
    asked = Requirement.objects.create(
        code=code, kind=organisation.kind, name="测试材料", applies_from=dt.date(2020, 1, 1)
    )
    return Verification.objects.create(organisation=organisation, requirement=asked, state="accepted", evidence="测试")


def current(**over: Any) -> Organisation:
    organisation = b.an_organisation(**over)
    standing(organisation)
    return organisation


def pairs(plan: Plan) -> set[tuple[str, str]]:
    found = set(PlanLine.objects.filter(plan=plan, quantity__gt=0).values_list("need__code", "offer__code"))
    assert plan.state == (PlanState.READY if found else PlanState.EMPTY), plan.failure
    return found


def rules(plan: Plan) -> set[tuple[str, str]]:
    return set(LeftOut.objects.filter(plan=plan, offer__isnull=False).values_list("rule", "offer__code"))


def kept_out(need: Need, offer: Offer, rule: str) -> str:
    """The plan leaves the offer out under this rule, and nobody may accept it; what the plan says."""
    plan = a_plan()
    assert pairs(plan) == set()
    assert rules(plan) == {(rule, offer.code)}
    one = LeftOut.objects.get(plan=plan, offer=offer)
    assert one.text_zh
    assert one.text_en
    with pytest.raises(Refusal) as refused:
        require_lawful(need=need, offer=offer, now=clock.now())
    assert refused.value.params["rule"] == rule
    return str(one.text_zh)


def let_in(need: Need, offer: Offer) -> None:
    """Now it is planned, and may be accepted."""
    need, offer = Need.objects.get(pk=need.pk), Offer.objects.get(pk=offer.pk)
    assert pairs(a_plan()) == {(need.code, offer.code)}
    require_lawful(need=need, offer=offer, now=clock.now())


@pytest.mark.parametrize("state", ["", "suspended", "revoked", "expired"])
def test_standing(state: str) -> None:
    organisation = b.an_organisation("测试基金会", kind="foundation")
    if state:
        Standing.objects.create(
            organisation=organisation, state=state, decided="suspended" if state == "expired" else state,
            cause="suspended", reason="测试", since=clock.now() - DAY,
        )  # fmt: skip
    need, offer = an_open_need(), an_open_offer(organisation=organisation)
    assert "测试基金会" in kept_out(need, offer, "standing")
    standing(organisation)
    let_in(need, offer)


def test_scope_by_category_and_by_area() -> None:
    organisation = current(kind="foundation")
    scope = OrganisationScope.objects.create(
        organisation=organisation, category=b.a_category("goggles"), area=b.a_place("42")
    )
    need, offer = an_open_need(place="420106"), an_open_offer(organisation=organisation)
    kept_out(need, offer, "scope")
    OrganisationScope.objects.filter(pk=scope.pk).update(category=None, line="supplies", area=b.a_place("4209"))
    plan = a_plan()
    assert pairs(plan) == set()
    held = PlanOffer.objects.get(plan=plan)
    assert held.reason == "may_not_go_where_needed"
    assert "登记的地域是湖北省孝感市" in held.text_zh
    assert "Xiaogan" in held.text_en
    assert "登记的地域是湖北省孝感市" in PlanNeed.objects.get(plan=plan).text_zh
    with pytest.raises(Refusal, match="pair_unlawful"):
        require_lawful(need=need, offer=offer, now=clock.now())
    OrganisationScope.objects.filter(pk=scope.pk).update(area=b.a_place("4201"))
    let_in(need, offer)
    OrganisationScope.objects.all().delete()
    plan = a_plan()
    assert plan.figures["scope_unstated"] == 1
    let_in(need, offer)


def test_licence_of_whoever_does_it() -> None:
    organisation = current(kind="agency")
    need = an_open_need(10, category="psychological_counselling")
    offer = an_open_offer(40, category="psychological_counselling", organisation=organisation)
    assert "心理" in kept_out(need, offer, "licence")
    seen = paper(organisation, "counsellor")
    let_in(need, offer)
    Verification.objects.filter(pk=seen.pk).update(verified_at=clock.now() - DAY, ends_at=clock.now())
    kept_out(need, offer, "licence")
    # A hospital answers for its own staff; a licence of the goods asks no paper of the giver.
    hospital = current()
    paper(hospital, "medical_licence")
    nurses = an_open_offer(8, category="nurse_hours", organisation=hospital)
    wanted = an_open_need(8, category="nurse_hours")
    assert (wanted.code, nurses.code) in pairs(a_plan())


def test_what_is_past_its_day() -> None:
    today = clock.beijing(clock.now()).date()
    need, offer = an_open_need(), an_open_offer(goods_expire_on=today - DAY)
    kept_out(need, offer, "shelf_life")
    Offer.objects.filter(pk=offer.pk).update(goods_expire_on=today, available_until=today - DAY)
    offer.refresh_from_db()
    kept_out(need, offer, "shelf_life")
    Offer.objects.filter(pk=offer.pk).update(available_until=None)
    let_in(need, offer)


def test_where_it_may_go() -> None:
    need, offer = an_open_need(place="420106"), an_open_offer(may_go=["4209", "420102"])
    plan = a_plan()
    assert pairs(plan) == set()
    assert PlanNeed.objects.get(plan=plan).reason == "not_authorised"
    Offer.objects.filter(pk=offer.pk).update(may_go=["4209", "4201"])
    let_in(need, offer)


def test_what_a_person_forbade_is_no_lack_of_authority() -> None:
    need, offer = an_open_need(), an_open_offer()
    Pin.objects.create(response=b.a_response(), need=need, offer=offer, quantity=0, reason="仓库封了")
    lacking = PlanNeed.objects.get(plan=a_plan())
    assert (lacking.reason, lacking.served) == ("forbidden", 0)
    assert "人工" in lacking.text_zh


def forbid(need: Need, offer: Offer) -> Pin:
    return Pin.objects.create(
        response=b.a_response(), need=need, offer=offer, quantity=0, reason="仓库封了", by_name="物资协调员"
    )


def test_a_gap_that_is_partly_filled_names_the_pair_that_was_forbidden() -> None:
    """Need 200; offer A has 120 and comes, offer B has 90 and was forbidden: 80 lack by hand, not by shares."""
    need, _a, other = an_open_need(200), an_open_offer(120), an_open_offer(90)
    pin = forbid(need, other)
    lacking = PlanNeed.objects.get(plan=a_plan())
    assert (lacking.reason, lacking.served, lacking.gap) == ("forbidden", 120, 80)
    when = f"{clock.beijing(pin.created_at):%Y-%m-%d %H:%M}"
    who_zh, who_en = f"物资协调员，{when}：仓库封了", f"物资协调员, {when}: 仓库封了"
    own = ids.format_code(other.code)
    assert lacking.text_zh.startswith(f"武汉测试商贸公司的供给（{own}）被人工禁止给这里（{who_zh}），它还有 90 没派")
    assert lacking.text_en.startswith(f"the offer of 武汉测试商贸公司 ({own}) was forbidden here by hand ({who_en})")


def test_a_forbidden_offer_that_is_used_up_elsewhere_is_named_but_is_not_the_reason() -> None:
    """Two needs of 100 of one class and an offer of 100: forbidden for the first it all goes to the second."""
    need, _second, offer = an_open_need(100), an_open_need(100), an_open_offer(100)
    small = an_open_offer(10)
    forbid(need, offer)
    plan = a_plan()
    lacking = PlanNeed.objects.get(plan=plan, need=need)
    assert (lacking.served, lacking.reason) == (10, "shared_fairly")
    assert f"（{ids.format_code(offer.code)}）被人工禁止给这里" in lacking.text_zh
    assert "没派" not in lacking.text_zh
    assert small.code in lacking.bottleneck


def test_a_pair_that_could_never_be_is_not_blamed_on_who_forbade_it() -> None:
    """The forbidden offer may go to Xiaogan only: the gap in Wuhan is not the person's doing."""
    need, _a, other = an_open_need(200, place="420106"), an_open_offer(120), an_open_offer(90, may_go=["4209"])
    forbid(need, other)
    lacking = PlanNeed.objects.get(plan=a_plan())
    assert (lacking.reason, lacking.served) == ("shared_fairly", 120)
    assert "人工" not in lacking.text_zh


def test_a_gift_for_a_place() -> None:
    need, offer = an_open_need(place="420106"), an_open_offer(earmark="定向捐给孝感市、黄冈市")
    plan = a_plan()
    assert pairs(plan) == set()
    held = PlanOffer.objects.get(plan=plan)
    assert held.earmarked
    assert "捐赠人指定给湖北省孝感市、湖北省黄冈市" in held.text_zh
    with pytest.raises(Refusal) as refused:
        require_lawful(need=need, offer=offer, now=clock.now())
    assert refused.value.params["rule"] == "earmark_place"
    Offer.objects.filter(pk=offer.pk).update(earmark="定向捐给武汉市")
    let_in(need, offer)
    Offer.objects.filter(pk=offer.pk).update(may_go=["4209"])
    offer.refresh_from_db()
    kept_out(need, offer, "earmark_place")  # two wishes that exclude each other


def test_a_gift_for_a_receiver() -> None:
    hospital = b.an_organisation("测试市第一医院")
    other = an_open_need(organisation=b.an_organisation("测试市第二医院"))
    offer = an_open_offer(earmark="指定给测试市第一医院")
    assert "测试市第一医院" in kept_out(other, offer, "earmark_receiver")
    meant = an_open_need(organisation=hospital)
    plan = a_plan()
    assert pairs(plan) == {(meant.code, offer.code)}
    lacking = PlanNeed.objects.get(plan=plan, need=other)
    assert lacking.reason == "not_authorised"
    assert "捐赠人指定给测试市第一医院" in lacking.text_zh
    assert "人工" not in lacking.text_zh  # the engine calls every closed pair closed by hand
    assert "by hand" not in lacking.text_en
    Offer.objects.filter(pk=offer.pk).update(earmark="")
    assert {need for need, _ in pairs(a_plan())} == {meant.code, other.code}


def test_a_gift_for_a_purpose() -> None:
    need = an_open_need(category="disposable_medical_mask")
    offer = an_open_offer(category="surgical_mask", earmark="用于医用外科口罩")
    plan = a_plan()
    assert pairs(plan) == set()
    with pytest.raises(Refusal) as refused:
        require_lawful(need=need, offer=offer, now=clock.now())
    assert refused.value.params["rule"] == "earmark_category"
    Offer.objects.filter(pk=offer.pk).update(earmark="用于医用外科口罩、一次性使用医用口罩")
    let_in(need, offer)


def test_a_wish_nobody_understood() -> None:
    need, offer = an_open_need(), an_open_offer(earmark="给一线最可爱的人")
    assert "最可爱的人" in kept_out(need, offer, "earmark_unread")
    Offer.objects.filter(pk=offer.pk).update(earmark="地区：4201")
    let_in(need, offer)


def test_the_standard_the_receiver_asks_for() -> None:
    need = an_open_need(category="n95_respirator", specification="须符合 GB19083—2010")
    offer = an_open_offer(category="n95_respirator", standard="GB 2626-2006 KN95")
    plan = a_plan()
    assert pairs(plan) == set()
    text = PlanNeed.objects.get(plan=plan).text_zh
    assert "GB19083" in text
    assert "GB 2626-2006" in text
    with pytest.raises(Refusal) as refused:
        require_lawful(need=need, offer=offer, now=clock.now())
    assert refused.value.params["rule"] == "standard"
    Offer.objects.filter(pk=offer.pk).update(standard="")  # what a verifier called a medical respirator is one
    let_in(need, offer)
    Need.objects.filter(pk=need.pk).update(specification="须符合 GB 14866-2006")
    assert "没有写明标准" in PlanNeed.objects.get(plan=a_plan()).text_zh
    Need.objects.filter(pk=need.pk).update(specification="须符合 GB19083—2010")
    Offer.objects.filter(pk=offer.pk).update(standard="NIOSH 42 CFR 84 N95")  # equal to it by the catalogue
    let_in(need, offer)


def test_what_somebody_is_verifying_and_what_has_no_category() -> None:
    need, offer = an_open_need(), an_open_offer()
    nameless = an_open_need(category=None, item="说不清的东西")
    for kind, record in (("need", need), ("offer", offer)):
        lock = Lock.objects.create(
            object_type=kind, object_id=record.pk, holder_id=ids.new_id(), holder_name="核实员",
            taken_at=clock.now(), until=clock.now() + DAY,
        )  # fmt: skip
        other = an_open_need(place="420106", urgency=3)
        plan = a_plan()
        out = set(LeftOut.objects.filter(plan=plan).values_list("rule", "need__code", "offer__code"))
        own = (record.code, None) if kind == "need" else (None, record.code)
        assert out == {("on_hold", *own), ("category_unknown", nameless.code, None)}
        lock.delete()
        Need.objects.filter(pk=other.pk).update(state="withdrawn")
    let_in(need, offer)


def test_unknown_quantity_is_asked_first_and_unverified_ones_are_counted() -> None:
    an_open_need()
    offer = an_open_offer(None)
    b.a_need()
    b.an_offer()
    plan = a_plan()
    held = PlanOffer.objects.get(plan=plan)
    assert (held.offer_id, held.free, held.reason) == (offer.pk, None, "quantity_unknown")
    assert (plan.figures["unverified_needs"], plan.figures["unverified_offers"]) == (1, 1)
    assert plan.figures["ask_quantity"] == 1


NAMES = {squeeze("武汉协和医院"), squeeze("湖北省慈善总会"), squeeze("孝感市医院、孝感市卫生院")}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", Intent()),
        ("不限", Intent()),
        ("由你们安排。", Intent()),
        ("武汉", Intent(places=("4201",))),
        ("定向湖北省武汉市武昌区", Intent(places=("420106",))),
        ("仅限湖北省使用", Intent(places=("42",))),
        ("可以去：武汉市、孝感市", Intent(places=("4201", "4209"))),
        ("全国", Intent(places=("0",))),
        ("420106；421102", Intent(places=("420106", "421102"))),
        ("捐给武汉协和医院", Intent(receivers=(squeeze("武汉协和医院"),))),
        ("孝感市医院、孝感市卫生院", Intent(receivers=(squeeze("孝感市医院、孝感市卫生院"),))),
        ("武汉市；单位：湖北省慈善总会", Intent(places=("4201",), receivers=(squeeze("湖北省慈善总会"),))),
        ("用于购买呼吸机", Intent(categories=("ventilator",))),
        # What names a place and more is not that place.
        ("武汉市第九十九医院", Intent(unread="武汉市第九十九医院")),
        ("湖北省的医护人员", Intent(unread="湖北省的医护人员")),
        ("优先孝感", Intent(unread="优先孝感")),
        ("武汉市，但不要给协和", Intent(unread="但不要给协和")),
        ("除武汉外", Intent(unread="除武汉外")),
        ("999999", Intent(unread="999999")),
    ],
)  # fmt: skip
def test_donor_intent(text: str, read: Intent) -> None:
    assert read_intent(text, NAMES) == read


@pytest.mark.parametrize(
    ("offered", "wanted", "fits"),
    [
        ("", "", True),
        ("", "普通即可", True),
        ("", "GB 19083-2010", False),
        ("GB 19083", "符合GB19083-2010标准", True),
        ("ＧＢ　１９０８３－２０１０", "gb19083", True),
        ("YY 0469-2011", "GB 19083-2010", False),
        ("YY0469-2010", "YY 0469-2011", True),  # the sheets write a year that does not exist
        ("GB 2626-2019", "GB2626-2006", True),
        ("YY 0469", "GB 19083 或 YY 0469", True),
        ("EN 14683:2019+AC:2019 Type IIR", "YY 0469-2011", True),
        ("GB/T 28004.1-2021", "GB/T 28004-2011", True),
    ],
)
def test_standards(offered: str, wanted: str, fits: bool) -> None:
    assert satisfies(offered, wanted) is fits


def test_standards_are_told_from_other_numbers() -> None:
    assert named_standards("YY/T 0969-2013、EN 149:2001+A1:2009 FFP2") == {"YY0969", "EN149"}
    assert named_standards("尺寸 170 型号 3M 1860 每箱 240 只") == frozenset()


def test_facts_take_few_queries(django_assert_max_num_queries: Any) -> None:
    organisations = [current() for _ in range(4)]
    offers = [an_open_offer(organisation=one, earmark="武汉") for one in organisations]
    needs = [an_open_need(organisation=one) for one in organisations]
    with django_assert_max_num_queries(6):
        facts_of(offers, needs, clock.now())
