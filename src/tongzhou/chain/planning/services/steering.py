"""What people decide about planning: pins, the order of principles, approvals given in advance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongzhou.chain.intake.models import Need, Offer
from tongzhou.chain.intake.policies import target_of
from tongzhou.chain.intake.types import NeedState, OfferState
from tongzhou.chain.planning.models import Pin, PrincipleChoice, StandingApproval
from tongzhou.chain.planning.policies import GIVE_STANDING, SET_PRINCIPLES, STEER_PLAN, standing_target
from tongzhou.chain.planning.services.compliance import quantity_of, require_lawful
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import LINE_OF_KIND
from tongzhou.registers.people.models import Team
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION
from tongzhou.registers.responses.models import Response
from tongzhou_engines.allocation import DEFAULT_ORDER, parse_order
from tongzhou_engines.base.errors import InputError

_LINES = {str(kind): str(line) for kind, line in LINE_OF_KIND.items()}

__all__ = ["choose_principles", "give_standing", "set_pin", "withdraw_pin", "withdraw_standing"]


@transaction.atomic
def set_pin(*, actor: Actor, need: Need, offer: Offer, quantity: int, reason: str, now: dt.datetime) -> Pin:
    """Fix a pair (`quantity` base units) or forbid it (0) for every later plan; a present pin of the pair is replaced.

    Raises ``not_found``, ``bad_form``, ``pin_bad`` (and says why), ``pair_unlawful``.
    """
    require(actor, STEER_PLAN, **target_of(need))
    _require_reason(reason)
    if need.response_id != offer.response_id:
        raise Refusal("pin_bad", why="不在同一个应急响应里", why_en="the two are not in one response")
    if quantity < 0:
        raise Refusal("bad_form", fields={"quantity": _("请写 0 或更大的整数")})
    if quantity:
        _require_possible(need, offer, quantity)
        require_lawful(need=need, offer=offer, now=now)
    present = Pin.objects.select_for_update().filter(need=need, offer=offer, withdrawn_at=None).first()
    if present is not None:
        if present.quantity == quantity and present.reason == reason.strip():
            return present
        changes.apply(present, actor=actor, act=STEER_PLAN, reason=reason, withdrawn_at=now)
    pin = Pin(
        response_id=need.response_id, need=need, offer=offer, quantity=quantity, reason=reason.strip()[:300],
        by_id=actor.account_id, by_name=actor.name[:100],
    )  # fmt: skip
    try:
        with transaction.atomic():
            return changes.create(pin, actor=actor, act=STEER_PLAN, reason=reason)
    except IntegrityError as error:  # somebody pinned the same pair a moment ago
        raise Refusal("version_stale") from error


def _require_possible(need: Need, offer: Offer, quantity: int) -> None:
    if need.state != NeedState.VERIFIED or offer.state != OfferState.VERIFIED:
        raise Refusal(
            "pin_bad", why="需求或供给还没有核实，或已经关闭", why_en="one of them is not verified, or closed"
        )
    stock = quantity_of(offer)
    if stock is None:
        raise Refusal("pin_bad", why="供给没有说明数量", why_en="the offer names no quantity")
    if quantity > stock:
        raise Refusal("pin_bad", why=f"供给一共 {stock:,}", why_en=f"the offer holds {stock:,} in all")
    if need.quantity_planned is not None and quantity > need.quantity_planned:
        wanted = need.quantity_planned
        raise Refusal("pin_bad", why=f"需求的计划量是 {wanted:,}", why_en=f"the need is planned at {wanted:,}")


@transaction.atomic
def withdraw_pin(*, actor: Actor, pin: Pin, now: dt.datetime) -> Pin:
    """Take a pin back. Raises ``not_found``, ``pin_over``."""
    require(actor, STEER_PLAN, **target_of(pin.need))
    if pin.withdrawn_at is not None:
        raise Refusal("pin_over")
    return changes.apply(pin, actor=actor, act=STEER_PLAN, withdrawn_at=now)


@transaction.atomic
def choose_principles(
    *, actor: Actor, response: Response, kind: str, order: Sequence[str] | str, reason: str
) -> PrincipleChoice | None:
    """Set the order of principles for a kind of help in a response; the default order takes a choice back (None).

    Plans made from now on use it. Raises ``not_found``, ``bad_form``, ``principles_choice``.
    """
    line = _LINES.get(kind)
    area = "" if response.area_id == NATION else response.area_id
    require(actor, SET_PRINCIPLES, line=line, area=area, response=response.pk)
    if line is None:
        raise Refusal("not_found")
    _require_reason(reason)
    try:
        wanted = list(parse_order(order))
    except InputError as error:
        raise Refusal("principles_choice") from error
    present = PrincipleChoice.objects.select_for_update().filter(response=response, kind=kind).first()
    default = list(DEFAULT_ORDER[kind])
    if present is None:
        if wanted == default:
            return None
        choice = PrincipleChoice(response=response, kind=kind, order=wanted, reason=reason.strip()[:300])
        return changes.create(choice, actor=actor, act=SET_PRINCIPLES, reason=reason)
    changes.apply(present, actor=actor, act=SET_PRINCIPLES, reason=reason, order=wanted)
    PrincipleChoice.objects.filter(pk=present.pk).update(reason=reason.strip()[:300])  # it stands in the trail's row
    return None if wanted == default else present


@transaction.atomic
def give_standing(
    *, actor: Actor, response: Response, team: Team, category: Category, area: Place, most: int | None,
    valid_until: dt.datetime, reason: str, now: dt.datetime,
) -> StandingApproval:  # fmt: skip
    """Approve in advance: errands of this category in this area by this team, up to `most` base units each.

    Raises ``not_found``, ``bad_form``, ``response_closed``, ``plan_scope``, ``standing_twice``.
    """
    require(actor, GIVE_STANDING, line=category.line, area=area.pk, response=response.pk)
    wrong: dict[str, str] = {}
    if valid_until <= now:
        wrong["valid_until"] = _("期限要在现在之后")
    if most is not None and most < 1:
        wrong["most"] = _("请写大于 0 的整数，或者留空")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    _require_reason(reason)
    if not response.is_open:
        raise Refusal("response_closed")
    if team.closed_at is not None or team.response_id not in (None, response.pk):
        raise Refusal("not_found")
    if response.area_id != NATION and not area.pk.startswith(response.area_id):
        raise Refusal("plan_scope", why="不在这次响应的地域内", why_en="the place is outside the response's area")
    _end_expired(actor, response, team, category, area, now)
    standing = StandingApproval(
        response=response, team=team, category=category, area=area, most=most, valid_until=valid_until,
        reason=reason.strip()[:300], by_id=actor.account_id, by_name=actor.name[:100],
    )  # fmt: skip
    try:
        with transaction.atomic():
            return changes.create(standing, actor=actor, act=GIVE_STANDING, reason=reason)
    except IntegrityError as error:
        raise Refusal("standing_twice") from error


def _end_expired(
    actor: Actor, response: Response, team: Team, category: Category, area: Place, now: dt.datetime
) -> None:
    """An approval that has run out makes room for the next one."""
    same = StandingApproval.objects.filter(response=response, team=team, category=category, area=area)
    for old in same.filter(withdrawn_at=None, valid_until__lte=now):
        changes.apply(old, actor=actor, act=GIVE_STANDING, withdrawn_at=now)


@transaction.atomic
def withdraw_standing(*, actor: Actor, standing: StandingApproval, now: dt.datetime) -> StandingApproval:
    """Take an approval in advance back: nothing more leaves by it. Raises ``not_found``, ``standing_over``."""
    require(actor, GIVE_STANDING, **standing_target(standing))
    if standing.withdrawn_at is not None:
        raise Refusal("standing_over")
    return changes.apply(standing, actor=actor, act=GIVE_STANDING, withdrawn_at=now)


def _require_reason(reason: str) -> None:
    if not 2 <= len(reason.strip()) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（2 到 300 个字）")})
