"""What every public form has in common: a key made when the page was opened, a trap for programs, one safety check.

A page must never swallow what somebody typed. So the check against forged requests is made here, by the view, and a
request that fails it gets its own form back, filled in, with a fresh token.
"""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import ids

__all__ = ["KeyedForm", "PublicForm", "from_our_page"]


#: What is said when something needed is not there: in the words of the question.
_MISSING = {
    "item": _("请写一样东西或一种帮助"),
    "address": _("请写在哪里，至少写到区县"),
    "place": _("请写在哪里，至少写到区县"),
    "phone": _("请留一个能打通的电话，不然没法核实"),
    "medicine": _("请照药盒写上药名"),
    "requester": _("请写单位的名称"),
    "amount": _("请写有多少，估计的也行"),
}


class _Check(CsrfViewMiddleware):
    """Django's own check, giving the reason instead of an answer."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def from_our_page(request: HttpRequest) -> bool:
    """True when the form was sent from our own page: by its token, or because the browser itself says so.

    ``Sec-Fetch-Site`` cannot be set by a page, so it protects as well as the token does, also where cookies are off.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    check = _Check(_nothing)
    check.process_request(request)
    return check.process_view(request, _nothing, (), {}) is None


class KeyedForm(forms.Form):
    """A form that has one effect however often it is sent: it carries a key made when the page was opened."""

    key = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["key"].initial = str(uuid.uuid4())
        for name, field in self.fields.items():
            if field.required and isinstance(field, forms.CharField):
                said = getattr(field, "missing", "") or _MISSING.get(name, _("请填写这一项"))
                field.error_messages["required"] = said

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that people see."""
        return [field for field in self.visible_fields() if field.name != "website"]

    def clean_key(self) -> str:
        """The key of the page; one that is missing or spoilt is replaced."""
        return str(ids.parse_id(self.cleaned_data.get("key", "")) or uuid.uuid4())

    def raw(self) -> dict[str, Any]:
        """The form as it came in, for the sealed raw record: every visible field, several values as a list."""
        found: dict[str, Any] = {}
        for name in self.data:
            if name not in ("key", "website", "csrfmiddlewaretoken", "photo_kept"):
                values = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data[name]]
                found[name[:60]] = [str(value)[:5000] for value in values] if len(values) > 1 else str(values[0])[:5000]
        return dict(list(found.items())[:300])


class PublicForm(KeyedForm):
    """A form for people without an account. Subclasses list their visible fields, at most eight."""

    #: People do not see it and leave it blank; many programs fill in everything.
    website = forms.CharField(required=False, label=_("请不要填写这一栏"), widget=forms.TextInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["website"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    @property
    def trapped(self) -> bool:
        """True when the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))
