"""Contacts, what happened to them, seats, callbacks."""

from tongzhou.desks.hotline.models.callbacks import LineCallback
from tongzhou.desks.hotline.models.contacts import AgainCode, Contact, ContactEvent, Seat

__all__ = ["AgainCode", "Contact", "ContactEvent", "LineCallback", "Seat"]
