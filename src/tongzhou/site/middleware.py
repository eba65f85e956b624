"""What happens to every request: an id, strict headers, the actor, the declared gate, refusals as answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from tongzhou.kernel import access, context, ids
from tongzhou.kernel.errors import Refusal
from tongzhou.site import faults
from tongzhou.site.declared import declaration, methods_of

__all__ = ["Access", "client_address", "headers", "request_context"]

Answer = Callable[[HttpRequest], HttpResponse]

#: Only our own files run or load; no inline script or style, no frames, forms go nowhere else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def request_context(get_response: Answer) -> Answer:
    """Give the request an id (a well-formed X-Request-ID is kept) that its log lines, audit rows and answer carry."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if re.fullmatch(r"[0-9A-Za-z-]{8,36}", given) else str(ids.new_id())
        token = context.request_id.set(name)
        try:
            response = get_response(request)
        finally:
            context.request_id.reset(token)
        response["X-Request-ID"] = name
        return response

    return middleware


def headers(get_response: Answer) -> Answer:
    """Strict security headers; pages that are not public are kept by no cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=(), interest-cohort=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address the request came from, behind as many proxies as the environment declares."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.TONGZHOU_PROXIES and len(hops) >= settings.TONGZHOU_PROXIES:
        return hops[-settings.TONGZHOU_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))


class Access:
    """Sets ``request.actor`` and opens a view only as its declaration says; no declaration, no page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from tongzhou.registers.people.actors import actor_of

        request.actor = actor_of(request)  # type: ignore[attr-defined]
        request.client_address = client_address(request)  # type: ignore[attr-defined]
        return faults.not_allowed(request, self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Refuse what is not declared or not allowed."""
        declared = declaration(view, request.resolver_match, request.method or "GET")
        actor: access.Actor = request.actor  # type: ignore[attr-defined]
        served = methods_of(view)
        if served and request.method not in served:
            refused = faults.answer(request, Refusal("method_not_allowed"))
            refused["Allow"] = ", ".join(served)
            return refused
        if declared is None:
            return faults.answer(request, Refusal("not_found"))
        if isinstance(declared, access.Gate) and not declared.needs_account:
            return None
        if not actor.signed_in:
            if faults.wants_json(request):
                return faults.answer(request, Refusal("signed_out"))
            # The demo asks for no password.
            door = "demo:enter" if settings.TONGZHOU_DEMO is True else settings.LOGIN_URL
            return redirect_to_login(request.get_full_path(), reverse(door))
        if actor.lacks_second_factor and not getattr(declared, "before_second_factor", False):
            if faults.wants_json(request):
                return faults.answer(request, Refusal("second_factor"))
            return redirect("people:second_factor")
        if isinstance(declared, access.Act) and not access.may(actor, declared):
            return faults.answer(request, Refusal("not_found"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal raised anywhere below becomes its answer."""
        return faults.answer(request, error) if isinstance(error, Refusal) else None
