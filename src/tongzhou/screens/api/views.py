"""The documentation of the API: one JSON document, and a page to try it on."""

from __future__ import annotations

import json
from functools import cache

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
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
    return HttpResponse(_document(get_language() or ""), content_type="application/json")


@cache
def _document(language: str) -> bytes:
    """The document as it is sent, worked out once for each language: it takes a third of a second."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, cls=DjangoJSONEncoder).encode()


@route(PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the document."""
    response = render(request, "screens/api/docs.html")
    response["Content-Security-Policy"] = DOCS_POLICY
    return response
