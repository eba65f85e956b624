"""One category of help: what it is counted in, what it may stand in for, what law and standards say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tongzhou_engines.catalogue.normalising import normalise

__all__ = ["KINDS", "STAGES", "Category", "UnitFactors"]

#: The kinds of help (zh); the kind sets the default order of principles.
KINDS: dict[str, str] = {
    "goods": "物资",
    "funds": "资金",
    "in_person": "现场服务",
    "remote": "远程服务",
}

#: The stages of an epidemic (zh); they overlap.
STAGES: dict[str, str] = {
    "outbreak": "暴发期",
    "containment": "防控期",
    "recovery": "恢复期",
    "aftercare": "重建期",
}


@dataclass(frozen=True, slots=True, eq=False)
class UnitFactors(Mapping[str, int]):
    """Written units and how many base units one of them is: a mapping that is read-only, hashable and keeps its order.

    Keys are kept as written; `[]` and `in` compare exactly, `Category.factor` compares normalised.
    """

    pairs: tuple[tuple[str, int], ...] = ()

    def __getitem__(self, written: str) -> int:
        for unit, factor in self.pairs:
            if unit == written:
                return factor
        raise KeyError(written)

    def __iter__(self) -> Iterator[str]:
        return (unit for unit, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __hash__(self) -> int:
        # Equal as any mapping is: whatever the order.
        return hash(frozenset(self.pairs))


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of goods or service with one base unit.

    `substitutes_for`: the categories whose needs this one may serve, one base unit in place of one base unit.
    `minimum_lot`: base units, what is planned when nobody knows the quantity. `plausible_maximum`: base units that
    one requester can plausibly need, None when no such limit is known. `licence`: codes joined by ``;``, '' for none.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    unit: str
    unit_en: str
    minimum_lot: int = 1
    plausible_maximum: int | None = None
    standards: tuple[str, ...] = ()
    cold_chain: bool = False
    licence: str = ""
    stages: tuple[str, ...] = ()
    substitutes_for: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    unit_factors: Mapping[str, int] = field(default_factory=UnitFactors)

    def name(self, lang: str = "zh") -> str:
        """The name in Chinese (``zh``) or English (``en``)."""
        return self.name_zh if lang == "zh" else self.name_en

    def unit_name(self, lang: str = "zh") -> str:
        """The base unit in Chinese (``zh``) or English (``en``)."""
        return self.unit if lang == "zh" else self.unit_en

    def factor(self, unit: str) -> int | None:
        """Base units in one written `unit`; 1 for a blank or the base unit itself; None when that is not certain."""
        written = normalise(unit)
        if not unit.strip() or written in (normalise(self.unit), normalise(self.unit_en)):
            return 1
        for known, factor in self.unit_factors.items():
            if known == unit.strip() or (written and normalise(known) == written):
                return factor
        return None
