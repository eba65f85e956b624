"""Who may do what: deny by default, one rule set for detail, list, search, export and fields.

An `Act` says which roles may do it. A `Grant` gives an account a role on a line (条) in an area (块). `allows` judges
one object, `scope` narrows a queryset by exactly the same rule. Every view carries a declaration (`route`); the site
refuses a view without one.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q

__all__ = [
    "ACTS",
    "ANONYMOUS",
    "PUBLIC",
    "SIGNED_IN",
    "SYSTEM",
    "Act",
    "Actor",
    "Gate",
    "Grant",
    "act",
    "allows",
    "area_range",
    "may",
    "require",
    "route",
    "scope",
]

ALL_LINES = "all"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on a line in an area. `area` is a division-code prefix ("" the nation); None means every response.

    With `organisation` set the grant reaches only that organisation's own objects, wherever they are.
    """

    role: str
    line: str = ALL_LINES
    area: str = ""
    response: uuid.UUID | None = None
    organisation: uuid.UUID | None = None
    team: uuid.UUID | None = None
    sees_contacts: bool = False
    #: Roles that see no contact but can open every door (admin) prove a second factor too.
    needs_second_factor: bool = False

    def covers(
        self, line: str | None, area: str | None, response: uuid.UUID | None, organisation: uuid.UUID | None
    ) -> bool:
        """True when the object described lies inside this grant.

        A None of the object matches nothing but a whole grant.
        """
        if self.response is not None and response != self.response:
            return False
        if self.organisation is not None:
            return organisation == self.organisation
        if self.line != ALL_LINES and line != self.line:
            return False
        return not self.area or (area is not None and area.startswith(self.area))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its grants, a token narrowed to `scopes`, nobody (anonymous) or the system itself."""

    account_id: uuid.UUID | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    second_factor: bool = False
    scopes: frozenset[str] | None = None
    is_system: bool = False
    is_demo: bool = False

    @property
    def signed_in(self) -> bool:
        """True for an account, by session or token."""
        return self.account_id is not None

    @property
    def roles(self) -> frozenset[str]:
        """Every role held somewhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def lacks_second_factor(self) -> bool:
        """True when a role that sees contacts or gives roles is held but only a password was given."""
        return not self.second_factor and any(grant.sees_contacts or grant.needs_second_factor for grant in self.grants)


ANONYMOUS = Actor()
#: The platform's own timed work (lapsing papers, expiring needs); never handed to a request.
SYSTEM = Actor(name="system", is_system=True)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done, and by which roles. `writes` and `contacts` decide the token scope it needs."""

    name: str
    roles: frozenset[str] = frozenset()
    writes: bool = False
    contacts: bool = False

    @property
    def scope(self) -> str:
        """The token scope: ``needs:read``, ``needs:write`` or ``needs:contacts``."""
        return self.name.split(".")[0] + (":contacts" if self.contacts else ":write" if self.writes else ":read")


@dataclass(frozen=True, slots=True)
class Gate:
    """A declaration that is not an act: open to all, or to anybody signed in."""

    name: str
    needs_account: bool = False
    #: Pages that must stay reachable before the second factor is set up.
    before_second_factor: bool = field(default=False)


PUBLIC = Gate("public")
SIGNED_IN = Gate("signed_in", needs_account=True)

ACTS: dict[str, Act] = {}


def act(name: str, roles: Iterable[str], *, writes: bool = False, contacts: bool = False) -> Act:
    """Declare an act (in a policies module); names are unique and stable: they stand in the audit trail."""
    if name in ACTS:
        raise ValueError(f"act {name!r} declared twice")
    ACTS[name] = Act(name, frozenset(roles), writes, contacts)
    return ACTS[name]


def _open_to(actor: Actor, wanted: Act) -> bool:
    if actor.is_system:
        return True
    if not actor.signed_in or actor.lacks_second_factor:
        return False
    return actor.scopes is None or wanted.scope in actor.scopes


def may(actor: Actor, wanted: Act) -> bool:
    """True when the actor holds a role for this act somewhere: opens the page, not yet any object."""
    return _open_to(actor, wanted) and (actor.is_system or any(grant.role in wanted.roles for grant in actor.grants))


def allows(
    actor: Actor,
    wanted: Act,
    *,
    line: str | None = None,
    area: str | None = None,
    response: uuid.UUID | None = None,
    organisation: uuid.UUID | None = None,
) -> bool:
    """True when the actor may do it to the object described."""
    if not _open_to(actor, wanted):
        return False
    return actor.is_system or any(
        grant.role in wanted.roles and grant.covers(line, area, response, organisation) for grant in actor.grants
    )


def require(actor: Actor, wanted: Act, **target: Any) -> None:
    """Raise `Refusal("not_found")` unless allowed: absent and forbidden give the same answer."""
    from tongzhou.kernel.errors import Refusal

    if not (allows(actor, wanted, **target) if target else may(actor, wanted)):
        raise Refusal("not_found")


def area_range(prefix: str) -> tuple[str, str]:
    """The half-open range of division codes under `prefix`: an index can serve it in any collation."""
    return prefix, str(int(prefix) + 1)


def scope(
    actor: Actor,
    wanted: Act,
    *,
    line: str = "line",
    area: str = "place_id",
    response: str = "response_id",
    organisation: str = "organisation_id",
) -> Q:
    """The rows the actor may do `wanted` to, as a Q; the arguments name the columns ("" when the model has none)."""
    nothing = Q(pk__in=[])
    if not _open_to(actor, wanted):
        return nothing
    if actor.is_system:
        return Q()
    allowed = nothing
    for grant in actor.grants:
        if grant.role not in wanted.roles:
            continue
        one = _grant_q(grant, line, area, response, organisation)
        if one is not None:
            if not one:
                return Q()
            allowed |= one
    return allowed


def _grant_q(grant: Grant, line: str, area: str, response: str, organisation: str) -> Q | None:
    """One grant as a Q; None when the model lacks the column the grant is bounded by (closed, not open)."""
    found = Q()
    if grant.response is not None:
        if not response:
            return None
        found &= Q(**{response: grant.response})
    if grant.organisation is not None:
        return found & Q(**{organisation: grant.organisation}) if organisation else None
    if grant.line != ALL_LINES:
        if not line:
            return None
        found &= Q(**{line: grant.line})
    if grant.area:
        if not area:
            return None
        low, high = area_range(grant.area)
        found &= Q(**{f"{area}__gte": low, f"{area}__lt": high})
    return found


View = TypeVar("View", bound=Callable[..., Any])


def route(declared: Act | Gate) -> Callable[[View], View]:
    """Declare who may open a view. Without it the site answers as if the page did not exist."""

    def mark(view: View) -> View:
        view.tongzhou_access = declared  # type: ignore[attr-defined]
        return view

    return mark
