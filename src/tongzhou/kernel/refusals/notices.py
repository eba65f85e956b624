"""Refusals: channels of notices and what people choose to hear."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "channel_address": ErrorText(
        400,
        "这种渠道的地址要以 {wanted} 开头",
        "an address of this kind of channel begins with {wanted}",
        "请按说明把地址写全；示例在栏目下面",
        "write the whole address as in the example below the field",
    ),
    "channel_gateway": ErrorText(
        400,
        "这个地址不能用作网关或回调",
        "this address cannot be used for a gateway or webhook",
        "请写公开的 https 地址，里面没有用户名和密码；内网里的网关，先请部署的人写进 TONGZHOU_PRIVATE_GATEWAYS",
        "write a public https address without a user name or password; a gateway inside a private network must first "
        "be named in TONGZHOU_PRIVATE_GATEWAYS by whoever deploys",
    ),
    "channel_name": ErrorText(
        409,
        "已经有同名的渠道",
        "there is a channel of that name already",
        "请换一个名称，或修改原有的渠道",
        "choose another name, or change the one that is there",
    ),
    "channel_secret": ErrorText(
        400,
        "网关和回调要有至少 16 个字符的签名密钥",
        "a gateway or webhook needs a signing secret of at least 16 characters",
        "请与对方约定一个随机的密钥，两边填同一个",
        "agree on a random secret with the other side and enter the same one in both places",
    ),
    "notice_address": ErrorText(
        400,
        "这个地址不能用在这个渠道上",
        "this address cannot be used with this channel",
        "邮件填邮箱，短信填手机号，回调填以 https:// 开头的地址",
        "a mail address for mail, a mobile number for SMS, an https:// address for a webhook",
    ),
}
