"""What a new line begins with: two kinds of help, the usual shifts, training and a code of conduct to be improved."""

from __future__ import annotations

from typing import Any

__all__ = ["ITEMS", "SHIFTS", "SKILLS"]

SKILLS: tuple[dict[str, Any], ...] = (
    {
        "code": "support", "name": "心理援助", "name_en": "Counselling", "handle_seconds": 1800,
        "patience_seconds": 240, "share_percent": 75,
    },
    {
        "code": "medical", "name": "医务咨询", "name_en": "Medical advice", "handle_seconds": 720,
        "patience_seconds": 180, "share_percent": 25,
    },
)  # fmt: skip

SHIFTS: tuple[dict[str, Any], ...] = (
    {"code": "D1", "name": "早班", "name_en": "Morning", "start_minute": 480, "minutes": 360},
    {"code": "D2", "name": "午班", "name_en": "Midday", "start_minute": 660, "minutes": 360},
    {"code": "D3", "name": "下午班", "name_en": "Afternoon", "start_minute": 840, "minutes": 360},
    {"code": "E", "name": "晚班", "name_en": "Evening", "start_minute": 1020, "minutes": 360},
    {"code": "L", "name": "深夜班", "name_en": "Late", "start_minute": 1200, "minutes": 360},
    {"code": "N", "name": "夜班", "name_en": "Night", "start_minute": 120, "minutes": 360},
)

ITEMS: tuple[dict[str, Any], ...] = (
    {
        "kind": "training", "slug": "listening", "title": "接线之前：先听，再说",
        "title_en": "Before the first contact: listen, then speak",
        "body": "先让对方说完，再用自己的话说一遍您听到的。\n不知道的就说不知道，答应去问，再回来答复。\n"
        "不追问细节，不评价对错，不许诺做不到的事。\n对方想停下来，就停下来。",
        "body_en": "Let the other person finish, then say in your own words what you heard.\n"
        "When you do not know, say so, and offer to find out.\n"
        "Do not press for details, do not judge, promise nothing you cannot keep.\nStop when they want to stop.",
    },
    {
        "kind": "training", "slug": "danger", "title": "有人可能伤害自己或别人时",
        "title_en": "When somebody may hurt themselves or others",
        "body": "直接问，语气平常：“您有没有想过结束自己的生命？”问了不会引起危险。\n"
        "有眼前的危险：不要挂断，同时按“请督导”，并请对方或身边的人拨打 120 或 110。\n"
        "没有督导可以联系时，不接新的高风险来访。",
        "body_en": "Ask plainly: “Have you thought of ending your life?” Asking does not bring the danger on.\n"
        "If the danger is now: stay with them, press “ask the supervisor”, and have them or somebody near call 120 or "
        "110.\nWhile no supervisor can be reached, take no new contact of high risk.",
    },
    {
        "kind": "conduct", "slug": "conduct", "title": "行为守则", "title_en": "Code of conduct",
        "body": "听到的只写进系统里的记录，不写在别处，不告诉别人，不截图。\n"
        "不与来访者私下联系，不收钱物，不推销，不拉人入群。\n"
        "身体不适、太累、刚接完难的来访：先停下来，告诉督导。\n不在自己执照范围以外给建议；要转介就转介。",
        "body_en": "What you hear is written into the records of the desk and nowhere else; no screenshots.\n"
        "No private contact with callers, no money or gifts, no selling, no group chats.\n"
        "Unwell, tired, or after a hard contact: stop first and tell the supervisor.\n"
        "No advice outside your licence; refer when it is time to refer.",
    },
)  # fmt: skip
