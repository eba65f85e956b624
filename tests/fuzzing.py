"""The API under schemathesis, once for each role: every check, against a real server with a database of its own.

Run by `./tongzhou test` (an environment of its own holds the fuzzer): in full for a coordinator, who may do most, and
with fewer cases for the others. Everything for everybody: ``TONGZHOU_FUZZ=full``; more examples:
``TONGZHOU_FUZZ_EXAMPLES=500``.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROLES = (
    "coordinator", "", "verifier", "liaison", "officer", "volunteer", "analyst", "admin", "counsellor", "supervisor",
)  # fmt: skip
FULL = os.environ.get("TONGZHOU_FUZZ") == "full"
EXAMPLES = int(os.environ.get("TONGZHOU_FUZZ_EXAMPLES", "8"))
#: Why some valid bodies are refused: they name a place, response or record that is not there.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 410, 422, 429]
"""
#: Who is told which line and shift there are; for the others made-up ones have to do.
KNOWS_THE_LINE = ("officer", "counsellor", "supervisor")


def main() -> int:
    """0 when no role found a failure."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]
    with tempfile.TemporaryDirectory(prefix="tongzhou-fuzz-") as folder:
        os.environ |= {"TONGZHOU_DATA": folder, "DJANGO_SETTINGS_MODULE": "tongzhou.site.settings"}
        os.environ.pop("DATABASE_URL", None)
        tokens, known = _prepare()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-P", "-m", "uvicorn", "tongzhou.site.asgi:application", "--port", str(port)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        log = Path(folder) / "server.log"
        with log.open("wb") as out, subprocess.Popen(
            [*command, "--log-level", "warning"], env=environment, stdout=out, stderr=out
        ) as server:  # fmt: skip
            try:
                _wait(port)
                told = {role: SETTINGS + (known if role in KNOWS_THE_LINE else "") for role in ROLES}
                failed = [
                    role or "anonymous" for role in ROLES
                    if not _fuzz(role, tokens.get(role, ""), port, folder, told[role])
                ]  # fmt: skip
            finally:
                server.terminate()
        if failed:
            print(f"failed for: {', '.join(failed)}")
            print("\n".join(line for line in log.read_text().splitlines() if '"level": "error"' in line)[-4000:])
        return int(bool(failed))


def _prepare() -> tuple[dict[str, str], str]:
    """A database with Hubei and a little of everything, a line of the officer's among it.

    A token for each role; settings of the fuzzer that name the line and a shift of its counsellor.
    """
    import django

    django.setup()
    from django.core.management import call_command

    from builders import a_lead, a_need, a_response, an_account, an_offer, an_organisation
    from builders_bulletins import a_bulletin, a_service
    from builders_guidance import a_guide
    from builders_line import a_caller, a_conversation, a_team
    from builders_plan_pages import a_small_plan
    from builders_professionals import a_task
    from migrated import shared
    from tongzhou.kernel import clock
    from tongzhou.registers.people.actors import hash_secret
    from tongzhou.registers.people.models import Token
    from tongzhou.registers.people.types import TOKEN_SCOPES
    from tongzhou.registers.places.services import seed_places

    with shared(Path(os.environ["TONGZHOU_DATA"]) / "tongzhou.sqlite3"):
        call_command("migrate", verbosity=0)
    seed_places(prefixes=("42",))
    a_response()
    own = an_organisation()
    a_need(), a_need(organisation=own), an_offer(), a_lead(), a_small_plan()
    a_guide(), a_bulletin(), a_service()
    accounts = {
        role: an_account(role, is_program=True, organisation=own if role == "officer" else None)
        for role in filter(None, ROLES)
    }
    behind = {"counsellor0": accounts["counsellor"], "supervisor": accounts["supervisor"]}
    team = a_team(accounts=behind, organisation=own)
    a_conversation(team), a_caller(team)
    for roster in team.line.rosters.all():
        a_task(roster, team.supervisor, *team.counsellors)
    tokens = {}
    for role, account in accounts.items():
        tokens[role] = f"tongzhou_{secrets.token_urlsafe(32)}"
        Token.objects.create(
            account=account, name="fuzz", hint="fuzz", secret_hash=hash_secret(tokens[role]),
            scopes=list(TOKEN_SCOPES), expires_at=clock.now() + dt.timedelta(days=1),
        )  # fmt: skip
    shift = team.line.shifts.get(professional=team.counsellors[0])
    return tokens, f'[parameters]\nline_id = "{team.line.pk}"\nshift_id = "{shift.pk}"\n'


def _wait(port: int) -> None:
    for _attempt in range(900):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _fuzzer() -> str:
    named = os.environ.get("TONGZHOU_FUZZER")
    home = Path(os.environ.get("TONGZHOU_HOME") or ROOT / ".tongzhou")
    return named or str(home / "fuzz" / "bin" / "st")


def _fuzz(role: str, token: str, port: int, folder: str, settings: str) -> bool:
    config = Path(folder) / "schemathesis.toml"
    config.write_text(settings)
    command = [_fuzzer(), "--config-file", str(config), "run", f"http://127.0.0.1:{port}/api/v1/openapi.json"]
    command += ["--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "20200206", "--generation-deterministic"]
    command += ["--suppress-health-check", "all", "--no-color"]
    if role != "coordinator" and not FULL:
        command += ["--phases", "fuzzing"]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    last = [line for line in done.stdout.splitlines() if line.strip()]
    print(
        f"{role or 'anonymous':<12}{time.monotonic() - begun:5.0f} s  {last[-1] if last else done.stderr[-300:]}",
        flush=True,
    )
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-2000:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
