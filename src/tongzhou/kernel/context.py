"""Which request is being answered: the one implicit value, so that every audit row and log line can name it."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["request_id"]

#: Id of the request (or of the job) being served; blank outside of one.
request_id: ContextVar[str] = ContextVar("tongzhou_request_id", default="")
