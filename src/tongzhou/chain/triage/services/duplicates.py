"""Writing down which needs look like the same plea, for a person to judge. Only pairs are written, never a need."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from django.db import transaction
from django.db.models import Q

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.types import OPEN_NEEDS
from tongzhou.chain.triage.models import DuplicatePair, NotCompared
from tongzhou.chain.triage.policies import MERGE_NEEDS
from tongzhou.chain.triage.selectors.likeness import NOTED, Probe, compare, worth_comparing
from tongzhou.chain.triage.selectors.pairs import LOOK_BACK, neighbours, probe_of, probes_of
from tongzhou.chain.triage.types import Decision, Likeness
from tongzhou.kernel import changes
from tongzhou.kernel.access import Actor
from tongzhou.registers.places.selectors import under

__all__ = [
    "compare_waiting_need",
    "decide_different",
    "note_duplicates",
    "note_duplicates_for",
    "pair_of",
    "to_be_compared",
    "waiting_needs",
]

#: Inside one block (a category in a city, say) at most so many needs are compared with each other.
MOST_IN_BLOCK = 400


def to_be_compared(*, need: Need, now: dt.datetime) -> None:
    """Remember, in the caller's transaction, that a need is to be compared with the others."""
    NotCompared.objects.update_or_create(need=need, defaults={"since": now})


def waiting_needs(*, before: dt.datetime, most: int) -> list[uuid.UUID]:
    """Needs that have waited since before that moment to be compared, the longest first."""
    rows = NotCompared.objects.filter(since__lte=before).order_by("since")
    return list(rows.values_list("need_id", flat=True)[:most])


def compare_waiting_need(*, need_id: uuid.UUID, now: dt.datetime) -> int:
    """Compare a need that waits for it and note every likely pair; how many are new. Safe to repeat.

    Reading and comparing hold no lock (SQLite has one for all writers); a need that was corrected meanwhile goes on
    waiting.
    """
    waiting = NotCompared.objects.select_related("need__contact").filter(need_id=need_id).first()
    if waiting is None:
        return 0
    found = _likely_to(waiting.need, now) if waiting.need.state in OPEN_NEEDS else []
    with transaction.atomic():
        NotCompared.objects.filter(need_id=need_id, since=waiting.since).delete()
        return _note(found)


def note_duplicates(*, need: Need, now: dt.datetime) -> int:
    """Compare a need with those that are there and note every likely pair; how many are new."""
    return _note(_likely_to(need, now))


def _likely_to(need: Need, now: dt.datetime) -> list[tuple[Probe, Probe, Likeness]]:
    probe = probe_of(need)
    others = list(neighbours(probe, need.response_id, since=now - LOOK_BACK))
    found = ((probe, other, compare(probe, other)) for other in probes_of(others))
    return [one for one in found if one[2].score >= NOTED]


def note_duplicates_for(*, needs: Sequence[Need], now: dt.datetime) -> int:
    """The same for many needs of one import at once: compared with each other and with those that are there.

    Only needs that share a blocking key (phone, address, organisation, category and city) are compared.
    """
    if not needs:
        return 0
    fresh = {need.pk for need in needs}
    mine = probes_of(Need.objects.filter(pk__in=fresh).select_related("contact"))
    there: list[Probe] = []
    for response_id in {need.response_id for need in needs}:
        there += probes_of(_around(mine, response_id, fresh, now - LOOK_BACK))
    blocks: dict[tuple[str, ...], list[Probe]] = defaultdict(list)
    for probe in [*mine, *there]:
        for key in _keys(probe):
            blocks[key].append(probe)
    return _note(list(_likely(blocks, fresh)))


def _around(mine: Iterable[Probe], response_id: uuid.UUID, fresh: set[uuid.UUID], since: dt.datetime) -> list[Need]:
    """Open needs of the response that share a phone, an address, an organisation or a category and city with one."""
    listed = list(mine)
    phones = {one.phone for one in listed} - {""}
    addresses = {one.address for one in listed} - {""}
    organisations = {one.organisation for one in listed} - {None}
    rows = Need.objects.filter(response_id=response_id, state__in=OPEN_NEEDS, created_at__gte=since)
    rows = rows.select_related("contact")
    found: dict[uuid.UUID, Need] = {}
    for wanted in _wanted(phones, addresses, organisations):
        found.update({need.pk: need for need in rows.filter(wanted) if need.pk not in fresh})
    categories = {one.category for one in listed} - {""}
    for city in {one.place[:4] for one in listed if len(one.place) >= 4}:
        near = rows.filter(under("place_id", city), category_id__in=categories).order_by("-created_at")
        found.update({need.pk: need for need in near[: MOST_IN_BLOCK * 5] if need.pk not in fresh})
    return list(found.values())


def _wanted(phones: set[str], addresses: set[str], organisations: set[uuid.UUID | None]) -> Iterator[Q]:
    for column, values in (
        ("contact__phone_index", phones), ("contact__address_index", addresses), ("organisation_id", organisations),
    ):  # fmt: skip
        listed = list(values)
        for start in range(0, len(listed), 500):  # a statement takes so many values on either database
            yield Q(**{f"{column}__in": listed[start : start + 500]})


def _keys(probe: Probe) -> Iterator[tuple[str, ...]]:
    what = probe.category or "?"
    if probe.phone:
        yield "phone", probe.phone
    if probe.address:
        yield "address", probe.address
    if probe.organisation is not None:
        yield "organisation", str(probe.organisation), what
    yield "city", what, probe.place[:4]
    if not probe.category:
        yield "item", probe.item


def _likely(
    blocks: Mapping[tuple[str, ...], list[Probe]], fresh: set[uuid.UUID]
) -> Iterator[tuple[Probe, Probe, Likeness]]:
    seen: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for key, block in blocks.items():
        by_words = key[0] == "city"
        newest = sorted(block, key=lambda one: one.at, reverse=True)[: MOST_IN_BLOCK * 5 if by_words else MOST_IN_BLOCK]
        for one, two in worth_comparing(newest) if by_words else combinations(newest, 2):
            if one.id is None or two.id is None or (one.id not in fresh and two.id not in fresh):
                continue
            both = (one.id, two.id) if one.id < two.id else (two.id, one.id)
            if both not in seen:
                seen.add(both)
                yield one, two, compare(one, two)


@transaction.atomic
def _note(found: Iterable[tuple[Probe, Probe, Likeness]]) -> int:
    """Insert the likely pairs; a pair that is there already (perhaps decided) stays as it is."""
    rows = []
    for one, two, likeness in found:
        if likeness.score < NOTED or one.id is None or two.id is None:
            continue
        first, second = sorted((one.id, two.id))
        rows.append(DuplicatePair(first_id=first, second_id=second, score=likeness.score, signs=list(likeness.signs)))
    before = DuplicatePair.objects.filter(pk__in=[row.pk for row in rows]).count()
    DuplicatePair.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows) - before


def pair_of(one: Need, two: Need) -> DuplicatePair:
    """The pair of two needs, written down now when nobody had noticed it. The older id comes first."""
    first, second = sorted((one, two), key=lambda need: need.pk)
    likeness = compare(*probes_of([first, second]))
    row, _made = DuplicatePair.objects.get_or_create(
        first=first, second=second, defaults={"score": likeness.score, "signs": list(likeness.signs)}
    )
    return row


def decide_different(*, actor: Actor, pair: DuplicatePair, expect: int | None = None) -> DuplicatePair:
    """A person says: these are two pleas. It is not proposed again."""
    return changes.apply(pair, actor=actor, act=MERGE_NEEDS, expect=expect, decision=Decision.DIFFERENT)
