"""Reading a file of HSDS 3: a service that cannot be read is named with the reason, the others come in."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from tongzhou.desks.bulletins.models import Agency, Location, Phone, Schedule, Service, ServiceArea, ServicePlace
from tongzhou.desks.bulletins.policies import IMPORT_DIRECTORY
from tongzhou.desks.bulletins.selectors.directory import plain_words
from tongzhou.desks.bulletins.services.hsds import split_attributes
from tongzhou.desks.bulletins.services.texts import printable
from tongzhou.desks.bulletins.types import Group, ServiceState, Topic
from tongzhou.kernel import changes, ids
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.places.models import Place

__all__ = ["Imported", "import_hsds", "searchable"]

MOST_BYTES, MOST_SERVICES = 4 * 1024 * 1024, 2000
#: Deeper JSON than this is no directory.
DEEPEST = 40


@dataclass(slots=True)
class Imported:
    """How many services came in, and those that did not: (which, why)."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


class _Unreadable(Exception):
    """Why one service cannot be taken."""


def searchable(service: Service, agency: Agency) -> str:
    """What `search_directory` looks into."""
    told = (
        service.name, service.name_en, service.description, service.description_en, service.eligibility, agency.name,
        agency.name_en,
    )  # fmt: skip
    return plain_words(" ".join(told))


def import_hsds(*, actor: Actor, raw: bytes, now: dt.datetime) -> Imported:
    """Take services in, new ones and changed ones by their ids; none is public before a person verified it here.

    Raises ``Refusal``: ``not_found``, ``too_large``, ``directory_file``.
    """
    require(actor, IMPORT_DIRECTORY)
    if len(raw) > MOST_BYTES:
        raise Refusal("too_large", limit="4 MB")
    result = Imported()
    for number, said in enumerate(_listed(raw), start=1):
        name = str(said.get("name", ""))[:80] if isinstance(said, dict) else ""
        try:
            with transaction.atomic():
                _Reader(actor, now).service(said)
            result.done += 1
        except _Unreadable as error:
            result.refused.append((name or f"#{number}", str(error)))
    return result


def _listed(raw: bytes) -> list[Any]:
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refusal("directory_file", why=f"JSON: {error}"[:120]) from error
    except RecursionError as error:
        raise Refusal("directory_file", why="JSON: depth") from error
    if isinstance(said, dict):
        said = said["contents"] if isinstance(said.get("contents"), list) else [said]
    if not isinstance(said, list) or not said:
        raise Refusal("directory_file", why="services: 0")
    if len(said) > MOST_SERVICES:
        raise Refusal("directory_file", why=f"> {MOST_SERVICES}")
    return said


def _clean(value: Any, deep: int = 0) -> Any:
    """The value without characters that no database holds."""
    if deep > DEEPEST:
        raise _Unreadable("depth")
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_clean(one, deep + 1) for one in value]
    if isinstance(value, dict):
        return {printable(str(name)): _clean(one, deep + 1) for name, one in value.items()}
    return value


def _text(said: dict[str, Any], name: str, most: int, *, needed: bool = False) -> str:
    value = said.pop(name, None)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or len(value) > most or (needed and not value.strip()):
        raise _Unreadable(f"{name}: text of {most} characters at most")
    return value


def _id(said: dict[str, Any], where: str) -> uuid.UUID:
    found = ids.parse_id(said.pop("id", ""))
    if found is None:
        raise _Unreadable(f"{where}.id: no UUID")
    return found


def _age(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 150:
        raise _Unreadable(f"{name}: 0 to 150")
    del said[name]
    if value != int(value):
        said[name] = value  # months written as a fraction stay as they came
        return None
    return int(value)


def _many(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = said.pop(name, None)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _Unreadable(f"{name}: a list of objects")
    return value


class _Reader:
    """Writes one service with its parts."""

    def __init__(self, actor: Actor, now: dt.datetime) -> None:
        self.actor, self.now = actor, now

    def _put(self, model: type[models.Model], pk: uuid.UUID, **columns: Any) -> Any:
        row: Any = model._default_manager.filter(pk=pk).first()
        if row is None:
            return changes.create(model(pk=pk, **columns), actor=self.actor, act=IMPORT_DIRECTORY)  # type: ignore[type-var]
        return changes.apply(row, actor=self.actor, act=IMPORT_DIRECTORY, **columns)

    def _place(self, code: Any) -> Place | None:
        known = isinstance(code, str) and code.isdigit() and code.isascii()
        return Place.objects.filter(code=code).first() if known else None

    def service(self, told: Any) -> None:
        """One service; raises _Unreadable."""
        if not isinstance(told, dict):
            raise _Unreadable("service: an object")
        said = _clean(told)
        agency = self._agency(said)
        pk = _id(said, "service")
        columns = self._columns(said)
        parts = {name: _many(said, name) for name in ("phones", "schedules", "service_areas", "service_at_locations")}
        row = Service.objects.filter(pk=pk).first()
        kept = {} if row is None else {"synthetic": row.synthetic}
        made = Service(agency=agency, **columns)
        service = self._put(
            Service, pk, agency=agency, extra=said, written_by_id=self.actor.account_id, written_at=self.now,
            words=searchable(made, agency), withdrawn_at=None, **columns, **kept,
        )  # fmt: skip
        self._parts(service, parts)

    def _columns(self, said: dict[str, Any]) -> dict[str, Any]:
        ours, others = split_attributes(_many(said, "attributes"))
        if others:
            said["attributes"] = others
        status = said.pop("status", None)
        if status not in ServiceState.values:
            raise _Unreadable(f"status: {', '.join(ServiceState.values)}")
        topic = next((one for one in ours.get("topic", {}) if one in Topic.values), Topic.OTHER.value)
        low, high = _age(said, "minimum_age"), _age(said, "maximum_age")
        if low is not None and high is not None and high < low:
            raise _Unreadable("maximum_age < minimum_age")
        return {
            "name": _text(said, "name", 160, needed=True), "name_en": _text(said, "alternate_name", 240),
            "description": _text(said, "description", 4000), "url": _text(said, "url", 500), "status": status,
            "eligibility": _text(said, "eligibility_description", 300), "minimum_age": low, "maximum_age": high,
            "capacity": _text(said, "alert", 300), "languages": _many(said, "languages"), "topic": topic,
            "groups": [one for one in Group.values if one in ours.get("group", {})],
            "description_en": ours.get("text", {}).get("description_en", "")[:6000],
            "source": ours.get("text", {}).get("source", "")[:300],
        }  # fmt: skip

    def _agency(self, said: dict[str, Any]) -> Agency:
        told = said.pop("organization", None)
        if not isinstance(told, dict):
            raise _Unreadable("organization: an object with id, name and description")
        pk = _id(told, "organization")
        columns = {
            "name": _text(told, "name", 160, needed=True), "name_en": _text(told, "alternate_name", 240),
            "description": _text(told, "description", 4000), "website": _text(told, "website", 500),
            "email": _text(told, "email", 254),
        }  # fmt: skip
        made: Agency = self._put(Agency, pk, extra=told, **columns)
        return made

    def _parts(self, service: Service, parts: dict[str, list[dict[str, Any]]]) -> None:
        written: dict[type[models.Model], set[uuid.UUID]] = {
            model: set() for model in (Phone, Schedule, ServiceArea, ServicePlace)
        }
        for said in parts["phones"]:
            pk, number = _id(said, "phone"), _text(said, "number", 40, needed=True)
            columns = {"kind": _text(said, "type", 20), "note": _text(said, "description", 300)}
            written[Phone].add(self._part(Phone, pk, service, said, number=number, **columns))
        for said in parts["schedules"]:
            pk = _id(said, "schedule")
            columns = {"days": _text(said, "byday", 40), "note": _text(said, "description", 300)}
            columns |= {"opens_at": _text(said, "opens_at", 10), "closes_at": _text(said, "closes_at", 10)}
            written[Schedule].add(self._part(Schedule, pk, service, said, **columns))
        for said in parts["service_areas"]:
            pk, name = _id(said, "service_area"), _text(said, "name", 200)
            place = self._place(said.get("extent")) if said.get("extent_type") == "CN-division-code" else None
            if place is not None:
                del said["extent"], said["extent_type"]
            written[ServiceArea].add(self._part(ServiceArea, pk, service, said, name=name, place=place))
        for said in parts["service_at_locations"]:
            pk, location = _id(said, "service_at_location"), self._location(said.pop("location", None), service.agency)
            written[ServicePlace].add(self._part(ServicePlace, pk, service, said, location=location))
        for model, kept in written.items():
            rows: Any = model._default_manager.filter(service=service, withdrawn_at=None).exclude(pk__in=kept)
            for row in rows:
                changes.apply(row, actor=self.actor, act=IMPORT_DIRECTORY, withdrawn_at=self.now)

    def _part(
        self, model: type[models.Model], pk: uuid.UUID, service: Service, extra: dict[str, Any], **columns: Any
    ) -> uuid.UUID:
        row: Any = model._default_manager.filter(pk=pk).first()
        if row is not None and row.service_id != service.pk:
            raise _Unreadable(f"{model.__name__}.id: belongs to another service")
        self._put(model, pk, service=service, extra=extra, withdrawn_at=None, **columns)
        return pk

    def _location(self, told: Any, agency: Agency) -> Location:
        if not isinstance(told, dict):
            raise _Unreadable("location: an object")
        pk, kind = _id(told, "location"), told.pop("location_type", None)
        if kind not in ("physical", "postal", "virtual"):
            raise _Unreadable("location_type: physical, postal, virtual")
        place = None
        if told.get("external_identifier_type") == "CN-division-code":
            place = self._place(told.get("external_identifier"))
            if place is not None:
                del told["external_identifier"], told["external_identifier_type"]
        told_addresses = told.get("addresses")
        first = told_addresses[0] if isinstance(told_addresses, list) and told_addresses else {}
        address = str(first.get("address_1", ""))[:200] if isinstance(first, dict) else ""
        columns: dict[str, Any] = {"name": _text(told, "name", 160), "kind": kind, "place": place, "address": address}
        for name in ("latitude", "longitude"):
            value = told.pop(name, None)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise _Unreadable(f"{name}: a number")
            columns[name] = value
        made: Location = self._put(Location, pk, agency=agency, extra=told, **columns)
        return made
