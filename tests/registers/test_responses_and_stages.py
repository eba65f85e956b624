"""Responses (several at once) and the stages of their places."""

import datetime as dt
import itertools

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

import builders
from tongzhou.kernel import audit
from tongzhou.kernel.access import ANONYMOUS
from tongzhou.kernel.clock import BEIJING
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.responses import selectors, services
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.models import StageWeight
from tongzhou.registers.stages.selectors import order_categories, weights_at
from tongzhou.registers.stages.services import set_weights
from tongzhou.registers.stages.types import EVEN, Stage, Weights

TODAY = dt.datetime(2020, 2, 6, 12, 0, tzinfo=BEIJING)


def the_admin():
    return builders.an_actor("admin")


def open_one(slug="hubei-2020", **over):
    said = {"actor": the_admin(), "slug": slug, "name": "湖北疫情应对", "started_on": dt.date(2020, 1, 23)} | over
    return services.open_response(**({"area": builders.a_place("42")} | said))


@pytest.mark.django_db
def test_several_responses_at_once_and_an_exercise_hidden_from_the_public():
    first, second = open_one(), open_one("henan-2021", area=builders.a_place("41"))
    drill = open_one("drill-1", is_exercise=True)
    assert set(selectors.open_responses(ANONYMOUS)) == {first, second}
    assert set(selectors.open_responses(builders.an_actor("volunteer"))) == {first, second, drill}
    with pytest.raises(Refusal) as refused:
        selectors.get_response(ANONYMOUS, "drill-1")
    assert refused.value.code == "not_found"
    assert selectors.response_of(ANONYMOUS, first.pk) == first


@pytest.mark.django_db
def test_closing_takes_a_reason_and_a_lawful_day_and_can_be_taken_back():
    with time_machine.travel(TODAY, tick=False):
        response = open_one()
        for day, reason in (
            (dt.date(2020, 2, 7), "结束了"),
            (dt.date(2020, 1, 22), "结束了"),
            (dt.date(2020, 2, 6), " "),
        ):
            with pytest.raises(Refusal) as refused:
                services.close_response(actor=the_admin(), response=response, ended_on=day, reason=reason)
            assert refused.value.fields
        services.close_response(actor=the_admin(), response=response, ended_on=dt.date(2020, 2, 6), reason="解除响应")
        assert list(selectors.open_responses(ANONYMOUS)) == []
        assert not response.is_open
        services.reopen_response(actor=the_admin(), response=response, reason="又有病例")
        assert (response.state, response.ended_on) == ("open", None)
    assert [entry.act for entry in audit.history(response)] == ["response.close", "response.close", "response.open"]


@pytest.mark.django_db
def test_wrong_words_of_a_response_are_named():
    with time_machine.travel(TODAY, tick=False):
        open_one()
        wrong = [
            ({"slug": "hubei-2020"}, "slug"), ({"slug": "Hubei 2020!"}, "slug"), ({"slug": "-a"}, "slug"),
            ({"slug": ""}, "slug"),
            ({"slug": "x1", "name": "一"}, "name"), ({"slug": "x1", "started_on": dt.date(2020, 2, 7)}, "started_on"),
        ]  # fmt: skip
        for over, field in wrong:
            with pytest.raises(Refusal) as refused:
                open_one(**over)
            assert field in refused.value.fields, over


@pytest.mark.django_db
def test_only_administrators_of_the_area_open_and_change_responses():
    response = open_one()
    away = builders.an_actor("admin", area="41")
    for actor in (builders.an_actor("coordinator"), builders.an_actor("liaison"), ANONYMOUS, away):
        with pytest.raises(Refusal) as refused:
            open_one("other", actor=actor)
        assert refused.value.code == "not_found"
        with pytest.raises(Refusal):
            services.close_response(actor=actor, response=response, ended_on=dt.date(2020, 1, 24), reason="不应当")
    assert Response.objects.count() == 1


@pytest.mark.django_db
def test_a_stale_form_does_not_overwrite():
    response = open_one()
    said = {"name": "改过的名称", "area": response.area, "started_on": response.started_on}
    services.change_response(actor=the_admin(), response=response, expect=1, **said)
    with pytest.raises(Refusal) as refused:
        services.change_response(actor=the_admin(), response=response, expect=1, **(said | {"name": "又改"}))
    assert refused.value.code == "version_stale"


@pytest.mark.django_db
def test_the_database_itself_refuses_an_open_response_that_ended():
    area = builders.a_place("42")
    said = {"name": "某响应", "area": area, "started_on": dt.date(2020, 1, 23)}
    for over in (
        {"state": "open", "ended_on": dt.date(2020, 2, 1)},
        {"state": "closed"},
        {"state": "closed", "ended_on": dt.date(2020, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.create(slug="wrong", **(said | over))


# -- stages ----------------------------------------------------------------------------------------------------


def put(response, code, *weights, actor=None, at=TODAY, reason="指挥部通告"):
    with time_machine.travel(at, tick=False):
        names = dict(zip(Stage.values, weights, strict=True))
        return set_weights(
            actor=actor or the_admin(), response=response, place=builders.a_place(code), reason=reason, **names
        )


@pytest.mark.django_db
def test_weights_are_inherited_from_the_nearest_place_above_and_the_newest_row_holds():
    response = builders.a_response()
    assert weights_at("420106007", response.pk) == EVEN
    put(response, "42", 70, 30, 0, 0)
    put(response, "4201", 100, 0, 0, 0)
    assert weights_at("420106007", response.pk).outbreak == 100
    assert weights_at("4209", response.pk).place_id == "42"
    newer = put(response, "4201", 0, 60, 40, 0, at=TODAY + dt.timedelta(days=30))
    assert weights_at("420106", response.pk).row_id == newer.pk
    # An older setting of the place itself still counts before a newer one above it.
    put(response, "42", 0, 0, 50, 50, at=TODAY + dt.timedelta(days=60))
    assert weights_at("4201", response.pk).containment == 60
    assert weights_at("4201", builders.a_response("henan-2021").pk) == EVEN
    assert StageWeight.objects.count() == 4  # nothing is ever overwritten


@pytest.mark.django_db
def test_weights_come_from_a_person_with_grounds_and_sum_to_100():
    response = builders.a_response()
    for weights, reason, field in (
        ((50, 49, 0, 0), "指挥部通告", "outbreak"),
        ((101, -1, 0, 0), "指挥部通告", "outbreak"),
        ((100, 0, 0, 0), "  ", "reason"),
    ):
        with pytest.raises(Refusal) as refused:
            put(response, "42", *weights, reason=reason)
        assert field in refused.value.fields
    assert StageWeight.objects.count() == 0


@pytest.mark.django_db
def test_only_coordinators_of_the_area_and_only_inside_an_open_response():
    response = builders.a_response()  # Hubei
    wuhan = builders.an_actor("coordinator", "supplies", "4201")
    assert put(response, "420106", 100, 0, 0, 0, actor=wuhan).set_by == wuhan.account_id
    for actor, code in (
        (wuhan, "42"),
        (wuhan, "4209"),
        (builders.an_actor("verifier", area="42"), "4201"),
        (builders.an_actor("liaison", area="42"), "4201"),
        (builders.an_actor("coordinator", area="42", response=builders.a_response("henan-2021")), "4201"),
        (the_admin(), "41"),
    ):
        with pytest.raises(Refusal) as refused:
            put(response, code, 100, 0, 0, 0, actor=actor)
        assert refused.value.code == "not_found", (actor, code)
    Response.objects.filter(pk=response.pk).update(state="closed", ended_on=dt.date(2020, 9, 8))
    response.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        put(response, "42", 100, 0, 0, 0)
    assert refused.value.code == "response_closed"


@pytest.mark.django_db
def test_the_database_itself_refuses_weights_that_do_not_sum_to_100():
    response, place = builders.a_response(), builders.a_place("42")
    said = {"response": response, "place": place, "reason": "某依据"}
    for weights in ((50, 50, 1, 0), (0, 0, 0, 0), (99, 0, 0, 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            StageWeight.objects.create(**said, **dict(zip(Stage.values, weights, strict=True)))


WEIGHTS = st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100)).map(
    lambda cuts: (lambda a, b, c: Weights(a, b - a, c - b, 100 - c))(*sorted(cuts))
)


class Thing:
    def __init__(self, name, stages):
        self.name, self.stages = name, stages


THINGS = st.lists(st.lists(st.sampled_from(Stage.values), unique=True), max_size=12).map(
    lambda lists: [Thing(at, tuple(stages)) for at, stages in enumerate(lists)]
)


@given(WEIGHTS, THINGS)
def test_order_hides_nothing_and_keeps_equals_in_place(weights, things):
    ordered = order_categories(things, weights)
    assert sorted(one.name for one in ordered) == [one.name for one in things]
    scores = [sum(getattr(weights, s) for s in (one.stages or Stage.values)) for one in ordered]
    assert scores == sorted(scores, reverse=True)
    for one, other in itertools.pairwise(ordered):
        assert one.name < other.name or weights.of(one.stages) > weights.of(other.stages)
    assert [one.name for one in order_categories(things, EVEN)] == [
        one.name for one in sorted(things, key=lambda one: -len(one.stages or Stage.values))
    ]


@pytest.mark.django_db
def test_aftercare_brings_counselling_before_masks_and_outbreak_the_reverse():
    builders.the_catalogue()
    known = catalogue.categories()

    def place_of(key, weights):
        return [one.key for one in order_categories(known, weights)].index(key)

    after, before = Weights(0, 0, 20, 80), Weights(80, 20, 0, 0)
    assert place_of("grief_counselling", after) < place_of("surgical_mask", after)
    assert place_of("surgical_mask", before) < place_of("grief_counselling", before)
