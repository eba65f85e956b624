"""The system's own lines in a conversation, in the reader's language; a caller and the team read them differently."""

from __future__ import annotations

from django.utils.translation import gettext as _

__all__ = ["ANSWERED", "BACK", "CALLER_BACK", "CALLER_GONE", "ENDED_BY_CALLER", "ENDED_BY_TEAM", "ENDED_KINDLY",
           "ESCALATED", "HANDED_OVER", "JOINED", "LOST", "SUPPORT", "words"]  # fmt: skip

ANSWERED, LOST, BACK = "answered", "counsellor_lost", "counsellor_back"
CALLER_GONE, CALLER_BACK = "caller_gone", "caller_back"
ENDED_BY_CALLER, ENDED_BY_TEAM = "ended_by_caller", "ended_by_team"
ENDED_KINDLY = "ended_kindly"
JOINED, ESCALATED, SUPPORT, HANDED_OVER = "joined", "escalated", "support", "handed_over"


def words(code: str, *, to_caller: bool) -> str:
    """A line of the system for this reader; a code nobody knows is shown as it is."""
    caller = {
        ANSWERED: _("有人来了，您可以说了。想到哪里说到哪里。"),
        LOST: _("对方的网络断了，不是您的原因。您现在排在最前面，下一位空出来的援助员会接着和您谈，前面说的都在。"),
        CALLER_GONE: _("我们有一会儿没有收到您的消息，先暂停了。24 小时内回来可以接着谈。"),
        CALLER_BACK: _("您回来了，前面说的都在。"),
        ENDED_BY_CALLER: _("您结束了这次谈话。需要时随时再来。"),
        ENDED_BY_TEAM: _("这次谈话结束了。需要时随时再来。"),
        ENDED_KINDLY: _("我先结束这次谈话，这样的话我接不下去。您难受的时候仍然可以再来；有危险请打 120 或 110。"),
        JOINED: _("一位督导也在这里，和援助员一起陪您。"),
        HANDED_OVER: _("援助员要交班了，另一位援助员会接着和您谈，前面说的都在。"),
    }
    team = {
        ANSWERED: _("接起了。"),
        LOST: _("上一位援助员掉线，来访者回到队首。"),
        CALLER_GONE: _("来访者 3 分钟没有声音，先暂停；24 小时内可能回来。"),
        CALLER_BACK: _("来访者回来了。"),
        ENDED_BY_CALLER: _("来访者结束了谈话。"),
        ENDED_BY_TEAM: _("援助员结束了谈话。"),
        ENDED_KINDLY: _("因言语骚扰结束，来访者看到的是一句温和的话。"),
        JOINED: _("督导加入了。"),
        ESCALATED: _("已升级：督导已请来，应急号码在上方。"),
        SUPPORT: _("已请督导悄悄支持，来访者看不到这一行。"),
        HANDED_OVER: _("交班：来访者回到队首，等下一位援助员。"),
    }
    return (caller if to_caller else team).get(code, code)
