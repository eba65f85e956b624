"""`Desk`: every act of the API as a method, with retries that cannot double anything."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from tongzhou.client.desks import Desks
from tongzhou.client.errors import DeskError, DeskUnreachable
from tongzhou.client.gap_records import CallOut, Overlap, Situation
from tongzhou.client.records import (
    Assignment,
    Category,
    Contact,
    Cover,
    Gap,
    Incident,
    Lead,
    Need,
    Needed,
    Offer,
    Organisation,
    Pin,
    Place,
    Plan,
    PlanGap,
    PlanHold,
    PlanLine,
    Receipt,
    Response,
    read,
)

__all__ = ["Desk"]

T = TypeVar("T")

#: Seconds between attempts when the network fails or the desk is starting.
WAITS = (0.2, 1.0, 3.0)


def _json(value: Any) -> Any:
    if isinstance(value, uuid.UUID | dt.date):
        return str(value) if isinstance(value, uuid.UUID) else value.isoformat()
    return value


class Desk(Desks):
    """A connection to one desk. Closing it (or ``with``) closes its sockets.

    Every write carries an idempotency key, so an attempt repeated after a cut network has one effect.
    Raises `DeskError` for a refusal and `DeskUnreachable` when no answer comes.
    """

    def __init__(self, address: str, *, token: str = "", language: str = "zh-hans", timeout: float = 20.0,
                 transport: httpx.BaseTransport | None = None) -> None:  # fmt: skip
        headers = {"Accept": "application/json", "Accept-Language": language}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(
            base_url=address.rstrip("/") + "/api/v1",
            headers=headers,
            timeout=timeout,
            transport=transport,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets."""
        self._http.close()

    def responses(self) -> Iterator[Response]:
        """Every response."""
        return self._all(Response, "/responses", {})

    def places(self, *, under: str = "", level: str = "") -> Iterator[Place]:
        """Divisions at or below `under`."""
        return self._all(Place, "/places", {"under": under, "level": level})

    def categories(self, *, response: str = "", line: str = "") -> Iterator[Category]:
        """Categories, as `response` changed them."""
        return self._all(Category, "/categories", {"response": response, "line": line})

    def organisations(self, **filters: Any) -> Iterator[Organisation]:
        """Organisations; filters: kind, place, q."""
        return self._all(Organisation, "/organisations", filters)

    def needs(self, **filters: Any) -> Iterator[Need]:
        """Needs, the newest first; filters: response, state, urgency, place, category, line, updated_since."""
        return self._all(Need, "/needs", filters)

    def need(self, id: uuid.UUID) -> Need:
        """One need."""
        return read(Need, self._send("GET", f"/needs/{id}"))

    def create_need(
        self, *, response: str, for_whom: str, place: str, item: str, contact: Contact, key: str = "", **more: Any
    ) -> Need:
        """Ask for one thing; `more`.

        Quantity, unit, specification, requester, urgency_said, needed_by, note, consent.
        """
        body = {
            "response": response,
            "for_whom": for_whom,
            "place": place,
            "item": item,
            "contact": asdict(contact),
            **more,
        }
        return read(Need, self._send("POST", "/needs", body, key))

    def update_need(self, need: Need, **fields: Any) -> Need:
        """Change fields of the need as it was read; 409 when somebody was faster."""
        return read(Need, self._send("PATCH", f"/needs/{need.id}", {"version": need.version, **fields}))

    def withdraw_need(self, need: Need, reason: str) -> Need:
        """Withdraw it; nothing is deleted."""
        return read(Need, self._send("POST", f"/needs/{need.id}/withdraw", {"version": need.version, "reason": reason}))

    def offers(self, **filters: Any) -> Iterator[Offer]:
        """Offers, the newest first; the same filters as `needs`."""
        return self._all(Offer, "/offers", filters)

    def offer(self, id: uuid.UUID) -> Offer:
        """One offer."""
        return read(Offer, self._send("GET", f"/offers/{id}"))

    def create_offer(
        self, *, response: str, place: str, item: str, contact: Contact, key: str = "", **more: Any
    ) -> Offer:
        """Offer one thing; `more`.

        Quantity, unit, giver, may_go, standard, available_from, available_until, earmark ...
        """
        body = {"response": response, "place": place, "item": item, "contact": asdict(contact), **more}
        return read(Offer, self._send("POST", "/offers", body, key))

    def update_offer(self, offer: Offer, **fields: Any) -> Offer:
        """Change fields of the offer as it was read; 409 when somebody was faster."""
        return read(Offer, self._send("PATCH", f"/offers/{offer.id}", {"version": offer.version, **fields}))

    def withdraw_offer(self, offer: Offer, reason: str) -> Offer:
        """Withdraw it; nothing is deleted."""
        return read(
            Offer, self._send("POST", f"/offers/{offer.id}/withdraw", {"version": offer.version, "reason": reason})
        )

    def leads(self, **filters: Any) -> Iterator[Lead]:
        """Leads, the newest first."""
        return self._all(Lead, "/leads", filters)

    def cover(self, **filters: Any) -> Iterator[Cover]:
        """What others cover, the newest first; filters: response, place, category, on (a day)."""
        return self._all(Cover, "/cover", filters)

    def create_cover(
        self, *, response: str, place: str, category: str, by: str, by_name: str, starts_on: dt.date, source: str,
        key: str = "", **more: Any,
    ) -> Cover:  # fmt: skip
        """Write down what somebody covers; `more`: quantity (base units; without it all of it), ends_on."""
        body = {
            "response": response, "place": place, "category": category, "by": by, "by_name": by_name,
            "starts_on": starts_on, "source": source, **more,
        }  # fmt: skip
        return read(Cover, self._send("POST", "/cover", body, key))

    def withdraw_cover(self, cover: Cover, reason: str) -> Cover:
        """Take it back; nothing is deleted."""
        body = {"version": cover.version, "reason": reason}
        return read(Cover, self._send("POST", f"/cover/{cover.id}/withdraw", body))

    def end_cover(self, cover: Cover, ends_on: dt.date, reason: str) -> Cover:
        """Say its last day (yesterday or later); what it counted for until then stays."""
        body = {"version": cover.version, "ends_on": ends_on, "reason": reason}
        return read(Cover, self._send("POST", f"/cover/{cover.id}/end", body))

    def gaps(self, *, response: str, **filters: Any) -> Iterator[Gap]:
        """Who does what where, in the order of places; filters: place, category."""
        return self._all(Gap, "/gaps", {"response": response, **filters})

    def needed(self, **filters: Any) -> Iterator[Needed]:
        """What is needed and what is not, as everybody may know it; filters: response, place, category."""
        return self._all(Needed, "/needed", filters)

    def call_outs(self, *, response: str = "") -> list[CallOut]:
        """Where volunteers are called for, and where no longer, as everybody may know it."""
        found = self._send("GET", "/needed/calls", query={"response": response} if response else {})
        return [read(CallOut, one) for one in found]

    def overlaps(self, *, response: str, **filters: Any) -> list[Overlap]:
        """What is double, too much or uneven; filters: place, category."""
        found = self._send("GET", "/gaps/overlaps", query={"response": response, **filters})
        return [read(Overlap, one) for one in found]

    def situation(self, *, response: str, **filters: Any) -> Situation:
        """The situation sheet as data; filters: place (without it the area this account looks after)."""
        return read(Situation, self._send("GET", "/situation", query={"response": response, **filters}))

    def plans(self, **filters: Any) -> Iterator[Plan]:
        """Plans, the newest first; filters: response, state."""
        return self._all(Plan, "/plans", filters)

    def plan(self, number: int) -> Plan:
        """One plan."""
        return read(Plan, self._send("GET", f"/plans/{number}"))

    def create_plan(self, *, response: str, key: str = "", **scope: Any) -> Plan:
        """Start a plan of a scope (line, area, category); read it again until its state is ``ready``."""
        return read(Plan, self._send("POST", "/plans", {"response": response, **scope}, key))

    def cancel_plan(self, plan: Plan) -> Plan:
        """Stop a plan that is not made yet."""
        return read(Plan, self._send("POST", f"/plans/{plan.number}/cancel"))

    def approve_plan(self, plan: Plan, strike: Iterable[int] = (), command_answer: str = "") -> Plan:
        """Approve the own lines of the plan as it was read, but for those struck; 409 when somebody was faster.

        `command_answer`: where a command allocates the goods, who of it said yes, when, and the order's number.
        """
        body = {"version": plan.version, "strike": sorted(strike), "command_answer": command_answer}
        return read(Plan, self._send("POST", f"/plans/{plan.number}/approve", body)["plan"])

    def reject_plan(self, plan: Plan, reason: str) -> Plan:
        """Refuse it as a whole; what is in force stays."""
        return read(
            Plan, self._send("POST", f"/plans/{plan.number}/reject", {"version": plan.version, "reason": reason})
        )

    def plan_lines(self, plan: Plan, **filters: Any) -> Iterator[PlanLine]:
        """What moves from where to whom; filters: state, change, urgency, place, category."""
        return self._all(PlanLine, f"/plans/{plan.number}/lines", filters)

    def plan_gaps(self, plan: Plan, **filters: Any) -> Iterator[PlanGap]:
        """Who lacks what, and why; filters: reason, urgency, place, category."""
        return self._all(PlanGap, f"/plans/{plan.number}/gaps", filters)

    def plan_holds(self, plan: Plan, **filters: Any) -> Iterator[PlanHold]:
        """What should not be sent now; filters: reason, place, category."""
        return self._all(PlanHold, f"/plans/{plan.number}/holds", filters)

    def pins(self, response: str) -> Iterator[Pin]:
        """Pairs fixed or forbidden and still in force."""
        return self._all(Pin, "/pins", {"response": response})

    def create_pin(self, *, need: str, offer: str, quantity: int, reason: str, key: str = "") -> Pin:
        """Fix a pair (base units) or forbid it (0), by the codes of the need and the offer."""
        body = {"need": need, "offer": offer, "quantity": quantity, "reason": reason}
        return read(Pin, self._send("POST", "/pins", body, key))

    def withdraw_pin(self, pin: Pin, reason: str) -> Pin:
        """Take a pin back."""
        return read(Pin, self._send("POST", f"/pins/{pin.id}/withdraw", {"version": pin.version, "reason": reason}))

    def assignments(self, **filters: Any) -> Iterator[Assignment]:
        """Assignments, the newest first.

        Filters: response, state, place, category, line, organisation, need, offer, updated_since.
        """
        return self._all(Assignment, "/assignments", filters)

    def assignment(self, id: uuid.UUID) -> Assignment:
        """One assignment with its balances."""
        return read(Assignment, self._send("GET", f"/assignments/{id}"))

    def accept(self, assignment: Assignment, *, key: str = "") -> Assignment:
        """Take it on for the giver; `DeskError` ``already_covered`` when somebody was faster."""
        return self._act(assignment, "accept", {}, key)

    def decline(self, assignment: Assignment, reason: str, note: str = "", *, key: str = "") -> Assignment:
        """Say no; reasons: no_stock, no_transport, too_far, no_time, unsafe, not_ours, other."""
        return self._act(assignment, "decline", {"reason": reason, "note": note}, key)

    def send(
        self, assignment: Assignment, quantity: int | None = None, *, rest_back: bool = False, key: str = ""
    ) -> Assignment:
        """It is on its way: all that is held, or `quantity` of it."""
        said: dict[str, Any] = {"rest_back": rest_back} | ({} if quantity is None else {"quantity": quantity})
        return self._act(assignment, "sent", said, key)

    def deliver(self, assignment: Assignment, *, key: str = "") -> Assignment:
        """It is at the receiver's door."""
        return self._act(assignment, "delivered", {}, key)

    def give_back(self, assignment: Assignment, quantity: int, *, unusable: int = 0, key: str = "") -> Assignment:
        """So much is back with its giver, `unusable` of it spoilt."""
        spoilt = {"unusable": unusable} if unusable else {}
        return self._act(assignment, "return", {"quantity": quantity, **spoilt}, key)

    def withdraw_assignment(self, assignment: Assignment, reason: str, *, key: str = "") -> Assignment:
        """Take it back; what is on its way is recorded as returned."""
        return self._act(assignment, "withdraw", {"reason": reason}, key)

    def confirm(
        self, assignment: Assignment, received: int, *, refused: int = 0, missing: int = 0, difference: str = "",
        note: str = "", key: str = "",
    ) -> Receipt:  # fmt: skip
        """Record what arrived; what is named nowhere is still on its way."""
        said = {
            "version": assignment.version, "received": received, "refused": refused, "missing": missing,
            "difference": difference, "note": note,
        }  # fmt: skip
        return read(Receipt, self._send("POST", f"/assignments/{assignment.id}/confirm", said, key))

    def correct_receipt(
        self, assignment: Assignment, receipt: Receipt, received: int, *, note: str, refused: int = 0, missing: int = 0,
        difference: str = "", key: str = "",
    ) -> Receipt:  # fmt: skip
        """Correct a receipt by another one; `assignment` as it is now, `note` says why."""
        said = {
            "version": assignment.version, "received": received, "refused": refused, "missing": missing,
            "difference": difference, "note": note,
        }  # fmt: skip
        path = f"/assignments/{assignment.id}/receipts/{receipt.id}/correct"
        return read(Receipt, self._send("POST", path, said, key))

    def receipts(self, assignment: Assignment) -> list[Receipt]:
        """Every receipt of an assignment, the oldest first."""
        return [read(Receipt, one) for one in self._send("GET", f"/assignments/{assignment.id}/receipts")]

    def incidents(self, **filters: Any) -> Iterator[Incident]:
        """What went wrong, the newest first; filters: response, state, assignment."""
        return self._all(Incident, "/incidents", filters)

    def report_incident(self, assignment: Assignment, kind: str, text: str, *, key: str = "") -> Incident:
        """Say that something went wrong; the words are sealed."""
        said = {"assignment": assignment.id, "kind": kind, "text": text}
        return read(Incident, self._send("POST", "/incidents", said, key))

    def handle_incident(self, incident: Incident, outcome: str, *, key: str = "") -> Incident:
        """Write down what was done about it."""
        said = {"version": incident.version, "outcome": outcome}
        return read(Incident, self._send("POST", f"/incidents/{incident.id}/handle", said, key))

    def _act(self, one: Assignment, act: str, said: dict[str, Any], key: str) -> Assignment:
        body = {"version": one.version, **said}
        return read(Assignment, self._send("POST", f"/assignments/{one.id}/{act}", body, key))

    def _all(self, kind: type[T], path: str, filters: dict[str, Any]) -> Iterator[T]:
        wanted = {name: _json(value) for name, value in filters.items() if value not in ("", None)}
        while True:
            page = self._send("GET", path, query=wanted)
            for one in page["items"]:
                yield read(kind, one)
            if page["next"] is None:
                return
            wanted["cursor"] = page["next"]

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "",
              query: dict[str, Any] | None = None) -> Any:  # fmt: skip
        content = {name: _json(value) for name, value in body.items()} if body is not None else None
        headers = {"Idempotency-Key": key or uuid.uuid4().hex} if method == "POST" else {}
        for wait in (*WAITS, None):
            try:
                answer = self._http.request(method, path, json=content, params=query, headers=headers)
            except httpx.TransportError as error:
                # A PATCH needs no key: its version lets it through once, and a repeat is told that it was not first.
                if wait is None:
                    raise DeskUnreachable(f"{method} {path}: {error}") from error
            else:
                if answer.status_code not in (502, 503, 504) or wait is None:
                    return _checked(answer)
            time.sleep(wait)
        raise AssertionError("unreachable")


def _checked(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    try:
        said = answer.json()
    except ValueError:
        said = {}
    raise DeskError(
        status=answer.status_code, code=said.get("code", "unknown"), title=said.get("title", answer.reason_phrase),
        detail=said.get("detail", ""), fields=said.get("fields", {}), request_id=said.get("request_id", ""),
    )  # fmt: skip
