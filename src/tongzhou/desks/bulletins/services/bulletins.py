"""A bulletin's way: written, verified by somebody else, published, corrected in sight of all, ended. Never deleted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.models import Bulletin, BulletinPlace, Correction, WebPage
from tongzhou.desks.bulletins.policies import (
    END_BULLETIN,
    PUBLISH_BULLETIN,
    VERIFY_BULLETIN,
    WRITE_BULLETIN,
    WRITE_CORRECTION,
    codes_of,
    require_over,
)
from tongzhou.desks.bulletins.services.remarks import UNVERIFIED, answer_remark, locked, open_remark
from tongzhou.desks.bulletins.services.sending import cap_of_correction, expired, send_cap
from tongzhou.desks.bulletins.services.texts import one_line, tidy
from tongzhou.desks.bulletins.types import (
    CORRECTABLE,
    BulletinState,
    CapType,
    CorrectionState,
    Kind,
    SaidBulletin,
    Severity,
    Verdict,
)
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou.registers.stages.types import Stage

__all__ = [
    "change_bulletin", "drop_correction", "end_bulletin", "is_web", "propose_correction", "publish_bulletin",
    "publish_correction", "verify_bulletin", "write_bulletin",
]  # fmt: skip

_LONGEST = {
    "title": 120, "title_en": 240, "body": 8000, "body_en": 12000, "said": 500, "said_en": 800, "evidence": 4000,
    "source_name": 160, "source_url": 500, "source_number": 120,
}  # fmt: skip
_SHORTEST = {"title": 4, "body": 4, "source_name": 2}


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    """What was said, tidied. Raises ``Refusal("bad_form")`` with a note on each field."""
    wrong: dict[str, str] = {}
    for name, most in _LONGEST.items():
        said[name] = tidy(said[name]) if name in ("body", "body_en", "evidence") else " ".join(tidy(said[name]).split())
        if not _SHORTEST.get(name, 0) <= len(said[name]) <= most:
            wrong[name] = _("请写 %(low)s 到 %(high)s 个字") % {"low": _SHORTEST.get(name, 0), "high": most}
    if said["source_url"] and not is_web(said["source_url"]):
        wrong["source_url"] = _("请写 http 或 https 开头的网址")
    if said["kind"] not in Kind.values:
        wrong["kind"] = _("请选一种")
    if said["severity"] not in Severity.values:
        wrong["severity"] = _("请选一种")
    if not set(said["stages"]) <= set(Stage.values):
        wrong["stages"] = _("没有这个阶段")
    if said["kind"] == Kind.RUMOUR:
        if len(said["said"]) < 4:
            wrong["said"] = _("请写出大家在传的那句话")
        if said["verdict"] not in Verdict.values:
            wrong["verdict"] = _("请说它是不是真的")
    elif said["kind"] in Kind.values:
        said |= {"said": "", "said_en": "", "verdict": "", "evidence": ""}
    first, last = said["valid_from"], said["valid_until"]
    if first and last and last <= first:
        wrong["valid_until"] = _("要晚于生效的时间")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return said


def is_web(address: str) -> bool:
    """True for an address that a page may link to."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", address)


def _columns(said: SaidBulletin) -> dict[str, Any]:
    named = {name: getattr(said, name) for name in SaidBulletin.__slots__ if name != "places"}
    return _checked(named | {"stages": [one for one in Stage.values if one in said.stages]})


def _places(codes: Iterable[str]) -> list[Place]:
    wanted = sorted(set(codes))
    found = list(Place.objects.filter(code__in=wanted).order_by("code"))
    if not wanted or len(found) != len(wanted):
        raise Refusal("bad_form", fields={"places": _("请写在哪里有效")})
    return found


@transaction.atomic
def write_bulletin(
    *, actor: Actor, said: SaidBulletin, response: Response | None, page: WebPage | None = None, synthetic: bool = False
) -> Bulletin:
    """Write a draft. Raises ``Refusal``: ``not_found``, ``bad_form``, ``page_held``."""
    if actor.account_id is None:
        raise Refusal("not_found")
    columns, places = _columns(said), _places(said.places)
    row = Bulletin(
        code=_new_code(), response=response, author_id=actor.account_id, author_name=actor.name[:100], page=page,
        synthetic=synthetic, **columns,
    )  # fmt: skip
    require_over(actor, WRITE_BULLETIN, [one.code for one in places], row)
    if page is not None and page.held:
        raise Refusal("page_held")
    changes.create(row, actor=actor, act=WRITE_BULLETIN)
    for place in places:
        changes.create(BulletinPlace(bulletin=row, place=place), actor=actor, act=WRITE_BULLETIN)
    return row


def _new_code() -> str:
    while Bulletin.objects.filter(code=(code := ids.new_code())).exists():
        pass
    return code


def _require_state(bulletin: Bulletin, *states: str) -> None:
    if bulletin.state not in states:
        raise Refusal("bulletin_state", state=bulletin.get_state_display())


@transaction.atomic
def change_bulletin(
    *, actor: Actor, bulletin: Bulletin, said: SaidBulletin, expect: int, now: dt.datetime, answer: str = ""
) -> Bulletin:
    """Rewrite what is not published yet; whoever rewrites is the author now, and it has to be verified again.

    One that was sent back needs `answer`: what was done about the remark, or why not.
    """
    require_over(actor, WRITE_BULLETIN, codes_of(bulletin), bulletin)
    _require_state(bulletin, BulletinState.DRAFT, BulletinState.VERIFIED)
    columns, places = _columns(said), _places(said.places)
    require_over(actor, WRITE_BULLETIN, [one.code for one in places], bulletin)
    answer_remark(actor=actor, bulletin=bulletin, text=answer, now=now)
    changes.apply(
        bulletin, actor=actor, act=WRITE_BULLETIN, expect=expect, state=BulletinState.DRAFT.value,
        author_id=actor.account_id, author_name=actor.name[:100], **UNVERIFIED, **columns,
    )  # fmt: skip
    wanted = {one.code: one for one in places}
    for row in bulletin.places.filter(withdrawn_at=None):
        if wanted.pop(row.place_id, None) is None:
            changes.apply(row, actor=actor, act=WRITE_BULLETIN, withdrawn_at=now)
    for place in wanted.values():
        changes.create(BulletinPlace(bulletin=bulletin, place=place), actor=actor, act=WRITE_BULLETIN)
    return bulletin


def _role(actor: Actor, wanted: Act) -> str:
    return next((one for one in sorted(actor.roles) if one in wanted.roles), "system")


@transaction.atomic
def verify_bulletin(*, actor: Actor, bulletin: Bulletin, how: str, expect: int, now: dt.datetime) -> Bulletin:
    """Say that it is true and how that was found out. The author may not: ``bulletin_same_person``."""
    require_over(actor, VERIFY_BULLETIN, codes_of(bulletin), bulletin)
    locked(bulletin)
    _require_state(bulletin, BulletinState.DRAFT)
    if bulletin.author_id == actor.account_id:
        raise Refusal("bulletin_same_person")
    if open_remark(bulletin) is not None:
        raise Refusal("bulletin_returned")
    how = one_line(how, "how", _("请写怎样核实的（4 到 300 个字）"))
    return changes.apply(
        bulletin, actor=actor, act=VERIFY_BULLETIN, expect=expect, state=BulletinState.VERIFIED.value,
        verified_by_id=actor.account_id, verified_by_name=actor.name[:100], verified_role=_role(actor, VERIFY_BULLETIN),
        verified_how=how, verified_at=now,
    )  # fmt: skip


@transaction.atomic
def publish_bulletin(*, actor: Actor, bulletin: Bulletin, expect: int, now: dt.datetime) -> Bulletin:
    """Make it public, with its first CAP message."""
    require_over(actor, PUBLISH_BULLETIN, codes_of(bulletin), bulletin)
    _require_state(bulletin, BulletinState.VERIFIED)
    if bulletin.valid_until is not None and bulletin.valid_until <= now:
        raise Refusal("bad_form", fields={"valid_until": _("有效期已经过了，请先改好")})
    changes.apply(
        bulletin, actor=actor, act=PUBLISH_BULLETIN, expect=expect, state=BulletinState.PUBLISHED.value,
        published_at=now, published_by_name=actor.name[:100], valid_from=bulletin.valid_from or now,
    )  # fmt: skip
    send_cap(actor=actor, act=PUBLISH_BULLETIN, bulletin=bulletin, kind=CapType.ALERT, now=now)
    return bulletin


def _text(value: Any) -> str:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else str(value or "")


@transaction.atomic
def propose_correction(
    *, actor: Actor, bulletin: Bulletin, said: dict[str, Any], reason: str, reason_en: str = ""
) -> Correction:
    """Write what is to be corrected and why; another person publishes it. `said` names fields of `CORRECTABLE`."""
    require_over(actor, WRITE_CORRECTION, codes_of(bulletin), bulletin)
    if actor.account_id is None:
        raise Refusal("not_found")
    _require_state(bulletin, BulletinState.PUBLISHED)
    if bulletin.corrections.filter(state=CorrectionState.PROPOSED).exists():
        raise Refusal("correction_waits")
    reason, reason_en = " ".join(tidy(reason).split()), " ".join(tidy(reason_en).split())
    if not 4 <= len(reason) <= 300 or len(reason_en) > 500:
        raise Refusal("bad_form", fields={"reason": _("请写哪里错了、怎么知道的（4 到 300 个字）")})
    present = {name: getattr(bulletin, name) for name in CORRECTABLE}
    rest = {"kind": bulletin.kind, "stages": bulletin.stages, "valid_from": bulletin.valid_from}
    wanted = _checked(present | {name: said[name] for name in CORRECTABLE if name in said} | rest)
    changed = {
        name: [_text(present[name]), _text(wanted[name])]
        for name in CORRECTABLE if _text(present[name]) != _text(wanted[name])
    }  # fmt: skip
    if not changed:
        raise Refusal("bad_form", fields={"body": _("没有改动任何一处")})
    row = Correction(
        bulletin=bulletin, number=bulletin.corrections.count() + 1, changed=changed, reason=reason, reason_en=reason_en,
        by_id=actor.account_id, by_name=actor.name[:100],
    )  # fmt: skip
    return changes.create(row, actor=actor, act=WRITE_CORRECTION)


def _waiting(correction: Correction) -> Bulletin:
    if correction.state != CorrectionState.PROPOSED:
        raise Refusal("bulletin_state", state=correction.get_state_display())
    return correction.bulletin


@transaction.atomic
def publish_correction(*, actor: Actor, correction: Correction, now: dt.datetime) -> Bulletin:
    """Put the new words in the old ones' place; both stay in sight. Sends what CAP has to say of it."""
    bulletin = correction.bulletin
    require_over(actor, PUBLISH_BULLETIN, codes_of(bulletin), bulletin)
    _waiting(correction)
    _require_state(bulletin, BulletinState.PUBLISHED)
    if correction.by_id == actor.account_id:
        raise Refusal("bulletin_same_person")
    over = expired(bulletin, now)
    new = {name: pair[1] for name, pair in correction.changed.items()}
    if "valid_until" in new:
        new["valid_until"] = dt.datetime.fromisoformat(new["valid_until"]) if new["valid_until"] else None
    if any(_text(getattr(bulletin, name)) != pair[0] for name, pair in correction.changed.items()):
        raise Refusal("version_stale")
    changes.apply(
        correction, actor=actor, act=PUBLISH_BULLETIN, state=CorrectionState.PUBLISHED.value, published_at=now,
        published_by_id=actor.account_id, published_by_name=actor.name[:100],
    )  # fmt: skip
    changes.apply(bulletin, actor=actor, act=PUBLISH_BULLETIN, reason=correction.reason, **new)
    kind = cap_of_correction(over, expired(bulletin, now))
    if kind is not None:
        send_cap(actor=actor, act=PUBLISH_BULLETIN, bulletin=bulletin, kind=kind, now=now, note=correction.reason)
    return bulletin


@transaction.atomic
def drop_correction(*, actor: Actor, correction: Correction) -> Correction:
    """Give up a correction that is not published; it stays in the record."""
    require_over(actor, WRITE_CORRECTION, codes_of(correction.bulletin), correction.bulletin)
    _waiting(correction)
    return changes.apply(correction, actor=actor, act=WRITE_CORRECTION, state=CorrectionState.DROPPED.value)


@transaction.atomic
def end_bulletin(*, actor: Actor, bulletin: Bulletin, reason: str, expect: int, now: dt.datetime) -> Bulletin:
    """It holds no longer: the old link still answers and says so. Sends a CAP cancellation unless it had expired."""
    require_over(actor, END_BULLETIN, codes_of(bulletin), bulletin)
    _require_state(bulletin, BulletinState.PUBLISHED)
    reason = one_line(reason, "reason", _("请写为什么结束（4 到 300 个字）"))
    changes.apply(
        bulletin, actor=actor, act=END_BULLETIN, expect=expect, reason=reason, state=BulletinState.ENDED.value,
        ended_at=now, end_reason=reason,
    )  # fmt: skip
    if not expired(bulletin, now):  # an alert past its time is over for every reader already
        send_cap(actor=actor, act=END_BULLETIN, bulletin=bulletin, kind=CapType.CANCEL, now=now, note=reason)
    return bulletin
