"""The documentation of the API: one JSON document, and a page to try it on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.screens.api.root import api

__all__ = ["docs", "openapi"]

#: Swagger UI writes style attributes; nothing else is loosened, and the page shows no data of its own.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@route(PUBLIC)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@route(PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the document."""
    response = render(request, "screens/api/docs.html")
    response["Content-Security-Policy"] = DOCS_POLICY
    return response
