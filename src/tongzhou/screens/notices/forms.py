"""Forms of notices: the own choices, and channels."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongzhou.registers.notices.models import Channel, Preference
from tongzhou.registers.notices.types import PERSONAL, ChannelKind, NoticeKind
from tongzhou.registers.people.types import Language
from tongzhou.registers.responses.models import Response

__all__ = ["ChangeChannelForm", "ChannelForm", "WayForm"]

_HOURS = [(hour * 60, f"{hour:02d}:00") for hour in range(24)]


class WayForm(forms.Form):
    """How one account is told by one channel."""

    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("听哪些（都不选就是全部）"),
        choices=NoticeKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    quiet_from = forms.TypedChoiceField(label=_("安静时间从"), choices=_HOURS, coerce=int, initial=22 * 60)
    quiet_until = forms.TypedChoiceField(
        label=_("到"), choices=_HOURS, coerce=int, initial=7 * 60,
        help_text=_("这段时间里先存着，到点再发；危及生命的不等。两个时间相同就是全天都发。"),
    )  # fmt: skip

    def __init__(self, *args: Any, channel: Channel, chosen: Preference | None = None, **kwargs: Any) -> None:
        if chosen is not None:
            kwargs["initial"] = {name: getattr(chosen, name) for name in ("kinds", "quiet_from", "quiet_until")}
        super().__init__(*args, **kwargs)
        field = self.fields["address"]
        label, hint, kind = {
            ChannelKind.EMAIL: (_("邮箱"), _("例如 name@example.org"), "email"),
            ChannelKind.SMS: (_("手机号"), _("短信由您所在组织的网关发出"), "tel"),
        }.get(ChannelKind(channel.kind), (_("接收地址"), _("以 https:// 开头"), "url"))
        field.label, field.help_text = label, hint
        field.widget.input_type = kind
        if chosen is not None:
            field.help_text = _("已经填过；不改就留空")
        field.required = chosen is None


class _Common(forms.Form):
    broadcasts = forms.MultipleChoiceField(
        label=_("往这个群里播报哪些"), choices=NoticeKind.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选：这个渠道只给各人发各人的通知。播报里没有任何人的联系方式。"),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("播报用的语言"), choices=Language.choices, required=False)


class ChannelForm(_Common):
    """A new channel."""

    name = forms.CharField(label=_("名称"), max_length=60)
    kind = forms.ChoiceField(label=_("种类"), choices=ChannelKind.choices)
    address = forms.CharField(
        label=_("地址"), max_length=500,
        help_text=_(
            "邮件 mailtos://用户:密码@服务器:端口?from=发件地址；企业微信 wecombot://机器人密钥；"
            "钉钉 dingtalk://令牌；飞书 feishu://令牌；短信网关和回调 https://……"
        ),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("签名密钥（网关和回调）"), max_length=200, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("至少 16 个字符；对方用它核对消息确实出自这里"),
    )  # fmt: skip
    response = forms.ModelChoiceField(
        label=_("只用于"), queryset=Response.objects.none(), required=False, empty_label=_("全部应急响应")
    )

    field_order = ("name", "kind", "address", "secret", "response", "broadcasts", "language")

    def __init__(self, *args: Any, responses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["response"].queryset = responses  # type: ignore[attr-defined]


class ChangeChannelForm(_Common):
    """A channel that is there: blank address and secret stay as they are."""

    address = forms.CharField(label=_("新的地址（不改就留空）"), max_length=500, required=False)
    secret = forms.CharField(
        label=_("新的签名密钥（不改就留空）"), max_length=200, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("启用"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("address", "secret", "broadcasts", "language", "enabled", "version")

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "broadcasts": channel.broadcasts, "language": channel.language, "enabled": channel.enabled,
            "version": channel.version,
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        if channel.kind not in PERSONAL:
            self.fields["broadcasts"].help_text = _("不选就什么也不发。播报里没有任何人的联系方式。")
