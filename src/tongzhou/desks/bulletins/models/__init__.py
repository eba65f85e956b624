"""Tables of bulletins and of the directory."""

from tongzhou.desks.bulletins.models.bulletins import Bulletin, BulletinPlace, CapMessage, Correction, Remark, WebPage
from tongzhou.desks.bulletins.models.directory import (
    Agency,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServicePlace,
)

__all__ = [
    "Agency",
    "Bulletin",
    "BulletinPlace",
    "CapMessage",
    "Correction",
    "Location",
    "Phone",
    "Remark",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServicePlace",
    "WebPage",
]
