"""`tongzhou createadmin`: an administrator who sets a password through a link; no password is ever made for anybody."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tongzhou.cli.console import both, note, say
from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.trouble import Trouble

__all__ = ["createadmin_command"]

_LOGIN = both("登录名（小写字母、数字、点、横线）", "login name (lower-case letters, digits, dot, hyphen)")
_NAME = both("显示名称，写岗位不写人名，如“总协调管理员”", "display name: a role, not a person, e.g. “Administrator”")
_ADDRESS = both(
    "台面的网址，写进链接，如 https://desk.example", "the desk's address for the link, e.g. https://desk.example"
)


def createadmin_command(
    login: Annotated[str | None, typer.Option("--login", help=_LOGIN)] = None,
    name: Annotated[str | None, typer.Option("--name", help=_NAME)] = None,
    address: Annotated[str, typer.Option("--address", help=_ADDRESS, metavar="URL")] = "",
) -> int:
    """建立管理员，给出邀请链接 / make an administrator, print an invitation link.

    Without --login and --name they are asked for, or read from the first two lines of stdin.
    """
    desk.enter()
    if missing := desk.pending_migrations():
        raise Trouble(
            f"数据库还没有就绪（缺 {missing[0]}）。请先运行 ./tongzhou migrate。",
            f"the database is not ready ({missing[0]} is missing). Run ./tongzhou migrate first.",
            code=1,
        )
    login = login or _ask(both("登录名：", "Login: "))
    name = name or _ask(both("显示名称（岗位）：", "Display name (a role): "))
    secret = _make(login, name)
    from django.urls import reverse

    from tongzhou.registers.people.types import INVITATION_DAYS

    path = reverse("people:invitation", kwargs={"secret": secret})
    say(f"{address.rstrip('/')}{path}", f"{address.rstrip('/')}{path}")
    note(
        f"请在 {INVITATION_DAYS} 天内用这个链接设置密码和第二重验证。它只能用一次，不要转发给别人。",
        f"Set a password and a second factor through this link within {INVITATION_DAYS} days. "
        "It works once; do not pass it on.",
    )
    return 0


def _ask(question: str) -> str:
    if sys.stdin.isatty():
        print(question, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    if not answer:
        raise Trouble("没有给出登录名或名称。", "no login or no name was given.")
    return answer


def _make(login: str, name: str) -> str:
    """The account, its role and the secret of its link, all or nothing."""
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from tongzhou.kernel.access import SYSTEM
    from tongzhou.kernel.errors import Refusal
    from tongzhou.registers.people.services.accounts import create_account
    from tongzhou.registers.people.services.grants import grant_role
    from tongzhou.registers.people.services.invitations import invite
    from tongzhou.registers.people.types import Role

    try:
        with transaction.atomic():
            account = create_account(actor=SYSTEM, login=login, name=name, reason="createadmin")
            grant_role(actor=SYSTEM, account=account, role=Role.ADMIN, reason="createadmin")
            return invite(actor=SYSTEM, account=account, reason="createadmin")
    except ValidationError as error:
        said = "; ".join(error.messages)
        raise Trouble(f"不能这样建立：{said}", f"that cannot be made: {said}") from error
    except Refusal as error:
        raise Trouble(f"{error.what}。{error.todo}", f"{error.what}: {error.todo}") from error
