"""Tongzhou's own environment: made from the hashed lock, stamped when whole, rebuilt when anything is in doubt."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tongzhou.launch import debian
from tongzhou.launch.locking import only_one
from tongzhou.launch.progress import Progress
from tongzhou.launch.words import both

__all__ = ["Environment", "SetupError"]

_FREE_BYTES_NEEDED = 1_200_000_000


class SetupError(Exception):
    """The environment could not be made; the text says why and what to do, in the person's language."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the checkout at `root`, kept in `home` (``.tongzhou`` or $TONGZHOU_HOME).

    `name` is ``env`` (Tongzhou itself, and its test tools) or ``fuzz`` (the API fuzzer, whose needs would change ours).
    """

    root: Path
    home: Path
    name: str = "env"

    @classmethod
    def of_checkout(cls, root: Path) -> Environment:
        """The environment that belongs to the checkout `root`."""
        chosen = os.environ.get("TONGZHOU_HOME")
        return cls(root, Path(chosen).expanduser().absolute() if chosen else root / ".tongzhou")

    @property
    def folder(self) -> Path:
        """Where the virtual environment lies."""
        return self.home / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def log(self) -> Path:
        """Everything the installers said."""
        return self.home / "setup.log"

    def lock(self, dev: bool = False) -> Path:
        """The lock it is made from."""
        if self.name != "env":
            return self.root / f"requirements-{self.name}.lock"
        return self.root / ("requirements-dev.lock" if dev else "requirements.lock")

    @property
    def fuzz(self) -> Environment:
        """The API fuzzer's own environment beside this one."""
        return Environment(self.root, self.home, "fuzz")

    def stamp(self, dev: bool = False) -> Path:
        """A copy of the lock, written last of all: no stamp, not whole."""
        return self.folder / ("tongzhou-dev.stamp" if dev else "tongzhou.stamp")

    def ready(self, dev: bool = False) -> bool:
        """True when the environment is whole and made from the lock as it is now."""
        try:
            same = self.stamp(dev).read_bytes() == self.lock(dev).read_bytes()
        except OSError:
            return False
        return same and os.access(self.python, os.X_OK)

    def ensure(self, dev: bool = False) -> bool:
        """Make or mend the environment when needed; True when anything was installed. Raises SetupError."""
        if self.ready() and (not dev or self.ready(dev)):
            return False
        self._make_home()
        with only_one(self.home / "setup.lock", _say_waiting) as held:
            changed = False
            if not self.ready() or (dev and self._begun.exists()):
                self._build(held)
                changed = True
            if dev and not self.ready(dev):
                self._begun.touch()
                self._install(held, dev=True)
                self._stamp(dev=True)
                self._begun.unlink()
                changed = True
        return changed

    @property
    def _begun(self) -> Path:
        """Exists while the test tools are being added; left behind only when that was cut off."""
        return self.folder / "tongzhou-dev.begun"

    def _make_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / "setup.lock").touch()
        except OSError as error:
            raise SetupError(
                both(
                    f"写不进 {self.home}（{error.strerror}）。请把仓库放到可写处，或设 TONGZHOU_HOME=可写的文件夹。",
                    f"cannot write to {self.home} ({error.strerror}). Put the checkout where you may write, "
                    "or set TONGZHOU_HOME to a folder you may write to.",
                )
            ) from error
        free = shutil.disk_usage(self.home).free
        if free < _FREE_BYTES_NEEDED:
            raise SetupError(
                both(
                    f"{self.home} 所在磁盘只剩 {free // 1_000_000} MB，需要约 {_FREE_BYTES_NEEDED // 1_000_000} MB。",
                    f"the disk of {self.home} has {free // 1_000_000} MB left; about "
                    f"{_FREE_BYTES_NEEDED // 1_000_000} MB are needed.",
                )
            )

    def _build(self, held: int) -> None:
        self._remove()
        _need_venv(self.log)
        begun = time.monotonic()
        title = both("同舟：第一次启动，准备环境", "Tongzhou: first start, making the environment")
        if self.name != "env":
            title = both(f"同舟：准备 {self.name} 的环境", f"Tongzhou: making the environment of {self.name}")
        with Progress(title):
            done = subprocess.run(
                [_base_python(), "-I", "-m", "venv", str(self.folder)], capture_output=True, text=True, check=False
            )
        if done.returncode != 0:
            raise self._failed(done.stdout + done.stderr)
        self._install(held)
        self._stamp()
        print(
            both("同舟：环境已就绪，用时", "Tongzhou: the environment is ready, after")
            + f" {time.monotonic() - begun:.0f} s ({self.folder})",
            file=sys.stderr,
        )

    def _remove(self) -> None:
        """Clear away what is there - but only what is plainly a virtual environment."""
        if not self.folder.exists():
            return
        if any(self.folder.iterdir()) and not any(self.folder.glob("pyvenv.cfg")) and not self._is_half_made():
            raise SetupError(
                both(
                    f"{self.folder} 里有别的东西，不敢删。请移走它，或另设 TONGZHOU_HOME。",
                    f"{self.folder} holds something else and will not be deleted. Move it, or set TONGZHOU_HOME.",
                )
            )
        shutil.rmtree(self.folder)

    def _is_half_made(self) -> bool:
        """True when it holds nothing but the folders that ``venv`` makes first."""
        first = {"bin", "lib", "lib64", "include", "Scripts", "Lib", "Include"}
        return {path.name for path in self.folder.iterdir()} <= first

    def _stamp(self, dev: bool = False) -> None:
        waiting = self.stamp(dev).with_suffix(".tmp")
        shutil.copyfile(self.lock(dev), waiting)
        waiting.replace(self.stamp(dev))

    def _install(self, held: int, dev: bool = False) -> None:
        """Install exactly the lock: hashes required, wheels only (a source package would build with unpinned tools)."""
        lock = self.lock(dev)
        command = [str(self.python), "-I", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
        command += [
            "--no-compile",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "-r",
            str(lock),
        ]
        total = _count(lock)
        title = both("同舟：安装", "Tongzhou: installing") + both("测试工具", " the test tools") * dev
        with Progress(title) as progress:
            code, said = _run_pip(command, held, self.log, lambda line, seen: progress.say(_short(line, seen, total)))
        if code != 0:
            raise self._failed(said)

    def _failed(self, said: str) -> SetupError:
        tail = "\n".join("    " + line for line in said.strip().splitlines()[-12:])
        return SetupError(
            both(
                f"环境没有装好，最后的输出是：\n{tail}\n全文在 {self.log}。连不上软件源时可设 PIP_INDEX_URL=镜像地址；"
                "排除原因后再运行一次，会从头重装。",
                f"the environment could not be made; the last words were:\n{tail}\nAll of it is in {self.log}. If the "
                "package index cannot be reached, set PIP_INDEX_URL to a mirror; then start again, it begins afresh.",
            )
        )


def _base_python() -> str:
    """The interpreter outside every environment, by its real name: python3.11 stays 3.11 when the system moves on."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _run_pip(command: list[str], held: int, log: Path, tell: Callable[[str, int], None]) -> tuple[int, str]:
    """Run pip, telling each line with the number of packages met so far; its exit code and what it said."""
    keep = {} if os.name == "nt" else {"pass_fds": (held,)}
    said: list[str] = []
    seen = 0
    with (
        log.open("a", encoding="utf-8") as out,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **keep,  # type: ignore[call-overload]
        ) as pip,
    ):
        assert pip.stdout is not None
        for line in pip.stdout:
            out.write(line)
            said.append(line)
            seen += line.startswith("Collecting ")
            tell(line.strip(), seen)
    return pip.returncode, "".join(said)


def _short(line: str, seen: int, total: int) -> str:
    """One line of pip as progress."""
    if line.startswith("Installing collected"):
        return both("写入磁盘", "writing to disk")
    if found := re.match(r"(?:Collecting|Downloading|Using cached) ([\w.-]+?)(?:-[\d.]+[-+].*|==.*)?(?: .*)?$", line):
        return f"{seen}/{total} {found[1]}"
    return f"{seen}/{total}"


def _count(lock: Path) -> int:
    return sum(1 for line in lock.read_text(encoding="utf-8").splitlines() if re.match(r"[a-z0-9]", line))


def _need_venv(log: Path) -> None:
    """Debian ships Python without its venv; install it as root, else say what to install."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    packages = ["python3-venv"]
    if debian.may_install() and debian.install(packages, log):
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip"):
            return
    raise SetupError(
        both(
            f"这个 Python({sys.executable})缺少 venv。{debian.how_to_install(packages)}。装好后再运行一次。",
            f"this Python ({sys.executable}) lacks venv. {debian.how_to_install(packages)}. Then start again.",
        )
    )


def _say_waiting() -> None:
    print(
        both(
            "同舟：另一个窗口正在准备环境，等它完成 ……",
            "Tongzhou: another start is making the environment; waiting ...",
        ),
        file=sys.stderr,
    )
