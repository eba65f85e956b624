"""Needs that may be the same plea: while somebody types, and the pairs that wait for a person."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.policies import LIST_NEEDS
from tongzhou.chain.intake.services.submit import address_index, scope_of
from tongzhou.chain.intake.types import OPEN_NEEDS, NeedState
from tongzhou.chain.triage.models import DuplicatePair
from tongzhou.chain.triage.policies import MERGE_NEEDS
from tongzhou.chain.triage.selectors.likeness import NOTED, Probe, compare, name_forms
from tongzhou.chain.triage.types import Decision, Likeness, Sign
from tongzhou.kernel import clock, crypto
from tongzhou.kernel.access import Actor, scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.services import resolve
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.selectors import under
from tongzhou_engines.catalogue import normalise

__all__ = [
    "BLOCK", "Similar", "get_pair", "likely_duplicates", "neighbours", "open_pairs", "pairs_of", "pairs_to_count",
    "probe_of", "probes_of", "words_of",
]  # fmt: skip

#: At most so many newest needs of one category and city are compared with a new one by name and words.
BLOCK = 400
#: Nothing older than this is taken for the same plea.
LOOK_BACK = dt.timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Similar:
    """A need like what is being typed, and how alike."""

    need: Need
    likeness: Likeness

    @property
    def words(self) -> list[str]:
        """The signs in the reader's language."""
        return words_of(self.likeness.signs)


def words_of(signs: Iterable[str]) -> list[str]:
    """Signs in the reader's language."""
    return [str(Sign(sign).label) for sign in signs if sign in Sign.values]


def probes_of(needs: Iterable[Need]) -> list[Probe]:
    """Needs as they are compared; their contacts must be joined (`select_related("contact")`). One query for places."""
    listed = list(needs)
    above = _place_names({need.place_id for need in listed})
    return [_probe(need, above[need.place_id]) for need in listed]


def probe_of(need: Need) -> Probe:
    """One need as it is compared."""
    return probes_of([need])[0]


def _probe(need: Need, above: tuple[str, ...]) -> Probe:
    contact = need.contact
    return Probe(
        id=need.pk, at=need.created_at, category=need.category_id or "", place=need.place_id,
        item=normalise(need.item), text=normalise(f"{need.item}{need.specification}{need.note}")[:400],
        phone=contact.phone_index if contact else "", address=contact.address_index if contact else "",
        organisation=need.organisation_id, names=name_forms(need.requester, above), quantity=need.quantity_asked,
        submission=need.submission_id, place_certain=need.place_certain,
    )  # fmt: skip


def _place_names(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each code the names of its province and city, long and short, in the order they are written."""
    listed = list(codes)
    wanted = {code[:length] for code in listed for length in (2, 4) if len(code) >= length}
    found = Place.objects.in_bulk(list(wanted))
    names: dict[str, tuple[str, ...]] = {}
    for code in listed:
        parts = [found[code[:length]] for length in (2, 4) if len(code) >= length and code[:length] in found]
        names[code] = tuple(name for place in parts for name in (place.name, place.short_name))
    return names


def neighbours(probe: Probe, response_id: uuid.UUID, *, since: dt.datetime) -> QuerySet[Need]:
    """Open needs worth comparing with `probe`, by index: the same phone, address or organisation; else the newest of
    the same category in the same city."""
    rows = Need.objects.filter(response_id=response_id, state__in=OPEN_NEEDS, created_at__gte=since)
    if probe.id is not None:
        rows = rows.exclude(pk=probe.id)
    if probe.submission is not None:
        rows = rows.exclude(submission_id=probe.submission)
    same = Q(pk__in=[])
    if probe.phone:
        same |= Q(contact__phone_index=probe.phone)
    if probe.address:
        same |= Q(contact__address_index=probe.address)
    if probe.organisation:
        same |= Q(organisation_id=probe.organisation)
    block = rows.filter(under("place_id", probe.place[:4]))
    if probe.category:
        block = block.filter(Q(category_id=probe.category) | Q(category__isnull=True))
    near = list(block.order_by("-created_at").values_list("pk", flat=True)[:BLOCK])
    known = list(rows.filter(same).values_list("pk", flat=True)[:BLOCK]) if same != Q(pk__in=[]) else []
    return Need.objects.filter(pk__in={*near, *known}).select_related("contact")


def likely_duplicates(
    actor: Actor, *, response_id: uuid.UUID, text: str = "", place: str = "0", phone: str = "", category: str = "",
    requester: str = "", address: str = "", now: dt.datetime | None = None, limit: int = 5,
) -> list[Similar]:  # fmt: skip
    """Needs the actor may see that look like what is being typed, the likeliest first; shows no contact.

    `category` is a key; without it the text is looked up. Phone and address are only compared as keyed hashes.
    """
    moment = now or clock.now()
    of = scope_of(response_id)
    key = category or resolve(text, response_id).key or ""
    probe = Probe(
        id=None, at=moment, category=key, place=place, item=normalise(text), text=normalise(text)[:400],
        phone=crypto.phone_index(phone, of), address=address_index(address, of),
        names=name_forms(requester, _place_names([place])[place]),
    )  # fmt: skip
    if not probe.item and not probe.phone and not probe.names:
        return []
    rows = neighbours(probe, response_id, since=moment - LOOK_BACK).filter(scope(actor, LIST_NEEDS))
    needs = list(rows.select_related("contact", "place", "category"))
    found = [
        Similar(need, likeness)
        for need, other in zip(needs, probes_of(needs), strict=True)
        if (likeness := compare(probe, other)).score >= NOTED
    ]
    return sorted(found, key=lambda one: (-one.likeness.score, one.need.created_at))[:limit]


def _visible(actor: Actor) -> QuerySet[DuplicatePair]:
    joined = ("place", "category", "response", "organisation")
    rows = DuplicatePair.objects.select_related(*(f"{side}__{name}" for side in ("first", "second") for name in joined))
    for side in ("first", "second"):
        rows = rows.filter(
            scope(
                actor, MERGE_NEEDS, line=f"{side}__line", area=f"{side}__place_id", response=f"{side}__response_id",
                organisation=f"{side}__organisation_id",
            )
        )  # fmt: skip
    return rows


def open_pairs(actor: Actor, response_id: uuid.UUID | None = None) -> QuerySet[DuplicatePair]:
    """Pairs that wait for a decision, both open still and both the actor's, the likeliest first."""
    rows = _visible(actor).filter(decision=Decision.OPEN, first__state__in=OPEN_NEEDS, second__state__in=OPEN_NEEDS)
    if response_id is not None:
        rows = rows.filter(first__response_id=response_id)
    return rows.order_by("-score", "id")


def pairs_to_count(actor: Actor, response_id: uuid.UUID) -> QuerySet[DuplicatePair]:
    """The same pairs, in no order and without their needs, for counting a few among many.

    Each need is a subquery of its own pair: asked to join them, PostgreSQL reads every open need to count 1,000 pairs.
    """
    seen = Need.objects.filter(scope(actor, MERGE_NEEDS), state__in=OPEN_NEEDS)
    return (
        DuplicatePair.objects.filter(decision=Decision.OPEN)
        .annotate(
            first_seen=Subquery(seen.filter(pk=OuterRef("first_id"), response_id=response_id).values("pk")[:1]),
            second_seen=Subquery(seen.filter(pk=OuterRef("second_id")).values("pk")[:1]),
        )
        .filter(first_seen__isnull=False, second_seen__isnull=False)
    )


def pairs_of(actor: Actor, need: Need) -> list[DuplicatePair]:
    """Undecided and merged pairs of one need, the likeliest first."""
    rows = _visible(actor).filter(Q(first=need) | Q(second=need)).exclude(decision=Decision.DIFFERENT)
    open_ones = Q(decision=Decision.OPEN, first__state__in=OPEN_NEEDS, second__state__in=OPEN_NEEDS)
    merged = Q(decision=Decision.SAME) & (Q(first__state=NeedState.MERGED) | Q(second__state=NeedState.MERGED))
    return list(rows.filter(open_ones | merged).order_by("-score")[:20])


def get_pair(actor: Actor, pair_id: uuid.UUID) -> DuplicatePair:
    """One pair whose needs are both the actor's to merge; ``Refusal("not_found")`` otherwise."""
    found = _visible(actor).filter(pk=pair_id).first()
    if found is None:
        raise Refusal("not_found")
    return found
