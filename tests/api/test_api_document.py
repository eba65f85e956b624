"""The OpenAPI document: every shape has a name of its own, so that none stands where another was meant."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from ninja import Schema

from tongzhou.screens import api


def test_no_two_shapes_share_a_name() -> None:
    shapes = set()
    for module in pkgutil.iter_modules(api.__path__):
        for one in vars(importlib.import_module(f"{api.__name__}.{module.name}")).values():
            if isinstance(one, type) and issubclass(one, Schema) and one.__module__.startswith(api.__name__):
                shapes.add(one)
    names = Counter(one.__name__ for one in shapes)
    assert len(names) > 80
    assert {name for name, count in names.items() if count > 1} == set()
