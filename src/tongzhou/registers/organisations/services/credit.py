"""Unified social credit codes (GB 32100-2015): who registered what where, and a check character."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength

from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.types import OrganisationKind

__all__ = ["CodeReading", "read_credit_code"]

#: Registering department and category (GB 32100-2015, table 1) -> the kinds such a code can belong to.
_KINDS = {
    "51": (OrganisationKind.ASSOCIATION,),
    "52": (OrganisationKind.AGENCY, OrganisationKind.HOSPITAL),
    "53": (OrganisationKind.FOUNDATION,),
    "91": (OrganisationKind.COMPANY, OrganisationKind.HOSPITAL),
    "11": (OrganisationKind.PUBLIC_BODY,),
    "12": (OrganisationKind.PUBLIC_BODY, OrganisationKind.HOSPITAL),
}


@dataclass(frozen=True, slots=True)
class CodeReading:
    """A valid code as registers write it, the kinds it may belong to (none: not told), the division it was given in."""

    code: str
    kinds: tuple[OrganisationKind, ...]
    division: str


def read_credit_code(text: str) -> CodeReading | None:
    """The credit code in `text` (any width, spaces, hyphens), None when blank; ``Refusal("bad_form")`` says why not."""
    code = unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")
    if not code:
        return None
    try:
        uscc.validate(code)
    except InvalidLength as error:
        said = _("统一社会信用代码应有 18 位，这里是 %(n)s 位") % {"n": len(code)}
        raise Refusal("bad_form", fields={"credit_code": said}) from error
    except InvalidChecksum as error:
        said = _("校验位不对：抄写时可能有一位写错或两位颠倒")
        raise Refusal("bad_form", fields={"credit_code": said}) from error
    except ValueError as error:
        said = _("只能有数字和大写字母，前 8 位中第 3 到 8 位是数字；不用 I、O、S、V、Z")
        raise Refusal("bad_form", fields={"credit_code": said}) from error
    return CodeReading(code, _KINDS.get(code[:2], ()), code[2:8])
