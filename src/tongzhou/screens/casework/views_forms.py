"""The written forms of a line: which edition holds, a new one written, read by another supervisor, put in force."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongzhou.desks.casework.policies import EDIT_FORMS
from tongzhou.desks.casework.services.editions import FIRST_OWN
from tongzhou.desks.professionals.models import ServiceLine
from tongzhou.flows import line_forms
from tongzhou.flows.contact_read import lines_of
from tongzhou.flows.hand_shift import supervises
from tongzhou.kernel import clock
from tongzhou.kernel.access import route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.casework.editing import body_of, page_of, typed_of
from tongzhou.screens.casework.scene import actor_of

__all__ = ["edit", "forms"]


def _edition(version: int) -> str:
    if version >= FIRST_OWN:
        return _("这条热线自己的版本（编号 %(n)d）") % {"n": version}
    return _("随软件的第 %(n)d 版") % {"n": version}


@route(EDIT_FORMS)
@require_safe
def forms(request: HttpRequest) -> HttpResponse:
    """The forms of every line one supervises."""
    actor = actor_of(request)
    listed = [
        {
            "line": line,
            "rows": [
                {"stand": one, "title": one.now.words("title"), "edition": _edition(one.now.version)}
                for one in line_forms.stands(actor=actor, line=line)
            ],
        }
        for line in lines_of(actor)
        if supervises(actor, line.pk)
    ]
    return render(request, "screens/casework/forms.html", {"listed": listed})


@route(EDIT_FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, line_id: uuid.UUID, name: str) -> HttpResponse:
    """Write the next edition (``do=save``), put another's in force (``release``), throw it away (``drop``)."""
    line = ServiceLine.objects.filter(pk=line_id).first()
    if line is None:
        raise Refusal("not_found")
    if request.method != "POST":
        return _show(request, line, name)
    try:
        return _write(request, line, name)
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        return _show(request, line, name, refusal)


def _write(request: HttpRequest, line: ServiceLine, name: str) -> HttpResponse:
    actor, does = actor_of(request), request.POST.get("do")
    if does == "release":
        line_forms.release_draft(actor=actor, line=line, name=name, now=clock.now())
        messages.success(request, _("启用了。从现在起写的用新版，以前写的还是原来的版本。"))
        return redirect("casework:forms")
    if does == "drop":
        line_forms.drop_draft(actor=actor, line=line, name=name)
        messages.success(request, _("新版放弃了，现用的不变。"))
        return redirect("casework:forms")
    line_forms.save_draft(
        actor=actor, line=line, name=name, body=body_of(request.POST, screens=name == "screening")
    )  # fmt: skip
    messages.success(request, _("新版存好了。请另一位督导看过、启用。"))
    return redirect("casework:form_edit", line.pk, name)


def _show(request: HttpRequest, line: ServiceLine, name: str, trouble: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    stand = line_forms.stand_of(actor=actor, line=line, name=name)
    draft = stand.draft
    typed = trouble is not None and "code-1" in request.POST
    shown = typed_of(request.POST) if typed else page_of(draft.body if draft is not None else stand.now.body)
    said: dict[str, Any] = {
        "line": line, "stand": stand, "title": stand.now.words("title"), "edition": _edition(stand.now.version),
        "draft": draft, "mine": draft is not None and draft.written_by == actor.account_id, "trouble": trouble,
        "screens": name == "screening", **shown,
        "kinds": [("answer", _("是、不是、不知道")), ("choice", _("从几项里选")), ("text", _("写字"))],
    }  # fmt: skip
    return render(request, "screens/casework/form_edit.html", said, status=trouble.status if trouble else 200)
