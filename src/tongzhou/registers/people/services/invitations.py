"""One-time links with which somebody sets a password: made by an administrator, used once, dead after a week."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from tongzhou.kernel import audit, changes, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.ids import new_secret
from tongzhou.registers.people import policies
from tongzhou.registers.people.actors import actor_for, hash_secret, sleeping
from tongzhou.registers.people.models import Account, Invitation
from tongzhou.registers.people.services.guards import not_oneself, other_admins, require_whole, reset_by_same_admin
from tongzhou.registers.people.types import INVITATION_DAYS, Purpose, Second

__all__ = ["accept_invitation", "confirm_link", "find_invitation", "invite"]


@transaction.atomic
def invite(*, actor: Actor, account: Account, reason: str = "") -> str:
    """Make the link's secret, shown once; an older open link of the account dies.

    Raises ``Refusal`` token_for_person (a program), consent_missing (closed), two_people, version_stale, not_found.
    """
    require_whole(actor, policies.INVITE)
    if account.is_program:
        raise Refusal("token_for_person")
    if not account.is_active:
        raise Refusal("consent_missing" if not account.is_adult and account.consent_at is None else "not_found")
    purpose = Purpose.RESET if account.has_usable_password() else Purpose.INVITE
    reset_by_same_admin(actor, account, policies.RESET_FACTOR)
    now = clock.now()
    Invitation.objects.filter(account=account, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
    secret = new_secret()
    invitation = Invitation(
        account=account,
        purpose=purpose,
        secret_hash=hash_secret(secret),
        made_by_id=actor.account_id,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
        second=_second(actor, account, purpose),
    )
    try:
        with transaction.atomic():
            changes.create(invitation, actor=actor, act=policies.INVITE, reason=reason)
    except IntegrityError as error:  # two administrators at once: one link stands
        raise Refusal("version_stale") from error
    said = {"purpose": [None, str(purpose)], "second": [None, str(invitation.second)]}
    audit.record(actor=actor, act=policies.INVITE, obj=account, changes=said, reason=reason)
    return secret


def _second(actor: Actor, account: Account, purpose: str) -> str:
    """Whether a second administrator is to confirm who opened the link: always for a first one, and for a new password
    while there is no second factor that only the person has (or the first link was never confirmed)."""
    if actor.account_id is None:  # made at the machine itself, by whoever runs it
        return ""
    waits = Account.objects.filter(sleeping("pk"), pk=account.pk).exists()
    has_factor = Authenticator.objects.filter(user=account).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
    if purpose == Purpose.RESET and has_factor and not waits:
        return ""
    return Second.WAITS if other_admins(actor, account) else Second.ALONE


@transaction.atomic
def confirm_link(*, actor: Actor, account: Account, reason: str = "") -> Invitation:
    """A second administrator says that the person opened the link: the roles of the account wake up.

    Raises ``Refusal`` confirm_own (the actor made the link), own_account, not_found (nothing waits), version_stale.
    """
    require_whole(actor, policies.CONFIRM_LINK)
    not_oneself(actor, account)
    used = Invitation.objects.filter(account=account, used_at__isnull=False).order_by("-used_at").first()
    if used is None or used.second != Second.WAITS:
        raise Refusal("not_found")
    if used.made_by_id == actor.account_id:
        raise Refusal("confirm_own")
    audit.record(actor=actor, act=policies.CONFIRM_LINK, obj=account, reason=reason)
    return changes.apply(
        used, actor=actor, act=policies.CONFIRM_LINK, reason=reason, second=Second.CONFIRMED.value,
        confirmed_by=actor.account_id, confirmed_at=clock.now(),
    )  # fmt: skip


def find_invitation(secret: str) -> Invitation:
    """The open invitation of a link. Raises ``Refusal("link_dead")`` for a used, expired, withdrawn or invented one."""
    found = (
        Invitation.objects.select_related("account")
        .filter(secret_hash=hash_secret(secret), used_at=None, withdrawn_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None or not found.account.is_active:
        raise Refusal("link_dead")
    return found


@transaction.atomic
def accept_invitation(*, secret: str, password: str) -> Account:
    """Use the link: set the password, which ends every session of the account.

    Raises ``Refusal`` link_dead; ValidationError for a weak password.
    """
    invitation = find_invitation(secret)
    account = invitation.account
    validate_password(password, account)
    now = clock.now()
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None, expires_at__gt=now).update(
        used_at=now
    )
    if used != 1:
        raise Refusal("link_dead")
    account.set_password(password)
    Account.objects.filter(pk=account.pk).update(password=account.password)
    audit.record(
        actor=actor_for(account, second_factor=False),
        act=policies.CHANGE_OWN,
        obj=account,
        changes={"password": ["", "set by link"]},
    )
    return account
