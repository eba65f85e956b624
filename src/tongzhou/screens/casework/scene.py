"""What these pages share: who asks, a fragment for a script or a whole page, a form of the written editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongzhou.desks.casework.services.forms import ANSWERS, Form
from tongzhou.desks.hotline.models import Contact
from tongzhou.kernel.access import Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.words import local

__all__ = ["actor_of", "answer", "asked", "rows_of"]


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def answer(
    request: HttpRequest, part: str, said: dict[str, Any], *, contact: Contact | None = None,
    trouble: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    """The part alone when a script asks for it, else on a page of its own; what was refused stays filled in."""
    alone = request.headers.get("HX-Request") == "true"
    shown = f"screens/casework/{part}.html"
    context = {**said, "part": shown, "contact": contact, "trouble": trouble}
    template = shown if alone else "screens/casework/page.html"
    return render(request, template, context, status=trouble.status if trouble else 200)


def rows_of(form: Form, given: Mapping[str, str], missing: str = "") -> list[dict[str, Any]]:
    """The fields of a form for its template: what stands there, what may be chosen, what is still missing."""
    found = []
    for field in form.fields:
        said = given.get(field["code"], "")
        options = field.get("options") or []
        kind = field["kind"]
        found.append(
            {
                "code": field["code"],
                "kind": kind,
                "label": local(field["label"], field["label_en"]),
                "said": said,
                "answers": ANSWERS if kind == "answer" else (),
                "options": [(value, local(zh, en), value == said) for value, zh, en in options],
                "required": field["required"],
                "depends": bool(field.get("when")),
                "missing": field["code"] in missing.split(","),
            }
        )
    return found


def asked(request: HttpRequest, form: Form) -> dict[str, str]:
    """What was sent for the fields of a form."""
    return {field["code"]: str(request.POST.get(field["code"], "")) for field in form.fields}
