"""The catalogue in the database: seeding, what a response changes, what a written name means."""

import pytest
from django.db import IntegrityError, transaction

import builders
from tongzhou.kernel import audit
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors, services
from tongzhou.registers.catalogue.models import Category, ResponseCategory
from tongzhou.registers.catalogue.types import Resolution


def the_admin():
    return builders.an_actor("admin")


def change(response, key="surgical_mask", actor=None, **fields):
    said = {"actor": actor or the_admin(), "response_id": response.pk, "key": key, "enabled": True} | fields
    return services.change_category(**said)


@pytest.mark.django_db
def test_seeding_takes_every_category_of_the_engines_and_is_safe_to_repeat():
    Category.objects.all().delete()
    assert services.seed_catalogue() == 217 == Category.objects.count()
    assert services.seed_catalogue() == 0
    Category.objects.filter(key="surgical_mask").update(name="旧名")
    assert services.seed_catalogue() == 1
    assert {row.kind: row.line for row in Category.objects.all()} == {
        "goods": "supplies", "in_person": "services", "remote": "services", "funds": "funds",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("surgical_mask", 5), ("ventilator", 10), ("insulin", 3), ("rice", 3), ("fangcang_bed", 3),
        ("grief_counselling", 14), ("funds", 30),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_needs_go_stale_by_what_they_ask_for(key, days):
    builders.the_catalogue()
    assert selectors.stale_days(key) == days


@pytest.mark.django_db
def test_urgency_shortens_the_days_and_never_lengthens_them():
    builders.the_catalogue()
    assert [selectors.stale_days("funds", urgency) for urgency in (0, 1, 2, 3)] == [1, 3, 30, 30]
    assert [selectors.stale_days("insulin", urgency) for urgency in (0, 1, 2, 3)] == [1, 3, 3, 3]


@pytest.mark.django_db
def test_what_one_response_changes_leaves_the_others_alone():
    one, other = builders.a_response(), builders.a_response("henan-2021")
    change(one, maximum=1000, stale_days=2, name="外科口罩", note="只收整箱", reason="库房小")
    seen = selectors.category("surgical_mask", one.pk)
    assert (seen.maximum, seen.stale_days, seen.name, seen.note) == (1000, 2, "外科口罩", "只收整箱")
    # Renamed in Chinese only: the old English name would say something else.
    assert seen.name_en == ""
    plain = selectors.category("surgical_mask")
    assert selectors.category("surgical_mask", other.pk) == plain
    assert (plain.maximum, plain.stale_days) == (210_000, 5)
    assert selectors.plausible_maximum("surgical_mask", one.pk) == 1000
    assert audit.history(ResponseCategory.objects.get()).get().reason == "库房小"


@pytest.mark.django_db
def test_a_category_switched_off_is_neither_listed_nor_offered():
    response = builders.a_response()
    change(response, enabled=False)
    assert "surgical_mask" not in {row.key for row in selectors.categories(response.pk)}
    assert len(selectors.categories(response.pk, enabled_only=False)) == 217
    assert "surgical_mask" in {row.key for row in selectors.categories()}
    assert services.resolve("外科口罩", response.pk).key is None
    assert "surgical_mask" not in services.resolve("外科口罩", response.pk).candidates
    assert "surgical_mask" not in services.engine_catalogue(response.pk)


@pytest.mark.django_db
def test_lines_and_kinds_narrow_the_list():
    builders.the_catalogue()
    assert {row.line for row in selectors.categories(line="funds")} == {"funds"}
    assert {row.kind for row in selectors.categories(line="services")} == {"in_person", "remote"}
    assert {row.key for row in selectors.categories(kind="funds")} == {"funds"}


@pytest.mark.django_db
def test_a_written_name_is_understood_or_its_neighbours_are_offered():
    response = builders.a_response()
    assert services.resolve("医用外科口罩").key == "surgical_mask"
    assert services.resolve("  N95 ").key == "n95_respirator"
    unsure = services.resolve("外科口早")
    assert unsure.key is None
    assert "surgical_mask" in unsure.candidates
    assert services.resolve("") == services.resolve("！！") == Resolution(None)
    change(response, spellings="蓝口罩、大夫口罩")
    assert services.resolve("大夫口罩", response.pk).key == "surgical_mask"
    assert services.resolve("大夫口罩").key is None
    assert services.engine_catalogue(response.pk).find("大夫口罩") == "surgical_mask"


@pytest.mark.django_db
def test_a_spelling_that_means_something_else_is_refused_with_the_other_wrong_fields():
    response = builders.a_response()
    with pytest.raises(Refusal) as refused:
        change(response, spellings="N95", stale_days=0, maximum=0, note="长" * 201)
    assert set(refused.value.fields) == {"spellings", "stale_days", "maximum", "note"}
    assert "N95" in refused.value.fields["spellings"]


@pytest.mark.django_db
def test_two_people_changing_one_category_do_not_overwrite_each_other():
    response = builders.a_response()
    change(response, note="一", expect=0)
    for stale in (0, 2):
        with pytest.raises(Refusal) as refused:
            change(response, note="二", expect=stale)
        assert refused.value.code == "version_stale"
    assert change(response, note="二", expect=1).version == 2


@pytest.mark.django_db
def test_only_the_own_line_and_only_whole_responses():
    response = builders.a_response()  # in Hubei

    def may(actor):
        return services.may_change_category(actor, response.pk, "surgical_mask")

    assert may(builders.an_actor("coordinator", "supplies", "42"))
    assert may(builders.an_actor("coordinator", "all", ""))
    for actor in (
        builders.an_actor("coordinator", "services", "42"),
        builders.an_actor("coordinator", "supplies", "4201"),
        builders.an_actor("coordinator", "supplies", "42", response=builders.a_response("henan-2021")),
        builders.an_actor("verifier", "supplies", "42"),
        builders.an_actor("liaison"),
        builders.an_actor("admin", second_factor=False),
    ):
        assert not may(actor)
        with pytest.raises(Refusal) as refused:
            change(response, actor=actor)
        assert refused.value.code == "not_found"
    with pytest.raises(Refusal):
        change(response, key="no_such_key")


@pytest.mark.django_db
def test_the_database_itself_refuses_a_line_that_does_not_fit_and_a_second_change():
    response = builders.a_response()
    change(response)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResponseCategory.objects.create(response=response, category_id="surgical_mask")
    for wrong in ({"line": "funds"}, {"minimum_lot": 0}, {"plausible_maximum": 1}, {"stale_days": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Category.objects.filter(key="surgical_mask").update(**wrong)


@pytest.mark.django_db
def test_the_list_takes_two_queries_however_much_was_changed(django_assert_num_queries):
    response = builders.a_response()
    for key in ("surgical_mask", "rice", "funds"):
        change(response, key=key)
    with django_assert_num_queries(2):
        assert len(selectors.categories(response.pk)) == 217
