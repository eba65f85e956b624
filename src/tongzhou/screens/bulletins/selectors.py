"""What a card and a list say of a bulletin at the moment somebody looks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongzhou.desks.bulletins.models import Bulletin, Correction
from tongzhou.desks.bulletins.types import CORRECTABLE, CorrectionState, Kind, Severity, Showing, Verdict
from tongzhou.kernel import clock
from tongzhou.kernel.words import in_english
from tongzhou.registers.people.types import Role
from tongzhou.registers.stages.types import Stage

__all__ = ["Card", "Change", "card_of", "changes_of", "text_of"]

_TONES = {
    Showing.CURRENT: "good", Showing.CORRECTED: "mark", Showing.COMING: "act", Showing.EXPIRED: "off",
    Showing.ENDED: "off",
}  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return f"{clock.beijing(at):%Y-%m-%d %H:%M}" if at else ""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that was corrected: which, the words before, the words now."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Card:
    """A bulletin at one moment; texts are in the reader's language."""

    bulletin: Bulletin
    showing: Showing
    word: str
    advice: str
    tone: str
    where: str
    verified: str
    corrections: tuple[tuple[Correction, tuple[Change, ...]], ...]
    as_of: dt.datetime

    @property
    def holds(self) -> bool:
        """True while it is to be followed."""
        return self.showing in (Showing.CURRENT, Showing.CORRECTED)

    @property
    def tag(self) -> str:
        """The tone of its tag."""
        return "busy" if self.tone == "act" else self.tone

    @property
    def as_of_text(self) -> str:
        """The moment, in Beijing time."""
        return _moment(self.as_of)

    @property
    def until(self) -> str:
        """Until when it holds; blank: no end is known."""
        return _moment(self.bulletin.valid_until)

    @property
    def stages(self) -> str:
        """The stages it is for; blank: all."""
        return _("、").join(str(Stage(one).label) for one in self.bulletin.stages)


def _names() -> dict[str, str]:
    return {
        "title": _("标题"), "title_en": _("标题（英文）"), "body": _("正文"), "body_en": _("正文（英文）"),
        "said": _("大家在传的话"), "said_en": _("大家在传的话（英文）"), "verdict": _("结论"), "evidence": _("依据"),
        "source_name": _("来源单位"), "source_url": _("来源网址"), "source_number": _("文号"),
        "severity": _("严重程度"),
        "valid_until": _("有效到"),
    }  # fmt: skip


def _shown(name: str, value: str) -> str:
    if name == "verdict" and value:
        return str(Verdict(value).label)
    if name == "severity":
        return str(Severity(value).label)
    if name == "valid_until":
        return _moment(dt.datetime.fromisoformat(value)) if value else _("没有写")
    return value


def changes_of(correction: Correction) -> tuple[Change, ...]:
    """What a correction changes, in the order of the form."""
    names = _names()
    return tuple(
        Change(names[name], _shown(name, correction.changed[name][0]), _shown(name, correction.changed[name][1]))
        for name in CORRECTABLE
        if name in correction.changed
    )


def _advice(showing: Showing) -> str:
    return {
        Showing.CURRENT: _("转发前请再扫一次码，看它现在还对不对。"),
        Showing.CORRECTED: _("有一处更正过，下面写着原来怎样、现在怎样。转发过旧的，请把这一条也转去。"),
        Showing.COMING: _("还没有到生效的时间，请先不要照着做。"),
        Showing.EXPIRED: _("过了有效期，没有人再确认过。请不要再转发。"),
        Showing.ENDED: _("已经不再有效。请不要再转发，也请告诉转给您的人。"),
    }[showing]


def card_of(bulletin: Bulletin, at: dt.datetime) -> Card:
    """The card of a bulletin at a moment."""
    showing = bulletin.showing(at)
    word = str(showing.label)
    if bulletin.kind == Kind.RUMOUR:
        word = f"{Verdict(bulletin.verdict).label}" if showing == Showing.CURRENT else (
            f"{Verdict(bulletin.verdict).label} · {showing.label}"
        )  # fmt: skip
    role = str(Role(bulletin.verified_role).label) if bulletin.verified_role in Role.values else ""
    made = [one for one in bulletin.corrections.all() if one.state == CorrectionState.PUBLISHED]
    tone = "stop" if bulletin.kind == Kind.RUMOUR and showing == Showing.CURRENT and (
        bulletin.verdict == Verdict.FALSE
    ) else _TONES[showing]  # fmt: skip
    return Card(
        bulletin=bulletin, showing=showing, word=word, advice=_advice(showing), tone=tone,
        where=_("、").join(one.place.full_label for one in bulletin.places.all()),
        verified=_("%(when)s 由%(role)s核实：%(how)s") % {
            "when": _moment(bulletin.verified_at), "role": role, "how": bulletin.verified_how,
        } if bulletin.verified_at else "",
        corrections=tuple((one, changes_of(one)) for one in made), as_of=at,
    )  # fmt: skip


def text_of(card: Card, address: str) -> str:
    """The card as plain text for a chat."""
    one = card.bulletin
    lines = [f"【{card.word}】{one.title_local}"]
    if one.said:
        lines.append(_("有人说：%(said)s") % {"said": one.said_local})
    if card.holds:
        lines.append(one.body_local if len(one.body_local) <= 600 else one.body_local[:600] + "……")
    for correction, _changed in card.corrections[-1:]:
        lines.append(_("%(when)s 更正：%(why)s") % {
            "when": _moment(correction.published_at), "why": correction.reason_local,
        })  # fmt: skip
    lines.append(_("来源：%(source)s") % {"source": " ".join(filter(None, (one.source_name, one.source_number)))})
    lines.append(_("截至 %(at)s（北京时间）") % {"at": card.as_of_text})
    lines.append(_("现在还对不对，看这里：%(address)s") % {"address": address})
    lines.append(card.advice)
    return "\n".join(lines)


def only_chinese(bulletin: Bulletin) -> bool:
    """True for an English reader when there is no English."""
    return in_english() and not (bulletin.title_en and bulletin.body_en)


def choices(kind: str, stage: str) -> dict[str, Any]:
    """What the list can be narrowed by, with what is chosen."""
    return {"kinds": Kind.choices, "stages": Stage.choices, "kind": kind, "stage": stage}
