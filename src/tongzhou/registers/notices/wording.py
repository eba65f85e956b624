"""Notices in words: one sentence a kind, in the active language. Never a contact, never a person's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongzhou.kernel import kept
from tongzhou.kernel.words import local
from tongzhou.registers.notices.types import TRIAL, NoticeKind

__all__ = ["address_of", "sentence", "title"]


def title(kind: str) -> str:
    """What it is about, in a few words."""
    return _("测试消息") if kind == TRIAL else str(NoticeKind(kind).label)


def sentence(kind: str, facts: Mapping[str, Any]) -> str:
    """What happened. `facts`: what, amount, where, code, minutes, number, reason - each optional; of a
    guide also event and how many steps.

    What has a text in English stands twice, the second time as ``<name>_en``.
    """
    if kind == TRIAL:
        return _("这是一条测试消息：这个渠道通了，以后的通知会从这里来。不用回复。")
    said = {name: _fact(facts, name) for name in ("what", "amount", "where", "code", "number")}
    said["reason"] = kept.shown(_fact(facts, "reason"))
    said["thing"] = " ".join(part for part in (said["what"], said["amount"]) if part) or _("一项任务")
    minutes = int(facts.get("minutes") or 0)
    match kind:
        case NoticeKind.TASK:
            text = _("%(where)s需要：%(thing)s。先接下的人去办。")
        case NoticeKind.RESERVE:
            text = _("您候补的任务空出来了：%(thing)s，%(where)s。")
        case NoticeKind.LAPSING:
            word = ngettext("还剩 %(minutes)d 分钟", "还剩 %(minutes)d 分钟", minutes) % {"minutes": minutes}
            text = f"%(thing)s：{word}。" + _("办不了请放回去，别人好接。")
        case NoticeKind.ASSIGNMENT:
            text = _("请接下或说明不能：%(thing)s，送到%(where)s。")
        case NoticeKind.WITHDRAWN:
            text = _("派单收回：%(thing)s。%(reason)s")
        case NoticeKind.PLAN_READY:
            text = _("计划 %(number)s 算好了，等待批准。")
        case NoticeKind.DELIVERED:
            text = _("%(thing)s 已送到，请确认收到多少。")
        case NoticeKind.CONFIRMED:
            text = _("对方已确认收到：%(thing)s。谢谢您。")
        case NoticeKind.INCIDENT:
            text = _("有人报告出了问题：%(reason)s（%(where)s）。")
        case NoticeKind.GUIDANCE:
            text = _guidance(str(facts.get("event", "")), int(facts.get("steps") or 0))
        case NoticeKind.BULLETIN:
            text = _bulletin(str(facts.get("event", "")))
        case NoticeKind.ROSTER:
            text = _roster(said["what"])
        case _:
            text = _("%(where)s按缺口招募志愿者：%(thing)s。")
    return text % said


def _fact(facts: Mapping[str, Any], name: str) -> str:
    return local(str(facts.get(name, "")), str(facts.get(f"{name}_en", "")))


def _guidance(event: str, steps: int) -> str:
    """What happened to a guide: new steps, withdrawn, a question answered, a draft sent back or handed in again."""
    if event == "withdrawn":
        return _("《%(what)s》撤回了，先不要照它做。原因：%(reason)s")
    if event == "answered":
        return _("您对《%(what)s》的提问有回答了，写在第 %(number)s 版里。")
    if event == "back":
        return _("《%(what)s》第 %(number)s 版退回来了：请看要改什么，改好、写上回应，再送审。")
    if event == "again":
        return _("您退回的《%(what)s》第 %(number)s 版改好了，又送审了。")
    word = ngettext("有 %(n)d 步变了", "有 %(n)d 步变了", steps) % {"n": steps}
    return _("《%(what)s》出了第 %(number)s 版：") + word + _("。请看一遍，再确认一次。")


def _bulletin(event: str) -> str:
    """What happened to the draft of a bulletin: it went back to its author, or was answered."""
    if event == "back":
        return _("信息“%(what)s”退回来了：请看要改什么，改好并写上回应。")
    return _("您退回的信息“%(what)s”改好了，请再看一遍。")


def _roster(what: str) -> str:
    """What happened to somebody's shifts; `where` is the line, `reason` the day or a role with a number."""
    words = {
        "published": _("%(where)s的排班发布了（%(reason)s），请看您的班次。"),
        "changed": _("%(where)s：您的班次有变动，请看一下。"),
        "swap_asked": _("%(where)s：有同事想和您换班，请答复。"),
        "swap_answered": _("%(where)s：您的换班有了结果。"),
        "swap_waits": _("%(where)s：有一个换班等督导批准。"),
        "hole": _("%(where)s：%(reason)s 现在不能接来访，这个班有空缺。"),
        "own_hole": _("%(where)s：这个班先不能接来访，请看“我的班次”里写的原因；不是对您的质疑。"),
        "short": _("%(where)s：%(reason)s 来不了，还有位置没有人顶。"),
        "handed": _("%(where)s：%(reason)s 交班，有事交给您，请在“交接”里接过来。"),
        "no_supervisor": _("%(where)s：现在没有督导可以联系。您能接电话的话，请在“我的班次”里点一下。"),
    }
    return words.get(what, words["changed"])


def address_of(path: str) -> str:
    """Where to look, as an address when the site knows its own, else the path."""
    return f"{settings.TONGZHOU_ADDRESS}{path}" if path else settings.TONGZHOU_ADDRESS
