"""The master keys as a backup knows them: by a fingerprint, never themselves."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

__all__ = ["fingerprints", "keys_in"]


def fingerprints(keys: Mapping[int, bytes]) -> dict[str, str]:
    """A fingerprint by version: tells keys apart and says nothing about them (HMAC-SHA-256 with the key)."""
    return {
        str(version): hmac.new(key, b"tongzhou master key", hashlib.sha256).hexdigest()[:32]
        for version, key in keys.items()
    }


def keys_in(path: Path) -> dict[int, bytes]:
    """The keys in a file of lines ``version:base64``; empty when there is no such file."""
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        return {}
    return {int(version): base64.b64decode(key) for version, _, key in (line.partition(":") for line in lines)}
