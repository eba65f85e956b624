"""Writing: a new guide, the text of a draft, a new version, the shipped examples."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tongzhou.desks.guidance import selectors, services
from tongzhou.desks.guidance.models import GuideVersion
from tongzhou.desks.guidance.policies import LOAD_EXAMPLES, SEE_DRAFTS, WRITE
from tongzhou.desks.guidance.types import GuideState, SaidText
from tongzhou.flows.guide_examples import load_examples, missing_examples
from tongzhou.flows.return_guide import save_draft
from tongzhou.kernel import clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.screens.guidance.forms import DraftForm, NewGuideForm
from tongzhou.screens.guidance.shared import actor_of, put

__all__ = ["edit", "examples", "new", "revise"]

_GET_POST = ["GET", "HEAD", "POST"]


@route(WRITE)
@require_http_methods(_GET_POST)
def new(request: HttpRequest) -> HttpResponse:
    """A new guide: where it belongs; then its text."""
    form = NewGuideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = SaidText(title=form.cleaned_data["title"], steps=())
            made = services.start_guide(actor=actor_of(request), said=form.guide(), text=text)
            return redirect("guidance:edit", made.guide.slug)
        except Refusal as refusal:
            put(form, refusal)
    return render(request, "screens/guidance/new.html", {"form": form}, status=422 if form.errors else 200)


def _form_page(request: HttpRequest, edition: GuideVersion, form: DraftForm, status: int = 200) -> HttpResponse:
    waiting = selectors.questions_waiting(actor_of(request), edition.guide)
    said = {"edition": edition, "form": form, "waiting": waiting, "remark": form.remark}
    return render(request, "screens/guidance/edit.html", said, status=status)


@route(WRITE)
@require_http_methods(_GET_POST)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The text of the draft. A wrong row is shown beside the row; nothing typed is lost."""
    edition = selectors.open_version(actor_of(request), slug)
    if edition.state != GuideState.DRAFT:
        return redirect("guidance:draft", slug)
    said, remark = selectors.text_of(edition), selectors.last_remark(edition)
    if request.method != "POST":
        return _form_page(request, edition, DraftForm(said=said, version=edition.version, remark=remark))
    form = DraftForm(request.POST, said=said, remark=remark)
    if form.is_valid():
        text = form.said(is_example=edition.is_example)
        try:
            expect = form.cleaned_data["version"] or 0
            answer = form.cleaned_data.get("answer", "")
            save_draft(actor=actor_of(request), edition=edition, text=text, answer=answer, expect=expect)
        except Refusal as refusal:
            if refusal.fields:
                form.show(refusal.fields)
            else:
                put(form, refusal)
            if refusal.code == "version_stale":
                fresh = request.POST.copy()
                fresh["version"] = str(selectors.open_version(actor_of(request), slug).version)
                form.data = fresh
        else:
            messages.success(request, _("存好了。看一遍，再送审。"))
            return redirect("guidance:draft", slug)
    return _form_page(request, edition, form, 422)


@route(WRITE)
@require_POST
def revise(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft of the next version; when there is one already, that one."""
    edition = selectors.shown_version(slug)
    try:
        services.revise(actor=actor_of(request), guide=edition.guide)
    except Refusal as refusal:
        if refusal.code != "guide_open":
            raise
        messages.info(request, f"{refusal.what} · {refusal.todo}")
        return redirect("guidance:draft", slug)
    return redirect("guidance:edit", slug)


@route(LOAD_EXAMPLES)
@require_http_methods(_GET_POST)
def examples(request: HttpRequest) -> HttpResponse:
    """The examples that ship: which of them are not here yet, and one button that makes drafts of them."""
    actor, now = actor_of(request), clock.now()
    if request.method == "POST":
        made = load_examples(actor=actor, now=now)
        text = ngettext("放进来 %(n)d 份草稿", "放进来 %(n)d 份草稿", len(made)) % {"n": len(made)}
        messages.success(request, text + _("，都标着“示例”。请专业人员改过、审过再发布。"))
        return redirect("guidance:work" if may(actor, SEE_DRAFTS) else "guidance:examples")
    return render(request, "screens/guidance/examples.html", {"rows": missing_examples(now)})
