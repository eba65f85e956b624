"""Accounts, roles, links, tokens and teams: what services do and refuse."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from builders import PASSWORD, an_account, an_actor
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import ANONYMOUS, SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import actor_for, hash_secret
from tongzhou.registers.people.models import Account, Grant, Invitation, Token

pytestmark = pytest.mark.django_db


def admin() -> Actor:
    return actor_for(an_account("admin"), second_factor=True)


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.code


def test_an_account_starts_without_a_password_and_its_trail_names_no_hash() -> None:
    actor = admin()
    account = services.create_account(
        actor=actor, login="Wuhan.Supplies", name="武汉物资协调员", email="Desk@Example.org"
    )
    assert (account.login, account.email) == ("wuhan.supplies", "desk@example.org")
    assert not account.has_usable_password()
    [entry] = audit.history(account)
    assert (entry.act, entry.actor_id) == ("account.create", actor.account_id)
    assert "password" not in entry.changes


@pytest.mark.parametrize("role", ["coordinator", "verifier", "liaison", "volunteer", "analyst"])
def test_only_an_administrator_makes_accounts_and_gives_roles(role: str) -> None:
    actor, other = an_actor(role), an_account()
    assert code_of(services.create_account, actor=actor, login="new-one", name="新") == "not_found"
    assert code_of(services.grant_role, actor=actor, account=other, role="volunteer", reason="试") == "not_found"
    assert code_of(services.invite, actor=actor, account=other) == "not_found"
    assert code_of(services.deactivate, actor=actor, account=other, reason="试") == "not_found"
    assert code_of(services.create_account, actor=ANONYMOUS, login="new-one", name="新") == "not_found"


def test_an_administrator_without_second_factor_does_nothing() -> None:
    weak = actor_for(an_account("admin"), second_factor=False)
    assert code_of(services.create_account, actor=weak, login="new-one", name="新") == "not_found"


def test_a_name_or_address_taken_twice_is_said_apart() -> None:
    actor = admin()
    services.create_account(actor=actor, login="first", name="甲", email="a@example.org")
    assert code_of(services.create_account, actor=actor, login="FIRST", name="乙") == "login_taken"
    assert (
        code_of(services.create_account, actor=actor, login="second", name="乙", email="A@example.org") == "email_taken"
    )
    with pytest.raises(ValidationError):
        services.create_account(actor=actor, login="有中文", name="乙")


def test_a_minor_stays_out_until_a_person_recorded_the_consent() -> None:
    actor = admin()
    minor = services.create_account(actor=actor, login="young", name="街道志愿者", is_adult=False)
    assert not minor.is_active
    assert code_of(services.invite, actor=actor, account=minor) == "consent_missing"
    assert code_of(services.activate, actor=actor, account=minor, reason="想开") == "consent_missing"
    assert (
        code_of(services.record_guardian_consent, actor=SYSTEM, account=minor, relation="parent", evidence="x")
        == "not_found"
    )
    services.record_guardian_consent(actor=actor, account=minor, relation="parent", evidence="社区办公室，3 号文件盒")
    assert minor.is_active
    assert minor.consent_by_id == actor.account_id
    assert minor.consent_at is not None


def test_the_database_refuses_an_open_minor_without_consent() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        an_account(is_adult=False)


def test_nobody_gives_a_role_to_themselves() -> None:
    account = an_account("admin")
    actor = actor_for(account, second_factor=True)
    for role in ("coordinator", "verifier", "volunteer", "admin"):
        assert code_of(services.grant_role, actor=actor, account=account, role=role, reason="自己来") == "grant_self"
    assert Grant.objects.filter(account=account).count() == 1


def test_a_role_comes_and_goes_with_its_dates() -> None:
    actor, account = admin(), an_account()
    grant = services.grant_role(
        actor=actor, account=account, role="coordinator", line="supplies", area="4201", reason="值班"
    )
    held = actor_for(account, second_factor=True).grants
    assert [(g.role, g.line, g.area, g.sees_contacts) for g in held] == [("coordinator", "supplies", "4201", True)]
    assert (
        code_of(
            services.grant_role,
            actor=actor,
            account=account,
            role="coordinator",
            line="supplies",
            area="4201",
            reason="再来",
        )
        == "grant_twice"
    )
    services.revoke_grant(actor=actor, grant=grant, reason="调岗")
    assert actor_for(account, second_factor=True).grants == ()
    assert code_of(services.revoke_grant, actor=actor, grant=grant, reason="又一次") == "version_stale"
    past = services.grant_role(
        actor=actor, account=account, role="analyst", reason="短期", valid_from=clock.now() - dt.timedelta(days=3),
        valid_until=clock.now() - dt.timedelta(days=1),
    )  # fmt: skip
    assert past.pk is not None
    assert actor_for(account, second_factor=True).grants == ()


@pytest.mark.parametrize(
    "bad",
    [
        {"role": "officer"},
        {"role": "coordinator", "organisation_id": uuid.uuid4()},
        {"role": "coordinator", "area": "420"},
        {"role": "coordinator", "line": "weather"},
        {"role": "king"},
        {"role": "analyst", "valid_until": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_bad_bounds_of_a_role_are_refused_by_the_field(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        services.grant_role(actor=admin(), account=an_account(), reason="试", **bad)


def test_an_administrator_of_hubei_gives_roles_inside_hubei_only() -> None:
    actor = actor_for(an_account("admin", area="42"), second_factor=True)
    account = an_account()
    assert services.grant_role(actor=actor, account=account, role="volunteer", area="420102", reason="街道")
    assert (
        code_of(services.grant_role, actor=actor, account=account, role="volunteer", area="3101", reason="外省")
        == "not_found"
    )
    assert code_of(services.grant_role, actor=actor, account=account, role="volunteer", reason="全国") == "not_found"
    assert code_of(services.create_account, actor=actor, login="new-one", name="新") == "not_found"


def test_the_last_administrator_stays() -> None:
    account = an_account("admin")
    actor = actor_for(account, second_factor=True)
    grant = Grant.objects.get(account=account)
    assert code_of(services.revoke_grant, actor=actor, grant=grant, reason="走了") == "last_admin"
    assert code_of(services.deactivate, actor=SYSTEM, account=account, reason="走了") == "last_admin"
    assert code_of(services.deactivate, actor=actor, account=account, reason="走了") == "own_account"
    an_account("admin")
    assert services.revoke_grant(actor=actor, grant=grant, reason="有人接").revoked_at is not None


def test_a_revoked_administrator_revokes_nobody_with_an_old_actor() -> None:
    first, second = an_account("admin"), an_account("admin")
    an_account("admin")
    old = actor_for(first, second_factor=True)
    services.revoke_grant(
        actor=actor_for(second, second_factor=True), grant=Grant.objects.get(account=first), reason="调岗"
    )
    assert (
        code_of(services.revoke_grant, actor=old, grant=Grant.objects.get(account=second), reason="报复") == "not_found"
    )


def test_a_link_works_once_and_an_older_one_dies() -> None:
    actor, account = admin(), services.create_account(actor=SYSTEM, login="invited", name="核实员")
    first, second = services.invite(actor=actor, account=account), services.invite(actor=actor, account=account)
    assert code_of(services.find_invitation, secret=first) == "link_dead"
    with pytest.raises(ValidationError):
        services.accept_invitation(secret=second, password="invited1")
    services.accept_invitation(secret=second, password=PASSWORD)
    account.refresh_from_db()
    assert account.check_password(PASSWORD)
    assert code_of(services.accept_invitation, secret=second, password=PASSWORD) == "link_dead"
    assert not Invitation.objects.filter(secret_hash__in=[first, second]).exists()
    assert not AuditEntry.objects.filter(changes__icontains=second).exists()


def test_a_link_dies_after_a_week_and_with_its_account() -> None:
    actor, account = admin(), services.create_account(actor=SYSTEM, login="invited", name="核实员")
    secret = services.invite(actor=actor, account=account)
    Invitation.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    assert code_of(services.find_invitation, secret=secret) == "link_dead"
    secret = services.invite(actor=actor, account=account)
    services.deactivate(actor=actor, account=account, reason="不来了")
    assert code_of(services.find_invitation, secret=secret) == "link_dead"


def test_one_administrator_cannot_take_over_an_account() -> None:
    one, other, account = admin(), admin(), an_account("coordinator")
    services.invite(actor=one, account=account, reason="忘了密码")
    assert code_of(services.reset_second_factor, actor=one, account=account, reason="手机也丢了") == "two_people"
    services.reset_second_factor(actor=other, account=account, reason="手机也丢了")
    assert code_of(services.invite, actor=other, account=account) == "two_people"
    assert (
        code_of(services.reset_second_factor, actor=one, account=Account.objects.get(pk=one.account_id), reason="我")
        == "own_account"
    )


def test_tokens_belong_to_programs_and_open_no_contact() -> None:
    actor = admin()
    person, program = (
        an_account(),
        services.create_account(actor=actor, login="hospital-sync", name="医院对接程序", is_program=True),
    )
    soon = clock.now() + dt.timedelta(days=30)
    ask: dict[str, Any] = {"actor": actor, "name": "对接", "scopes": ["need:read"], "expires_at": soon}
    assert code_of(services.create_token, account=person, **ask) == "token_for_person"
    assert code_of(services.invite, actor=actor, account=program) == "token_for_person"
    for scopes in ([], ["need:contacts"], ["need:read", "everything"]):
        with pytest.raises(ValidationError):
            services.create_token(account=program, **(ask | {"scopes": scopes}))
    for when in (clock.now(), clock.now() + dt.timedelta(days=400)):
        with pytest.raises(ValidationError):
            services.create_token(account=program, **(ask | {"expires_at": when}))
    token, secret = services.create_token(account=program, **ask)
    assert (token.secret_hash, token.hint) == (hash_secret(secret), secret.removeprefix("tongzhou_")[:6])
    assert secret not in str(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert code_of(services.revoke_token, actor=an_actor("coordinator"), token=token, reason="x") == "not_found"
    services.revoke_token(actor=actor, token=token, reason="换新的")
    assert Token.objects.get().revoked_at is not None


def test_teams() -> None:
    actor, lead, member = admin(), an_account("coordinator"), an_account("volunteer")
    team = services.create_team(actor=actor, name="武昌送药队", area="420106", line="services", lead=lead)
    assert code_of(services.create_team, actor=actor, name="武昌送药队") == "team_taken"
    first = services.join_team(actor=actor, team=team, account=member)
    assert services.join_team(actor=actor, team=team, account=member).pk == first.pk
    services.leave_team(actor=actor, member=first)
    assert services.join_team(actor=actor, team=team, account=member).pk != first.pk
    services.change_team(actor=actor, team=team, expect=team.version, name="武昌送药一队")
    services.close_team(actor=actor, team=team, reason="任务结束")
    assert services.create_team(actor=actor, name="武昌送药一队")
    assert code_of(services.join_team, actor=an_actor("coordinator"), team=team, account=member) == "not_found"


def test_the_first_administrator_is_made_at_the_machine_only() -> None:
    account = services.create_admin(actor=SYSTEM, login="root-desk", name="总管理员", password=PASSWORD)
    assert [grant.role for grant in actor_for(account, second_factor=True).grants] == ["admin"]
    assert code_of(services.create_admin, actor=admin(), login="root-2", name="二", password=PASSWORD) == "grant_self"


def opened(actor: Actor, role: str = "coordinator", *, granted: str = "before") -> Account:
    """A new account with a role, whose link (made by `actor`) was used by whoever held it."""
    account = services.create_account(actor=actor, login=f"new-{uuid.uuid4().hex[:8]}", name="新同事")
    if granted == "before":
        services.grant_role(actor=actor, account=account, role=role, reason="值班")
    services.accept_invitation(secret=services.invite(actor=actor, account=account), password=PASSWORD)
    if granted == "after":
        services.grant_role(actor=actor, account=account, role=role, reason="值班")
    return Account.objects.get(pk=account.pk)


def roles_of(account: Account) -> frozenset[str]:
    return actor_for(account, second_factor=True).roles


@pytest.mark.parametrize("granted", ["before", "after"])
@pytest.mark.parametrize("role", ["coordinator", "verifier", "admin"])
def test_who_made_the_link_cannot_use_the_account_alone(role: str, granted: str) -> None:
    one, other = admin(), admin()
    account = opened(one, role, granted=granted)
    assert roles_of(account) == frozenset()
    assert code_of(services.confirm_link, actor=one, account=account) == "confirm_own"
    services.confirm_link(actor=other, account=account, reason="当面问过")
    assert roles_of(account) == {role}
    link = Invitation.objects.get(account=account)
    assert (link.second, link.confirmed_by_id) == ("confirmed", other.account_id)
    assert audit.history(account).filter(act="account.confirm_link", actor_id=other.account_id).count() == 1
    assert code_of(services.confirm_link, actor=other, account=account) == "not_found"


def test_a_new_link_by_the_same_hand_is_no_way_around() -> None:
    one, other = admin(), admin()
    account = opened(one)
    Authenticator.objects.create(user=account, type="totp", data={"secret": "x"})  # set up by whoever opened it
    services.accept_invitation(secret=services.invite(actor=one, account=account), password=PASSWORD + "2")
    assert roles_of(account) == frozenset()
    services.confirm_link(actor=other, account=account)
    assert roles_of(account) == {"coordinator"}
    # From now on only the person has the factor: a forgotten password asks nobody twice.
    services.accept_invitation(secret=services.invite(actor=one, account=account), password=PASSWORD + "3")
    assert roles_of(account) == {"coordinator"}


def test_one_that_sees_nobody_is_not_waited_for_and_sleeping_administrators_confirm_nothing() -> None:
    one, other = admin(), admin()
    assert roles_of(opened(one, "analyst")) == {"analyst"}
    asleep = opened(one, "admin")
    account = opened(one)
    sleeper = actor_for(asleep, second_factor=True)
    assert code_of(services.confirm_link, actor=sleeper, account=account) == "not_found"
    verifier = actor_for(an_account("verifier"), second_factor=True)
    assert code_of(services.confirm_link, actor=verifier, account=account) == "not_found"
    services.deactivate(actor=other, account=Account.objects.get(pk=one.account_id), reason="走了")
    assert code_of(services.deactivate, actor=other, account=Account.objects.get(pk=other.account_id), reason="我") == (
        "own_account"
    )


def test_with_one_administrator_it_opens_and_is_recorded_as_such() -> None:
    only = admin()
    second = opened(only, "admin")  # the second one: the only other administrator is the account itself
    assert roles_of(second) == {"admin"}
    assert Invitation.objects.get(account=second).second == "alone"
    assert audit.history(second).filter(changes__second=[None, "alone"]).count() == 1
    assert roles_of(opened(only)) == frozenset()  # from now on there are two


def test_the_database_refuses_a_confirmation_by_the_same_person() -> None:
    one, _other = admin(), admin()
    link = Invitation.objects.get(account=opened(one))
    for said in ({"confirmed_by": one.account_id}, {"confirmed_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=link.pk).update(second="confirmed", confirmed_at=clock.now(), **said)
