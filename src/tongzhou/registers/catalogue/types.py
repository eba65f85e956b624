"""Words of the catalogue, and a category as one response sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.words import local

__all__ = ["LINE_OF_KIND", "Effective", "Kind", "Line", "Resolution"]


class Kind(TextChoices):
    """Kinds of help, by the names the engines use."""

    GOODS = "goods", _("物资")
    IN_PERSON = "in_person", _("现场服务")
    REMOTE = "remote", _("远程服务")
    FUNDS = "funds", _("资金")


class Line(TextChoices):
    """条: the functional line that looks after a category."""

    SUPPLIES = "supplies", _("物资")
    SERVICES = "services", _("服务")
    FUNDS = "funds", _("资金")


LINE_OF_KIND = {
    Kind.GOODS: Line.SUPPLIES,
    Kind.IN_PERSON: Line.SERVICES,
    Kind.REMOTE: Line.SERVICES,
    Kind.FUNDS: Line.FUNDS,
}


@dataclass(frozen=True, slots=True)
class Effective:
    """A category with what a response changed in it. Quantities are whole base units.

    `maximum`: what one requester can plausibly need, None when no limit is known. `stale_days`: days until a need of it
    must be verified again. `stages`: where in an epidemic it is usually needed (order only, nothing is hidden by it).
    """

    key: str
    name: str
    name_en: str
    kind: str
    line: str
    unit: str
    unit_en: str
    minimum_lot: int
    maximum: int | None
    stale_days: int
    stages: tuple[str, ...]
    licence: str
    enabled: bool = True
    note: str = ""
    is_changed: bool = False

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return local(self.name, self.name_en)

    @property
    def unit_label(self) -> str:
        """Its base unit in the reader's language."""
        return local(self.unit, self.unit_en)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a written name means: the category when it is certain, else the nearest ones for a person to choose from."""

    key: str | None
    candidates: tuple[str, ...] = ()
