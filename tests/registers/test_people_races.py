"""Two people at the same moment: one link, one last administrator, one role, one name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection

from builders import PASSWORD, an_account
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account, Grant, Invitation

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[str]:
    """Runs every call in its own thread from one starting line; "done" or the refusal's code of each."""
    line, said = threading.Barrier(len(calls)), ["" for _ in calls]

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            line.wait(timeout=120)
            call()
            said[index] = "done"
        except Refusal as refusal:
            said[index] = refusal.code
        except Exception as error:
            said[index] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    return sorted(said)


def test_one_link_accepted_eight_times_sets_one_password() -> None:
    account = services.create_account(actor=SYSTEM, login="invited", name="核实员")
    secret = services.invite(actor=SYSTEM, account=account)
    passwords = [f"{PASSWORD}-{number}" for number in range(8)]
    said = at_once([lambda p=one: services.accept_invitation(secret=secret, password=p) for one in passwords])
    assert said == ["done"] + ["link_dead"] * 7
    account.refresh_from_db()
    assert sum(account.check_password(one) for one in passwords) == 1


def remove_each_other() -> list[str]:
    pair = [an_account("admin"), an_account("admin")]
    one, other = (actor_for(account, second_factor=True) for account in pair)
    own, theirs = (Grant.objects.select_related("account").get(account=account) for account in pair)
    return at_once(
        [
            lambda: services.revoke_grant(actor=one, grant=theirs, reason="争执"),
            lambda: services.revoke_grant(actor=other, grant=own, reason="争执"),
        ]
    )


def test_two_administrators_who_remove_each_other_leave_one() -> None:
    for _ in range(5):
        Grant.objects.update(revoked_at=clock.now())
        assert remove_each_other() == ["done", "not_found"]
        assert Grant.objects.filter(role="admin", revoked_at=None).count() == 1


def test_two_administrators_who_close_each_other_leave_one() -> None:
    pair = [an_account("admin"), an_account("admin")]
    actors = [actor_for(account, second_factor=True) for account in pair]
    said = at_once(
        [
            lambda: services.deactivate(actor=actors[0], account=pair[1], reason="争执"),
            lambda: services.deactivate(actor=actors[1], account=pair[0], reason="争执"),
        ]
    )
    assert said == ["done", "not_found"]
    assert Account.objects.filter(is_active=True).count() == 1


def test_the_same_role_given_twice_at_once_is_given_once() -> None:
    actors = [actor_for(an_account("admin"), second_factor=True) for _ in range(4)]
    account = an_account()
    said = at_once(
        [
            lambda a=actor: services.grant_role(actor=a, account=account, role="analyst", reason="统计")
            for actor in actors
        ]
    )
    assert said == ["done", "grant_twice", "grant_twice", "grant_twice"]
    assert Grant.objects.filter(account=account).count() == 1


def test_the_same_login_name_at_once_is_taken_once() -> None:
    said = at_once(
        [lambda: services.create_account(actor=SYSTEM, login="same-name", name="汉口核实员") for _ in range(4)]
    )
    assert said == ["done", "login_taken", "login_taken", "login_taken"]


def test_links_made_at_once_leave_one_open() -> None:
    account = services.create_account(actor=SYSTEM, login="invited", name="核实员")
    said = at_once([lambda: services.invite(actor=SYSTEM, account=account) for _ in range(4)])
    assert set(said) <= {"done", "version_stale"}
    assert "done" in said
    assert Invitation.objects.filter(account=account, used_at=None, withdrawn_at=None).count() == 1
