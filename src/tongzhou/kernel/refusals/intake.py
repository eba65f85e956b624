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
    "need_closed": ErrorText(
        409,
        "这条已经关闭，不能再改",
        "this one is closed and cannot be changed",
        "如果还需要，请按“仍然需要”，或者重新提交一条",
        "press “still needed” if it is, or send a new one",
    ),
    "photo_bad": ErrorText(
        400,
        "这个文件打不开，或者不是照片",
        "this file cannot be opened, or is not a photo",
        "请换一张 JPG、PNG 或 WebP 照片；也可以先不传照片",
        "choose a JPG, PNG or WebP photo, or send without one",
    ),
}
