"""Keys for programs: scoped, dated, shown once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import policies
from tongzhou.registers.people.actors import hash_secret
from tongzhou.registers.people.models import Account, Token
from tongzhou.registers.people.services.guards import require_whole
from tongzhou.registers.people.types import TOKEN_LONGEST, TOKEN_SCOPES

__all__ = ["create_token", "revoke_token"]

#: So that a leaked token is recognised by whoever finds it.
PREFIX = "tongzhou_"


@transaction.atomic
def create_token(
    *, actor: Actor, account: Account, name: str, scopes: Iterable[str], expires_at: dt.datetime, reason: str = ""
) -> tuple[Token, str]:
    """Make a token of a program's account; the second value is the secret, never to be seen again.

    Raises ``Refusal`` token_for_person, not_found; ValidationError for unknown scopes or dates.
    """
    require_whole(actor, policies.MAKE_TOKEN)
    if not account.is_program:
        raise Refusal("token_for_person")
    if not account.is_active:
        raise Refusal("not_found")
    wanted, now = sorted(set(scopes)), clock.now()
    if not wanted or not set(wanted) <= set(TOKEN_SCOPES):
        raise ValidationError({"scopes": _("请选择至少一个已有的范围")})
    if not now < expires_at <= now + TOKEN_LONGEST:
        raise ValidationError({"expires_at": _("到期时间要在今后一年之内")})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        account=account,
        name=name.strip(),
        hint=secret[len(PREFIX) :][:6],
        secret_hash=hash_secret(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    return changes.create(token, actor=actor, act=policies.MAKE_TOKEN, reason=reason), secret


@transaction.atomic
def revoke_token(*, actor: Actor, token: Token, reason: str) -> Token:
    """End a token, at once. Raises ``Refusal`` version_stale (already ended), not_found."""
    require_whole(actor, policies.REVOKE_TOKEN)
    if token.revoked_at is not None:
        raise Refusal("version_stale")
    return changes.apply(token, actor=actor, act=policies.REVOKE_TOKEN, reason=reason, revoked_at=clock.now())
