"""Sites below the street: compounds, committees, hospital campuses, other addresses of institutions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place, Site
from tongzhou.registers.places.policies import ADD_SITE, CHANGE_SITE, allows_in
from tongzhou.registers.places.services.names import add_name
from tongzhou.registers.places.types import NameKind, SiteKind

__all__ = ["add_site", "change_site", "withdraw_site"]


@transaction.atomic
def add_site(
    *,
    actor: Actor,
    place: Place,
    kind: str,
    name: str,
    name_en: str = "",
    address: str = "",
    parent: Site | None = None,
    other_names: Iterable[str] = (),
) -> Site:
    """Add a site to a division, with the other names people use for it; the same twice gives the one that is there.

    Its own name becomes searchable as a name too. Raises ``Refusal("bad_form")`` naming the fields, ``not_found``
    without the right in that area.
    """
    _require(actor, ADD_SITE, place.code)
    said = _checked(place, kind, name, name_en, address, parent, None)
    known = Site.objects.filter(place=place, kind=kind, name=said["name"], withdrawn_at=None).first()
    site = known or changes.create(Site(place=place, kind=kind, **said), actor=actor, act=ADD_SITE)
    for one in [site.name, *other_names]:
        if one.strip():
            add_name(actor=actor, site=site, name=one, kind=NameKind.OTHER if one == site.name else NameKind.LOCAL)
    return site


@transaction.atomic
def change_site(
    *,
    actor: Actor,
    site: Site,
    expect: int | None = None,
    name: str,
    name_en: str = "",
    address: str = "",
    parent: Site | None = None,
) -> Site:
    """Correct a site; a changed name stays searchable beside the new one."""
    _require(actor, CHANGE_SITE, site.place_id)
    said = _checked(site.place, site.kind, name, name_en, address, parent, site)
    site = changes.apply(site, actor=actor, act=CHANGE_SITE, expect=expect, **said)
    add_name(actor=actor, site=site, name=site.name, kind=NameKind.OTHER)
    return site


def withdraw_site(*, actor: Actor, site: Site, expect: int | None = None, reason: str) -> Site:
    """Take a site out of use; records that point at it keep it."""
    _require(actor, CHANGE_SITE, site.place_id)
    if not reason.strip():
        raise Refusal("bad_form", fields={"reason": _("请写明原因")})
    return changes.apply(site, actor=actor, act=CHANGE_SITE, expect=expect, reason=reason, withdrawn_at=clock.now())


def _require(actor: Actor, wanted: Act, code: str) -> None:
    if not allows_in(actor, wanted, code):
        raise Refusal("not_found")


def _checked(
    place: Place, kind: str, name: str, name_en: str, address: str, parent: Site | None, site: Site | None
) -> dict[str, Any]:
    """The columns a person writes, made tidy; every wrong one named at once."""
    name, name_en, address = (" ".join(text.split()) for text in (name, name_en, address))
    wrong: dict[str, str] = {}
    if kind not in SiteKind.values:
        wrong["kind"] = _("请选择一种")
    if not 2 <= len(name) <= 120:
        wrong["name"] = _("请写 2 到 120 个字")
    elif site is not None and _taken(site, name):
        wrong["name"] = _("这里已经有同名的")
    if len(name_en) > 160:
        wrong["name_en"] = _("太长了")
    if len(address) > 200:
        wrong["address"] = _("太长了")
    if parent is not None and (_holds(site, parent) or not parent.place.code.startswith(place.code[:6])):
        wrong["parent"] = _("上级要在同一区县，且不能是它自己或它的下级")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return {"name": name, "name_en": name_en, "address": address, "parent": parent}


def _taken(site: Site, name: str) -> bool:
    same = Site.objects.filter(place_id=site.place_id, kind=site.kind, name=name, withdrawn_at=None)
    return same.exclude(pk=site.pk).exists()


def _holds(site: Site | None, parent: Site) -> bool:
    """Whether `parent` is the site itself or lies below it."""
    above: Site | None = parent
    while above is not None:
        if site is not None and above.pk == site.pk:
            return True
        above = above.parent
    return False
