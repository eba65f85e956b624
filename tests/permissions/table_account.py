"""The front and the own account in the permission table; `table.py` explains columns and verdicts."""

from __future__ import annotations

__all__ = ["ACCOUNT_TABLE"]

ACCOUNT_TABLE = """
# address                         method object  anon  volu veri coor away line liai offi offx anal admi weak

# the front, open to all
home:front                      GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
home:privacy                    GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
home:about                      GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
ui                              GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
set_language                    POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
theme                           POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# signing in, and the own account
account_login                   GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_login                   POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_logout                  GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_logout                  POST   -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_inactive                GET    -       ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_authenticate                GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_authenticate                POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_login_webauthn              GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_login_webauthn              POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people:invitation               GET    link    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people:invitation               POST   link    ok    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
people:own                      GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
people:own                      POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
people:landing                  GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
people:second_factor            GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_change_password         GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
account_change_password         POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
account_reauthenticate          GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
account_reauthenticate          POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok

# the second factor: everybody here has one; "weak" signed in without it and may only confirm it
mfa_index                       GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_reauthenticate              GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_reauthenticate              POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_activate_totp               GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_activate_totp               POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_deactivate_totp             GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_deactivate_totp             POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_view_recovery_codes         GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_generate_recovery_codes     GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_generate_recovery_codes     POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_list_webauthn               GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_add_webauthn                GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_add_webauthn                POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   2nd
mfa_reauthenticate_webauthn     GET    -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_reauthenticate_webauthn     POST   -       login ok   ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
mfa_edit_webauthn               GET    key     login ok   -    -    -    -    -    -    -    -    -    2nd
mfa_edit_webauthn               POST   key     login ok   -    -    -    -    -    -    -    -    -    2nd
mfa_remove_webauthn             GET    key     login ok   -    -    -    -    -    -    -    -    -    2nd
mfa_remove_webauthn             POST   key     login ok   -    -    -    -    -    -    -    -    -    2nd
"""
