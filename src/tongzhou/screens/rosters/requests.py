"""What every view here needs from its request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal

__all__ = ["actor_of", "went"]


def actor_of(request: HttpRequest) -> Actor:
    """Who makes the request."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def went(form: forms.BaseForm, write: Callable[[], Any]) -> bool:
    """Run a write; what it refuses stands in the form, with everything that was typed. True when it went through."""
    try:
        write()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
