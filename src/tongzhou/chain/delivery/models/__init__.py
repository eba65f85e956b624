"""Delivery's tables."""

from tongzhou.chain.delivery.models.incidents import CashAdvance, IncidentReport
from tongzhou.chain.delivery.models.photos import DeliveryPhoto
from tongzhou.chain.delivery.models.receipts import Receipt

__all__ = ["CashAdvance", "DeliveryPhoto", "IncidentReport", "Receipt"]
