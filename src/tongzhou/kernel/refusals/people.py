"""Refusals: people."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "confirm_own": ErrorText(
        409,
        "链接是您自己发的，不能由您确认",
        "you made this link yourself and cannot confirm it",
        "请另一位管理员联系本人以后来确认",
        "ask another administrator to reach the person and confirm",
    ),
    "consent_missing": ErrorText(
        409,
        "未满 18 岁的账号要先记录监护人的同意",
        "an account of somebody under 18 needs a guardian's recorded consent first",
        "请先在账号页记录监护人的同意",
        "record the guardian's consent on the account page first",
    ),
    "email_taken": ErrorText(
        409,
        "这个电子邮箱已经属于另一个账号",
        "another account already has this e-mail address",
        "请换一个邮箱，或者在账号列表里找到原来的账号",
        "use another address, or find that account in the list",
    ),
    "grant_self": ErrorText(
        409,
        "不能给自己授予角色",
        "nobody gives a role to themselves",
        "请另一位管理员来授权",
        "ask another administrator to do it",
    ),
    "grant_twice": ErrorText(
        409,
        "这个账号已经有完全相同的角色",
        "this account already holds exactly this role",
        "请看账号页上现有的角色；要改日期，请先撤销再授予",
        "look at its present roles; to change dates, revoke it and grant again",
    ),
    "last_admin": ErrorText(
        409,
        "这是最后一位管理员，不能撤销或停用",
        "this is the last administrator and cannot be revoked or closed",
        "请先给另一个账号授予管理员角色",
        "make another account an administrator first",
    ),
    "link_dead": ErrorText(
        410,
        "这个链接已经用过、过期或作废",
        "this link was used, has expired or was withdrawn",
        "请管理员再发一个新的链接",
        "ask an administrator for a new link",
    ),
    "login_taken": ErrorText(
        409, "这个登录名已经有人用了", "this login name is taken", "请换一个登录名", "choose another login name"
    ),
    "own_account": ErrorText(
        409,
        "不能对自己的账号做这件事",
        "this cannot be done to one's own account",
        "请另一位管理员来做",
        "ask another administrator to do it",
    ),
    "team_taken": ErrorText(
        409, "已经有一个同名的团队", "there is a team of this name already", "请换一个名称", "choose another name"
    ),
    "token_for_person": ErrorText(
        409,
        "访问令牌只发给程序账号；个人请用密码登录，程序账号不能发邀请",
        "tokens are for programs' accounts; people sign in with a password, and programs are not invited",
        "请新建一个程序账号，给它需要的角色，再发令牌",
        "make a program's account, give it the roles it needs, then make the token",
    ),
    "two_people": ErrorText(
        409,
        "重设密码和重设第二重验证不能由同一位管理员在 7 天内做",
        "one administrator may not reset both the password and the second factor within 7 days",
        "请另一位管理员来做其中一件",
        "ask another administrator to do one of the two",
    ),
}
