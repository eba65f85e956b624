"""Where a row is: its own columns first, then its address, then its name; never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tongzhou_engines.gazetteer import Gazetteer, Match
from tongzhou_engines.sheets.text import comparable

__all__ = ["Located", "Placer"]

_DISTRICT = 3


@dataclass(slots=True)
class Located:
    """The division code (blank when unknown) and the problems met: (column role, code, detail)."""

    code: str = ""
    problems: list[tuple[str, str, str]] = field(default_factory=list)


class Placer:
    """Finds division codes with `gazetteer`, down to the district (streets are written too variously)."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self.tree = gazetteer.tree

    def match(self, text: str, within: str = "") -> Match:
        """`Gazetteer.match`, blank `within` meaning everywhere."""
        return self._gazetteer.match(text, within or None)

    def up_to_district(self, code: str) -> str:
        """`code` or its ancestor at district level."""
        while self.tree.depth(code) > _DISTRICT:
            parent = self.tree.parent(code)
            if parent is None:
                break
            code = parent
        return code

    def city_of(self, code: str) -> str:
        """The city (or higher division) a place lies in."""
        return next((c for c in self.tree.ancestors(code) if self.tree.depth(c) <= 2), code)

    def shown(self, code: str) -> str:
        """Code and full name, for messages."""
        return f"{code} {self.tree.path(code)}"

    def hint(self, hints: tuple[str, ...]) -> str:
        """The place that the names of a sheet or file tell (武汉市, hospital_hubei_wuhanshi), or blank."""
        for text in hints:
            scope = ""
            for token in re.split(r"[_\s\-]+", text):
                match = self.match(token, scope) if len(token) > 1 else None
                if match and match.status == "found" and (not scope or match.code != scope):
                    scope = match.code
            if scope and self.tree.depth(scope) > 0:
                return self.up_to_district(scope)
        return ""

    def locate(self, province: str, city: str, district: str, address: str, name: str, hint: str = "") -> Located:
        """The place of a row from its columns, address and name; `hint`: the place of the whole sheet."""
        out = Located()
        scope = self._step(out, "province", province, hint)
        outer = scope
        scope = self._city(out, city, address, scope)
        above, at_district = scope, district.strip()
        if at_district and comparable(at_district) not in (comparable(city), comparable(province)):
            scope = self._district(out, at_district, address, name, scope, outer)
        if not scope or self.tree.depth(scope) < _DISTRICT:
            scope = self._refine(out, address, name, scope)
        elif address and not self._agrees(address, scope) and not self._agrees(address, above or scope):
            out.problems.append(("address", "place_conflict", address))
        if not scope and not any(code in ("place_ambiguous", "place_conflict") for _, code, _ in out.problems):
            out.problems.append(("address", "place_unresolved", ""))
        out.code = self.up_to_district(scope) if scope else ""
        return out

    def _step(self, out: Located, role: str, text: str, scope: str) -> str:
        if not text.strip():
            return scope
        match = self.match(text, scope)
        if match.status == "found":
            return match.code
        if match.status == "ambiguous":
            out.problems.append((role, "place_ambiguous", self._candidates(match)))
            return match.certain or scope
        return scope

    def _city(self, out: Located, city: str, address: str, scope: str) -> str:
        """The city column; one that names a place outside the province column's is believed when the address agrees."""
        inside = self._step(out, "city", city, scope)
        if inside != scope or not scope or not city.strip() or self.match(city, scope).status != "none":
            return inside
        elsewhere, witness = self.match(city), self.match(address)
        if elsewhere.status != "found" or self.tree.within(scope, elsewhere.code):
            return scope
        if witness.status == "found" and self.tree.within(witness.code, elsewhere.code):
            out.problems.append(("city", "place_corrected", self.shown(self.up_to_district(witness.code))))
            return elsewhere.code
        out.problems.append(("city", "place_conflict", f"{self.shown(scope)} / {self.shown(elsewhere.code)}"))
        return ""

    def _district(self, out: Located, district: str, address: str, name: str, scope: str, outer: str) -> str:
        match = self.match(district, scope)
        if match.status == "found":
            return match.code
        if match.status == "ambiguous":
            found = self.match(address, match.certain) if address else match
            if found.status == "found" and found.code in match.candidates:
                return found.code
            out.problems.append(("district", "place_ambiguous", self._candidates(match)))
            return match.certain or scope
        elsewhere = self.match(district, outer)
        if elsewhere.status != "found":
            out.problems.append(("district", "district_unknown", district))
            return scope
        # The district column names a place outside the city column's: the address decides between the two.
        witness = self.match(address, outer)
        if witness.status == "found" and self.tree.within(witness.code, elsewhere.code):
            out.problems.append(("district", "place_corrected", self.shown(self.up_to_district(witness.code))))
            return witness.code
        out.problems.append(("district", "place_conflict", f"{self.shown(scope)} / {self.shown(elsewhere.code)}"))
        return ""

    def _refine(self, out: Located, address: str, name: str, scope: str) -> str:
        """A deeper place inside `scope` that the address or else the name tells."""
        doubts: list[tuple[str, str, str]] = []
        for role, text in (("address", address), ("name", name)):
            if not text.strip():
                continue
            match = self.match(text, scope)
            if match.status == "found" and self.tree.depth(match.code) > 0:
                if not scope or self.tree.depth(match.code) > self.tree.depth(scope):
                    return match.code
            elif match.status == "ambiguous" and not scope:
                doubts.append((role, "place_ambiguous", self._candidates(match)))
            elif match.status == "none" and scope and role == "address" and not self._agrees(text, scope):
                out.problems.append((role, "place_conflict", text))
        out.problems += doubts
        return scope

    def _agrees(self, text: str, scope: str) -> bool:
        """Whether what `text` names anywhere may lie with `scope`; text that names nothing agrees."""
        match = self.match(text)
        if match.status != "found":
            return True
        return self.tree.within(match.code, scope) or self.tree.within(scope, match.code)

    def _candidates(self, match: Match) -> str:
        shown = [self.shown(code) for code in match.candidates[:6]]
        return "；".join(shown) + ("；…" if len(match.candidates) > 6 else "")
