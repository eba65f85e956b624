"""A roster workbook that exists already: brought in, looked through cell by cell, accepted."""

from __future__ import annotations

import io
import uuid

import xlsxwriter
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.desks.professionals.models import PeopleImport
from tongzhou.desks.professionals.policies import IMPORT_PEOPLE
from tongzhou.desks.professionals.selectors import lines as selectors
from tongzhou.desks.professionals.services import workbook
from tongzhou.desks.professionals.services.columns import HEADINGS
from tongzhou.desks.professionals.types import ImportState
from tongzhou.kernel import clock, throttle
from tongzhou.kernel.access import route
from tongzhou.screens.professionals.forms import UploadForm
from tongzhou.screens.professionals.requests import actor_of, went

__all__ = ["batch", "template", "upload"]

_EXAMPLE = ("示例人员（请删去本行）", "19000000001", "心理治疗师", "XL-0001", "某卫生健康委员会", "2027-12-31", 6, 120,
            "心理援助", "普通话、武汉话", "是", "否", 20, "周一至周五 08:00-18:00；周末 全天")  # fmt: skip


@route(IMPORT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Choose a file; it is read and shown before anything is taken."""
    actor = actor_of(request)
    line = selectors.get_line(actor, line_id, IMPORT_PEOPLE)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        throttle.hit("line.import", str(actor.account_id), limit=60, seconds=3600)
        file, made = form.cleaned_data["file"], list[PeopleImport]()
        content = file.read(workbook.LARGEST_BYTES + 1)
        if went(
            form,
            lambda: made.append(
                workbook.read_people(actor=actor, line=line, name=file.name, content=content, now=clock.now())
            ),
        ):
            return redirect("people_line:import_batch", made[0].pk)
    earlier: QuerySet[PeopleImport] = line.imports.all()[:20]
    said = {"line": line, "form": form, "earlier": earlier, "headings": [names[0] for names in HEADINGS.values()]}
    return render(request, "screens/professionals/upload.html", said, status=422 if form.errors else 200)


@route(IMPORT_PEOPLE)
@require_safe
def template(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """An empty workbook with the headings and one example."""
    line = selectors.get_line(actor_of(request), line_id, IMPORT_PEOPLE)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名册")
    sheet.write_row(0, 0, [names[0] for names in HEADINGS.values()], book.add_format({"bold": True}))
    sheet.write_row(1, 0, _EXAMPLE)
    sheet.set_column(0, len(HEADINGS) - 1, 16)
    book.close()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(out.getvalue(), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="tongzhou-line-{line.place_id}.xlsx"'
    return answer


@route(IMPORT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What was read, row by row, with what is wrong in which cell; then all that can be taken is taken, or nothing."""
    actor = actor_of(request)
    one = selectors.get_import(actor, import_id)
    if request.method == "POST":
        if request.POST.get("do") == "discard":
            workbook.discard_people(actor=actor, batch=one)
            messages.success(request, _("没有收下，读到的内容已销毁。"))
        else:
            done = workbook.accept_people(actor=actor, batch=one, expect=one.version, now=clock.now())
            messages.success(request, _("收下了 %(n)d 人，等另一个人核对资质。") % {"n": done.taken})
        return redirect("people_line:line", one.line_id)
    seen = workbook.preview_of(actor=actor, batch=one)
    rows = seen["rows"]
    said = {
        "batch": one, "line": one.line, "rows": rows, "unused": seen["unused"],
        "can": sum(row["verdict"] == "new" for row in rows), "cannot": sum(row["verdict"] == "cannot" for row in rows),
        "known": sum(row["verdict"] == "known" for row in rows), "ready": one.state == ImportState.READY,
    }  # fmt: skip
    return render(request, "screens/professionals/batch.html", said)
