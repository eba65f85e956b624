"""A coordinator's first sign-in sets up a passkey, and the next one needs nothing but the passkey."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from builders import PASSWORD, an_account
from tongzhou.kernel.models import AuditEntry

#: Passkeys belong to names, not to addresses; this name is the machine itself.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"]
_DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def phone(browser: Browser, chromium: str) -> Iterator[Page]:
    """A window with a device that holds passkeys and always says yes."""
    own = browser.browser_type.launch(executable_path=chromium, args=_ARGUMENTS)
    page = own.new_page(viewport={"width": 390, "height": 844}, locale="zh-CN")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
    yield page
    own.close()


@pytest.mark.django_db(transaction=True)
def test_a_passkey_from_the_first_sign_in_to_the_second(live_desk: str, phone: Page) -> None:
    account = an_account("coordinator", area="4201", login="wuhan-desk", name="武汉物资协调员")
    base = live_desk.replace("127.0.0.1", "localhost")

    phone.goto(f"{base}/desk/")
    phone.get_by_label("登录名或电子邮箱").fill("wuhan-desk")
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone.get_by_role("heading", name="需要第二重验证")).to_be_visible()
    phone.get_by_role("link", name="添加通行密钥").click()
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="确认").click()
    phone.get_by_label("以后只用它登录，不用密码").check()
    phone.get_by_role("button", name="添加").click()
    expect(phone.locator(".recovery li")).to_have_count(10)
    phone.get_by_role("link", name="抄好了，继续").click()
    expect(phone).to_have_url(f"{base}/desk/")
    said = AuditEntry.objects.filter(actor_id=account.pk, act="account.own").latest("id").changes
    assert said == {"second_factor": [[], ["webauthn", "recovery_codes"]]}

    phone.context.clear_cookies()
    phone.goto(f"{base}/account/login/")
    phone.get_by_role("button", name="用通行密钥登录").click()
    expect(phone).to_have_url(f"{base}/desk/")
    assert AuditEntry.objects.filter(actor_id=account.pk, act="account.sign_in").count() == 2
