"""The moment a plan is made from: needs and offers that may be planned, what rules kept out, what is in force.

Mathematics: docs/methods/planning-desk.md. Ids in the tables are the ten-digit codes; no contact and no person's words
are read.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import Pin, Plan
from tongzhou.chain.planning.selectors.facts import Facts, facts_of, held_ids, today_of
from tongzhou.chain.planning.selectors.principles import orders_in
from tongzhou.chain.planning.selectors.underway import Key, Underway, underway
from tongzhou.chain.planning.services import compliance
from tongzhou.chain.planning.services.quantities import basis_of, engine_amounts
from tongzhou.chain.planning.types import Broken, LeftOutRule, Pair
from tongzhou.kernel import clock
from tongzhou.registers.catalogue.services import engine_catalogue
from tongzhou.registers.cover.selectors import covered_of, current
from tongzhou.registers.cover.spreading import Want, lies_in, spread
from tongzhou.registers.places.selectors import under
from tongzhou.registers.places.types import NATION
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer import NATION as ENGINE_NATION

__all__ = ["OpenNeed", "OpenOffer", "Out", "Snapshot", "engine_place", "read_snapshot"]

_NEED = (
    "code", "line", "place_id", "category_id", "organisation_id", "requester", "specification", "quantity_asked",
    "quantity_confirmed", "quantity_planned", "quantity_flag", "urgency", "urgency_order", "vulnerability", "needed_by",
    "created_at", "synthetic", "response_id",
)  # fmt: skip
_OFFER = (
    "code", "line", "place_id", "category_id", "organisation_id", "giver", "standard", "quantity", "quantity_confirmed",
    "may_go", "available_from", "available_until", "goods_expire_on", "earmark", "synthetic", "response_id", "team_id",
)  # fmt: skip


@dataclass(slots=True)
class OpenNeed:
    """A need that is planned: `planned` base units are open, worked out from `basis`."""

    need: Need
    planned: int
    basis: str


@dataclass(slots=True)
class OpenOffer:
    """An offer that is planned: `free` base units (None: unknown, never planned), the divisions it may serve."""

    offer: Offer
    free: int | None
    coverage: tuple[str, ...]
    limits: list[Broken]
    earmarked: bool


@dataclass(frozen=True, slots=True)
class Out:
    """What a rule kept out: the offer, the need or the pair."""

    broken: Broken
    offer: Offer | None = None
    need: Need | None = None


@dataclass
class Snapshot:
    """Everything a plan is made from. Keys of `needs` and `offers` are codes, of pairs (need code, offer code)."""

    as_of: dt.datetime
    catalogue: Catalogue
    orders: dict[str, tuple[str, ...]]
    needs: dict[str, OpenNeed] = field(default_factory=dict)
    offers: dict[str, OpenOffer] = field(default_factory=dict)
    left_out: list[Out] = field(default_factory=list)
    #: Approved, waiting to be accepted: free to be planned anew.
    previous: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Rows of the pairs of `previous` that are not planned any more.
    gone: dict[str, Any] = field(default_factory=dict)
    #: What people fixed (0: forbade), and why.
    pins: dict[tuple[str, str], int] = field(default_factory=dict)
    pin_reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Pairs a person forbade that would else be lawful: who, when and why, by need, then by offer.
    forbidden: dict[str, dict[str, Pair]] = field(default_factory=dict)
    #: Pins that cannot be carried out now: {need, offer, quantity, zh, en}.
    pins_aside: list[dict[str, Any]] = field(default_factory=list)
    #: Pairs closed by rules.
    closed: dict[tuple[str, str], Broken] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    #: Counts that go to the plan's figures.
    counts: dict[str, int] = field(default_factory=dict)

    def tables(self, pinned: bool = True) -> dict[str, pl.DataFrame | None]:
        """The engine's tables: needs, offers, pins, previous. `pinned` False leaves out what people fixed."""
        pins = dict.fromkeys(self.closed, 0) | (self.pins if pinned else {})
        # What has no known quantity is never planned, and the engine takes no pin of it.
        pins = {pair: units for pair, units in pins.items() if self.offers[pair[1]].free is not None}
        rows = [(need, offer, units) for (need, offer), units in sorted(pins.items())]
        in_force = [(offer, need, units) for (need, offer), units in sorted(self.previous.items())]
        return {
            "needs": self._needs(),
            "offers": self._offers(),
            "pins": pl.DataFrame(rows, schema=["need_id", "offer_id", "quantity"], orient="row") if rows else None,
            "previous": pl.DataFrame(
                in_force, schema={"offer_id": pl.String, "need_id": pl.String, "quantity": pl.Int64}, orient="row"
            )
            if in_force
            else None,
        }

    def _needs(self) -> pl.DataFrame:
        today = today_of(self.as_of)
        rows = []
        for code, one in sorted(self.needs.items()):
            need = one.need
            asked, confirmed = engine_amounts(need, one.planned, one.basis, self.catalogue)
            # A day that has passed is late already: help at any time is as good.
            due = need.needed_by.isoformat() if need.needed_by and need.needed_by >= today else None
            opened = min(clock.beijing(need.created_at).date(), today).isoformat()
            rows.append(
                (code, engine_place(need.place_id), need.category_id, urgency_of(need), asked, confirmed,
                 str(len(need.vulnerability or ())), opened, due)
            )  # fmt: skip
        text, number = pl.String, pl.Int64
        schema: Any = {
            "need_id": text, "place": text, "category": text, "urgency": number, "quantity": number,
            "confirmed": number, "vulnerability": text, "opened": text, "due": text,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _offers(self) -> pl.DataFrame:
        rows = []
        for code, one in sorted(self.offers.items()):
            offer = one.offer
            days = [day for day in (offer.available_until, offer.goods_expire_on) if day is not None]
            rows.append(
                (code, engine_place(offer.place_id), offer.category_id, one.free,
                 ";".join(engine_place(area) for area in one.coverage),
                 offer.available_from.isoformat() if offer.available_from else None,
                 min(days).isoformat() if days else None, "true" if offer.synthetic else "")
            )  # fmt: skip
        text = pl.String
        schema: Any = {
            "offer_id": text, "place": text, "category": text, "quantity": pl.Int64, "coverage": text, "from": text,
            "until": text, "synthetic": text,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema, orient="row")


def engine_place(code: str) -> str:
    """A division code as the engines write it: the nation is CN."""
    return ENGINE_NATION if code == NATION else code


def urgency_of(need: Need) -> int:
    """The class a need is planned in."""
    return need.urgency if need.urgency is not None else need.urgency_order


def scoped_needs(plan: Plan) -> Q:
    """Needs a plan is about, whatever their state."""
    found = Q(response_id=plan.response_id) & under("place_id", plan.area_id)
    if plan.line:
        found &= Q(line=plan.line)
    if plan.category_id:
        found &= Q(category_id=plan.category_id)
    return found


def read_snapshot(plan: Plan, now: dt.datetime) -> Snapshot:
    """Everything a plan of this scope is made from at this moment. A number of queries that does not grow."""
    found = Snapshot(now, engine_catalogue(plan.response_id), orders_in(plan.response_id))
    moved = underway(Q(need__response_id=plan.response_id))
    held = held_ids("need", now), held_ids("offer", now)
    in_scope = _in_scope(plan, moved)
    free = {
        key: units
        for key, units in moved.proposed().items()
        if key[0] in in_scope and key[0] not in held[0] and key[1] not in held[1]
    }
    taken_of_needs, taken_of_offers = moved.taken(free)
    _read_needs(found, plan, held[0], taken_of_needs)
    _take_cover(found, plan, held[0], moved)
    _read_offers(found, plan, held[1], taken_of_offers)
    _close_pairs(found)
    _previous(found, free)
    _pins(found, plan, moved)
    return found


def _in_scope(plan: Plan, moved: Underway) -> set[uuid.UUID]:
    """Of the needs with movements those the plan is about, closed ones too: what is in force for them is gone."""
    wanted = {need for need, _ in moved.proposed()}
    if not wanted:
        return set()
    return set(Need.objects.filter(scoped_needs(plan), pk__in=wanted).values_list("pk", flat=True))


def _read_needs(found: Snapshot, plan: Plan, held: set[uuid.UUID], taken: dict[uuid.UUID, int]) -> None:
    waiting = Need.objects.filter(scoped_needs(plan), state__in=(NeedState.RECEIVED, NeedState.WAITING))
    found.counts["unverified_needs"] = waiting.count()
    rows = Need.objects.filter(scoped_needs(plan), state=NeedState.VERIFIED)
    rows = rows.filter(Q(expires_at=None) | Q(expires_at__gt=found.as_of))
    looked_at = rows.filter(Q(submission=None) | Q(submission__held_reason=""))
    found.counts["held_needs"] = rows.count() - looked_at.count()
    underway_now = nothing = 0
    for need in looked_at.only(*_NEED).order_by("code").iterator(chunk_size=5000):
        if need.pk in held:
            zh, en = "核实员正在核实", "a verifier has it in hand"
            found.left_out.append(Out(Broken(LeftOutRule.ON_HOLD, zh, en), need=need))
        elif need.category_id is None or need.category_id not in found.catalogue:
            zh, en = "还没有类别", "it has no category yet"
            if need.category_id is not None:
                zh, en = "这次响应不收这一类", "this response does not take the category"
            found.left_out.append(Out(Broken(LeftOutRule.CATEGORY_UNKNOWN, zh, en), need=need))
        else:
            whole, basis = basis_of(need, found.catalogue[need.category_id])
            left = max(0, whole - taken.get(need.pk, 0))
            nothing += whole == 0
            underway_now += whole > 0 and left == 0
            if left:
                found.needs[need.code] = OpenNeed(need, left, basis)
    found.counts["underway"], found.counts["nothing_needed"] = underway_now, nothing


def _take_cover(found: Snapshot, plan: Plan, held: set[uuid.UUID], moved: Underway) -> None:
    """Take off what others cover; a need that is covered wholly is left out by name.

    Cover is spread over every need it reaches, those outside of the plan's scope too, by the one rule of
    `registers.cover.spreading`: a plan of one district gets what a plan of everything would give it.
    """
    covers = current(plan.response_id, today_of(found.as_of))
    if not covers:
        found.counts["covered_units_needs"] = 0
        return
    wants = [_want(one.need, one.planned) for one in found.needs.values()]
    wants += _wanted_elsewhere(found, plan, {str(one.category_id) for one in covers}, held, moved)
    given = spread(wants, covered_of(covers)).covered
    mine = {code: given[code] for code in sorted(found.needs) if given[code]}
    for code, units in mine.items():
        one = found.needs[code]
        one.planned -= units
        if one.planned == 0:
            del found.needs[code]
            who = sorted({_coverer(c) for c in covers if _covers(c, one.need)})
            zh, en = f"已由{'、'.join(who)}覆盖 {units:,}", f"covered by {', '.join(who)}: {units:,}"
            found.left_out.append(Out(Broken(LeftOutRule.COVERED, zh[:500], en[:500]), need=one.need))
    found.counts["covered_units_needs"] = len(mine)


def _want(need: Need, units: int) -> Want[str]:
    return Want(need.code, need.place_id, str(need.category_id), urgency_of(need), units)


def _wanted_elsewhere(
    found: Snapshot, plan: Plan, categories: set[str], held: set[uuid.UUID], moved: Underway
) -> list[Want[str]]:  # fmt: skip
    """Needs outside of the plan's scope that cover may be for, open as a plan of everything would find them."""
    whole = not plan.line and not plan.category_id and plan.area_id == plan.response.area_id
    if whole:
        return []
    every, _ = moved.taken({key for key in moved.proposed() if key[0] not in held})
    rows = _plannable(Q(response_id=plan.response_id) & ~scoped_needs(plan), found.as_of).exclude(pk__in=held)
    wants = []
    for need in rows.filter(category_id__in=categories).only(*_NEED).order_by("code").iterator(chunk_size=5000):
        if need.category_id in found.catalogue:
            units, _basis = basis_of(need, found.catalogue[str(need.category_id)])
            wants.append(_want(need, max(0, units - every.get(need.pk, 0))))
    return wants


def _plannable(scope: Q, now: dt.datetime) -> QuerySet[Need]:
    """Needs of a scope that may be planned: verified, not expired, not held back."""
    rows = Need.objects.filter(scope, state=NeedState.VERIFIED).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    return rows.filter(Q(submission=None) | Q(submission__held_reason=""))


def _coverer(cover: Any) -> str:
    return str(cover.by_name or (cover.organisation.name if cover.organisation else cover.get_by_display()))


def _covers(cover: Any, need: Need) -> bool:
    return cover.category_id == need.category_id and lies_in(need.place_id, cover.place_id)


def _read_offers(found: Snapshot, plan: Plan, held: set[uuid.UUID], taken: dict[uuid.UUID, int]) -> None:
    everywhere = Q(response_id=plan.response_id)
    if plan.line:
        everywhere &= Q(line=plan.line)
    if plan.category_id:
        serving = [c for c in found.catalogue.categories if plan.category_id in found.catalogue.compatible(c)]
        everywhere &= Q(category_id__in=serving)
    waiting = Offer.objects.filter(everywhere, state__in=(OfferState.RECEIVED, OfferState.WAITING))
    found.counts["unverified_offers"] = waiting.count()
    rows = list(Offer.objects.filter(everywhere, state=OfferState.VERIFIED).only(*_OFFER).order_by("code"))
    found.facts = facts = facts_of(rows, [one.need for one in found.needs.values()], found.as_of)
    today = today_of(found.as_of)
    unstated = 0
    for offer in rows:
        broken = _offer_out(offer, held, found) or compliance.broken_by_offer(offer, facts, today)
        if broken:
            found.left_out += [Out(one, offer=offer) for one in broken]
            continue
        organisation = facts.organisations.get(offer.organisation_id) if offer.organisation_id else None
        unstated += organisation is not None and not organisation.scopes
        whole = compliance.quantity_of(offer)
        left = None if whole is None else max(0, whole - taken.get(offer.pk, 0))
        if left == 0:
            continue
        found.offers[offer.code] = OpenOffer(
            offer, left, compliance.coverage_of(offer, facts), compliance.limits_of(offer, facts),
            compliance.intent_of(offer, facts).restricts,
        )  # fmt: skip
    found.counts["scope_unstated"] = unstated


def _offer_out(offer: Offer, held: set[uuid.UUID], found: Snapshot) -> list[Broken]:
    if offer.pk in held:
        return [Broken(LeftOutRule.ON_HOLD, "核实员正在核实", "a verifier has it in hand")]
    if offer.category_id is None:
        return [Broken(LeftOutRule.CATEGORY_UNKNOWN, "还没有类别", "it has no category yet")]
    if offer.category_id not in found.catalogue:
        return [Broken(LeftOutRule.CATEGORY_UNKNOWN, "这次响应不收这一类", "this response does not take the category")]
    return []


def _close_pairs(found: Snapshot) -> None:
    """Pairs that a rule closes though place, category and time would fit; an offer closed everywhere is left out."""
    by_category: dict[str, list[OpenNeed]] = defaultdict(list)
    asking: dict[str, list[OpenNeed]] = defaultdict(list)
    for one in found.needs.values():
        by_category[str(one.need.category_id)].append(one)
        if one.need.specification and compliance.asks_standard(one.need):
            asking[str(one.need.category_id)].append(one)
    today = today_of(found.as_of)
    for code, own in list(found.offers.items()):
        serves = found.catalogue.compatible(str(own.offer.category_id))
        intent = compliance.intent_of(own.offer, found.facts) if own.earmarked else None
        if intent is not None and intent.receivers:
            # Elsewhere nobody is meant: fewer pairs to close one by one.
            meant = [n for c in serves for n in by_category[c] if compliance.receives(n.need, intent, found.facts)]
            meant = [n for n in meant if compliance.inside(n.need.place_id, own.coverage)]
            own.coverage = compliance.outermost(n.need.place_id for n in meant)
            if not meant:
                names = "、".join(intent.receivers)
                zh = f"捐赠人指定给{names}，它眼下没有可以计划的需求"
                en = f"the donor gave it for {names}, who has no need that can be planned now"
                found.left_out.append(Out(Broken(LeftOutRule.EARMARK_RECEIVER, zh, en), offer=own.offer))
                del found.offers[code]
                continue
        pairwise = intent is not None and bool(intent.receivers or intent.categories)
        rows = by_category if pairwise else asking
        for need in (n for c in sorted(serves) for n in rows.get(c, ())):
            if compliance.inside(need.need.place_id, own.coverage):
                broken = compliance.broken_by_pair(own.offer, need.need, found.facts, today)
                if broken:
                    found.closed[need.need.code, code] = broken[0]


def _previous(found: Snapshot, free: dict[Key, int]) -> None:
    """The plan in force, by codes. Pairs of needs or offers that are not planned now are kept to be called gone."""
    needs = {key[0] for key in free}
    offers = {key[1] for key in free}
    need_of = {n.pk: n for n in Need.objects.filter(pk__in=needs).only(*_NEED)}
    offer_of = {o.pk: o for o in Offer.objects.filter(pk__in=offers).only(*_OFFER)}
    for (need, offer), units in free.items():
        pair = need_of[need].code, offer_of[offer].code
        found.previous[pair] = units
        found.gone[pair[0]], found.gone[pair[1]] = need_of[need], offer_of[offer]


def _pins(found: Snapshot, plan: Plan, moved: Underway) -> None:
    """What people fixed, less what of it is accepted or has arrived; what cannot be done now is set aside by name."""
    rows = Pin.objects.filter(response_id=plan.response_id, withdrawn_at=None).select_related("need", "offer")
    stock = {code: one.free for code, one in found.offers.items()}
    lack = {code: one.planned for code, one in found.needs.items()}
    in_scope = set(Need.objects.filter(scoped_needs(plan), pins__in=rows).values_list("pk", flat=True))
    for pin in rows.order_by("created_at", "id"):
        need, offer = pin.need.code, pin.offer.code
        left = max(0, pin.quantity - moved.of_pair(pin.need_id, pin.offer_id))
        if pin.need_id not in in_scope:
            continue
        why = _pin_fault(found, need, offer, left, lack, stock)
        if why is not None:
            if left:
                aside = {"need": need, "offer": offer, "quantity": left, "zh": why[0], "en": why[1]}
                found.pins_aside.append(aside)
            continue
        found.pins[need, offer] = left
        found.pin_reasons[need, offer] = pin.reason
        if not pin.quantity and _pin_fault(found, need, offer, 1, {need: 1}, {offer: 1}) is None:
            found.forbidden.setdefault(need, {})[offer] = _said(pin)
        lack[need] -= left
        stock[offer] = (stock[offer] or 0) - left if left else stock[offer]


def _said(pin: Pin) -> Pair:
    """Who forbade a pair, when (Beijing time) and why."""
    when, by = f"{clock.beijing(pin.created_at):%Y-%m-%d %H:%M}", pin.by_name
    return f"{by or '人工'}，{when}：{pin.reason}", f"{by or 'by hand'}, {when}: {pin.reason}"


def _pin_fault(
    found: Snapshot, need: str, offer: str, units: int, lack: dict[str, int], stock: dict[str, int | None]
) -> tuple[str, str] | None:
    """Why a pin cannot be carried out now, None when it can."""
    if need not in found.needs or offer not in found.offers:
        one = need if need not in found.needs else offer
        return f"{one} 现在不能计划", f"{one} cannot be planned now"
    own = found.offers[offer]
    if units == 0:
        return None
    if own.free is None:
        return "供给没有说明数量", "the offer names no quantity"
    if found.needs[need].need.category_id not in found.catalogue.compatible(str(own.offer.category_id)):
        return "类别不符", "the category does not fit"
    if not compliance.inside(found.needs[need].need.place_id, own.coverage):
        return "不在供给可以去的地方", "the place is outside the offer's coverage"
    if (need, offer) in found.closed:
        broken = found.closed[need, offer]
        return broken.text_zh, broken.text_en
    if not _in_time(found, need, own.offer):
        return "时间对不上", "the time windows do not overlap"
    if units > (stock[offer] or 0):
        return f"供给还剩 {stock[offer] or 0:,}，不够", f"only {stock[offer] or 0:,} of the offer is free"
    if units > lack[need]:
        return f"需求还缺 {lack[need]:,}，不到固定的量", f"the need lacks only {lack[need]:,}"
    return None


def _in_time(found: Snapshot, need: str, offer: Offer) -> bool:
    due = found.needs[need].need.needed_by
    if due is None or due < today_of(found.as_of) or offer.available_from is None:
        return True
    return offer.available_from <= due
