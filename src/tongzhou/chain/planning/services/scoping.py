"""What a plan may be about: a line, a division of the response's area, a category of that line."""

from __future__ import annotations

from tongzhou.chain.planning.types import Scope
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.catalogue.models import Category
from tongzhou.registers.catalogue.types import Line
from tongzhou.registers.places.models import Place
from tongzhou.registers.places.types import NATION
from tongzhou.registers.responses.models import Response

__all__ = ["checked_scope"]


def checked_scope(response: Response, scope: Scope) -> Place:
    """The division a scope is about (the response's own when blank). Raises ``plan_scope`` for one that cannot be."""
    if scope.line and scope.line not in Line.values:
        raise Refusal("plan_scope", why="没有这个条线", why_en="there is no such line")
    if scope.category:
        category = Category.objects.filter(key=scope.category).first()
        if category is None:
            raise Refusal("plan_scope", why="没有这个类别", why_en="there is no such category")
        if scope.line and category.line != scope.line:
            raise Refusal("plan_scope", why="这一类不属于这个条线", why_en="the category is not of that line")
    if not scope.area:
        return response.area
    area = Place.objects.filter(pk=scope.area).first()
    if area is None or not (response.area_id == NATION or area.code.startswith(response.area_id)):
        raise Refusal("plan_scope", why="不在这次响应的地域内", why_en="the place is outside the response's area")
    return area
