"""Fields that take what frightened people type: nothing harmless is refused, nothing harmful is kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tongzhou.chain.intake.services.amounts import Amount, read_amount
from tongzhou.kernel import crypto

__all__ = [
    "LONG",
    "AmountField",
    "LineField",
    "PhoneField",
    "ReachField",
    "StoryField",
    "chosen_field",
    "plain_text",
    "reach_of",
]

#: The longest text of several lines.
LONG = 2000

#: Control characters, halves of a character, and marks that turn the direction of text (they can hide what is there).
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe]"
)


def plain_text(text: str, *, lines: bool = False) -> str:
    """`text` without what must not be kept, blanks at the ends and (unless `lines`) line breaks."""
    clean = _HARMFUL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    return clean.strip() if lines else " ".join(clean.split())


def chosen_field(label: Any, choices: list[tuple[str, Any]], missing: Any, **more: Any) -> forms.ChoiceField:
    """One of `choices`, none of them chosen beforehand; `missing` is said when nobody chose."""
    listed = choices if more.get("widget") is forms.RadioSelect else [("", _("请选一个")), *choices]
    return forms.ChoiceField(label=label, choices=listed, error_messages={"required": missing}, **more)


class LineField(forms.CharField):
    """One line of text. Unlike Django's own field it takes a NUL out instead of refusing the whole form."""

    default_validators: list[Any] = []  # noqa: RUF012  # Django's own way

    def __init__(self, *, max_length: int = 200, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)
        self.validators = [one for one in self.validators if type(one).__name__ != "ProhibitNullCharactersValidator"]

    def to_python(self, value: Any) -> str:
        """The text made plain."""
        return plain_text(super().to_python(value) or "")


class StoryField(LineField):
    """Several lines."""

    def __init__(self, *, max_length: int = LONG, rows: int = 3, **more: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea({"rows": rows}), **more)

    def to_python(self, value: Any) -> str:
        """The text made plain, its lines kept."""
        return plain_text(forms.CharField.to_python(self, value) or "", lines=True)


class PhoneField(LineField):
    """A phone number as people write it: mobile or landline, with blanks, hyphens, +86 or an extension."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)
        self.widget.input_type = "tel"
        self.widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean(self, value: Any) -> str:
        """The number as typed (plain); the error says what a number looks like."""
        text: str = super().clean(value)
        if not text:
            return ""
        if not _looks_like_phone(text):
            raise ValidationError(_("这不像电话号码：手机是 11 位数字，座机要带区号，例如 027-12345678"))
        return text


#: A WeChat id as WeChat gives them out, and how people announce one (some with a telephone number for an id).
_WECHAT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}")
_ANNOUNCED = re.compile(
    r"(.*?)\W*(?:微信|薇信|v信|wechat|weixin|vx|wx)\W*(?:号码?|id)?\W*([A-Za-z0-9][A-Za-z0-9_-]{4,19})\W*",
    re.IGNORECASE,
)
_THE_SAME = re.compile(
    r"\W*(?:电话|手机号?)?[和、/与]?(?:微信|wechat|wx|vx)(?:号)?(?:同号|同步|一样)\W*", re.IGNORECASE
)


def reach_of(text: str) -> tuple[str, str]:
    """(phone, WeChat id) in what was typed into one field, each blank when it is not there; both blank: neither."""
    plain = unicodedata.normalize("NFKC", text).strip()
    same = _THE_SAME.search(plain)
    if same:
        plain = f"{plain[: same.start()]} {plain[same.end() :]}".strip()
    if _WECHAT.fullmatch(plain):
        return "", plain
    announced = _ANNOUNCED.fullmatch(plain)
    phone, wechat = (announced[1], announced[2]) if announced else (plain, "")
    phone = phone.strip() if _looks_like_phone(phone) else ""
    return phone, wechat or (phone if same else "")


def _looks_like_phone(text: str) -> bool:
    return 7 <= len(crypto.normal_phone(text)) <= 18 and not re.search(r"[A-Za-z\u3400-\u9fff]{4,}", text)


class ReachField(LineField):
    """A phone number or a WeChat id in one field; see `reach_of`. A phone's own keys would shut out the second."""

    missing = _("请留一个能打通的电话或微信号，不然没法核实")

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=60, **more)
        self.widget.attrs |= {"autocomplete": "tel", "autocapitalize": "none", "spellcheck": "false"}

    def clean(self, value: Any) -> str:
        """The text as typed (plain); the error says what a number and an id look like."""
        text: str = super().clean(value)
        if text and not any(reach_of(text)):
            raise ValidationError(
                _(
                    "这不像电话，也不像微信号：手机是 11 位数字，座机要带区号，例如 027-12345678；"
                    "微信号是 6 到 20 位，以字母开头"
                )
            )
        return text


class AmountField(LineField):
    """How much, with its unit: ``2 盒``. What cannot be read is kept as it was written and asked about by phone."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)

    def clean(self, value: Any) -> tuple[Amount, str]:
        """The amount, and the text it was read from."""
        text: str = super().clean(value)
        return read_amount(text), text
