"""Refusals: responses, stages, organisations and cover."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "cover_over": ErrorText(
        409,
        "这条“已覆盖”已经结束或撤回了",
        "this cover is over or was withdrawn already",
        "情况又变了就另写一条",
        "if things changed again, write a new one",
    ),
    "response_closed": ErrorText(
        409,
        "这次应急响应已经结束，不能再改",
        "this response is closed and takes no more changes",
        "确有需要时，请管理员先重新开启",
        "if it is really needed, an administrator can reopen it",
    ),
    "standing_state": ErrorText(
        409,
        "按这个单位现在的状态（{state}），不能这样做",
        "this cannot be done while the organisation is {state}",
        "请刷新页面，看现在的状态和原因",
        "reload the page and look at its present state and the reason",
    ),
}
