"""The desk of those who make guides: what waits for whom, and one act a button."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongzhou.desks.guidance import selectors, services
from tongzhou.desks.guidance.models import GuideVersion, Question
from tongzhou.desks.guidance.policies import ANSWER, LOAD_EXAMPLES, PUBLISH, REVIEW, SEE_DRAFTS, WRITE, is_writer
from tongzhou.desks.guidance.types import GuideState
from tongzhou.flows.publish_guide import answer_question, publish_guide, withdraw_guide
from tongzhou.flows.return_guide import return_guide, submit_guide
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import may, route
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.screens.guidance.forms import AnswerForm, ApproveForm, PlacingForm, ReasonForm
from tongzhou.screens.guidance.shared import actor_of, put, said_version

__all__ = ["approve", "draft", "placing", "publish", "question", "send_back", "submit", "withdraw", "work"]

_GET_POST = ["GET", "HEAD", "POST"]


@route(SEE_DRAFTS)
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """What waits: to be written, reviewed, published; questions; what should be looked at again."""
    actor = actor_of(request)
    rows = list(selectors.in_the_making(actor))
    said = {
        "columns": [
            (GuideState(state).label, [one for one in rows if one.state == state])
            for state in (GuideState.IN_REVIEW, GuideState.APPROVED, GuideState.DRAFT)
        ],
        "questions": selectors.questions_waiting(actor) if may(actor, ANSWER) else [],
        "overdue": selectors.overdue(actor, clock.beijing(clock.now()).date()),
        "may_write": may(actor, WRITE), "may_load": may(actor, LOAD_EXAMPLES),
    }  # fmt: skip
    return render(request, "screens/guidance/work.html", said)


def _said_of(entry: AuditEntry) -> str:
    """What a row of the trail did to a version: the state it came to, or that its text was written."""
    before, state = entry.changes.get("state") or (None, None)
    if state in GuideState.values and state != GuideState.DRAFT:
        return str(GuideState(state).label)
    return _("退回给作者") if state and before else _("写")


def _draft_page(request: HttpRequest, edition: GuideVersion, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    own = is_writer(actor, edition)
    reviewing = edition.state == GuideState.IN_REVIEW and may(actor, REVIEW) and not own
    publishing = edition.state == GuideState.APPROVED and may(actor, PUBLISH) and not own
    said: dict[str, Any] = {
        "edition": edition, "steps": list(edition.steps.all()), "compared": selectors.changes_of(edition),
        "sources": edition.citations.all(), "own": own, "remarks": list(selectors.remarks_of(actor, edition)),
        "may_edit": edition.state == GuideState.DRAFT and may(actor, WRITE),
        "approve_form": ApproveForm() if reviewing else None,
        "back_form": ReasonForm(label=_("请作者改什么")) if reviewing or publishing else None,
        "may_publish": publishing, "entries": [(entry, _said_of(entry)) for entry in audit.history(edition)[:20]],
        "answers": Question.objects.filter(answered_in=edition).select_related("step"),
    }  # fmt: skip
    return render(request, "screens/guidance/draft.html", said | more, status=status)


@route(SEE_DRAFTS)
@require_safe
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in the making as readers will see it, beside the one before; and what can be done with it."""
    return _draft_page(request, selectors.open_version(actor_of(request), slug))


def _act(request: HttpRequest, slug: str, act: Callable[[GuideVersion], str]) -> HttpResponse:
    """Do it and go on; a refusal is shown on the draft's page."""
    edition = selectors.open_version(actor_of(request), slug)
    try:
        text = act(edition)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _draft_page(request, selectors.open_version(actor_of(request), slug), refusal.status, refusal=refusal)
    messages.success(request, text)
    return redirect("guidance:work")


@route(WRITE)
@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand it to the reviewers."""

    def act(edition: GuideVersion) -> str:
        submit_guide(actor=actor_of(request), edition=edition, expect=said_version(request))
        return _("送审了。审稿专家会看每一步和每个来源。")

    return _act(request, slug, act)


@route(REVIEW)
@require_POST
def approve(request: HttpRequest, slug: str) -> HttpResponse:
    """It may be published."""

    def act(edition: GuideVersion) -> str:
        note, done = str(request.POST.get("note", "")), "reviewed" in request.POST
        services.approve(
            actor=actor_of(request), edition=edition, now=clock.now(), note=note, still_example=not done,
            expect=said_version(request),
        )  # fmt: skip
        return _("审过了，等发布人发布。")

    return _act(request, slug, act)


@route(SEE_DRAFTS)
@require_POST
def send_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the author, with what to correct."""
    edition = selectors.open_version(actor_of(request), slug)
    form = ReasonForm(request.POST, label=_("请作者改什么"))
    if form.is_valid():
        try:
            return_guide(
                actor=actor_of(request), edition=edition, note=form.cleaned_data["reason"], expect=said_version(request)
            )
        except Refusal as refusal:
            put(form, refusal, {"note": "reason"})
        else:
            messages.success(request, _("退回给作者了，已经通知。改好再送审时会通知您。"))
            return redirect("guidance:work")
    return _draft_page(request, edition, 422, back_form=form)


@route(PUBLISH)
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Put it in force; whoever works by changed steps is reminded."""

    def act(edition: GuideVersion) -> str:
        _found, told = publish_guide(
            actor=actor_of(request), edition=edition, now=clock.now(), expect=said_version(request)
        )
        return _("发布了。") + ngettext(
            "有 %(n)d 人读过改动前的步骤，已提醒。", "有 %(n)d 人读过改动前的步骤，已提醒。", told
        ) % {"n": told}

    return _act(request, slug, act)


@route(PUBLISH)
@require_http_methods(_GET_POST)
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the version in force out of force; the reason stands at its address."""
    edition = selectors.shown_version(slug)
    form = ReasonForm(request.POST or None, label=_("为什么撤回（读者会看到）"))
    if request.method == "POST" and form.is_valid():
        try:
            _gone, told = withdraw_guide(
                actor=actor_of(request), edition=edition, reason=form.cleaned_data["reason"], now=clock.now(),
                expect=said_version(request),
            )  # fmt: skip
        except Refusal as refusal:
            put(form, refusal)
        else:
            text = ngettext("告诉了 %(n)d 人。", "告诉了 %(n)d 人。", told) % {"n": told}
            messages.success(request, _("撤回了，原因写在原来的地址上。") + text)
            return redirect("guidance:guide", slug)
    said = {"edition": edition, "form": form, "title": _("撤回"), "is_stop": True, "row_version": edition.version}
    return render(request, "screens/guidance/act.html", said, status=422 if form.errors else 200)


@route(PUBLISH)
@require_http_methods(_GET_POST)
def placing(request: HttpRequest, slug: str) -> HttpResponse:
    """Where in the work it is shown, and who should read it."""
    edition = selectors.shown_version(slug)
    guide = edition.guide
    known = {"stages": guide.stages, "roles": guide.roles, "category": guide.category_id or ""}
    form = PlacingForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            services.place(
                actor=actor_of(request), guide=guide, stages=tuple(got["stages"]), roles=tuple(got["roles"]),
                category=got["category"], expect=said_version(request),
            )  # fmt: skip
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("guidance:guide", slug)
    said = {"edition": edition, "form": form, "title": _("放在哪里、谁要读"), "row_version": guide.version}
    return render(request, "screens/guidance/act.html", said, status=422 if form.errors else 200)


@route(ANSWER)
@require_http_methods(_GET_POST)
def question(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer a question: with the version in the making when there is one, else with the one in force."""
    actor = actor_of(request)
    asked = selectors.questions_waiting(actor).filter(pk=pk).first()
    if asked is None:
        raise Refusal("not_found")
    rows = list(selectors.versions_of(actor, asked.edition.guide.slug))
    edition = next((one for one in rows if one.is_open or one.state == GuideState.PUBLISHED), None)
    if edition is None:
        raise Refusal("not_found")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            answer_question(
                actor=actor, question=asked, edition=edition, text=got["answer"], text_en=got["answer_en"],
                now=clock.now(), expect=asked.version,
            )  # fmt: skip
        except Refusal as refusal:
            put(form, refusal)
        else:
            messages.success(request, _("回答写进第 %(n)s 版。") % {"n": edition.number})
            return redirect("guidance:work")
    said = {"asked": asked, "edition": edition, "form": form}
    return render(request, "screens/guidance/question.html", said, status=422 if form.errors else 200)
