"""The pages of setting up, one module for each register."""

from tongzhou.screens.setup.views.catalogue import catalogue, category
from tongzhou.screens.setup.views.index import index
from tongzhou.screens.setup.views.places import add_place_name, add_site, place, places
from tongzhou.screens.setup.views.responses import (
    close_response,
    new_response,
    reopen_response,
    response,
    responses,
)
from tongzhou.screens.setup.views.sites import add_site_name, site, withdraw_name, withdraw_site
from tongzhou.screens.setup.views.stages import stages

__all__ = [
    "add_place_name",
    "add_site",
    "add_site_name",
    "catalogue",
    "category",
    "close_response",
    "index",
    "new_response",
    "place",
    "places",
    "reopen_response",
    "response",
    "responses",
    "site",
    "stages",
    "withdraw_name",
    "withdraw_site",
]
