"""The API object: problem+json for every refusal, and an OpenAPI document that says so."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from tongzhou import __version__
from tongzhou.kernel.access import PUBLIC
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.problems import problem_of
from tongzhou.screens.api import (
    assignments,
    bulletins,
    categories,
    cover,
    gaps,
    guides,
    incidents,
    lines,
    needs,
    offers,
    organisations,
    places,
    plans,
    responses,
    rosters,
)
from tongzhou.screens.api.schemas import Problem

__all__ = ["api"]

_PROBLEM = "application/problem+json"
_COMPONENTS = "#/components/schemas/"

DESCRIPTION = """Needs, offers, leads, plans, assignments, incidents, cover, gaps, the situation, organisations, places
and categories; guides, bulletins, the directory of help; the people, rosters, figures and lists of the line.

Every refusal is `application/problem+json` with a stable `code`. Reading with a token needs the scope `<thing>:read`,
writing `<thing>:write`. What is not yours to see answers 404, as if it did not exist. Send an `Idempotency-Key` with
every POST: a repeat gets the first answer. PATCH and withdraw carry the `version` you read; 409 means somebody was
faster. Contacts are written, never read, through this interface; what is said on the line, and its cases, are not in
it at all.
"""


class TongzhouAPI(NinjaAPI):
    """NinjaAPI with refusals as problem+json, in answers and in the document."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI document; refusals under their own media type, the token as security scheme."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        open_to_all = _open_to_all(self)
        for path in schema["paths"].values():
            for operation in path.values():
                operation["security"] = [{"token": []}] + ([{}] if operation["operationId"] in open_to_all else [])
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {_PROBLEM: {"schema": {"$ref": f"{_COMPONENTS}{Problem.__name__}"}}}
        schema["components"]["schemas"][Problem.__name__] = Problem.json_schema()
        schema["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        return schema


api = TongzhouAPI(
    title="Tongzhou 同舟",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-1",
    openapi_url=None,
    docs_url=None,
)
for prefix, module in (
    ("/responses", responses),
    ("/places", places),
    ("/categories", categories),
    ("/organisations", organisations),
    ("/needs", needs),
    ("/offers", offers),
    ("/cover", cover),
    ("/gaps", gaps),
    ("/plans", plans),
    ("/assignments", assignments),
    ("/incidents", incidents),
    ("/guides", guides),
    ("/bulletins", bulletins),
    ("/lines", lines),
):
    api.add_router(prefix, module.router)
api.add_router("/leads", offers.leads)
api.add_router("/needed", gaps.needed)
api.add_router("/situation", gaps.situation)
api.add_router("/pins", plans.pins)
api.add_router("/directory", bulletins.directory)
api.add_router("/lines", rosters.router)
api.add_router("/my", rosters.own)


def _open_to_all(api: NinjaAPI) -> set[str]:
    """Names of the operations that need no token."""
    return {
        str(operation.operation_id)
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        if getattr(operation.view_func, "tongzhou_access", None) is PUBLIC
    }


def _answer(refusal: Refusal) -> HttpResponse:
    response = JsonResponse(problem_of(refusal), status=refusal.status, content_type=_PROBLEM)
    if refusal.code == "too_many":
        response["Retry-After"] = str(refusal.params["seconds"])
    return response


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    return _answer(error)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Fields by their path; the text is the validator's own (English)."""
    fields = {
        ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][-1]): str(one["msg"]) for one in error.errors
    }
    return _answer(Refusal("bad_fields", fields=fields))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(Refusal("bad_request"))
