"""Who may do what with accounts, roles, teams, tokens and the trail."""

from __future__ import annotations

from tongzhou.kernel.access import Gate, act
from tongzhou.registers.people.types import ADMIN

__all__ = [
    "BEFORE_SECOND_FACTOR",
    "CHANGE_ACCOUNT",
    "CHANGE_OWN",
    "CONFIRM_LINK",
    "GIVE_ROLE",
    "INVITE",
    "LIST_ACCOUNTS",
    "MAKE_ACCOUNT",
    "MAKE_TOKEN",
    "MANAGE_TEAM",
    "READ_TRAIL",
    "RECORD_CONSENT",
    "RESET_FACTOR",
    "REVOKE_TOKEN",
    "TAKE_ROLE",
]

LIST_ACCOUNTS = act("account.list", {ADMIN})
MAKE_ACCOUNT = act("account.create", {ADMIN}, writes=True)
CHANGE_ACCOUNT = act("account.change", {ADMIN}, writes=True)
RECORD_CONSENT = act("account.consent", {ADMIN}, writes=True)
INVITE = act("account.invite", {ADMIN}, writes=True)
CONFIRM_LINK = act("account.confirm_link", {ADMIN}, writes=True)
RESET_FACTOR = act("account.reset_factor", {ADMIN}, writes=True)
GIVE_ROLE = act("grant.give", {ADMIN}, writes=True)
TAKE_ROLE = act("grant.revoke", {ADMIN}, writes=True)
MANAGE_TEAM = act("team.manage", {ADMIN}, writes=True)
MAKE_TOKEN = act("token.create", {ADMIN}, writes=True)
REVOKE_TOKEN = act("token.revoke", {ADMIN}, writes=True)
READ_TRAIL = act("audit.read", {ADMIN})

#: What anybody does to the own account; stands in the trail, needs no role.
CHANGE_OWN = "account.own"

#: Pages with which the second factor is set up or confirmed.
BEFORE_SECOND_FACTOR = Gate("before_second_factor", needs_account=True, before_second_factor=True)
