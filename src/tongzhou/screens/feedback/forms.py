"""The form anybody fills in, and what was done about it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.evaluation.types import About
from tongzhou.chain.intake.forms.public import PublicForm

__all__ = ["FeedbackForm", "OutcomeForm"]


class FeedbackForm(PublicForm):
    """Three fields."""

    about = forms.ChoiceField(label=_("是哪方面"), choices=About.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("哪里不对，或者缺什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("有求助编号可以写上。急需帮助请直接求助，不要写在这里。"),
    )  # fmt: skip
    reply_to = forms.CharField(
        label=_("怎么回复您"), max_length=100, required=False, help_text=_("电话、微信或邮箱；不想留就空着")
    )


class OutcomeForm(forms.Form):
    """What was done."""

    outcome = forms.CharField(
        label=_("做了什么"), min_length=4, max_length=300, help_text=_("不写对方的姓名和电话"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
