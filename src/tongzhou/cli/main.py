"""The list of commands, and the one place where errors become words and exit codes.

Commands are imported only when they are called, so `--help` stays fast. Exit codes: 0 done, 1 the command's own "no"
(a plan that does not hold, a test that failed), 2 unusable input or usage, 70 an error of ours, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence

from tongzhou import __version__
from tongzhou.launch.words import both, language, split_language

__all__ = ["COMMANDS", "load", "run"]

#: name -> what it does (zh, en). Command `a-b` is the function `a_b_command` of the module ``tongzhou.cli.a_b``.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("打开台面：2020-02-06 湖北的真实求助", "open the desk on the real pleas of Hubei, 2020-02-06"),
    "serve": ("运行台面：网页、后台任务和定时任务", "run the desk: web, jobs and timed calls"),
    "migrate": ("建立或更新数据库", "make the database or bring it up to date"),
    "createadmin": ("建立管理员，给出邀请链接", "make an administrator, print an invitation link"),
    "doctor": ("检查这台机器和这个台面，说明哪里要处理", "examine machine and desk, say what needs care"),
    "self-test": ("在临时数据库里从头到尾走一遍", "go through the whole way on a temporary database"),
    "backup": ("加密备份", "make an encrypted backup"),
    "restore": ("把备份恢复到空的地方", "restore a backup into an empty place"),
    "read": ("把乱表读成整齐的需求、供给、线索和问题清单", "messy sheets to tidy needs, offers, leads and problems"),
    "plan": ("谁帮谁、帮什么、帮多少，每一行都有理由", "who helps whom with what, a reason for every line"),
    "check": (
        "不用求解器，核对一份计划是否合规且最优",
        "verify, without the solver, that a plan is lawful and optimal",
    ),
    "test": ("运行全部检查和测试", "run every check and test"),
    "version": ("版本", "versions"),
}

USAGE, OUR_ERROR, STOPPED = 2, 70, 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        words, chosen = split_language(sys.argv[1:] if arguments is None else arguments)
    except ValueError as error:
        return _usage(f"--lang 只能是 zh 或 en，不是“{error}”", f"--lang is zh or en, not “{error}”")
    if chosen:
        os.environ["TONGZHOU_LANG"] = chosen
    if not words or words[0] in ("--help", "-h", "help"):
        return _show(overview())
    if words[0] in ("--version", "-V"):
        print(f"tongzhou {__version__}")
        return 0
    if words[0] not in COMMANDS or not _exists(words[0]):
        return _usage(f"没有“{words[0]}”这个命令", f"there is no command “{words[0]}”")
    return _guarded(words[0], words[1:])


def _show(text: str) -> int:
    """Print a page; a reader that has seen enough (`| head`) is no error."""
    try:
        print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def overview() -> str:
    """The page of `--help`."""
    program = _program()
    there = {name: both(*text) for name, text in COMMANDS.items() if _exists(name)}
    lines = [
        both("同舟：谁帮谁、帮什么、现在就做", "Tongzhou: who should help whom, with what, now") + f" ({__version__})",
        "",
        both("用法：", "Usage: ") + f"{program} [--lang zh|en] " + both("命令 [选项]", "COMMAND [OPTIONS]"),
        "",
        *(f"  {name:<13}{text}" for name, text in there.items()),
        "",
        both(f"每个命令的选项：{program} 命令 --help", f"Options of a command: {program} COMMAND --help"),
        both("English: --lang en (or TONGZHOU_LANG=en)", "中文：--lang zh（或 TONGZHOU_LANG=zh）"),
    ]
    return "\n".join(lines)


def load(name: str) -> Callable[[list[str]], object]:
    """The command `name` as a function of its arguments; raises what the command raises."""
    import typer

    plain = name.replace("-", "_")
    module = importlib.import_module(f"tongzhou.cli.{plain}")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    passes_on = getattr(module, "PASSES_ON", False)
    settings = {"allow_extra_args": True, "ignore_unknown_options": True} if passes_on else {}
    app.command(name, context_settings=settings)(getattr(module, f"{plain}_command"))
    command = typer.main.get_command(app)
    prepare = getattr(module, "prepare", list)  # a command may take several files after one option
    return lambda words: command.main(args=prepare(words), prog_name=f"{_program()} {name}", standalone_mode=False)


def _guarded(name: str, words: list[str]) -> int:
    """Run the command; every error becomes one clear line and an exit code."""
    try:
        result = load(name)(words)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        print(both("已中断。", "Stopped."), file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except Exception as error:
        return _explain(name, error)


def _explain(name: str, error: Exception) -> int:
    """One line for what the person can put right; for our own error, where its details were put."""
    import typer

    from tongzhou.cli.upkeep.trouble import Trouble
    from tongzhou_engines.base.errors import InputError

    if isinstance(error, Trouble):
        print(error, file=sys.stderr)
        return error.code
    if isinstance(error, InputError):
        print(error.text(language()), file=sys.stderr)
        return USAGE
    if isinstance(error, typer.Abort):
        print(both("已中断。", "Stopped."), file=sys.stderr)
        return STOPPED
    if isinstance(error, typer.TyperException):
        text = error.format_message()
        more = f"{_program()} {name} --help"
        print(both(f"用法有误：{text} 见 {more}", f"Usage: {text} See {more}"), file=sys.stderr)
        return error.exit_code
    where = _keep_details(name)
    kind = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    print(
        both(
            f"同舟出了内部错误（{kind}）。不是您的数据有误；详情在 {where}，报告时请附上（先看看里面有没有私人信息）。",
            f"Tongzhou failed ({kind}). This is our error, not your data's; details are in {where}: attach that file "
            "when you report it (look first whether it holds anything private).",
        ),
        file=sys.stderr,
    )
    return OUR_ERROR


def _keep_details(name: str) -> str:
    """Write the traceback to a file that only this user can read; its path."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    handle, path = tempfile.mkstemp(prefix=f"tongzhou-{name}-{stamp}-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(f"tongzhou {__version__}, Python {sys.version}\n{traceback.format_exc()}")
    return path


def _usage(zh: str, en: str) -> int:
    program = _program()
    print(both(f"{zh}。见 {program} --help", f"{en}. See {program} --help"), file=sys.stderr)
    return USAGE


def _exists(name: str) -> bool:
    return importlib.util.find_spec(f"tongzhou.cli.{name.replace('-', '_')}") is not None


def _program() -> str:
    return os.environ.get("TONGZHOU_PROG", "tongzhou")
