"""Refusals: intake (what people send in and change)."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "callback_held": ErrorText(
        409,
        "{name}正在处理这个回电",
        "{name} has this callback in hand",
        "请先回下一个；10 分钟没有动作会自动放开",
        "take the next one; it is released after 10 minutes without action",
    ),
    "callback_over": ErrorText(
        409, "这个回电已经处理完", "this callback is finished", "请回下一个", "take the next one"
    ),
    "form_expired": ErrorText(
        403,
        "这一页开得太久，安全检查没有通过；您填的都还在",
        "the page was open too long and its safety check ran out; nothing you typed is lost",
        "请再按一次提交；还是不行，请留下电话让我们打给您",
        "press send once more; if that fails too, leave a number and we call you",
    ),
    "need_closed": ErrorText(
        409,
        "这条已经关闭，不能再改",
        "this one is closed and cannot be changed",
        "如果还需要，请按“仍然需要”，或者重新提交一条",
        "press “still needed” if it is, or send a new one",
    ),
    "no_response": ErrorText(
        503,
        "现在没有进行中的应急响应，这里暂时不收求助",
        "no response is open now, so nothing can be sent in here",
        "有危险请打 120 或 110；其他事请联系当地社区或 12345",
        "in danger call 120 or 110; otherwise your community or 12345",
    ),
    "sent_before": ErrorText(
        409,
        "这一页刚才已经提交过一次，现在的内容和那次不一样",
        "this page was sent once already, and what it says now is different",
        "要改那一条，请打开它；如果这是另一件事，请再按一次提交",
        "open that one to correct it; if this is something else, press send once more",
    ),
    "photo_bad": ErrorText(
        400,
        "这个文件打不开，或者不是照片",
        "this file cannot be opened, or is not a photo",
        "请换一张 JPG、PNG 或 WebP 照片；也可以先不传照片",
        "choose a JPG, PNG or WebP photo, or send without one",
    ),
}
