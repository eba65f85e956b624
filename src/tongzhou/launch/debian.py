"""Packages of Debian and its kin: installed when we are root there, else named so that a person can install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tongzhou.launch.progress import Progress
from tongzhou.launch.words import both

__all__ = ["how_to_install", "install", "may_install"]


def may_install() -> bool:
    """True on Debian or its kin as root, unless TONGZHOU_NO_APT=1 forbids it."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None
    return is_root and debian and os.environ.get("TONGZHOU_NO_APT") != "1"


def how_to_install(packages: Sequence[str]) -> str:
    """The command a person can type, as a phrase in their language."""
    names = " ".join(packages)
    return both(
        f"Debian、Ubuntu：sudo apt-get install {names}；其他系统请安装对应的软件包",
        f"Debian, Ubuntu: sudo apt-get install {names}; elsewhere install what corresponds",
    )


def install(packages: Sequence[str], log: Path, tries: int = 3) -> bool:
    """Install `packages` with apt, its words going to `log`; False when that failed `tries` times.

    Another apt may be at work (a second start, unattended upgrades): its lock is waited for, and the try repeated.
    """
    # RUNLEVEL=1: a package that brings a service (PostgreSQL) is not to start it; only its programs are wanted.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    title = both("同舟：用 apt 安装", "Tongzhou: apt installs")
    with Progress(title) as progress, log.open("ab") as out:
        progress.say(" ".join(packages))
        for attempt in range(tries):
            if attempt:
                time.sleep(5)
            for step in (["apt-get", "update", "-q"], command):
                done = subprocess.run(
                    step, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, check=False
                )
                if done.returncode != 0:
                    break
            else:
                return True
    return False
