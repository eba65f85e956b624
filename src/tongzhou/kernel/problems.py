"""A refusal as problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from tongzhou.kernel import context
from tongzhou.kernel.errors import Refusal

__all__ = ["problem_of"]


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """Its members: type, title (what happened), status, detail (what to do next), code, request_id, fields."""
    body: dict[str, Any] = {
        "type": f"urn:tongzhou:error:{refusal.code}",
        "title": refusal.what,
        "status": refusal.status,
        "detail": refusal.todo,
        "code": refusal.code,
        "request_id": context.request_id.get(),
    }
    if refusal.fields:
        body["fields"] = refusal.fields
    return body
