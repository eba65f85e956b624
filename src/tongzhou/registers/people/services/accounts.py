"""Accounts: made, changed, closed, opened again; a guardian's consent for a minor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from tongzhou.kernel import audit, changes, clock
from tongzhou.kernel.access import SYSTEM, Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import policies
from tongzhou.registers.people.models import Account, Invitation
from tongzhou.registers.people.services.guards import keep_one_admin, not_oneself, require_whole, reset_by_same_admin
from tongzhou.registers.people.types import ADMIN

__all__ = [
    "activate",
    "change_account",
    "create_account",
    "create_admin",
    "deactivate",
    "record_guardian_consent",
    "reset_second_factor",
    "set_preferences",
]


@transaction.atomic
def create_account(
    *,
    actor: Actor,
    login: str,
    name: str,
    email: str = "",
    is_adult: bool = True,
    is_program: bool = False,
    is_demo: bool = False,
    reason: str = "",
) -> Account:
    """Make an account that cannot sign in until it is invited (a program's: until it has a token).

    A minor's account stays closed until consent is recorded. Raises ``Refusal`` login_taken, email_taken, not_found.
    """
    require_whole(actor, policies.MAKE_ACCOUNT)
    account = Account(
        login=login.strip().lower(),
        name=name.strip(),
        email=email.strip().lower(),
        is_adult=is_adult,
        is_active=is_adult,
        is_program=is_program,
        is_demo=is_demo,
    )
    account.set_unusable_password()
    account.clean_fields(exclude=["consent_by"])
    try:
        with transaction.atomic():
            return changes.create(account, actor=actor, act=policies.MAKE_ACCOUNT, reason=reason)
    except IntegrityError as error:
        raise _taken(account) from error


def _taken(account: Account) -> Refusal:
    same_login = Account.objects.filter(login=account.login).exclude(pk=account.pk)
    return Refusal("login_taken" if same_login.exists() else "email_taken")


@transaction.atomic
def change_account(
    *, actor: Actor, account: Account, expect: int, name: str, email: str = "", reason: str = ""
) -> Account:
    """Change the display name and e-mail address. Raises ``Refusal`` email_taken, version_stale, not_found."""
    require_whole(actor, policies.CHANGE_ACCOUNT)
    try:
        with transaction.atomic():
            return changes.apply(
                account,
                actor=actor,
                act=policies.CHANGE_ACCOUNT,
                expect=expect,
                reason=reason,
                name=name.strip(),
                email=email.strip().lower(),
            )
    except IntegrityError as error:
        raise Refusal("email_taken") from error


@transaction.atomic
def set_preferences(*, actor: Actor, account: Account, language: str, theme: str) -> Account:
    """Somebody's own language and colours."""
    if actor.account_id != account.pk:
        raise Refusal("not_found")
    return changes.apply(account, actor=actor, act=policies.CHANGE_OWN, language=language, theme=theme)


@transaction.atomic
def deactivate(*, actor: Actor, account: Account, reason: str, expect: int | None = None) -> Account:
    """Close an account: its sessions, tokens and links stop at once.

    Raises ``Refusal`` own_account, last_admin, not_found.
    """
    require_whole(actor, policies.CHANGE_ACCOUNT)
    not_oneself(actor, account)
    keep_one_admin(actor, leaving=account)
    Invitation.objects.filter(account=account, used_at=None, withdrawn_at=None).update(withdrawn_at=clock.now())
    return changes.apply(
        account, actor=actor, act=policies.CHANGE_ACCOUNT, expect=expect, reason=reason, is_active=False
    )


@transaction.atomic
def activate(*, actor: Actor, account: Account, reason: str, expect: int | None = None) -> Account:
    """Open a closed account again. Raises ``Refusal`` own_account, consent_missing, not_found."""
    require_whole(actor, policies.CHANGE_ACCOUNT)
    not_oneself(actor, account)
    if not account.is_adult and account.consent_at is None:
        raise Refusal("consent_missing")
    return changes.apply(
        account, actor=actor, act=policies.CHANGE_ACCOUNT, expect=expect, reason=reason, is_active=True
    )


@transaction.atomic
def record_guardian_consent(*, actor: Actor, account: Account, relation: str, evidence: str) -> Account:
    """Record that a guardian consented (who to the minor, where the signed paper is kept) and open the minor's account.

    The guardian's name and number stay on the paper: they are not needed here (PIPL, articles 6 and 31).
    """
    require_whole(actor, policies.RECORD_CONSENT)
    if actor.account_id is None or account.is_adult or not relation or not evidence.strip():
        raise Refusal("not_found" if account.is_adult or actor.account_id is None else "consent_missing")
    return changes.apply(
        account,
        actor=actor,
        act=policies.RECORD_CONSENT,
        consent_relation=relation,
        consent_evidence=evidence.strip(),
        consent_at=clock.now(),
        consent_by=actor.account_id,
        is_active=True,
    )


@transaction.atomic
def reset_second_factor(*, actor: Actor, account: Account, reason: str) -> None:
    """Forget the authenticator, passkeys and recovery codes of somebody who lost them; the next sign-in asks for new.

    Raises ``Refusal`` own_account, two_people (the same administrator just made a password link), not_found.
    """
    require_whole(actor, policies.RESET_FACTOR)
    not_oneself(actor, account)
    reset_by_same_admin(actor, account, policies.INVITE)
    kinds = sorted(Authenticator.objects.filter(user=account).values_list("type", flat=True))
    Authenticator.objects.filter(user=account).delete()
    audit.record(
        actor=actor, act=policies.RESET_FACTOR, obj=account, changes={"second_factor": [kinds, []]}, reason=reason
    )


@transaction.atomic
def create_admin(*, actor: Actor, login: str, name: str, password: str, email: str = "") -> Account:
    """The first administrator, made at the machine itself. Raises ``Refusal`` login_taken, grant_self."""
    from tongzhou.registers.people.services.grants import grant_role

    if actor is not SYSTEM:
        require(actor, policies.MAKE_ACCOUNT)
        raise Refusal("grant_self")
    account = create_account(actor=actor, login=login, name=name, email=email)
    account.set_password(password)
    Account.objects.filter(pk=account.pk).update(password=account.password)
    grant_role(actor=actor, account=account, role=ADMIN, reason="createadmin")
    return account
