"""Which papers organisations of each kind must show: a list to start from, which an administrator changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tongzhou.kernel import changes, clock
from tongzhou.kernel.access import SYSTEM, Actor, may
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations.models import Organisation, Requirement
from tongzhou.registers.organisations.policies import CHANGE_REQUIREMENT
from tongzhou.registers.organisations.services.standing import settle
from tongzhou.registers.organisations.types import CHARITY_KINDS, OrganisationKind

__all__ = ["STANDARD", "Sheet", "add_requirement", "seed_requirements", "withdraw_requirement"]

_K = OrganisationKind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper of the standard list: for which kinds, what it is, how long it counts at most after it was seen."""

    code: str
    kinds: tuple[OrganisationKind, ...]
    name: str
    name_en: str
    explanation: str
    explanation_en: str
    validity_days: int | None = None
    mandatory: bool = True
    charity_only: bool = False


_PUBLIC_SITE = ("在登记机关的公示平台核对", "check on the registering authority's public site")

#: Where the law names the paper, the explanation says so; the dates printed on a paper always count.
STANDARD = (
    Sheet(
        "registration", (_K.FOUNDATION,),
        "基金会法人登记证书", "registration certificate of the foundation",
        f"《基金会管理条例》；{_PUBLIC_SITE[0]}", f"Regulation on Foundation Administration; {_PUBLIC_SITE[1]}",
    ),
    Sheet(
        "registration", (_K.ASSOCIATION,),
        "社会团体法人登记证书", "registration certificate of the association",
        f"《社会团体登记管理条例》；{_PUBLIC_SITE[0]}",
        f"Regulation on Registration of Social Organisations; {_PUBLIC_SITE[1]}",
    ),
    Sheet(
        "registration", (_K.AGENCY,),
        "民办非企业单位（社会服务机构）登记证书", "registration certificate of the social service agency",
        f"《民办非企业单位登记管理暂行条例》；{_PUBLIC_SITE[0]}",
        f"Interim Regulation on Private Non-enterprise Units; {_PUBLIC_SITE[1]}",
    ),
    Sheet(
        "annual_report", CHARITY_KINDS,
        "最近一年的年度报告或年检结论", "latest annual report or inspection",
        f"{_PUBLIC_SITE[0]}；每年更新", f"{_PUBLIC_SITE[1]}; renewed each year",
        validity_days=366,
    ),
    Sheet(
        "public_fundraising", CHARITY_KINDS,
        "公开募捐资格证书", "certificate of public fundraising",
        "《慈善法》；只有公开募捐才需要", "Charity Law; needed for public fundraising only",
        mandatory=False, charity_only=True,
    ),
    Sheet(
        "licence", (_K.COMPANY,),
        "营业执照", "business licence",
        "在国家企业信用信息公示系统核对", "check on the national enterprise credit site",
    ),
    Sheet(
        "medical_licence", (_K.HOSPITAL,),
        "医疗机构执业许可证", "licence of the medical institution",
        "《医疗机构管理条例》；在卫生健康部门的公示平台核对",
        "Regulation on Medical Institutions; check on the health authority's public site",
    ),
    Sheet(
        "special_legal_person", (_K.COMMITTEE,),
        "基层群众性自治组织特别法人统一社会信用代码证书",
        "credit code certificate of the grassroots self-governing body",
        "由县级民政部门发放；没有时由街道（乡镇）出具证明",
        "issued by the county civil affairs office; without it, a statement of the street or township office",
    ),
    Sheet(
        "legal_person", (_K.PUBLIC_BODY,),
        "事业单位法人证书或机关统一社会信用代码证书",
        "legal person certificate of the public institution, or credit code certificate of the authority",
        "在事业单位登记管理网站核对", "check on the registration site of public institutions",
    ),
    Sheet(
        "proof", (_K.OTHER,),
        "上级单位或属地街道（乡镇）出具的证明",
        "statement of the parent body or of the local street or township office",
        "写明做什么、在哪里、到何时", "says what it does, where and until when",
        validity_days=180,
    ),
    Sheet(
        "officer_letter", tuple(_K),
        "经办人授权书", "letter authorising the officer",
        "加盖公章，写明授权事项和期限；不上传身份证件",
        "sealed, says for what and until when; no identity paper is uploaded",
        validity_days=366,
    ),
)  # fmt: skip


@transaction.atomic
def seed_requirements(applies_from: dt.date | None = None) -> int:
    """Put in the standard list where a kind has no requirement of that code yet, in use or withdrawn; how many."""
    known = set(Requirement.objects.values_list("kind", "code"))
    start = applies_from or clock.beijing(clock.now()).date()
    rows = [
        Requirement(
            code=sheet.code, kind=kind, charity_only=sheet.charity_only, name=sheet.name, name_en=sheet.name_en,
            explanation=sheet.explanation, explanation_en=sheet.explanation_en, validity_days=sheet.validity_days,
            mandatory=sheet.mandatory, applies_from=start,
        )
        for sheet in STANDARD for kind in sheet.kinds if (kind.value, sheet.code) not in known
    ]  # fmt: skip
    changes.create_many(rows, actor=SYSTEM, act=CHANGE_REQUIREMENT, reason="standard list")
    return len(rows)


@transaction.atomic
def add_requirement(
    *,
    actor: Actor,
    kind: str,
    code: str,
    name: str,
    applies_from: dt.date,
    name_en: str = "",
    explanation: str = "",
    explanation_en: str = "",
    validity_days: int | None = None,
    mandatory: bool = True,
    charity_only: bool = False,
) -> Requirement:
    """Ask organisations of a kind for one more paper from a day on (today or later), so that they can prepare."""
    if not may(actor, CHANGE_REQUIREMENT):
        raise Refusal("not_found")
    wrong = {}
    if kind not in OrganisationKind.values:
        wrong["kind"] = _("请选择一种")
    if not 2 <= len(name.strip()) <= 80:
        wrong["name"] = _("请写 2 到 80 个字")
    if applies_from < clock.beijing(clock.now()).date():
        wrong["applies_from"] = _("不能从过去的日子开始")
    if validity_days is not None and not 1 <= validity_days <= 3660:
        wrong["validity_days"] = _("请写 1 到 3660 之间的天数")
    if wrong:
        raise Refusal("bad_form", fields=wrong)
    row = Requirement(
        code=code, kind=kind, name=name.strip(), name_en=name_en.strip(), explanation=explanation.strip()[:300],
        explanation_en=explanation_en.strip()[:400], validity_days=validity_days, mandatory=mandatory,
        charity_only=charity_only, applies_from=applies_from,
    )  # fmt: skip
    try:
        with transaction.atomic():
            changes.create(row, actor=actor, act=CHANGE_REQUIREMENT)
    except IntegrityError as error:
        raise Refusal("bad_form", fields={"code": _("这一类单位已经有这项要求")}) from error
    _settle_all(actor, row)
    return row


@transaction.atomic
def withdraw_requirement(
    *, actor: Actor, requirement: Requirement, expect: int | None = None, reason: str
) -> Requirement:
    """No longer ask for a paper; organisations that lacked only this one are reinstated at once."""
    if not may(actor, CHANGE_REQUIREMENT):
        raise Refusal("not_found")
    if len(reason.strip()) < 4:
        raise Refusal("bad_form", fields={"reason": _("请写明原因（4 到 300 个字）")})
    changes.apply(
        requirement, actor=actor, act=CHANGE_REQUIREMENT, expect=expect, reason=reason, withdrawn_at=clock.now()
    )
    _settle_all(actor, requirement)
    return requirement


def _settle_all(actor: Actor, requirement: Requirement) -> None:
    held = Organisation.objects.filter(
        kind=requirement.kind, withdrawn_at=None, standings__until=None, standings__isnull=False
    )
    for organisation in held.order_by("id"):
        settle(actor=actor, act=CHANGE_REQUIREMENT, organisation=organisation, reason=requirement.name)
