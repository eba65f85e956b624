"""One rule set: what `allows` says of an object is what `scope` finds in the table."""

import itertools
import uuid

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from tongzhou.kernel.access import ANONYMOUS, SYSTEM, Act, Actor, Grant, allows, area_range, may, scope

READ = Act("thing.read", frozenset({"coordinator", "officer"}))
WRITE = Act("thing.write", frozenset({"coordinator"}), writes=True)
A, B = uuid.UUID(int=1), uuid.UUID(int=2)
CODES = ["0", "42", "4201", "420106", "420106001", "43", "4301", "11"]
THINGS = [
    {"line": line, "area": area, "response": response, "organisation": organisation}
    for line, area, response, organisation in itertools.product(["supplies", "services"], CODES, [A, B], [A, None])
]
GRANTS = st.builds(
    Grant,
    role=st.sampled_from(["coordinator", "officer", "volunteer"]),
    line=st.sampled_from(["all", "supplies", "services"]),
    area=st.sampled_from(["", "42", "4201", "420106"]),
    response=st.sampled_from([None, A]),
    organisation=st.sampled_from([None, A]),
)


def finds(q: Q, thing: dict[str, object]) -> bool:
    """A Q judged in Python, as the database would (NULL equals nothing)."""
    if not q:
        return True
    answers = []
    for child in q.children:
        if isinstance(child, Q):
            answers.append(finds(child, thing))
            continue
        name, wanted = child
        column, _, how = name.partition("__")
        if name == "pk__in":
            answers.append(False)
            continue
        have = thing[
            {"line": "line", "place_id": "area", "response_id": "response", "organisation_id": "organisation"}[column]
        ]
        if have is None:
            answers.append(False)
        else:
            answers.append({"": have == wanted, "gte": str(have) >= str(wanted), "lt": str(have) < str(wanted)}[how])
    return any(answers) if q.connector == Q.OR else all(answers)


@given(st.lists(GRANTS, max_size=3))
def test_the_list_shows_exactly_what_the_record_page_opens(grants: list[Grant]):
    actor = Actor(account_id=A, grants=tuple(grants), second_factor=True)
    for thing in THINGS:
        assert finds(scope(actor, READ), thing) == allows(actor, READ, **thing), thing


def test_nobody_is_let_in_by_default():
    for actor in (
        ANONYMOUS,
        Actor(account_id=A),
        Actor(account_id=A, grants=(Grant("coordinator", sees_contacts=True),)),
    ):
        assert not may(actor, READ)
        assert not allows(actor, READ, **THINGS[0])
        assert not finds(scope(actor, READ), THINGS[0])
    assert may(SYSTEM, READ)


def test_a_token_does_only_what_its_scopes_say():
    grants = (Grant("coordinator"),)
    reader = Actor(account_id=A, grants=grants, scopes=frozenset({"thing:read"}))
    assert allows(reader, READ, **THINGS[0])
    assert not allows(reader, WRITE, **THINGS[0])
    assert allows(Actor(account_id=A, grants=grants, scopes=frozenset({"thing:write"})), WRITE, **THINGS[0])


@pytest.mark.parametrize("prefix", ["11", "42", "4201", "4299", "659009", "420106999"])
def test_the_range_of_an_area_holds_all_below_it_and_nothing_else(prefix: str):
    low, high = area_range(prefix)
    for code in (prefix, prefix + "00", prefix + "99999"):
        assert low <= code < high
    assert not low <= prefix[:-1] < high
    assert not low <= str(int(prefix) + 1) < high
