"""An archive under a passphrase on a machine that is busy, or really too slow."""

from __future__ import annotations

import re
from pathlib import Path

import pyrage
import pytest

from tongzhou.cli.upkeep import archive
from tongzhou.cli.upkeep.archive import Lock, Unlock, read_archive, write_archive
from tongzhou.cli.upkeep.trouble import Trouble

WORDS = "seven words that nobody else would choose"


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    kept, file = tmp_path / "kept.txt", tmp_path / "backup.age"
    kept.write_text("kept")
    write_archive(file, [("kept.txt", kept)], {"files": {}}, Lock((), WORDS))
    return file


def test_a_work_factor_out_of_reach_is_said_and_not_called_a_wrong_passphrase(locked: Path, tmp_path: Path) -> None:
    # The header names the work as a power of two; age refuses before it computes anything.
    content = re.sub(rb"(-> scrypt \S+) \d+\n", rb"\1 40\n", locked.read_bytes(), count=1)
    locked.write_bytes(content)
    with pytest.raises(Trouble, match="太慢或太忙"):
        read_archive(locked, tmp_path, Unlock("", WORDS))


def test_one_misleading_look_at_the_machines_speed_is_looked_at_again(
    locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, real = [], pyrage.passphrase.decrypt

    class Busy:
        @staticmethod
        def decrypt(content: bytes, words: str) -> bytes:
            looks.append(words)
            if len(looks) < 3:
                raise pyrage.DecryptError("Excessive work parameter for passphrase.")
            return bytes(real(content, words))

    monkeypatch.setattr(archive.pyrage, "passphrase", Busy)
    assert archive._opened(locked, WORDS)
    assert len(looks) == 3
    with pytest.raises(pyrage.DecryptError, match="Decryption failed"):
        archive._opened(locked, "another passphrase altogether")
