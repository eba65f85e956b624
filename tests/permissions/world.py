"""Who stands in the columns of the table, and the objects its rows are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from builders import WUHAN, XIAOGAN, a_response, an_account, an_organisation, sign_in
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import hash_secret
from tongzhou.registers.people.adapters import SecondFactorAdapter
from tongzhou.registers.people.models import Account, Token
from tongzhou.registers.people.types import TOKEN_SCOPES

__all__ = ["World"]


class World:
    """The accounts of the columns and, made when first asked for, the objects of the rows: all in Wuhan, for supplies."""

    def __init__(self) -> None:
        self.response = a_response()
        self.hospital = an_organisation("武汉测试医院")
        self.accounts: dict[str, Account] = {
            "volu": an_account("volunteer", area=WUHAN),
            "veri": an_account("verifier", area=WUHAN),
            "coor": an_account("coordinator", line="supplies", area=WUHAN),
            "away": an_account("coordinator", line="supplies", area=XIAOGAN),
            "line": an_account("coordinator", line="funds", area=WUHAN),
            "liai": an_account("liaison", area=WUHAN),
            "offi": an_account("officer", organisation=self.hospital),
            "offx": an_account("officer", organisation=an_organisation("孝感测试医院")),
            "anal": an_account("analyst"),
            "admi": an_account("admin"),
            "weak": an_account("coordinator", line="supplies", area=WUHAN),
        }
        for account in self.accounts.values():
            _with_factors(account)
        self._made: dict[str, dict[str, Any]] = {}

    def session(self, who: str) -> str:
        """The session key of a column ("" for nobody)."""
        if who == "anon":
            return ""
        client = sign_in(Client(), self.accounts[who], second_factor=who != "weak")
        return client.cookies["sessionid"].value

    def token(self, who: str) -> str:
        """An API token of a program with the same roles ("" for nobody; "weak" is a session, tokens need no factor)."""
        if who in ("anon", "weak"):
            return ""
        secret = f"tongzhou_test_{who}"
        Token.objects.create(
            account=self.accounts[who], name="测试", hint=who, secret_hash=hash_secret(secret), scopes=list(TOKEN_SCOPES),
            expires_at=clock.now() + dt.timedelta(days=1),
        )  # fmt: skip
        return secret

    def arguments(self, whose: str) -> dict[str, Any]:
        """What the address of an object is made of."""
        if whose == "-":
            return {}
        if whose not in self._made:
            self._made[whose] = OBJECTS[whose](self)
        return self._made[whose]


def _with_factors(account: Account) -> None:
    Authenticator.objects.create(user=account, type="totp", data={"secret": SecondFactorAdapter().encrypt("A" * 32)})
    RecoveryCodes.activate(account)


def _link(world: World) -> dict[str, Any]:
    invited = services.create_account(actor=SYSTEM, login="invited", name="新来的志愿者")
    return {"secret": services.invite(actor=SYSTEM, account=invited)}


def _key(world: World) -> dict[str, Any]:
    data = {"name": "值班手机", "credential": {}}
    return {"pk": Authenticator.objects.create(user=world.accounts["volu"], type="webauthn", data=data).pk}


#: Objects of the rows by name: what their address needs.
OBJECTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "link": _link,  # an open invitation of somebody new
    "key": _key,  # a passkey of the volunteer
}
