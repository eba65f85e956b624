"""Accepting an import: its institutions are found or recorded, then its lines become records, all or nothing."""

from __future__ import annotations

import re
import uuid

from django.db import transaction
from django.utils.translation import gettext_noop

from tongzhou.chain.intake.models import ImportBatch
from tongzhou.chain.intake.models.imports import ImportState
from tongzhou.chain.intake.services.sheets import accept, rows
from tongzhou.chain.intake.services.sheets.compare import chunks
from tongzhou.flows.read_import import note_doubles
from tongzhou.flows.release_need import release_orphans
from tongzhou.kernel import clock, outbox
from tongzhou.kernel.access import Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.organisations.policies import ADD_ORGANISATION
from tongzhou.registers.organisations.services import add_organisation
from tongzhou.registers.organisations.types import OrganisationKind
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response
from tongzhou_engines.sheets.text import comparable

__all__ = ["accept_import", "kind_of"]

_KINDS = (
    (OrganisationKind.FOUNDATION, re.compile(r"基金会|foundation", re.IGNORECASE)),
    (OrganisationKind.COMMITTEE, re.compile(r"居委会|居民委员会|村委会|村民委员会|社区(?!卫生|医院)")),
    (
        OrganisationKind.HOSPITAL,
        re.compile(r"医院|卫生院|卫生室|卫生服务|诊所|门诊|妇幼|保健院|医疗|急救|hospital|clinic", re.IGNORECASE),
    ),
    (
        OrganisationKind.PUBLIC_BODY,
        re.compile(r"疾控|疾病预防|卫健|局|政府|指挥部|公安|消防|法院|检察|血液中心|血站|大学|学院|学校|街道"),
    ),
    (OrganisationKind.ASSOCIATION, re.compile(r"红十字|慈善|协会|学会|商会|志愿")),
    (OrganisationKind.COMPANY, re.compile(r"公司|集团|厂\Z|ltd|inc|company", re.IGNORECASE)),
)


def kind_of(name: str) -> str:
    """What an institution is, by its name; a person corrects it when its papers are looked at."""
    return next(
        (str(kind.value) for kind, pattern in _KINDS if pattern.search(name)), str(OrganisationKind.OTHER.value)
    )


def accept_import(*, actor: Actor, batch_id: uuid.UUID) -> ImportBatch:
    """Take an import in. The second of two who accept it gets the first one's result.

    Raises ``Refusal`` not_found, import_reading, import_over, response_closed.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.select_related("response").filter(pk=batch_id).first()
        if batch is None or not rows.may_see(actor, batch):
            raise Refusal("not_found")
        # Imports of one response come one after another; other work in it goes on (no key is touched).
        Response.objects.select_for_update(no_key=True).get(pk=batch.response_id)
        batch = ImportBatch.objects.select_related("response", "organisation").get(pk=batch_id)
        if batch.state == ImportState.ACCEPTED:
            return batch
        if batch.state == ImportState.READING:
            raise Refusal("import_reading")
        if batch.state != ImportState.READY:
            raise Refusal("import_over")
        if not batch.response.is_open:
            raise Refusal("response_closed")
        plan = accept.plan_of(batch, actor)
        organisations = _organisations(actor, plan)
        done = accept.take(plan, organisations)
        release_orphans(response_id=batch.response_id, actor=actor, now=clock.now())
        transaction.on_commit(lambda: note_doubles.enqueue(str(batch_id)))
        outbox.post("import.accepted", {"batch": str(batch.pk)}, key=f"import.accepted:{batch.pk}")
        return done


def _organisations(actor: Actor, plan: accept.Plan) -> dict[accept.Named, Organisation]:
    """The institutions of the taken lines: found by name and place, else recorded (without papers)."""
    wanted = accept.named(plan)
    if plan.own is not None or not wanted:
        return {}
    known: dict[str, list[Organisation]] = {}
    for some in chunks({name for name, _ in wanted}):
        for there in Organisation.objects.filter(name__in=some, withdrawn_at=None).order_by("pk"):
            known.setdefault(comparable(there.name), []).append(there)
    found: dict[accept.Named, Organisation] = {}
    made: list[str] = []
    for name, place in wanted:
        one: Organisation | None = _same(known.get(comparable(name), []), place)
        if one is None and may(actor, ADD_ORGANISATION):
            one = _record(actor, name, plan.world.place(place))
            if one is not None:
                made.append(str(one.pk))
                known.setdefault(comparable(name), []).append(one)
        if one is not None:
            found[(name, place)] = one
    if made:
        ImportBatch.objects.filter(pk=plan.batch.pk).update(organisations_made=made)
        plan.batch.organisations_made = made
    return found


def _same(known: list[Organisation], place: str) -> Organisation | None:
    """The one of this name here: at the place, or above or below it."""
    for one in known:
        if one.place_id == place:
            return one
    near = [one for one in known if one.place_id.startswith(place) or place.startswith(one.place_id)]
    return near[0] if len(near) == 1 else None


def _record(actor: Actor, name: str, place: Place) -> Organisation | None:
    try:
        reason = gettext_noop("导入表格")
        return add_organisation(actor=actor, name=name, kind=kind_of(name), place=place, reason=reason)
    except Refusal:
        return None  # a name the register does not take (too long, one letter): the need keeps it as text
