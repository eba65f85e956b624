"""A month of a line on a page and as a table; what is hidden on one is hidden on the other."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from tongzhou.desks.hotline.policies import READ_FIGURES
from tongzhou.desks.hotline.types import CallType
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows.line_figures import Shown, lines_with_figures, month_of, shown_figures
from tongzhou.kernel import clock, ids
from tongzhou.kernel.access import Actor, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.line_statistics.words import compared_said, cross_said, day_said

__all__ = ["figures", "table"]


def _names() -> dict[str, str]:
    names = {
        "arrivals": pgettext("figures", "来访"), "answered": pgettext("figures", "接起"),
        "abandoned": _("没等到就离开"), "missed": pgettext("figures", "没人接"), "still_waiting": _("还在等"),
    }  # fmt: skip
    return names | {f"apart_{kind.value}": str(kind.label) for kind in CallType}


def _asked(request: HttpRequest) -> tuple[ServiceLine | None, list[ServiceLine], dt.datetime]:
    """The line and a moment of the month asked for. Raises ``not_found``, ``bad_request``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    lines, now = lines_with_figures(actor), clock.now()
    given = request.GET.get("line")
    wanted = ids.parse_id(given) if given else None
    line = next((one for one in lines if one.pk == wanted), None) if given else next(iter(lines), None)
    if given and line is None:
        raise Refusal("not_found")
    month = request.GET.get("month", "")
    if not month or line is None:
        return line, lines, now
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month, re.ASCII):
        raise Refusal("bad_request")
    return line, lines, dt.datetime(int(month[:4]), int(month[5:]), 1, 12, tzinfo=line.zone)


def _counts(shown: Shown) -> list[tuple[str, int | None]]:
    names = _names()
    return [(names[key], count) for key, count in shown.counts.items()]


@route(READ_FIGURES)
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The page."""
    line, lines, at = _asked(request)
    said: dict[str, Any] = {"line": line, "lines": lines}
    if line is not None:
        shown, since = shown_figures(line, at), month_of(at, line)[0]
        said |= {
            "shown": shown, "counts": _counts(shown), "month": f"{since:%Y-%m}", "group": cross_said(shown.by_group),
            "stage": cross_said(shown.by_stage), "before": f"{since - dt.timedelta(days=1):%Y-%m}",
            "day": day_said(shown.day), "forecast": compared_said(shown.compared),
        }  # fmt: skip
    return render(request, "screens/line_statistics/figures.html", said)


@route(READ_FIGURES)
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The same as CSV (UTF-8 with a mark, so that Excel reads it); a count that may not be shown is ``hidden``."""
    line, _lines, at = _asked(request)
    said = io.StringIO()
    csv.writer(said).writerow(["section", "row", "column", "value"])
    if line is not None:
        _write(said, shown_figures(line, at))
    name = f"line-{month_of(at, line)[0]:%Y-%m}.csv" if line is not None else "line.csv"
    answer = HttpResponse("\ufeff" + said.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _write(said: io.StringIO, shown: Shown) -> None:
    out = csv.writer(said)

    def write(section: str, row: str, column: str, value: int | None) -> None:
        out.writerow([section, row, column, "hidden" if value is None else value])

    compared = shown.compared
    for key, count in shown.counts.items():
        write("counts", key, "", count)
    write("service", "percent", "", shown.service_percent)
    for name, (middle, ninety) in (("wait_seconds", shown.waits), ("length_seconds", shown.lengths)):
        write(name, "median", "", middle)
        write(name, "p90", "", ninety)
    for label, count in shown.day:
        write("half_hour", label, "", count)
    for name, cross in (("topic_by_group", shown.by_group), ("topic_by_stage", shown.by_stage)):
        for (topic, other), count in cross.cells.items():
            write(name, topic, other, count)
    for section, parts in (("forecast_day", compared.days), ("forecast_half_hour", compared.slots)) if compared else ():
        for part in parts:
            for column in ("expected", "low", "high", "came", "inside", "half_hours"):
                write(section, part.label, column, getattr(part, column))
