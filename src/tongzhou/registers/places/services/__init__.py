"""Writes of places, their seeding, and finding what a written text means."""

from tongzhou.registers.places.services.finding import find_places, place_of
from tongzhou.registers.places.services.names import add_name, withdraw_name
from tongzhou.registers.places.services.seeding import Seeded, seed_places
from tongzhou.registers.places.services.sites import add_site, change_site, withdraw_site
from tongzhou.registers.places.services.suggesting import Suggestion, suggest_places

__all__ = [
    "Seeded",
    "Suggestion",
    "add_name",
    "add_site",
    "change_site",
    "find_places",
    "place_of",
    "seed_places",
    "suggest_places",
    "withdraw_name",
    "withdraw_site",
]
