"""Intake's tables, one module for each family."""

from tongzhou.chain.intake.models.contacts import Attachment, Contact, Submission
from tongzhou.chain.intake.models.needs import Need
from tongzhou.chain.intake.models.offers import Lead, Offer

__all__ = ["Attachment", "Contact", "Lead", "Need", "Offer", "Submission"]
