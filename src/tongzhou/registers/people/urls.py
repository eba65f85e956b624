"""Sign-in, the second factor and the own account. Of allauth only what is listed here has an address."""

from __future__ import annotations

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django.urls import URLPattern, URLResolver, include, path

from tongzhou.kernel.access import PUBLIC, route
from tongzhou.registers.people import views
from tongzhou.registers.people.policies import BEFORE_SECOND_FACTOR
from tongzhou.registers.people.views import factor_page

_own = [
    path("account/", views.own, name="own"),
    path("account/start/", views.landing, name="landing"),
    path("account/second-factor/", views.second_factor, name="second_factor"),
    path("account/link/<str:secret>/", views.invitation, name="invitation"),
]

# allauth looks these names up, so they stand without a namespace.
_sign_in = [
    path("account/login/", route(PUBLIC)(account_views.login), name="account_login"),
    path("account/logout/", route(PUBLIC)(account_views.logout), name="account_logout"),
    path("account/closed/", route(PUBLIC)(account_views.account_inactive), name="account_inactive"),
    path("account/password/", views.password, name="account_change_password"),
    path("account/confirm/", route(BEFORE_SECOND_FACTOR)(account_views.reauthenticate), name="account_reauthenticate"),
    path("account/login/code/", route(PUBLIC)(factor_views.authenticate), name="mfa_authenticate"),
    path("account/login/passkey/", route(PUBLIC)(passkey_views.login_webauthn), name="mfa_login_webauthn"),
]

_factor = [
    path("account/factor/", factor_page(factor_views.index), name="mfa_index"),
    path("account/factor/confirm/", factor_page(factor_views.reauthenticate, confirms=True), name="mfa_reauthenticate"),
    path("account/factor/totp/", factor_page(totp_views.activate_totp), name="mfa_activate_totp"),
    path("account/factor/totp/remove/", factor_page(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/factor/codes/", factor_page(recovery_views.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/factor/codes/new/",
        factor_page(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("account/factor/keys/", factor_page(passkey_views.list_webauthn), name="mfa_list_webauthn"),
    path("account/factor/keys/add/", factor_page(passkey_views.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/factor/keys/confirm/",
        factor_page(passkey_views.reauthenticate_webauthn, confirms=True),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/factor/keys/<int:pk>/rename/", factor_page(passkey_views.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "account/factor/keys/<int:pk>/remove/",
        factor_page(passkey_views.remove_webauthn, removes=True),
        name="mfa_remove_webauthn",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_own, "people"))), *_sign_in, *_factor]
