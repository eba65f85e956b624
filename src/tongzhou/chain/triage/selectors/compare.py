"""Two needs side by side: groups of fields that belong together, what each says, and which is likely the better."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongzhou.chain.intake.models import Need
from tongzhou.chain.intake.selectors.said import amount_words, item_words
from tongzhou.chain.intake.types import Vulnerability
from tongzhou.kernel import clock

__all__ = ["GROUPS", "LABELS", "Row", "side_by_side"]

#: Fields that are taken over together: a number without its unit, or a category without its line, says nothing.
GROUPS: dict[str, tuple[str, ...]] = {
    "item": ("item", "specification"),
    "category": ("category_id", "line"),
    "quantity": ("quantity_asked", "unit", "quantity_flag"),
    "confirmed": ("quantity_confirmed", "verified_at"),
    "place": ("place_id", "place_certain", "site_id"),
    "requester": ("requester", "organisation_id", "for_whom"),
    "urgency": ("urgency",),
    "days_left": ("days_left", "prescription"),
    "needed_by": ("needed_by",),
    "vulnerability": ("vulnerability",),
    "note": ("note",),
    "contact": ("contact_id",),
}
LABELS = {
    "item": gettext_lazy("需要什么"),
    "category": gettext_lazy("类别"),
    "quantity": gettext_lazy("说的数量"),
    "confirmed": gettext_lazy("核实的数量"),
    "place": gettext_lazy("地方"),
    "requester": gettext_lazy("谁需要"),
    "urgency": gettext_lazy("紧急程度（核实后）"),
    "days_left": gettext_lazy("药还够几天"),
    "needed_by": gettext_lazy("最晚什么时候"),
    "vulnerability": gettext_lazy("特别情况"),
    "note": gettext_lazy("说明"),
    "contact": gettext_lazy("联系人"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One group: what each need says, whether they differ, and the side proposed (``keep`` or ``gone``)."""

    group: str
    label: str
    keep: str
    gone: str
    differs: bool
    proposed: str


def side_by_side(keep: Need, gone: Need) -> list[Row]:
    """The rows of the comparison. The kept one's value is proposed unless it has none. Contacts are never shown."""
    rows = []
    for group in GROUPS:
        one, two = _said(keep, group), _said(gone, group)
        if group == "contact":
            differs = keep.contact_id != gone.contact_id
            one, two = _contact(keep, gone), _contact(gone, keep)
        else:
            differs = one != two
        proposed = "gone" if differs and not one else "keep"
        rows.append(Row(group, str(LABELS[group]), one, two, differs, proposed))
    return rows


def _said(need: Need, group: str) -> str:
    """What a need says in one group, in words."""
    if group == "item":
        return " · ".join(filter(None, [item_words(need), need.specification]))
    if group == "category":
        return need.category.label if need.category else ""
    if group == "quantity":
        return amount_words(need, need.quantity_asked)
    if group == "confirmed":
        return amount_words(need, need.quantity_confirmed)
    if group == "place":
        return " · ".join(filter(None, [need.place.full_label, need.site.label if need.site else ""]))
    if group == "requester":
        name = need.requester or (need.organisation.name if need.organisation else "")
        return " · ".join(filter(None, [str(need.get_for_whom_display()), name]))
    if group == "urgency":
        return "" if need.urgency is None else f"{need.urgency} {need.get_urgency_display()}"
    if group == "days_left":
        return "" if need.days_left is None else _("%(days)s 天") % {"days": need.days_left}
    if group == "needed_by":
        return need.needed_by.isoformat() if need.needed_by else ""
    if group == "vulnerability":
        return "、".join(str(Vulnerability(one).label) for one in sorted(need.vulnerability) if one in Vulnerability)
    return need.note


def _contact(need: Need, other: Need) -> str:
    """Whose contact it is, without showing it: when it was given, and whether the telephone is the other one's."""
    contact = need.contact
    if contact is None:
        return ""
    given = clock.beijing(contact.created_at).strftime("%m-%d %H:%M")
    same = other.contact is not None and contact.phone_index and contact.phone_index == other.contact.phone_index
    return _("同一个电话，%(at)s 留下") % {"at": given} if same else _("%(at)s 留下的联系方式") % {"at": given}
