"""Who writes, verifies and publishes bulletins and the directory."""

from __future__ import annotations

from collections.abc import Iterable

from tongzhou.desks.bulletins.models import Bulletin
from tongzhou.kernel.access import Act, Actor, act, allows
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.types import AUTHOR, PUBLISHER, REVIEWER

__all__ = [
    "END_BULLETIN", "FETCH_PAGE", "IMPORT_DIRECTORY", "IMPORT_PAGE", "PUBLISH_BULLETIN", "READ_DIRECTORY",
    "READ_DRAFTS",
    "RELEASE_PAGE", "VERIFY_BULLETIN", "VERIFY_DIRECTORY", "WRITE_BULLETIN", "WRITE_CORRECTION", "WRITE_DIRECTORY",
    "codes_of", "require_over",
]  # fmt: skip

READ_DRAFTS = act("bulletin.drafts", {AUTHOR, REVIEWER, PUBLISHER})
WRITE_BULLETIN = act("bulletin.write", {AUTHOR, PUBLISHER}, writes=True)
VERIFY_BULLETIN = act("bulletin.verify", {REVIEWER, PUBLISHER}, writes=True)
PUBLISH_BULLETIN = act("bulletin.publish", {PUBLISHER}, writes=True)
WRITE_CORRECTION = act("bulletin.correct", {AUTHOR, PUBLISHER}, writes=True)
END_BULLETIN = act("bulletin.end", {PUBLISHER}, writes=True)
IMPORT_PAGE = act("bulletin.import", {AUTHOR, PUBLISHER}, writes=True)
FETCH_PAGE = act("bulletin.fetch", {AUTHOR, PUBLISHER}, writes=True)
RELEASE_PAGE = act("bulletin.release", {REVIEWER, PUBLISHER}, writes=True)

READ_DIRECTORY = act("directory.drafts", {AUTHOR, REVIEWER, PUBLISHER})
WRITE_DIRECTORY = act("directory.write", {AUTHOR, PUBLISHER}, writes=True)
IMPORT_DIRECTORY = act("directory.import", {AUTHOR, PUBLISHER}, writes=True)
VERIFY_DIRECTORY = act("directory.verify", {AUTHOR, REVIEWER, PUBLISHER}, writes=True)


def codes_of(bulletin: Bulletin) -> list[str]:
    """The divisions where it holds."""
    return [one.place_id for one in bulletin.places.all() if one.withdrawn_at is None]


def require_over(actor: Actor, wanted: Act, places: Iterable[str], bulletin: Bulletin | None = None) -> None:
    """``Refusal("not_found")`` unless the actor may do it in every one of these divisions."""
    response = bulletin.response_id if bulletin is not None else None
    codes = ["" if code == "0" else code for code in places]
    if not codes or not all(allows(actor, wanted, area=code, response=response) for code in codes):
        raise Refusal("not_found")
