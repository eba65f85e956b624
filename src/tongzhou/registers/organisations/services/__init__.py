"""Writes of organisations: the record, the papers, the standing that follows, and time's own work on it."""

from tongzhou.registers.organisations.services.credit import CodeReading, read_credit_code
from tongzhou.registers.organisations.services.papers import verify_paper, withdraw_paper
from tongzhou.registers.organisations.services.records import (
    add_organisation,
    add_scope,
    change_organisation,
    withdraw_organisation,
    withdraw_scope,
)
from tongzhou.registers.organisations.services.requirements import (
    add_requirement,
    seed_requirements,
    withdraw_requirement,
)
from tongzhou.registers.organisations.services.standing import (
    lapse,
    reinstate,
    revoke,
    set_term,
    suspend,
)

__all__ = [
    "CodeReading",
    "add_organisation",
    "add_requirement",
    "add_scope",
    "change_organisation",
    "lapse",
    "read_credit_code",
    "reinstate",
    "revoke",
    "seed_requirements",
    "set_term",
    "suspend",
    "verify_paper",
    "withdraw_organisation",
    "withdraw_paper",
    "withdraw_requirement",
    "withdraw_scope",
]
