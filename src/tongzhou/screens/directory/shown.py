"""How an entry is shown: who, what, when, where, for whom, how fresh."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.hours import hours_in_words
from tongzhou.desks.bulletins.models import Service
from tongzhou.desks.bulletins.types import Group
from tongzhou.kernel import clock

__all__ = ["Entry", "entry_of"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry at one moment."""

    service: Service
    phones: tuple[str, ...]
    hours: tuple[str, ...]
    where: tuple[str, ...]
    area: str
    groups: str
    ages: str
    languages: str
    verified: str
    stale: bool


def _ages(service: Service) -> str:
    low, high = service.minimum_age, service.maximum_age
    if low is not None and high is not None:
        return _("%(low)s 到 %(high)s 岁") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s 岁以上") % {"low": low}
    return _("%(high)s 岁以下") % {"high": high} if high is not None else ""


def _verified(service: Service, at: dt.datetime) -> str:
    if service.verified_at is None:
        return _("还没有核实")
    days = max(0, (at - service.verified_at).days)
    when = f"{clock.beijing(service.verified_at):%Y-%m-%d}"
    if service.changed_since:
        return _("%(when)s 核实过，之后改过，还没有再核实") % {"when": when}
    if service.stale(at):
        return _("%(when)s 核实过，已经 %(n)s 天没有再核实") % {"when": when, "n": days}
    return _("%(when)s 已核实") % {"when": when}


def entry_of(service: Service, at: dt.datetime) -> Entry:
    """An entry as it is shown; needs `selectors.directory.full`."""
    places = [one.location for one in service.at_locations.all()]
    return Entry(
        service=service, phones=tuple(one.number for one in service.phones.all()), hours=tuple(
            hours_in_words((one.days, one.opens_at, one.closes_at, one.note) for one in service.schedules.all())
        ),
        where=tuple(
            " ".join(filter(None, (one.name, one.place.full_label if one.place else "", one.address))) for one in places
        ),
        area=_("、").join(one.place.full_label if one.place else one.name for one in service.areas.all()),
        groups=_("、").join(str(Group(one).label) for one in service.groups if one in Group.values),
        ages=_ages(service),
        languages=_("、").join(str(one.get("name") or one.get("code") or "") for one in service.languages),
        verified=_verified(service, at), stale=service.stale(at),
    )  # fmt: skip
