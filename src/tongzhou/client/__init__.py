"""A small typed client of the desk's API.

>>> from tongzhou.client import Desk
>>> desk = Desk("https://desk.example.cn", token="...")        # doctest: +SKIP
>>> for need in desk.needs(response="hubei-2020", state="verified"):  # doctest: +SKIP
...     print(need.code, need.item, need.quantity_planned)
"""

from tongzhou.client.desk import Desk
from tongzhou.client.desk_records import (
    Acknowledged,
    Bulletin,
    Calls,
    Colleague,
    Correction,
    Figures,
    Guide,
    GuideSource,
    GuideStep,
    HalfHour,
    HelpService,
    LineContact,
    LineNow,
    LineShift,
    OwnShift,
    Percentiles,
    Person,
    ServiceLine,
    Sickness,
    Swap,
    Topic,
    WholeGuide,
)
from tongzhou.client.errors import DeskError, DeskUnreachable
from tongzhou.client.gap_records import CallOut, Overlap, Situation, SituationChange, SituationFigure, WorstGap
from tongzhou.client.records import (
    Assignment,
    Balances,
    Category,
    Contact,
    Cover,
    Gap,
    Incident,
    Lead,
    Need,
    Needed,
    Offer,
    Organisation,
    Pin,
    Place,
    Plan,
    PlanGap,
    PlanHold,
    PlanLine,
    Receipt,
    Response,
)

__all__ = [
    "Acknowledged", "Assignment", "Balances", "Bulletin", "CallOut", "Calls", "Category", "Colleague", "Contact",
    "Correction", "Cover", "Desk", "DeskError", "DeskUnreachable", "Figures", "Gap", "Guide", "GuideSource",
    "GuideStep", "HalfHour", "HelpService", "Incident", "Lead", "LineContact", "LineNow", "LineShift", "Need",
    "Needed", "Offer", "Organisation", "Overlap", "OwnShift", "Percentiles", "Person", "Pin", "Place", "Plan",
    "PlanGap", "PlanHold", "PlanLine", "Receipt", "Response", "ServiceLine", "Sickness", "Situation",
    "SituationChange", "SituationFigure", "Swap", "Topic", "WholeGuide", "WorstGap",
]  # fmt: skip
