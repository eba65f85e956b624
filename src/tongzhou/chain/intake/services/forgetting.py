"""What is promised on every form: 90 days after a matter is closed its phone, address and words are destroyed.

Destroyed means that the row's key is forgotten: the ciphertext in the table and in the trail can be opened by nobody,
and a backup that still has the key loses it while it is restored (`kernel.erasures`). The tidy record (what, where, how
much, what became of it) stays.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from tongzhou.chain.intake.models import Attachment, CallbackRequest, Contact, Lead, Need, Offer, Submission
from tongzhou.chain.intake.types import OPEN_NEEDS, OPEN_OFFERS, CallState, LeadState, Reason
from tongzhou.kernel import clock, erasures
from tongzhou.kernel.access import SYSTEM

__all__ = ["FORGOTTEN", "KEPT_DAYS", "forget_due", "forget_one", "set_dates"]

#: Days a contact is kept after the last thing about it closed.
KEPT_DAYS = 90
#: The act under which it stands in the trail.
FORGOTTEN = "contact.forgotten"
AT_ONCE = 2000


def _open() -> Q:
    """Contacts that something open still hangs from."""
    need = Need.objects.filter(contact=OuterRef("pk"), state__in=OPEN_NEEDS)
    # A merged need lives on in the one it was merged into.
    merged = Need.objects.filter(contact=OuterRef("pk"), merged_into__state__in=OPEN_NEEDS)
    offer = Offer.objects.filter(contact=OuterRef("pk"), state__in=OPEN_OFFERS)
    lead = Lead.objects.filter(contact=OuterRef("pk"), state__in=[LeadState.NEW, LeadState.CALLED])
    return Q(Exists(need)) | Q(Exists(merged)) | Q(Exists(offer)) | Q(Exists(lead))


def _closed_on(contact: Contact) -> dt.date:
    """The day the last thing about it moved."""
    moments = [contact.updated_at]
    for table in (Need, Offer, Lead):
        moments += table._default_manager.filter(contact=contact).values_list("updated_at", flat=True)
    return clock.beijing(max(moments)).date()


def set_dates(now: dt.datetime | None = None) -> int:
    """Date the contacts whose matters are all closed, and undate those that were opened again; how many."""
    kept = Contact.objects.filter(record_key__isnull=False)
    done = kept.filter(_open(), keep_until__isnull=False).update(keep_until=None)
    for contact in kept.filter(~_open(), keep_until=None).order_by("pk")[:AT_ONCE]:
        until = _closed_on(contact) + dt.timedelta(days=KEPT_DAYS)
        done += Contact.objects.filter(pk=contact.pk, version=contact.version).update(keep_until=until)
    return done


def forget_due(now: dt.datetime | None = None) -> int:
    """Destroy what is due, contacts and finished callbacks; how many. Called by the tick, safe to repeat."""
    moment = now or clock.now()
    set_dates(moment)
    today = clock.beijing(moment).date()
    due = Contact.objects.filter(~_open(), record_key__isnull=False, keep_until__lt=today).order_by("pk")[:AT_ONCE]
    done = sum(forget_one(contact) for contact in due)
    over = CallbackRequest.objects.exclude(state=CallState.WAITING).filter(
        record_key__isnull=False, updated_at__lt=moment - dt.timedelta(days=KEPT_DAYS)
    )
    for request in over[:AT_ONCE]:
        done += erasures.destroy(
            request, CallbackRequest.objects.all(), actor=SYSTEM, act=FORGOTTEN, reason=Reason.KEPT_LONG_ENOUGH
        )
    return done


@transaction.atomic
def forget_one(contact: Contact) -> bool:
    """Destroy one contact with its raw forms and photos; False when somebody changed it a moment ago."""
    unchanged = Contact.objects.filter(version=contact.version)
    if not erasures.destroy(contact, unchanged, actor=SYSTEM, act=FORGOTTEN, reason=Reason.KEPT_LONG_ENOUGH):
        return False
    for submission in Submission.objects.filter(contact=contact, record_key__isnull=False):
        Attachment.objects.filter(submission=submission).update(content=None)
        erasures.destroy(
            submission, Submission.objects.all(), actor=SYSTEM, act=FORGOTTEN, reason=Reason.KEPT_LONG_ENOUGH
        )
    return True
