"""What a child of the supervisor runs: ``python -m tongzhou.site.supervisor_child web 3``, ``worker`` or ``tick``."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

__all__ = ["main"]


def main(words: Sequence[str]) -> int:
    """Run the kind of child named by the first word."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongzhou.site.settings")
    _end_with_the_supervisor()
    import django

    django.setup()
    kind, *rest = words
    {"web": _web, "worker": _worker, "tick": _tick}[kind](rest)
    return 0


def _end_with_the_supervisor() -> None:
    """When the supervisor is gone (even by SIGKILL), nobody would restart or stop this process: end politely."""
    supervisor = int(os.environ.get("TONGZHOU_SUPERVISOR", "0"))

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
        os._exit(1)

    if supervisor:
        threading.Thread(target=watch, daemon=True).start()


def _web(words: list[str]) -> None:
    """Serve HTTP on the inherited socket; `words` are its descriptor and, for https, certificate and key."""
    import uvicorn
    from django.conf import settings

    door = socket.socket(fileno=int(words[0]))
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
    certificate, key = words[1:3] if len(words) > 2 else (None, None)
    configuration = uvicorn.Config(
        "tongzhou.site.asgi:application",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=True,
        proxy_headers=False,  # the site itself reads as many hops as the environment declares
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=15,
        limit_concurrency=2000,  # open streams of the line count, too
        h11_max_incomplete_event_size=64 * 1024,
        ws="none",
    )
    if settings.TONGZHOU_DEMO and door.getsockname()[0] not in ("127.0.0.1", "::1"):
        raise SystemExit("the demo listens on this machine only")
    _server(configuration).run(sockets=[door])


def _server(configuration: uvicorn.Config) -> uvicorn.Server:
    """A web server that ends its open streams when it is told to stop: their browsers go on with the next one."""
    import uvicorn

    from tongzhou.kernel import live

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # In a thread: the signal may have come while the loop's own thread holds the lock of the streams.
            threading.Thread(target=live.close_all, daemon=True).start()
            super().handle_exit(sig, frame)

    return Server(configuration)


def _worker(_: list[str]) -> None:
    """Carry out jobs."""
    from django.core.management import call_command

    call_command("db_worker", queue_name="*", interval=1.0, startup_delay=False, reload=False, verbosity=1)


def _tick(_: list[str]) -> None:
    """Make the timed calls."""
    from tongzhou.site.ticks import run_for_ever

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_for_ever(stop)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
