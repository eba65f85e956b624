"""Coming into a team by its QR code: who gets in, who does not, what is kept and what is not."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

import builders
from tongzhou.chain.dispatch.models import TeamEntrance, VolunteerProfile
from tongzhou.chain.dispatch.selectors import crew
from tongzhou.flows import join_team
from tongzhou.kernel import clock
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.models import AuditEntry
from tongzhou.registers.people import services
from tongzhou.registers.people.actors import actor_for
from tongzhou.registers.people.models import Account, Grant, Team

pytestmark = pytest.mark.django_db
NOW = clock.now()
WORDS = "江岸 小李 送药 最快"


def a_team(name: str = "江岸送药队", **over: Any) -> Team:
    said = {"area": builders.JIANGAN, "line": "supplies"} | over
    return services.create_team(actor=SYSTEM, name=name, **said)


def an_entrance(team: Team | None = None, *, most: int = 30, days: int = 7) -> TeamEntrance:
    return join_team.open_entrance(
        actor=SYSTEM, team=team or a_team(), most=most, valid_until=NOW + dt.timedelta(days=days),
        insurance_contact="区志愿服务联合会办公室", now=NOW,
    )  # fmt: skip


def come(entrance: TeamEntrance, **over: Any) -> join_team.Joined:
    said: dict[str, Any] = {
        "name": "江岸小李", "login": "", "password": WORDS, "adult": True, "healthy": True, "kit": True,
        "key": f"key-{over.get('login', '')}", "now": NOW,
    }  # fmt: skip
    return join_team.join(entrance=entrance, **(said | over))


def refused(code: str, act: Any, *words: Any, **more: Any) -> None:
    with pytest.raises(Refusal) as caught:
        act(*words, **more)
    assert caught.value.code == code


def test_whoever_scans_becomes_a_volunteer_of_the_team_and_of_nothing_else() -> None:
    team = a_team()
    account = come(an_entrance(team), login="xiaoli").account
    actor = actor_for(account, second_factor=False)
    grant = Grant.objects.get(account=account)
    assert (grant.role, grant.line, grant.area, grant.team_id) == ("volunteer", "supplies", builders.JIANGAN, team.pk)
    assert (grant.organisation_id, grant.valid_until) == (None, None)
    assert crew.own_team_ids(account.pk) == [team.pk]
    assert account.check_password(WORDS)
    assert actor.roles == {"volunteer"}
    assert not actor.lacks_second_factor
    profile = VolunteerProfile.objects.get()
    assert (profile.adult, profile.insured, profile.insurance_contact) == (True, True, "区志愿服务联合会办公室")


def test_the_same_form_sent_twice_makes_one_account() -> None:
    entrance = an_entrance()
    first, second = come(entrance, key="k"), come(entrance, key="k")
    assert first.account == second.account
    assert (first.fresh, second.fresh) == (True, False)
    assert Account.objects.count() == 1
    refused("key_reused", come, entrance, key="k", name="另一个人")


def test_a_login_name_is_made_up_when_none_was_given() -> None:
    account = come(an_entrance()).account
    assert account.login[0] == "v"
    assert len(account.login) == 7
    assert account.login[1:].isdigit()


def test_nobody_under_eighteen_gets_an_account_this_way() -> None:
    refused("guardian_consent", come, an_entrance(), adult=False)
    assert not Account.objects.exists()
    assert not VolunteerProfile.objects.exists()


def test_a_full_a_closed_and_an_expired_entrance_each_say_so() -> None:
    team = a_team()
    one = an_entrance(team, most=1)
    come(one, login="first-one")
    refused("entrance_full", come, one, login="second-one")
    again = an_entrance(team, most=1)  # renewed: the old code is dead, the count begins anew
    refused("entrance_closed", come, TeamEntrance.objects.get(pk=one.pk), login="second-one")
    assert again.secret != one.secret
    refused("entrance_over", come, again, login="second-one", now=NOW + dt.timedelta(days=7))
    come(again, login="second-one")
    services.close_team(actor=SYSTEM, team=team, reason="结束")
    refused("entrance_closed", come, TeamEntrance.objects.get(pk=again.pk), login="third-one")


def test_an_entrance_is_of_the_coordinator_of_its_line_and_area() -> None:
    team, until = a_team(), NOW + dt.timedelta(days=7)
    ours = builders.an_actor("coordinator", "supplies", builders.WUHAN)
    one = join_team.open_entrance(actor=ours, team=team, most=5, valid_until=until, now=NOW)
    assert [found.pk for found in crew.managed_teams(ours)] == [team.pk]
    for other in (
        builders.an_actor("coordinator", "supplies", builders.XIAOGAN),
        builders.an_actor("coordinator", "funds", builders.WUHAN),
        builders.an_actor("volunteer", "all", builders.WUHAN),
        builders.an_actor("verifier", "all", builders.WUHAN),
        builders.an_actor("coordinator", "supplies", builders.WUHAN, second_factor=False),
    ):
        assert not crew.managed_teams(other).exists()
        refused("not_found", join_team.open_entrance, actor=other, team=team, most=5, valid_until=until, now=NOW)
        refused("not_found", join_team.close_entrance, actor=other, entrance=one, now=NOW)
    refused("bad_request", join_team.open_entrance, actor=ours, team=team, most=0, valid_until=until, now=NOW)
    far = NOW + dt.timedelta(days=31)
    refused("bad_request", join_team.open_entrance, actor=ours, team=team, most=5, valid_until=far, now=NOW)


def test_a_volunteer_joins_a_second_team_with_the_same_account() -> None:
    account = come(an_entrance()).account
    actor = actor_for(account, second_factor=False)
    second = an_entrance(a_team("武昌送药队", area=builders.WUCHANG))
    for _time in range(2):
        join_team.join_as(actor=actor, entrance=second, healthy=False, kit=False, now=NOW)
    assert len(crew.own_team_ids(account.pk)) == 2
    assert Grant.objects.filter(account=account).count() == 2
    assert crew.fitness(account.pk, NOW).counts  # what was not ticked now still counts from before


def test_an_account_with_other_duties_does_not_give_itself_a_role() -> None:
    account = builders.an_account("coordinator", line="supplies", area=builders.WUHAN)
    actor = actor_for(account, second_factor=True)
    refused("join_with_other", join_team.join_as, actor=actor, entrance=an_entrance(), healthy=True, kit=True, now=NOW)
    assert Grant.objects.filter(account=account).count() == 1


def test_the_declaration_counts_for_fourteen_days_and_is_the_own_business() -> None:
    account = come(an_entrance()).account
    actor = actor_for(account, second_factor=False)
    assert crew.fitness(account.pk, NOW + dt.timedelta(days=14) - dt.timedelta(seconds=1)).counts
    assert not crew.fitness(account.pk, NOW + dt.timedelta(days=14)).counts
    later = NOW + dt.timedelta(days=20)
    join_team.declare_health(actor=actor, healthy=True, kit=True, now=later)
    assert crew.fitness(account.pk, later + dt.timedelta(days=13)).counts
    join_team.declare_health(actor=actor, healthy=False, kit=True, now=later)  # unwell: nothing until well again
    assert not crew.fitness(account.pk, later).counts
    assert not crew.fitness(None, later).counts
    refused("not_found", join_team.declare_health, actor=Actor(), healthy=True, kit=True, now=NOW)


def test_neither_the_link_nor_the_password_stands_in_the_trail() -> None:
    entrance = an_entrance()
    come(entrance)
    trail = str(list(AuditEntry.objects.values_list("changes", "reason")))
    assert entrance.secret not in trail
    assert WORDS not in trail


@pytest.mark.django_db(transaction=True)
def test_of_eight_people_at_the_last_two_places_two_get_in() -> None:
    entrance = an_entrance(most=2)
    outcomes: list[str] = []

    def scan(number: int) -> None:
        try:
            come(entrance, login=f"racer-{number}")
            outcomes.append("in")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    racers = [threading.Thread(target=scan, args=(number,)) for number in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(outcomes) == ["entrance_full"] * 6 + ["in"] * 2
    assert crew.joined_by(entrance) == 2
