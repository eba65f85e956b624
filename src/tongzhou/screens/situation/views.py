"""The sheet on screen (which prints well) and as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from tongzhou.chain.evaluation.policies import SEE_SITUATION
from tongzhou.chain.intake.selectors.scene import Scene, scene_of
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import ANONYMOUS, Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.situation import paper
from tongzhou.screens.situation.selectors import Sheet, area_for, sheet_of

__all__ = ["pdf", "situation"]

#: PDFs one account may have made in ten minutes.
MOST, SECONDS = 30, 600


def _sheet(request: HttpRequest) -> tuple[Scene, Sheet | None]:
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    scene = scene_of(actor, request.GET.get("response", ""))
    if scene.response is None:
        return scene, None
    place = area_for(actor, scene.response, request.GET.get("place", ""))
    return scene, sheet_of(actor, scene.response, place, clock.now())


@route(SEE_SITUATION)
@require_GET
def situation(request: HttpRequest) -> HttpResponse:
    """The sheet."""
    scene, sheet = _sheet(request)
    query = ""
    if sheet is not None:
        query = "?" + urlencode({"response": sheet.response.slug, "place": sheet.place.code})
    return render(request, "screens/situation/situation.html", {"scene": scene, "sheet": sheet, "query": query})


@route(SEE_SITUATION)
@require_GET
def pdf(request: HttpRequest) -> HttpResponse:
    """The sheet as PDF; a plain page that says why not where the machine cannot make one."""
    if why := paper.why_not():
        return render(
            request, "screens/situation/no_pdf.html", {"why": why, "back": request.GET.urlencode()}, status=503
        )
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    throttle.hit("situation-pdf", str(actor.account_id), limit=MOST, seconds=SECONDS)
    _scene, sheet = _sheet(request)
    if sheet is None:
        raise Refusal("not_found")
    answer = HttpResponse(paper.pdf_of(sheet), content_type="application/pdf")
    name = f"tongzhou-situation-{sheet.place.code}-{clock.beijing(sheet.as_of):%Y%m%d-%H%M}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
