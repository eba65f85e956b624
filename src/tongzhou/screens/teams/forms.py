"""Opening an entrance, and coming in through it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.dispatch.services.entrances import LONGEST_DAYS, MOST_PEOPLE
from tongzhou.chain.dispatch.types import ENTRANCE_DAYS
from tongzhou.chain.intake.forms.fields import LineField
from tongzhou.chain.intake.forms.public import PublicForm
from tongzhou.registers.people.models import Account

__all__ = ["EntranceForm", "JoinAsForm", "JoinForm"]

_HEALTHY = _("我今天不发热、不咳嗽，14 天内没有接触过确诊的人")
_KIT = _("我有口罩、手套和消毒用品")


class EntranceForm(forms.Form):
    """For how many, for how long, and where insurance is asked about."""

    most = forms.IntegerField(
        label=_("最多让多少人加入"), initial=30, min_value=1, max_value=MOST_PEOPLE,
        help_text=_("按实际缺的人数写。满了就自动停，不会招来用不上的人。"),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("几天内有效"), initial=ENTRANCE_DAYS, min_value=1, max_value=LONGEST_DAYS,
        help_text=_("到期自动失效；海报贴出去就收不回来，不要写太长。"),
    )  # fmt: skip
    insurance_contact = LineField(
        label=_("志愿者保险问哪里"), required=False, max_length=200,
        help_text=_("写办公室和公开电话，不写个人。例如：区志愿服务联合会办公室 027-12345678"),
    )  # fmt: skip


class JoinForm(PublicForm):
    """Somebody new: eight questions, no telephone number."""

    name = LineField(
        label=_("怎么称呼您"), max_length=40, help_text=_("昵称或岗位名，例如“江岸小李”。不用写真名，不要手机号。"),
        widget=forms.TextInput({"autocomplete": "nickname"}),
    )  # fmt: skip
    login = LineField(
        label=_("登录名"), required=False, max_length=64,
        help_text=_("3 个以上小写字母或数字。不填，我们给您编一个。"),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label=_("密码"), strip=False, max_length=200,
        help_text=_("至少 10 个字；不要纯数字或常见密码。几个不相干的词连起来最好记。"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}, render_value=False),
    )  # fmt: skip
    password2 = forms.CharField(
        label=_("再写一遍密码"), strip=False, max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip
    adult = forms.ChoiceField(
        label=_("您满 18 岁了吗"), choices=[("yes", _("满 18 岁")), ("no", _("还没有"))], widget=forms.RadioSelect,
        error_messages={"required": _("请选一个")},
    )  # fmt: skip
    healthy = forms.BooleanField(
        label=_HEALTHY, required=False, help_text=_("不是这样就先不勾：可以加入，但要等好了才能接任务。")
    )
    kit = forms.BooleanField(label=_KIT, required=False, help_text=_("没有就先不勾，领到以后再申报。"))
    conduct = forms.BooleanField(
        label=_("我看过下面的约定，会照着做"), error_messages={"required": _("请先看“我们的约定”，同意再加入")}
    )

    def clean_login(self) -> str:
        """Small letters; blank stays blank. Whether it is taken says the flow: it knows its own form sent twice."""
        login: str = self.cleaned_data["login"].lower()
        if login:
            Account._meta.get_field("login").run_validators(login)
        return login

    def clean(self) -> dict[str, Any]:
        """The password is strong enough for this account and was written the same twice."""
        found = super().clean() or {}
        if "password1" in found:
            if found.get("password2") != found["password1"]:
                self.add_error("password2", _("两次写的密码不一样"))
            try:
                validate_password(found["password1"], Account(login=found.get("login", ""), name=found.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return found


class JoinAsForm(PublicForm):
    """Somebody who is signed in as a volunteer already."""

    healthy = forms.BooleanField(label=_HEALTHY, required=False)
    kit = forms.BooleanField(label=_KIT, required=False)
    conduct = forms.BooleanField(
        label=_("我看过下面的约定，会照着做"), error_messages={"required": _("请先看“我们的约定”，同意再加入")}
    )
