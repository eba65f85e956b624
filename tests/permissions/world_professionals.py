"""The objects of professionals that rows of the permission table are about."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import polars as pl

from builders import an_organisation
from builders_professionals import a_line, a_professional, a_roster, a_shift
from tongzhou.desks.professionals.models import (
    PeopleImport,
    Professional,
    RecruitmentCall,
    ServiceLine,
    ShiftSwap,
)
from tongzhou.desks.professionals.services.need import Need
from tongzhou.desks.professionals.services.people import secret_hash
from tongzhou.desks.professionals.services.task import pack
from tongzhou.kernel import clock, crypto, ids
from tongzhou_engines.staffing import DEMAND_SCHEMA, RosterTask
from tongzhou_engines.staffing import Shift as Kind

__all__ = ["BODIES", "OBJECTS", "QUERIES"]

_SECRET = "the-secret-of-an-application-1"


def _line(world: Any) -> ServiceLine:
    """Of the hospital of "offi", with "coun" and "supe" on it; "coux" and "supx" are on another association's."""
    found = ServiceLine.objects.filter(organisation=world.hospital).first()
    if found is not None:
        return found
    line = a_line("权限热线", organisation=world.hospital)
    other = a_line("别的热线", organisation=an_organisation("别的协会", kind="association"))
    for who, on in (("coun", line), ("supe", line), ("coux", other), ("supx", other)):
        a_professional(on, supervisor=who.startswith("sup"), account=world.accounts[who])
    return line


def _own(world: Any, who: str) -> Professional:
    _line(world)
    lines = ("权限热线", "别的热线")  # the line of the conversations has the same people
    return Professional.objects.get(account=world.accounts[who], line__name__in=lines)


def _import(world: Any) -> dict[str, Any]:
    batch = PeopleImport(line=_line(world), file_name="名册.xlsx", sha256="0" * 64)
    crypto.prepare(batch, f"line:{batch.line_id}")
    crypto.seal(batch, content=json.dumps({"rows": [], "unused": []}))
    batch.save(force_insert=True)
    return {"import_id": batch.pk}


def _call(world: Any) -> dict[str, Any]:
    until = clock.now() + dt.timedelta(days=1)
    call = RecruitmentCall.objects.create(
        line=_line(world), code=ids.new_code(), needed=5, there=1, wanted=4, closes_at=until
    )
    return {"code": call.code}


def _application(world: Any) -> dict[str, Any]:
    a_professional(_line(world), state="applied", secret_hash=secret_hash(_SECRET))
    return {"secret": _SECRET}


def _roster(world: Any) -> dict[str, Any]:
    """A draft from today on, made by nobody here."""
    line = _line(world)
    today = clock.now().astimezone(line.zone).date()
    roster = a_roster(line, state="draft", start=today, days=1, published_at=None)
    a_shift(_own(world, "coun"), roster=roster, in_force=False)
    noon = dt.datetime.combine(today, dt.time(12))
    demand = pl.DataFrame([(noon, "support", "seat", 2)], schema=DEMAND_SCHEMA, orient="row")
    task = RosterTask(start=today, days=1, people=(), shifts=(Kind("D", 480, 480),), demand=demand)
    schema = {"start": pl.Datetime("us"), "calls": pl.Float64(), "low": pl.Int64(), "high": pl.Int64()}
    pack(roster, task, Need(pl.DataFrame([], schema=schema), demand, [], 0)).save(force_insert=True)
    return {"number": roster.number}


def _shift(world: Any) -> dict[str, Any]:
    shift = a_shift(_own(world, "coun"), starts_at=clock.now() + dt.timedelta(days=1))
    return {"shift_id": shift.pk}


def _swap(world: Any) -> dict[str, Any]:
    asker, other = _own(world, "coun"), a_professional(_line(world))
    shift = a_shift(asker, starts_at=clock.now() + dt.timedelta(days=2))
    swap = ShiftSwap.objects.create(line=asker.line, shift=shift, asker=asker, other=other, state="accepted")
    return {"swap_id": swap.pk}


def _reach(world: Any) -> dict[str, Any]:
    _line(world)
    return {"what": "reach"}


#: What the addresses of an object are made of; the world holds the accounts of the columns.
OBJECTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "pline": lambda world: {"line_id": _line(world).pk},
    "pskill": lambda world: {"skill_id": _line(world).skills.first().pk},  # type: ignore[union-attr]
    "pimport": _import,  # a workbook that waits to be accepted
    "ppers": lambda world: {"person_id": _own(world, "coun").pk, "what": "reveal"},
    "pcall": _call,
    "papp": _application,  # with the right secret
    "pappx": lambda world: {"secret": "a-guess-of-the-secret-1"},
    "proster": _roster,
    "pswap": _swap,  # both want it
    "pshift": _shift,  # tomorrow's of "coun"
    "preach": _reach,
}

#: What is sent, where the answer would otherwise be about an empty form.
#: The times are over, and nobody has the id: who may ask is told so, whoever may not learns nothing.
_OVER = {"starts_at": "2020-02-06T08:00:00+08:00", "ends_at": "2020-02-06T16:00:00+08:00"}
_NOBODY = "00000000-0000-0000-0000-000000000001"
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("api-1:report_sickness", "POST"): _OVER | {"person": _NOBODY},
    ("api-1:report_own_sickness", "POST"): _OVER,
    ("api-1:ask_swap", "POST"): {"other": _NOBODY},
}

#: Words after the question mark.
QUERIES: dict[str, str] = {}
