"""CAP 1.2 (OASIS, 2010): a bulletin as an alert. Times carry +08:00, as the schema refuses Z."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from tongzhou.desks.bulletins.types import CapType, Kind, Severity, Verdict
from tongzhou.kernel import clock

__all__ = ["NAMESPACE", "Alert", "Area", "cap_time", "cap_xml", "reference"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
#: The list that our geocodes are of (division codes of the National Bureau of Statistics of China).
GEOCODE = "CN-division-code"
_EVENTS = {
    Kind.NOTICE: ("权威信息", "Verified information"),
    Kind.RUMOUR: ("谣言与回答", "Rumour and answer"),
    Kind.HELP: ("去哪里求助", "Where to get help"),
}
_VERDICTS = {
    Verdict.FALSE: ("不属实", "false"),
    Verdict.PARTLY: ("部分属实", "partly true"),
    Verdict.UNPROVEN: ("没有证据", "unproven"),
    Verdict.TRUE: ("属实", "true"),
}


@dataclass(frozen=True, slots=True)
class Area:
    """A division: its code and its full names."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Everything an alert says. `references` are earlier messages of the same bulletin (`reference`)."""

    identifier: str
    sender: str
    sent: dt.datetime
    msg_type: str
    status: str
    kind: str
    severity: str
    title: str
    body: str
    title_en: str
    body_en: str
    said: str
    said_en: str
    verdict: str
    source_name: str
    source_url: str
    source_number: str
    note: str
    web: str
    areas: Sequence[Area]
    effective: dt.datetime
    expires: dt.datetime | None
    references: Sequence[str] = ()
    evidence: str = ""


def cap_time(moment: dt.datetime) -> str:
    """``2020-02-06T14:30:00+08:00``."""
    return f"{clock.beijing(moment):%Y-%m-%dT%H:%M:%S}+08:00"


def reference(sender: str, identifier: str, sent: dt.datetime) -> str:
    """How a later message names an earlier one: ``sender,identifier,sent``."""
    return f"{sender},{identifier},{cap_time(sent)}"


def _add(parent: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def cap_xml(alert: Alert) -> str:
    """The alert as XML, in the order the schema wants."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    for name, text in (
        ("identifier", alert.identifier), ("sender", alert.sender), ("sent", cap_time(alert.sent)),
        ("status", alert.status), ("msgType", alert.msg_type), ("scope", "Public"), ("note", alert.note),
        ("references", " ".join(alert.references)),
    ):  # fmt: skip
        _add(root, name, text)
    _info(root, alert, english=False)
    if alert.title_en and alert.body_en:
        _info(root, alert, english=True)
    made: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return made.decode("utf-8")


def _info(root: etree._Element, alert: Alert, *, english: bool) -> None:
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    certainty = "Unknown" if alert.verdict == Verdict.UNPROVEN else "Observed"
    for name, text in (
        ("language", "en-US" if english else "zh-CN"), ("category", "Health"),
        ("event", _EVENTS[Kind(alert.kind)][english]), ("urgency", _urgency(alert)), ("severity", alert.severity),
        ("certainty", certainty), ("effective", cap_time(alert.effective)),
        ("expires", cap_time(alert.expires) if alert.expires else ""), ("senderName", alert.source_name),
        ("headline", _headline(alert, english)), ("description", _description(alert, english)),
        ("web", alert.web),
    ):  # fmt: skip
        _add(info, name, text)
    for name, text in (("source-url", alert.source_url), ("source-number", alert.source_number)):
        if text:
            _pair(info, "parameter", name, text)
    for one in alert.areas:
        area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
        _add(area, "areaDesc", (one.name_en if english else "") or one.name)
        _pair(area, "geocode", GEOCODE, one.code)


def _pair(parent: etree._Element, name: str, key: str, value: str) -> None:
    pair = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _add(pair, "valueName", key)
    _add(pair, "value", value)


def _urgency(alert: Alert) -> str:
    """When something is to be done: over, later, or from now on."""
    if alert.msg_type == CapType.CANCEL:
        return "Past"
    if alert.effective > alert.sent:
        return "Future"
    return "Immediate" if alert.severity in (Severity.EXTREME, Severity.SEVERE) else "Expected"


def _headline(alert: Alert, english: bool) -> str:
    title = alert.title_en if english else alert.title
    if alert.msg_type != CapType.CANCEL:
        return title
    return f"No longer in force: {title}" if english else f"不再有效：{title}"


def _description(alert: Alert, english: bool) -> str:
    if alert.msg_type == CapType.CANCEL:  # nobody is to follow the old words once more
        return "This is no longer in force." if english else f"这条信息不再有效。原因：{alert.note}"
    body = alert.body_en if english else alert.body
    if alert.kind != Kind.RUMOUR:
        return body
    said = alert.said_en if english and alert.said_en else alert.said
    verdict = _VERDICTS[Verdict(alert.verdict)][english]
    grounds = [] if english or not alert.evidence else [f"依据：{alert.evidence}"]
    head = f"It is said: {said}\nVerdict: {verdict}" if english else f"有人说：{said}\n结论：{verdict}"
    return "\n".join([head, body, *grounds])
