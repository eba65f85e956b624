"""Who the caller is: whoever's browser holds the secret, in a cookie that only these pages get."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tongzhou.desks.hotline.models import Contact
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.contact_begin import contact_of_secret
from tongzhou.flows.contact_read import doors
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["COOKIE", "chosen_line", "forget", "keep", "own_contact", "own_contact_or_none", "secret_of"]

COOKIE = "talk"


def secret_of(request: HttpRequest) -> str:
    """The secret this browser holds ("" for none)."""
    return str(request.COOKIES.get(COOKIE, ""))[:64]


def keep(response: HttpResponse, secret: str) -> None:
    """Give the secret to the browser until it is closed; no script reads it, no other page gets it."""
    response.set_cookie(
        COOKIE, secret, path="/talk/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )


def forget(response: HttpResponse) -> None:
    """Take the secret from the browser."""
    response.delete_cookie(COOKIE, path="/talk/", samesite="Strict")


def own_contact_or_none(request: HttpRequest) -> Contact | None:
    """The conversation of this browser."""
    secret = secret_of(request)
    return contact_of_secret(secret, clock.now()) if secret else None


def own_contact(request: HttpRequest) -> Contact:
    """The conversation of this browser. Raises ``not_found``."""
    found = own_contact_or_none(request)
    if found is None:
        raise Refusal("not_found")
    return found


def chosen_line(request: HttpRequest) -> tuple[ServiceLine | None, list[ServiceLine]]:
    """The line asked for (else the first one open now, else the first), and all."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    lines = doors(actor)
    asked: uuid.UUID | None = ids.parse_id(str(request.POST.get("line") or request.GET.get("line") or ""))
    now = clock.now()
    chosen = [one for one in lines if one.pk == asked] + [one for one in lines if one.is_open(now)] + lines
    return (chosen[0] if chosen else None), lines
