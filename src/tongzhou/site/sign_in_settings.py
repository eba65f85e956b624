"""Settings of signing in: invited accounts only, a password and a second factor, locked after repeated failures."""

from __future__ import annotations

import datetime as dt
from typing import Any

# django-allauth: accounts
ACCOUNT_ADAPTER = "tongzhou.registers.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # sign-up itself is closed by the adapter and has no address
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"  # a desk in the field may have no mail; links are handed over by a person
ACCOUNT_SESSION_REMEMBER = True  # SESSION_COOKIE_AGE for everybody, no box to tick
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip,10/5m/key", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS: dict[str, str] = {
    "login": "tongzhou.registers.people.forms.SignInForm",
    "reauthenticate": "tongzhou.registers.people.forms.ConfirmPasswordForm",
    "change_password": "tongzhou.registers.people.forms.NewPasswordForm",
}

# django-allauth: second factor
MFA_ADAPTER = "tongzhou.registers.people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "同舟 Tongzhou"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS: dict[str, str] = {
    "authenticate": "tongzhou.registers.people.forms.CodeForm",
    "reauthenticate": "tongzhou.registers.people.forms.ConfirmCodeForm",
    "activate_totp": "tongzhou.registers.people.forms.FirstCodeForm",
    "add_webauthn": "tongzhou.registers.people.forms.AddPasskeyForm",
    "edit_webauthn": "tongzhou.registers.people.forms.RenamePasskeyForm",
}

# django-axes: an address that keeps failing on one name waits
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS: list[Any] = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins stand in our own trail
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "tongzhou.registers.people.lockout.name_tried"
AXES_LOCKOUT_CALLABLE = "tongzhou.registers.people.lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "tongzhou.site.middleware.client_address"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "email", "ip_address"]

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("login", "email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
