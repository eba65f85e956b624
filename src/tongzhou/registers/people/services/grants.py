"""Roles given and taken, each with its bounds, dates and reason."""

from __future__ import annotations

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Act, Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import policies
from tongzhou.registers.people.models import Account, Grant, Team
from tongzhou.registers.people.services.guards import keep_one_admin
from tongzhou.registers.people.types import ADMIN, ALL

__all__ = ["grant_role", "revoke_grant"]


def _require_over(actor: Actor, act: Act, grant: Grant) -> None:
    """An administrator of one area or response gives and takes roles inside it only; an officer's needs the whole."""
    if not allows(actor, act, line=grant.line, area=grant.area or None, response=grant.response_id):
        raise Refusal("not_found")


@transaction.atomic
def grant_role(
    *,
    actor: Actor,
    account: Account,
    role: str,
    line: str = ALL,
    area: str = "",
    response_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    team: Team | None = None,
    valid_from: dt.datetime | None = None,
    valid_until: dt.datetime | None = None,
    reason: str,
) -> Grant:
    """Give a role; nobody gives one to themselves, so that every role takes two people.

    Raises ``Refusal`` grant_self, grant_twice, not_found; ValidationError for bad bounds.
    """
    grant = Grant(
        account=account,
        role=role,
        line=line,
        area=area,
        response_id=response_id,
        organisation_id=organisation_id,
        team=team,
        valid_from=valid_from or clock.now(),
        valid_until=valid_until,
        reason=reason,
        granted_by_id=actor.account_id,
    )
    _require_over(actor, policies.GIVE_ROLE, grant)
    if actor.account_id == account.pk:
        raise Refusal("grant_self")
    grant.clean_fields(exclude=["account", "granted_by", "team"])
    _check_bounds(grant)
    try:
        with transaction.atomic():
            return changes.create(grant, actor=actor, act=policies.GIVE_ROLE, reason=reason)
    except IntegrityError as error:
        raise Refusal("grant_twice") from error


def _check_bounds(grant: Grant) -> None:
    """What the database would refuse without saying why."""
    from django.utils.translation import gettext as _

    problems: dict[str, str] = {}
    if (grant.role == "officer") != (grant.organisation_id is not None):
        problems["organisation_id"] = _("组织经办人必须选一个组织；其他角色不选组织")
    if grant.valid_until is not None and grant.valid_until <= grant.valid_from:
        problems["valid_until"] = _("到期时间必须晚于生效时间")
    if grant.account.is_program and grant.role == ADMIN:
        problems["role"] = _("程序账号不能是管理员")
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def revoke_grant(*, actor: Actor, grant: Grant, reason: str) -> Grant:
    """Take a role back, at once. Raises ``Refusal`` last_admin, version_stale (somebody was first), not_found."""
    _require_over(actor, policies.TAKE_ROLE, grant)
    if grant.role == ADMIN:
        keep_one_admin(actor, leaving=grant.account, grant=grant)
    if grant.revoked_at is not None:
        raise Refusal("version_stale")
    return changes.apply(grant, actor=actor, act=policies.TAKE_ROLE, reason=reason, revoked_at=clock.now())
