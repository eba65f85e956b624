"""`tongzhou check`: verify a plan directory without the solver. Exit 0: lawful and optimal; 1: says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.console import both, note, say, working

__all__ = ["check_command"]

_DIRECTORY = both("./tongzhou plan 写出的文件夹", "a directory written by ./tongzhou plan")


def check_command(directory: Annotated[Path, typer.Argument(help=_DIRECTORY, metavar="DIR")]) -> int:
    """不用求解器，核对一份计划是否合规且最优 / verify, without the solver, that a plan is lawful and optimal."""
    with working("核对", "checking"):
        from tongzhou_engines.allocation import check

        result = check(directory)
    if result.ok:
        f = result.figures
        say(
            f"成立：{f['assignments']} 条派单合规，{f['cells']} 个单元的分配按所述原则最优，"
            f"{f['stages']} 个阶段的证明成立，没有多余的搬运。",
            f"It holds: {f['assignments']} lawful lines, {f['cells']} cells served optimally under the stated "
            f"principles, {f['stages']} stages proved, nothing moved further than needed.",
        )
        note(
            "核对的是派单、分配、缺口、暂缓和输入；report.html 和 plan.xlsx 是同一计划给人看的样子，不在核对之内。",
            "Verified: lines, amounts, gaps, holds and inputs. report.html and plan.xlsx show the same plan to people "
            "and are not part of the check.",
        )
        return 0
    for fault in result.faults:
        say(f"不成立 [{fault.code}]：{fault.text_zh}", f"It does not hold [{fault.code}]: {fault.text_en}")
    return 1
