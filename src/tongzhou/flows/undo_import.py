"""Taking a whole import back, and the organisations that only it had recorded."""

from __future__ import annotations

import uuid

from django.db import transaction

from tongzhou.chain.intake.models import ImportBatch, Lead, Need, Offer
from tongzhou.chain.intake.models.imports import ImportState
from tongzhou.chain.intake.services.sheets import rows, undo
from tongzhou.chain.intake.types import LeadState, NeedState, OfferState
from tongzhou.flows.release_need import release_orphans
from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation, Verification
from tongzhou.registers.organisations.policies import CHANGE_ORGANISATION, allows_on
from tongzhou.registers.organisations.services import withdraw_organisation
from tongzhou.registers.people.models import Grant
from tongzhou.registers.responses.models import Response

__all__ = ["undo_import"]


def undo_import(*, actor: Actor, batch_id: uuid.UUID) -> ImportBatch:
    """Take an accepted import back; asked twice it is undone once. What people changed since stays and is listed.

    Raises ``Refusal`` not_found, import_over.
    """
    with transaction.atomic():
        batch = ImportBatch.objects.filter(pk=batch_id).first()
        if batch is None or not rows.may_see(actor, batch):
            raise Refusal("not_found")
        Response.objects.select_for_update(no_key=True).get(pk=batch.response_id)
        batch.refresh_from_db()
        if batch.state == ImportState.UNDONE:
            return batch
        done = undo.take_back(batch, actor)
        release_orphans(response_id=batch.response_id, actor=actor, now=clock.now(), reason=undo.UNDONE)
        _withdraw_organisations(actor, done)
        return done


def _withdraw_organisations(actor: Actor, batch: ImportBatch) -> None:
    """Organisations that the import recorded and nothing else has touched or points at."""
    for one in Organisation.objects.filter(pk__in=batch.organisations_made, withdrawn_at=None, version=1):
        used = (
            Need.objects.filter(organisation=one).exclude(state=NeedState.WITHDRAWN).exists()
            or Offer.objects.filter(organisation=one).exclude(state=OfferState.WITHDRAWN).exists()
            or Lead.objects.filter(organisation=one).exclude(state=LeadState.DROPPED).exists()
            or Grant.objects.filter(organisation_id=one.pk).exists()
            or Verification.objects.filter(organisation=one).exists()
        )
        if not used and allows_on(actor, CHANGE_ORGANISATION, one):
            withdraw_organisation(actor=actor, organisation=one, reason=undo.UNDONE)
