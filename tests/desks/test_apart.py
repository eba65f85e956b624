"""What imports cannot show: no table of the chain, the registers or the kernel points at a desk."""

from __future__ import annotations

from django.apps import apps


def test_no_table_below_points_at_a_desk() -> None:
    """Planning cannot reach a case record, not even through a foreign key."""
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith(("tongzhou.chain", "tongzhou.registers", "tongzhou.kernel"))
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model.__module__.startswith("tongzhou.desks")
    ]
    assert pointing == []


def test_no_other_desk_points_at_case_records() -> None:
    """Only casework's own tables hold keys to casework."""
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("tongzhou.desks") and not model.__module__.startswith("tongzhou.desks.casework")
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model.__module__.startswith("tongzhou.desks.casework")
    ]
    assert pointing == []
