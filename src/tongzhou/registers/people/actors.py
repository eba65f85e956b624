"""From a request to an `Actor`: the session's account or a token's, with the grants that hold at this moment."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from tongzhou.kernel import access, clock
from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.registers.people.models import Account, Grant, Invitation, Token
from tongzhou.registers.people.types import NEEDS_SECOND_FACTOR, SEES_CONTACTS, Second

__all__ = [
    "DEMO_KEY",
    "actor_for",
    "actor_of",
    "hash_secret",
    "live_grants",
    "sleeping",
    "used_second_factor",
]

#: `last_used_at` of a token is written at most this often.
_USE_NOTED_EVERY = dt.timedelta(minutes=1)
#: Session key: which demo account this browser was let in as.
DEMO_KEY = "people_demo_role"


def hash_secret(secret: str) -> str:
    """What is kept of a token's or a link's secret. It has 128 random bits or more, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_grants(at: dt.datetime | None = None) -> QuerySet[Grant]:
    """Grants that hold at this moment: begun, not over, not revoked."""
    return _live(Grant.objects.all(), at or clock.now())


def _live(grants: QuerySet[Grant], now: dt.datetime) -> QuerySet[Grant]:
    return grants.filter(Q(valid_until=None) | Q(valid_until__gt=now), revoked_at=None, valid_from__lte=now)


def sleeping(account: str = "account") -> Exists:
    """True for rows whose account (a column) was opened by a link that still waits for a second administrator.

    Its roles that see contacts or give roles sleep until then: whoever made the link could have opened it alone.
    """
    newest = Invitation.objects.filter(account=OuterRef(OuterRef(account)), used_at__isnull=False).order_by("-used_at")
    return Exists(Invitation.objects.filter(pk=Subquery(newest.values("pk")[:1]), second=Second.WAITS))


@cache
def _awake() -> QuerySet[Grant]:
    """Grants that do not sleep. Kept, never asked itself: to put this question together takes as long as to ask it."""
    return Grant.objects.exclude(sleeping(), role__in=NEEDS_SECOND_FACTOR).order_by("id")


def actor_for(account: Account, *, second_factor: bool, scopes: frozenset[str] | None = None) -> Actor:
    """The actor an account is now, without the roles that sleep (`sleeping`). One query."""
    held = _live(_awake().filter(account=account), clock.now())
    grants = tuple(
        access.Grant(
            role=grant.role,
            line=grant.line,
            area=grant.area,
            response=grant.response_id,
            organisation=grant.organisation_id,
            team=grant.team_id,
            sees_contacts=grant.role in SEES_CONTACTS,
            needs_second_factor=grant.role in NEEDS_SECOND_FACTOR,
        )
        for grant in held
    )
    return Actor(
        account_id=account.pk,
        name=account.name,
        grants=grants,
        second_factor=second_factor,
        scopes=scopes,
        is_demo=account.is_demo,
    )


def used_second_factor(request: HttpRequest, account: Account) -> bool:
    """True when this session proved an authenticator, a passkey or a recovery code; a demo role need not."""
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, account)):
        return True
    return account.is_demo and request.session.get(DEMO_KEY) == str(account.pk)


def _of_token(header: str) -> Actor:
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret:
        return ANONYMOUS
    now = clock.now()
    token = Token.objects.select_related("account").filter(secret_hash=hash_secret(secret.strip())).first()
    if token is None or token.revoked_at is not None or token.expires_at <= now or not token.account.is_active:
        return ANONYMOUS
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    # A token was made in a session with a second factor, and its scopes never open a contact.
    return actor_for(token.account, second_factor=True, scopes=frozenset(token.scopes))


def actor_of(request: HttpRequest) -> Actor:
    """Who makes this request; worked out once. Tokens count on the API only; there a session may read, not write."""
    known: Any = getattr(request, "_tongzhou_actor", None)
    if isinstance(known, Actor):
        return known
    actor = _work_out(request)
    request._tongzhou_actor = actor  # type: ignore[attr-defined]
    return actor


def _work_out(request: HttpRequest) -> Actor:
    if request.path.startswith("/api/"):
        header = request.headers.get("Authorization", "")
        if header:
            return _of_token(header)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return ANONYMOUS
    user = request.user
    if not isinstance(user, Account) or not user.is_active or (user.is_demo and not settings.TONGZHOU_DEMO):
        return ANONYMOUS
    return actor_for(user, second_factor=used_second_factor(request, user))
