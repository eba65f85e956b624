"""Signing in: a password, a second factor, and every way around it that must stay shut."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from builders import PASSWORD, an_account, sign_in
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people import services
from tongzhou.registers.people.adapters import SecondFactorAdapter
from tongzhou.registers.people.models import Account, Token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_authenticator(account: Account) -> str:
    """Gives the account an authenticator; its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=account, type="totp", data={"secret": SecondFactorAdapter().encrypt(secret)})
    return secret


def log_in(client: Client, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password, **more})


@pytest.mark.parametrize("typed", ["nurse-desk", "NURSE-DESK", " nurse-desk ", "desk@example.org", "Desk@Example.org"])
def test_login_name_or_address(client: Client, typed: str) -> None:
    account = an_account("volunteer", login="nurse-desk", email="desk@example.org")
    response = log_in(client, typed)
    assert (response.status_code, response["Location"]) == (302, reverse("people:landing"))
    assert client.get(reverse("people:own")).status_code == 200
    assert AuditEntry.objects.filter(act="account.sign_in", actor_id=account.pk).count() == 1
    client.post(reverse("account_logout"))
    assert client.get(reverse("people:own")).status_code == 302
    assert AuditEntry.objects.filter(act="account.sign_out", actor_id=account.pk).count() == 1


@pytest.mark.parametrize(
    ("login", "password"), [("nurse-desk", "wrong"), ("nobody", PASSWORD), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_read_the_same(client: Client, login: str, password: str) -> None:
    an_account(login="nurse-desk")
    response = log_in(client, login, password)
    assert response.status_code == 200
    assert "登录名或密码不对" in response.content.decode()


def test_six_failures_lock_that_name_from_that_address(client: Client) -> None:
    an_account("volunteer", login="target")
    answers = [log_in(client, "target", "wrong").status_code for _ in range(7)]
    assert answers[0] == 200
    assert answers[-1] == 429
    locked = log_in(client, "target")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert "15 分钟" in locked.content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert log_in(elsewhere, "target").status_code == 302


def test_sign_up_and_what_is_not_used_have_no_address(client: Client) -> None:
    for name in (
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
        "account_request_login_code",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    for path in ("/account/signup/", "/accounts/signup/", "/account/password/reset/", "/admin/"):
        assert client.get(path).status_code == 404


def test_a_closed_account_is_out_at_once(client: Client) -> None:
    account = an_account("volunteer", login="leaver")
    sign_in(client, account)
    services.deactivate(actor=SYSTEM, account=account, reason="离开")
    assert client.get(reverse("people:own")).status_code == 302
    response = log_in(client, "leaver")
    assert response["Location"] == reverse("account_inactive")
    assert "已停用" in client.get(reverse("account_inactive")).content.decode()


def test_next_leads_only_to_this_site(client: Client) -> None:
    an_account("volunteer", login="walker")
    assert log_in(client, "walker", next="https://evil.example/")["Location"] == reverse("people:landing")
    other = Client()
    assert log_in(other, "walker", next="/needs/")["Location"] == "/needs/"


def test_a_coordinator_is_led_to_set_up_an_authenticator_and_then_let_in(client: Client) -> None:
    account = an_account("coordinator", login="wuhan-desk")
    log_in(client, "wuhan-desk")
    assert client.get(reverse("people:own"))["Location"] == reverse("people:second_factor")
    assert "验证器" in client.get(reverse("people:second_factor")).content.decode()
    ask = client.get(reverse("mfa_activate_totp"))
    assert ask["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate") + "?next=" + reverse("mfa_activate_totp"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    bad = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "验证码不对" in bad.content.decode()
    done = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert len(client.get(done["Location"]).context["unused_codes"]) == 10
    assert client.get(reverse("people:own")).status_code == 200
    stored = Authenticator.objects.get(user=account, type="totp").data["secret"]
    assert secret not in stored
    said = AuditEntry.objects.filter(actor_id=account.pk, act="account.own").latest("id").changes
    assert said == {"second_factor": [[], ["totp", "recovery_codes"]]}


def test_signing_in_with_the_authenticator_and_a_code_works_once(client: Client) -> None:
    account = an_account("coordinator", login="wuhan-desk")
    secret = with_authenticator(account)
    assert log_in(client, "wuhan-desk")["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("people:own")).status_code == 302
    typed = code(secret)
    assert client.post(reverse("mfa_authenticate"), {"code": typed}).status_code == 302
    assert client.get(reverse("people:own")).status_code == 200
    second = Client()
    log_in(second, "wuhan-desk")
    cache.clear()  # as another web process would see it
    again = second.post(reverse("mfa_authenticate"), {"code": typed})
    assert again.status_code == 200
    assert second.get(reverse("people:own")).status_code == 302


def test_ten_wrong_codes_are_enough(client: Client) -> None:
    account = an_account("coordinator", login="wuhan-desk")
    secret = with_authenticator(account)
    log_in(client, "wuhan-desk")
    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    cache.clear()
    assert client.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 200
    assert client.get(reverse("people:own")).status_code == 302


def test_a_stolen_session_without_the_factor_cannot_replace_it(client: Client) -> None:
    """The session was opened with a password before the authenticator was set up elsewhere."""
    account = an_account("coordinator", login="wuhan-desk")
    log_in(client, "wuhan-desk")
    with_authenticator(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in (
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ):
        for method in (client.get, client.post):
            assert method(reverse(name))["Location"] == reverse("people:second_factor"), name
    assert Authenticator.objects.filter(user=account).count() == 1
    secret = SecondFactorAdapter().decrypt(Authenticator.objects.get().data["secret"])
    client.post(reverse("mfa_reauthenticate"), {"code": code(secret)})
    assert client.get(reverse("people:own")).status_code == 200


def test_a_recovery_code_signs_in_once(client: Client) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    account = an_account("coordinator", login="wuhan-desk")
    with_authenticator(account)
    [first, *_] = RecoveryCodes.activate(account).get_unused_codes()
    log_in(client, "wuhan-desk")
    client.post(reverse("mfa_authenticate"), {"code": first})
    assert client.get(reverse("people:own")).status_code == 200
    second = Client()
    log_in(second, "wuhan-desk")
    second.post(reverse("mfa_authenticate"), {"code": first})
    assert second.get(reverse("people:own")).status_code == 302


def test_a_role_that_needs_it_keeps_its_last_factor(client: Client) -> None:
    account = an_account("verifier")
    with_authenticator(account)
    sign_in(client, account)
    response = client.post(reverse("mfa_deactivate_totp"))
    assert response.status_code == 200
    assert "必须保留" in response.content.decode()
    key = Authenticator.objects.create(user=account, type="webauthn", data={"name": "值班手机", "credential": {}})
    Authenticator.objects.filter(type="totp").delete()
    response = client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert response.status_code == 302
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_volunteer_needs_no_second_factor_but_may_have_one(client: Client) -> None:
    account = an_account("volunteer")
    sign_in(client, account, second_factor=False)
    assert client.get(reverse("people:own")).status_code == 200
    assert client.get(reverse("mfa_index")).status_code == 200


def test_changing_the_password_ends_other_sessions(client: Client) -> None:
    account, other = an_account("volunteer"), Client()
    sign_in(client, account)
    sign_in(other, account)
    new = "another-good-password-77"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(reverse("people:own")).status_code == 200
    assert other.get(reverse("people:own")).status_code == 302
    entry = AuditEntry.objects.filter(actor_id=account.pk, act="account.own").latest("id")
    assert entry.changes == {"password": ["", "changed"]}


def test_the_link_page(client: Client) -> None:
    account = services.create_account(actor=SYSTEM, login="invited", name="汉口核实员")
    path = reverse("people:invitation", args=[services.invite(actor=SYSTEM, account=account)])
    page = client.get(path)
    assert "汉口核实员" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    for first, second, said in [("short", "short", "至少"), (PASSWORD, "different", "不一样"), ("", "", "")]:
        bad = client.post(path, {"password1": first, "password2": second})
        assert bad.status_code == 422
        assert said in bad.content.decode()
    assert client.post(path, {"password1": PASSWORD, "password2": PASSWORD})["Location"].startswith(
        reverse("account_login")
    )
    assert client.get(path).status_code == 410
    assert client.get(reverse("people:invitation", args=["invented"])).status_code == 410
    assert log_in(client, "invited").status_code == 302


def test_preferences_stay_with_the_account_and_the_browser(client: Client) -> None:
    account = an_account("volunteer")
    sign_in(client, account)
    response = client.post(reverse("people:own"), {"language": "en", "theme": "dark"})
    assert (response.cookies["lang"].value, response.cookies["theme"].value) == ("en", "dark")
    assert "My account" in client.get(reverse("people:own")).content.decode()
    assert client.post(reverse("people:own"), {"language": "xx"}).status_code == 422


def test_tokens_act_on_the_api_only_and_narrowed_to_their_scopes(rf: RequestFactory) -> None:
    from tongzhou.registers.people.actors import actor_of

    program = services.create_account(actor=SYSTEM, login="sync", name="对接程序", is_program=True)
    services.grant_role(actor=SYSTEM, account=program, role="coordinator", area="4201", reason="对接")
    soon = clock.now() + dt.timedelta(days=1)
    token, secret = services.create_token(
        actor=SYSTEM, account=program, name="对接", scopes=["need:read"], expires_at=soon
    )

    def seen(path: str, header: str) -> Any:
        request = rf.get(path, headers={"Authorization": header})
        request.user = AnonymousUser()
        return actor_of(request)

    actor = seen("/api/v1/needs", f"Bearer {secret}")
    assert (actor.account_id, actor.scopes, actor.lacks_second_factor) == (program.pk, frozenset({"need:read"}), False)
    assert Token.objects.get().last_used_at is not None
    assert not seen("/needs/", f"Bearer {secret}").signed_in
    assert not seen("/api/v1/needs", f"Bearer {secret}x").signed_in
    assert not seen("/api/v1/needs", f"Basic {secret}").signed_in
    Token.objects.update(expires_at=clock.now())
    assert not seen("/api/v1/needs", f"Bearer {secret}").signed_in
    Token.objects.update(expires_at=soon)
    services.deactivate(actor=SYSTEM, account=program, reason="停用")
    assert not seen("/api/v1/needs", f"Bearer {secret}").signed_in
    services.activate(actor=SYSTEM, account=program, reason="恢复")
    services.revoke_token(actor=SYSTEM, token=token, reason="换")
    assert not seen("/api/v1/needs", f"Bearer {secret}").signed_in


def test_a_session_reads_the_api_but_writes_nothing_there(client: Client, rf: RequestFactory) -> None:
    from tongzhou.registers.people.actors import actor_of

    account = an_account("volunteer")
    sign_in(client, account)
    for method, signed_in in [("get", True), ("post", False), ("patch", False), ("delete", False)]:
        request = getattr(rf, method)("/api/v1/needs")
        request.user, request.session = account, client.session
        assert actor_of(request).signed_in is signed_in, method


def test_a_demo_role_opens_in_the_demo_only(client: Client, settings: Any, rf: RequestFactory) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    from tongzhou.registers.people.actors import actor_of

    demo, real = an_account("coordinator", is_demo=True), an_account("coordinator")

    def enter(account: Account) -> Any:
        request = rf.get("/")
        request.session, request.user = SessionStore(), AnonymousUser()
        services.sign_in_as_demo_role(request, account)
        return actor_of(request)

    for on, account in [(False, demo), (False, real), (True, real), ("yes", demo)]:
        settings.TONGZHOU_DEMO = on
        with pytest.raises(Refusal):
            enter(account)
    settings.TONGZHOU_DEMO = True
    actor = enter(demo)
    assert (actor.account_id, actor.second_factor, actor.is_demo) == (demo.pk, True, True)
    settings.TONGZHOU_DEMO = False
    sign_in(client, demo)
    assert client.get(reverse("people:own")).status_code == 302


def test_an_actor_costs_one_query_after_the_account(client: Client, django_assert_num_queries: Any) -> None:
    account = an_account("volunteer")
    sign_in(client, account)
    with django_assert_num_queries(3):  # session, account, grants
        client.get(reverse("people:landing"))


def test_secrets_of_authenticators_are_sealed() -> None:
    adapter = SecondFactorAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    assert adapter.encrypt("JBSWY3DPEHPK3PXP") != sealed
    assert TOTP is not None
