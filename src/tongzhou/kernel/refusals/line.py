"""Refusals: the line and what is said on it."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "call_type_missing": ErrorText(
        422,
        "还没有选这次来访是什么",
        "it is not said yet what this contact was",
        "请选一项；没有说话、打错、骚扰、测试也各有一项",
        "choose one; silent, wrong number, abusive and test are there too",
    ),
    "contact_over": ErrorText(
        409,
        "这次谈话已经结束",
        "this conversation is over",
        "写过的都在；需要时来访者可以重新进来",
        "what was written is kept; the caller can come back",
    ),
    "contact_taken": ErrorText(
        409,
        "这位来访者刚刚已有同事接起，或者已经离开",
        "a colleague has just answered this caller, or they have left",
        "没有人漏掉；请接下一位",
        "nobody was missed; take the next one",
    ),
    "line_closed": ErrorText(
        409,
        "热线现在不在服务时间",
        "the line is not open now",
        "有危险请打 120 或 110；也可以留下电话，我们开线后打给您",
        "in danger call 120 or 110; or leave a number and we call when the line opens",
    ),
    "line_flooded": ErrorText(
        429,
        "这个网络地址短时间内来了太多次",
        "too many conversations were begun from this network address",
        "请过 {minutes} 分钟再来；有危险请马上打 120 或 110，心理援助可以打 12356",
        "come back in {minutes} minutes; in danger call 120 or 110 now, for counselling 12356",
    ),
    "matter_hands": ErrorText(
        422,
        "还没有选交给谁",
        "it is not said yet into whose hands",
        "请选一位下一班的同事，或者选督导",
        "choose a colleague of the next shift, or the supervisors",
    ),
    "matter_taken": ErrorText(
        409,
        "这件事刚刚已有人接了，或者已经交出去了",
        "somebody has just taken this, or it was handed on",
        "没有漏掉；请刷新看现在在谁手里",
        "nothing is lost; reload to see who has it now",
    ),
    "message_empty": ErrorText(
        422, "没有写内容", "nothing was written", "写一点再发；不想说也没关系", "write something; silence is fine too"
    ),
    "message_long": ErrorText(
        422,
        "一次最多 {most} 个字，这段有 {length} 个",
        "a message has {most} characters at most, this one {length}",
        "字都还在框里，请分几段发",
        "the text is still in the box: send it in parts",
    ),
    "note_long": ErrorText(
        422,
        "记录最多 {most} 个字，现在有 {length} 个",
        "notes have {most} characters at most, these {length}",
        "字都还在框里，请写短一些",
        "the text is still in the box: make it shorter",
    ),
    "note_stale": ErrorText(
        409,
        "这份记录在别的窗口改过",
        "these notes were changed in another window",
        "您写的还在框里：请抄下要补的，刷新后再写",
        "your text is still in the box: copy what is new, reload and add it",
    ),
    "seat_busy": ErrorText(
        409,
        "您手里还有一位来访者，或者席位没有打开",
        "you still have a caller in hand, or your seat is not open",
        "先整理完这一位，或者按“可以接”",
        "finish that one first, or press “ready”",
    ),
    "support_taken": ErrorText(
        409,
        "已有督导在支持，或者不再需要",
        "a supervisor is supporting already, or it is not needed any more",
        "请看总览里其他人",
        "look at the others on the board",
    ),
}
