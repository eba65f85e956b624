"""Needs, offers, assignments and deliveries in any order, against a plain model that knows nothing of the database.

After every step: the same balances as the model; never more received than sent, sent than held, planned than needed; no
assignment of a closed need or offer that is not on its way. 100 runs of 50 steps in the suite; TONGZHOU_MACHINE=10000
makes as many as asked.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from dispatch_model import GOING, PLACES, Given, Thing
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)  # fmt: skip

from builders import an_actor
from builders_dispatch import (
    NOON,
    a_key,
    a_standing,
    a_team,
    a_verified_need,
    a_verified_offer,
    a_volunteer,
)  # fmt: skip
from tongzhou.chain.delivery.models import Receipt
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.selectors.balances import of_assignments, of_needs, of_offers
from tongzhou.chain.dispatch.services.assignments import propose
from tongzhou.chain.intake.models import Need
from tongzhou.flows.answer_assignment import accept, decline
from tongzhou.flows.carry_assignment import mark_delivered, mark_sent
from tongzhou.flows.claim_task import claim, unclaim
from tongzhou.flows.confirm_delivery import confirm, correct
from tongzhou.flows.edit_need import edit_record, move_record
from tongzhou.flows.lapse_assignments import lapse_due
from tongzhou.flows.merge_needs import merge_needs
from tongzhou.flows.return_goods import returned
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal

#: On PostgreSQL a quarter of it: what differs there are locks, and those the races judge.
RUNS = int(os.environ.get("TONGZHOU_MACHINE") or (25 if os.environ.get("TONGZHOU_TEST_DATABASE_URL") else 100))
STEPS = 50
#: The natural next acts of a state, and how often what is drawn.
NEXT = {
    "proposed": ("accept", "claim"), "accepted": ("send", "send", "confirm", "deliver"),
    "in_transit": ("confirm", "deliver", "confirm"), "delivered": ("confirm",),
}  # fmt: skip
ACTS = [
    *["go_on"] * 12, *["propose"] * 4, *["confirm", "send", "claim", "correct"] * 2, "need", "offer", "accept",
    "unclaim", "decline", "deliver", "return", "withdraw", "time", "close", "open", "change", "merge",
]  # fmt: skip


class Dispatch(RuleBasedStateMachine):
    """The desk and the model side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = NOON
        self.needs: list[Thing] = []
        self.offers: list[Thing] = []
        self.given: list[Given] = []
        self.receipts: list[tuple[Receipt, Given]] = []
        self.corrected: set[Any] = set()
        self.team = a_team()
        self.standing = a_standing(self.team, valid_until=NOON + dt.timedelta(days=300))
        self.volunteers = [a_volunteer(self.team)[1] for _ in range(2)]
        self.coordinator, self.verifier = an_actor("coordinator"), an_actor("verifier")

    def teardown(self) -> None:
        try:
            self.the_desks_own_sums_agree()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # ---- the model's sums
    def committed(self, need: Thing) -> int:
        places = ("planned", "accepted", "in_transit", "received")
        return sum(one.at[place] for one in self.given if one.need is need for place in places)

    def taken(self, offer: Thing) -> int:
        places = PLACES[:-1]
        return sum(one.at[place] for one in self.given if one.offer is offer for place in places)

    def total(self, thing: Thing, place: str) -> int:
        return sum(one.at[place] for one in self.given if thing in (one.need, one.offer))

    def release(self, thing: Thing) -> None:
        for one in self.given:
            if one.live and thing in (one.need, one.offer) and (one.at["planned"] or one.at["accepted"]):
                one.give_back("withdrawn")

    def settle_need(self, need: Thing, *, back: bool = True) -> None:
        enough = self.total(need, "received") >= need.much
        if enough and need.state == "open":
            need.state = "helped"
            self.release(need)
        elif back and not enough and need.state == "helped":
            need.state = "open"

    def settle_offer(self, offer: Thing) -> None:
        gone = self.total(offer, "received") + self.total(offer, "missing") >= offer.much
        if gone and offer.state == "open":
            offer.state = "given"
        elif not gone and offer.state == "given":
            offer.state = "open"

    def both(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """The desk does it exactly when the model allows it; None when it was refused."""
        try:
            with transaction.atomic():
                done = act()
        except Refusal as refusal:
            if allowed:
                raise AssertionError(f"refused: {refusal.code}") from refusal
            return None
        assert allowed, "the model refuses this"
        return done or True

    def pick(self, number: int) -> Given:
        """Mostly one that something can still happen to."""
        live = [one for one in self.given if one.live]
        return live[number % len(live)] if live and number % 8 else self.given[number % len(self.given)]

    def fresh(self, one: Given) -> Assignment:
        return Assignment.objects.get(pk=one.row.pk)

    # ---- what people do
    @initialize(needs=st.lists(st.integers(1, 30), min_size=2, max_size=3), much=st.integers(10, 40))
    def a_day_begins(self, needs: list[int], much: int) -> None:
        """Something to act on from the beginning."""
        for each in needs:
            self.a_need_comes_in(each)
        for each in (much, 15):
            self.an_offer_comes_in(each)
        for number in range(3):
            self.propose_it(number, number, 40)

    def a_need_comes_in(self, much: int) -> None:
        self.needs.append(Thing(a_verified_need(much), much))

    def an_offer_comes_in(self, much: int) -> None:
        self.offers.append(Thing(a_verified_offer(much, team=self.team), much))

    def propose_it(self, n: int, o: int, much: int) -> None:
        need, offer = self.needs[n % len(self.needs)], self.offers[o % len(self.offers)]
        rival = any(one.need is need and one.offer is offer and one.state == "proposed" for one in self.given)
        most = min(need.much - self.committed(need), offer.much - self.taken(offer))
        if most > 0 and much > 10:
            much = most if much > 30 else 1 + much % most  # often what fits, or all of it
        allowed = need.state == offer.state == "open" and not rival and 1 <= much <= most
        made = self.both(allowed, lambda: propose(
            actor=SYSTEM, need=need.row, offer=offer.row, quantity=much, standing=self.standing, now=self.now
        ))  # fmt: skip
        if made:
            self.given.append(Given(made, need, offer, much, self.now + dt.timedelta(hours=2)))
            self.given[-1].at["planned"] = much

    def may_take(self, one: Given) -> bool:
        return one.state == "proposed" and one.lapses > self.now and one.need.state == one.offer.state == "open"

    def accept_it(self, a: int) -> None:
        one = self.pick(a)
        if self.both(self.may_take(one), lambda: accept(
            actor=self.coordinator, assignment=self.fresh(one), key=a_key(), now=self.now
        )):  # fmt: skip
            one.move("planned", "accepted", one.quantity)
            one.state = "accepted"

    def claim_it(self, a: int, v: int) -> None:
        one = self.pick(a)
        mine = sum(1 for each in self.given if each.holder == v and each.state in ("accepted", "in_transit"))
        reserve = one.state in ("accepted", "in_transit")
        told = self.both(reserve or (self.may_take(one) and mine < 3), lambda: claim(
            actor=self.volunteers[v], assignment=self.fresh(one), key=a_key(), now=self.now
        ))  # fmt: skip
        if told and not reserve:
            assert told.held
            one.move("planned", "accepted", one.quantity)
            one.state, one.holder, one.due = "accepted", v, self.now + dt.timedelta(hours=24)
        elif told:
            assert told.held == (one.holder == v and one.state == "accepted")

    def back_to_the_team(self, one: Given) -> None:
        rival = any(
            each.need is one.need and each.offer is one.offer and each.state == "proposed" for each in self.given
        )
        if one.sent or rival:
            one.give_back("withdrawn")
            return
        one.at["accepted"], one.at["planned"] = 0, one.quantity
        one.state, one.holder, one.due, one.lapses = "proposed", None, None, self.now + dt.timedelta(hours=2)

    def unclaim_it(self, a: int, v: int) -> None:
        one = self.pick(a)
        if self.both(one.holder == v and one.state == "accepted", lambda: unclaim(
            actor=self.volunteers[v], assignment=self.fresh(one), reason="", key=a_key(), now=self.now
        )):  # fmt: skip
            self.back_to_the_team(one)

    def decline_it(self, a: int) -> None:
        one = self.pick(a)
        allowed = one.state == "proposed" and one.lapses > self.now
        if self.both(allowed, lambda: decline(
            actor=self.coordinator, assignment=self.fresh(one), reason="other", key=a_key(), now=self.now
        )):  # fmt: skip
            one.give_back("declined")

    def send_it(self, a: int, part: int, rest_back: bool) -> None:
        one = self.pick(a)
        many = max(1, one.at["accepted"] // 2) if part == 0 else one.at["accepted"] + (part == 3)
        allowed = one.state in GOING and 1 <= many <= one.at["accepted"]
        if self.both(allowed, lambda: mark_sent(
            actor=self.coordinator, assignment=self.fresh(one), quantity=many, rest_back=rest_back, key=a_key(),
            now=self.now,
        )):  # fmt: skip
            one.move("accepted", "in_transit", many)
            if rest_back:
                one.at["accepted"] = 0
            one.state, one.sent, one.due = "in_transit", True, None

    def deliver_it(self, a: int) -> None:
        one = self.pick(a)
        if self.both(one.state in GOING, lambda: mark_delivered(
            actor=self.coordinator, assignment=self.fresh(one), key=a_key(), now=self.now
        )):  # fmt: skip
            if not one.at["in_transit"]:
                one.move("accepted", "in_transit", one.at["accepted"])
            one.state, one.sent, one.due = "delivered", True, None

    def confirm_it(self, a: int, shares: tuple[int, int, int], nobody: bool) -> None:
        one = self.pick(a)
        there = one.at["in_transit"] or one.at["accepted"]
        shares = shares if any(shares) else (1, 0, 0)
        whole = sum(shares)
        received, refused, missing = (there * share // whole for share in shares)
        if shares == (4, 0, 0):
            received += there % 3  # sometimes more than was sent
        total = received + refused + missing
        allowed = one.state != "proposed" and 1 <= total <= there
        receipt = self.both(allowed, lambda: confirm(
            actor=self.verifier, assignment=self.fresh(one), received=received, refused=refused, missing=missing,
            difference="not_home" if nobody else "short", how="call", key=a_key(), now=self.now,
        ))  # fmt: skip
        if receipt:
            if not one.at["in_transit"]:
                one.move("accepted", "in_transit", total)
            self.receipts.append((receipt, one))
            self.arrive(one, received, refused, missing)

    def arrive(self, one: Given, received: int, refused: int, missing: int) -> None:
        for place, many in (("received", received), ("refused", refused), ("missing", missing)):
            one.move("in_transit", place, many)
        count = [row for row, of in self.receipts if of is one and row.pk not in self.corrected]
        one.heard = any(row.received or (row.difference != "not_home" and row.refused + row.missing) for row in count)
        one.sent = True
        one.settle("withdrawn", present="in_transit")
        self.settle_need(one.need)
        self.settle_offer(one.offer)

    def correct_it(self, r: int, received: int, refused: int, missing: int) -> None:
        if not self.receipts:
            return
        receipt, one = self.receipts[r % len(self.receipts)]
        old = receipt.received + receipt.refused + receipt.missing
        more = receipt.refused + receipt.missing - refused - missing
        allowed = (
            receipt.pk not in self.corrected
            and refused >= receipt.refused - one.at["refused"]
            and received + refused + missing <= one.at["in_transit"] + old
            and (more <= 0 or more <= one.need.much - self.committed(one.need))
        )
        made = self.both(allowed, lambda: correct(
            actor=self.verifier, receipt=receipt, received=received, refused=refused, missing=missing,
            difference="other", note="", key=a_key(), now=self.now,
        ))  # fmt: skip
        if made:
            for place in ("received", "refused", "missing"):
                one.move(place, "in_transit", getattr(receipt, place))
            self.corrected.add(receipt.pk)
            self.receipts.append((made, one))
            self.arrive(one, received, refused, missing)

    def it_comes_back(self, a: int, many: int, spoilt: int) -> None:
        one = self.pick(a)
        allowed = 1 <= many <= one.at["refused"] + one.at["in_transit"] and spoilt <= many
        if self.both(allowed, lambda: returned(
            actor=self.coordinator, assignment=self.fresh(one), quantity=many, unusable=spoilt, key=a_key(),
            now=self.now,
        )):  # fmt: skip
            first = min(many, one.at["refused"])
            broken = min(spoilt, first)
            one.move("refused", "returned", first - broken)
            one.move("refused", "missing", broken)
            one.move("in_transit", "returned", many - first - (spoilt - broken))
            one.move("in_transit", "missing", spoilt - broken)
            one.settle("confirmed" if one.state == "confirmed" else "withdrawn")
            if spoilt:
                self.settle_offer(one.offer)

    def take_it_back(self, a: int) -> None:
        one = self.pick(a)
        if self.both(one.live, lambda: withdraw(
            actor=self.coordinator, assignment=self.fresh(one), reason="", now=self.now
        )):  # fmt: skip
            one.move("in_transit", "returned", one.at["in_transit"])
            one.give_back("withdrawn")

    def time_passes(self, minutes: int) -> None:
        self.now += dt.timedelta(minutes=minutes)
        lapse_due(self.now)
        for one in self.given:
            if one.state == "proposed" and one.lapses <= self.now:
                one.give_back("lapsed")
        for one in self.given:
            if one.state == "accepted" and one.due is not None and one.due <= self.now:
                self.back_to_the_team(one)

    def close_it(self, n: int, kind: str, state: str) -> None:
        things = self.needs if kind == "need" or not self.offers else self.offers
        thing = things[n % len(things)]
        if thing.state != "open":
            return
        thing.row.refresh_from_db()
        move_record(actor=self.coordinator, record=thing.row, expect=thing.row.version, state=state, reason="测试")
        thing.state = "closed"
        self.release(thing)

    def open_it_again(self, n: int) -> None:
        need = self.needs[n % len(self.needs)]
        if need.state not in ("closed", "helped"):
            return
        need.row.refresh_from_db()
        move_record(
            actor=self.coordinator, record=need.row, expect=need.row.version, state="received", reason="仍然需要"
        )
        Need.objects.filter(pk=need.row.pk).update(state="verified")
        need.state = "open"

    def change_how_much(self, n: int, kind: str, much: int) -> None:
        things = self.needs if kind == "need" or not self.offers else self.offers
        thing = things[n % len(things)]
        if thing.state != "open":
            return
        waiting = [one for one in self.given if thing in (one.need, one.offer) and one.state == "proposed"]
        sums = self.committed if isinstance(thing.row, Need) else self.taken
        firm = sums(thing) - sum(one.quantity for one in waiting)
        thing.row.refresh_from_db()
        column = "quantity_planned" if isinstance(thing.row, Need) else "quantity"
        if not self.both(firm <= much, lambda: edit_record(
            actor=self.coordinator, record=thing.row, expect=thing.row.version, **{column: much}
        )):  # fmt: skip
            return
        thing.much = much
        for one in sorted(waiting, key=lambda each: each.row.pk, reverse=True):
            if sums(thing) > much:
                one.give_back("withdrawn")
        if isinstance(thing.row, Need):
            self.settle_need(thing, back=False)

    def merge_them(self, k: int, g: int) -> None:
        keep, gone = self.needs[k % len(self.needs)], self.needs[g % len(self.needs)]
        if keep is gone or keep.state != "open" or gone.state != "open" or gone.holds_merged:
            return
        for one in (keep, gone):
            one.row.refresh_from_db()
        merge_needs(
            actor=self.coordinator, keep=keep.row, gone=gone.row, expect_keep=keep.row.version,
            expect_gone=gone.row.version, now=self.now,
        )  # fmt: skip
        gone.state, keep.holds_merged = "merged", True
        self.release(gone)
        self.settle_need(keep, back=False)

    @rule(
        act=st.sampled_from(ACTS), a=st.integers(0, 99), b=st.integers(0, 99), many=st.integers(0, 40),
        shares=st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 2)), turn=st.booleans(),
    )  # fmt: skip
    def somebody_does_something(
        self, act: str, a: int, b: int, many: int, shares: tuple[int, int, int], turn: bool
    ) -> None:
        """One rule for everything, so that every run has every act, most often the natural next one."""
        if not self.given:
            act = "propose"
        if act == "go_on":
            state = self.pick(a).state
            act = NEXT[state][b % len(NEXT[state])] if state in NEXT else "propose"
        kind = "need" if turn else "offer"
        doing: dict[str, Callable[[], None]] = {
            "need": lambda: self.a_need_comes_in(1 + many % 30),
            "offer": lambda: self.an_offer_comes_in(1 + many),
            "propose": lambda: self.propose_it(a, b, many),
            "accept": lambda: self.accept_it(a),
            "claim": lambda: self.claim_it(a, b % 2),
            "unclaim": lambda: self.unclaim_it(a, b % 2),
            "decline": lambda: self.decline_it(a),
            "send": lambda: self.send_it(a, b % 4, turn),
            "deliver": lambda: self.deliver_it(a),
            "confirm": lambda: self.confirm_it(a, shares, b % 4 == 0),
            "correct": lambda: self.correct_it(a, many % 20, shares[1], shares[2]),
            "return": lambda: self.it_comes_back(a, many % 12, shares[1]),
            "withdraw": lambda: self.take_it_back(a),
            "time": lambda: self.time_passes((5, 60, 120, 1500)[b % 4]),
            "close": lambda: self.close_it(a, kind, "withdrawn" if b % 2 else "expired"),
            "open": lambda: self.open_it_again(a),
            "change": lambda: self.change_how_much(a, kind, max(1, many)),
            "merge": lambda: self.merge_them(a, b),
        }
        doing[act]()

    # ---- what must always hold
    @invariant()
    def the_books_are_those_of_the_model(self) -> None:
        """Summed up here from the bare movements: the desk's own sums are judged where it acts on them."""
        books = _Books()
        for one in self.given:
            found = books.of(one.row.pk)
            assert found == one.at, (found, one)
            assert books.states[one.row.pk] == one.state
            assert min(found.values()) >= 0
            assert sum(found.values()) <= one.quantity
        for thing, side in [*((x, "need") for x in self.needs), *((x, "offer") for x in self.offers)]:
            named = books.of(thing.row.pk)
            assert sum(named[place] for place in PLACES[: 4 if side == "need" else 6]) <= thing.much
            assert (books.states[thing.row.pk] == "verified") == (thing.state == "open")
            if thing.state != "open":
                assert named["planned"] == named["accepted"] == 0, (thing, named)

    def the_desks_own_sums_agree(self) -> None:
        """The desk's own sums say the same."""
        for own, listed in ((of_needs, self.needs), (of_offers, self.offers), (of_assignments, self.given)):
            books, sums = _Books(), own([one.row.pk for one in listed])
            for pk, found in sums.items():
                assert {str(place): many for place, many in found.items()} == books.of(pk)


class _Books:
    """States and balances of everything there is, by two plain statements."""

    def __init__(self) -> None:
        self.sums: dict[uuid.UUID, dict[str, int]] = {}
        self.states: dict[uuid.UUID, str] = {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT assignment_id, need_id, offer_id, source, target, quantity FROM dispatch_movement")
            for *owners, source, target, quantity in cursor.fetchall():
                for owner in owners:
                    at = self.sums.setdefault(uuid.UUID(str(owner)), dict.fromkeys(PLACES, 0))
                    if source in at:
                        at[source] -= quantity
                    if target in at:
                        at[target] += quantity
            cursor.execute(
                "SELECT id, state FROM dispatch_assignment UNION ALL SELECT id, state FROM intake_need"
                " UNION ALL SELECT id, state FROM intake_offer"
            )
            self.states = {uuid.UUID(str(pk)): state for pk, state in cursor.fetchall()}

    def of(self, pk: uuid.UUID) -> dict[str, int]:
        return self.sums.get(pk, dict.fromkeys(PLACES, 0))


@pytest.mark.django_db
def test_any_order_of_acts_keeps_the_books(monkeypatch: pytest.MonkeyPatch) -> None:
    the_moment = NOON
    monkeypatch.setattr(clock, "now", lambda: the_moment)
    a_team()  # the response, its places and the catalogue stay from run to run
    run_state_machine_as_test(
        Dispatch,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
