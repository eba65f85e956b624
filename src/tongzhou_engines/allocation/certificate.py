"""What a plan carries so that anyone can check it: groups, ratios, flows and prices, packed into JSON."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from tongzhou_engines.allocation.amounts import StageRecord
from tongzhou_engines.allocation.flows import Whole
from tongzhou_engines.allocation.movement import Prices
from tongzhou_engines.allocation.principles import Order, Stage

__all__ = ["FORMAT", "StageClaim", "board_json", "claims_from_json", "pack", "prices_from_json", "unpack"]

FORMAT = "tongzhou-certificate/1"
_LARGEST = 2**62


def pack(values: Whole | Sequence[int]) -> dict[str, Any]:
    """Whole numbers as JSON: base64 of zlib of little-endian 64-bit numbers, or a plain list when they are longer."""
    numbers = [int(v) for v in values] if not isinstance(values, np.ndarray) else None
    if numbers is not None and any(abs(v) >= _LARGEST for v in numbers):
        return {"list": [str(v) for v in numbers]}
    data = np.asarray(values if numbers is None else numbers, dtype="<i8").tobytes()
    return {"count": len(values), "zlib64": base64.b64encode(zlib.compress(data, 6)).decode("ascii")}


def unpack(packed: Any) -> list[int]:
    """What `pack` packed; ValueError when it is damaged."""
    try:
        if "list" in packed:
            return [int(v) for v in packed["list"]]
        count = int(packed["count"])
        data = zlib.decompressobj().decompress(base64.b64decode(packed["zlib64"], validate=True), 8 * count + 8)
        values: list[int] = np.frombuffer(data, dtype="<i8").tolist()
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise ValueError(f"damaged list of numbers: {error}") from error
    if len(values) != count:
        raise ValueError("a list of numbers has not the length it states")
    return values


@dataclass(frozen=True)
class StageClaim:
    """A stage as claimed by a certificate: see StageRecord; `group` has one entry a node of the stage's network."""

    stage: Stage
    group: Whole
    group_level: tuple[Fraction | None, ...]
    scale: tuple[int, ...]
    arcs: Whole
    flow: tuple[int, ...]


def claim_of(record: StageRecord) -> StageClaim:
    """The claim a stage's record makes."""
    return StageClaim(record.stage, record.group, record.group_level, record.scale, record.arcs, record.flow)


def board_json(
    order: Order, categories: Sequence[str], records: Sequence[StageRecord], proofs: Sequence[Prices]
) -> dict[str, Any]:
    """The certificate of one order of principles."""
    return {
        "principles": list(order),
        "categories": list(categories),
        "stages": [
            {
                "urgency": r.stage.urgency,
                "ring": r.stage.own_ring,
                "ratios": [None if v is None else f"{v.numerator}/{v.denominator}" for v in r.group_level],
                "scale": pack(r.scale),
                "group": pack(r.group),
                "arcs": pack(r.arcs),
                "flow": pack(r.flow),
            }
            for r in records
        ],
        "rounding": [{"reaches": list(p.reaches), "prices": pack(p.node)} for p in proofs],
    }


def claims_from_json(board: dict[str, Any], stages: Sequence[Stage]) -> list[StageClaim]:
    """The stages claimed by a certificate; ValueError when it is damaged or names a stage the order does not have."""
    known = {(s.urgency, s.own_ring): s for s in stages}
    claims = []
    for entry in board["stages"]:
        stage = known.get((entry["urgency"], entry["ring"]))
        if stage is None:
            raise ValueError("the certificate names a stage its principles do not have")
        claims.append(
            StageClaim(
                stage=stage,
                group=np.array(unpack(entry["group"]), dtype=np.int64),
                group_level=tuple(None if v is None else Fraction(v) for v in entry["ratios"]),
                scale=tuple(unpack(entry["scale"])),
                arcs=np.array(unpack(entry["arcs"]), dtype=np.int64),
                flow=tuple(unpack(entry["flow"])),
            )
        )
    return claims


def prices_from_json(board: dict[str, Any]) -> list[Prices]:
    """The node prices claimed by a certificate; ValueError when they are damaged."""
    return [
        Prices(tuple(int(r) for r in entry["reaches"]), np.array(unpack(entry["prices"]), dtype=np.int64))
        for entry in board["rounding"]
    ]
