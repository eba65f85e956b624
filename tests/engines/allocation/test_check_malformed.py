"""A plan directory whose files hold what no plan does is refused in words, never with a crash."""

import json

import pytest
from planned import plan_of

from tongzhou_engines.allocation import check
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.testing.shapes import random_instance

CHANGES = {
    "inputs a text": ("plan.json", lambda d: {**d, "inputs": "x"}),
    "inputs a number": ("plan.json", lambda d: {**d, "inputs": 5}),
    "principles a number": ("plan.json", lambda d: {**d, "principles": 5}),
    "no totals": ("plan.json", lambda d: {k: v for k, v in d.items() if k != "totals"}),
    "boards a text": ("certificate.json", lambda d: {**d, "boards": "x"}),
    "boards of numbers": ("certificate.json", lambda d: {**d, "boards": [7] * len(d["boards"])}),
    "a list": ("certificate.json", lambda d: [d]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_no_plan_holds_is_refused(tmp_path, change):
    name, spoil = CHANGES[change]
    folder = plan_of(random_instance(3)).write(tmp_path / "plan")
    assert check(folder).ok
    held = json.loads((folder / name).read_text(encoding="utf-8"))
    (folder / name).write_text(json.dumps(spoil(held)), encoding="utf-8")
    assert not check(folder).ok


@pytest.mark.parametrize("name", ["plan.json", "certificate.json"])
def test_deeply_nested_or_broken_json_is_refused(tmp_path, name):
    folder = plan_of(random_instance(3)).write(tmp_path / "plan")
    for text in ("[" * 100_000, "{", ""):
        (folder / name).write_text(text, encoding="utf-8")
        assert [f.code for f in check(folder).faults] == ["damaged"]


def test_a_directory_that_is_no_plan_is_unusable_input(tmp_path):
    with pytest.raises(InputError) as caught:
        check(tmp_path)
    assert caught.value.code == "plan_incomplete"
