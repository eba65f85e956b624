"""Organisations: the record, its scope, who may change what; the list with facets; nothing personal in it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

import builders
from tongzhou.kernel import audit
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.models import Organisation, Requirement, Verification
from tongzhou.registers.places.models import Place

CODE = "12100000707137123P"


def the_coordinator(area="42"):
    return builders.an_actor("coordinator", line="supplies", area=area)


def add(name="武汉测试医院", kind="hospital", **over):
    said = {"actor": the_coordinator(), "name": name, "kind": kind, "place": builders.a_place("420106")} | over
    return services.add_organisation(**said)


@pytest.mark.django_db
def test_an_organisation_is_recorded_with_a_tidy_code_and_stands_for_nothing_yet():
    made = add(credit_code=" 12100000 707137123 p", contact_line="027-12345678", website="https://example.org")
    assert (made.credit_code, selectors.standing_at(made.pk)) == (CODE, "unverified")
    assert audit.history(made).get().act == "organisation.add"


@pytest.mark.django_db
def test_one_credit_code_and_one_name_in_a_place_belong_to_one_organisation():
    made = add(credit_code=CODE)
    with pytest.raises(Refusal) as refused:
        add("另一家测试医院", credit_code=CODE)
    assert set(refused.value.fields) == {"credit_code"}
    with pytest.raises(Refusal) as refused:
        add()
    assert set(refused.value.fields) == {"name"}
    add(place=builders.a_place("4209"))  # the same name elsewhere is another one
    add("没有代码的一家", credit_code="")
    add("没有代码的另一家", credit_code="")
    services.withdraw_organisation(actor=the_coordinator(), organisation=made, reason="登记重复")
    add("另一家测试医院", credit_code=CODE)


@pytest.mark.django_db
def test_every_wrong_field_is_named_at_once():
    with pytest.raises(Refusal) as refused:
        add(
            name=" ", kind="club", is_charity=True, credit_code="12100000707137123Q", authority_level="moon",
            contact_line="王 19000000001", website="javascript:alert(1)", scope_text="找 190 0000 0002",
        )  # fmt: skip
    assert set(refused.value.fields) == {
        "name", "kind", "is_charity", "credit_code", "authority_level", "contact_line", "website", "scope_text",
    }  # fmt: skip


@pytest.mark.parametrize("line", ["027-12345678", "400-123-4567", "12356", "95598", "0719-1234567 转 801"])
@pytest.mark.django_db
def test_landlines_and_hotlines_are_published(line):
    assert add(contact_line=line).contact_line == line


@pytest.mark.parametrize("line", ["19000000001", "190 0000 0001", "190-0000-0001", "值班 19000000001（张）"])
@pytest.mark.django_db
def test_a_mobile_number_is_not(line):
    with pytest.raises(Refusal) as refused:
        add(contact_line=line)
    assert set(refused.value.fields) == {"contact_line"}


@pytest.mark.django_db
def test_only_some_kinds_can_be_charities():
    assert add("某测试基金会", "foundation", is_charity=True).is_charity
    with pytest.raises(Refusal):
        add("某测试公司", "company", is_charity=True)
    charity = Organisation.objects.get(kind="foundation")
    with pytest.raises(Refusal):
        services.change_organisation(actor=the_coordinator(), organisation=charity, kind="company")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=charity.pk).update(kind="company")


@pytest.mark.django_db
def test_an_officer_changes_only_how_the_own_organisation_presents_itself():
    own, other = add(), add("孝感测试医院", place=builders.a_place("4209"))
    officer = builders.an_actor("officer", organisation=own)
    services.change_organisation(actor=officer, organisation=own, contact_line="027-87654321")
    assert own.contact_line == "027-87654321"
    for organisation, fields in ((own, {"name": "改名医院"}), (own, {"credit_code": CODE}), (other, {"website": ""})):
        with pytest.raises(Refusal) as refused:
            services.change_organisation(actor=officer, organisation=organisation, **fields)
        assert refused.value.code == "not_found"
    for act in (services.suspend, services.revoke):
        with pytest.raises(Refusal):
            act(actor=officer, organisation=own, reason="自己来撤")


@pytest.mark.django_db
def test_a_stale_form_does_not_overwrite():
    made = add()
    services.change_organisation(actor=the_coordinator(), organisation=made, expect=1, short_name="测院")
    with pytest.raises(Refusal) as refused:
        services.change_organisation(actor=the_coordinator(), organisation=made, expect=1, short_name="别的")
    assert refused.value.code == "version_stale"


@pytest.mark.django_db
def test_coordinators_elsewhere_and_readers_change_nothing():
    made = add()
    for actor in (
        the_coordinator("4209"), builders.an_actor("liaison", area="42"), builders.an_actor("analyst"),
        builders.an_actor("admin"), builders.an_actor("volunteer", area="42"),
        builders.an_actor("coordinator", area="42", second_factor=False),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            services.change_organisation(actor=actor, organisation=made, short_name="测院")
        assert refused.value.code == "not_found"
    with pytest.raises(Refusal):
        selectors.organisations(builders.an_actor("volunteer", area="42"))


@pytest.mark.django_db
def test_scope_by_category_line_or_everything_narrows_the_list():
    builders.the_catalogue()
    hubei = builders.a_place("42")
    masks, goods, all_lines, none = (add(f"第{n}测试公司", "company") for n in range(4))
    said = {"actor": the_coordinator(), "area": hubei}
    first = services.add_scope(organisation=masks, category=builders.a_category("surgical_mask"), **said)
    assert services.add_scope(organisation=masks, category=builders.a_category("surgical_mask"), **said).pk == first.pk
    services.add_scope(organisation=goods, line="supplies", **said)
    services.add_scope(organisation=all_lines, **said)
    with pytest.raises(Refusal):
        services.add_scope(organisation=none, category=builders.a_category("rice"), line="supplies", **said)

    def doing(key):
        rows = selectors.organisations(the_coordinator(), category=key)
        return {one.name for one in rows}

    assert doing("surgical_mask") == {masks.name, goods.name, all_lines.name}
    assert doing("rice") == {goods.name, all_lines.name}
    assert doing("legal_advice") == {all_lines.name}
    services.withdraw_scope(actor=the_coordinator(), scope=first)
    assert doing("surgical_mask") == {goods.name, all_lines.name}
    with pytest.raises(IntegrityError), transaction.atomic():
        all_lines.scopes.create(area=hubei)


@pytest.mark.django_db
def test_the_list_is_searched_by_name_and_code_and_narrowed_by_place():
    add(credit_code=CODE, short_name="武测")
    add("孝感测试医院", place=builders.a_place("4209"))

    def found(**facets):
        return [one.name for one in selectors.organisations(the_coordinator(), **facets)]

    assert found(text="武测") == found(text=CODE[:9]) == found(place="4201") == ["武汉测试医院"]
    assert found(text="测试") == ["武汉测试医院", "孝感测试医院"]
    assert found(text="100%") == found(text="'; --") == found(place="4202") == []
    assert len(found(kind="hospital")) == 2
    assert found(charity=True) == []


@pytest.mark.django_db
def test_evidence_holds_no_mobile_number_and_a_lapsed_paper_is_not_accepted():
    made = add()
    paper = Requirement.objects.create(code="x", kind="hospital", name="证件", applies_from=dt.date(2020, 1, 1))
    said = {"actor": the_coordinator(), "organisation": made, "requirement": paper, "accepted": True}
    with pytest.raises(Refusal) as refused:
        services.verify_paper(evidence="给经办人 19000000003 打过电话", **said)
    assert set(refused.value.fields) == {"evidence"}
    with pytest.raises(Refusal) as refused:
        services.verify_paper(evidence="看过原件", valid_until=dt.date(2020, 1, 1), **said)
    assert set(refused.value.fields) == {"valid_until"}
    other = Requirement.objects.create(code="x", kind="company", name="证件", applies_from=dt.date(2020, 1, 1))
    with pytest.raises(Refusal) as refused:
        services.verify_paper(evidence="看过原件", **(said | {"requirement": other}))
    assert refused.value.code == "not_found"
    assert Verification.objects.count() == 0


@pytest.mark.django_db
def test_the_database_itself_refuses_a_withdrawn_paper_without_its_moment():
    made = add()
    paper = Requirement.objects.create(code="x", kind="hospital", name="证件", applies_from=dt.date(2020, 1, 1))
    for over in ({"state": "withdrawn"}, {"state": "accepted", "evidence": ""}, {"state": "lost"}):
        said = {"organisation": made, "requirement": paper, "evidence": "看过原件"} | over
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.create(**said)
    assert Place.objects.filter(organisations=made).exists()
