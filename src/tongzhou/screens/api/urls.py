"""`/api/v1/...`, the OpenAPI document, and `/api/docs`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongzhou.screens.api import views
from tongzhou.screens.api.root import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/docs", views.docs, name="api_docs"),
    path("api/v1/openapi.json", views.openapi, name="api_openapi"),
    path("api/v1/", api.urls),
]
