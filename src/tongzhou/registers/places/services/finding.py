"""What a written text means: an address, a division, a compound, a committee, or the name people really use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import CharField, F, Q, Value

from tongzhou.registers.places.models import Place, PlaceName, Site
from tongzhou.registers.places.selectors import search_places, under
from tongzhou.registers.places.types import NATION, PlaceCandidate
from tongzhou_engines.gazetteer import NATION as ENGINE_NATION
from tongzhou_engines.gazetteer import Gazetteer
from tongzhou_engines.gazetteer.names import squeeze

__all__ = ["find_places", "place_of", "plain_name"]

#: Texts are compared up to here; an address is short.
LONGEST = 200


def plain_name(text: str) -> str:
    """A name as it is compared: half width, simplified, lower case, without blanks."""
    return squeeze(text[:LONGEST])


def place_of(text: str, *, within: str = "") -> str:
    """The division code that `text` names without doubt, or "" (a person must choose)."""
    found = find_places(text, within=within, limit=2)
    return found[0].code if found and found[0].certain else ""


def find_places(text: str, *, within: str = "", limit: int = 8) -> list[PlaceCandidate]:
    """What `text` may mean, likeliest first: sites and names in use, the written address, part of a name.

    within: only at or below this division. The first one is `certain` when it is the only meaning. Raises nothing.
    """
    # PostgreSQL keeps no NUL, so no name has one.
    text = text.replace("\x00", "").strip()[:LONGEST]
    key = plain_name(text)
    if not key:
        return []
    read = _read_address(text, within)
    near = read[0] if len(read) == 1 else within
    found = _named(key, near, limit)
    found += [_of_place(place, "address", certain=len(read) == 1 and not found) for place in _places(read)]
    if not found:
        found = [_of_place(place, "name") for place in search_places(text, limit=limit) if _inside(place.code, within)]
    return _once(found)[:limit]


def _read_address(text: str, within: str) -> list[str]:
    """Division codes that the address may lie in, by the gazetteer, those of `within` only."""
    gazetteer = Gazetteer.builtin()
    limit = within if within in gazetteer.tree else None
    match = gazetteer.match(text, within=limit)
    return [NATION if code == ENGINE_NATION else code for code in match.candidates]


def _named(key: str, near: str, limit: int) -> list[PlaceCandidate]:
    """Sites and names that are the text, stand in it, or (for a part of a name) hold it."""
    written = Value(key, output_field=CharField())
    # Two characters at least: 家 stands in half of all addresses.
    whole = Q(key=key) | Q(key__contains=key) if len(key) > 1 else Q(key=key)
    names = (
        PlaceName.objects.filter(withdrawn_at=None)
        .annotate(written=written)
        .filter(whole | Q(written__contains=F("key")))
        .filter(Q(site__isnull=True) | Q(site__withdrawn_at=None))
        .filter(
            (Q(place__isnull=False) & under("place_id", near)) | (Q(site__isnull=False) & under("site__place_id", near))
        )
        .select_related("site__place", "place")[: limit * 4]
    )
    best = sorted(names, key=lambda one: (one.key != key, -len(one.key) if one.key in key else len(one.key), one.name))
    found: list[PlaceCandidate] = []
    for one in best:
        if one.site is not None:
            found.append(_of_site(one.site, "site" if one.key == plain_name(one.site.name) else "alias"))
        elif one.place is not None:
            found.append(_of_place(one.place, "alias"))
    exact = [one for one in best if one.key == key]
    alone = len({one.site_id or one.place_id for one in exact}) == 1 and bool(found)
    if alone:
        found[0] = _certain(found[0])
    return found


def _places(codes: Iterable[str]) -> list[Place]:
    known = Place.objects.in_bulk(list(codes))
    return [known[code] for code in sorted(known)]


def _inside(code: str, within: str) -> bool:
    return within in ("", NATION) or code.startswith(within)


def _of_place(place: Place, how: str, certain: bool = False) -> PlaceCandidate:
    return PlaceCandidate(
        code=place.code, site_id=None, level=place.level, name=place.name, name_en=place.name_en,
        full_name=place.full_name, full_name_en=place.full_name_en, how=how, certain=certain,
    )  # fmt: skip


def _of_site(site: Site, how: str) -> PlaceCandidate:
    english = f"{site.name_en or site.name}, {site.place.full_name_en}"
    return PlaceCandidate(
        code=site.place_id, site_id=site.pk, level=site.kind, name=site.name, name_en=site.name_en,
        full_name=f"{site.place.full_name} {site.name}", full_name_en=english, how=how,
    )  # fmt: skip


def _certain(one: PlaceCandidate) -> PlaceCandidate:
    return replace(one, certain=True)


def _once(found: list[PlaceCandidate]) -> list[PlaceCandidate]:
    kept: dict[tuple[str, object], PlaceCandidate] = {}
    for one in found:
        kept.setdefault((one.code, one.site_id), one)
    return list(kept.values())
