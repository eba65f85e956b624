"""Refusals: joining a team, and what a volunteer brings."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "entrance_closed": ErrorText(
        410,
        "这个加入口已经关了",
        "this way into the team has been closed",
        "请向给您二维码的人要一个新的；不着急的话，也可以先在“帮忙”里说您能做什么",
        "ask whoever gave you the QR code for a new one, or say under “Give” what you can do",
    ),
    "entrance_full": ErrorText(
        409,
        "这个加入口的名额已经满了（{most} 人）",
        "this way into the team is full ({most} people)",
        "请向给您二维码的人再要一个；人已经够了的时候，留在家里也是帮忙",
        "ask whoever gave you the QR code for another; when there are enough people, staying at home helps too",
    ),
    "entrance_open": ErrorText(
        409,
        "这个团队已经有一个开着的加入口",
        "this team already has an open way in",
        "请用现在的二维码，或者换一个新的",
        "use the present QR code, or renew it",
    ),
    "entrance_over": ErrorText(
        410,
        "这个加入口已经过期",
        "this way into the team has expired",
        "请向给您二维码的人要一个新的",
        "ask whoever gave you the QR code for a new one",
    ),
    "guardian_consent": ErrorText(
        409,
        "未满 18 岁要先有监护人的书面同意",
        "somebody under 18 needs a guardian's written consent first",
        "请监护人在同意书上签字，交给团队；管理员记下后会给您开账号",
        "ask your guardian to sign the consent form for the team; an administrator then opens your account",
    ),
    "join_with_other": ErrorText(
        409,
        "您现在登录的账号有别的职责，不能用它当志愿者加入",
        "the account you are signed in with has other duties and cannot join as a volunteer",
        "请退出后用自己的志愿者账号加入，或者请管理员把您加进团队",
        "sign out and join with an account of your own, or ask an administrator to add you to the team",
    ),
    "photos_enough": ErrorText(
        409,
        "一个任务最多 {most} 张照片",
        "a task can have {most} photos at most",
        "已经传的都在；有别的要说，请用“出了问题”",
        "those sent are kept; if there is more to say, use “Something went wrong”",
    ),
}
