"""Forms of signing in and of the own account, in our own words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm as MfaCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as MfaConfirmForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import throttle
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people.models import Account
from tongzhou.registers.people.types import Language, Theme

__all__ = ["AddPasskeyForm", "CodeForm", "ConfirmCodeForm", "ConfirmPasswordForm", "FirstCodeForm", "FirstPasswordForm",
           "NewPasswordForm", "PreferencesForm", "RenamePasskeyForm", "SignInForm"]  # fmt: skip


def _plain(field: forms.Field, label: Any, help_text: Any = "", **attrs: str) -> None:
    """Our label and help, no placeholder (it vanishes while typing)."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class SignInForm(LoginForm):  # type: ignore[misc]
    """Login name or e-mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self.fields["login"],
            _("登录名或电子邮箱"),
            autocomplete="username",
            autocapitalize="none",
            spellcheck="false",
        )
        _plain(self.fields["password"], _("密码"), _("忘了密码，请管理员发一个新的链接。"))


class ConfirmPasswordForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], _("密码"))


_PASSWORD_HELP = _("至少 10 个字；不要用常见密码、纯数字，或和登录名相近的词。几个不相干的词连起来最好记。")


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """Change the own password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("现在的密码"))
        _plain(self.fields["password1"], _("新密码"), _PASSWORD_HELP)
        _plain(self.fields["password2"], _("再写一遍新密码"))


class FirstPasswordForm(forms.Form):
    """The password somebody chooses when opening a link."""

    password1 = forms.CharField(
        label=_("密码"), help_text=_PASSWORD_HELP, strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    password2 = forms.CharField(
        label=_("再写一遍密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password1(self) -> str:
        """Strong enough for this account."""
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.account)
        return password

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        found = super().clean() or {}
        if "password1" in found and found.get("password2") != found["password1"]:
            self.add_error("password2", _("两次写的密码不一样"))
        return found


_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class _CountedCode:
    """Codes are counted in the database: ten tries in five minutes, and one use of each, over every web process."""

    user: Account
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        try:
            throttle.hit("second_factor", str(self.user.pk), limit=10, seconds=300)
            code: str = super().clean_code()  # type: ignore[misc]
            throttle.hit("second_factor_code", f"{self.user.pk}:{code.strip()}", limit=1, seconds=120)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.what) from refusal
        return code


class CodeForm(_CountedCode, MfaCodeForm):  # type: ignore[misc]
    """The code of the authenticator, or a recovery code, when signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("验证码"), _("验证器显示的 6 位数字；手机不在身边时，写一个恢复码。"), **_CODE)


class ConfirmCodeForm(_CountedCode, MfaConfirmForm):  # type: ignore[misc]
    """The same, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("验证码"), _("验证器显示的 6 位数字；手机不在身边时，写一个恢复码。"), **_CODE)


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator: proves that it was set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("验证码"), _("添加之后，验证器会显示 6 位数字，写在这里。"), **_CODE)


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["name"], _("名称"), _("好认出是哪个设备，例如“值班手机”。"), maxlength="60")
        _plain(self.fields["passwordless"], _("以后只用它登录，不用密码"), _("设备要有指纹、面容或锁屏密码。"))


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["name"], _("名称"), maxlength="60")


class PreferencesForm(forms.Form):
    """Language and colours of the own account."""

    language = forms.ChoiceField(label=_("语言"), required=False, choices=[("", _("跟随浏览器")), *Language.choices])
    theme = forms.ChoiceField(label=_("外观"), required=False, choices=[("", _("跟随设备")), *Theme.choices])
