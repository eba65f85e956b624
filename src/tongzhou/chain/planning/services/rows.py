"""From the engine's plan to the rows of the desk: needs, offers, lines beside the plan in force, what was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.models import LeftOut, Plan, PlanLine, PlanNeed, PlanOffer
from tongzhou.chain.planning.services.quantities import basis_of
from tongzhou.chain.planning.services.reasons import LineReasons
from tongzhou.chain.planning.services.snapshot import Out, Snapshot, engine_place, urgency_of
from tongzhou.chain.planning.types import Change, Pair
from tongzhou.kernel import ids
from tongzhou_engines.allocation import Plan as Made
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = ["FORBIDDEN", "Rows", "left_out_rows", "rows_of"]

#: Why a need goes short that an offer could help, were the pair not forbidden by hand.
FORBIDDEN = "forbidden"
#: Pairs forbidden by hand that one gap names.
_MOST_NAMED = 3
_CODE = re.compile(r"(?<!\d)\d{10}(?!\d)")


@dataclass
class Rows:
    """Unsaved rows of a plan."""

    needs: list[PlanNeed] = field(default_factory=list)
    offers: list[PlanOffer] = field(default_factory=list)
    lines: list[PlanLine] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def rows_of(plan: Plan, snapshot: Snapshot, made: Made) -> Rows:
    """Every row of a plan, unsaved, in the order people read it: the most urgent first."""
    served: dict[str, int] = {}
    given: dict[str, int] = {}
    for row in made.assignments.iter_rows(named=True):
        served[row["need_id"]] = served.get(row["need_id"], 0) + row["quantity"]
        given[row["offer_id"]] = given.get(row["offer_id"], 0) + row["quantity"]
    return Rows(
        needs=_needs(plan, snapshot, made, served),
        offers=_offers(plan, snapshot, made, given),
        lines=_lines(plan, snapshot, made),
        left_out=left_out_rows(plan, snapshot.left_out),
    )


def left_out_rows(plan: Plan, left_out: list[Out]) -> list[LeftOut]:
    """What rules kept out."""
    return [
        LeftOut(
            plan=plan, offer=one.offer, need=one.need, rule=one.broken.rule, text_zh=one.broken.text_zh[:500],
            text_en=one.broken.text_en[:500],
        )
        for one in left_out
    ]  # fmt: skip


def _needs(plan: Plan, snapshot: Snapshot, made: Made, served: dict[str, int]) -> list[PlanNeed]:
    lacking = {row["need_id"]: row for row in made.unmet.iter_rows(named=True)}
    left = _left_by_hand(snapshot, made)
    order = sorted(snapshot.needs.values(), key=lambda n: (urgency_of(n.need), n.need.place_id, n.need.code))
    out = []
    for one in order:
        need, lack = one.need, lacking.get(one.need.code)
        zh, en = _gap_texts(snapshot, need.code, lack, left) if lack else ("", "")
        out.append(
            PlanNeed(
                plan=plan, need=need, place_id=need.place_id, category_id=str(need.category_id),
                urgency=urgency_of(need), asked=need.quantity_asked, planned=one.planned, basis=one.basis,
                served=served.get(need.code, 0),
                reason=_gap_reason(snapshot, need.code, lack, left) if lack else "",
                bottleneck=lack["bottleneck"] if lack else "", text_zh=zh, text_en=en,
            )
        )  # fmt: skip
    return out


def _left_by_hand(snapshot: Snapshot, made: Made) -> dict[str, int]:
    """Base units the plan leaves unused of the offers that a person forbade somewhere."""
    offers = {offer for by in snapshot.forbidden.values() for offer in by}
    left = {offer: snapshot.offers[offer].free or 0 for offer in offers}
    if left:
        for offer, units in made.assignments.select("offer_id", "quantity").iter_rows():
            if offer in left:
                left[offer] -= units
    return left


def _gap_reason(snapshot: Snapshot, code: str, lack: dict[str, Any], left: dict[str, int]) -> str:
    """The engine's reason. Where a person, not a rule, keeps an offer away, that is said: it needs no authority.

    The engine knows a forbidden pair as one that is not there, so where a part comes from elsewhere it names what binds
    the rest; an offer that is forbidden here and still has something would have filled it.
    """
    reason = str(lack["reason"])
    by_hand = (snapshot.pins.get((code, offer)) == 0 for offer in lack["bottleneck"].split(";"))
    if reason == "not_authorised" and any(by_hand):
        return FORBIDDEN
    return FORBIDDEN if any(left[offer] > 0 for offer in snapshot.forbidden.get(code, ())) else reason


def _gap_texts(snapshot: Snapshot, code: str, lack: dict[str, Any], left: dict[str, int]) -> Pair:
    """The engine's reason, after what a person forbade here: which offer, what it still has, who, when and why."""
    parts: list[Pair] = []
    for offer, (who_zh, who_en) in sorted(snapshot.forbidden.get(code, {}).items())[:_MOST_NAMED]:
        rest_zh = f"，它还有 {left[offer]:,} 没派" if left[offer] > 0 else ""
        rest_en = f"; {left[offer]:,} of it are not sent anywhere" if left[offer] > 0 else ""
        own_zh, own_en = _named(snapshot, offer)
        zh, en = f"{own_zh}被人工禁止给这里（{who_zh}）", f"{own_en} was forbidden here by hand ({who_en})"
        parts.append((zh + rest_zh, en + rest_en))
    parts.append(_rule_texts(snapshot, code, lack))
    return "；".join(zh for zh, _ in parts), "; ".join(en for _, en in parts)


def _named(snapshot: Snapshot, code: str) -> Pair:
    """An offer by its giver's public name, with its code as people say it; a private person is never named."""
    own, spoken = snapshot.offers.get(code), ids.format_code(code)
    giver = own.offer.giver if own is not None else ""
    if giver:
        return f"{giver}的供给（{spoken}）", f"the offer of {giver} ({spoken})"
    return (f"个人的供给（{spoken}）", f"a person's offer ({spoken})") if own is not None else (code, code)


def _rule_texts(snapshot: Snapshot, code: str, lack: dict[str, Any]) -> Pair:
    """The engine's reason; where a rule of ours stands behind "may not come here", that rule is named as well."""
    # The engine knows offers by their codes only.
    zh = _CODE.sub(lambda found: _named(snapshot, found[0])[0], lack["text_zh"])
    en = _CODE.sub(lambda found: _named(snapshot, found[0])[1], lack["text_en"])
    if lack["reason"] != "not_authorised":
        return zh, en
    for offer in filter(None, lack["bottleneck"].split(";")):
        own_zh, own_en = _named(snapshot, offer)
        broken = snapshot.closed.get((code, offer))
        if broken is not None:
            # The engine knows closed pairs only as closed by hand, which these are not.
            zh = zh.replace("；规则：人工固定", "").replace("都被人工禁止或固定", "都不能给它")
            en = en.replace("; rule: pins", "").replace("forbidden or fixed by hand: ", "may not serve it: ")
            return f"{zh}；{own_zh}：{broken.text_zh}", f"{en}; {own_en}: {broken.text_en}"
        own = snapshot.offers.get(offer)
        if own is not None and own.limits:
            return f"{zh}；{own_zh}：{own.limits[0].text_zh}", f"{en}; {own_en}: {own.limits[0].text_en}"
    return zh, en


def _offers(plan: Plan, snapshot: Snapshot, made: Made, given: dict[str, int]) -> list[PlanOffer]:
    held = {row["offer_id"]: row for row in made.holds.iter_rows(named=True)}
    closed = {offer: broken for (_, offer), broken in snapshot.closed.items()}
    part = bool(plan.line or plan.category_id) or plan.area_id != plan.response.area_id
    out = []
    for code, own in sorted(snapshot.offers.items()):
        hold = held.get(code)
        zh, en = (hold["text_zh"], hold["text_en"]) if hold else ("", "")
        if hold and hold["reason"] == "may_not_go_where_needed":
            why = [closed[code]] if code in closed else own.limits
            if why:
                zh, en = f"有地方还缺，但{why[0].text_zh}", f"needed elsewhere, but {why[0].text_en}"
        if hold and part and hold["reason"] == "not_needed":
            zh, en = f"就本计划的范围而言：{zh}", f"within the scope of this plan: {en}"
        out.append(
            PlanOffer(
                plan=plan, offer=own.offer, place_id=own.offer.place_id, category_id=str(own.offer.category_id),
                free=own.free, given=given.get(code, 0), reason=hold["reason"] if hold else "",
                held=hold["quantity"] if hold else None, text_zh=zh, text_en=en, earmarked=own.earmarked,
            )
        )  # fmt: skip
    return out


def _lines(plan: Plan, snapshot: Snapshot, made: Made) -> list[PlanLine]:
    cells = {(row["place"], row["category"], row["urgency"]): (row["demand"], row["served"]) for row in _cells(made)}
    reasons = LineReasons(snapshot, cells)
    out: list[PlanLine] = []
    planned: set[tuple[str, str]] = set()
    for row in made.assignments.iter_rows(named=True):
        pair = row["need_id"], row["offer_id"]
        planned.add(pair)
        one, own, was = snapshot.needs[pair[0]], snapshot.offers[pair[1]], snapshot.previous.get(pair)
        zh, en = reasons(one, own, row["reach"], row["quantity"])
        change = Change.NEW if was is None else Change.KEPT if was == row["quantity"] else Change.CHANGED
        out.append(
            _line(plan, one.need, own.offer, one.basis, quantity=row["quantity"], was=was, change=change,
                  reach=row["reach"], reason_zh=zh, reason_en=en, pinned=bool(snapshot.pins.get(pair)))
        )  # fmt: skip
    for pair, was in snapshot.previous.items():
        if pair not in planned:
            out.append(_gone(plan, snapshot, pair, was))
    out.sort(key=lambda line: (line.urgency, line.place_id, line.need.code, line.offer.code))
    return out


def _cells(made: Made) -> list[dict[str, Any]]:
    """Cells of one place, category and class added up: windows and closed pairs split them further."""
    grouped = made.cells.group_by("place", "category", "urgency").agg(_sum("demand"), _sum("served"))
    return grouped.to_dicts()


def _sum(column: str) -> Any:
    import polars as pl

    return pl.col(column).sum()


def _gone(plan: Plan, snapshot: Snapshot, pair: tuple[str, str], was: int) -> PlanLine:
    need: Need = snapshot.gone[pair[0]]
    offer: Offer = snapshot.gone[pair[1]]
    tree = PlaceTree.builtin()
    zh, en = "按现在的需求和供给，这一对不再需要", "as needs and offers stand now this pair is not wanted any more"
    if pair[0] not in snapshot.needs:
        zh, en = "这条需求现在不用再派", "nothing more is to be sent to this need"
    elif pair[1] not in snapshot.offers:
        zh, en = "这个供给现在不能再派", "this offer cannot be sent now"
    category = snapshot.catalogue.categories.get(str(need.category_id))
    basis = snapshot.needs[pair[0]].basis if pair[0] in snapshot.needs else ""
    if not basis and category is not None:
        basis = basis_of(need, category)[1]
    reach = tree.reach(engine_place(offer.place_id), engine_place(need.place_id))
    return _line(
        plan, need, offer, basis or "unknown", quantity=0, was=was, change=Change.GONE, reach=reach,
        reason_zh=f"{zh}。", reason_en=f"{en[0].upper()}{en[1:]}.",
    )  # fmt: skip


def _line(plan: Plan, need: Need, offer: Offer, basis: str, **said: Any) -> PlanLine:
    return PlanLine(
        plan=plan, need=need, offer=offer, line=need.line, place_id=need.place_id,
        category_id=str(need.category_id or offer.category_id), urgency=urgency_of(need), basis=basis, **said,
    )  # fmt: skip
