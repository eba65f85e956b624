"""How django-allauth fits the house: closed sign-up, our own words, encrypted secrets, and rows in our trail."""

from __future__ import annotations

import base64
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import audit, crypto
from tongzhou.registers.people import policies
from tongzhou.registers.people.actors import actor_for, actor_of, live_grants
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.types import NEEDS_SECOND_FACTOR

__all__ = ["AccountAdapter", "SecondFactorAdapter"]

_WRONG = _("登录名或密码不对")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are invited, never signed up; every sign-in and change of secrets is in the trail."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("这个账号已停用"),
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "enter_current_password": _("现在的密码不对"),
        "incorrect_password": _("密码不对"),
        "incorrect_code": _("验证码不对，请看清验证器现在显示的 6 位数字"),
        "too_many_login_attempts": _("试得太多次了，请过几分钟再试"),
        "rate_limited": _("试得太多次了，请过几分钟再试"),
        "same_as_current": _("新密码不能和现在的一样"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in and write it down."""
        super().login(request, user)
        if isinstance(user, Account):
            # The request's actor was worked out before: the rest of this request acts as the new one.
            request._tongzhou_actor = None  # type: ignore[attr-defined]
            audit.record(actor=actor_of(request), act="account.sign_in", obj=user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out and write it down."""
        user = request.user
        if isinstance(user, Account):
            audit.record(actor=actor_of(request), act="account.sign_out", obj=user)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Everybody lands on the own account page, which leads on; a coordinator on the desk."""
        return reverse("people:landing")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own account page."""
        return reverse("people:own")

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Write the new password alone (a whole row would undo somebody else's change) and note that it changed."""
        user.set_password(password)
        Account.objects.filter(pk=user.pk).update(password=user.password)
        if isinstance(user, Account):
            actor = actor_for(user, second_factor=False)
            audit.record(actor=actor, act=policies.CHANGE_OWN, obj=user, changes={"password": ["", "changed"]})

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail (a desk in the field may have none); `views.factor_page` writes the trail."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator secrets are encrypted under a key outside the database; names in our own words."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的角色必须保留一种第二重验证"),
        "cannot_generate_recovery_codes": _("先设置验证器或通行密钥，才能生成恢复码"),
        "incorrect_code": _("验证码不对，请看清验证器现在显示的 6 位数字"),
    }

    def encrypt(self, text: str) -> str:
        """AES-256-GCM under a key derived from the master key."""
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(crypto.derived_key("second-factor")).encrypt(nonce, text.encode(), b"authenticator")
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` sealed; raises ``InvalidTag`` when it was tampered with."""
        raw = base64.b64decode(encrypted_text)
        return AESGCM(crypto.derived_key("second-factor")).decrypt(raw[:12], raw[12:], b"authenticator").decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """A role that needs a second factor keeps its last one."""
        kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=kinds).exclude(
            pk=authenticator.pk
        )
        needed = live_grants().filter(account_id=authenticator.user_id, role__in=NEEDS_SECOND_FACTOR)
        return others.exists() or not needed.exists()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """The login name, never an address."""
        return str(user.get_username())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """A first name for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("通行密钥 %(number)d") % {"number": count + 1}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """What the device shows beside the passkey: the role title and the login name."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        entity.update(display_name=str(user), name=str(user.get_username()))
        return entity
