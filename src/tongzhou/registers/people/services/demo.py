"""The demo's way in: look at the desk as one of its made-up roles."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.actors import DEMO_KEY
from tongzhou.registers.people.models import Account

__all__ = ["sign_in_as_demo_role"]


def sign_in_as_demo_role(request: HttpRequest, account: Account) -> None:
    """Sign this browser in as a demo account, no password asked.

    Outside the demo, or for any other account: ``Refusal("not_found")``.
    """
    if settings.TONGZHOU_DEMO is not True or not account.is_demo or not account.is_active:
        raise Refusal("not_found")
    request.session.flush()
    login(request, account, backend="allauth.account.auth_backends.AuthenticationBackend")
    request.session[DEMO_KEY] = str(account.pk)
    request._tongzhou_actor = None  # type: ignore[attr-defined]
