"""Which verified paper of an organisation answers which licence of the catalogue, and which licences are of the goods.

The register asks organisations for papers by requirement code (an administrator adds codes of the same name where a
response needs them). Licences of goods are printed on the goods and judged by the receiver's standard and the shelf
life; no paper of a giver stands for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from tongzhou_engines.catalogue import licences

__all__ = ["OF_THE_GOODS", "PAPERS", "lacking", "licence_name"]

#: Product registration, hygiene licence, lot release and the like: a property of the goods, not of who gives them.
OF_THE_GOODS = frozenset(
    {"medical_device", "device_2", "device_3", "disinfectant", "hazardous_chemical", "food", "special_vehicle"}
)
#: Requirement codes that answer a licence beside the code of the same name.
PAPERS: dict[str, frozenset[str]] = {
    "fundraising": frozenset({"public_fundraising"}),
    "medical_institution": frozenset({"medical_licence"}),
    # A medical institution answers for the qualifications of its own staff and for what it does online.
    "physician": frozenset({"medical_licence"}),
    "nurse": frozenset({"medical_licence"}),
    "pharmacist": frozenset({"medical_licence"}),
    "laboratory": frozenset({"medical_licence"}),
    "patient_transfer": frozenset({"medical_licence"}),
    "internet_hospital": frozenset({"medical_licence"}),
    # Medicines come from whoever may trade in them; a hospital may pass on its own.
    "drug_rx": frozenset({"drug_trade", "medical_licence"}),
    "drug_otc": frozenset({"drug_trade", "medical_licence"}),
    "blood_product": frozenset({"drug_trade", "medical_licence"}),
}


def lacking(needed: Iterable[str], papers: frozenset[str]) -> list[str]:
    """Of the licences a category needs, those that none of an organisation's verified papers answers."""
    return [
        one
        for one in needed
        if one not in OF_THE_GOODS and one not in papers and not papers & PAPERS.get(one, frozenset())
    ]


def licence_name(code: str) -> tuple[str, str]:
    """What a licence is, in both languages; the code itself when the catalogue does not know it."""
    known = licences().get(code)
    return (known.text_zh, known.text_en) if known else (code, code)
