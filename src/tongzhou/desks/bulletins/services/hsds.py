"""HSDS 3 (Open Referral): the directory as JSON and back, so that what goes out, in and out again is the same.

What a file says and no column holds is kept in `extra` and goes out as it came. Ids are HSDS ids.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from tongzhou.desks.bulletins.models import Agency, Location, Schedule, Service, ServiceArea, ServicePlace
from tongzhou.desks.bulletins.types import Group, Topic
from tongzhou.registers.places.models import Place

__all__ = ["SCHEME", "attribute", "own_id", "page_json", "service_json", "split_attributes"]

#: What our groups, topics and English texts are called among the taxonomies of a file.
SCHEME = "tongzhou"
_SPACE = uuid.UUID("8c5a6b1e-6c3f-5f0e-9d0e-2f6f3b6d9a11")


#: A full name of a division: province, then city where there is one between.
_PARTS = re.compile(r"(.+?(?:省|自治区|特别行政区|市))(.+?(?:市|州|盟|地区))?")


def own_id(*parts: object) -> str:
    """An id that is the same every time, for what has no row of its own."""
    return str(uuid.uuid5(_SPACE, "|".join(str(one) for one in parts)))


def attribute(service: Service, about: str, term: str, value: str = "") -> dict[str, Any]:
    """A statement about a service by a taxonomy of ours: ``group``, ``topic`` or ``text``."""
    name = term
    if about in ("group", "topic"):
        name = str({"group": Group, "topic": Topic}[about](term).value)
    made: dict[str, Any] = {
        "id": own_id(service.pk, about, term), "link_id": str(service.pk), "link_entity": "service",
        "taxonomy_term": {
            "id": own_id(about, term), "code": term, "name": name, "description": f"{about}: {term}",
            "taxonomy": f"{SCHEME}:{about}",
        },
    }  # fmt: skip
    return made | ({"value": value} if value else {})


def split_attributes(said: Iterable[Any]) -> tuple[dict[str, dict[str, str]], list[Any]]:
    """({about: {term: value}} of ours, all others as they came)."""
    ours: dict[str, dict[str, str]] = {}
    others = []
    for one in said:
        term = one.get("taxonomy_term") if isinstance(one, dict) else None
        taxonomy = str(term.get("taxonomy", "")) if isinstance(term, dict) else ""
        if taxonomy.startswith(f"{SCHEME}:") and isinstance(term, dict):
            ours.setdefault(taxonomy.removeprefix(f"{SCHEME}:"), {})[str(term.get("code", ""))] = str(
                one.get("value", "")
            )
        else:
            others.append(one)
    return ours, others


def _said(row: Any, names: dict[str, str]) -> dict[str, Any]:
    """Columns that say something, by their HSDS names, after whatever else the row's file said."""
    told = dict(row.extra)
    for column, name in names.items():
        value = getattr(row, column)
        if value not in (None, "", []):
            told[name] = value
    return {"id": str(row.pk)} | told


def _agency(row: Agency) -> dict[str, Any]:
    told = _said(row, {"name": "name", "name_en": "alternate_name", "website": "website", "email": "email"})
    return told | {"description": row.description}


def _location(row: Location) -> dict[str, Any]:
    told = _said(row, {"name": "name", "latitude": "latitude", "longitude": "longitude"})
    told["location_type"] = row.kind
    if row.place is not None:
        told |= {"external_identifier": row.place_id, "external_identifier_type": "CN-division-code"}
    if row.address and "addresses" not in told:
        told["addresses"] = [_address(row, row.place)]
    return told


def _address(row: Location, place: Place | None) -> dict[str, Any]:
    """An address as HSDS wants it; the post code is not known (it asks for one, blank is what is true)."""
    found = _PARTS.match(place.full_name if place else "")
    province, city = (found.group(1), found.group(2)) if found else ("", "")
    return {
        "id": own_id(row.pk, "address"), "location_id": str(row.pk), "address_1": row.address,
        "city": city or province, "state_province": province, "postal_code": "",
        "country": "CN", "address_type": "physical",
    }  # fmt: skip


def _area(row: ServiceArea) -> dict[str, Any]:
    told = _said(row, {"name": "name"})
    if row.place_id is not None:
        told |= {"extent": row.place_id, "extent_type": "CN-division-code"}
    return told


def service_json(row: Service) -> dict[str, Any]:
    """A service with everything about it, as HSDS gives it by id. Needs `selectors.directory.full`."""
    told = _said(
        row,
        {
            "name": "name", "name_en": "alternate_name", "description": "description", "url": "url",
            "eligibility": "eligibility_description", "minimum_age": "minimum_age", "maximum_age": "maximum_age",
            "capacity": "alert", "languages": "languages",
        },
    )  # fmt: skip
    told |= {"status": row.status, "organization": _agency(row.agency)}
    if row.verified_at is not None:
        told["assured_date"] = row.verified_at.date().isoformat()
    parts: tuple[tuple[str, Any, Callable[[Any], dict[str, Any]]], ...] = (
        ("phones", row.phones, lambda one: _said(one, {"number": "number", "kind": "type", "note": "description"})),
        ("schedules", row.schedules, _schedule),
        ("service_areas", row.areas, _area),
        ("service_at_locations", row.at_locations, _at_location),
    )
    for name, rows, shown in parts:
        if listed := [shown(one) for one in rows.all()]:
            told[name] = listed
    attributes = [attribute(row, "topic", row.topic), *(attribute(row, "group", one) for one in row.groups)]
    for term, value in (("description_en", row.description_en), ("source", row.source)):
        attributes += [attribute(row, "text", term, value)] if value else []
    told["attributes"] = [*told.get("attributes", []), *attributes]
    return told


def _schedule(row: Schedule) -> dict[str, Any]:
    told = _said(row, {"days": "byday", "opens_at": "opens_at", "closes_at": "closes_at", "note": "description"})
    return {"freq": "WEEKLY"} | told if row.days and "freq" not in told else told


def _at_location(row: ServicePlace) -> dict[str, Any]:
    told: dict[str, Any] = {"id": str(row.pk)} | row.extra
    return told | {"location": _location(row.location)}


def page_json(rows: Iterable[Service]) -> dict[str, Any]:
    """All of them as one page of HSDS's list of services."""
    contents = [service_json(one) for one in rows]
    return {
        "total_items": len(contents), "total_pages": 1, "page_number": 1, "size": len(contents), "first_page": True,
        "last_page": True, "empty": not contents, "contents": contents,
    }  # fmt: skip
