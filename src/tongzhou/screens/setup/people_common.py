"""What the pages about people share: the actor, a form page, a write whose refusal goes into the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["actor_of_request", "confirmed", "form_page", "page_of", "try_write"]

#: A page that shows a form and takes it.
form_page = require_http_methods(["GET", "HEAD", "POST"])

#: Names of columns that a form calls otherwise.
_FIELDS = {"organisation_id": "organisation", "valid_until": "until", "expires_at": "until", "response_id": "response"}


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def confirmed(view: View) -> View:
    """An unattended desk must not hand out roles: the password is asked again 15 minutes after it was last given."""
    return cast(View, reauthentication_required(view))


def actor_of_request(request: HttpRequest) -> Actor:
    """The actor the site worked out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def page_of(request: HttpRequest, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A page with a form: 422 when something in it has to be corrected."""
    status = 422 if form.errors else 200
    return render(request, f"screens/setup/people/{template}", {"form": form, **context}, status=status)


def try_write(form: forms.Form, write: Callable[[], Any], on: str = "") -> bool:
    """Run a write; a refusal about what was typed goes into the form, so nothing typed is lost. True when written.

    `on` names the field a refusal is about. Refusals that are not about the form (absent, forbidden) go on upwards.
    """
    try:
        write()
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in found.items():
            field = _FIELDS.get(name, name)
            form.add_error(field if field in form.fields else None, texts)
    except Refusal as refusal:
        if refusal.status not in (400, 409):
            raise
        form.add_error(on if on in form.fields else None, f"{refusal.what} · {refusal.todo}")
    return not form.errors
