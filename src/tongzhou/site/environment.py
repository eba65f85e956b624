"""Settings from the environment, and the secrets that are made once and kept outside the database.

| variable | meaning | default |
|---|---|---|
| TONGZHOU_DATA | folder of the database, secrets and uploads | .tongzhou/data beside the program |
| DATABASE_URL | a PostgreSQL address (postgres://...) | SQLite in the data folder |
| TONGZHOU_HOSTS | host names it answers to, comma separated | localhost,127.0.0.1,[::1] |
| TONGZHOU_SECRETS | folder of the keys | secrets/ in the data folder |
| TONGZHOU_ADDRESS | where people reach it, for links in messages (https://...) | none: messages carry the path only |
| TONGZHOU_PRIVATE_GATEWAYS | hosts in private networks that gateways may be at, comma separated | none |
| TONGZHOU_TURN_URLS | relay of voice, comma separated (turn:host:3478, turns:host:5349) | none: no voice |
| TONGZHOU_TURN_SECRET | the secret shared with that relay, at least 16 characters | none |
| TONGZHOU_FETCH_PAGES | 1 lets authors of bulletins fetch a public https page by its address | off |
| TONGZHOU_DEMO | 1 for the demo | off |
| TONGZHOU_TLS | 1 when people reach it by https | off |
| TONGZHOU_PROXIES | how many proxies of yours stand before it | 0 |
| TONGZHOU_DEBUG | 1 shows error details: never where others can reach it | off |
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Environment", "read_environment"]


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says, with every default filled in. `master_keys` is ``{version: 32 bytes}``."""

    data: Path
    secrets: Path
    database_url: str
    hosts: tuple[str, ...]
    demo: bool
    tls: bool
    proxies: int
    debug: bool
    secret_key: str
    master_keys: dict[int, bytes]
    address: str = ""
    private_gateways: tuple[str, ...] = ()
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    fetch_pages: bool = False


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def read_environment(root: Path) -> Environment:
    """Read the environment; the secrets are made on first use, readable by this user only."""
    data = Path(os.environ.get("TONGZHOU_DATA") or root / ".tongzhou" / "data").absolute()
    folder = Path(os.environ.get("TONGZHOU_SECRETS") or data / "secrets").absolute()
    hosts = os.environ.get("TONGZHOU_HOSTS", "localhost,127.0.0.1,[::1]")
    return Environment(
        data=data,
        secrets=folder,
        database_url=os.environ.get("DATABASE_URL") or f"sqlite:///{data / 'tongzhou.sqlite3'}",
        hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        demo=_flag("TONGZHOU_DEMO"),
        tls=_flag("TONGZHOU_TLS"),
        proxies=int(os.environ.get("TONGZHOU_PROXIES") or 0),
        debug=_flag("TONGZHOU_DEBUG"),
        secret_key=_secret(folder / "session.key"),
        master_keys=_master_keys(folder / "master.keys"),
        address=os.environ.get("TONGZHOU_ADDRESS", "").strip().rstrip("/"),
        private_gateways=_list("TONGZHOU_PRIVATE_GATEWAYS"),
        **_relay(),
        fetch_pages=_flag("TONGZHOU_FETCH_PAGES"),
    )


def _relay() -> dict[str, Any]:
    """Address and secret of the relay of voice; a half of it is a mistake somebody has to see."""
    urls, secret = _list("TONGZHOU_TURN_URLS"), os.environ.get("TONGZHOU_TURN_SECRET", "").strip()
    if any(not url.startswith(("turn:", "turns:")) for url in urls):
        raise RuntimeError("TONGZHOU_TURN_URLS: every address begins with turn: or turns:")
    if bool(urls) != bool(secret) or 0 < len(secret) < 16:
        raise RuntimeError(
            "voice needs both TONGZHOU_TURN_URLS and TONGZHOU_TURN_SECRET (at least 16 characters, the same as in the"
            " relay's own configuration); leave both out for a line without voice"
        )
    return {"turn_urls": urls, "turn_secret": secret}


def _secret(path: Path) -> str:
    return _read_or_make(path, lambda: secrets.token_urlsafe(48)).strip()


def _master_keys(path: Path) -> dict[int, bytes]:
    """One key a line, ``version:base64``; the highest version wraps, the others still unwrap."""
    text = _read_or_make(path, lambda: f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
    found = {}
    try:
        for line in text.split():
            version, _, key = line.partition(":")
            found[int(version)] = base64.b64decode(key, validate=True)
    except ValueError:
        found.clear()
    if not found or any(len(key) != 32 for key in found.values()):
        raise RuntimeError(f"{path} does not hold master keys (a line each: version:base64 of 32 bytes)")
    return found


def _read_or_make(path: Path, make: object) -> str:
    """The file's text; made when it is missing. Two processes at once end up with the same one."""
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(make())  # type: ignore[operator]
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(own, path)
    except FileExistsError:
        pass  # the other process was first: its key holds
    finally:
        own.unlink()
    return path.read_text("ascii")
