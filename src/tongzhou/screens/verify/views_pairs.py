"""Likely duplicates: while typing, the list, side by side, merged and taken apart again."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import ENTER_NEED
from tongzhou.chain.intake.types import OPEN_NEEDS, NeedState
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.chain.triage.policies import MERGE_NEEDS
from tongzhou.chain.triage.selectors.compare import GROUPS, side_by_side
from tongzhou.chain.triage.selectors.pairs import get_pair, likely_duplicates, open_pairs, words_of
from tongzhou.chain.triage.selectors.queue import checks_of
from tongzhou.chain.triage.services.duplicates import decide_different, pair_of
from tongzhou.chain.triage.types import Decision
from tongzhou.flows.merge_needs import merge_needs, unmerge_need
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import route, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.verify.forms import FindForm
from tongzhou.screens.verify.parts import actor_of, page_of, said, scene_for

__all__ = ["different", "duplicates", "find", "merge", "pair", "similar", "unmerge"]

PAGE = 30


@route(ENTER_NEED)
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """A fragment for the fast entry: pleas like the one being typed. By POST, so that no phone stands in an address."""
    scene = scene_for(request)
    found = []
    if scene.response is not None:
        place = said(request, "place")
        found = likely_duplicates(
            actor_of(request), response_id=scene.response.pk, text=said(request, "text")[:500],
            place=place if place.isascii() and place.isdigit() and len(place) <= 9 else scene.area,
            phone=said(request, "phone")[:40], category=said(request, "category")[:64],
            requester=said(request, "requester")[:200], address=said(request, "address")[:200],
        )  # fmt: skip
    return render(request, "screens/verify/_similar.html", {"found": found, "now": clock.now()})


@route(MERGE_NEEDS)
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that wait for a person, the likeliest first."""
    scene = scene_for(request)
    rows = open_pairs(actor_of(request), scene.response.pk if scene.response else None)
    page = page_of(request)
    listed = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    shown = [{"pair": one, "words": words_of(one.signs)} for one in listed[:PAGE]]
    context = {"pairs": shown, "more": len(listed) > PAGE, "page_number": page, "scene": scene, "form": FindForm()}
    return render(request, "screens/verify/duplicates.html", context | {"now": clock.now()})


@route(MERGE_NEEDS)
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Two needs side by side by their codes, whether anybody had noticed them or not."""
    form = FindForm(request.GET)
    actor = actor_of(request)
    if form.is_valid():
        codes = [ids.parse_code(form.cleaned_data[name]) for name in ("one", "two")]
        rows = Need.objects.filter(scope(actor, MERGE_NEEDS), code__in=[code for code in codes if code])
        found = list(rows.select_related("contact"))
        if len(found) == 2:
            return redirect("verify:pair", pair_of(*found).pk)
        form.add_error(None, _("没有找到这两条求助，或者其中一条不归您看"))
    context = {"pairs": [], "form": form, "scene": scene_for(request), "page_number": 1, "now": clock.now()}
    return render(request, "screens/verify/duplicates.html", context, status=422)


@route(MERGE_NEEDS)
@require_GET
def pair(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Two needs side by side: what each says, which is kept, and for every difference whose word counts."""
    return _page(request, get_pair(actor_of(request), pk))


def _page(
    request: HttpRequest, row: DuplicatePair, *, status: int = 200, refusal: Refusal | None = None
) -> HttpResponse:
    keep, gone = _sides(row, said(request, "keep"))
    rows = side_by_side(keep, gone)
    chosen = {one.group: said(request, f"take_{one.group}") or one.proposed for one in rows}
    shown: dict[str, Any] = {
        "pair": row, "keep": keep, "gone": gone, "words": words_of(row.signs), "refusal": refusal,
        "rows": [asdict(one) | {"chosen": chosen[one.group]} for one in rows],
        "sides": (keep, gone), "check_lists": [checks_of(keep), checks_of(gone)],
        "open": keep.state in OPEN_NEEDS and gone.state in OPEN_NEEDS,
        "merged": next((one for one in (keep, gone) if one.state == NeedState.MERGED), None),
        "reason": said(request, "reason")[:300], "different": row.decision == Decision.DIFFERENT,
    }  # fmt: skip
    return render(request, "screens/verify/pair.html", shown, status=status)


def _sides(row: DuplicatePair, wanted: str) -> tuple[Need, Need]:
    """(kept, merged): as asked; else the verified one is kept, else the older."""
    first, second = row.first, row.second
    if wanted:
        return (second, first) if wanted == str(second.pk) else (first, second)
    if first.state == NeedState.MERGED or (second.verified_at is not None and first.verified_at is None):
        return second, first
    return first, second


def _version(request: HttpRequest, name: str) -> int:
    text = said(request, name)
    return int(text) if text.isdigit() and len(text) < 9 else 0


@route(MERGE_NEEDS)
@require_POST
def merge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Merge as chosen. A refusal shows the page again with what was chosen."""
    actor = actor_of(request)
    row = get_pair(actor, pk)
    keep, gone = _sides(row, said(request, "keep"))
    choices = {name: said(request, f"take_{name}") for name in GROUPS}
    try:
        merge_needs(
            actor=actor, keep=keep, gone=gone, expect_keep=_version(request, "keep_version"),
            expect_gone=_version(request, "gone_version"), choices=choices, now=clock.now(),
            reason=said(request, "reason")[:300],
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _page(request, get_pair(actor, pk), status=refusal.status, refusal=refusal)
    text = _("%(gone)s 已并入 %(keep)s") % {"gone": ids.format_code(gone.code), "keep": ids.format_code(keep.code)}
    request.session["undo"] = {"entry": f"m{gone.pk}", "text": text, "url": reverse("verify:undo")}
    messages.success(request, _("已合并。两条的历史都在，两个编号都能查进度。"))
    return redirect("verify:duplicates")


@route(MERGE_NEEDS)
@require_POST
def different(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Two pleas, not one: not proposed again."""
    row = get_pair(actor_of(request), pk)
    decide_different(actor=actor_of(request), pair=row)
    messages.success(request, _("记下了：不是同一件事，不再提示"))
    return redirect("verify:duplicates")


@route(MERGE_NEEDS)
@require_POST
def unmerge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a merge apart; neither loses anything, also not what was changed since."""
    gone = Need.objects.filter(scope(actor_of(request), MERGE_NEEDS), pk=pk).first()
    if gone is None:
        raise Refusal("not_found")
    unmerge_need(actor=actor_of(request), gone=gone, now=clock.now(), reason=said(request, "reason")[:300])
    messages.success(request, _("已拆开，两条都恢复了"))
    return redirect("verify:need", gone.pk)
