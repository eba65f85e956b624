"""Words of the line never leave by the API: every address that can be read, as every role, searched for canaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from api.conftest import Api, api_of
from builders import an_account, an_organisation, sign_in
from builders_line import Team, a_conversation, a_team
from builders_professionals import a_shift
from tongzhou.desks.casework.models import Paper
from tongzhou.desks.hotline.models import Contact, LineCallback
from tongzhou.desks.professionals.services import handovers
from tongzhou.flows import contact_papers, keep_case, refer_contact
from tongzhou.flows.contact_callback import ask_line_callback
from tongzhou.flows.contact_note import keep_note
from tongzhou.flows.contact_say import say_as_caller, say_as_team
from tongzhou.kernel import clock
from tongzhou.registers.people.types import TOKEN_SCOPES, Role
from tongzhou.screens.api.root import api as the_api

pytestmark = pytest.mark.django_db
KINDS = ("message", "answer", "quiet", "note", "plan", "case", "place", "words", "handover")
CANARIES = {kind: f"金丝雀kanarie7c1e{kind}" for kind in KINDS}
PHONE = "19000000047"
#: No token can be given these: should one slip through, the API still has nothing to show.
FORBIDDEN = ("contact:contacts", "case:contacts", "line_callback:contacts", "glass:contacts", "line_people:contacts")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def _sing(team: Team) -> dict[str, Any]:
    """A conversation with everything that can be typed into it, a callback, a handover; what addresses need."""
    _begun, contact, actor = a_conversation(team)
    now = clock.now()
    say_as_caller(contact=contact, client_id="canary-001", text=CANARIES["message"], now=now)
    say_as_team(actor=actor, contact=contact, client_id="canary-002", text=CANARIES["answer"], now=now)
    say_as_team(actor=team.boss, contact=contact, client_id="canary-003", text=CANARIES["quiet"], now=now, quietly=True)
    keep_note(actor=actor, contact=contact, text=CANARIES["note"], base=0, now=now)
    contact_papers.keep_plan(actor=actor, contact=contact, answers={"signs": CANARIES["plan"]}, now=now)
    said = {"called": CANARIES["case"], "reason": CANARIES["case"]}
    case, _code = keep_case.open_case(actor=actor, contact=contact, consent=True, answers=said, now=now)
    refer_contact.refer_to_place(actor=actor, contact=contact, name=CANARIES["place"])
    row, _new = ask_line_callback(
        line=team.line, phone=PHONE, words=CANARIES["words"], language="mandarin", address="", now=now
    )
    handovers.hand_over(actor=actor, person=team.counsellors[0], words=CANARIES["handover"], now=now)
    shift = a_shift(team.counsellors[0])
    return {"line_id": team.line.pk, "shift_id": shift.pk, "contact": contact.pk, "case": case.pk, "call": row.pk}


def _addresses(known: dict[str, Any]) -> Iterator[str]:
    """Every address that GET serves; where one is asked for by an id, the ids of everything that must stay closed."""
    for path, operations in the_api.get_openapi_schema()["paths"].items():
        if "get" not in operations:
            continue
        needed = re.findall(r"{(\w+)}", path)
        for secret in ("contact", "case", "call"):
            words = {name: known.get(name, known[secret]) for name in needed}
            query = "?response=hubei-2020" if "/gaps" in path or "/pins" in path else ""
            if not {"number", "code", "slug", "key"} & set(needed):
                yield path.removeprefix("/api/v1").format(**words) + query
            if not set(needed) - {"line_id", "shift_id"}:
                break


def _askers(team: Team) -> dict[str, Api]:
    every = (*TOKEN_SCOPES, *FORBIDDEN)
    found = {
        f"token {role}": api_of(an_account(role, organisation=an_organisation() if role == "officer" else None), every)
        for role in Role.values
    }
    found["nobody"] = Api()
    found["its officer"] = api_of(an_account("officer", organisation=team.line.organisation), every)
    for name, person in (("own", team.counsellors[0]), ("other", team.counsellors[1]), ("boss", team.supervisor)):
        found[f"token {name}"] = api_of(person.account, every)
        found[f"session {name}"] = Api(client=sign_in(Client(), person.account))
    return found


def test_no_word_of_the_line_leaves_by_the_api_for_any_role() -> None:
    team = a_team()
    known = _sing(team)
    secrets = [*CANARIES.values(), PHONE, "合成人员", "TEST-"]  # names and licence numbers of the people, too
    answered: dict[str, int] = {}
    for who, ask in _askers(team).items():
        for address in _addresses(known):
            status, _said = ask("GET", address)
            answered[who] = answered.get(who, 0) + (status == 200)
            assert not [one for one in secrets if one in ask.words], f"{who}: {address}"
            assert "secret_hash" not in ask.words
            assert "address_mac" not in ask.words
    assert min(answered.values()) >= 8  # what is open to all
    # own list, callbacks, shifts and swaps were really answered, so there was something to look through
    assert min(answered["token own"], answered["session own"], answered["token boss"]) >= answered["nobody"] + 4


def test_the_canaries_do_sing_where_they_may() -> None:
    """Else the test above would look for what is nowhere."""
    team = a_team()
    known = _sing(team)
    own = sign_in(Client(), team.counsellors[0].account)
    page = own.get(f"/calls/{known['contact']}/").content.decode()
    for kind in ("message", "answer", "note"):
        assert CANARIES[kind] in page
    assert CANARIES["case"] in own.get(f"/cases/{known['case']}/").content.decode()
    assert CANARIES["handover"] in own.get("/line/my/").content.decode()
    assert PHONE in own.post(f"/calls/callbacks/{known['call']}/take/", follow=True).content.decode()
    assert Paper.objects.exists()
    assert LineCallback.objects.get().words
    assert Contact.objects.count() == 1


def test_no_address_of_the_api_speaks_of_cases_notes_or_messages() -> None:
    document = the_api.get_openapi_schema()
    paths = " ".join(document["paths"])
    assert not re.search(r"case|note|message|transcript|screening|paper|glass", paths)
    fields = {name for one in document["components"]["schemas"].values() for name in one.get("properties", {})}
    assert not fields & {"messages", "notes", "transcript", "screening", "caller", "caller_secret_hash", "address_mac"}
