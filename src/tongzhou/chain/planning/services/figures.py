"""The figures a plan shows first, counted once when it is ready."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tongzhou.chain.planning.services.rows import Rows
from tongzhou.chain.planning.services.snapshot import Snapshot
from tongzhou.chain.triage.types import Basis

__all__ = ["figures_of", "served_by_class"]

#: Bases that are our estimate and not what anybody said.
ESTIMATED = (Basis.CAPPED, Basis.ESTIMATE, Basis.MINIMUM)


def figures_of(snapshot: Snapshot, rows: Rows) -> dict[str, Any]:
    """Headline figures of a plan.

    Counts of needs: needs, helped, full, gap, estimated, confirmed; estimated_percent of the needs (rounded up, so that
    it never hides the last one). Offers: offers, used, held, do_not_send. Quantities only inside one category
    (`by_category`), in its base unit. `synthetic` says how much of it was made up.
    """
    needs, lines = rows.needs, [line for line in rows.lines if line.quantity]
    made_up = {line.need_id for line in lines} - {line.need_id for line in lines if not line.offer.synthetic}
    estimated = sum(need.basis in ESTIMATED for need in needs)
    return {
        "needs": len(needs),
        "helped": sum(need.served > 0 for need in needs),
        "full": sum(need.served == need.planned for need in needs),
        "gap": sum(need.served < need.planned for need in needs),
        "lines": len(lines),
        "offers": len(rows.offers),
        "used": sum(offer.given > 0 for offer in rows.offers),
        "held": sum(offer.reason != "" for offer in rows.offers),
        "do_not_send": sum(offer.reason == "not_needed" for offer in rows.offers),
        "ask_quantity": sum(offer.reason == "quantity_unknown" for offer in rows.offers),
        "earmarked": sum(offer.earmarked for offer in rows.offers),
        "estimated": estimated,
        "estimated_percent": -(-estimated * 100 // len(needs)) if needs else 0,
        "confirmed": sum(need.basis == Basis.CONFIRMED for need in needs),
        "basis": dict(sorted(Counter(need.basis for need in needs).items())),
        "synthetic": {
            "needs": sum(need.need.synthetic for need in needs),
            "offers": sum(offer.offer.synthetic for offer in rows.offers),
            "lines": sum(line.offer.synthetic for line in lines),
            "helped_only": len(made_up),
        },
        "by_urgency": {
            str(urgency): _counts([need for need in needs if need.urgency == urgency])
            for urgency in sorted({need.urgency for need in needs})
        },
        "by_category": _by_category(rows),
        "gaps": dict(sorted(Counter(need.reason for need in needs if need.reason).items())),
        "changes": dict(sorted(Counter(line.change for line in rows.lines).items())),
        "left_out": dict(sorted(Counter(one.rule for one in rows.left_out).items())),
        "closed_pairs": len(snapshot.closed),
        "pins": len(snapshot.pins),
        "pins_set_aside": snapshot.pins_aside,
        **snapshot.counts,
    }  # fmt: skip


def _counts(needs: list[Any]) -> dict[str, int]:
    return {
        "needs": len(needs), "helped": sum(n.served > 0 for n in needs),
        "full": sum(n.served == n.planned for n in needs), "gap": sum(n.served < n.planned for n in needs),
    }  # fmt: skip


def _by_category(rows: Rows) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    for need in rows.needs:
        row = out.setdefault(need.category_id, {"needs": 0, "planned": 0, "served": 0, "asked": 0, "not_asked": 0})
        row["needs"] += 1
        row["planned"] += need.planned
        row["served"] += need.served
        row["asked"] += need.asked or 0
        row["not_asked"] += need.asked is None
    return dict(sorted(out.items()))


def served_by_class(snapshot: Snapshot, assignments: Any) -> dict[str, dict[str, int]]:
    """Base units served by urgency class and category of the need: ``{class: {category: units}}``."""
    from tongzhou.chain.planning.services.snapshot import urgency_of

    out: dict[str, dict[str, int]] = {}
    for need_id, units in assignments.select("need_id", "quantity").iter_rows():
        need = snapshot.needs[need_id].need
        row = out.setdefault(str(urgency_of(need)), {})
        row[str(need.category_id)] = row.get(str(need.category_id), 0) + units
    return out
