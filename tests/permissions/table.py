"""THE permission table: who gets what answer from every address. Written by hand; the code has to agree.

A row is an address, a method and an object (whose names `world.py` explains); a column is somebody:

    anon  nobody signed in                       offi  officer of the object's organisation
    volu  volunteer in the object's area         offx  officer of another organisation
    veri  verifier in the object's area          anal  analyst
    coor  coordinator of its area and line       admi  administrator
    away  coordinator of another area            weak  coordinator of its area and line, signed in
    line  coordinator of another line                  with a password only
    liai  liaison in the object's area

    ok      the page, or an answer about what was typed (a form with nothing in it is "ok": the door was open)
    login   sent to sign in (401 on the API)
    2nd     sent to set up or confirm the second factor (403 on the API)
    -       as if it did not exist (404)

A method without a row must be refused (405 or as above) by every address. An address without a row fails the build.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COLUMNS", "TABLE", "Row", "rows"]

COLUMNS = ("anon", "volu", "veri", "coor", "away", "line", "liai", "offi", "offx", "anal", "admi", "weak")
VERDICTS = frozenset({"ok", "login", "2nd", "-"})

TABLE = """
address                         method object  anon  volu veri coor away line liai offi offx anal admi weak

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


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the address, the method, whose object, and the verdict of each column."""

    address: str
    method: str
    whose: str
    verdicts: dict[str, str]


def rows() -> list[Row]:
    """The table, checked for its own form."""
    found: list[Row] = []
    for line in TABLE.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if words[0] == "address":
            assert tuple(words[3:]) == COLUMNS, "the heading and COLUMNS disagree"
            continue
        assert len(words) == 3 + len(COLUMNS), f"a row of {len(words)} words: {line}"
        assert set(words[3:]) <= VERDICTS, f"an unknown verdict: {line}"
        found.append(Row(words[0], words[1], words[2], dict(zip(COLUMNS, words[3:], strict=True))))
    keys = [(row.address, row.method, row.whose) for row in found]
    assert len(keys) == len(set(keys)), f"twice: {sorted(key for key in keys if keys.count(key) > 1)}"
    return found
