"""Making a failing instance small enough to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tongzhou_engines.testing.instances import Instance
from tongzhou_engines.testing.reading import available

__all__ = ["shrink"]


def shrink(instance: Instance, fails: Callable[[Instance], bool]) -> Instance:
    """A smaller instance for which `fails` still holds: rows dropped, quantities lowered, extras blanked.

    fails must hold for `instance`; an instance for which it raises counts as failing.
    """
    while True:
        for smaller in _smaller(instance):
            if _holds(fails, smaller):
                instance = smaller
                break
        else:
            return instance


def _holds(fails: Callable[[Instance], bool], instance: Instance) -> bool:
    try:
        return fails(instance)
    except Exception:
        return True


def _smaller(instance: Instance) -> Iterator[Instance]:
    for n in range(len(instance.needs)):
        yield replace(instance, needs=instance.needs[:n] + instance.needs[n + 1 :])
    for n in range(len(instance.offers)):
        yield replace(instance, offers=instance.offers[:n] + instance.offers[n + 1 :])
    used = {need.place for need in instance.needs} | {offer.place for offer in instance.offers}
    used |= {code for offer in instance.offers for code in offer.coverage}
    used |= {parent for parent in instance.places.values() if parent is not None}
    for code, parent in instance.places.items():
        if code not in used and parent is not None:
            yield replace(instance, places={c: p for c, p in instance.places.items() if c != code})
    for category in instance.compat:
        yield replace(instance, compat={c: o for c, o in instance.compat.items() if c != category})
    if instance.minimum_lot or instance.plausible_maximum:
        yield replace(instance, minimum_lot={}, plausible_maximum={})
    yield from _smaller_rows(instance)


def _smaller_rows(instance: Instance) -> Iterator[Instance]:
    for n, need in enumerate(instance.needs):
        plain = [replace(need, opened=""), replace(need, due=""), replace(need, vulnerability=0)]
        plain += [replace(need, confirmed=None), replace(need, quantity=1 if need.quantity is None else need.quantity)]
        fewer = [replace(need, quantity=q) for q in _fewer(need.quantity)]
        fewer += [replace(need, confirmed=q) for q in _fewer(need.confirmed)]
        for row in [*plain, *fewer]:
            if row != need:
                yield replace(instance, needs=(*instance.needs[:n], row, *instance.needs[n + 1 :]))
    for n, offer in enumerate(instance.offers):
        simpler = [replace(offer, start=""), replace(offer, until=""), replace(offer, reserve=0)]
        simpler += [replace(offer, reserve=0, quantity=available(offer))]
        simpler += [replace(offer, coverage=rest) for rest in _shorter(offer.coverage)]
        simpler += [replace(offer, quantity=q) for q in _fewer(offer.quantity)]
        for given in simpler:
            if given != offer:
                yield replace(instance, offers=(*instance.offers[:n], given, *instance.offers[n + 1 :]))


def _fewer(quantity: int | None) -> list[int]:
    return [] if quantity is None else [q for q in (1, quantity // 2, quantity - 1) if 0 < q < quantity]


def _shorter(coverage: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [coverage[:k] + coverage[k + 1 :] for k in range(len(coverage))] if len(coverage) > 1 else []
