"""Writes of notices: channels, preferences, calendars, and saying something to somebody."""

from tongzhou.registers.notices.services.calendars import end_calendar, make_calendar
from tongzhou.registers.notices.services.channels import add_channel, change_channel
from tongzhou.registers.notices.services.preferences import drop_preference, set_preference
from tongzhou.registers.notices.services.saying import mark_read, say
from tongzhou.registers.notices.services.trying import try_channel, try_preference

__all__ = [
    "add_channel",
    "change_channel",
    "drop_preference",
    "end_calendar",
    "make_calendar",
    "mark_read",
    "say",
    "set_preference",
    "try_channel",
    "try_preference",
]
