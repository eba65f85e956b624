"""What every view of guidance needs."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from tongzhou.kernel.access import ANONYMOUS, Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["actor_of", "put", "said_version"]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def put(form: forms.Form, refusal: Refusal, names: dict[str, str] | None = None) -> None:
    """Show a refusal in a form: beside its fields (`names`: the service's word > the form's), else above all."""
    if refusal.status == 404:
        raise refusal
    for name, text in refusal.fields.items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, text)
    if not refusal.fields:
        form.add_error(None, f"{refusal.what} · {refusal.todo}")


def said_version(request: HttpRequest) -> int:
    """The version a form was made from; 0, which no row has, when it says none."""
    text = str(request.POST.get("version", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
