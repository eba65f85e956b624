"""Photos of deliveries: kept sealed, opened one by one, destroyed when their purpose has ended."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from tongzhou.chain.delivery.models import DeliveryPhoto
from tongzhou.chain.delivery.policies import ADD_PHOTO
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.types import LIVE
from tongzhou.kernel import changes, crypto
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal

__all__ = ["KEPT_FOR", "MOST_PHOTOS", "add", "forget_due", "open_photo"]

#: So many photos one assignment may have.
MOST_PHOTOS = 5
#: A photo outlives the end of its assignment by this: as long as somebody may still ask what arrived.
KEPT_FOR = dt.timedelta(days=90)


@transaction.atomic
def add(*, actor: Actor, assignment: Assignment, content: bytes, content_type: str, key: str) -> DeliveryPhoto:
    """Keep a photo (already made anew by `intake.services.photos.remake`). The same key again gives the same row.

    Raises ``Refusal("photos_enough")`` beyond `MOST_PHOTOS`. Whoever calls it judged the right to.
    """
    before = DeliveryPhoto.objects.filter(key=key).first()
    if before is not None:
        if before.assignment_id != assignment.pk:
            raise Refusal("key_reused")
        return before
    if DeliveryPhoto.objects.filter(assignment=assignment).count() >= MOST_PHOTOS:
        raise Refusal("photos_enough", most=MOST_PHOTOS)
    row = DeliveryPhoto(
        assignment=assignment, content_type=content_type, size=len(content), by_id=actor.account_id,
        by_name=actor.name, key=key,
    )  # fmt: skip
    crypto.prepare(row, f"response:{assignment.response_id}")
    row.content = crypto.seal_bytes(row, "content", content)
    return changes.create(row, actor=actor, act=ADD_PHOTO, reason=assignment.code)


def open_photo(photo: DeliveryPhoto) -> bytes:
    """The JPEG bytes. Whoever calls it must have the right and log it. Raises ``Refusal("shredded")``."""
    if photo.content is None or photo.record_key is None:
        raise Refusal("shredded")
    return crypto.unseal_bytes(photo, "content", bytes(photo.content))


def forget_due(now: dt.datetime | None = None, *, limit: int = 500) -> int:
    """Destroy photos whose assignment ended `KEPT_FOR` ago; how many. Called by the tick."""
    from tongzhou.kernel import clock

    before = (now or clock.now()) - KEPT_FOR
    due = DeliveryPhoto.objects.exclude(record_key=None).exclude(assignment__state__in=LIVE)
    ids: list[uuid.UUID] = list(
        due.filter(assignment__updated_at__lt=before, created_at__lt=before).values_list("pk", flat=True)[:limit]
    )
    return DeliveryPhoto.objects.filter(pk__in=ids).update(record_key=None, content=None)
