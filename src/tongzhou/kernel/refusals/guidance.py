"""Refusals: guides, their versions, questions about them."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "guide_incomplete": ErrorText(
        422,
        "还不能送审，缺：{missing}",
        "it cannot go to review yet; missing: {missing}",
        "请补上再送审；已写的都还在",
        "add what is missing and hand it over again; nothing written is lost",
    ),
    "guide_not_current": ErrorText(
        409,
        "这一版现在是“{state}”，不再作准",
        "this version is now “{state}” and no longer in force",
        "请打开这份指南，看现在作准的是哪一版",
        "open the guide and see which version is in force now",
    ),
    "guide_open": ErrorText(
        409,
        "这份指南已经有一版正在写或在审",
        "a version of this guide is already being written or reviewed",
        "请接着改那一版",
        "go on with that version",
    ),
    "guide_own": ErrorText(
        409,
        "这一版您写过，不能由您审或发布",
        "you wrote in this version, so you can neither review nor publish it",
        "请另一位审稿专家或发布人来做",
        "ask another reviewer or publisher",
    ),
    "guide_slug": ErrorText(
        409,
        "网址里的名字 {slug} 已经用了",
        "the name {slug} is taken",
        "请换一个名字，或给原有的指南写新的一版",
        "choose another name, or write a new version of the guide that has it",
    ),
    "guide_state": ErrorText(
        409,
        "这一版现在是“{state}”，不能这样做",
        "this version is now “{state}”, so this cannot be done",
        "请刷新页面，看它现在到哪一步了",
        "reload the page and look at where it stands",
    ),
    "question_answered": ErrorText(
        409,
        "这个问题已经有人回答了",
        "somebody has answered this question already",
        "请刷新页面看回答",
        "reload the page to see the answer",
    ),
}
