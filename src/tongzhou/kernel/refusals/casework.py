"""Refusals: forms, cases, referrals, the glass, how long things are kept, telephone exchanges."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "case_closed": ErrorText(
        409, "这个个案已经结案", "this case is closed", "需要时请另开一个个案", "open another one when it is needed"
    ),
    "case_consent": ErrorText(
        422,
        "还没有得到来访者同意",
        "the caller has not agreed yet",
        "请先说明会留下什么、留多久、谁能看；同意后勾上再开",
        "say what is kept, for how long and who reads it; tick the box once they agree",
    ),
    "case_stage": ErrorText(
        409,
        "个案现在不能这样改",
        "the case cannot go there from where it stands",
        "请刷新看它现在在哪个阶段；已结案的另开一个",
        "reload to see its stage; a closed one stays closed, open another",
    ),
    "case_there": ErrorText(
        409,
        "这次来访已经属于一个个案",
        "this contact belongs to a case already",
        "请在那个个案里接着写",
        "go on in that case",
    ),
    "case_unknown": ErrorText(
        422,
        "没有您能看的个案用这个编号",
        "no case that you may read has this code",
        "请对方再念一遍；如果个案在别的援助员手里，请督导转给您",
        "ask for the code again; when the case is with somebody else, ask the supervisor to hand it over",
    ),
    "erase_open": ErrorText(
        409,
        "谈话还没有结束",
        "the conversation is not over yet",
        "请先结束谈话，再删除；写过的现在都还在",
        "end it first, then erase it; everything is still there now",
    ),
    "erase_unknown": ErrorText(
        422,
        "没有内容用这个删除编号，可能已经删除",
        "nothing has this erase code; it may be erased already",
        "请核对编号再试一次",
        "check the code and try again",
    ),
    "form_broken": ErrorText(
        422,
        "表单的定义不完整",
        "the definition of the form is not complete",
        "每一项要有编号、种类、中英文和是否必填；先问的才能作条件",
        "each field needs a code, a kind, both languages and whether it is required; conditions name earlier fields",
    ),
    "form_incomplete": ErrorText(
        422,
        "还有 {n} 项没有选",
        "{n} fields are not answered yet",
        "已选的都在；请补上标出的几项，不知道就选“不知道”",
        "what was chosen is kept; answer the marked ones, “not known” is an answer",
    ),
    "form_long": ErrorText(
        422,
        "“{label}”最多 {most} 个字，现在有 {length} 个",
        "“{label}” has {most} characters at most, this one {length}",
        "字都还在框里，请写短一些",
        "the text is still in the box: make it shorter",
    ),
    "form_value": ErrorText(
        422,
        "“{label}”的选择不在表里",
        "the choice for “{label}” is not on the form",
        "请从列出的几项里选",
        "choose one of those listed",
    ),
    "glass_open": ErrorText(
        409,
        "这次查看还没有结束，或者没有批准过",
        "this access is still open, or was never granted",
        "请在它结束后再复核",
        "review it when it is over",
    ),
    "glass_over": ErrorText(
        409,
        "这次申请已经有了结果，或者一小时已经过去",
        "this request was decided already, or its hour is over",
        "仍有生命危险时请另提一次申请",
        "when a life is still in danger, ask again",
    ),
    "glass_reason": ErrorText(
        422,
        "理由要写 {least} 到 {most} 个字",
        "the reason needs {least} to {most} characters",
        "请写明谁有什么危险、为什么现在要看",
        "say who is in what danger and why it must be read now",
    ),
    "glass_risk": ErrorText(
        409,
        "只有升级过的来访（生命危险）可以紧急查看",
        "only a contact that was escalated (danger to life) can be opened this way",
        "请与接这位来访者的援助员或其督导联系",
        "speak with its counsellor or their supervisor",
    ),
    "glass_third": ErrorText(
        409,
        "复核的人不能是申请人或批准人",
        "whoever reviews it is neither the one who asked nor the one who granted",
        "请另一位督导复核",
        "let another supervisor review it",
    ),
    "glass_two": ErrorText(
        409,
        "不能批准自己的申请",
        "nobody grants their own request",
        "请另一位督导批准",
        "let another supervisor decide",
    ),
    "keeping_days": ErrorText(
        422,
        "保留的天数要在 1 到 3650 之间",
        "days are between 1 and 3650",
        "请填整数天数",
        "give whole days",
    ),
    "line_blocked": ErrorText(
        403,
        "热线暂时不能接听",
        "the line cannot answer for now",
        "请在 {hours} 小时后再来；有危险请马上打 120 或 110，心理援助可以打 12356",
        "come back in {hours} hours; in danger call 120 or 110 now, for counselling 12356",
    ),
    "nothing_to_block": ErrorText(
        409,
        "这次来访没有可以认出来的地址或号码",
        "this contact has no address or number to know it by",
        "地址的指纹一天后就删除；下次再来时请当天处理",
        "the fingerprint of an address is dropped after a day; act on the same day next time",
    ),
    "paper_missing": ErrorText(
        409, "还没有写安全计划", "there is no safety plan yet", "请先一起写，再给对方看", "write it together first"
    ),
    "phone_event": ErrorText(
        422,
        "看不懂这个电话事件：{what}",
        "this telephone event is not understood: {what}",
        "请按“接电话交换机”一页的格式发送",
        "send it as the page on telephone exchanges says",
    ),
    "phone_signature": ErrorText(
        401,
        "签名不对，或时间相差超过五分钟",
        "the signature is wrong, or the time is more than five minutes off",
        "请核对密钥和时钟，再发一次",
        "check the secret and the clock, and send it again",
    ),
    "referral_consent": ErrorText(
        422,
        "要转出信息，先要来访者同意",
        "nothing is passed on without the caller's consent",
        "请把要转出的几项念给对方听，同意后勾上",
        "read out what would be passed on; tick the box once they agree",
    ),
    "referral_empty": ErrorText(
        422,
        "还没有选转到哪里，或要转出的内容是空的",
        "it is not said where to, or nothing to pass on was filled in",
        "请选机构，或填写需要的东西、地方和联系方式",
        "choose a place, or say what is needed, where, and how to reach them",
    ),
    "referral_place_gone": ErrorText(
        409,
        "目录里已经没有这一处了（撤下或停办）",
        "the directory has this place no longer (withdrawn or closed for good)",
        "请另查一处；有生命危险请对方拨打 120 或 110",
        "look for another one; when a life is in danger have them call 120 or 110",
    ),
    "referral_state": ErrorText(
        409,
        "这次转介现在不能这样改",
        "the referral cannot go there from where it stands",
        "请刷新看它现在的状态",
        "reload to see where it stands",
    ),
}
