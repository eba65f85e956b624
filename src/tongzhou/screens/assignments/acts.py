"""What can be done with an assignment: who may, what is typed, which flow carries it out, what is said afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.delivery.forms import BackForm, CashForm, ReceiptForm
from tongzhou.chain.delivery.policies import CONFIRM, RECORD_CASH
from tongzhou.chain.delivery.selectors.receipts import doubted
from tongzhou.chain.delivery.types import HowConfirmed
from tongzhou.chain.dispatch.forms import ActForm, DeclineForm, ReasonForm, SentForm
from tongzhou.chain.dispatch.models import Assignment
from tongzhou.chain.dispatch.policies import ANSWER, CARRY, TAKE_BACK
from tongzhou.chain.dispatch.selectors.words import how_much
from tongzhou.chain.dispatch.types import Balance, Via
from tongzhou.flows import answer_assignment, carry_assignment, confirm_delivery, record_cash, return_goods
from tongzhou.flows.withdraw_assignment import withdraw
from tongzhou.kernel import idempotency
from tongzhou.kernel.access import Act, Actor
from tongzhou.kernel.tables.declared import Text
from tongzhou.registers.people.types import OFFICER
from tongzhou.screens.assignments.rights import may_answer, may_carry, may_confirm, may_take_back, of_giver

__all__ = ["ACTS", "Doing", "how_confirmed"]

Sums = Mapping[Balance, int]


@dataclass(frozen=True, slots=True)
class Doing:
    """One act: its address, its form and what it does. `quick` ones are a single button on the page as well."""

    name: str
    act: Act
    title: Text
    button: Text
    done: Text
    may: Callable[[Actor, Assignment], bool]
    form: Callable[[QueryDict | None, Assignment, Sums], ActForm]
    run: Callable[[Actor, Assignment, Any, dt.datetime], Any]
    hint: Text = ""
    stop: bool = False
    #: What is said afterwards where it depends on who did what; "" leaves it to `done`.
    says: Callable[[Actor, Assignment, Any], str] | None = None

    def said(self, actor: Actor, one: Assignment, form: Any) -> str:
        """What is said afterwards."""
        return (self.says(actor, one, form) if self.says is not None else "") or str(self.done)


def _plain(kind: type[ActForm]) -> Callable[[QueryDict | None, Assignment, Sums], ActForm]:
    return lambda data, one, sums: kind(data, one=one)


def _receipt(data: QueryDict | None, one: Assignment, sums: Sums) -> ActForm:
    return ReceiptForm(data, one=one, most=sums[Balance.IN_TRANSIT] or sums[Balance.ACCEPTED])


def _returned(data: QueryDict | None, one: Assignment, sums: Sums) -> ActForm:
    most = sums[Balance.REFUSED] or sums[Balance.IN_TRANSIT]
    return BackForm(data, one=one, most=most, doubted=sums[Balance.REFUSED] > 0 and doubted(one))


def _via(actor: Actor, one: Assignment) -> str:
    """A coordinator writes down what the giver said by telephone."""
    return Via.PAGE if of_giver(actor, one) else Via.PHONE


def how_confirmed(actor: Actor, one: Assignment) -> str:
    """The receiver's officer says it, or somebody who called the receiver."""
    own = one.receiver_id is not None and any(
        grant.role == OFFICER and grant.organisation == one.receiver_id for grant in actor.grants
    )
    return HowConfirmed.OFFICER if own else HowConfirmed.CALL


def _accept(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    key = form.cleaned_data["key"]
    return answer_assignment.accept(actor=actor, assignment=one, key=key, via=_via(actor, one), now=now)


def _decline(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    got = form.cleaned_data
    return answer_assignment.decline(
        actor=actor, assignment=one, reason=got["reason"], note=got["note"], key=got["key"], via=_via(actor, one),
        now=now,
    )  # fmt: skip


def _sent(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    got = form.cleaned_data
    return carry_assignment.mark_sent(
        actor=actor, assignment=one, quantity=got["quantity"], rest_back=got["rest_back"], key=got["key"],
        via=_via(actor, one), expect=form.expect, now=now,
    )  # fmt: skip


def _delivered(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    key = form.cleaned_data["key"]
    return carry_assignment.mark_delivered(actor=actor, assignment=one, key=key, via=_via(actor, one), now=now)


def _confirm(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    return confirm_delivery.confirm(
        actor=actor, assignment=one, how=how_confirmed(actor, one), key=form.cleaned_data["key"], expect=form.expect,
        now=now, **form.amounts,
    )  # fmt: skip


def _give_back(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    return return_goods.returned(
        actor=actor, assignment=one, key=form.cleaned_data["key"], via=_via(actor, one), expect=form.expect, now=now,
        **form.amounts,
    )  # fmt: skip


def _taken(actor: Actor, one: Assignment, form: Any) -> str:
    """A coordinator who wrote down somebody's yes is not asked to send anything."""
    return "" if of_giver(actor, one) else gettext("记下了：对方已接下。请对方尽快送出。")


def _back(actor: Actor, one: Assignment, form: Any) -> str:
    """How much is free again, and how much is not."""
    got = form.amounts
    usable, spoilt = (how_much(one.category, many) for many in (got["quantity"] - got["unusable"], got["unusable"]))
    if not got["unusable"]:
        return ""
    return gettext("记下了退回的数量：%(usable)s还能用，可以再派；%(spoilt)s不能用，不会再派。") % {
        "usable": usable, "spoilt": spoilt,
    }  # fmt: skip


def _withdraw(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    got = form.cleaned_data

    def effect() -> str:
        withdraw(actor=actor, assignment=one, reason=got["reason"], expect=form.expect, now=now)
        return str(one.code)

    content = idempotency.fingerprint([str(one.pk), got["reason"]])
    return idempotency.once(scope=f"withdraw:{actor.account_id}", key=got["key"], content=content, effect=effect)


def _cash(actor: Actor, one: Assignment, form: Any, now: dt.datetime) -> Any:
    got = form.cleaned_data
    return record_cash.record(
        actor=actor, assignment=one, amount_fen=got["amount"] or 0, paid_by=got["paid_by"], note=got["note"],
        key=got["key"], now=now,
    )  # fmt: skip


ACTS: tuple[Doing, ...] = (
    Doing(
        "accept", ANSWER, _("接下"), _("接下"), _("已接下，谢谢。请尽快送出。"), may_answer, _plain(ActForm), _accept,
        says=_taken,
    ),
    Doing(
        "decline", ANSWER, _("不接"), _("不接"), _("记下了：没有接。这一单马上还给计划。"), may_answer,
        _plain(DeclineForm), _decline, _("说清原因，计划下次就不会再派错。"), stop=True,
    ),
    Doing("sent", CARRY, _("送出"), _("记下送出"), _("记下了：已经送出。"), may_carry, _plain(SentForm), _sent),
    Doing(
        "delivered", CARRY, _("送到"), _("已送到"), _("记下了：已经送到，等对方确认。"), may_carry, _plain(ActForm),
        _delivered,
    ),
    Doing(
        "confirm", CONFIRM, _("确认收到了什么"), _("确认"), _("记下了收到的数量。"), may_confirm, _receipt, _confirm,
        _("按点过的数写。没有写到的，算还在路上。"),
    ),
    Doing(
        "return", CARRY, _("东西退回来了"), _("记下退回"), _("记下了退回的数量，都能用，可以再派。"), may_carry,
        _returned, _give_back, _("先看一看退回来的还能不能用；不能用的不会再派给别人。"), says=_back,
    ),
    Doing(
        "withdraw", TAKE_BACK, _("收回这一单"), _("收回"), _("已收回。在路上的记为退回，没送的还给计划。"),
        may_take_back, _plain(ReasonForm), _withdraw,
        _("没有送出的马上还给计划；在路上的记为退回，会请送的人带回去。"), stop=True,
    ),
    Doing(
        "cash", RECORD_CASH, _("记一笔垫付"), _("记下"), _("记下了垫付，等协调员结清。"), may_carry, _plain(CashForm),
        _cash,
    ),
)  # fmt: skip
