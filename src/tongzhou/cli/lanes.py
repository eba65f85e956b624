"""Steps run a few side by side; each one's words are shown when it ends, and the first failure stops the others."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tongzhou.cli.console import Progress, both, working

__all__ = ["Step", "Summary", "run_steps"]

OK, FAILED, STOPPED, NOT_RUN = "✓", "✗", "…", "-"
_POLL_SECONDS = 0.1


@dataclass(slots=True)
class Step:
    """One check: its name, its command, the folder it runs in, and after the run its mark and seconds.

    `needs` names the settings it gets beside the common ones; `part` the part it belongs to; `empty` are exit codes
    that mean "there was nothing to do". One that `waits` for clocks and other machines nearly all of its time takes no
    core from the others: it runs beside them.
    """

    name: str
    command: list[str]
    folder: str = "."
    needs: str = ""
    part: str = ""
    empty: tuple[int, ...] = ()
    waits: bool = False
    mark: str = NOT_RUN
    seconds: float = 0.0


@dataclass(slots=True)
class Summary:
    """What the closing lines say."""

    steps: list[Step]
    left_out: list[tuple[str, str]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def print(self) -> None:
        """The closing lines, on stdout, so that a log of a run always tells what it did not do."""
        print("\n" + both("── 小结", "── Summary"))
        for step in self.steps:
            took = f"{step.seconds:6.0f} s" if step.mark != NOT_RUN else both("  未运行", " not run")
            print(f"  {step.mark} {step.name:<18}{took}" + both(" 被停下", " stopped") * (step.mark == STOPPED))
        for zh, en in self.left_out:
            print("  " + both(f"略过：{zh}", f"left out: {en}"))
        if not self.left_out:
            print("  " + both("没有略过任何部分", "nothing was left out"))
        print("  " + both("合计", "total") + f" {time.monotonic() - self.begun:.0f} s", flush=True)


@dataclass(slots=True)
class _Running:
    step: Step
    process: subprocess.Popen[bytes]
    words: IO[bytes]
    begun: float

    def percent(self) -> str:
        """How far pytest says it is, or nothing."""
        size = self.words.seek(0, os.SEEK_END)
        self.words.seek(max(0, size - 200))
        found = re.findall(rb"\[ *(\d+)%\]", self.words.read())
        return f" {found[-1].decode()} %" if found else ""

    def show(self) -> None:
        """Its words, under its name."""
        print(f"── {self.step.name}  ({self.step.seconds:.0f} s)", file=sys.stderr, flush=True)
        self.words.seek(0)
        sys.stdout.flush()
        sys.stdout.write(self.words.read().decode("utf-8", "replace"))
        sys.stdout.flush()

    def stop(self) -> None:
        """End it with everything it started: politely, then not."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(10)
                return
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                return


def run_steps(
    steps: Sequence[Step],
    root: Path,
    settings: Mapping[str, str],
    extra: Mapping[str, Mapping[str, str]],
    jobs: int = 1,
) -> bool:
    """Run the steps in order, up to `jobs` at once beside those that wait; True when all passed.

    `extra` are settings by a step's `needs`.
    """
    waiting, running = list(steps), list[_Running]()
    passed = True
    with working("测试", "testing") as progress:
        try:
            while (waiting and passed) or running:
                while waiting and passed and sum(not each.step.waits for each in running) < jobs:
                    step = waiting.pop(0)
                    running.append(_start(step, root, {**settings, **extra.get(step.needs, {})}))
                for each in [each for each in running if each.process.poll() is not None]:
                    running.remove(each)
                    _finish(each, progress)
                    if each.step.mark == FAILED:
                        passed = False
                        _stop_all(running)
                progress.say("  ".join(each.step.name + each.percent() for each in running))
                time.sleep(_POLL_SECONDS)
        finally:
            _stop_all(running)
    return passed


def _start(step: Step, root: Path, settings: dict[str, str]) -> _Running:
    with tempfile.NamedTemporaryFile(prefix="tongzhou-step-") as out:
        # A reader of its own: the child moves the position of the other.
        words = Path(out.name).open("rb")  # noqa: SIM115
        process = subprocess.Popen(
            step.command,
            cwd=root / step.folder,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return _Running(step, process, words, time.monotonic())


def _finish(each: _Running, progress: Progress) -> None:
    code = each.process.returncode
    each.step.seconds = time.monotonic() - each.begun
    each.step.mark = OK if code == 0 or code in each.step.empty else FAILED
    progress.clear()
    each.show()
    each.words.close()


def _stop_all(running: list[_Running]) -> None:
    for each in running:
        each.step.seconds, each.step.mark = time.monotonic() - each.begun, STOPPED
        each.stop()
        each.words.close()
    running.clear()
