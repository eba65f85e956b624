"""The organisation pages: list, record, papers and standing."""

from tongzhou.registers.organisations.views.listing import export, listing
from tongzhou.registers.organisations.views.papers import papers, withdraw_requirement
from tongzhou.registers.organisations.views.record import (
    add,
    edit,
    record,
    scope,
    withdraw,
    withdraw_scope,
)
from tongzhou.registers.organisations.views.standing import judge, verify, withdraw_paper

__all__ = [
    "add",
    "edit",
    "export",
    "judge",
    "listing",
    "papers",
    "record",
    "scope",
    "verify",
    "withdraw",
    "withdraw_paper",
    "withdraw_requirement",
    "withdraw_scope",
]
