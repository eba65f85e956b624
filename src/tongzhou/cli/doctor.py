"""`tongzhou doctor`: examine machine and desk. Exit 0: well, or only something to look at; 1: to be put right."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from tongzhou.cli.console import both, say
from tongzhou.cli.upkeep import desk

__all__ = ["doctor_command"]

_MARKS = {"ok": "✓", "look": "!", "bad": "✗"}


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help=both("JSON 格式", "as JSON"))] = False,
) -> int:
    """检查这台机器和这个台面 / examine machine and desk."""
    desk.enter()
    from tongzhou.cli.upkeep.checks import examine

    findings = list(examine())
    bad = sum(finding.level == "bad" for finding in findings)
    look = sum(finding.level == "look" for finding in findings)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
        return 1 if bad else 0
    for finding in findings:
        print(f"{_MARKS[finding.level]} {finding.what}")
        if finding.level != "ok":
            print("    " + both("为什么：", "why:  ") + finding.why)
            print("    " + both("怎么办：", "next: ") + finding.next)
    if bad or look:
        say(f"{bad} 项必须处理，{look} 项请看一下。", f"{bad} to put right, {look} to look at.")
    else:
        say("一切正常。", "All is well.")
    return 1 if bad else 0
