"""A program's account with a token, and a client that speaks JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from builders import a_response, an_account
from tongzhou.kernel import clock
from tongzhou.registers.people.actors import hash_secret
from tongzhou.registers.people.models import Account, Token
from tongzhou.registers.people.types import TOKEN_SCOPES

__all__ = ["Api", "api_of"]


class Api:
    """Django's test client with a token, JSON in and out."""

    def __init__(self, secret: str = "", client: Client | None = None) -> None:
        self.client, self.headers = client or Client(), {"Authorization": f"Bearer {secret}"} if secret else {}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """(status, JSON) of a request to ``/api/v1`` + path."""
        content = json.dumps(body) if body is not None else ""
        answer = self.client.generic(
            method, f"/api/v1{path}", content, content_type="application/json", headers={**self.headers, **headers}
        )
        self.last = answer
        said = answer.json() if answer.content else None
        self.words = answer.content.decode() + json.dumps(said, ensure_ascii=False)  # as it came, and unescaped
        return answer.status_code, said


def api_of(account: Account, scopes: tuple[str, ...] = TOKEN_SCOPES) -> Api:
    """The client of an account that is there already."""
    secret = f"tongzhou_{account.login}"
    Token.objects.create(
        account=account, name="test", hint="test", secret_hash=hash_secret(secret), scopes=list(scopes),
        expires_at=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    return Api(secret)


@pytest.fixture
def api(db: None) -> Callable[..., Api]:
    """``api("coordinator", area="4201")``: a client of a program with that role; ``scopes=`` narrows its token."""

    def make(role: str = "coordinator", scopes: tuple[str, ...] = TOKEN_SCOPES, **grant: Any) -> Api:
        a_response()
        return api_of(an_account(role, is_program=True, **grant), scopes)

    return make
