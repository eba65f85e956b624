"""What somebody who is typing an address may be about to write: divisions, sites and the names in use.

Only beginnings of names are looked for, by index: 江岸, 武汉江, 湖北武汉江岸区百步. What was typed behind the name is
kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils.translation import get_language

from tongzhou.registers.places.models import Place, PlaceName, Site
from tongzhou.registers.places.selectors import DEPTH, under
from tongzhou.registers.places.services.finding import plain_name
from tongzhou.registers.places.types import Level
from tongzhou_engines.gazetteer.names import stem

__all__ = ["LONGEST_TYPED", "Suggestion", "suggest_places"]

#: Nothing is suggested for longer texts: whoever wrote so much is past the name.
LONGEST_TYPED = 60
#: The longest name of a division that is looked for, in characters.
_LONGEST_NAME = 15
#: Short texts are names and asked for by many; longer ones may be somebody's door and are not kept.
_KEPT_CHARACTERS, _KEPT_SECONDS = 6, 60
_ENGLISH_LEVELS = (Level.PROVINCE, Level.CITY, Level.DISTRICT)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to go on: `text` is what the field would hold, `label` the name, `path` where it lies."""

    code: str
    text: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class _Hit:
    place: Place
    site: Site | None = None
    rest: str = ""

    @property
    def key(self) -> tuple[str, object]:
        return self.place.code, self.site.pk if self.site else None


def suggest_places(typed: str, *, within: str = "", limit: int = 8) -> list[Suggestion]:
    """Up to `limit` places that the text begins to name, the likeliest first, in the reader's language.

    within: only at or below this division. A place that is already written out in full is not suggested again.
    """
    text = " ".join(typed.replace("\x00", "").split())
    if not 2 <= len(text) <= LONGEST_TYPED or text.isdigit():
        return []
    if len(text) > _KEPT_CHARACTERS:
        return _suggested(text, within, limit)
    key = f"places.suggest|{get_language()}|{within}|{limit}|{text}".replace(" ", "+")
    found: list[Suggestion] | None = cache.get(key)
    if found is None:
        found = _suggested(text, within, limit)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _suggested(text: str, within: str, limit: int) -> list[Suggestion]:
    if text.isascii():
        hits = _english(text, within, limit)
    else:
        hits = _hits(plain if len(plain := plain_name(text)) == len(text) else text.replace(" ", ""), within, limit)
    once: dict[tuple[str, object], Suggestion] = {}
    for hit in hits:
        shown = _shown(hit, in_english=text.isascii())
        if len(once) < limit and not text.startswith(shown.text):
            once.setdefault(hit.key, shown)
    return list(once.values())


def _shown(hit: _Hit, *, in_english: bool) -> Suggestion:
    place, site = hit.place, hit.site
    label, path = (site.label, place.full_label) if site is not None else (place.label, place.full_label)
    if in_english:
        text = f"{label}, {path}" if site is not None else path
    else:  # who writes Chinese goes on in Chinese, whatever the language of the page
        text = place.full_name + (site.name if site is not None else "") + hit.rest
    return Suggestion(place.code, text, label, path)


def _starts(column: str, text: str) -> Q:
    """Rows whose column begins with `text`, by index on either database (see the indexes of the models)."""
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": text, f"{column}__lt": f"{text}\U0010ffff"})
    return Q(**{f"{column}__startswith": text})


def _english(text: str, within: str, limit: int) -> Iterator[_Hit]:
    rows = Place.objects.filter(under("code", within), level__in=_ENGLISH_LEVELS, is_filler=False)
    yield from (_Hit(row) for row in rows.filter(name_en__istartswith=text).order_by(DEPTH, "code")[:limit])


def _hits(text: str, within: str, limit: int, deeper: int = 3) -> Iterator[_Hit]:
    """Named in full with what follows (and what lies there), sites, then names that begin so."""
    for place, rest in _heads(text, within)[:2]:
        inside = list(_hits(rest, place.code, limit, deeper - 1)) if rest and deeper else []
        yield from inside or [_Hit(place, rest=rest)]
    if len(text) > 1:
        yield from _named(text, within, limit)
    rows = Place.objects.filter(under("code", within), _starts("short_name", text), is_filler=False)
    yield from (_Hit(row) for row in rows.order_by(DEPTH, "code")[:limit])


def _heads(text: str, within: str) -> list[tuple[Place, str]]:
    """Divisions that the beginning of the text names, the longest name first, each with the rest of the text."""
    written = {text[:length] for length in range(2, min(len(text), _LONGEST_NAME) + 1)}
    if not written:
        return []
    rows = Place.objects.filter(under("code", within), short_name__in={*written, *map(stem, written)}, is_filler=False)
    found = []
    for place in rows.order_by(DEPTH, "code")[:50]:
        if place.name.startswith(text):
            found.append((place, ""))  # 恩施土: on its way to 恩施土家族苗族自治州
        elif name := next((name for name in (place.name, place.short_name) if text.startswith(name)), ""):
            found.append((place, text[len(name) :]))
    return sorted(found, key=lambda one: len(one[1]))


def _named(text: str, within: str, limit: int) -> Iterator[_Hit]:
    """Compounds, committees, hospitals and other names in use that begin so."""
    names = PlaceName.objects.filter(_starts("key", plain_name(text)), withdrawn_at=None)
    names = names.filter(Q(site__isnull=True) | Q(site__withdrawn_at=None))
    if within:
        names = names.filter(under("place_id", within) | under("site__place_id", within))
    for one in names.select_related("place", "site__place").order_by("key", "pk")[:limit]:
        if one.site is not None:
            yield _Hit(one.site.place, one.site)
        elif one.place is not None:
            yield _Hit(one.place)
