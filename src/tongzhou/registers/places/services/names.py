"""Other names that people really use for a division or a site."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place, PlaceName, Site
from tongzhou.registers.places.policies import ADD_NAME, allows_in
from tongzhou.registers.places.services.finding import plain_name
from tongzhou.registers.places.types import NameKind

__all__ = ["add_name", "withdraw_name"]


@transaction.atomic
def add_name(
    *, actor: Actor, name: str, kind: str, place: Place | None = None, site: Site | None = None, reason: str = ""
) -> PlaceName:
    """Give a division or a site one more name; the same name twice gives the row that is there.

    Raises ``Refusal("bad_form")`` for a blank name or kind, ``not_found`` without the right in that area.
    """
    code = site.place_id if site is not None else place.code if place is not None else ""
    if not code or not allows_in(actor, ADD_NAME, code):
        raise Refusal("not_found")
    name, key = " ".join(name.split()), plain_name(name)
    if len(key) < 2 or len(name) > 120:
        raise Refusal("bad_form", fields={"name": _("请写 2 到 120 个字")})
    if kind not in NameKind.values:
        raise Refusal("bad_form", fields={"kind": _("请选择一种")})
    known = PlaceName.objects.filter(place=place, site=site, key=key, withdrawn_at=None).first()
    if known is not None:
        return known
    return changes.create(
        PlaceName(place=place, site=site, name=name, key=key, kind=kind), actor=actor, act=ADD_NAME, reason=reason
    )


def withdraw_name(*, actor: Actor, name: PlaceName, expect: int | None = None, reason: str = "") -> PlaceName:
    """Take a name out of use."""
    code = name.site.place_id if name.site is not None else str(name.place_id)
    if not allows_in(actor, ADD_NAME, code):
        raise Refusal("not_found")
    return changes.apply(name, actor=actor, act=ADD_NAME, expect=expect, reason=reason, withdrawn_at=clock.now())
