"""``{% load progress %}``: a receipt code as a picture to be scanned."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from tongzhou.screens.progress.ways import Way

register = template.Library()


@register.simple_tag
def way_picture(way: Way, door: str) -> SafeString:
    """The QR of a receipt code; `door` is the address that it leads to, without the number."""
    return way.picture(door)
