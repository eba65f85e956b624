"""From ``python -m tongzhou`` to the command line, through Tongzhou's own environment when there is a checkout."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from tongzhou.launch.environment import Environment, SetupError
from tongzhou.launch.words import both, split_language

__all__ = ["checkout", "start"]

#: Exit code of a start that could not get its environment (sysexits: a service is unavailable).
CANNOT_START = 69


def checkout() -> Path | None:
    """The repository this code lies in, or None when it was installed as a package."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / "requirements.lock").is_file() and (root / "src" / "tongzhou").is_dir() else None


def start(arguments: list[str]) -> int:
    """Run the command line here when everything it needs is here, else inside Tongzhou's own environment."""
    try:
        _, chosen = split_language(arguments)
    except ValueError:
        chosen = None  # the command line itself says what is wrong with it
    if chosen:
        os.environ["TONGZHOU_LANG"] = chosen
    root = checkout()
    if root is None or _is_here(root):
        from tongzhou.cli.main import run

        return run(arguments)
    environment = Environment.of_checkout(root)
    try:
        environment.ensure()
    except SetupError as error:
        print(both("同舟：", "Tongzhou: ") + str(error), file=sys.stderr)
        return CANNOT_START
    except KeyboardInterrupt:
        print(
            both("\n同舟：已中断；再运行一次会接着准备。", "\nTongzhou: stopped; start again to go on."),
            file=sys.stderr,
        )
        return 130
    return _hand_over(environment, root, arguments)


def _is_here(root: Path) -> bool:
    """True inside Tongzhou's own whole environment, or inside one that a developer made and filled."""
    environment = Environment.of_checkout(root)
    if Path(sys.prefix).resolve() == environment.folder.resolve():
        return environment.ready()
    own = sys.prefix != sys.base_prefix
    return own and all(importlib.util.find_spec(name) for name in ("typer", "polars", "ortools"))


def _hand_over(environment: Environment, root: Path, arguments: list[str]) -> int:
    os.environ["PYTHONPATH"] = str(root / "src")
    command = [str(environment.python), "-P", "-m", "tongzhou", *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode
