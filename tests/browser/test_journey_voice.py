"""Two people talk by voice through a real relay: sound both ways, the relay dies and comes back, no address leaks."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

import line_load
from browser.conftest import STEERED
from desks import Desk, a_desk, wait_until
from tongzhou.cli.upkeep.relay import try_relay
from tongzhou.desks.hotline.services.relay import credentials

SECRET = "a secret of this test's relay only"
#: A page's connections, so that the test can ask them for their figures.
WATCH = """
window.peers = [];
const Real = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Real { constructor(...all) { super(...all); window.peers.push(this); } };
"""
FIGURES = """async () => {
  const peer = window.peers.filter(one => one.connectionState !== 'closed').pop();
  if (!peer) return {};
  const all = [...(await peer.getStats()).values()];
  const pair = all.find(one => one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded');
  const end = (id) => (all.find(one => one.id === id) || {}).candidateType;
  const sound = all.find(one => one.type === 'inbound-rtp' && one.kind === 'audio') || {};
  return {
    state: peer.connectionState, bytes: sound.bytesReceived || 0, energy: sound.totalAudioEnergy || 0,
    policy: peer.getConfiguration().iceTransportPolicy,
    mine: pair && end(pair.localCandidateId), theirs: pair && end(pair.remoteCandidateId),
    told: peer.remoteDescription ? peer.remoteDescription.sdp : '',
    kinds: all.filter(one => one.type === 'local-candidate').map(one => one.candidateType),
  };
}"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Relay:
    """A coturn of the test's own on loopback; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.address = f"turn:127.0.0.1:{self.port}?transport=udp"

    def start(self) -> None:
        command = [
            "turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={self.port}",
            "--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=tongzhou", "--allow-loopback-peers",
            "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--min-port=49160", "--max-port=49360",
            f"--pidfile={self.folder / 'relay.pid'}", "--log-file=stdout", f"--userdb={self.folder / 'relay.db'}",
        ]  # fmt: skip
        with (self.folder / "relay.out").open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(30)


@pytest.fixture
def windows(chromium: str, player: Playwright) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """A phone and a desktop with a microphone that beeps, in a browser that may use it without a person to ask."""
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
    ]
    flags += ["--autoplay-policy=no-user-gesture-required", "--disable-features=WebRtcHideLocalIpsWithMdns"]
    opened = player.chromium.launch(executable_path=chromium, args=[*STEERED, *flags])
    phone = opened.new_context(viewport={"width": 390, "height": 844})
    desktop = opened.new_context(viewport={"width": 1280, "height": 900})
    for window in (phone, desktop):
        window.add_init_script(WATCH)
    yield phone, desktop
    opened.close()


def _flows(page: Page, within: float = 30.0) -> dict[str, Any]:
    """Wait until sound comes in: bytes and energy both grow over a second and a half."""
    until = time.monotonic() + within
    while True:
        before = page.evaluate(FIGURES)
        page.wait_for_timeout(1500)
        now: dict[str, Any] = page.evaluate(FIGURES)
        grew = [now.get(name, 0) - before.get(name, 0) for name in ("bytes", "energy")]
        if now.get("state") == "connected" and grew[0] > 1000 and grew[1] > 0:
            return now
        assert time.monotonic() < until, (before, now, page.locator("#voice").get_attribute("data-now"))


def _is_silent(page: Page) -> None:
    before = page.evaluate(FIGURES)
    page.wait_for_timeout(2000)
    assert page.evaluate(FIGURES).get("bytes", 0) <= before.get("bytes", 0) + 200


def _own_addresses() -> list[str]:
    said = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout
    return [one for one in said.split() if not one.startswith("127.")]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_voice_through_a_relay_that_dies(
    windows: tuple[BrowserContext, BrowserContext], language: str, tmp_path: Path
) -> None:
    phone, desktop = windows
    relay = Relay(tmp_path)
    relay.start()
    settings = {"TONGZHOU_TURN_URLS": relay.address, "TONGZHOU_TURN_SECRET": SECRET}
    with contextlib.ExitStack() as stack:
        stack.callback(relay.kill)
        desk = stack.enter_context(a_desk(tmp_path))
        team = json.loads(desk.python(line_load.TEAM, "1"))
        address, _process = stack.enter_context(desk.served(tmp_path / "serve.log", **settings))
        for window in (phone, desktop):
            window.add_cookies([{"name": "lang", "value": language, "url": address}])
        desktop.add_cookies([{"name": "sessionid", "value": team["sessions"][0], "url": address}])
        caller, counsellor = phone.new_page(), desktop.new_page()
        _meet(caller, counsellor, address)
        _talk(caller, counsellor, relay)
        _nothing_of_it_is_kept(desk, tmp_path)


def _meet(caller: Page, counsellor: Page, address: str) -> None:
    counsellor.goto(f"{address}/calls/")
    counsellor.locator("button[name=state][value=open]").click()
    caller.goto(f"{address}/talk/")
    caller.locator("button[data-voice]").click()
    # The microphone is ready while the caller waits.
    caller.locator("#voice [data-part=start]").click()
    expect(caller.locator("#voice")).to_have_attribute("data-now", "waiting", timeout=15_000)
    expect(counsellor.locator("#queue-part tbody tr")).to_have_count(1, timeout=15_000)
    counsellor.keyboard.press("n")
    counsellor.locator("#voice [data-part=start]").click(timeout=15_000)


def _talk(caller: Page, counsellor: Page, relay: Relay) -> None:
    for page in (caller, counsellor):
        heard = _flows(page)
        assert (heard["mine"], heard["theirs"], heard["policy"]) == ("relay", "relay", "relay")
        assert set(heard["kinds"]) == {"relay"}
        assert not [one for one in _own_addresses() if one in heard["told"]]
        expect(page.locator("#voice")).to_have_attribute("data-now", "talking")
    # The relay dies: both are told that it connects again, and the written conversation goes on.
    relay.kill()
    begun = time.monotonic()
    for page in (caller, counsellor):
        expect(page.locator("#voice")).to_have_attribute("data-now", "again", timeout=30_000)
        _is_silent(page)
    caller.locator(".say textarea").fill("听不见了")
    caller.locator(".say textarea").press("Enter")
    expect(counsellor.locator(".say-one__text", has_text="听不见了")).to_be_visible(timeout=15_000)
    caller.wait_for_timeout(max(0.0, 10 - (time.monotonic() - begun)) * 1000)
    relay.start()
    for page in (caller, counsellor):
        _flows(page, 45)
    # Silence when asked for, and an end that both see.
    caller.locator("#voice [data-part=mute]").click()
    expect(caller.locator("#voice [data-part=mute]")).to_have_attribute("aria-pressed", "true")
    caller.locator("#voice [data-part=stop]").click()
    expect(counsellor.locator("#voice")).to_have_attribute("data-now", "theirs", timeout=15_000)
    assert counsellor.evaluate(FIGURES) == {}


def _nothing_of_it_is_kept(desk: Desk, folder: Path) -> None:
    """No description, no candidate, no password of the relay in a file of the desk or in its log."""
    files = [path for path in desk.data.rglob("*") if path.is_file()] + [folder / "serve.log"]
    assert any(path.name.endswith("-wal") for path in files) or desk.database
    for path in files:
        content = path.read_bytes()
        for trace in (b"typ relay", b"ice-ufrag", b"ice-pwd", b"fingerprint:sha-256", SECRET.encode()):
            assert trace not in content, (path, trace)


def test_a_browser_without_a_microphone_hears_so_and_goes_on_writing(
    chromium: str, player: Playwright, tmp_path: Path
) -> None:
    """No device: a kind word, and the conversation in writing is untouched."""
    relay_settings = {"TONGZHOU_TURN_URLS": "turn:127.0.0.1:9", "TONGZHOU_TURN_SECRET": SECRET}
    with a_desk(tmp_path) as desk:
        desk.python(line_load.TEAM, "1")
        opened = player.chromium.launch(executable_path=chromium, args=[*STEERED, "--use-fake-ui-for-media-stream"])
        with desk.served(tmp_path / "serve.log", **relay_settings) as (address, _process):
            page = opened.new_context(viewport={"width": 390, "height": 844}).new_page()
            page.goto(f"{address}/talk/")
            page.locator("button[data-voice]").click()
            page.locator("#voice [data-part=start]").click()
            expect(page.locator("#voice")).to_have_attribute("data-now", "nomicrophone", timeout=15_000)
            expect(page.locator("#voice [data-part=start]")).to_be_visible()
            page.locator(".say textarea").fill("那我打字")
            page.locator(".say textarea").press("Enter")
            expect(page.locator(".say-one__text", has_text="那我打字")).to_be_visible()
        opened.close()


def test_the_doctor_tries_the_relay(tmp_path: Path) -> None:
    """The real relay takes what the desk hands out, refuses another secret's, and a dead port is silent."""
    relay = Relay(tmp_path)
    relay.start()
    now = dt.datetime.now(dt.UTC)
    try:
        wait_until(lambda: try_relay(relay.address, *credentials(SECRET, now)) == "")
        assert try_relay(relay.address, *credentials("another secret altogether", now)) == "refused"
        assert try_relay(relay.address, *credentials(SECRET, now - dt.timedelta(hours=1))) == "refused"
        assert try_relay("turns:127.0.0.1:5349", "", "") == "address"
    finally:
        relay.kill()
    assert try_relay(relay.address, *credentials(SECRET, now)) == "silent"


def test_nothing_in_the_scripts_can_record() -> None:
    scripts = list((Path(__file__).parents[2] / "src").rglob("*.js"))
    assert len(scripts) > 5
    assert [path for path in scripts if "MediaRecorder" in path.read_text(encoding="utf-8")] == []
