"""Web servers of this machine with a certificate of their own, and a resolver that says where a name is."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["NAME", "Heard", "a_certificate", "serving"]

#: What the certificate is for.
NAME = "pages.example"
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Heard:
    """What a server was asked, and how many bytes it got rid of."""

    address: str
    paths: list[str] = field(default_factory=list)
    sent: int = 0


def a_certificate(folder: Path) -> Path:
    """A self-made certificate for `NAME` with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "page-server.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are what these servers are for."""


@contextlib.contextmanager
def serving(certificate: Path, answer: Answer, host: str = "127.0.0.2") -> Iterator[Heard]:
    """A server at an address of this machine; `answer` writes everything from the status line on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.paths.append(self.path)
            with contextlib.suppress(OSError):
                answer(self)

        def log_message(self, *said: Any) -> None:
            """Nothing is written to the terminal."""

    server = _Quiet((host, 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    heard = Heard(f"https://{NAME}:{server.server_address[1]}/page")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
