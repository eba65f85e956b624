"""`tongzhou demo`: the desk on the real pleas of Hubei, 2020-02-06, on this machine only; or the plan made of them."""

from __future__ import annotations

import hashlib
import http.client
import http.cookiejar
import os
import shutil
import socket
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from tongzhou.cli.console import both, note, say, working
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble
from tongzhou.launch.environment import Environment
from tongzhou.launch.start import checkout

__all__ = ["demo_command"]

FIRST_PAGE = "/desk/"
#: What a page of the demo shows on its ribbon.
RIBBON = "演示数据"
HOST = "127.0.0.1"
PORT = 8020
#: Seconds until the first page must be there.
PATIENCE = 90.0
_STAMP = "demo.stamp"
#: Settings of a real desk that must not reach the demo.
_REAL = ("DATABASE_URL", "TONGZHOU_SECRETS", "TONGZHOU_TLS", "TONGZHOU_PROXIES", "TONGZHOU_DEBUG", "TONGZHOU_HOSTS")

_PORT = both(f"端口（默认 {PORT}，被占用时另找一个）", f"port (default {PORT}, another when it is taken)")
_DATA = both("演示数据放在哪里（默认 .tongzhou/demo）", "where the demo's data live (default .tongzhou/demo)")
_RESET = both("丢掉做过的改动，重新开始", "throw away what was changed and start afresh")
_CHECK = both("启动、取一次首页、说一声就退出", "start, fetch the first page once, say so and end")
_PLAN = both("不开台面，只用这些表格做一份计划", "no desk: make a plan of the same sheets")
_OUT = both("计划写到哪个文件夹", "directory the plan is written to")


def demo_command(
    port: Annotated[int | None, typer.Option("--port", help=_PORT, min=1, max=65535)] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help=both("不打开浏览器", "open no browser"))] = False,
    data: Annotated[Path | None, typer.Option("--data", help=_DATA, metavar="DIR")] = None,
    reset: Annotated[bool, typer.Option("--reset", help=_RESET)] = False,
    check: Annotated[bool, typer.Option("--check", help=_CHECK)] = False,
    plan: Annotated[bool, typer.Option("--plan", help=_PLAN)] = False,
    out: Annotated[Path, typer.Option("--out", help=_OUT, metavar="DIR")] = Path("tongzhou-demo"),
) -> int:
    """打开台面：2020-02-06 湖北的真实求助 / open the desk on the real pleas of Hubei, 2020-02-06."""
    if plan:
        from tongzhou.cli.demo_plan import plan_demo

        plan_demo(out)
        return 0
    folder = (data or _default_folder()).absolute()
    _make_room(folder, reset)
    for name in _REAL:
        os.environ.pop(name, None)
    os.environ["TONGZHOU_DEMO"] = "1"
    desk.enter(folder)
    _load(folder)
    return _serve(port, browser=not (no_browser or check), check=check)


def _default_folder() -> Path:
    root = checkout()
    home = Environment.of_checkout(root).home if root else Path.cwd() / ".tongzhou"
    return home / "demo"


def _make_room(folder: Path, reset: bool) -> None:
    """An empty folder with the demo's mark, or the demo's folder as it is. Never touches any other folder."""
    there = folder.is_dir() and any(folder.iterdir())
    if there and not desk.is_demo_folder(folder):
        raise Trouble(
            f"{folder} 里有别的东西，不是演示用的文件夹，不敢动。请用 --data 指定一个空的文件夹。",
            f"{folder} holds something else and is not the demo's: left untouched. Name an empty folder with --data.",
        )
    if there and (reset or _stamp(folder) != _fingerprint()):
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / desk.DEMO_MARK).write_text("Made by ./tongzhou demo. Nothing real belongs here.\n", encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"写不进 {folder}（{error.strerror}）。请用 --data 指定可写的文件夹。",
            f"cannot write to {folder} ({error.strerror}). Name a folder you may write to with --data.",
        ) from error


def _stamp(folder: Path) -> str:
    try:
        return (folder / _STAMP).read_text("ascii")
    except OSError:
        return ""


def _fingerprint() -> str:
    """Changes whenever the demo's database would come out differently: tables, reference data, sheets, loader."""
    from tongzhou_engines.base.datafiles import data_path

    package = Path(desk.__file__).resolve().parents[2]
    files = [path for path in package.rglob("*.py") if {"migrations", "services", "flows"} & set(path.parts)]
    files += [path for path in package.rglob("*.py") if "services.py" in path.name or "demo" in path.as_posix()]
    files += [path for path in data_path("places").parent.rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(set(files)):
        digest.update(f"{path.name} {path.stat().st_size} ".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _load(folder: Path) -> None:
    """Make the database and load the sheets, once; later starts find it as it was left."""
    if (folder / _STAMP).exists():
        return
    begun = time.monotonic()
    with working("演示", "demo") as progress:
        from django.db import connection

        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA synchronous=OFF")  # cut off, it is simply made again
        progress.say(both("建立数据库", "making the database"))
        desk.prepare_database(progress.say)
        desk.seed(progress.say)
        from tongzhou.flows.load_demo import load_demo

        load_demo(progress.say)
        connection.close()
    waiting = folder / (_STAMP + ".tmp")
    waiting.write_text(_fingerprint(), "ascii")
    waiting.replace(folder / _STAMP)
    took = f"{time.monotonic() - begun:.0f} s"
    note(f"演示数据已装入，用时 {took}。", f"The demo's data are in, after {took}.")


def _door(port: int | None) -> socket.socket:
    from tongzhou.cli.serve import open_door
    from tongzhou.site.supervisor import listen

    if port is not None:
        return open_door(HOST, port)
    try:
        return listen(HOST, PORT)
    except OSError:
        return listen(HOST, 0)


def _serve(port: int | None, *, browser: bool, check: bool) -> int:
    from tongzhou.site.supervisor import Supervisor, children_of_a_site

    door = _door(port)
    address = f"http://{HOST}:{door.getsockname()[1]}"
    supervisor = Supervisor(children_of_a_site(door, settings={"TONGZHOU_DEMO": "1"}), patience=5)
    result: list[int] = []

    def when_up() -> None:
        result.append(_welcome(address, browser=browser, check=check))
        if check or result[0]:
            supervisor.stop()

    code = supervisor.run(when_up)
    door.close()
    return result[0] if check and result else code


def _welcome(address: str, *, browser: bool, check: bool) -> int:
    """Wait for the first page, say where it is, open it; the exit code."""
    begun = time.monotonic()
    status, page = 0, ""
    while time.monotonic() - begun < PATIENCE:
        status, page = _fetch(address + FIRST_PAGE)
        if status:
            break
        time.sleep(0.2)
    if status != 200 or RIBBON not in page:
        note(f"首页没有起来（{status or '无回答'}）。", f"The first page did not come up ({status or 'no answer'}).")
        return 1
    seconds = time.monotonic() - begun
    if check:
        say(f"好了：{address}{FIRST_PAGE}（{seconds:.1f} s）", f"OK: {address}{FIRST_PAGE} ({seconds:.1f} s)")
        return 0
    say(f"打开 {address}{FIRST_PAGE}", f"Open {address}{FIRST_PAGE}")
    note("停下：Ctrl-C。重新开始：./tongzhou demo --reset", "Stop: Ctrl-C. Start afresh: ./tongzhou demo --reset")
    if browser:
        threading.Thread(target=webbrowser.open, args=(address + FIRST_PAGE,), daemon=True).start()
    return 0


def _fetch(url: str) -> tuple[int, str]:
    """Status and text of a page, redirects followed with cookies as a browser would; (0, "") when nobody answers."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    try:
        with opener.open(url, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, ""
    except (OSError, http.client.HTTPException):
        return 0, ""
