"""Refusals: verification, merging."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "check_undone": ErrorText(
        409,
        "这次核实已经撤销过了",
        "this outcome has been taken back already",
        "请刷新页面，看现在的内容",
        "reload the page and look at what it says now",
    ),
    "lock_held": ErrorText(
        409,
        "这一条现在由{name}核实，{minutes} 分钟后空出来",
        "{name} is verifying this one; it is free again in {minutes} min",
        "请取下一条；别人放手或超时后，这一条会自动回到队列",
        "take the next one; this one returns to the queue when released or run out",
    ),
    "lock_lost": ErrorText(
        409,
        "这一条已经不在您手里（超过 10 分钟，或者已经放回）",
        "this one is no longer in your hands (10 minutes passed, or it was put back)",
        "请重新取这一条，再记结果；您填的内容没有丢",
        "take it again, then record the outcome; what you typed is not lost",
    ),
    "merge_chain": ErrorText(
        409,
        "求助 {number} 下面已经并入了别的求助，不能再并入另一条",
        "request {number} already holds merged ones and cannot be merged into another",
        "请反过来：保留 {number}，把另一条并入它；或者先把并入它的拆开",
        "turn it round: keep {number} and merge the other into it, or take its own merges apart first",
    ),
    "merge_closed": ErrorText(
        409,
        "求助 {number} 已经关闭或已并入另一条，不能这样合并",
        "request {number} is closed or merged and cannot be merged this way",
        "请刷新页面，看现在的状态",
        "reload the page and look at its present state",
    ),
    "merge_same": ErrorText(
        409,
        "一条求助不能并入它自己，也不能并入另一个应急响应",
        "a request cannot be merged into itself, nor into another response",
        "请选两条不同的、同一个应急响应里的求助",
        "choose two different requests of one response",
    ),
    "not_merged": ErrorText(
        409,
        "这一条没有并入别的求助，或者已经拆开",
        "this request is not merged, or was taken apart already",
        "请刷新页面，看现在的状态",
        "reload the page and look at its present state",
    ),
    "own_entry": ErrorText(
        409,
        "这一条是您自己录入的，要由另一个人核实",
        "you entered this one yourself; somebody else must verify it",
        "请取下一条",
        "take the next one",
    ),
    "queue_empty": ErrorText(
        404,
        "现在没有可以取的",
        "there is nothing to take now",
        "请过一会儿再看，或者换一个条线、地区",
        "look again a little later, or choose another line or area",
    ),
    "verify_closed": ErrorText(
        409,
        "这一条已经关闭（{state}），不用再核实",
        "this one is closed ({state}) and needs no verification",
        "请取下一条",
        "take the next one",
    ),
}
