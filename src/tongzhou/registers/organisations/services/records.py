"""The record of an organisation: adding, correcting, its registered scope, taking it out of use."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import Line
from tongzhou.registers.organisations.models import Organisation, OrganisationScope
from tongzhou.registers.organisations.policies import (
    ADD_ORGANISATION,
    CHANGE_ORGANISATION,
    CHANGE_OWN_ORGANISATION,
    allows_on,
)
from tongzhou.registers.organisations.services.credit import read_credit_code
from tongzhou.registers.organisations.services.papers import MOBILE
from tongzhou.registers.organisations.services.standing import settle
from tongzhou.registers.organisations.types import CHARITY_KINDS, AuthorityLevel, OrganisationKind
from tongzhou.registers.places.models import Place

__all__ = [
    "OWN_FIELDS",
    "add_organisation",
    "add_scope",
    "change_organisation",
    "withdraw_organisation",
    "withdraw_scope",
]

#: What an officer may change of the own organisation: how it presents itself, not what it is in law.
OWN_FIELDS = frozenset({"name_en", "short_name", "contact_line", "website", "scope_text"})
_TEXTS = {
    "name": 120, "name_en": 200, "short_name": 60, "authority": 120, "scope_text": 1000, "contact_line": 120,
    "website": 200,
}  # fmt: skip


@transaction.atomic
def add_organisation(
    *, actor: Actor, name: str, kind: str, place: Place, reason: str = "", **fields: Any
) -> Organisation:
    """Record an organisation. It stands for nothing until a person has verified its papers.

    fields: name_en, short_name, is_charity, credit_code, authority, authority_level, scope_text, contact_line, website.
    Raises ``Refusal("bad_form")`` naming every wrong field, ``not_found`` without the right.
    """
    if not may(actor, ADD_ORGANISATION):
        raise Refusal("not_found")
    said = _checked({"name": name, "kind": kind, "place": place, **fields}, None)
    return _saved(lambda: changes.create(Organisation(**said), actor=actor, act=ADD_ORGANISATION, reason=reason))


@transaction.atomic
def change_organisation(
    *, actor: Actor, organisation: Organisation, expect: int | None = None, reason: str = "", **fields: Any
) -> Organisation:
    """Correct the record; an officer may change `OWN_FIELDS` of the own one. A changed kind asks for other papers."""
    act = CHANGE_ORGANISATION
    if not allows_on(actor, act, organisation):
        act = CHANGE_OWN_ORGANISATION
        if not allows_on(actor, act, organisation) or not set(fields) <= OWN_FIELDS:
            raise Refusal("not_found")
    if organisation.withdrawn_at is not None:
        raise Refusal("not_found")
    said = _checked(fields, organisation)
    changed = _saved(lambda: changes.apply(organisation, actor=actor, act=act, expect=expect, reason=reason, **said))
    if {"kind", "is_charity"} & set(fields):
        settle(actor=actor, act=act, organisation=changed, reason=reason)
    return changed


def withdraw_organisation(
    *, actor: Actor, organisation: Organisation, expect: int | None = None, reason: str
) -> Organisation:
    """Take a record out of use (entered twice, dissolved); what points at it keeps it."""
    if not allows_on(actor, CHANGE_ORGANISATION, organisation):
        raise Refusal("not_found")
    if len(reason.strip()) < 4:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（4 到 300 个字）")})
    return changes.apply(
        organisation, actor=actor, act=CHANGE_ORGANISATION, expect=expect, reason=reason, withdrawn_at=clock.now()
    )


@transaction.atomic
def add_scope(
    *, actor: Actor, organisation: Organisation, area: Place, category: Category | None = None, line: str = ""
) -> OrganisationScope:
    """Say what it is registered to do where: one category, a line, or (neither) everything. The same twice is one."""
    if not allows_on(actor, CHANGE_ORGANISATION, organisation):
        raise Refusal("not_found")
    if line and (category is not None or line not in Line.values):
        raise Refusal("bad_form", fields={"line": _("类别和条线只选一个")})
    known = OrganisationScope.objects.filter(
        organisation=organisation, area=area, category=category, line=line, withdrawn_at=None
    ).first()
    if known is not None:
        return known
    return changes.create(
        OrganisationScope(organisation=organisation, area=area, category=category, line=line),
        actor=actor, act=CHANGE_ORGANISATION,
    )  # fmt: skip


def withdraw_scope(*, actor: Actor, scope: OrganisationScope) -> OrganisationScope:
    """Take one line of the scope back."""
    if not allows_on(actor, CHANGE_ORGANISATION, scope.organisation):
        raise Refusal("not_found")
    return changes.apply(scope, actor=actor, act=CHANGE_ORGANISATION, withdrawn_at=clock.now())


def _saved(write: Any) -> Organisation:
    try:
        with transaction.atomic():
            saved = write()
    except IntegrityError as error:
        field = "credit_code" if "credit_code" in str(error) else "name"
        said = _("另一个单位已经登记了这个代码") if field == "credit_code" else _("这个地方已经登记了同名的单位")
        raise Refusal("bad_form", fields={field: said}) from error
    assert isinstance(saved, Organisation)
    return saved


def _checked(fields: dict[str, Any], known: Organisation | None) -> dict[str, Any]:
    """The given columns made tidy; every wrong one named at once."""
    said, wrong = dict(fields), {}
    for name, longest in _TEXTS.items():
        if name in said:
            said[name] = " ".join(str(said[name] or "").split())
            if len(said[name]) > longest:
                wrong[name] = _("太长了，最多 %(n)s 个字") % {"n": longest}
    if "name" in said and len(said["name"]) < 2:
        wrong["name"] = _("请写单位全称")
    kind = said.get("kind", known.kind if known else "")
    if kind not in OrganisationKind.values:
        wrong["kind"] = _("请选择一种")
    if said.get("is_charity", known.is_charity if known else False) and kind not in CHARITY_KINDS:
        wrong["is_charity"] = _("只有基金会、社会团体和社会服务机构可以是慈善组织")
    if said.get("authority_level") and said["authority_level"] not in AuthorityLevel.values:
        wrong["authority_level"] = _("请选择一种")
    wrong |= _public_only(said)
    if "credit_code" in said:
        try:
            reading = read_credit_code(str(said["credit_code"] or ""))
            said["credit_code"] = reading.code if reading else ""
        except Refusal as refusal:
            wrong |= refusal.fields
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    return said


def _public_only(said: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the line and the address an organisation publishes."""
    wrong = {}
    for name in ("contact_line", "scope_text"):
        if MOBILE.search(str(said.get(name) or "")):
            wrong[name] = _("这里只写单位对外公布的固定电话或热线，不写个人手机号")
    if said.get("website"):
        try:
            URLValidator(schemes=["http", "https"])(said["website"])
        except ValidationError:
            wrong["website"] = _("请写完整网址，以 https:// 开头")
    return wrong
