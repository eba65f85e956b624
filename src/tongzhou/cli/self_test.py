"""`tongzhou self-test`: a plea goes the whole way - asked, verified, shown, saved, restored - somewhere temporary."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tongzhou.cli.console import say
from tongzhou.cli.upkeep import desk

__all__ = ["self_test_command"]

#: A number that nobody has, by which the test knows its own plea again.
PHONE = "19000000099"
#: Settings of a real desk that this must not reach.
_REAL = ("DATABASE_URL", "TONGZHOU_SECRETS", "TONGZHOU_TLS", "TONGZHOU_PROXIES", "TONGZHOU_DEBUG", "TONGZHOU_DEMO")


class _Walk:
    """The steps, each told with its seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.known = folder, folder / "data", dict[str, Any]()

    def step(self, zh: str, en: str, work: Callable[[], str]) -> bool:
        """Do one step; False when it failed, with the reason on the same line."""
        begun = time.monotonic()
        try:
            said = work()
        except Exception as error:
            said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            say(f"✗ {zh}：{said}", f"✗ {en}: {said}")
            return False
        took = f"{time.monotonic() - begun:.1f} s"
        say(f"✓ {zh}（{took}）{said}", f"✓ {en} ({took}) {said}")
        return True

    def make(self) -> str:
        """A database with its reference data."""
        from django.conf import settings

        self.data.mkdir()
        for name in _REAL:
            os.environ.pop(name, None)
        desk.enter(self.data)
        logging.disable(logging.WARNING)
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
        desk.prepare_database(lambda text: None)
        desk.seed(lambda text: None)
        return ""

    def submit(self) -> str:
        """A plea comes in by the public form's own way."""
        from tongzhou.chain.intake.types import Channel, ForWhom, NeedLine, SaidContact, SaidNeed
        from tongzhou.flows.submit_need import submit_need
        from tongzhou.kernel import clock
        from tongzhou.kernel.access import ANONYMOUS, SYSTEM
        from tongzhou.registers.places.models import Place
        from tongzhou.registers.responses.services import open_response

        today = clock.now().date()
        area = Place.objects.get(code="42")
        response = open_response(actor=SYSTEM, slug="self-test", name="自检", area=area, started_on=today)
        said = SaidNeed(
            for_whom=ForWhom.SELF,
            lines=(NeedLine("医用外科口罩", 20, "只"),),
            contact=SaidContact(name="自检", phone=PHONE),
            place_text="湖北省武汉市江岸区",
        )
        done = submit_need(
            actor=ANONYMOUS, response=response, key="self-test", said=said, channel=Channel.FORM, now=clock.now()
        )
        self.known["need"] = done.records[0]
        return done.code

    def verify(self) -> str:
        """A verifier calls and confirms."""
        from tongzhou.chain.intake.models import Need
        from tongzhou.chain.triage.types import Outcome, Verdict
        from tongzhou.flows.verify_need import take_need, verify_need
        from tongzhou.kernel import clock
        from tongzhou.kernel.access import SYSTEM
        from tongzhou.registers.people.actors import actor_for
        from tongzhou.registers.people.services import create_account, grant_role
        from tongzhou.registers.people.types import Role

        account = create_account(actor=SYSTEM, login="self-test", name="核实员", reason="self-test")
        grant_role(actor=SYSTEM, account=account, role=Role.VERIFIER, reason="self-test")
        actor = actor_for(account, second_factor=True)
        need = Need.objects.get(pk=self.known["need"])
        take_need(actor=actor, need=need, now=clock.now())
        need.refresh_from_db()
        verdict = Verdict(Outcome.CONFIRMED, urgency=1)
        verify_need(actor=actor, need=need, verdict=verdict, expect=need.version, now=clock.now())
        need.refresh_from_db()
        if need.verified_at is None:
            raise RuntimeError(f"the need is {need.state}")
        self.known["card"] = need.code
        return str(need.get_state_display())

    def card(self) -> str:
        """Its card shows what is true now and nobody's number."""
        from django.test import Client

        answer = Client(headers={"host": "localhost"}).get(f"/c/{self.known['card']}/")
        text = answer.content.decode()
        if answer.status_code != 200 or PHONE in text or "口罩" not in text:
            raise RuntimeError(f"the card answered {answer.status_code}")
        return f"/c/{self.known['card']}/"

    def tongzhou(self, *words: str, data: Path | None = None) -> str:
        """Another command on the temporary desk; what it said."""
        settings = {**os.environ, "TONGZHOU_DATA": str(data or self.data)}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tongzhou", *words], env=settings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def backup(self) -> str:
        """An encrypted backup with its keys."""
        recipient = self.tongzhou("backup", "--new-key", str(self.folder / "identity"))
        target = self.folder / "backup.age"
        self.tongzhou("backup", "--to", recipient, "--with-keys", "--out", str(target))
        if PHONE.encode() in target.read_bytes():
            raise RuntimeError("the backup can be read")
        return f"{target.stat().st_size / 1e6:.1f} MB"

    def restore(self) -> str:
        """The backup comes back in another place, and the contact opens there."""
        place = self.folder / "restored"
        place.mkdir()
        identity = str(self.folder / "identity")
        self.tongzhou("restore", str(self.folder / "backup.age"), "--identity", identity, data=place)
        code = (
            "import django; django.setup()\n"
            "from tongzhou.chain.intake.models import Need\nfrom tongzhou.kernel import audit, crypto\n"
            "need = Need.objects.get()\n"
            f"assert crypto.unseal(need.contact, 'phone') == {PHONE!r} and need.verified_at and not audit.verify()"
        )
        settings = {**os.environ, "TONGZHOU_DATA": str(place)}
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], env=settings, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        return ""


def self_test_command() -> int:
    """在临时数据库里从头到尾走一遍 / go through the whole way on a temporary database."""
    with tempfile.TemporaryDirectory(prefix="tongzhou-self-test-") as name:
        walk = _Walk(Path(name))
        steps: tuple[tuple[str, str, Callable[[], str]], ...] = (
            ("建立数据库", "make a database", walk.make),
            ("收到求助", "take in a plea", walk.submit),
            ("核实", "verify it", walk.verify),
            ("活卡片", "its living card", walk.card),
            ("加密备份", "encrypted backup", walk.backup),
            ("恢复", "restore", walk.restore),
        )
        passed = all(walk.step(zh, en, work) for zh, en, work in steps)
    if passed:
        say("自检通过。", "The self-test passed.")
    return 0 if passed else 1
