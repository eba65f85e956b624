"""`tongzhou version`: the versions that decide what a plan looks like."""

from __future__ import annotations

import json
import platform
from importlib import metadata
from typing import Annotated

import typer

from tongzhou import __version__
from tongzhou.cli.console import both, is_terminal

_LIBRARIES = ("ortools", "polars", "numpy", "rapidfuzz", "opencc")


def version_command(
    as_json: Annotated[bool, typer.Option("--json", help=both("JSON 格式", "as JSON"))] = False,
) -> None:
    """版本 / versions of Tongzhou, Python and the libraries a plan rests on."""
    versions = {"tongzhou": __version__, "python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in _LIBRARIES}
    if as_json or not is_terminal():
        print(json.dumps(versions))
        return
    for name, number in versions.items():
        print(f"{name:<10}{number}")
