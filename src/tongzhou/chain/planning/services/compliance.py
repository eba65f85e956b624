"""The rules that keep an offer or a pair out of a plan, asked again at approval and when somebody accepts.

Pure functions of an offer, a need and the facts about them (`selectors.facts`); `require_lawful` reads the facts for
one pair. What a rule finds is named with the fact, in both languages, so that people know whose cause to remove.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from functools import reduce

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.planning.selectors.facts import Facts, OrganisationFacts, facts_of, today_of
from tongzhou.chain.planning.services.intent import Intent, read_intent
from tongzhou.chain.planning.services.licences import lacking, licence_name
from tongzhou.chain.planning.services.standards import named_standards, satisfies
from tongzhou.chain.planning.types import Broken, LeftOutRule
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.types import StandingState
from tongzhou.registers.places.types import NATION
from tongzhou_engines.catalogue import Catalogue
from tongzhou_engines.gazetteer import NATION as ENGINE_NATION
from tongzhou_engines.gazetteer.names import squeeze
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = [
    "asks_standard", "broken_by_offer", "broken_by_pair", "coverage_of", "inside", "intent_of", "limits_of",
    "outermost", "quantity_of", "receives", "require_lawful",
]  # fmt: skip

_STANDING: dict[str, tuple[str, str]] = {
    "unverified": ("材料还没有核实", "papers not verified yet"),
    StandingState.SUSPENDED: ("已暂停", "suspended"),
    StandingState.REVOKED: ("已撤销资格", "revoked"),
    StandingState.EXPIRED: ("已到期", "expired"),
}


def quantity_of(offer: Offer) -> int | None:
    """Base units an offer holds: confirmed, else as said; None when nobody knows."""
    return offer.quantity_confirmed if offer.quantity_confirmed is not None else offer.quantity


def intent_of(offer: Offer, facts: Facts) -> Intent:
    """The donor's intent as it can be read."""
    return read_intent(offer.earmark, facts.names) if offer.earmark else Intent()


def broken_by_offer(offer: Offer, facts: Facts, today: dt.date) -> list[Broken]:
    """The rules an offer breaks wherever it would go; empty when it may be planned with."""
    found: list[Broken] = []
    organisation = facts.organisations.get(offer.organisation_id) if offer.organisation_id else None
    if organisation is not None and organisation.standing != StandingState.CURRENT:
        zh, en = _STANDING.get(organisation.standing, (organisation.standing, organisation.standing))
        found.append(Broken(LeftOutRule.STANDING, f"{organisation.name}：{zh}", f"{organisation.name}: {en}"))
    if organisation is not None and not _scope_areas(offer, organisation):
        zh, en = _category(offer.category_id)
        found.append(
            Broken(
                LeftOutRule.SCOPE,
                f"{organisation.name}登记的业务范围里没有“{zh}”",
                f"“{en}” is not in the registered scope of {organisation.name}",
            )
        )
    found += _licence(offer, organisation, facts)
    found += _dates(offer, today)
    intent = intent_of(offer, facts)
    if intent.unread:
        found.append(
            Broken(
                LeftOutRule.EARMARK_UNREAD,
                f"捐赠意愿里“{intent.unread}”没有读懂；请改写成地区、单位或类别的名称",
                f"“{intent.unread}” in the donor's intent is not understood; name places, receivers or categories",
            )
        )
    if not found and not coverage_of(offer, facts):
        found.append(_nowhere(offer, intent))
    return found


def _licence(offer: Offer, organisation: OrganisationFacts | None, facts: Facts) -> list[Broken]:
    needed = facts.licences.get(offer.category_id or "", ())
    missing = lacking(needed, organisation.papers if organisation else frozenset())
    if not missing:
        return []
    zh, en = licence_name(missing[0])
    who, who_en = (organisation.name, organisation.name) if organisation else ("供给方", "the giver")
    return [
        Broken(
            LeftOutRule.LICENCE,
            f"需要：{zh}；{who}没有核实过的对应材料",
            f"needed: {en}; no verified paper of {who_en} answers it",
        )
    ]


def _dates(offer: Offer, today: dt.date) -> list[Broken]:
    if offer.goods_expire_on is not None and offer.goods_expire_on < today:
        day = offer.goods_expire_on.isoformat()
        return [Broken(LeftOutRule.SHELF_LIFE, f"有效期到 {day}，已过", f"good until {day}, which is over")]
    if offer.available_until is not None and offer.available_until < today:
        day = offer.available_until.isoformat()
        return [Broken(LeftOutRule.SHELF_LIFE, f"只提供到 {day}，已过", f"offered until {day} only, which is over")]
    return []


def _nowhere(offer: Offer, intent: Intent) -> Broken:
    """The places an offer may go, its organisation's scope and the donor's places have nothing in common."""
    rule = LeftOutRule.EARMARK_PLACE if intent.places else LeftOutRule.SCOPE
    return Broken(
        rule,
        "可以去的地方、组织登记的地域和捐赠人指定的地区没有交集",
        "the places it may go, the registered area and the places the donor named have nothing in common",
    )


def broken_by_pair(offer: Offer, need: Need, facts: Facts, today: dt.date) -> list[Broken]:
    """The rules an offer breaks for this need; empty when the pair is lawful as far as the offer itself is."""
    found: list[Broken] = []
    intent = intent_of(offer, facts)
    organisation = facts.organisations.get(offer.organisation_id) if offer.organisation_id else None
    place = need.place_id
    if offer.may_go and not inside(place, _prefixes(offer.may_go)):
        found.append(Broken(LeftOutRule.SCOPE, "供给方没有说可以去那里", "the giver did not say that it may go there"))
    if organisation is not None and (areas := _scope_areas(offer, organisation)) and not inside(place, areas):
        found.append(
            Broken(
                LeftOutRule.SCOPE,
                f"不在{organisation.name}登记的地域内",
                f"outside the registered area of {organisation.name}",
            )
        )
    if intent.places and not inside(place, intent.places):
        zh, en = _places(intent.places)
        found.append(Broken(LeftOutRule.EARMARK_PLACE, f"捐赠人指定给{zh}", f"the donor gave it for {en}"))
    if intent.receivers and not receives(need, intent, facts):
        names = "、".join(intent.receivers)
        found.append(Broken(LeftOutRule.EARMARK_RECEIVER, f"捐赠人指定给{names}", f"the donor gave it for {names}"))
    if intent.categories and need.category_id not in intent.categories:
        both = [_category(one) for one in intent.categories]
        zh, en = "、".join(one[0] for one in both), ", ".join(one[1] for one in both)
        found.append(Broken(LeftOutRule.EARMARK_CATEGORY, f"捐赠人指定用于{zh}", f"the donor gave it for {en}"))
    return found + _standard(offer, need)


def _standard(offer: Offer, need: Need) -> list[Broken]:
    if not need.specification or satisfies(_marks(offer), need.specification):
        return []
    wanted = need.specification.strip()[:80]
    marked = offer.standard.strip()[:80]
    zh = f"供给标的是 {marked}" if named_standards(marked) else "供给没有写明标准"
    en = f"the goods are marked {marked}" if named_standards(marked) else "the goods name no standard"
    return [Broken(LeftOutRule.STANDARD, f"接受方要求 {wanted}，{zh}", f"the receiver asks for {wanted}; {en}")]


def _marks(offer: Offer) -> str:
    """The standard on the goods; where none is written, those of the category that a verifier confirmed."""
    if named_standards(offer.standard):
        return offer.standard
    known = Catalogue.builtin().categories.get(offer.category_id or "")
    return ";".join(known.standards) if known else ""


def asks_standard(need: Need) -> bool:
    """True when the receiver names a technical standard."""
    return bool(named_standards(need.specification))


def receives(need: Need, intent: Intent, facts: Facts) -> bool:
    """True when the need is of a receiver the donor named (any, when none was named)."""
    if not intent.receivers:
        return True
    own = set(facts.names_of.get(need.organisation_id, ())) if need.organisation_id else set()
    if need.requester:
        own.add(squeeze(need.requester))
    return bool(own & set(intent.receivers))


def limits_of(offer: Offer, facts: Facts) -> list[Broken]:
    """What narrows the places an offer may go, in words: the registered area, the donor's places and receivers."""
    found: list[Broken] = []
    organisation = facts.organisations.get(offer.organisation_id) if offer.organisation_id else None
    intent = intent_of(offer, facts)
    if organisation is not None and (areas := _scope_areas(offer, organisation)) != (NATION,):
        zh, en = _places(areas)
        found.append(
            Broken(
                LeftOutRule.SCOPE,
                f"{organisation.name}登记的地域是{zh}",
                f"the registered area of {organisation.name} is {en}",
            )
        )
    if intent.places:
        zh, en = _places(intent.places)
        found.append(Broken(LeftOutRule.EARMARK_PLACE, f"捐赠人指定给{zh}", f"the donor gave it for {en}"))
    if intent.receivers:
        names = "、".join(intent.receivers)
        found.append(Broken(LeftOutRule.EARMARK_RECEIVER, f"捐赠人指定给{names}", f"the donor gave it for {names}"))
    if intent.categories:
        both = [_category(one) for one in intent.categories]
        zh, en = "、".join(one[0] for one in both), ", ".join(one[1] for one in both)
        found.append(Broken(LeftOutRule.EARMARK_CATEGORY, f"捐赠人指定用于{zh}", f"the donor gave it for {en}"))
    return found


def coverage_of(offer: Offer, facts: Facts) -> tuple[str, ...]:
    """The divisions an offer may serve: where it may go, where its organisation may work, where the donor wants it.

    Outermost codes, sorted; empty when they have nothing in common.
    """
    organisation = facts.organisations.get(offer.organisation_id) if offer.organisation_id else None
    bounds = [_prefixes(offer.may_go) or (NATION,), intent_of(offer, facts).places or (NATION,)]
    if organisation is not None:
        bounds.append(_scope_areas(offer, organisation))
    return reduce(_meet, bounds)


def _prefixes(codes: Iterable[object]) -> tuple[str, ...]:
    written = (str(code).strip() for code in codes)
    return tuple(NATION if code in ("", NATION, ENGINE_NATION) else code for code in written)


def _scope_areas(offer: Offer, organisation: OrganisationFacts) -> tuple[str, ...]:
    """Where the organisation is registered to do this; everywhere when it stated no scope at all."""
    if not organisation.scopes:
        return (NATION,)
    mine = (area for category, line, area in organisation.scopes if _covers(offer, category, line))
    return tuple(sorted(set(mine)))


def _covers(offer: Offer, category: str, line: str) -> bool:
    if category:
        return category == offer.category_id
    return line in ("", offer.line)


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Divisions that lie in both sets of subtrees, outermost only."""
    return outermost({a for a in one if inside(a, other)} | {b for b in other if inside(b, one)})


def outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """The divisions that lie in no other of them, sorted."""
    found = set(codes)
    return tuple(sorted(a for a in found if not any(a != b and inside(a, (b,)) for b in found)))


def inside(place: str, areas: Iterable[str]) -> bool:
    """True when a division lies at or below one of `areas` (0 is the nation)."""
    return any(area == NATION or place.startswith(area) for area in areas)


def _category(key: str | None) -> tuple[str, str]:
    known = Catalogue.builtin().categories.get(key or "")
    return (known.name_zh, known.name_en) if known else (key or "", key or "")


def _places(codes: Iterable[str]) -> tuple[str, str]:
    tree = PlaceTree.builtin()
    written = [ENGINE_NATION if code == NATION else code for code in codes]
    zh = "、".join(tree.path(code) if code in tree else code for code in written)
    return zh, "; ".join(tree.path(code, "en") if code in tree else code for code in written)


def require_lawful(*, need: Need, offer: Offer, now: dt.datetime) -> None:
    """Raise ``Refusal("pair_unlawful")`` with the first rule broken by this offer or this pair at this moment."""
    facts, today = facts_of([offer], [need], now), today_of(now)
    broken = broken_by_offer(offer, facts, today) or broken_by_pair(offer, need, facts, today)
    if broken:
        raise Refusal("pair_unlawful", why=broken[0].text_zh, why_en=broken[0].text_en, rule=broken[0].rule)
    if not _fits(offer, need):
        raise Refusal("pair_unlawful", why="类别不符", why_en="the category does not fit", rule="category")


def _fits(offer: Offer, need: Need) -> bool:
    known: uuid.UUID | str | None = offer.category_id
    catalogue = Catalogue.builtin()
    return bool(known) and known in catalogue and need.category_id in catalogue.compatible(str(known))
