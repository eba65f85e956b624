"""The audit trail for administrators: who did what when. No contact is ever shown here."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tongzhou.chain.intake.types import reason_words
from tongzhou.kernel import audit, throttle
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.models import AuditSeal
from tongzhou.registers.people import policies, selectors
from tongzhou.screens.setup.people_common import actor_of_request, form_page
from tongzhou.screens.setup.people_forms import TrailForm
from tongzhou.screens.setup.people_words import change_lines
from tongzhou.screens.setup.trail_words import ACT_WORDS, OBJECT_WORDS

__all__ = ["check", "trail"]

PER_PAGE = 50


def _wanted(actor: Actor, form: TrailForm) -> dict[str, Any]:
    """The facets as arguments of the selector; a login name nobody has finds nothing."""
    if not form.is_valid():
        return {}
    said, found = form.cleaned_data, {}
    if said["who"]:
        account = selectors.accounts(actor=actor).filter(login=said["who"].strip().lower()).first()
        found["account_id"] = account.pk if account else uuid.UUID(int=0)
    return {**found, "act": said["act"].strip(), "object_id": said["object"].strip()}


@route(policies.READ_TRAIL)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Newest first, 50 a page; `before` is the last id of the page before."""
    actor = actor_of_request(request)
    form = TrailForm(request.GET)
    rows = selectors.trail(actor=actor, **_wanted(actor, form))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    entries = list(rows[: PER_PAGE + 1])
    following = ""
    if len(entries) > PER_PAGE:
        kept = {name: str(value) for name, value in request.GET.items() if name != "before" and value}
        following = "?" + urlencode({**kept, "before": str(entries[PER_PAGE - 1].pk)})
    lines = [
        {
            "entry": entry,
            "changes": change_lines(entry),
            "reason": reason_words(entry.reason),
            "act": ACT_WORDS.get(entry.act, entry.act),
            "object": OBJECT_WORDS.get(entry.object_type, entry.object_type),
        }
        for entry in entries[:PER_PAGE]
    ]
    context = {"form": form, "lines": lines, "next": following, "acts": ACT_WORDS}
    return render(request, "screens/setup/people/trail.html", context)


@route(policies.READ_TRAIL)
@form_page
def check(request: HttpRequest) -> HttpResponse:
    """Recompute every hash and seal of the trail; says what was changed or removed."""
    actor = actor_of_request(request)
    selectors.trail(actor=actor)  # refuses whoever may not read the whole of it
    context: dict[str, Any] = {"seals": AuditSeal.objects.count(), "last": AuditSeal.objects.order_by("-id").first()}
    if request.method == "POST":
        throttle.hit("audit_check", str(actor.account_id), limit=6, seconds=3600)
        found = audit.verify()
        audit.record(actor=actor, act="audit.check", changes={"found": [None, len(found)]})
        context |= {"checked": True, "found": found[:100], "count": len(found)}
    return render(request, "screens/setup/people/check.html", context)
