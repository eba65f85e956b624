"""Words of places: levels, kinds of sites and names, what a search gives back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.words import local

__all__ = ["NATION", "Level", "NameKind", "PlaceCandidate", "SiteKind", "ancestor_codes"]

#: Code of the nation, the root of the tree (the engines write CN). No division code begins with 0.
NATION = "0"


class Level(TextChoices):
    """Levels of the division tree, from the top."""

    NATION = "nation", _("全国")
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    DISTRICT = "district", _("区县")
    STREET = "street", _("街道、乡镇")


#: Level of a division code by its number of digits.
LEVEL_OF_LENGTH = {1: Level.NATION, 2: Level.PROVINCE, 4: Level.CITY, 6: Level.DISTRICT, 9: Level.STREET}


class SiteKind(TextChoices):
    """What lies below the street."""

    COMMITTEE = "committee", _("社区（居委会、村委会）")
    COMPOUND = "compound", _("小区")
    CAMPUS = "campus", _("院区")
    SITE = "site", _("地点")


class NameKind(TextChoices):
    """Why something has another name."""

    SHORT = "short", _("简称")
    LOCAL = "local", _("当地叫法")
    FORMER = "former", _("旧称")
    OTHER = "other", _("其他名称")


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """One place or site that a text may mean. `how`: address, name, alias or site; `certain` when nothing else fits."""

    code: str
    site_id: uuid.UUID | None
    level: str
    name: str
    name_en: str
    full_name: str
    full_name_en: str
    how: str
    certain: bool = False

    @property
    def label(self) -> str:
        """Full name in the reader's language."""
        return local(self.full_name, self.full_name_en)


def ancestor_codes(code: str) -> list[str]:
    """The code itself and the codes of all divisions that hold it, deepest first, the nation last."""
    return [code[:length] for length in (9, 6, 4, 2) if len(code) >= length] + [NATION]
