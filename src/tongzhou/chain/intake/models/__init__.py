"""Intake's tables, one module for each family."""

from tongzhou.chain.intake.models.callbacks import CallbackRequest
from tongzhou.chain.intake.models.contacts import Attachment, Contact, KeptPhoto, Submission
from tongzhou.chain.intake.models.imports import ImportBatch, ImportIdentity, ImportRow
from tongzhou.chain.intake.models.needs import Need
from tongzhou.chain.intake.models.offers import Lead, Offer

__all__ = [
    "Attachment",
    "CallbackRequest",
    "Contact",
    "ImportBatch",
    "ImportIdentity",
    "ImportRow",
    "KeptPhoto",
    "Lead",
    "Need",
    "Offer",
    "Submission",
]
