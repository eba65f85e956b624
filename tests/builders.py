"""One small named world for tests: Hubei, February 2020, with plain typed builders. Everything here is made up.

Each builder writes through the ORM and gives back the row; what a test does not say gets a plain, lawful value. Phone
numbers are ones that nobody has (19000000000 to 19000000099).
"""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
import time
import uuid
from functools import cache
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from django.test import Client

from tongzhou.chain.intake.models import Contact, Lead, Need, Offer, Submission
from tongzhou.chain.intake.services.search import fill_search
from tongzhou.chain.intake.types import Channel, ForWhom, SubmissionKind, Urgency
from tongzhou.kernel import access, clock, crypto, ids
from tongzhou.kernel.access import Actor
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.services import seed_catalogue
from tongzhou.registers.organisations.models import Organisation
from tongzhou.registers.people.models import Account, Grant
from tongzhou.registers.people.types import NEEDS_SECOND_FACTOR, SEES_CONTACTS
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.services.seeding import COLUMNS, Row, place_rows
from tongzhou.registers.places.types import ancestor_codes
from tongzhou.registers.responses.models import Response

__all__ = [
    "HUBEI",
    "JIANGAN",
    "PASSWORD",
    "WUCHANG",
    "WUHAN",
    "XIAOGAN",
    "a_category",
    "a_contact",
    "a_lead",
    "a_need",
    "a_phone",
    "a_place",
    "a_response",
    "a_submission",
    "an_account",
    "an_actor",
    "an_offer",
    "an_organisation",
    "sign_in",
    "the_catalogue",
    "words_of",
]

HUBEI, WUHAN, JIANGAN, WUCHANG, XIAOGAN = "42", "4201", "420102", "420106", "4209"
PASSWORD = "correct-horse-battery-staple-42"
_count = itertools.count(1)
#: The last two digits of the numbers that `a_phone` gives: a test that writes a number out ends it otherwise.
_PHONES = tuple(number for number in range(100) if number % 10 in (4, 5, 6))
_phones = itertools.cycle(_PHONES)


@cache
def _rows() -> dict[str, Row]:
    return {row[0]: row for row in place_rows()}


def a_place(code: str = WUHAN) -> Place:
    """The division of that code with every division above it (real names, from the built-in list)."""
    wanted = list(reversed(ancestor_codes(code)))
    if not Place.objects.filter(code=code).exists():
        rows = [Place(**dict(zip(COLUMNS, _rows()[one], strict=True))) for one in wanted if one in _rows()]
        for row in rows:  # a parent before its child
            Place.objects.bulk_create([row], ignore_conflicts=True)
    return Place.objects.get(code=code)


def the_catalogue() -> None:
    """Every category the product ships with, once."""
    if not Category.objects.exists():
        seed_catalogue()


def a_category(key: str = "surgical_mask") -> Category:
    """A category of the shipped catalogue."""
    the_catalogue()
    return Category.objects.get(key=key)


def a_response(slug: str = "hubei-2020", **over: Any) -> Response:
    """The open response in Hubei; the same one when it is there already."""
    found = Response.objects.filter(slug=slug).first()
    if found is not None:
        return found
    the_catalogue()
    said: dict[str, Any] = {
        "slug": slug,
        "name": "湖北新冠肺炎疫情应对",
        "name_en": "COVID-19 response in Hubei",
        "started_on": dt.date(2020, 1, 23),
        "area": a_place(HUBEI),
    }
    return Response.objects.create(**(said | over))


def an_organisation(name: str = "", *, kind: str = "hospital", place: Place | None = None, **over: Any) -> Organisation:
    """An organisation without papers; its name is new each time unless given."""
    return Organisation.objects.create(
        name=name or f"第{next(_count)}测试医院", kind=kind, place=place or a_place(WUHAN), **over
    )


def an_account(
    role: str = "",
    *,
    line: str = "all",
    area: str = "",
    response: Response | None = None,
    organisation: Organisation | None = None,
    **over: Any,
) -> Account:
    """Somebody who signs in with `PASSWORD`; with `role` a grant that holds since yesterday."""
    number = next(_count)
    account = Account(**({"login": f"someone-{number}", "name": f"{role or '账号'}{number}"} | over))
    account.set_password(PASSWORD)
    account.save(force_insert=True)
    if role:
        Grant.objects.create(
            account=account,
            role=role,
            line=line,
            area=area,
            response_id=response.pk if response else None,
            organisation_id=organisation.pk if organisation else None,
            valid_from=clock.now() - dt.timedelta(days=1),
            reason="测试",
        )
    return account


def an_actor(
    role: str,
    line: str = "all",
    area: str = "",
    *,
    response: Response | None = None,
    organisation: Organisation | None = None,
    second_factor: bool = True,
    account: Account | None = None,
) -> Actor:
    """An actor with one grant; no account row unless given."""
    grant = access.Grant(
        role=role,
        line=line,
        area=area,
        response=response.pk if response else None,
        organisation=organisation.pk if organisation else None,
        sees_contacts=role in SEES_CONTACTS,
        needs_second_factor=role in NEEDS_SECOND_FACTOR,
    )
    return Actor(
        account_id=account.pk if account else uuid.uuid4(),
        name=f"{role} {line} {area}".strip(),
        grants=(grant,),
        second_factor=second_factor,
    )


def sign_in(client: Client, account: Account, *, second_factor: bool = True) -> Client:
    """Put `account` into the client's session, with a proven second factor unless told otherwise."""
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor:
        session = client.session
        proof = {"method": "mfa", "at": time.time(), "type": "totp", "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = user_id_to_str(account)
        session.save()
    return client


def a_phone() -> str:
    """A number that nobody has, another one each time (thirty of them), and never one that a test writes out."""
    return f"190000000{next(_phones):02d}"


def a_contact(phone: str = "", *, response: Response | None = None, **texts: str) -> Contact:
    """A sealed contact; `texts` are further sealed fields (name, address, wechat, medicine, private_note)."""
    of = response or a_response()
    scope = f"response:{of.pk}"
    contact = Contact(response=of)
    crypto.prepare(contact, scope)
    number = phone or a_phone()
    crypto.seal(contact, phone=number, **texts)
    contact.phone_index = crypto.phone_index(number, scope)
    contact.save(force_insert=True)
    return contact


def a_submission(
    *, response: Response | None = None, contact: Contact | None = None, secret: str = "", **over: Any
) -> Submission:
    """A submission without raw content; `secret` opens its secret link."""
    from tongzhou.chain.intake.services.codes import hash_secret

    of = response or a_response()
    said: dict[str, Any] = {
        "response": of,
        "kind": SubmissionKind.NEED,
        "channel": Channel.FORM,
        "code": ids.new_code(),
        "for_whom": ForWhom.SELF,
        "contact": contact or a_contact(response=of),
        "moved_at": clock.now(),
        "secret_hash": hash_secret(secret) if secret else "",
    }
    submission = Submission(**(said | over))
    crypto.prepare(submission, f"response:{of.pk}")
    submission.save(force_insert=True)
    return submission


def _common(over: dict[str, Any], kind: str) -> dict[str, Any]:
    """What needs and offers share; a submission and its contact unless the test gives them."""
    response = over.pop("response", None) or a_response()
    category = over.pop("category", "surgical_mask")
    category = a_category(category) if isinstance(category, str) else category
    place = over.pop("place", WUHAN)
    submission = over.pop("submission", None) or a_submission(
        response=response, kind=kind, contact=over.pop("contact", None), secret=over.pop("secret", "")
    )
    return {
        "code": ids.new_code(),
        "response": response,
        "line": category.line if category else "supplies",
        "place": a_place(place) if isinstance(place, str) else place,
        "category": category,
        "item": category.name if category else "其他",
        "unit": category.unit if category else "",
        "channel": Channel.FORM,
        "submission": submission,
        "contact": submission.contact,
    }


def words_of(page: str) -> set[str]:
    """The words and numbers a reader sees in the main part of a page, without times and spoken codes.

    Searching the whole page for a number finds it by chance: in a millisecond, a token, a hash or a code.
    """
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2] or page
    for unseen in (r"<(time|script|style)\b.*?</\1>", r'<span class="code">.*?</span></span>', r"<[^>]*>"):
        main = re.sub(unseen, " ", main, flags=re.DOTALL)
    return set(re.findall(r"[\w.]+", html.unescape(main)))


def code_shown(code: str) -> str:
    """A code as a page shows it. Three digits alone are found by chance, in a script's fingerprint or in a token."""
    return f"<span>{code[:3]}</span><span>{code[3:6]}</span><span>{code[6:]}</span>"


def a_need(**over: Any) -> Need:
    """A received need: 200 surgical masks in Wuhan. `place` and `category` may be codes; `secret` opens its link."""
    said = _common(over, SubmissionKind.NEED) | {"for_whom": ForWhom.SELF, "quantity_asked": 200} | over
    if said.get("urgency") is not None or said.get("urgency_said") is not None:
        first = said["urgency"] if said.get("urgency") is not None else said["urgency_said"]
        said.setdefault("urgency_order", first)
    need = Need(**({"urgency_order": Urgency.IMPORTANT} | said))
    fill_search(need)
    need.save(force_insert=True)
    return need


def an_offer(**over: Any) -> Offer:
    """A received offer: 5000 surgical masks in Wuhan, from a company."""
    offer = Offer(**(_common(over, SubmissionKind.OFFER) | {"quantity": 5000, "giver": "武汉测试商贸公司"} | over))
    fill_search(offer)
    offer.save(force_insert=True)
    return offer


def a_lead(**over: Any) -> Lead:
    """A possible source nobody has called yet."""
    response = over.pop("response", None) or a_response()
    said: dict[str, Any] = {
        "code": ids.new_code(),
        "response": response,
        "place": a_place(WUHAN),
        "source_name": "测试药械公司",
        "item": "口罩",
        "channel": Channel.SHEET,
    }
    lead = Lead(**(said | over))
    fill_search(lead)
    lead.save(force_insert=True)
    return lead
