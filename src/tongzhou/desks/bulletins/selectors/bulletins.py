"""Reads of bulletins: what the public is told, what the desk has in hand."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from tongzhou.desks.bulletins.models import Bulletin, BulletinPlace, CapMessage, Correction, Remark, WebPage
from tongzhou.desks.bulletins.policies import READ_DRAFTS
from tongzhou.desks.bulletins.types import BulletinState, CapType, CorrectionState
from tongzhou.kernel import ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.selectors import under
from tongzhou.registers.places.types import NATION, ancestor_codes

__all__ = [
    "at_place", "cap_messages", "cap_of", "desk_bulletin", "desk_bulletins", "desk_page", "desk_pages",
    "get_correction", "newest_cap", "public_bulletin", "public_bulletins", "remarks_of", "returned",
    "waiting_corrections",
]  # fmt: skip

_SHOWN = (BulletinState.PUBLISHED, BulletinState.ENDED)


def _full(rows: QuerySet[Bulletin]) -> QuerySet[Bulletin]:
    """With places and corrections read along."""
    places = BulletinPlace.objects.filter(withdrawn_at=None).select_related("place").order_by("place_id")
    return rows.select_related("response").prefetch_related(
        Prefetch("places", queryset=places), Prefetch("corrections", queryset=Correction.objects.order_by("number"))
    )


def at_place(code: str) -> Q:
    """Bulletins that hold at a division: for it, for one above it, or for one below it."""
    if code in ("", NATION):
        return Q()
    here = BulletinPlace.objects.filter(withdrawn_at=None).filter(
        Q(place_id__in=ancestor_codes(code)) | under("place_id", code)
    )
    return Q(pk__in=here.values("bulletin"))


def public_bulletins(*, place: str = "", kind: str = "", stage: str = "", over: bool | None = None,
                     at: dt.datetime | None = None) -> QuerySet[Bulletin]:  # fmt: skip
    """What was published, the newest first. `over` False: only what still holds at `at`; True: only what does not.

    Exercises are not public.
    """
    rows = Bulletin.objects.filter(state__in=_SHOWN).exclude(response__is_exercise=True).filter(at_place(place))
    if kind:
        rows = rows.filter(kind=kind)
    if stage:
        # JSON lists are searched as text, alike on both databases; a bulletin that names no stage is for all of them.
        rows = rows.filter(Q(stages=[]) | Q(stages__icontains=f'"{stage}"'))
    past = Q(state=BulletinState.ENDED)
    if at is not None:
        past |= Q(valid_until__lte=at)
    if over is not None:
        rows = rows.filter(past) if over else rows.exclude(past)
    return _full(rows).order_by("-published_at", "-id")


def public_bulletin(code: str) -> Bulletin:
    """One published bulletin, whether it still holds or not; ``Refusal("not_found")``."""
    wanted = ids.parse_code(code)
    found = public_bulletins().filter(code=wanted).first() if wanted else None
    if found is None:
        raise Refusal("not_found")
    return found


def desk_bulletins(actor: Actor) -> QuerySet[Bulletin]:
    """Every bulletin, for the people of the desk."""
    require(actor, READ_DRAFTS)
    return _full(Bulletin.objects.all()).order_by("-updated_at", "-id")


def returned() -> Exists:
    """True for drafts that were sent back and not answered yet."""
    return Exists(Remark.objects.filter(bulletin=OuterRef("pk"), answer=""))


def remarks_of(actor: Actor, bulletin: Bulletin) -> QuerySet[Remark]:
    """Why it went back and what its authors answered, the oldest first; for the people of the desk."""
    require(actor, READ_DRAFTS)
    return Remark.objects.filter(bulletin=bulletin).order_by("number")


def desk_bulletin(actor: Actor, code: str) -> Bulletin:
    """One of them; ``Refusal("not_found")``."""
    wanted = ids.parse_code(code)
    found = desk_bulletins(actor).select_related("page").defer("page__raw", "page__cleaned").filter(code=wanted).first()
    if wanted is None or found is None:
        raise Refusal("not_found")
    return found


def get_correction(actor: Actor, pk: uuid.UUID) -> Correction:
    """A correction; ``Refusal("not_found")``."""
    require(actor, READ_DRAFTS)
    found: Correction | None = Correction.objects.select_related("bulletin", "bulletin__response").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


def desk_pages(actor: Actor) -> QuerySet[WebPage]:
    """Pages brought in from the web, the newest first; without their bytes."""
    require(actor, READ_DRAFTS)
    return WebPage.objects.defer("raw", "cleaned").order_by("-created_at", "-id")


def desk_page(actor: Actor, pk: uuid.UUID) -> WebPage:
    """One of them; ``Refusal("not_found")``."""
    require(actor, READ_DRAFTS)
    found: WebPage | None = WebPage.objects.defer("raw").filter(pk=pk).first()
    if found is None:
        raise Refusal("not_found")
    return found


def cap_messages(*, at: dt.datetime, place: str = "") -> QuerySet[CapMessage]:
    """The CAP messages that count at a moment, the newest first: of each public bulletin the last one.

    One that a later message supersedes or cancels is left out, and so is an alert or update past its ``expires``.
    """
    later = CapMessage.objects.filter(bulletin=OuterRef("bulletin"), number__gt=OuterRef("number"))
    rows = CapMessage.objects.filter(~Exists(later), bulletin__state__in=_SHOWN)
    rows = rows.exclude(bulletin__response__is_exercise=True)
    rows = rows.exclude(~Q(kind=CapType.CANCEL), bulletin__valid_until__lte=at)
    if place:
        rows = rows.filter(bulletin__in=Bulletin.objects.filter(at_place(place)).values("pk"))
    return rows.select_related("bulletin").order_by("-sent_at", "-id")


def newest_cap(bulletin: Bulletin) -> CapMessage:
    """The newest CAP message of a bulletin."""
    found: CapMessage | None = bulletin.cap_messages.order_by("-number").first()
    if found is None:
        raise Refusal("not_found")
    return found


def cap_of(bulletin: Bulletin, number: int) -> CapMessage:
    """One CAP message of a bulletin, as it was sent."""
    found: CapMessage | None = bulletin.cap_messages.filter(number=number).first()
    if found is None:
        raise Refusal("not_found")
    return found


def waiting_corrections(actor: Actor) -> QuerySet[Correction]:
    """Corrections that another person has to publish."""
    require(actor, READ_DRAFTS)
    return Correction.objects.filter(state=CorrectionState.PROPOSED).select_related("bulletin").order_by("created_at")
