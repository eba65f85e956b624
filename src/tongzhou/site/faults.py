"""Refusals and faults as answers: a page, a fragment for htmx, or problem+json (RFC 9457) for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from tongzhou.kernel import context
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.problems import problem_of
from tongzhou.site.ui import addresses

__all__ = [
    "answer",
    "csrf_failure",
    "handler400",
    "handler403",
    "handler404",
    "handler500",
    "not_allowed",
    "wants_json",
]


def wants_json(request: HttpRequest) -> bool:
    """True for the API and for clients that ask for JSON before HTML."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refused request."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            problem_of(refusal), status=refusal.status, content_type="application/problem+json"
        )
    else:
        htmx = getattr(request, "htmx", False) and not getattr(request.htmx, "boosted", False)  # type: ignore[attr-defined]
        template = "faults/fragment.html" if htmx else "faults/page.html"
        said = {"refusal": refusal, "request_id": context.request_id.get(), "before": addresses.before(request)}
        response = render(request, template, said, status=refusal.status)
    if refusal.code == "too_many":
        response["Retry-After"] = str(refusal.params["seconds"])
    return response


def not_allowed(request: HttpRequest, bare: HttpResponse) -> HttpResponse:
    """Django's empty "method not allowed" as a page; any other answer, and that of a program, stays as it is."""
    if not isinstance(bare, HttpResponseNotAllowed) or wants_json(request):
        return bare
    said = answer(request, Refusal("not_this_way"))
    said["Allow"] = bare["Allow"]
    return said


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token."""
    return answer(request, Refusal("forbidden"))


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own "bad request"."""
    return answer(request, Refusal("bad_request"))


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's own "forbidden"."""
    return answer(request, Refusal("forbidden"))


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such address."""
    return answer(request, Refusal("not_found"))


def handler500(request: HttpRequest) -> HttpResponse:
    """Our own fault; the details are in the log under the request id."""
    return answer(request, Refusal("server_error"))
