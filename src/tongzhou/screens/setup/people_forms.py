"""Forms about accounts, roles, teams and tokens. Areas, organisations and people are typed as people say them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel import clock
from tongzhou.kernel.access import Actor
from tongzhou.kernel.words import local
from tongzhou.registers.organisations.selectors import organisations
from tongzhou.registers.people.models import Account, Team
from tongzhou.registers.people.types import TOKEN_SCOPES, Line, Relation, Role
from tongzhou.registers.places.selectors import search_places
from tongzhou.registers.places.types import NATION
from tongzhou.registers.responses.selectors import responses

__all__ = [
    "AccountForm",
    "AreaField",
    "ConsentForm",
    "EditAccountForm",
    "GrantForm",
    "MemberForm",
    "PersonField",
    "ReasonForm",
    "SearchForm",
    "TeamForm",
    "TokenForm",
    "TrailForm",
]

#: So many suggestions are named when what was typed fits several.
_SUGGESTED = 5


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "input--medium"}, format="%Y-%m-%d")


class AreaField(forms.CharField):
    """A division by code or by name; cleans to its code ("" for the whole nation)."""

    def clean(self, value: Any) -> str:
        """The code, or an error that names what it could be."""
        text = super().clean(value).strip()
        if text in ("", NATION, "全国", "中国") or text.lower() in ("china", "nation"):
            return ""
        found = search_places(text, limit=_SUGGESTED + 1)
        exact = [place for place in found if text in (place.code, place.name, place.name_en)]
        if len(exact) == 1 or (not exact and len(found) == 1):
            return str((exact or found)[0].code)
        if not found:
            raise forms.ValidationError(gettext("没有找到这个地区，请写行政区划代码或名称，例如 4201 或 武汉市"))
        named = "、".join(f"{local(place.name, place.name_en)} {place.code}" for place in found[:_SUGGESTED])
        raise forms.ValidationError(gettext("有几个地区都符合，请写代码：%(named)s") % {"named": named})


class PersonField(forms.CharField):
    """Somebody by login name; cleans to the open account, or None when left blank."""

    def clean(self, value: Any) -> Any:
        """The account."""
        text = super().clean(value).strip().lower()
        if not text:
            return None
        found = Account.objects.filter(login=text, is_active=True, is_program=False).first()
        if found is None:
            raise forms.ValidationError(gettext("没有这个登录名的账号，或者它已停用"))
        return found


class SearchForm(forms.Form):
    """The facets of the list of accounts."""

    text = forms.CharField(label=_("名称或登录名"), required=False, max_length=80)
    role = forms.ChoiceField(label=_("角色"), required=False, choices=[("", _("全部")), *Role.choices])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), ("open", _("可以登录")), ("closed", _("已停用")), ("program", _("程序账号"))],
    )


class AccountForm(forms.Form):
    """A new account."""

    name = forms.CharField(
        label=_("显示名称"),
        max_length=80,
        help_text=_("写职责，不写真名，例如：武汉物资协调员。同事看到的就是它。"),
    )
    login = forms.RegexField(
        r"^[a-z0-9][a-z0-9._-]{2,63}\Z",
        label=_("登录名"),
        max_length=64,
        help_text=_("3–64 个小写字母、数字、点、横线或下划线"),
        error_messages={"invalid": _("只能用小写字母、数字、点、横线和下划线，至少 3 个")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("也可以用它登录；同舟不会发邮件。"))
    kind = forms.ChoiceField(
        label=_("谁在用"),
        widget=forms.RadioSelect,
        initial="adult",
        choices=[
            ("adult", _("成年人")),
            ("minor", _("未满 18 岁：要先记录监护人的同意")),
            ("program", _("程序：只用访问令牌")),
        ],
    )


class EditAccountForm(forms.Form):
    """The name and address of an account."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("显示名称"), max_length=80)
    email = forms.EmailField(label=_("电子邮箱"), required=False)


class ReasonForm(forms.Form):
    """Why: it stands in the trail."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("会写进审计记录"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConsentForm(forms.Form):
    """That a guardian consented."""

    relation = forms.ChoiceField(label=_("监护人与本人的关系"), choices=Relation.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("签了字的同意书放在哪里"),
        max_length=200,
        help_text=_("例如：社区办公室 3 号文件盒。监护人的姓名和电话留在纸上，不写进来。"),
    )
    seen = forms.BooleanField(label=_("我亲自看过监护人签字的同意书"))


class GrantForm(ReasonForm):
    """A role with its bounds."""

    field_order = ("role", "line", "area", "response", "organisation", "until", "reason")
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    line = forms.ChoiceField(label=_("条线"), choices=Line.choices, initial=Line.ALL)
    area = AreaField(
        label=_("地区"), required=False, max_length=60, help_text=_("行政区划代码或名称，例如 4201 或 武汉市；全国留空")
    )
    response: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=_("应急响应"), queryset=None, required=False, empty_label=_("全部")
    )
    organisation = forms.CharField(
        label=_("组织"), required=False, max_length=200, help_text=_("只有组织经办人要写：名称、简称或信用代码")
    )
    until = forms.DateField(
        label=_("到哪一天"), required=False, widget=_date(), help_text=_("那一天结束时自动失效；长期有效留空")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["response"].queryset = responses(actor)  # type: ignore[attr-defined]

    def clean_organisation(self) -> Any:
        """The one organisation that fits, or None."""
        text = self.cleaned_data["organisation"].strip()
        if not text:
            return None
        found = list(organisations(self.actor, text=text)[: _SUGGESTED + 1])
        exact = [one for one in found if text in (one.name, one.short_name, one.credit_code)]
        if len(exact) == 1 or (not exact and len(found) == 1):
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(gettext("没有找到这个组织，请先在“组织”里登记它"))
        named = "、".join(one.name for one in found[:_SUGGESTED])
        raise forms.ValidationError(gettext("有几个组织都符合，请写全名：%(named)s") % {"named": named})

    def clean_until(self) -> dt.datetime | None:
        """The end of that day in Beijing."""
        day: dt.date | None = self.cleaned_data["until"]
        return _end_of(day, required=False)


def _end_of(day: dt.date | None, *, required: bool) -> dt.datetime | None:
    if day is None:
        return None
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.BEIJING)
    if ends <= clock.now():
        raise forms.ValidationError(gettext("这一天已经过去了"))
    return ends


class TokenForm(ReasonForm):
    """A key for a program."""

    field_order = ("name", "scopes", "until", "reason")
    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：医院库存系统每小时同步"))
    scopes = forms.MultipleChoiceField(
        label=_("范围"),
        choices=[(scope, scope) for scope in TOKEN_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾用得到的。令牌看不到任何联系方式。"),
    )
    until = forms.DateField(label=_("到哪一天"), widget=_date(), help_text=_("最长一年"))

    def clean_until(self) -> dt.datetime | None:
        """The end of that day in Beijing."""
        return _end_of(self.cleaned_data["until"], required=True)


class TeamForm(forms.Form):
    """A team."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("名称"), max_length=80)
    area = AreaField(label=_("地区"), required=False, max_length=60, help_text=_("行政区划代码或名称；全国留空"))
    line = forms.ChoiceField(label=_("条线"), choices=Line.choices, initial=Line.ALL)
    lead = PersonField(label=_("队长的登录名"), required=False, max_length=64)

    @classmethod
    def initial_of(cls, team: Team) -> dict[str, Any]:
        """What the form shows of a team."""
        return {
            "version": team.version,
            "name": team.name,
            "area": team.area,
            "line": team.line,
            "lead": team.lead.login if team.lead else "",
        }


class MemberForm(forms.Form):
    """Somebody joins a team."""

    account = PersonField(label=_("登录名"), max_length=64)


class TrailForm(forms.Form):
    """The facets of the audit trail."""

    who = forms.CharField(label=_("谁（登录名）"), required=False, max_length=64)
    act = forms.CharField(
        label=_("动作"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "acts"})
    )
    object = forms.CharField(label=_("对象编号"), required=False, max_length=36)
