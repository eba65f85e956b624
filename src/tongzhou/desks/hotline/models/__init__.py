"""Contacts, what happened to them, seats, callbacks."""

from tongzhou.desks.hotline.models.callbacks import LineCallback
from tongzhou.desks.hotline.models.contacts import AgainCode, Contact, ContactEvent, Seat
from tongzhou.desks.hotline.models.telephone import Block, LineExchange, PhoneCall, PhoneEvent

__all__ = [
    "AgainCode", "Block", "Contact", "ContactEvent", "LineCallback", "LineExchange", "PhoneCall", "PhoneEvent", "Seat",
]  # fmt: skip
