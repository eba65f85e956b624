"""What another order of principles would change, before anybody chooses it: worked out by a worker, nothing is sent.

The engine plans the present moment twice, which takes seconds to minutes; the page shows how far it is and keeps the
answer for `FRESH`. Nothing but the answer is written.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from tongzhou.chain.planning.models import Plan, PrinciplePreview
from tongzhou.chain.planning.policies import LOOK_AHEAD, SET_PRINCIPLES
from tongzhou.chain.planning.selectors.principles import orders_in
from tongzhou.chain.planning.services import jobs
from tongzhou.chain.planning.services.heart import Heart
from tongzhou.chain.planning.services.snapshot import Snapshot, read_snapshot
from tongzhou.chain.planning.services.solving import Watch, solve
from tongzhou.chain.planning.types import ALIVE, JobState, Step
from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import Actor, require
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.types import LINE_OF_KIND
from tongzhou.registers.catalogue.types import Kind as CategoryKind
from tongzhou.registers.responses.models import Response
from tongzhou_engines.allocation import parse_order
from tongzhou_engines.base.errors import InputError
from tongzhou_engines.gazetteer.places import PlaceTree

__all__ = [
    "FRESH", "Gain", "Preview", "ask_preview", "preview_of", "preview_principles", "resume_dead", "run_preview",
    "told_by",
]  # fmt: skip

_log = logging.getLogger("tongzhou.planning")
#: An answer older than this is made anew.
FRESH = dt.timedelta(minutes=15)
#: Progress of a preview goes to this.
_PARTS = 100
#: Per cent of a half at the beginning and the end of each step.
_SHARE: dict[str, tuple[int, int]] = {Step.READING: (0, 10), Step.SOLVING: (10, 90), Step.WORDING: (90, 100)}
#: Digits of a district.
_DISTRICT = 6


@dataclass(frozen=True, slots=True)
class Gain:
    """One category of needs in one district: base units planned, and served under the present and the other order."""

    place: str
    category: str
    planned: int
    now: int
    then: int

    @property
    def change(self) -> int:
        """Base units more (or fewer, negative) under the other order."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Preview:
    """Who gains and who loses, the largest change first; equal figures are left out. `order`: the one looked at."""

    kind: str
    present: tuple[str, ...]
    order: tuple[str, ...]
    gains: tuple[Gain, ...]
    losses: tuple[Gain, ...]
    needs: int
    #: Base units served at each reach (0 street to 4 nation), of this kind, now and then; units of all categories.
    reach_now: tuple[int, ...]
    reach_then: tuple[int, ...]

    @property
    def same(self) -> bool:
        """True when nobody would get more or less."""
        return not self.gains and not self.losses


def ask_preview(
    *, actor: Actor, response: Response, kind: str, order: Sequence[str] | str, now: dt.datetime
) -> PrinciplePreview:
    """Ask what another order would change; the one that is asked for already, or still fresh, is given back.

    Raises ``not_found`` (no such kind, not the actor's), ``principles_choice``.
    """
    wanted, present = _orders(response, kind, order)
    require(
        actor, SET_PRINCIPLES, line=str(LINE_OF_KIND[CategoryKind(kind)]), area=response.area_id, response=response.pk
    )
    for _ in range(2):
        found = preview_of(response, kind, wanted, present, now)
        if found is not None and found.state not in (JobState.FAILED, JobState.CANCELLED):
            return found
        job = PrinciplePreview(
            response=response, kind=kind, order=wanted, present=present, total=_PARTS, beat_at=now,
            by_id=actor.account_id, by_name=actor.name[:100],
        )  # fmt: skip
        try:
            with transaction.atomic():
                changes.create(job, actor=actor, act=LOOK_AHEAD)
                _enqueue(job.pk)
        except IntegrityError:  # somebody else asked at this very moment
            continue
        return job
    raise Refusal("version_stale")


def preview_of(response: Response, kind: str, order: str, present: str, now: dt.datetime) -> PrinciplePreview | None:
    """The newest answer for this order beside the one in use, being made or fresh; None when there is none."""
    rows = PrinciplePreview.objects.filter(response=response, kind=kind, order=order, present=present)
    return rows.filter(Q(state__in=ALIVE) | Q(created_at__gt=now - FRESH)).order_by("-created_at").first()


def _orders(response: Response, kind: str, order: Sequence[str] | str) -> tuple[str, str]:
    """The order asked for and the one in use, as they are kept."""
    present = orders_in(response.pk).get(kind)
    if present is None:
        raise Refusal("not_found")
    try:
        return ",".join(parse_order(order)), ",".join(present)
    except InputError as error:
        raise Refusal("principles_choice") from error


def _enqueue(preview_id: uuid.UUID) -> None:
    # The task wraps this module, so it can only be imported once it stands.
    from tongzhou.chain.planning.tasks import make_preview

    transaction.on_commit(lambda: make_preview.enqueue(str(preview_id)))


def run_preview(preview_id: uuid.UUID | str) -> str:
    """Work a preview out; its state. Safe to call twice: one of the calls finds nothing to do."""
    run = jobs.claim(PrinciplePreview, preview_id)
    if run is not None:
        job, now = run.job, clock.now()

        def watch(half: int, step: str, done: int, total: int) -> None:
            part = _SHARE[step]
            at = half * _PARTS // 2 + (part[0] + (part[1] - part[0]) * done // max(total, 1)) // 2
            if not run.own().update(done=min(at, _PARTS), beat_at=clock.now()):
                raise jobs.Lost

        try:
            with Heart(run.beat):
                order = tuple(job.order.split(","))
                told = preview_principles(job.response, job.kind, order, now, watch)
        except jobs.Lost:
            pass
        except Exception:  # a fault of ours: in the log, and said on the page, or it would seem to run for ever
            _log.exception("preview failed", extra={"preview": str(preview_id)})
            run.end(JobState.FAILED, jobs.told("preview_broken"))
        else:
            with transaction.atomic():
                run.own().update(result=asdict(told))  # long, and no part of the trail
                run.end(JobState.DONE, as_of=now, done=_PARTS)
    return str(PrinciplePreview.objects.values_list("state", flat=True).get(pk=preview_id))


def told_by(job: PrinciplePreview) -> Preview:
    """The answer of a preview that is done."""
    said: dict[str, Any] = dict(job.result)
    gains, losses = ([Gain(**one) for one in said.pop(name)] for name in ("gains", "losses"))
    for name in ("present", "order", "reach_now", "reach_then"):
        said[name] = tuple(said[name])
    return Preview(**said, gains=tuple(gains), losses=tuple(losses))


def resume_dead(now: dt.datetime | None = None) -> int:
    """Begin previews again whose worker died; how many. Called by the tick."""
    return jobs.resume(PrinciplePreview, _enqueue, lambda job: jobs.told("preview_broken"), now or clock.now())


def preview_principles(
    response: Response, kind: str, order: Sequence[str] | str, now: dt.datetime | None = None,
    watch: Callable[[int, str, int, int], None] | None = None,
) -> Preview:  # fmt: skip
    """Plan the present moment under `order` for one kind of help, beside the order in use; nothing is kept.

    Runs the engine twice, so never inside a request. `watch` hears the half (0, 1) and what `solve` tells. Raises
    ``principles_choice``, ``not_found`` (no such kind); with nothing to plan the preview is empty.
    """
    wanted, now_used = _orders(response, kind, order)
    other, present = tuple(wanted.split(",")), tuple(now_used.split(","))
    moment = now or clock.now()
    unsaved = Plan(number=0, response=response, area_id=response.area_id)
    snapshot = read_snapshot(unsaved, moment)
    _only_kind(snapshot, kind)
    if not snapshot.needs:
        return Preview(kind, present, other, (), (), 0, (0,) * 5, (0,) * 5)

    def half(number: int) -> Watch | None:
        return None if watch is None else partial(watch, number)

    ours, reach_now = _served(snapshot, half(0))
    snapshot.orders = snapshot.orders | {kind: other}
    theirs, reach_then = _served(snapshot, half(1))
    rows = _compared(snapshot, ours, theirs)
    gains = sorted((row for row in rows if row.change > 0), key=lambda row: (-row.change, row.place, row.category))
    losses = sorted((row for row in rows if row.change < 0), key=lambda row: (row.change, row.place, row.category))
    return Preview(kind, present, other, tuple(gains), tuple(losses), len(snapshot.needs), reach_now, reach_then)


def _only_kind(snapshot: Snapshot, kind: str) -> None:
    """Substitution stays inside a kind, so the other kinds cannot change."""
    known = snapshot.catalogue
    snapshot.needs = {c: n for c, n in snapshot.needs.items() if known[str(n.need.category_id)].kind == kind}
    snapshot.offers = {c: o for c, o in snapshot.offers.items() if known[str(o.offer.category_id)].kind == kind}

    def kept(pair: tuple[str, str]) -> bool:
        return pair[0] in snapshot.needs and pair[1] in snapshot.offers

    snapshot.pins = {pair: units for pair, units in snapshot.pins.items() if kept(pair)}
    snapshot.closed = {pair: broken for pair, broken in snapshot.closed.items() if kept(pair)}
    snapshot.previous = {pair: units for pair, units in snapshot.previous.items() if kept(pair)}


def _served(snapshot: Snapshot, watch: Watch | None) -> tuple[dict[str, int], tuple[int, ...]]:
    made = solve(snapshot, watch)
    served: dict[str, int] = {}
    reach = [0] * (PlaceTree.builtin().greatest_depth + 1)
    for need, units, way in made.assignments.select("need_id", "quantity", "reach").iter_rows():
        served[need] = served.get(need, 0) + units
        reach[way] += units
    return served, tuple(reach)


def _compared(snapshot: Snapshot, ours: dict[str, int], theirs: dict[str, int]) -> list[Gain]:
    found: dict[tuple[str, str], list[int]] = {}
    for code, one in snapshot.needs.items():
        key = one.need.place_id[:_DISTRICT], str(one.need.category_id)
        row = found.setdefault(key, [0, 0, 0])
        row[0] += one.planned
        row[1] += ours.get(code, 0)
        row[2] += theirs.get(code, 0)
    return [Gain(place, category, *row) for (place, category), row in sorted(found.items())]
