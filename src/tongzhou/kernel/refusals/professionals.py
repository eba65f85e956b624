"""Refusals: who may work on the line, applications, rosters. Said kindly: people offered their evenings."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "shift_none": ErrorText(
        409,
        "您现在没有班，不能接来访",
        "you have no shift now, so no contact is given to you",
        "请在“我的班次”里看下一个班；想帮忙替班，请找督导",
        "see your next shift under “My shifts”; to stand in for somebody, ask the supervisor",
    ),
    "shift_paused": ErrorText(
        409,
        "您在这条热线上的工作已暂停",
        "your work on this line is paused",
        "有疑问请找督导；休息好了再回来，我们等您",
        "ask the supervisor if that is a surprise; come back when you are rested",
    ),
    "shift_licence": ErrorText(
        409,
        "您登记的执照已过有效期，这个班先不能接来访",
        "the licence on record for you has run out, so no contact is given to you on this shift",
        "不是对您的质疑：请把新的执照信息交给协会核对，核对后立刻恢复；督导已经知道，会安排别人",
        "nobody doubts you: give the association the new licence, and you are back at once; the supervisor knows and "
        "will find somebody for this shift",
    ),
    "shift_training": ErrorText(
        409,
        "有一项培训内容更新了，开班前要先看完并确认",
        "a training item has a new version that has to be read before the shift",
        "请打开“培训与守则”，看完点“我已阅读”；几分钟就好",
        "open “Training and conduct”, read it and confirm; it takes a few minutes",
    ),
    "shift_conduct": ErrorText(
        409,
        "行为守则更新了，开班前要先确认",
        "the code of conduct has a new version that has to be agreed to before the shift",
        "请打开“培训与守则”，看完点“我同意遵守”",
        "open “Training and conduct”, read it and agree",
    ),
    "shift_no_supervisor": ErrorText(
        409,
        "现在没有督导可以联系，不接新的高风险来访",
        "no supervisor can be reached now, so no new contact of high risk is taken",
        "已经在请其他督导；遇到紧急危险，请直接拨打 110 或 120",
        "other supervisors are being asked; in immediate danger call 110 or 120",
    ),
}
