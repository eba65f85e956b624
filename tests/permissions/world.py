"""Who stands in the columns of the table, and the objects its rows are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from builders import (
    WUCHANG,
    WUHAN,
    XIAOGAN,
    a_lead,
    a_need,
    a_place,
    a_response,
    an_account,
    an_offer,
    an_organisation,
    sign_in,
)
from builders_cover import a_cover
from builders_dispatch import a_key, a_team, a_verified_need, a_verified_offer, an_assignment
from builders_notices import a_channel
from builders_plan_pages import a_line, a_pin, a_plan
from builders_planning import a_standing
from permissions import world_bulletins, world_guidance, world_line, world_professionals
from permissions.passkey import a_passkey
from permissions.table import DESK_ROLES
from tongzhou.chain.delivery.models import CashAdvance, Receipt
from tongzhou.chain.delivery.policies import REPORT_INCIDENT
from tongzhou.chain.delivery.services import photos as delivery_photos
from tongzhou.chain.delivery.services.incidents import append as append_report
from tongzhou.chain.dispatch.models import Assignment, VolunteerProfile
from tongzhou.chain.evaluation.services.feedback import give_feedback
from tongzhou.chain.intake.models import CallbackRequest, ImportBatch, ImportRow, Need, Offer
from tongzhou.chain.intake.policies import CHANGE_NEED
from tongzhou.chain.intake.services.photos import Photo, attach
from tongzhou.chain.planning.models import PlanSnapshot
from tongzhou.chain.triage.models import DuplicatePair, Lock
from tongzhou.flows.claim_task import claim
from tongzhou.flows.join_team import open_entrance
from tongzhou.flows.merge_needs import merge_needs
from tongzhou.kernel import audit, changes, clock, crypto
from tongzhou.kernel.access import ANONYMOUS, SYSTEM
from tongzhou.registers.notices.services import make_calendar, set_preference
from tongzhou.registers.organisations.models import OrganisationScope, Requirement, Verification
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import actor_for, hash_secret
from tongzhou.registers.people.adapters import SecondFactorAdapter
from tongzhou.registers.people.models import Account, Grant, Invitation, Token
from tongzhou.registers.people.types import TOKEN_SCOPES
from tongzhou.registers.places.models import PlaceName, Site

__all__ = ["BODIES", "QUERIES", "World"]


class World:
    """The accounts of the columns and, made when first asked for, the objects of the rows."""

    def __init__(self) -> None:
        self.response = a_response()
        self.hospital = an_organisation("武汉测试医院")
        self.accounts: dict[str, Account] = {
            "volu": an_account("volunteer", area=WUHAN),
            "veri": an_account("verifier", area=WUHAN),
            "coor": an_account("coordinator", line="supplies", area=WUHAN),
            "away": an_account("coordinator", line="supplies", area=XIAOGAN),
            "line": an_account("coordinator", line="funds", area=WUHAN),
            "liai": an_account("liaison", area=WUHAN),
            "offi": an_account("officer", organisation=self.hospital),
            "offx": an_account("officer", organisation=an_organisation("孝感测试医院")),
            "anal": an_account("analyst"),
            "admi": an_account("admin"),
            "weak": an_account("coordinator", line="supplies", area=WUHAN),
            **{who: an_account(role, area=WUHAN) for who, role in DESK_ROLES.items()},
        }
        for account in self.accounts.values():
            _with_factors(account)
        self._made, self.finished = dict[str, dict[str, Any]](), clock.now()

    def session(self, who: str) -> str:
        """The session key of a column ("" for nobody)."""
        if who == "anon":
            return ""
        client = sign_in(Client(), self.accounts[who], second_factor=who != "weak")
        return client.cookies["sessionid"].value

    def token(self, who: str) -> str:
        """An API token of a program with the same roles ("" for nobody; "weak" is a session, tokens need no factor)."""
        if who in ("anon", "weak"):
            return ""
        secret, until = f"tongzhou_test_{who}", clock.now() + dt.timedelta(days=1)
        Token.objects.create(
            account=self.accounts[who], name="测试", hint=who, scopes=list(TOKEN_SCOPES), expires_at=until,
            secret_hash=hash_secret(secret),
        )  # fmt: skip
        return secret

    def arguments(self, whose: str) -> dict[str, Any]:
        """What the address of an object is made of."""
        if whose not in self._made:
            self._made[whose], self.finished = OBJECTS[whose](self), clock.now()
        return self._made[whose]


def _with_factors(account: Account) -> None:
    Authenticator.objects.create(user=account, type="totp", data={"secret": SecondFactorAdapter().encrypt("A" * 32)})
    RecoveryCodes.activate(account)


def _link(world: World) -> dict[str, Any]:
    invited = services.create_account(actor=SYSTEM, login="invited", name="新来的志愿者")
    return {"secret": services.invite(actor=SYSTEM, account=invited)}


def _key(world: World) -> dict[str, Any]:
    return {"pk": a_passkey(world.accounts["volu"]).pk}


def _plea(world: World) -> dict[str, Any]:
    need = a_need(response=world.response, place=WUHAN, secret=SECRET)
    return {"code": need.submission.code, "secret": SECRET, "record": need.pk}


def _guess(world: World) -> dict[str, Any]:
    return world.arguments("plea") | {"secret": "a-guess-of-the-secret-1"}


def _need(world: World) -> dict[str, Any]:
    need = a_need(response=world.response, place=WUHAN, organisation=world.hospital)
    return {"code": need.code, "id": need.pk, "pk": need.pk}


def _offer(world: World) -> dict[str, Any]:
    offer = an_offer(response=world.response, place=WUHAN, organisation=world.hospital)
    return {"code": offer.code, "id": offer.pk, "pk": offer.pk}


def _lead(world: World) -> dict[str, Any]:
    lead = a_lead(response=world.response)
    return {"code": lead.code, "id": lead.pk}


def _change(world: World) -> dict[str, Any]:
    need = Need.objects.get(pk=world.arguments("need")["id"])
    changes.apply(need, actor=SYSTEM, act=CHANGE_NEED, reason="改数量", quantity_asked=300)
    return {"entry": str(audit.history(need)[0].pk), "act": "undo"}


def _answer(world: World) -> dict[str, Any]:
    return {"slug": world.response.slug, "id": world.response.pk}


def _lock(world: World, kind: str, record: Need | Offer) -> dict[str, Any]:
    """Locked by "coor", with a photo."""
    now, holder = clock.now(), world.accounts["coor"]
    Lock.objects.create(
        object_type=kind, object_id=record.pk, holder_id=holder.pk, holder_name=holder.name, taken_at=now,
        until=now + dt.timedelta(minutes=10),
    )  # fmt: skip
    photo = attach(record.submission, record.contact, Photo(b"JPG", "image/jpeg"))
    photo.save(force_insert=True)
    return {"pk": record.pk, "photo": photo.pk}


def _pair(world: World) -> dict[str, Any]:
    first, second = sorted((a_need(response=world.response) for _ in range(2)), key=lambda need: need.pk)
    return {"pk": DuplicatePair.objects.create(first=first, second=second, score=90).pk}


def _merged(world: World) -> dict[str, Any]:
    keep, gone = a_need(response=world.response), a_need(response=world.response)
    low, high = sorted((keep, gone), key=lambda need: need.pk)
    DuplicatePair.objects.create(first=low, second=high, score=90)
    merge_needs(
        actor=actor_for(world.accounts["coor"], second_factor=True), keep=keep, gone=gone, expect_keep=keep.version,
        expect_gone=gone.version, choices={}, now=clock.now(), reason="同一家人",
    )  # fmt: skip
    return {"pk": gone.pk}


def _call(world: World) -> dict[str, Any]:
    call = CallbackRequest(response=world.response, place=a_place(WUHAN), next_at=clock.now())
    crypto.prepare(call, f"response:{world.response.pk}")
    crypto.seal(call, phone="19000000001", reason="要药", place_text="武汉")
    call.holder_id, call.holder_name = world.accounts["coor"].pk, world.accounts["coor"].name
    call.held_until = clock.now() + dt.timedelta(minutes=10)
    call.save(force_insert=True)
    return {"request_id": call.pk}


def _sheet(world: World) -> dict[str, Any]:
    batch = ImportBatch(
        response=world.response, kind="paste", state="ready", source="测试表", file_name="a.tsv", file_size=9,
        sha256="0" * 64, by_id=world.accounts["coor"].pk, by_name=world.accounts["coor"].name,
    )  # fmt: skip
    crypto.prepare(batch, f"response:{world.response.pk}")
    crypto.seal(batch, private="{}")
    batch.save(force_insert=True)
    ImportRow.objects.create(batch=batch, position=1, table="need", key="a", verdict="aside", row=2)
    return {"batch_id": batch.pk, "position": 1}


def _org(world: World) -> dict[str, Any]:
    paper = Requirement.objects.create(
        code="test_licence", kind="hospital", name="执业许可证", applies_from=dt.date(2020, 1, 1), mandatory=False
    )
    seen = Verification.objects.create(
        organisation=world.hospital, requirement=paper, state="accepted", evidence="看过原件", verified_by_name="核实员"
    )
    scope = OrganisationScope.objects.create(organisation=world.hospital, line="supplies", area=a_place(WUHAN))
    return {
        "id": world.hospital.pk, "pk": world.hospital.pk, "requirement": paper.pk, "verification": seen.pk,
        "scope_id": scope.pk, "what": "suspend",
    }  # fmt: skip


def _paper(world: World) -> dict[str, Any]:
    return {"pk": world.arguments("org")["requirement"]}


def _site(world: World) -> dict[str, Any]:
    return {"pk": Site.objects.create(kind="compound", name="测试小区", place=a_place(WUCHANG)).pk}


def _name(world: World) -> dict[str, Any]:
    site = Site.objects.get(pk=world.arguments("site")["pk"])
    return {"pk": PlaceName.objects.create(site=site, name="测试大院", key="测试大院", kind="local").pk}


def _person(world: World) -> dict[str, Any]:
    person = an_account("volunteer", login="person-1")
    return {"account_id": person.pk, "grant_id": Grant.objects.get(account=person).pk}


def _waiting(world: World) -> dict[str, Any]:
    account = an_account("coordinator", login="waiting-1")
    Invitation.objects.create(
        account=account, purpose="invite", secret_hash="1" * 64, made_by=an_account("admin"), second="waits",
        expires_at=clock.now(), used_at=clock.now(),
    )  # fmt: skip
    return {"account_id": account.pk}


def _minor(world: World) -> dict[str, Any]:
    return {"account_id": an_account(login="minor-1", is_adult=False, is_active=False).pk}


def _program(world: World) -> dict[str, Any]:
    program = an_account("analyst", login="program-1", is_program=True)
    token = Token.objects.create(
        account=program, name="测试", hint="program", secret_hash="0" * 64, scopes=["need:read"],
        expires_at=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    return {"account_id": program.pk, "token_id": token.pk}


def _team(world: World) -> dict[str, Any]:
    team = services.create_team(actor=SYSTEM, name="测试队", area=WUHAN)
    member = services.join_team(actor=SYSTEM, team=team, account=world.accounts["volu"])
    return {"team_id": team.pk, "member_id": member.pk}


def _way(world: World) -> dict[str, Any]:
    channel = a_channel()
    account = world.accounts["volu"]
    set_preference(
        actor=actor_for(account, second_factor=True), account=account, channel=channel, address="https://example.org/in"
    )
    return {"pk": channel.pk}


def _ics(world: World) -> dict[str, Any]:
    account = world.accounts["volu"]
    actor = actor_for(account, second_factor=True)
    return {"secret": make_calendar(actor=actor, account=account, now=clock.now())}


def _cover(world: World) -> dict[str, Any]:
    row = a_cover(WUHAN, response=world.response, organisation=world.hospital, starts_on=dt.date(2020, 2, 1))
    return {"pk": row.pk, "id": row.pk}


def _words(world: World) -> dict[str, Any]:
    said = give_feedback(
        actor=ANONYMOUS, response=world.response, about="page", words="打不开", key="words-1", now=clock.now()
    )
    return {"pk": said.pk}


def _plan(world: World) -> dict[str, Any]:
    """About supplies in Wuhan, made by nobody here, waiting for approval, with its files."""
    plan = a_plan(response=world.response, area=a_place(WUHAN), line="supplies")
    a_line(plan)
    PlanSnapshot.objects.create(plan=plan, content=b"PK", sha256="0" * 64, size=2)
    return {"number": plan.number}


def _order(world: World) -> dict[str, Any]:
    """Goods in a response of Wuhan alone: an order holds for a whole response."""
    a_response("wuhan-2020", area=a_place(WUHAN))
    return {"kind": "goods"}


def _errand(world: World) -> dict[str, Any]:
    """A task of a team in Wuhan, in the hands of "volu"; with a photo."""
    now, volunteer = clock.now(), world.accounts["volu"]
    team = a_team(name="跑腿队")
    services.join_team(actor=SYSTEM, team=team, account=volunteer)
    VolunteerProfile.objects.create(account=volunteer, adult=True, healthy_at=now, kit_at=now)
    one = an_assignment(
        need=a_verified_need(response=world.response), offer=a_verified_offer(response=world.response, team=team),
        now=now,
    )  # fmt: skip
    actor = actor_for(volunteer, second_factor=False)
    claim(actor=actor, assignment=one, key="world", now=now)
    photo = delivery_photos.add(actor=actor, assignment=one, content=b"JPG", content_type="image/jpeg", key="world")
    return {"code": one.code, "photo_id": photo.pk}


def _strange(world: World) -> dict[str, Any]:
    """A task of a team nobody of the columns is in."""
    offer = a_verified_offer(response=world.response, team=a_team(name="别的队"))
    return {"code": an_assignment(need=a_verified_need(response=world.response), offer=offer, now=clock.now()).code}


def _team_open(world: World) -> dict[str, Any]:
    team = services.create_team(actor=SYSTEM, name="招人的队", area=WUHAN, line="supplies")
    until = clock.now() + dt.timedelta(days=1)
    made = open_entrance(actor=SYSTEM, team=team, most=5, valid_until=until, now=clock.now())
    return {"team_id": team.pk, "secret": made.secret}


def _assigned(world: World, gives: bool, asks: bool) -> Assignment:
    """Of the hospital of "offi" on the sides named, in Wuhan, for supplies; it waits to be taken."""
    own: dict[str, Any] = {"organisation": world.hospital}
    need = a_verified_need(response=world.response, place=WUHAN, secret=SECRET, **(own if asks else {}))
    offer = a_verified_offer(response=world.response, secret=SECRET, **(own if gives else {}))
    return an_assignment(need=need, offer=offer, now=clock.now())


def _goods(world: World) -> dict[str, Any]:
    """On both sides, with a receipt to be corrected and an advance to be settled."""
    one = _assigned(world, gives=True, asks=True)
    receipt = Receipt.objects.create(assignment=one, how="call", received=1, at=clock.now(), key=a_key())
    advance = CashAdvance.objects.create(assignment=one, amount_fen=100, paid_by="giver", key=a_key())
    return {"code": one.code, "receipt": receipt.pk, "advance": advance.pk}


def _side(world: World, *, gives: bool, received: bool = False) -> dict[str, Any]:
    """Of the hospital on one side; with a receipt to be corrected."""
    one = _assigned(world, gives=gives, asks=not gives)
    if not received:
        return {"code": one.code, "id": one.pk}
    receipt = Receipt.objects.create(assignment=one, how="call", received=1, at=clock.now(), key=a_key())
    return {"code": one.code, "id": one.pk, "receipt": receipt.pk}


def _link_of(world: World, *, gives: bool, secret: str = "") -> dict[str, Any]:
    """The secret link of one side of an assignment between people."""
    one = _assigned(world, gives=False, asks=False)
    of = one.offer if gives else one.need
    return {"code": of.submission.code, "secret": secret or SECRET, "number": one.code, "act": "sent"}


def _about(world: World) -> dict[str, Any]:
    """What a report is about, as the API takes it."""
    one = _assigned(world, gives=True, asks=True)
    return {"assignment": str(one.pk), "kind": "money", "text": "测试"}


def _trouble(world: World) -> dict[str, Any]:
    one = _assigned(world, gives=True, asks=True)
    report = append_report(
        actor=SYSTEM, act=REPORT_INCIDENT, assignment=one, kind="money", text="测试", key=a_key(), now=clock.now()
    )
    return {"pk": report.pk, "id": report.pk}


SECRET = "the-secret-of-the-plea-1"

#: Objects of the rows by name: what their addresses need. An address takes the words it has a place for.
OBJECTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "-": lambda _world: {},
    "link": _link,  # an open invitation of somebody new
    "key": _key,  # a passkey of the volunteer
    "plea": _plea,  # a need with its code and the right secret
    "guess": _guess,  # the same with a wrong secret
    "need": _need,  # of the hospital of "offi", in Wuhan, for supplies
    "offer": _offer,  # likewise
    "lead": _lead,  # in Wuhan, for supplies
    "need_held": lambda world: _lock(world, "need", a_need(response=world.response)),  # in the hands of "coor"
    "offer_held": lambda world: _lock(world, "offer", an_offer(response=world.response)),
    "pair": _pair,  # two needs in Wuhan, for supplies
    "merged": _merged,  # a need merged into another
    "call": _call,  # somebody in Wuhan to be called back, in the hands of "coor"
    "sheet": _sheet,  # an import of the coordinator's
    "change": _change,  # an audit entry of that need, to be undone
    "answer": _answer,  # the response
    "org": _org,  # the hospital of "offi", in Wuhan, with a paper and a scope
    "paper": _paper,  # a requirement
    "wuhan": lambda world: {"code": WUHAN},
    "cover": _cover,  # of surgical masks in Wuhan, by the hospital of "offi"
    "masks": lambda world: {"place": WUHAN, "category": "surgical_mask"},
    "words": _words,  # feedback of somebody without an account
    "kind": lambda world: {"slug": world.response.slug, "key": "surgical_mask"},
    "site": _site,  # a compound in Wuhan
    "name": _name,  # another name of it
    "person": _person,  # a volunteer
    "waiting": _waiting,  # a coordinator whose link, made by another administrator, waits for a second one
    "minor": _minor,  # somebody under 18 without consent
    "program": _program,  # a program's account with a token
    "team": _team,
    "goods": _goods,
    "toours": lambda world: _side(world, gives=False),
    "fixtours": lambda world: _side(world, gives=False, received=True),
    "fixours": lambda world: _side(world, gives=True, received=True),
    "fromours": lambda world: _side(world, gives=True),
    "gift": lambda world: _link_of(world, gives=True),  # the giver's link
    "coming": lambda world: _link_of(world, gives=False),  # the asker's
    "giftx": lambda world: _link_of(world, gives=True, secret="a-guess-of-the-secret-1"),
    "about": _about,  # an assignment of the hospital of "offi"
    "trouble": _trouble,  # a report about one
    "way": _way,  # a channel by which the volunteer is told
    "ics": _ics,  # the volunteer's calendar with the right secret
    "icsx": lambda world: {"secret": "a-guess-of-the-secret-1"},
    "plan": _plan,  # about supplies in Wuhan, waiting for approval
    "pin": lambda world: {"pk": (pin := a_pin()).pk, "id": pin.pk},  # a pair in Wuhan, for supplies
    "order": _order,  # goods, in a response of Wuhan
    "standing": lambda world: {"pk": a_standing().pk},  # supplies in Wuhan, for a team
    "errand": _errand,  # a task in the hands of "volu"
    "strange": _strange,  # a task of another team
    "team_open": _team_open,  # a team with its entrance
    "team_guess": lambda world: {"secret": "a-guess-of-the-secret"},
}

_WHY = {"reason": "情况有变，已电话确认"}
_FIRST = {"version": 1}

#: What is sent, where the answer would otherwise be about an empty form before it is about whose object it is.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("setup:response", "POST"): _FIRST | {"name": "改过的名称", "area": "湖北省", "started_on": "2020-01-23"},
    ("setup:stages", "POST"): _WHY | {"outbreak": 60, "containment": 40, "recovery": 0, "aftercare": 0},
    ("setup:category", "POST"): _FIRST | {"enabled": "on", "name": "口罩", **_WHY},
    ("setup:site", "POST"): _FIRST | {"kind": "compound", "name": "改过的小区"},
    ("setup:add_place_name", "POST"): {"name-name": "大武汉", "name-kind": "local"},
    ("setup:add_site", "POST"): {"site-kind": "compound", "site-name": "新的小区"},
    ("setup:add_site_name", "POST"): {"name-name": "大院", "name-kind": "local"},
    ("setup:withdraw_site", "POST"): {"withdraw-reason": "拆了", **_WHY},
    ("setup:withdraw_name", "POST"): _WHY,
    ("organisations:requirements", "POST"): {
        "kind": "hospital",
        "name": "新材料",
        "code": "new_paper",
        "applies_from": "2020-02-01",
    },
    ("organisations:scope", "POST"): {"scope-line": "supplies", "scope-area": "湖北省"},
    ("organisations:withdraw", "POST"): {"withdraw-reason": "已经合并到别的单位"},
    ("organisations:withdraw_scope", "POST"): _WHY,
    ("verify:need_outcome", "POST"): _FIRST | {"key": "a-key-1", "outcome": "confirmed", "urgency": 1, "quantity": 5},
    ("verify:offer_outcome", "POST"): _FIRST | {"key": "a-key-0002", "outcome": "confirmed", "quantity": 5},
    ("plans:approve", "POST"): _FIRST | {"do": "approve"},
    ("plans:reject", "POST"): _FIRST | _WHY,
    ("plans:order", "POST"): _WHY | {"order": "urgency,locality,fairness"},
    ("api-1:approve_plan", "POST"): _FIRST,
    ("api-1:reject_plan", "POST"): _FIRST | _WHY,
    ("api-1:withdraw_pin", "POST"): _FIRST | _WHY,
    ("callbacks:outcome", "POST"): {"how": "missed"},
    **{(f"api-1:update_{what}", "PATCH"): _FIRST for what in ("response", "organisation", "need", "offer", "lead")},
    ("api-1:close_response", "POST"): _FIRST | _WHY | {"ended_on": "2020-09-01"},
    ("api-1:withdraw_organisation", "POST"): _FIRST | _WHY,
    ("api-1:withdraw_need", "POST"): _FIRST | _WHY,
    ("api-1:withdraw_offer", "POST"): _FIRST | _WHY,
    ("api-1:accept_assignment", "POST"): _FIRST,
    ("api-1:decline_assignment", "POST"): _FIRST | {"reason": "no_stock"},
    ("api-1:send_assignment", "POST"): _FIRST,
    ("api-1:deliver_assignment", "POST"): _FIRST,
    ("api-1:return_assignment", "POST"): _FIRST | {"quantity": 1},
    ("api-1:confirm_assignment", "POST"): _FIRST | {"received": 1},
    ("api-1:correct_receipt", "POST"): _FIRST | {"received": 0, "note": "还没有到"},
    ("api-1:withdraw_assignment", "POST"): _FIRST | _WHY,
    ("api-1:handle_incident", "POST"): _FIRST | {"outcome": "已处理"},
    ("api-1:withdraw_lead", "POST"): _FIRST | _WHY,
    ("api-1:withdraw_cover", "POST"): _FIRST | _WHY,
    ("api-1:end_cover", "POST"): _FIRST | _WHY | {"ends_on": "2099-01-01"},
}

#: Words after the question mark, for addresses that name their object there.
QUERIES: dict[str, str] = {"setup:stages": f"place={WUHAN}", "plans:order": "response=wuhan-2020"}

for _desk in (world_bulletins, world_guidance, world_line, world_professionals):
    OBJECTS, BODIES, QUERIES = OBJECTS | _desk.OBJECTS, BODIES | _desk.BODIES, QUERIES | _desk.QUERIES
