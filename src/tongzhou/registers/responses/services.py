"""Opening, changing, closing and reopening a response."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.policies import area_of
from tongzhou.registers.responses.models import Response
from tongzhou.registers.responses.policies import CHANGE_RESPONSE, CLOSE_RESPONSE, OPEN_RESPONSE
from tongzhou.registers.responses.types import State

__all__ = ["change_response", "close_response", "open_response", "reopen_response"]

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z")


@transaction.atomic
def open_response(
    *,
    actor: Actor,
    slug: str,
    name: str,
    area: Place,
    started_on: dt.date,
    name_en: str = "",
    description: str = "",
    description_en: str = "",
    is_exercise: bool = False,
) -> Response:
    """Open a response to an emergency in `area`. Raises ``Refusal("bad_form")`` naming the fields, ``not_found``."""
    require(actor, OPEN_RESPONSE, area=area_of(area.code))
    said = _checked(name, name_en, description, description_en, started_on)
    slug = slug.strip().lower()
    if not _SLUG.match(slug):
        raise Refusal("bad_form", fields={"slug": _("请用小写字母、数字和短横，最多 40 个，例如 hubei-2020")})
    response = Response(slug=slug, area=area, is_exercise=is_exercise, **said)
    try:
        with transaction.atomic():
            return changes.create(response, actor=actor, act=OPEN_RESPONSE)
    except IntegrityError as error:
        raise Refusal("bad_form", fields={"slug": _("这个短名已经用过")}) from error


def change_response(
    *,
    actor: Actor,
    response: Response,
    expect: int | None = None,
    name: str,
    area: Place,
    started_on: dt.date,
    name_en: str = "",
    description: str = "",
    description_en: str = "",
    under_command: bool | None = None,
) -> Response:
    """Correct what a response says of itself; its short name and whether it is an exercise stay.

    `under_command`: a command allocates the goods, so that plans about goods are proposals; None leaves it.
    """
    _own(actor, response)
    require(actor, CHANGE_RESPONSE, area=area_of(area.code), response=response.pk)
    said = _checked(name, name_en, description, description_en, started_on)
    if response.ended_on is not None and response.ended_on < started_on:
        raise Refusal("bad_form", fields={"started_on": _("开始日期不能晚于结束日期")})
    if under_command is not None:
        said["under_command"] = under_command
    return changes.apply(response, actor=actor, act=CHANGE_RESPONSE, expect=expect, area=area, **said)


def close_response(
    *, actor: Actor, response: Response, expect: int | None = None, ended_on: dt.date, reason: str
) -> Response:
    """End a response: it takes no further needs and offers. Everything in it stays readable."""
    _own(actor, response)
    wrong: dict[str, str] = {}
    if not reason.strip():
        wrong["reason"] = _("请写明原因")
    if not response.started_on <= ended_on <= clock.beijing(clock.now()).date():
        wrong["ended_on"] = _("结束日期要在开始之后、今天之前（可以是今天）")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return changes.apply(
        response,
        actor=actor,
        act=CLOSE_RESPONSE,
        expect=expect,
        reason=reason,
        state=State.CLOSED.value,
        ended_on=ended_on,
    )


def reopen_response(*, actor: Actor, response: Response, expect: int | None = None, reason: str) -> Response:
    """Take a response up again."""
    _own(actor, response)
    if not reason.strip():
        raise Refusal("bad_form", fields={"reason": _("请写明原因")})
    return changes.apply(
        response, actor=actor, act=CLOSE_RESPONSE, expect=expect, reason=reason, state=State.OPEN.value, ended_on=None
    )


def _own(actor: Actor, response: Response) -> None:
    require(actor, CHANGE_RESPONSE, area=area_of(response.area_id), response=response.pk)


def _checked(name: str, name_en: str, description: str, description_en: str, started_on: dt.date) -> dict[str, Any]:
    name, name_en = " ".join(name.split()), " ".join(name_en.split())
    wrong: dict[str, str] = {}
    if not 2 <= len(name) <= 80:
        wrong["name"] = _("请写 2 到 80 个字")
    if len(name_en) > 120:
        wrong["name_en"] = _("太长了，最多 %(n)s 个字") % {"n": 120}
    for field, text, longest in (("description", description, 2000), ("description_en", description_en, 3000)):
        if len(text) > longest:
            wrong[field] = _("太长了，最多 %(n)s 个字") % {"n": longest}
    if started_on > clock.beijing(clock.now()).date():
        wrong["started_on"] = _("开始日期不能在将来")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return {
        "name": name, "name_en": name_en, "description": description.strip(), "description_en": description_en.strip(),
        "started_on": started_on,
    }  # fmt: skip
