"""From tiny instances to plans, plan directories and back, for the tests of this room."""

from pathlib import Path

import polars as pl

from tongzhou_engines.allocation import Plan, plan
from tongzhou_engines.testing import Instance


def plan_of(instance: Instance, **more) -> Plan:
    """The engine's plan for an instance."""
    return plan(
        instance.needs_table(),
        instance.offers_table(),
        places=instance.places_table(),
        catalogue=instance.catalogue_table(),
        principles=instance.principles or None,
        **more,
    )


def write_inputs(instance: Instance, folder: Path) -> list[str]:
    """Write the four input tables as CSV; the options of the command line that name them."""
    tables = {
        "needs": instance.needs_table(),
        "offers": instance.offers_table(),
        "places": instance.places_table(),
        "catalogue": instance.catalogue_table(),
    }
    options = []
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.csv")
        options += [f"--{name}", str(folder / f"{name}.csv")]
    return [*options, "--principles", ",".join(instance.principles)]


class Tables:
    """The four tables of a plan directory, typed as a plan's own."""

    def __init__(self, folder: Path) -> None:
        self.assignments = _read(folder / "assignments.csv", "quantity", "reach")
        self.cells = _read(folder / "cells.csv", "urgency", "demand", "served")
        self.unmet = _read(folder / "unmet.csv", "quantity")
        self.holds = _read(folder / "holds.csv", "quantity")


def _read(path: Path, *whole: str) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(pl.col(whole).cast(pl.Int64))
