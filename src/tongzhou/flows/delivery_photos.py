"""Photos of a delivery: from a volunteer's phone into the sealed drawer, and out again one by one, logged."""

from __future__ import annotations

import uuid

from django.db import transaction

from tongzhou.chain.delivery.models import DeliveryPhoto
from tongzhou.chain.delivery.policies import ADD_PHOTO, SEE_PHOTO
from tongzhou.chain.delivery.services import photos
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import target_of
from tongzhou.chain.dispatch.types import LIVE
from tongzhou.chain.intake.services.photos import remake
from tongzhou.kernel import audit
from tongzhou.kernel.access import Actor, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import VOLUNTEER

__all__ = ["add_photo", "reveal_photo"]


def _holds(actor: Actor, assignment: Assignment) -> bool:
    return actor.account_id is not None and assignment.holder_id == actor.account_id and assignment.state in LIVE


def _only_volunteer(actor: Actor) -> bool:
    return actor.roles == frozenset({VOLUNTEER})


def add_photo(*, actor: Actor, assignment: Assignment, content: bytes, key: str) -> DeliveryPhoto:
    """Make a photo anew and keep it sealed.

    Raises ``Refusal`` not_found (not the holder, nor somebody who looks after the place), too_large, photo_bad,
    photos_enough.
    """
    looks_after = not _only_volunteer(actor) and allows(actor, ADD_PHOTO, **target_of(assignment))
    if not _holds(actor, assignment) and not looks_after:
        raise Refusal("not_found")
    made = remake(content)
    return photos.add(actor=actor, assignment=assignment, content=made.content, content_type=made.content_type, key=key)


@transaction.atomic
def reveal_photo(*, actor: Actor, assignment: Assignment, photo_id: uuid.UUID) -> bytes:
    """A photo as JPEG bytes: for its holder while the task is open, or for who looks after the place; logged.

    Raises ``Refusal`` not_found, shredded.
    """
    looks_after = not _only_volunteer(actor) and allows(actor, SEE_PHOTO, **target_of(assignment))
    photo = DeliveryPhoto.objects.filter(pk=photo_id, assignment=assignment).first()
    if photo is None or not (looks_after or _holds(actor, assignment)):
        raise Refusal("not_found")
    content = photos.open_photo(photo)
    audit.looked(actor=actor, act=SEE_PHOTO, obj=photo, fields=["photo"], reason=assignment.code)
    return content
