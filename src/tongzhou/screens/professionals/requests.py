"""What every view here needs from its request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.forms import show_refusal

__all__ = ["actor_of", "form_page", "went"]


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


def form_page(
    request: HttpRequest, form: forms.BaseForm, write: Callable[[], Any], *, to: str, title: str, do: str, back: str,
    about: str = "", stop: bool = False,
) -> HttpResponse:  # fmt: skip
    """A page that is one form: shown, checked, written, left for `to`."""
    if request.method == "POST" and form.is_valid() and went(form, write):
        return redirect(to)
    said = {"form": form, "title": title, "do": do, "back": back, "about": about, "stop": stop}
    return render(request, "screens/professionals/form.html", said, status=422 if form.errors else 200)
