"""Conversations at once on a real served desk, killed and started again in the middle.

    PYTHONPATH=src:tests python bench/line.py [--chats 200] [--messages 20] [--pause 4] [--kill-after 30] [--postgres]

Each conversation has a caller and a counsellor, each with an open stream and a kept connection, over plain sockets. So
many messages go from each side, one after another; the whole server (supervisor and every process it started) is killed
with SIGKILL and started again. Printed: messages a second (offered and carried), the delay from the first attempt to
send until the other side had it (p50, p95; without those tried during the outage, and with them), how often something
was sent again, and everything lost, doubled or out of order (nothing, or the run fails).

--postgres takes the server of TONGZHOU_TEST_DATABASE_URL (default postgres://postgres@127.0.0.1:5432/postgres).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))


def main() -> int:
    """Run it; 0 when every message arrived once and in order."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--chats", type=int, default=200)
    words.add_argument("--messages", type=int, default=20)
    words.add_argument("--pause", type=float, default=4.0)
    words.add_argument("--kill-after", type=float, default=30.0)
    words.add_argument("--postgres", action="store_true")
    given = words.parse_args()
    if given.postgres:
        os.environ.setdefault("TONGZHOU_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    else:
        os.environ.pop("TONGZHOU_TEST_DATABASE_URL", None)

    import line_load
    from desks import a_desk
    from faults.test_line_killed import conversations_over_a_kill

    with tempfile.TemporaryDirectory(prefix="tongzhou-bench-") as folder, a_desk(Path(folder)) as desk:
        out = conversations_over_a_kill(
            desk, Path(folder), chats=given.chats, messages=given.messages, pause=given.pause, after=given.kill_after
        )
    wrong = line_load.judge(out, given.messages)
    delays = {text: out.heard[text] - at for text, at in out.sent.items() if text in out.heard}
    slow = sorted(delays.values())
    calm = sorted(delay for text, delay in delays.items() if not _in_outage(out, text))
    carried = len(out.acknowledged) / (out.ended - out.began)
    said = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "database": "postgresql" if given.postgres else "sqlite",
        "chats": given.chats,
        "messages": 2 * given.chats * given.messages,
        "acknowledged": len(out.acknowledged),
        "messages_per_second": round(carried, 1),
        "seconds": round(out.ended - out.began, 1),
        "resent": out.resent,
        "delay_p50_ms": round(statistics.median(calm) * 1000),
        "delay_p95_ms": round(calm[int(len(calm) * 0.95)] * 1000),
        "delay_p95_with_outage_ms": round(slow[int(len(slow) * 0.95)] * 1000),
        "outage_seconds": round(out.back - out.killed, 1),
        "wrong": wrong[:10],
        "at": time.strftime("%Y-%m-%d"),
    }
    print(json.dumps(said, ensure_ascii=False, indent=1))
    return 1 if wrong or len(out.acknowledged) != said["messages"] else 0


def _in_outage(out: object, text: str) -> bool:
    """Sent while nobody was there to take it, or within five seconds after."""
    return out.killed - 1 <= out.sent[text] <= out.back + 5  # type: ignore[attr-defined]


if __name__ == "__main__":
    raise SystemExit(main())
