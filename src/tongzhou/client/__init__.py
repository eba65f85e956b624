"""A small typed client of the desk's API.

>>> from tongzhou.client import Desk
>>> desk = Desk("https://desk.example.cn", token="...")        # doctest: +SKIP
>>> for need in desk.needs(response="hubei-2020", state="verified"):  # doctest: +SKIP
...     print(need.code, need.item, need.quantity_planned)
"""

from tongzhou.client.desk import Desk
from tongzhou.client.errors import DeskError, DeskUnreachable
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
    "Assignment", "Balances", "Category", "Contact", "Cover", "Desk", "DeskError", "DeskUnreachable", "Gap",
    "Incident", "Lead", "Need", "Needed", "Offer", "Organisation", "Pin", "Place", "Plan", "PlanGap",
    "PlanHold", "PlanLine", "Receipt", "Response",
]  # fmt: skip
