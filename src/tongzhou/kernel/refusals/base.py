"""Refusals: kernel and site."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "bad_cursor": ErrorText(
        400, "翻页的位置看不懂", "the cursor is not understood", "请从第一页重新翻", "start again from the first page"
    ),
    "bad_fields": ErrorText(
        422,
        "有的字段不对",
        "some fields are not right",
        "请看 fields 里每个字段的说明，改好再发",
        "see the note on each field under `fields`",
    ),
    "method_not_allowed": ErrorText(
        405,
        "这个地址不接受这种请求",
        "this address does not take that method",
        "请看回答里的 Allow",
        "see the Allow header of this answer",
    ),
    "not_this_way": ErrorText(
        405,
        "这个地址不能这样打开",
        "this address cannot be opened this way",
        "请回到上一页，或者从首页重新进去；已经提交的都还在",
        "go back to the page before, or start again from the front page; nothing already sent is lost",
    ),
    "bad_form": ErrorText(
        400,
        "填写的内容有误",
        "something in the form is not right",
        "请看每一项旁边的说明，改好后再提交，已填的内容都还在",
        "see the note beside each field, correct it and send again; nothing typed is lost",
    ),
    "bad_request": ErrorText(
        400,
        "请求不完整或看不懂",
        "the request is incomplete or not understood",
        "请返回上一页再试",
        "go back and try again",
    ),
    "forbidden": ErrorText(
        403,
        "这个请求没有通过安全检查",
        "the request did not pass the safety check",
        "请刷新页面后再提交一次",
        "reload the page and send again",
    ),
    "key_reused": ErrorText(
        409,
        "同一个提交编号已经用于另一份内容",
        "the same submission key was used for different content",
        "请换一个新的编号再提交",
        "send again with a new key",
    ),
    "not_found": ErrorText(
        404,
        "没有这一页，或者您不能看它",
        "there is no such page, or it is not yours to see",
        "请检查网址；如果应当能看，请联系协调员",
        "check the address; if you should see it, ask your coordinator",
    ),
    "quantity_bad": ErrorText(
        400,
        "数量“{text}”看不懂",
        "the quantity “{text}” is not understood",
        "请写整数，例如 200",
        "write a whole number, such as 200",
    ),
    "second_factor": ErrorText(
        403,
        "这一步要先用验证器或通行密钥登录",
        "this needs a sign-in with an authenticator or a passkey",
        "请先设置或确认第二重验证",
        "set up or confirm your second factor first",
    ),
    "server_error": ErrorText(
        500,
        "同舟出了内部错误，不是您的错",
        "Tongzhou failed; this is our error, not yours",
        "请稍后再试；您填的内容如果没有看到编号，就是还没有收到",
        "try again a little later; if you saw no code, nothing was received",
    ),
    "shredded": ErrorText(
        410,
        "联系方式已按规定销毁",
        "the contact has been destroyed as the rules require",
        "如仍需联系，请请求人重新提交",
        "ask the person to send a new request if contact is still needed",
    ),
    "signed_out": ErrorText(
        401, "请先登录", "please sign in", "登录后会回到这里", "you will come back here afterwards"
    ),
    "too_large": ErrorText(
        413,
        "文件太大（上限 {limit}）",
        "the file is too large (limit {limit})",
        "请缩小或分成几份再传",
        "make it smaller or split it",
    ),
    "too_many": ErrorText(
        429,
        "短时间内提交或查询太多次",
        "too many attempts in a short time",
        "请过 {seconds} 秒再试；紧急情况请直接拨打 120 或 110",
        "wait {seconds} seconds; in an emergency call 120 or 110",
    ),
    "undo_stale": ErrorText(
        409,
        "之后又有人改过，不能直接撤销",
        "somebody changed it since, so it cannot simply be undone",
        "请打开记录，看清现在的内容再改",
        "open the record, look at what it says now and edit it",
    ),
    "version_stale": ErrorText(
        409,
        "您打开之后，别人已经改过这条记录",
        "somebody else changed this record after you opened it",
        "请看新的内容，再决定要不要改；您填的内容没有丢",
        "look at the new content, then decide; what you typed is not lost",
    ),
}
