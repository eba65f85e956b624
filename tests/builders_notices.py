"""Builders of notices: channels with sealed addresses, and gateways that really listen on this machine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tongzhou.kernel import crypto
from tongzhou.registers.notices.models import Channel

__all__ = ["SECRET", "Heard", "a_channel", "gateway", "mail_server"]

SECRET = "a-secret-both-sides-know"


def a_channel(kind: str = "webhook", address: str = "https://gateway.example.org/in", **over: Any) -> Channel:
    """A channel written past the service's judgement, so that its address may be on this machine."""
    channel = Channel(**({"name": f"{kind} {Channel.objects.count() + 1}", "kind": kind} | over))
    crypto.prepare(channel, "notices:site")
    crypto.seal(channel, address=address, secret=SECRET)
    channel.save(force_insert=True)
    return channel


@dataclass
class Heard:
    """What a gateway or mail server got: (headers, body) in order; `address` leads to it."""

    address: str = ""
    all: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def gateway(answer: Callable[[int], int] = lambda number: 200, location: str = "") -> Iterator[Heard]:
    """A real HTTP receiver. `answer`: the status for the n-th request (from 0)."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = answer(len(heard.all))
            heard.all.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    heard.address = f"http://127.0.0.1:{server.server_port}/in"
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _mail_talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Heard) -> None:
    """The receiving side of SMTP (RFC 5321), as far as one message needs it."""
    writer.write(b"220 test\r\n")
    to: list[str] = []
    while line := await reader.readline():
        word = line[:4].upper().strip()
        if word == b"RCPT":
            to.append(line.decode().strip())
        if word == b"DATA":
            writer.write(b"354 go on\r\n")
            body = await reader.readuntil(b"\r\n.\r\n")
            heard.all.append(({"to": " ".join(to)}, body))
        writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        await writer.drain()
        if word == b"QUIT":
            break
    writer.close()


@contextmanager
def mail_server() -> Iterator[Heard]:
    """A real SMTP receiver; `address` is how apprise writes it."""
    heard, loop, ready = Heard(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _mail_talk(r, w, heard), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        heard.address = f"mailto://127.0.0.1:{port}?from=desk@example.org&mode=insecure"
        ready.set()

    loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield heard
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
