"""The tables of people. The database itself refuses a minor without consent, an officer of nothing, a doubled grant."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from tongzhou.kernel.models import Record
from tongzhou.registers.people.types import OFFICER, Language, Line, Purpose, Relation, Role, Second, Theme

__all__ = ["Account", "Grant", "Invitation", "Team", "TeamMember", "Token"]

_login_form = RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,63}\Z", _("3–64 个小写字母、数字、点、横线或下划线"))
_area_form = RegexValidator(
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9})?\Z", _("行政区划代码为 2、4、6 或 9 位数字，全国留空")
)
_NO_ID = Value(uuid.UUID(int=0), output_field=models.UUIDField())


class AccountManager(BaseUserManager["Account"]):
    """Accounts are made by services only; this finds them."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account with this login name."""
        return self.get(login=(username or "").lower())


class Account(Record, AbstractBaseUser):
    """Somebody who signs in. The name is a role title (武汉物资协调员), not a person's name."""

    #: Never copied into the audit trail.
    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("password", "last_login")
    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    login = models.CharField(_("登录名"), max_length=64, unique=True, validators=[_login_form])
    email = models.EmailField(_("电子邮箱"), blank=True)
    name = models.CharField(_("显示名称"), max_length=80)
    language = models.CharField(_("语言"), max_length=10, blank=True, choices=Language.choices)
    theme = models.CharField(_("外观"), max_length=5, blank=True, choices=Theme.choices)
    is_active = models.BooleanField(_("可以登录"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    #: A program's account: signs in with tokens only, so the trail never mistakes a program for a person.
    is_program = models.BooleanField(_("程序账号"), default=False)
    is_adult = models.BooleanField(_("已满 18 岁"), default=True)
    consent_relation = models.CharField(_("监护人与本人的关系"), max_length=11, blank=True, choices=Relation.choices)
    consent_evidence = models.CharField(_("同意书存放处"), max_length=200, blank=True)
    consent_at = models.DateTimeField(null=True, editable=False)
    consent_by = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="consents_recorded"
    )

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="people_account_email_once"),
            models.CheckConstraint(
                condition=Q(is_adult=True) | Q(is_active=False) | Q(consent_at__isnull=False),
                name="people_account_minor_consent",
            ),
            models.CheckConstraint(
                condition=Q(consent_at__isnull=True)
                | (Q(consent_by__isnull=False) & ~Q(consent_relation="") & ~Q(consent_evidence="")),
                name="people_account_consent_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(Record):
    """People who work one place on one line together."""

    name = models.CharField(_("名称"), max_length=80)
    area = models.CharField(_("地区代码"), max_length=9, blank=True, validators=[_area_form])
    line = models.CharField(_("条线"), max_length=8, choices=Line.choices, default=Line.ALL)
    response_id = models.UUIDField(_("应急响应"), null=True, blank=True, db_index=True)
    lead = models.ForeignKey(
        Account, null=True, blank=True, verbose_name=_("队长"), on_delete=models.PROTECT, related_name="teams_led"
    )
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "name", Coalesce("response_id", _NO_ID), condition=Q(closed_at__isnull=True), name="people_team_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(Record):
    """Somebody in a team, from one day until another."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    account = models.ForeignKey(Account, verbose_name=_("账号"), on_delete=models.PROTECT, related_name="memberships")
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "account"], condition=Q(left_at__isnull=True), name="people_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} @ {self.team}"


class Grant(Record):
    """A dated role on a line (条) in an area (块); an officer's grant is for one organisation."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=11, choices=Role.choices)
    line = models.CharField(_("条线"), max_length=8, choices=Line.choices, default=Line.ALL)
    area = models.CharField(_("地区代码"), max_length=9, blank=True, validators=[_area_form])
    response_id = models.UUIDField(_("应急响应"), null=True, blank=True, db_index=True)
    #: Organisations stand above people, so this is an id, checked by whoever grants.
    organisation_id = models.UUIDField(_("组织"), null=True, blank=True, db_index=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, verbose_name=_("团队"), on_delete=models.PROTECT, related_name="grants"
    )
    valid_from = models.DateTimeField(_("生效时间"))
    valid_until = models.DateTimeField(_("到期时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=200)
    granted_by = models.ForeignKey(
        Account, null=True, editable=False, on_delete=models.PROTECT, related_name="grants_given"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "account",
                "role",
                "line",
                "area",
                Coalesce("response_id", _NO_ID),
                Coalesce("organisation_id", _NO_ID),
                Coalesce("team", _NO_ID),
                condition=Q(revoked_at__isnull=True),
                name="people_grant_once",
            ),
            models.CheckConstraint(
                condition=(Q(role=OFFICER) & Q(organisation_id__isnull=False))
                | (~Q(role=OFFICER) & Q(organisation_id__isnull=True)),
                name="people_grant_officer_of_one",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="people_grant_dates",
            ),
            models.CheckConstraint(
                condition=Q(line__in=Line.values) & Q(role__in=Role.values), name="people_grant_known"
            ),
            models.CheckConstraint(condition=In(Length("area"), [0, 2, 4, 6, 9]), name="people_grant_area"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "revoked_at"], name="people_grant_live")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.line} {self.area or '*'}"


class Token(Record):
    """A key for programs, narrowed to scopes. Only a hash is kept: the secret is shown once."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("secret_hash",)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(_("用途"), max_length=80)
    hint = models.CharField(max_length=8, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("范围"), default=list)
    expires_at = models.DateTimeField(_("到期时间"))
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class Invitation(Record):
    """A one-time link with which somebody sets a password. Only a hash of its secret is kept."""

    NOT_IN_TRAIL: ClassVar[tuple[str, ...]] = ("secret_hash",)

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invitations")
    purpose = models.CharField(max_length=6, choices=Purpose.choices)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="invitations_made")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    second = models.CharField(max_length=9, blank=True, choices=Second.choices)
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="invitations_confirmed")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(second="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False)
                | (~Q(second="confirmed") & Q(confirmed_by__isnull=True, confirmed_at__isnull=True)),
                name="people_invitation_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("made_by")),
                name="people_invitation_two_people",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="people_invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.purpose}"
