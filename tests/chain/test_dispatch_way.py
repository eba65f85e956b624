"""The way of an assignment: proposed, accepted, sent, brought, confirmed; what is refused at each step."""

from __future__ import annotations

import pytest

from builders import an_account, an_actor, an_organisation
from builders_dispatch import (
    NOON,
    a_key,
    a_verified_need,
    a_verified_offer,
    an_assignment,
    balances_of,
)  # fmt: skip
from tongzhou.chain.delivery.services.codes import receipt_code
from tongzhou.flows.answer_assignment import accept
from tongzhou.flows.carry_assignment import mark_delivered, mark_sent
from tongzhou.flows.confirm_delivery import confirm
from tongzhou.kernel.access import ANONYMOUS

pytestmark = pytest.mark.django_db


def test_the_whole_way_closes_the_need_by_what_arrived() -> None:
    giver = an_organisation(kind="foundation")
    officer = an_actor("officer", organisation=giver, account=an_account())
    need, offer = a_verified_need(200), a_verified_offer(200, organisation=giver)
    one = an_assignment(200, need=need, offer=offer)
    assert balances_of(one) == {"planned": 200}

    one = accept(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert (one.state, one.holder_id, balances_of(one)) == ("accepted", officer.account_id, {"accepted": 200})
    one = mark_sent(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert (one.state, balances_of(one)) == ("in_transit", {"in_transit": 200})
    one = mark_delivered(actor=officer, assignment=one, key=a_key(), now=NOON)
    assert one.state == "delivered"
    confirm(actor=ANONYMOUS, assignment=one, received=200, how="code", code=receipt_code(one), key=a_key(), now=NOON)
    for row in (one, need, offer):
        row.refresh_from_db()
    assert (one.state, balances_of(one)) == ("confirmed", {"received": 200})
    assert (need.state, need.solved_by, offer.state) == ("solved", "helped", "used_up")
