"""Mail and chats through apprise: one address scheme for each of them."""

from __future__ import annotations

import logging
from urllib.parse import quote

from tongzhou.registers.notices.services.sending.gateway import NotSent
from tongzhou.registers.notices.types import ChannelKind

__all__ = ["post_chat"]

#: Chats that drop a title: it goes into the text.
_NO_TITLE = (ChannelKind.WECOM, ChannelKind.DINGTALK, ChannelKind.FEISHU)


def _with_receiver(address: str, receiver: str) -> str:
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}to={quote(receiver, safe='')}" if receiver else address


def post_chat(kind: str, address: str, title: str, body: str, receiver: str = "") -> None:
    """Send a text. `receiver`: a mail address, for mail to one person. Raises NotSent with what apprise said."""
    import apprise  # large, and only the process that sends needs it

    sender = apprise.Apprise()
    if not sender.add(_with_receiver(address, receiver)):
        raise NotSent("the address of the channel is not understood")
    if kind in _NO_TITLE:
        title, body = "", f"{title}\n{body}"
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        sent = sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        if not sent:
            lines = said.getvalue().strip().splitlines()
            raise NotSent(_without(lines[-1] if lines else "not sent", address, receiver)[:200])


def _without(text: str, address: str, receiver: str) -> str:
    """What went wrong without whom it was for."""
    for secret in (address, receiver):
        text = text.replace(secret, "…") if secret else text
    return text
