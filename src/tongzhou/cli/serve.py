"""`tongzhou serve`: the desk for real work - web servers, worker and ticker under one supervisor."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.console import both, note
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["serve_command"]

_HOST = both("监听的地址", "address to listen on")
_PORT = both("端口", "port")
_TLS = both("用 https；没有给证书时自己签一张", "speak https; signs its own certificate when none is given")
_CERTIFICATE = both("证书文件（PEM，含中间证书）", "certificate file (PEM, with intermediates)")
_KEY = both("证书的私钥文件（PEM）", "the certificate's private key (PEM)")
_WORKERS = both("网页进程数", "number of web processes")


def serve_command(
    host: Annotated[str, typer.Option("--host", help=_HOST)] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help=_PORT, min=0, max=65535)] = 8000,
    tls: Annotated[bool, typer.Option("--tls", help=_TLS)] = False,
    cert: Annotated[Path | None, typer.Option("--cert", help=_CERTIFICATE, metavar="FILE")] = None,
    key: Annotated[Path | None, typer.Option("--key", help=_KEY, metavar="FILE")] = None,
    workers: Annotated[int, typer.Option("--workers", help=_WORKERS, min=1, max=64)] = 1,
) -> int:
    """运行台面：网页、后台任务和定时任务 / run the desk: web, jobs and timed calls."""
    if tls or cert or key:
        os.environ["TONGZHOU_TLS"] = "1"
    desk.enter()
    from django.conf import settings

    from tongzhou.site.supervisor import Supervisor, children_of_a_site

    _refuse_what_must_not_be_served()
    files = _certificate(cert, key, host) if tls or cert or key else None
    door = open_door(host, port)
    if host not in ("127.0.0.1", "::1", "localhost") and not files and not settings.TONGZHOU_PROXIES:
        note(
            "注意：别人经网络访问时没有加密。请加 --tls，或放在自己的反向代理后面并设 TONGZHOU_PROXIES=1。",
            "Careful: others reach this without encryption. Add --tls, or put your own reverse proxy before it and set "
            "TONGZHOU_PROXIES=1.",
        )
    kind = "https" if files else "http"
    note(f"同舟在 {kind}://{host}:{door.getsockname()[1]}/", f"Tongzhou is at {kind}://{host}:{door.getsockname()[1]}/")
    logging.getLogger("tongzhou").info("serving", extra={"event": "serve"})
    return Supervisor(children_of_a_site(door, workers=workers, tls=files)).run()


def open_door(host: str, port: int) -> socket.socket:
    """The listening socket. Raises Trouble when the address is taken."""
    from tongzhou.site.supervisor import listen

    try:
        return listen(host, port)
    except OSError as error:
        raise Trouble(
            f"{host}:{port} 不能监听（{error.strerror}）。请用 --port 换一个端口，或先停下占用它的程序。",
            f"cannot listen on {host}:{port} ({error.strerror}). Choose another with --port, or stop what uses it.",
            code=1,
        ) from error


def _refuse_what_must_not_be_served() -> None:
    from django.conf import settings

    if settings.TONGZHOU_DEMO:
        raise Trouble(
            "设了 TONGZHOU_DEMO=1，不能用于真实工作。请去掉它，或改用 ./tongzhou demo。",
            "TONGZHOU_DEMO=1 is set: not for real work. Unset it, or use ./tongzhou demo.",
        )
    desk.refuse_demo_folder()
    if newer := desk.unknown_migrations():
        raise Trouble(
            f"数据库由更新的版本用过（{newer[0]}）。请换回那个版本。",
            f"the database was used by a newer version ({newer[0]}). Go back to that version.",
            code=1,
        )
    if missing := desk.pending_migrations():
        raise Trouble(
            f"数据库还没有就绪（缺 {len(missing)} 步，如 {missing[0]}）。请先运行 ./tongzhou migrate。",
            f"the database is not ready ({len(missing)} steps missing: {missing[0]} ...). First: ./tongzhou migrate.",
            code=1,
        )


def _certificate(cert: Path | None, key: Path | None, host: str) -> tuple[str, str]:
    """The files of certificate and key: those given, else our own, made when missing or nearly over."""
    if (cert is None) != (key is None):
        raise Trouble("--cert 和 --key 要一起给。", "--cert and --key belong together.")
    if cert is not None and key is not None:
        for file in (cert, key):
            if not file.is_file():
                raise Trouble(f"没有 {file} 这个文件。", f"there is no file {file}.")
        return str(cert.absolute()), str(key.absolute())
    from django.conf import settings

    from tongzhou.cli.upkeep.certificate import own_certificate

    names = [name for name in dict.fromkeys([host, *settings.ALLOWED_HOSTS]) if "*" not in name]
    made = own_certificate(desk.data_folder() / "tls", names)
    note(
        f"自签证书的指纹（SHA-256）：{made.fingerprint}。浏览器会提醒一次，请核对。",
        f"Fingerprint of our own certificate (SHA-256): {made.fingerprint}. Browsers warn once: compare it.",
    )
    return str(made.certificate), str(made.key)
