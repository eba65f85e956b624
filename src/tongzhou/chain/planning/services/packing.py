"""The plan directory as one zip: the same plan gives the same bytes, and `check` takes it once unpacked."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tongzhou_engines.allocation import Plan as Made
from tongzhou_engines.allocation.result import json_text

__all__ = ["Packed", "pack", "unpack"]

#: The earliest moment a zip can name.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Packed:
    """A zip, its SHA-256 and its size in bytes."""

    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


def pack(made: Made, about: dict[str, object]) -> Packed:
    """The plan's tables, inputs and certificate, and `about` as desk.json (what only the desk knows)."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="tongzhou-plan-") as folder:
        root = Path(folder)
        made.write_tables(root)
        (root / "desk.json").write_text(json_text(about), encoding="utf-8")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for path in sorted(p for p in root.rglob("*") if p.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), _NO_TIME)
                entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
                archive.writestr(entry, path.read_bytes())
    content = out.getvalue()
    return Packed(content, hashlib.sha256(content).hexdigest())


def unpack(content: bytes, folder: Path) -> None:
    """Write a snapshot of ours into an existing folder, for `check`."""
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        archive.extractall(folder)
