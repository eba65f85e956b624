"""Pages of the web brought in as text: kept as they came, cleaned, held back when defaced, and put back in parts."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.models import WebPage
from tongzhou.desks.bulletins.policies import FETCH_PAGE, IMPORT_PAGE, RELEASE_PAGE
from tongzhou.desks.bulletins.services.cleaning import MOST_BYTES, PageTooLarge, clean_bytes, clean_text, host_of
from tongzhou.desks.bulletins.services.fetching import fetch_page
from tongzhou.desks.bulletins.types import Brought
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal

__all__ = ["bring_page", "fetch_and_bring", "put_back", "release_page"]


@transaction.atomic
def bring_page(
    *, actor: Actor, how: str, raw: bytes, name: str = "", address: str = "", fetched: bool = False, charset: str = ""
) -> WebPage:
    """Keep a page's bytes, clean it and judge it. Raises ``Refusal``: ``too_large``, ``bad_form``.

    `charset` is the one its server named, when it was fetched.
    """
    require(actor, FETCH_PAGE if fetched else IMPORT_PAGE)
    if actor.account_id is None:
        raise Refusal("not_found")
    if not raw.strip(b"\x00 \t\r\n"):
        raise Refusal("bad_form", fields={"text": _("里面什么都没有")})
    own = host_of(address)
    try:
        page = clean_text(raw.decode("utf-8"), own) if how == Brought.PASTE else clean_bytes(raw, own, charset)
    except PageTooLarge:
        raise Refusal("too_large", limit=f"{MOST_BYTES // 1024 // 1024} MB") from None
    row = WebPage(
        how=how, address=address[:500], name=name.replace("\x00", "")[:200], raw=raw, size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(), cleaned=page.as_json(), score=page.score, held=page.held,
        by_id=actor.account_id, by_name=actor.name[:100],
    )  # fmt: skip
    return changes.create(row, actor=actor, act=IMPORT_PAGE)


def fetch_and_bring(*, actor: Actor, address: str) -> WebPage:
    """Fetch an https page and bring it in. Raises ``Refusal``: ``fetch_off``, ``fetch_failed``, ``too_large``."""
    require(actor, FETCH_PAGE)
    got = fetch_page(address)
    return bring_page(
        actor=actor, how=Brought.FETCH, raw=got.raw, address=address, name=address, fetched=True, charset=got.charset
    )


@transaction.atomic
def put_back(*, actor: Actor, page: WebPage, numbers: Collection[int], expect: int) -> WebPage:
    """Put pieces that were cut back into the text (and take out again those not named)."""
    require(actor, IMPORT_PAGE)
    cut = {number for number, piece in enumerate(page.cleaned["pieces"]) if piece["reason"]}
    return changes.apply(page, actor=actor, act=IMPORT_PAGE, expect=expect, put_back=sorted(cut.intersection(numbers)))


@transaction.atomic
def release_page(*, actor: Actor, page: WebPage, reason: str, expect: int, now: dt.datetime) -> WebPage:
    """A person looked at a page that was held: it may be used. Whoever brought it in may not say so alone."""
    require(actor, RELEASE_PAGE)
    if page.by_id == actor.account_id:
        raise Refusal("bulletin_same_person")
    reason = " ".join(reason.split())
    if not 4 <= len(reason) <= 300:
        raise Refusal("bad_form", fields={"reason": _("请写为什么可以用（4 到 300 个字）")})
    if not page.held:
        return page
    return changes.apply(
        page, actor=actor, act=RELEASE_PAGE, expect=expect, held=False, released_at=now,
        released_by_name=actor.name[:100], release_reason=reason,
    )  # fmt: skip
