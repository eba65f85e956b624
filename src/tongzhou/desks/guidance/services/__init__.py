"""Writes of guidance: writing, reviewing, publishing and withdrawing; acknowledging, asking and answering."""

from tongzhou.desks.guidance.services.publishing import place, publish, withdraw
from tongzhou.desks.guidance.services.reading import acknowledge, answer, ask
from tongzhou.desks.guidance.services.reviewing import approve, send_back
from tongzhou.desks.guidance.services.writing import answer_remark, revise, save_draft, start_guide, submit

__all__ = [
    "acknowledge",
    "answer",
    "answer_remark",
    "approve",
    "ask",
    "place",
    "publish",
    "revise",
    "save_draft",
    "send_back",
    "start_guide",
    "submit",
    "withdraw",
]
