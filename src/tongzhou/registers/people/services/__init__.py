"""Writes of this room: keyword-only, atomic, audited; every one takes the actor and fails closed."""

from tongzhou.registers.people.services.accounts import (
    activate,
    change_account,
    create_account,
    create_admin,
    deactivate,
    record_guardian_consent,
    reset_second_factor,
    set_preferences,
)
from tongzhou.registers.people.services.demo import sign_in_as_demo_role
from tongzhou.registers.people.services.grants import grant_role, revoke_grant
from tongzhou.registers.people.services.invitations import accept_invitation, confirm_link, find_invitation, invite
from tongzhou.registers.people.services.teams import change_team, close_team, create_team, join_team, leave_team
from tongzhou.registers.people.services.tokens import create_token, revoke_token

__all__ = [
    "accept_invitation",
    "activate",
    "change_account",
    "change_team",
    "close_team",
    "confirm_link",
    "create_account",
    "create_admin",
    "create_team",
    "create_token",
    "deactivate",
    "find_invitation",
    "grant_role",
    "invite",
    "join_team",
    "leave_team",
    "record_guardian_consent",
    "reset_second_factor",
    "revoke_grant",
    "revoke_token",
    "set_preferences",
    "sign_in_as_demo_role",
]
