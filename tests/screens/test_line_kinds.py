"""Kinds of shift are changed by whoever leads the line; past rosters keep theirs, the next one keeps to new ones."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from django.test import Client

from builders import sign_in
from builders_professionals import a_line, a_professional
from tongzhou.desks.professionals.models import Roster, ServiceLine, ShiftKind
from tongzhou.desks.professionals.services.need import seats_needed
from tongzhou.desks.professionals.services.task import read_task
from tongzhou.kernel import clock

pytestmark = pytest.mark.django_db
GOOD = {"code": "d1", "name": "长早班", "start": "08:30", "hours": "7.5", "breaks": "12:00-12:30，14:00-14:30"}


def _boss(line: ServiceLine) -> Client:
    return sign_in(Client(), a_professional(line, supervisor=True).account)


def test_a_supervisor_adds_changes_and_drops_a_kind() -> None:
    line = a_line()
    client, path = _boss(line), f"/line/people/{line.pk}/shifts/"
    assert client.post(path, GOOD | {"least_support": "3"}).status_code == 302
    kind = ShiftKind.objects.get(line=line, code="D1", withdrawn_at=None)
    # 8:30 is minute 510; the breaks begin 210 and 330 minutes later
    assert (kind.start_minute, kind.minutes, kind.breaks) == (510, 450, [[210, 30], [330, 30]])
    assert kind.least == {"support": 3}
    page = client.get(path).content.decode()
    assert "12:00–12:30、14:00–14:30" in page
    assert "心理援助 3" in page
    shown = client.get(f"{path}?code=D1").content.decode()
    assert 'value="08:30"' in shown
    assert 'value="7.5"' in shown
    client.post(path, GOOD | {"hours": "8", "breaks": ""})
    assert ShiftKind.objects.filter(line=line, code="D1").count() == 2
    assert ShiftKind.objects.get(line=line, code="D1", withdrawn_at=None).minutes == 480
    for code in ("D1", "D", "E"):
        assert client.post(path, {"do": "drop", "code": code}).status_code == 302
    last = client.post(path, {"do": "drop", "code": "N"})
    assert last.status_code == 409
    assert "最后一种班次" in last.content.decode()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"start": "08:10"}, "要从整点或半点开始"),
        ({"hours": "7.3"}, "要从整点或半点开始"),
        ({"breaks": "中午"}, "要从整点或半点开始"),
        ({"breaks": "12:00-12:30, 12:00-13:00"}, "要从整点或半点开始"),
        ({"breaks": "07:00-07:30"}, "要从整点或半点开始"),
        ({"code": "早"}, "代号是 1 到 8 个大写字母"),
        ({"least_support": "51"}, "50"),
    ],
)
def test_what_is_no_shift_is_refused_with_everything_typed(over: dict[str, str], said: str) -> None:
    line = a_line()
    answer = _boss(line).post(f"/line/people/{line.pk}/shifts/", GOOD | over)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "长早班" in page
    assert not ShiftKind.objects.filter(line=line, name="长早班").exists()


def test_a_supervisor_of_another_line_and_a_counsellor_change_nothing() -> None:
    line = a_line()
    path = f"/line/people/{line.pk}/shifts/"
    assert _boss(a_line()).post(path, GOOD).status_code == 404
    assert sign_in(Client(), a_professional(line).account).post(path, GOOD).status_code == 404


def test_the_next_roster_fills_the_seats_a_kind_asks_for_while_the_line_is_open() -> None:
    line = a_line(hours={str(day): [480, 1320] for day in range(7)})
    person = a_professional(line)
    kind = {"line": line, "name": "晚", "start_minute": 1200, "minutes": 360}  # 20:00 until 2:00
    ShiftKind.objects.create(code="L", least={"support": 4}, breaks=[[60, 30]], **kind)
    start = dt.date(2026, 3, 3)
    now = clock.now()
    roster = Roster.objects.create(line=line, number=1, start=start, days=1, beat_at=now, asked={"daily": 2})
    need = seats_needed(line, start, 1, roster.asked)
    plain = need.demand.filter((pl.col("skill") == "support") & (pl.col("kind") == "seat"))
    assert plain["seats"].unique().to_list() == [2]  # two contacts a day: the two seats a line keeps
    task, people = read_task(roster, need, now)
    assert [one.pk for one in people] == [person.pk]
    seats = {
        f"{at:%H:%M}": seats
        for at, skill, what, seats in task.demand.iter_rows()
        if skill == "support" and what == "seat"
    }
    assert {at: n for at, n in seats.items() if n != 2} == {"20:00": 4, "20:30": 4, "21:30": 4}  # 21:00 is the break
    assert max(seats) == "21:30"  # closed at 22:00
    medical = [n for _at, skill, what, n in task.demand.iter_rows() if skill == "medical" and what == "seat"]
    assert set(medical) == {2}
