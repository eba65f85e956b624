"""Declarations of pages that are not ours to decorate (other packages' views), and how a view's declaration is found.

Our own views carry theirs (`kernel.access.route`); sign-in pages of allauth are wrapped in `registers.people.urls`, so
they carry one too. What has none is refused, and a test fails.
"""

from __future__ import annotations

from typing import Any

from django.urls import ResolverMatch

from tongzhou.kernel.access import PUBLIC, Act, Gate

__all__ = ["DECLARED", "declaration", "methods_of"]

#: Route name -> declaration, for views of other packages.
DECLARED: dict[str, Act | Gate] = {
    "set_language": PUBLIC,
    "api-1:api-root": PUBLIC,
}


def declaration(view: Any, match: ResolverMatch | None, method: str = "GET") -> Act | Gate | None:
    """The declaration of a view: its own, its API operation's, or the one listed here; None if none."""
    own = getattr(view, "tongzhou_access", None)
    if own is None:
        own = _of_operation(view, method)
    if own is None and match is not None:
        own = DECLARED.get(match.view_name)
    return own if isinstance(own, Act | Gate) else None


def _of_operation(view: Any, method: str) -> Any:
    """A django-ninja path serves several methods with one view.

    Each operation's function carries its own declaration.
    """
    for operation in _operations(view):
        if method in operation.methods or (method in {"HEAD", "OPTIONS"} and "GET" in operation.methods):
            return getattr(operation.view_func, "tongzhou_access", None)
    return None


def methods_of(view: Any) -> list[str]:
    """The methods an API path serves; empty for a page."""
    return sorted({method for operation in _operations(view) for method in operation.methods})


def _operations(view: Any) -> list[Any]:
    found: list[Any] = []
    for cell in getattr(view, "__closure__", None) or ():
        found.extend(getattr(cell.cell_contents, "operations", ()))
    return found
