"""The one catalogue of refusals: a stable code, an HTTP status, what happened, and what to do next, zh and en.

A code never changes its meaning: people read it out over the phone. `Refusal` is raised by services and policies; the
site turns it into a page, a fragment or problem+json (RFC 9457).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tongzhou.kernel.words import in_english

__all__ = ["ERRORS", "ErrorText", "Refusal"]


@dataclass(frozen=True, slots=True)
class ErrorText:
    """One refusal: HTTP status, what happened, what to do next. Texts are ``str.format`` templates."""

    status: int
    zh: str
    en: str
    todo_zh: str
    todo_en: str


ERRORS: dict[str, ErrorText] = {
    # kernel and site
    "bad_form": ErrorText(
        400, "填写的内容有误", "something in the form is not right",
        "请看每一项旁边的说明，改好后再提交，已填的内容都还在", "see the note beside each field, correct it and send again; nothing typed is lost",
    ),
    "bad_request": ErrorText(
        400, "请求不完整或看不懂", "the request is incomplete or not understood", "请返回上一页再试", "go back and try again"
    ),
    "forbidden": ErrorText(
        403, "这个请求没有通过安全检查", "the request did not pass the safety check",
        "请刷新页面后再提交一次", "reload the page and send again",
    ),
    "key_reused": ErrorText(
        409, "同一个提交编号已经用于另一份内容", "the same submission key was used for different content",
        "请换一个新的编号再提交", "send again with a new key",
    ),
    "not_found": ErrorText(
        404, "没有这一页，或者您不能看它", "there is no such page, or it is not yours to see",
        "请检查网址；如果应当能看，请联系协调员", "check the address; if you should see it, ask your coordinator",
    ),
    "quantity_bad": ErrorText(
        400, "数量“{text}”看不懂", "the quantity “{text}” is not understood", "请写整数，例如 200", "write a whole number, such as 200"
    ),
    "second_factor": ErrorText(
        403, "这一步要先用验证器或通行密钥登录", "this needs a sign-in with an authenticator or a passkey",
        "请先设置或确认第二重验证", "set up or confirm your second factor first",
    ),
    "server_error": ErrorText(
        500, "同舟出了内部错误，不是您的错", "Tongzhou failed; this is our error, not yours",
        "请稍后再试；您填的内容如果没有看到编号，就是还没有收到", "try again a little later; if you saw no code, nothing was received",
    ),
    "shredded": ErrorText(
        410, "联系方式已按规定销毁", "the contact has been destroyed as the rules require",
        "如仍需联系，请请求人重新提交", "ask the person to send a new request if contact is still needed",
    ),
    "signed_out": ErrorText(401, "请先登录", "please sign in", "登录后会回到这里", "you will come back here afterwards"),
    "too_large": ErrorText(
        413, "文件太大（上限 {limit}）", "the file is too large (limit {limit})", "请缩小或分成几份再传", "make it smaller or split it"
    ),
    "too_many": ErrorText(
        429, "短时间内提交或查询太多次", "too many attempts in a short time",
        "请过 {seconds} 秒再试；紧急情况请直接拨打 120 或 110", "wait {seconds} seconds; in an emergency call 120 or 110",
    ),
    "undo_stale": ErrorText(
        409, "之后又有人改过，不能直接撤销", "somebody changed it since, so it cannot simply be undone",
        "请打开记录，看清现在的内容再改", "open the record, look at what it says now and edit it",
    ),
    "version_stale": ErrorText(
        409, "您打开之后，别人已经改过这条记录", "somebody else changed this record after you opened it",
        "请看新的内容，再决定要不要改；您填的内容没有丢", "look at the new content, then decide; what you typed is not lost",
    ),
}


class Refusal(Exception):
    """Something the platform refuses on purpose. `code` is a key of `ERRORS`; `params` fill its texts.

    `fields` names form fields with what is wrong with each (already in the reader's language).
    """

    def __init__(self, code: str, *, fields: dict[str, str] | None = None, **params: Any) -> None:
        if code not in ERRORS:
            raise ValueError(f"refusal code {code!r} is not in ERRORS")
        self.code, self.params, self.fields = code, params, fields or {}
        super().__init__(code, params)

    @property
    def entry(self) -> ErrorText:
        """Its entry in the catalogue."""
        return ERRORS[self.code]

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.entry.status

    @property
    def what(self) -> str:
        """What happened, in the reader's language."""
        return (self.entry.en if in_english() else self.entry.zh).format(**self.params)

    @property
    def todo(self) -> str:
        """What to do next, in the reader's language."""
        return (self.entry.todo_en if in_english() else self.entry.todo_zh).format(**self.params)
