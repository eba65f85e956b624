"""Names for the codes and ids in grants and in the audit trail, read in few queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.kernel.access import Actor
from tongzhou.kernel.models import AuditEntry
from tongzhou.kernel.words import local
from tongzhou.registers.organisations.selectors import organisations
from tongzhou.registers.people.selectors import GrantLine
from tongzhou.registers.responses.selectors import responses

__all__ = ["change_lines", "organisation_names", "response_names"]

#: Columns whose content never leaves the trail, however it is stored.
_HIDDEN_ENDS = ("_hash", "_index", "_key", "secret", "password")
#: A long text is cut here; the record itself has the whole.
_LONGEST = 120


def organisation_names(actor: Actor, lines: Iterable[GrantLine]) -> dict[uuid.UUID, str]:
    """Organisation id -> name."""
    ids = {line.grant.organisation_id for line in lines if line.grant.organisation_id}
    return dict(organisations(actor).filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def response_names(actor: Actor, lines: Iterable[GrantLine]) -> dict[uuid.UUID, str]:
    """Response id -> name in the reader's language."""
    ids = {line.grant.response_id for line in lines if line.grant.response_id}
    return {one.pk: local(one.name, one.name_en) for one in responses(actor).filter(pk__in=ids)} if ids else {}


def _shown(name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    if name.endswith(_HIDDEN_ENDS):
        return _("（不显示）")
    if isinstance(value, str) and value.startswith("sealed:"):
        return _("（加密保存，不显示）")
    text = "、".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def change_lines(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What an audit row says: (field, before, after); sealed and secret content is never shown."""
    found = []
    for name, pair in entry.changes.items():
        if name == "looked":
            found.append((_("看过"), "", "、".join(str(one) for one in pair)))
        elif isinstance(pair, list) and len(pair) == 2:
            found.append((name, _shown(name, pair[0]), _shown(name, pair[1])))
        else:
            found.append((name, "", _shown(name, pair)))
    return found
