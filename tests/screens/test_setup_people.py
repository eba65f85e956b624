"""The administrator's pages: accounts, roles, links, tokens, teams, and the audit trail without any contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders import PASSWORD, WUHAN, a_need, a_place, an_account, an_organisation, sign_in
from tongzhou.kernel import audit, clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account, Grant, Team, Token

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Client:
    a_place(WUHAN)
    return sign_in(client, an_account("admin", login="chief", name="总管理员"))


def words(response: Any) -> str:
    return str(response.content.decode())


def test_from_a_new_account_to_its_first_sign_in(admin: Client) -> None:
    said = {"name": "武汉物资协调员", "login": "wuhan-supplies", "email": "", "kind": "adult"}
    made = admin.post(reverse("setup:new_account"), said)
    account = Account.objects.get(login="wuhan-supplies")
    assert made["Location"] == reverse("setup:account", args=[account.pk])
    role = {"role": "coordinator", "line": "supplies", "area": "武汉市", "reason": "值班"}
    assert admin.post(reverse("setup:grant", args=[account.pk]), role).status_code == 302
    assert list(Grant.objects.filter(account=account).values_list("role", "line", "area")) == [
        ("coordinator", "supplies", "4201")
    ]
    page = words(admin.get(reverse("setup:account", args=[account.pk])))
    assert "武汉市" in page
    assert "还没设密码" in page
    shown = words(admin.post(reverse("setup:invite", args=[account.pk]), {"reason": "新同事"}))
    link = shown.split("/account/link/")[1].split("/")[0]
    assert link not in words(admin.get(reverse("setup:account", args=[account.pk])))
    guest = Client()
    path = reverse("people:invitation", args=[link])
    assert guest.post(path, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    entered = guest.post(reverse("account_login"), {"login": "wuhan-supplies", "password": PASSWORD})
    assert entered.status_code == 302


def test_a_second_administrator_confirms_who_opened_the_link(admin: Client) -> None:
    chief, other = Account.objects.get(login="chief"), an_account("admin", name="另一位管理员")
    maker = actor_for(chief, second_factor=True)
    account = services.create_account(actor=maker, login="wuhan-calls", name="武汉核实员")
    services.grant_role(actor=maker, account=account, role="verifier", reason="值班")
    account = services.accept_invitation(secret=services.invite(actor=maker, account=account), password=PASSWORD)
    path = reverse("setup:confirm_account", args=[account.pk])
    listed = words(admin.get(reverse("setup:accounts")))
    assert "链接是您发的，请另一位管理员确认" in listed
    assert path not in listed
    assert "不能由您确认" in words(admin.post(path, {"reason": "是他"}))
    guest = sign_in(Client(), account)
    assert "另一位管理员会联系您" in words(guest.get(reverse("people:own")))
    assert guest.get("/verify/").status_code == 404
    second = sign_in(Client(), other)
    assert path in words(second.get(reverse("setup:accounts")))
    assert second.post(path, {"reason": "回拨登记的电话问过"}).status_code == 302
    assert guest.get("/verify/").status_code == 200
    assert "等第二位管理员确认" not in words(second.get(reverse("setup:accounts")))
    assert "另一位管理员于" in words(second.get(reverse("setup:account", args=[account.pk])))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"role": "coordinator", "area": "不存在的地方"}, "没有找到这个地区"),
        ({"role": "officer"}, "组织经办人必须选一个组织"),
        ({"role": "officer", "organisation": "没登记的医院"}, "没有找到这个组织"),
        ({"role": "coordinator", "organisation": "测试医院"}, "有几个组织都符合"),
        ({"role": "analyst", "until": "2020-02-06"}, "这一天已经过去了"),
        ({"role": "analyst", "reason": ""}, "必填"),
        ({"role": "king"}, "选择一个有效的选项"),
    ],
)
def test_what_is_wrong_with_a_role_stands_beside_its_field_and_nothing_typed_is_lost(
    admin: Client, typed: dict[str, str], said: str
) -> None:
    an_organisation("甲测试医院")
    an_organisation("乙测试医院")
    account = an_account()
    sent = {"line": "all", "area": "", "reason": "夜班人手不够"} | typed
    response = admin.post(reverse("setup:grant", args=[account.pk]), sent)
    assert response.status_code == 422
    page = words(response)
    assert said in page or "这个字段是必填项" in page
    assert sent["area"] in page
    assert not Grant.objects.filter(account=account).exists()


def test_an_officer_of_one_hospital_until_a_day(admin: Client) -> None:
    hospital, account = an_organisation("汉口测试医院"), an_account()
    day = clock.beijing(clock.now()).date() + dt.timedelta(days=30)
    sent = {
        "role": "officer",
        "line": "all",
        "organisation": "汉口测试医院",
        "until": day.isoformat(),
        "reason": "经办人",
    }
    admin.post(reverse("setup:grant", args=[account.pk]), sent)
    grant = Grant.objects.get(account=account)
    assert grant.organisation_id == hospital.pk
    assert grant.valid_until == dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.BEIJING)
    assert "汉口测试医院" in words(admin.get(reverse("setup:account", args=[account.pk])))


def test_nobody_gives_themselves_a_role_or_closes_themselves(admin: Client) -> None:
    me = Account.objects.get(login="chief")
    sent = {"role": "coordinator", "line": "all", "area": "", "reason": "自己来"}
    assert "不能给自己授予角色" in words(admin.post(reverse("setup:grant", args=[me.pk]), sent))
    assert "不能对自己的账号" in words(admin.post(reverse("setup:close_account", args=[me.pk]), {"reason": "走了"}))
    grant = Grant.objects.get(account=me)
    assert "最后一位管理员" in words(admin.post(reverse("setup:revoke_grant", args=[grant.pk]), {"reason": "走了"}))


def test_the_password_is_asked_again_and_what_was_typed_is_done_afterwards(client: Client) -> None:
    me, account = an_account("admin"), an_account()
    sign_in(client, me)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0, "type": "totp", "reauthenticated": True}]
    session.save()
    path = reverse("setup:grant", args=[account.pk])
    sent = {"role": "volunteer", "line": "all", "area": "", "reason": "街道志愿者"}
    asked = client.post(path, sent)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not Grant.objects.filter(account=account).exists()
    client.post(asked["Location"], {"password": "wrong"})
    assert not Grant.objects.filter(account=account).exists()
    done = client.post(asked["Location"], {"password": PASSWORD, "next": path})
    assert done["Location"] == reverse("setup:account", args=[account.pk])
    assert Grant.objects.get(account=account).role == "volunteer"


def test_a_minor_needs_a_person_who_saw_the_consent(admin: Client) -> None:
    admin.post(reverse("setup:new_account"), {"name": "街道志愿者", "login": "young-one", "kind": "minor"})
    minor = Account.objects.get(login="young-one")
    assert not minor.is_active
    path = reverse("setup:consent", args=[minor.pk])
    assert admin.post(path, {"relation": "parent", "evidence": "3 号文件盒"}).status_code == 422
    admin.post(path, {"relation": "parent", "evidence": "3 号文件盒", "seen": "on"})
    minor.refresh_from_db()
    assert (minor.is_active, minor.consent_by.login if minor.consent_by else "") == (True, "chief")
    assert "3 号文件盒" in words(admin.get(reverse("setup:account", args=[minor.pk])))
    assert admin.get(path).status_code == 404


def test_a_token_is_shown_once(admin: Client) -> None:
    admin.post(reverse("setup:new_account"), {"name": "库存对接程序", "login": "stock-sync", "kind": "program"})
    program = Account.objects.get(login="stock-sync")
    day = clock.beijing(clock.now()).date() + dt.timedelta(days=30)
    sent = {"name": "每小时", "scopes": ["need:read"], "until": day.isoformat(), "reason": "对接"}
    shown = words(admin.post(reverse("setup:new_token", args=[program.pk]), sent))
    secret = "tongzhou_" + shown.split("tongzhou_")[1].split("<")[0]
    token = Token.objects.get()
    assert token.secret_hash != secret
    page = words(admin.get(reverse("setup:account", args=[program.pk])))
    assert secret not in page
    assert token.hint in page
    admin.post(reverse("setup:revoke_token", args=[token.pk]), {"reason": "换"})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_stale_page_changes_nothing(admin: Client) -> None:
    account = an_account(name="原来的名称")
    path = reverse("setup:account", args=[account.pk])
    services.change_account(actor=SYSTEM, account=Account.objects.get(pk=account.pk), expect=1, name="别人改的")
    response = admin.post(path, {"name": "我改的", "email": "", "version": "1"})
    assert response.status_code == 422
    assert "我改的" in words(response)
    account.refresh_from_db()
    assert account.name == "别人改的"


def test_teams(admin: Client) -> None:
    an_account("volunteer", login="runner")
    admin.post(
        reverse("setup:new_team"), {"name": "武昌送药队", "area": "武汉市", "line": "services", "lead": "runner"}
    )
    team = Team.objects.get()
    assert (team.area, team.lead.login if team.lead else "") == ("4201", "runner")
    assert admin.post(reverse("setup:join_team", args=[team.pk]), {"new-account": "nobody"}).status_code == 422
    admin.post(reverse("setup:join_team", args=[team.pk]), {"new-account": "runner"})
    member = team.members.get()
    admin.post(reverse("setup:leave_team", args=[member.pk]))
    admin.post(reverse("setup:close_team", args=[team.pk]), {"reason": "任务结束"})
    team.refresh_from_db()
    assert team.closed_at is not None
    assert "武昌送药队" in words(admin.get(reverse("setup:teams")))


def test_the_trail_names_who_and_what_and_shows_no_contact(admin: Client) -> None:
    need = a_need()
    assert need.contact is not None
    audit.record(
        actor=SYSTEM,
        act="need.test",
        obj=need.contact,
        reason="测试",
        changes={
            "phone": [None, "sealed:AAAA"],
            "phone_index": [None, "abcdef"],
            "secret_hash": ["", "123456"],
            "item": ["", "口罩"],
        },
    )
    audit.looked(actor=SYSTEM, act="need.contact", obj=need.contact, fields=["phone"])
    page = words(admin.get(reverse("setup:trail")))
    assert "need.test" in page
    assert "口罩" in page
    for hidden in ("sealed:AAAA", "abcdef", "123456"):
        assert hidden not in page
    assert "看过" in page
    only = words(admin.get(reverse("setup:trail"), {"act": "need.contact"}))
    assert "看联系方式</span>" in only
    assert "need.test" not in only
    assert "没有符合条件的记录" in words(admin.get(reverse("setup:trail"), {"who": "no-such-login"}))


def test_pages_of_the_trail_follow_each_other(admin: Client) -> None:
    for number in range(60):
        audit.record(actor=SYSTEM, act="count.test", reason=f"第 {number:02d} 条")
    first = words(admin.get(reverse("setup:trail"), {"act": "count.test"}))
    assert "第 59 条" in first
    assert "第 09 条" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = words(admin.get(reverse("setup:trail") + following))
    assert "第 09 条" in second
    assert "第 10 条" not in second


def test_a_changed_row_is_found(admin: Client) -> None:
    for number in range(3):
        audit.record(actor=SYSTEM, act="count.test", reason=f"第 {number} 条")
    audit.seal_new(clock.now() + dt.timedelta(minutes=5))
    path = reverse("setup:check_trail")
    assert "记录完整" in words(admin.post(path))
    entry = AuditEntry.objects.filter(act="count.test")[1]
    AuditEntry.objects.filter(pk=entry.pk).update(reason="改过的")
    page = words(admin.post(path))
    assert "1 处被改过或删过" in page
    assert f"audit row {entry.pk} was changed" in page


def test_lists_cost_the_same_whatever_their_length(admin: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        an_account("volunteer")
    with django_assert_max_num_queries(9):
        assert "共 31 个账号" in words(admin.get(reverse("setup:accounts")))
    with django_assert_max_num_queries(7):
        admin.get(reverse("setup:trail"))


def test_accounts_are_found_by_name_role_and_state(admin: Client) -> None:
    an_account("volunteer", login="closed-one", is_active=False)
    an_account("analyst", login="figures")
    found = {
        "text=figures": ["figures"], "role=analyst": ["figures"], "state=closed": ["closed-one"], "state=program": [],
    }  # fmt: skip
    for query, logins in found.items():
        page = admin.get(reverse("setup:accounts") + "?" + query)
        assert [one.login for one in page.context["page"]] == logins
