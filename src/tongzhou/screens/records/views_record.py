"""The page of one record: everything about it but how to reach anybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongzhou.chain.dispatch.selectors.words import giver_of, how_much, receiver_of
from tongzhou.chain.intake.models import Lead, Need, Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.selectors.said import item_words
from tongzhou.chain.intake.selectors.trail import TrailLine, trail_of, value_words
from tongzhou.chain.intake.services import editing
from tongzhou.chain.intake.types import OPEN_NEEDS, ForWhom, LeadState, NeedState, OfferState, Vulnerability
from tongzhou.flows.undo_change import can_undo
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, allows, route
from tongzhou.screens.records.columns import TONES, who_asks
from tongzhou.screens.records.kinds import Kind
from tongzhou.screens.records.requests import actor_of
from tongzhou.screens.records.selectors import assigned_of, checks_of, figures_of, lookalikes, merged_here
from tongzhou.screens.records.views_list import View

__all__ = ["address_or_none", "record"]


def address_or_none(name: str, *args: Any) -> str:
    """The address of a page that may not be there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def record(kind: Kind) -> View:
    """The record page of a kind. The code may be typed with blanks or hyphens."""

    @route(kind.list_act)
    @require_GET
    def view(request: HttpRequest, code: str) -> HttpResponse:
        actor = actor_of(request)
        found = kind.read(actor, code)
        if code != found.code:
            return redirect(f"records:{kind.name}", found.code)
        may_change = allows(actor, editing.change_act(found), **target_of(found))
        lines = [
            {"line": line, "undo": may_change and not line.undone and can_undo(actor, line.entry, found)}
            for line in trail_of(found)
        ]
        said = {
            "kind": kind,
            "record": found,
            "title": item_words(found) or getattr(found, "source_name", ""),
            "lines": lines,
            "tone": TONES.get(found.state, ""),
            "figures": figures_of(found),
            "assigned": _assigned(actor, found),
            "facts": _facts(found),
            "checks": (checks := checks_of(found)),
            "verified": None if checks else _verified(found, lines),
            "alike": lookalikes(actor, found),
            "merged": merged_here(actor, found),
            "may_change": may_change,
            "may_move": may_change and bool(editing.moves(found)),
            "may_promote": may_change and isinstance(found, Lead) and found.state in (LeadState.NEW, LeadState.CALLED),
            "links": _links(found),
        }
        return render(request, "screens/records/record.html", said)

    return view


def _verified(one: Need | Offer | Lead, lines: list[dict[str, Any]]) -> dict[str, Any] | None:
    """How a record without a check of its own came to be verified, as the trail has it; None when it is not."""
    if isinstance(one, Lead) or one.state not in (NeedState.VERIFIED, OfferState.VERIFIED):
        return None

    def made_so(line: TrailLine) -> bool:
        pair = line.entry.changes.get("state")
        return not line.undone and isinstance(pair, list) and pair[-1] == one.state

    found = next((said["line"] for said in lines if made_so(said["line"])), None)
    return {"line": found, "at": one.verified_at}


def _assigned(actor: Actor, one: Need | Offer | Lead) -> list[dict[str, Any]]:
    """The assignments of a record: what, how much, who on the other side, how it stands."""
    other = giver_of if isinstance(one, Need) else receiver_of
    return [
        {
            "one": row, "amount": how_much(row.category, row.quantity), "other": other(row),
            "href": address_or_none("assignments:one", row.code),
        }
        for row in assigned_of(actor, one)
    ]  # fmt: skip


_NEED_FACTS = ("specification", "urgency_said", "quantity_flag", "needed_by", "days_left", "prescription", "for_whom")
_OFFER_FACTS = (
    "specification",
    "standard",
    "may_go",
    "available_from",
    "available_until",
    "goods_expire_on",
    "can_deliver",
    "earmark",
)
_LEAD_FACTS = ("source_name", "called_at")
_ALL_FACTS = (
    "state_reason",
    "solved_by",
    "verified_at",
    "stale_at",
    "expires_at",
    "line",
    "channel",
    "created_at",
    "updated_at",
)


def _facts(one: Need | Offer | Lead) -> list[tuple[str, Any]]:
    """Field and value, in words; what nobody said is left out."""
    from tongzhou.chain.intake.selectors.trail import field_word

    names = _NEED_FACTS if isinstance(one, Need) else _OFFER_FACTS if isinstance(one, Offer) else _LEAD_FACTS
    found: list[tuple[str, Any]] = [
        (_("地方"), one.place.full_label + ("" if one.place_certain else _("（没有写清）")))
    ]
    if isinstance(one, Need):
        found.append((_("谁需要"), who_asks(one)))
        if one.for_whom == ForWhom.FACILITY and one.site is not None:
            found.append((_("地点"), one.site.label))
        if one.vulnerability:
            words = dict(Vulnerability.choices)
            found.append((_("困难情况"), "、".join(str(words.get(value, value)) for value in one.vulnerability)))
    elif isinstance(one, Offer):
        found.append((_("谁提供"), one.giver or _("个人")))
    if one.category:
        found.append((_("类别"), one.category.label))
    labels = {"created_at": _("收到"), "updated_at": _("最后变动")}
    for name in (*names, *_ALL_FACTS):
        value = getattr(one, name, None)
        if value not in (None, "", []):
            shown = value if hasattr(value, "hour") else value_words(one, name, value)
            found.append((labels.get(name) or field_word(name), shown))
    return found


def _links(one: Need | Offer | Lead) -> list[tuple[str, str]]:
    """Other pages about it: its card, how the asker sees it, where it is verified."""
    found = []
    if isinstance(one, Need):
        found.append((_("活卡片（可转发，不含联系方式）"), address_or_none("cards:card", one.code)))
        if one.state in OPEN_NEEDS:
            found.append((_("去核实"), address_or_none("verify:need", one.pk) or address_or_none("verify:queue")))
    if not isinstance(one, Lead) and one.submission is not None:
        found.append((_("对方看到的进度"), address_or_none("progress:public", one.submission.code)))
    if isinstance(one, Lead) and one.offer is not None:
        found.append(
            (
                _("成为的供给 %(code)s") % {"code": ids.format_code(one.offer.code)},
                reverse("records:offer", args=[one.offer.code]),
            )
        )
    return [(text, href) for text, href in found if href]
