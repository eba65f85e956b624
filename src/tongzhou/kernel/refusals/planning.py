"""Refusals: plans, pins, approval."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "approval_running": ErrorText(
        409,
        "计划 {number} 正在按一次批准逐批派出",
        "an approval of plan {number} is being carried out, batch by batch",
        "请等它做完，或者先停下它；已经派出的不变",
        "wait until it is done, or stop it first; what was assigned stays",
    ),
    "approval_stopped": ErrorText(
        500,
        "批准没有做完：同舟出了内部错误，不是您的错；已经派出的都算数，其余的还等着批准",
        "the approval was not finished: Tongzhou failed; what was assigned counts, the rest still waits for approval",
        "请再批准其余的；还是不行，请管理员看日志（计划 {number}）",
        "approve the rest once more; if that fails too, an administrator looks into the log (plan {number})",
    ),
    "approver_gone": ErrorText(
        409,
        "批准的人现在没有批准的授权了；已经派出的都算数",
        "whoever approved has no right to approve any more; what was assigned counts",
        "请有授权的人批准其余的行",
        "somebody with the right approves the rest",
    ),
    "command_unasked": ErrorText(
        422,
        "这些物资由指挥部统一分配，没有它的答复不能派出",
        "a command allocates these goods; without its answer nothing of them leaves",
        "请先问指挥部，再写明谁答复的、什么时候、调拨单号；其余的还等着",
        "ask the command, then write who answered, when, and the order's number; the rest goes on waiting",
    ),
    "pair_unlawful": ErrorText(
        409,
        "这个供给现在不能给这个需求：{why}",
        "this offer may not serve this need now: {why_en}",
        "请先解决这个原因，或者换一个供给",
        "remove that cause first, or choose another offer",
    ),
    "pin_bad": ErrorText(
        409,
        "这一对不能这样固定：{why}",
        "this pair cannot be fixed this way: {why_en}",
        "请改数量，或者选另一个供给",
        "change the quantity, or choose another offer",
    ),
    "pin_over": ErrorText(
        409,
        "这个固定已经取消",
        "this pin was withdrawn already",
        "请刷新页面，看现在的固定",
        "reload the page and look at the pins of now",
    ),
    "plan_broken": ErrorText(
        500,
        "计划没有算成：同舟出了内部错误，不是您的错",
        "the plan could not be made: Tongzhou failed; this is our error, not yours",
        "请再算一次；还是不行，请管理员看日志（计划 {number}）",
        "make it once more; if that fails too, an administrator looks into the log (plan {number})",
    ),
    "plan_closed": ErrorText(
        409,
        "这个计划现在不能这样处理（{state}）",
        "this cannot be done with this plan now ({state})",
        "请刷新页面，看它现在怎样",
        "reload the page and see how it stands",
    ),
    "plan_nothing": ErrorText(
        409,
        "没有一项可以计划的需求：{unverified} 项还没有核实，{left_out} 项被规则留下，{underway} 项已经有人照应",
        "there is no need that can be planned: {unverified} not verified yet, {left_out} kept out by rules, "
        "{underway} looked after already",
        "请先核实需求，再做计划",
        "verify needs first, then make the plan",
    ),
    "plan_own": ErrorText(
        409,
        "这个计划是您自己做的，要由另一个人批准",
        "you made this plan yourself; somebody else must approve it",
        "请另一位协调员或政府联络员来批准",
        "ask another coordinator or a government liaison to approve it",
    ),
    "plan_running": ErrorText(
        409,
        "同样范围的计划 {number} 正在计算",
        "plan {number} of the same scope is being made",
        "请等它算完，或者先取消它",
        "wait until it is done, or cancel it first",
    ),
    "plan_scope": ErrorText(
        400,
        "这个范围做不了计划：{why}",
        "this scope cannot be planned: {why_en}",
        "请重新选条线、地区和类别",
        "choose line, area and category again",
    ),
    "plan_worker_lost": ErrorText(
        500,
        "计划算了 {attempts} 次都中途断了",
        "the plan was begun {attempts} times and broke off every time",
        "请过一会儿再算一次；还是不行，请管理员看机器的内存和日志",
        "make it again a little later; if that fails too, an administrator looks at memory and logs",
    ),
    "preview_broken": ErrorText(
        500,
        "没有算成：同舟出了内部错误，不是您的错",
        "it could not be worked out: Tongzhou failed; this is our error, not yours",
        "请再算一次；还是不行，请管理员看日志",
        "try once more; if that fails too, an administrator looks into the log",
    ),
    "principles_choice": ErrorText(
        400,
        "这个原则顺序不成立：三条各一次，紧急必须先于公平",
        "this order of principles does not hold: each of the three once, urgency before fairness",
        "请从列出的三种顺序里选一种",
        "choose one of the three orders listed",
    ),
    "standing_over": ErrorText(
        409,
        "这个预先批准已经取消或到期",
        "this approval in advance was withdrawn or has run out",
        "需要的话请重新给一个",
        "give a new one if it is needed",
    ),
    "standing_twice": ErrorText(
        409,
        "这个团队在这里、这一类已经有预先批准",
        "this team has an approval in advance for this category here already",
        "要改就先取消原来的",
        "withdraw the present one to change it",
    ),
}
