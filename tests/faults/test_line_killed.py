"""Conversations go on over the sudden death of the whole server: nothing lost, nothing twice, nothing out of order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import line_load
from desks import Desk, a_desk, answers, wait_until

CHATS, MESSAGES = 20, 8


def kill_whole(process: subprocess.Popen[bytes]) -> None:
    """Kill the supervisor and everything it started, all at once."""
    task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in [process.pid, *(int(one) for one in task.read_text().split())]:
        os.kill(pid, signal.SIGKILL)
    process.wait()


def test_twenty_conversations_while_the_server_is_killed_and_started_again(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        outcome = conversations_over_a_kill(desk, tmp_path, chats=CHATS, messages=MESSAGES, pause=0.4, after=1.5)
    assert line_load.judge(outcome, MESSAGES) == []
    assert len(outcome.acknowledged) == 2 * CHATS * MESSAGES
    assert outcome.resent > 0, "the kill touched nobody"


def conversations_over_a_kill(
    desk: Desk, folder: Path, *, chats: int, messages: int, pause: float, after: float
) -> line_load.Outcome:
    """Run conversations on a served desk that is killed `after` seconds and started again."""
    team = json.loads(desk.python(line_load.TEAM, str(chats)))
    proxies = {"TONGZHOU_PROXIES": "1"}
    with desk.served(folder / "first.log", **proxies) as (address, process):
        port = int(address.rsplit(":", 1)[1])
        second: list[subprocess.Popen[bytes]] = []

        async def kill_and_start(out: line_load.Outcome) -> None:
            await asyncio.sleep(after)
            out.killed = time.monotonic()
            kill_whole(process)
            second.append(desk.start("serve", "--port", str(port), log=folder / "second.log", **proxies))
            deadline = time.monotonic() + 60
            while not await asyncio.to_thread(answers, f"{address}/talk/"):
                assert time.monotonic() < deadline, (folder / "second.log").read_text()
                await asyncio.sleep(0.1)
            out.back = time.monotonic()

        try:
            return asyncio.run(
                line_load.run(
                    port, team["line"], team["sessions"], messages=messages, pause=pause, meanwhile=kill_and_start
                )
            )
        finally:
            for one in second:
                one.terminate()
                wait_until(lambda one=one: one.poll() is not None)
