"""Stage weights of a place in a response, what follows from them, and setting them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue import selectors as catalogue
from tongzhou.registers.places import selectors as places
from tongzhou.registers.places.forms import PlaceField, show_refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages import selectors, services
from tongzhou.registers.stages.policies import LIST_WEIGHTS, SET_WEIGHTS
from tongzhou.registers.stages.types import Stage
from tongzhou.screens.setup.forms import WeightsForm
from tongzhou.screens.setup.scene import actor_of, chosen_response

__all__ = ["stages"]

#: How many categories the preview of the order shows.
SHOWN = 12


@route(LIST_WEIGHTS)
@require_http_methods(["GET", "HEAD", "POST"])
def stages(request: HttpRequest) -> HttpResponse:
    """The weights that hold at a place, where they come from, and what they put first."""
    actor = actor_of(request)
    known, response = chosen_response(request)
    if response is None:
        return render(request, "screens/setup/stages.html", {"responses": known})
    place, problem = _place(request, response)
    weights = selectors.weights_at(place.code, response.pk)
    form = WeightsForm(request.POST or None, initial={stage: getattr(weights, stage) for stage in Stage.values})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_weights(actor=actor, response=response, place=place, **form.cleaned_data)
            return redirect(f"{reverse('setup:stages')}?response={response.slug}&place={place.code}")
        except Refusal as refusal:
            show_refusal(form, refusal)
    order = selectors.order_categories(catalogue.categories(response.pk), weights)
    said = {
        "responses": known,
        "response": response,
        "place": place,
        "problem": problem,
        "weights": weights,
        "bars": [{"label": stage.label, "value": value, "figure": f"{value}%"} for stage, value in weights.items()],
        "source": places.get_place(weights.place_id) if weights.place_id else None,
        "form": form if may(actor, SET_WEIGHTS) and response.is_open else None,
        "history": selectors.history(place.code, response.pk)[:20],
        "rows": selectors.newest_rows(response.pk),
        "first": order[:SHOWN],
    }  # fmt: skip
    return render(request, "screens/setup/stages.html", said, status=422 if form.errors else 200)


def _place(request: HttpRequest, response: Response) -> tuple[Place, str]:
    """The division the address names (in any words), and what is wrong with them; else the response's own area."""
    text = request.GET.get("place", "").strip()
    if not text:
        return response.area, ""
    try:
        return PlaceField().clean(text), ""
    except ValidationError as error:
        return response.area, " ".join(error.messages)
