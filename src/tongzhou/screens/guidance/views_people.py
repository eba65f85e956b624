"""Who has acknowledged what, for those who lead others: their own people only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongzhou.desks.guidance import selectors
from tongzhou.desks.guidance.policies import SEE_ACKNOWLEDGED
from tongzhou.kernel.access import route
from tongzhou.registers.people.types import Role
from tongzhou.screens.guidance.shared import actor_of

__all__ = ["everything", "one_guide"]


@route(SEE_ACKNOWLEDGED)
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Every guide in force with how many have read it as it stands."""
    return render(request, "screens/guidance/acknowledged.html", {"rows": selectors.tally(actor_of(request))})


@route(SEE_ACKNOWLEDGED)
@require_safe
def one_guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has read one guide, who has not, who read an older version."""
    edition = selectors.shown_version(slug)
    people = [
        (who, [str(Role(role).label) for role in sorted(who.roles)])
        for who in selectors.people_of(actor_of(request), edition)
    ]
    return render(request, "screens/guidance/people.html", {"edition": edition, "people": people})
