"""A small typed client of the desk's API.

>>> from tongzhou.client import Desk
>>> desk = Desk("https://desk.example.cn", token="...")        # doctest: +SKIP
>>> for need in desk.needs(response="hubei-2020", state="verified"):  # doctest: +SKIP
...     print(need.code, need.item, need.quantity_planned)
"""

from tongzhou.client.desk import Desk
from tongzhou.client.errors import DeskError, DeskUnreachable
from tongzhou.client.records import (
    Category,
    Contact,
    Cover,
    Gap,
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
    Response,
)

__all__ = [
    "Category", "Contact", "Cover", "Desk", "DeskError", "DeskUnreachable", "Gap", "Lead", "Need", "Needed", "Offer",
    "Organisation", "Pin", "Place", "Plan", "PlanGap", "PlanHold", "PlanLine", "Response",
]  # fmt: skip
