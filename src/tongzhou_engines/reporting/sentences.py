"""The sentences a layman reads first, made from the figures."""

from __future__ import annotations

from collections.abc import Sequence

from tongzhou_engines.reporting.figures import Figures
from tongzhou_engines.reporting.labels import KIND, PRINCIPLES, label, named
from tongzhou_engines.reporting.texts import Both, share, whole

__all__ = ["certificate_sentences", "headline", "headline_details", "principles_by_kind"]


def headline(figures: Figures) -> Both:
    """One sentence: how many needs get help, in full, and lack something."""
    t = figures.total
    return label(
        "headline", needs=whole(t["needs"]), helped=whole(t["helped"]), full=whole(t["full"]), open=whole(t["open"])
    )


def headline_details(figures: Figures) -> Sequence[Both]:
    """What must stand beside it: offers and holds, estimates, synthetic help, rows set aside, needs of nothing."""
    t = figures.total
    out = [
        label("headline_offers", used=whole(t["offers_used"]), offers=whole(t["offers"]),
              held=whole(t["offers_held"]), stop=whole(t["do_not_send"])),
        label("headline_estimates", share=share(t["estimated"], t["needs"]), n=whole(t["estimated"]),
              confirmed=whole(t["confirmed"])),
    ]  # fmt: skip
    if t["synthetic_lines"]:
        out.append(label("headline_synthetic", lines=whole(t["synthetic_lines"]), helped=whole(t["helped_real"])))
    if figures.set_aside:
        out.append(label("headline_set_aside", n=whole(figures.set_aside)))
    if figures.nothing_needed:
        out.append(label("headline_nothing", n=whole(figures.nothing_needed)))
    if figures.nothing_asked:
        out.append(label("headline_asked_nothing", n=whole(figures.nothing_asked)))
    return out


def principles_by_kind(figures: Figures) -> Sequence[tuple[Both, Both]]:
    """Kind of help and its principles in plain words."""
    orders = figures.plan.summary["principles"]
    return [(named(KIND, kind), named(PRINCIPLES, ",".join(orders[kind]))) for kind in KIND if kind in orders]


def certificate_sentences(figures: Figures) -> Sequence[Both]:
    """What the certificate proves, what it cannot prove, how to check it."""
    summary = figures.plan.summary
    stages = sum(int(s["stages"]) for s in summary["stages"])
    return [
        label("certificate_proves"),
        label("certificate_not"),
        label("certificate_inputs"),
        label("certificate_stages", boards=whole(len(summary["stages"])), stages=whole(stages), seed=summary["seed"]),
        label("certificate_how"),
    ]
