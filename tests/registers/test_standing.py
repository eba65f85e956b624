"""Standing of organisations: what papers, decisions, terms and the passing of time make of it, with a moving clock."""

import datetime as dt
import itertools

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from tongzhou.kernel import audit
from tongzhou.kernel.access import SYSTEM
from tongzhou.kernel.clock import BEIJING
from tongzhou.kernel.errors import Refusal
from tongzhou.registers.organisations import selectors, services
from tongzhou.registers.organisations.models import Organisation, Requirement, Standing
from tongzhou.registers.organisations.types import Paper, StandingState, Wanted, judge

DAY = dt.timedelta(days=1)
START = dt.datetime(2020, 2, 1, 9, 0, tzinfo=BEIJING)


def a_paper(code="licence", kind="company", *, mandatory=True, days=None, applies_from=dt.date(2020, 1, 1)):
    return Requirement.objects.create(
        code=code, kind=kind, name=f"证件{code}", mandatory=mandatory, validity_days=days, applies_from=applies_from
    )


def a_company():
    return builders.an_organisation(name="武汉测试物流公司", kind="company")


def the_coordinator():
    return builders.an_actor("coordinator", area="42")


def verify(organisation, paper, until=None, accepted=True):
    return services.verify_paper(
        actor=the_coordinator(), organisation=organisation, requirement=paper, accepted=accepted,
        evidence="公示平台截图已存档", valid_until=until,
    )  # fmt: skip


def now_of(organisation):
    return selectors.standing_at(organisation.pk)


@pytest.mark.django_db
def test_the_first_standing_comes_with_the_last_mandatory_paper():
    first, second = a_paper("licence"), a_paper("letter")
    a_paper("extra", mandatory=False)
    company = a_company()
    with time_machine.travel(START, tick=False):
        assert now_of(company) == "unverified"
        verify(company, first)
        assert now_of(company) == "unverified"
        verify(company, second, accepted=False)
        assert now_of(company) == "unverified"
        verify(company, second)
        assert now_of(company) == "current"
        assert [row.cause for row in selectors.history(company)] == ["papers_complete"]


@pytest.mark.django_db
def test_a_kind_without_requirements_is_never_current_by_itself():
    optional = a_paper(mandatory=False)
    company = a_company()
    verify(company, optional)
    assert now_of(company) == "unverified"


@pytest.mark.django_db
def test_a_paper_counts_all_its_last_day_in_beijing_and_lapses_at_midnight_without_any_tick():
    company, paper = a_company(), a_paper()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 10))
    last = dt.datetime(2020, 2, 10, 23, 59, 59, tzinfo=BEIJING)
    with time_machine.travel(last, tick=False):
        assert now_of(company) == "current"
    with time_machine.travel(last + dt.timedelta(seconds=1), tick=False):
        assert now_of(company) == "suspended"
        assert Standing.objects.count() == 1  # nothing was written yet
        assert services.lapse() == 1
        assert services.lapse() == 0
    with time_machine.travel(last + 40 * DAY, tick=False):
        newest, first = selectors.history(company)
    assert (newest.state, newest.cause, newest.caused_by) == ("suspended", "paper_lapsed", None)
    # The stretch begins when the paper lapsed, not when the tick came.
    assert newest.since == first.until == dt.datetime(2020, 2, 11, tzinfo=BEIJING)


@pytest.mark.django_db
def test_a_repaired_paper_reinstates_what_was_before():
    company, paper = a_company(), a_paper()
    judge_ = the_coordinator()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 10))
    with time_machine.travel(START + 15 * DAY, tick=False):
        assert now_of(company) == "suspended"
        verify(company, paper, until=dt.date(2020, 3, 10))
        assert now_of(company) == "current"
    assert [row.cause for row in selectors.history(company)] == ["paper_repaired", "paper_lapsed", "papers_complete"]

    # Suspended by a person before the paper lapsed: repairing it gives the person's suspension back, not a free pass.
    with time_machine.travel(START + 20 * DAY, tick=False):
        services.suspend(actor=judge_, organisation=company, reason="收到投诉，核查中")
    with time_machine.travel(START + 60 * DAY, tick=False):
        verify(company, paper, until=dt.date(2020, 12, 31))
        assert now_of(company) == "suspended"
        services.reinstate(actor=judge_, organisation=company, reason="核查无误")
        assert now_of(company) == "current"


@pytest.mark.django_db
def test_renewing_in_time_leaves_one_stretch():
    company, paper = a_company(), a_paper()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 10))
    with time_machine.travel(START + 5 * DAY, tick=False):
        verify(company, paper, until=dt.date(2020, 5, 10))
    with time_machine.travel(START + 30 * DAY, tick=False):
        assert now_of(company) == "current"
        assert services.lapse() == 0
    assert Standing.objects.count() == 1


@pytest.mark.django_db
def test_validity_days_end_a_paper_before_its_own_date():
    company, paper = a_company(), a_paper(days=10)
    with time_machine.travel(START, tick=False):  # 1 February, 9:00
        seen = verify(company, paper, until=dt.date(2021, 1, 1))
    assert seen.ends_at == dt.datetime(2020, 2, 12, tzinfo=BEIJING)  # all of 11 February still counts


@pytest.mark.django_db
def test_a_withdrawn_paper_suspends_at_once():
    company, paper = a_company(), a_paper()
    with time_machine.travel(START, tick=False) as traveller:
        seen = verify(company, paper)
        traveller.shift(DAY)
        services.withdraw_paper(actor=the_coordinator(), verification=seen, reason="证件系伪造")
        assert now_of(company) == "suspended"
        assert not selectors.is_current(company.pk)


@pytest.mark.django_db
def test_a_new_requirement_counts_from_its_day_and_its_end_reinstates():
    company, paper = a_company(), a_paper()
    admin = builders.an_actor("admin")
    with time_machine.travel(START, tick=False):
        verify(company, paper)
        more = services.add_requirement(
            actor=admin, kind="company", code="food", name="食品经营许可证", applies_from=dt.date(2020, 2, 20)
        )
        assert now_of(company) == "current"
    with time_machine.travel(dt.datetime(2020, 2, 20, tzinfo=BEIJING), tick=False):
        assert now_of(company) == "suspended"
        services.withdraw_requirement(actor=admin, requirement=more, reason="不再要求")
        assert now_of(company) == "current"


@pytest.mark.django_db
def test_a_term_ends_by_itself_and_a_person_renews_it():
    company, paper = a_company(), a_paper()
    judge_ = the_coordinator()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 20))
        services.set_term(actor=judge_, organisation=company, ends_on=dt.date(2020, 2, 15), reason="先试行两周")
    with time_machine.travel(dt.datetime(2020, 2, 16, tzinfo=BEIJING), tick=False):
        assert now_of(company) == "expired"
    with time_machine.travel(dt.datetime(2020, 2, 25, tzinfo=BEIJING), tick=False):
        # Renewed after the paper lapsed as well: the paper still has to be repaired.
        services.set_term(actor=judge_, organisation=company, ends_on=None, reason="试行合格，长期")
        assert now_of(company) == "suspended"
        verify(company, paper)
        assert now_of(company) == "current"


@pytest.mark.django_db
def test_revoked_stays_revoked_until_a_person_says_otherwise():
    company, paper = a_company(), a_paper()
    judge_ = the_coordinator()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 10))
        services.revoke(actor=judge_, organisation=company, reason="倒卖捐赠物资")
    with time_machine.travel(START + 30 * DAY, tick=False):
        assert services.lapse() == 0
        verify(company, paper)
        assert now_of(company) == "revoked"
        with pytest.raises(Refusal) as refused:
            services.suspend(actor=judge_, organisation=company, reason="再查一查")
        assert refused.value.code == "standing_state"
        with pytest.raises(Refusal):
            services.set_term(actor=judge_, organisation=company, ends_on=None, reason="改期限")
        services.reinstate(actor=judge_, organisation=company, reason="复核后撤销原决定")
        assert now_of(company) == "current"


@pytest.mark.django_db
def test_decisions_need_a_reason_a_standing_and_the_right_area():
    company, paper = a_company(), a_paper()
    judge_ = the_coordinator()
    with pytest.raises(Refusal) as refused:
        services.revoke(actor=judge_, organisation=company, reason="还没有核实过")
    assert refused.value.code == "standing_state"
    verify(company, paper)
    with pytest.raises(Refusal) as refused:
        services.revoke(actor=judge_, organisation=company, reason=" ")
    assert "reason" in refused.value.fields
    elsewhere = builders.an_actor("coordinator", area="43")
    for act in (services.revoke, services.suspend, services.reinstate):
        for actor in (elsewhere, builders.an_actor("verifier", area="42"), builders.an_actor("liaison")):
            with pytest.raises(Refusal) as refused:
                act(actor=actor, organisation=company, reason="没有权限的人")
            assert refused.value.code == "not_found"
    assert now_of(company) == "current"


@pytest.mark.django_db
def test_every_step_stands_in_the_trail_with_who_did_it():
    company, paper = a_company(), a_paper()
    judge_ = the_coordinator()
    with time_machine.travel(START, tick=False):
        seen = verify(company, paper, until=dt.date(2020, 2, 10))
        standing = services.revoke(actor=judge_, organisation=company, reason="倒卖捐赠物资")
    assert audit.history(seen).get().act == "organisation.verify"
    entry = audit.history(standing).get()
    assert (entry.act, entry.actor_id, entry.reason) == ("organisation.judge", judge_.account_id, "倒卖捐赠物资")


@pytest.mark.django_db
def test_changing_the_kind_asks_for_other_papers():
    company, paper = a_company(), a_paper()
    a_paper("licence", kind="hospital")
    verify(company, paper)
    services.change_organisation(actor=the_coordinator(), organisation=company, kind="hospital")
    assert now_of(company) == "suspended"


@pytest.mark.django_db
def test_the_list_narrows_by_standing_at_the_instant():
    company, paper = a_company(), a_paper()
    with time_machine.travel(START, tick=False):
        verify(company, paper, until=dt.date(2020, 2, 10))
    builders.an_organisation(kind="hospital")
    viewer = builders.an_actor("liaison", area="42")

    def listed(standing, at):
        return [one.name for one in selectors.organisations(viewer, standing=standing, at=at)]

    assert listed("current", START + DAY) == ["武汉测试物流公司"]
    assert listed("current", START + 20 * DAY) == []
    assert listed("suspended", START + 20 * DAY) == ["武汉测试物流公司"]
    assert len(listed("unverified", START + 20 * DAY)) == 1


# -- properties ------------------------------------------------------------------------------------------------

HOURS = st.integers(1, 60).map(lambda hours: dt.timedelta(hours=hours))
PAPERS = ("licence", "letter")
EVENTS = st.one_of(
    st.tuples(st.just("verify"), st.sampled_from(PAPERS), st.none() | st.integers(0, 6)),
    st.tuples(st.just("withdraw"), st.sampled_from(PAPERS), st.none()),
    st.tuples(st.sampled_from(["suspend", "revoke", "reinstate"]), st.just(""), st.none()),
    st.tuples(st.just("term"), st.just(""), st.none() | st.integers(0, 6)),
    st.tuples(st.just("tick"), st.just(""), st.none()),
)


class Oracle:
    """The rule told a second way: every fact with its date, the state at any moment by looking at all of them."""

    def __init__(self):
        self.papers, self.decisions, self.terms, self.begun = [], [], [], None

    def covered(self, at):
        return all(
            any(p["of"] == of and p["from"] <= at < p["to"] for p in self.papers) for of in PAPERS
        )  # fmt: skip

    def begin(self, at):
        if self.begun is None and self.covered(at):
            self.begun = at

    def state(self, at):
        if self.begun is None or at < self.begun:
            return "unverified"
        decided = [what for when, what in self.decisions if when <= at]
        if decided and decided[-1] == "revoked":
            return "revoked"
        ends = [end for when, end in self.terms if when <= at]
        if ends and ends[-1] is not None and ends[-1] <= at:
            return "expired"
        return "suspended" if (decided and decided[-1] == "suspended") or not self.covered(at) else "current"


def midnight_after(at, days):
    day = at.astimezone(BEIJING).date() + days * DAY
    return day, dt.datetime.combine(day + DAY, dt.time(), BEIJING)


FOR_EVER = dt.datetime(2100, 1, 1, tzinfo=BEIJING)


def step(oracle, company, papers, latest, event, at):
    """One event in the services and in the oracle; what the services refuse must be what the oracle forbids."""
    what, of, days = event
    actor = builders.an_actor("coordinator", area="42")
    state = oracle.state(at)
    if what == "verify":
        day, end = midnight_after(at, days) if days is not None else (None, FOR_EVER)
        latest[of] = (verify(company, papers[of], until=day), {"of": of, "from": at, "to": end})
        oracle.papers.append(latest[of][1])
        oracle.begin(at)
    elif what == "withdraw" and of in latest:
        seen, fact = latest.pop(of)
        services.withdraw_paper(actor=actor, verification=seen, reason="核实有误")
        fact["to"] = min(fact["to"], at)
    elif what == "term":
        day, end = midnight_after(at, days) if days is not None else (None, None)
        if state in ("unverified", "revoked"):
            with pytest.raises(Refusal):
                services.set_term(actor=actor, organisation=company, ends_on=day, reason="期限调整")
        else:
            services.set_term(actor=actor, organisation=company, ends_on=day, reason="期限调整")
            oracle.terms.append((at, end))
    elif what == "tick":
        services.lapse()
        assert services.lapse() == 0
    elif what in ("suspend", "revoke", "reinstate"):
        decided = oracle.decisions[-1][1] if oracle.decisions else "current"
        lawful = {
            "suspend": state in ("current", "suspended"),
            "revoke": state in ("current", "suspended", "expired"),
            "reinstate": state in ("suspended", "revoked") and decided != "current",
        }[what]
        act = getattr(services, what)
        if lawful:
            act(actor=actor, organisation=company, reason="按规定处理")
            oracle.decisions.append((at, {"suspend": "suspended", "revoke": "revoked", "reinstate": "current"}[what]))
        else:
            with pytest.raises(Refusal):
                act(actor=actor, organisation=company, reason="按规定处理")


@pytest.mark.django_db
@settings(max_examples=25)
@given(st.lists(st.tuples(HOURS, EVENTS), min_size=3, max_size=14))
def test_at_every_moment_the_standing_is_what_the_facts_say(steps):
    with transaction.atomic():
        papers = {of: a_paper(of) for of in PAPERS}
        company = a_company()
        oracle, latest, at, moments = Oracle(), {}, START, []
        for wait, event in [(DAY, ("verify", of, 6)) for of in PAPERS] + steps:
            at += wait
            with time_machine.travel(at, tick=False):
                step(oracle, company, papers, latest, event, at)
                assert now_of(company) == oracle.state(at), (event, at)
            moments.append(at)
        future = [at + n * dt.timedelta(hours=19) for n in range(1, 10)]
        # The past as written down, the future as it will be if nobody does anything; then the same once time has come.
        expected = [oracle.state(m) for m in moments + future]
        assert [selectors.standing_at(company.pk, m) for m in moments + future] == expected
        services.lapse(future[-1])
        assert [selectors.standing_at(company.pk, m) for m in moments + future] == expected
        rows = list(Standing.objects.filter(organisation=company).order_by("since", "id"))
        assert all(a.until == b.since for a, b in itertools.pairwise(rows))
        assert [row.until for row in rows].count(None) == 1
        assert Organisation.objects.get(pk=company.pk).present_id == rows[-1].pk
        transaction.set_rollback(True)


MOMENTS = st.integers(0, 20).map(lambda n: START + n * DAY)
A_PAPER = st.builds(Paper, st.sampled_from("ab"), MOMENTS, st.none() | MOMENTS)
A_WISH = st.builds(Wanted, st.sampled_from("ab"), MOMENTS)


@settings(max_examples=300)
@given(
    st.sampled_from([StandingState.CURRENT, StandingState.SUSPENDED, StandingState.REVOKED]), st.none() | MOMENTS,
    st.lists(A_WISH, max_size=3), st.lists(A_PAPER, max_size=5), MOMENTS, A_PAPER,
)  # fmt: skip
def test_judge_never_lets_one_more_paper_hurt_and_foretells_itself(decided, term, wanted, papers, at, more):
    effect = judge(decided, term, wanted, papers, at)
    assert effect == judge(decided, term, list(reversed(wanted)), list(reversed(papers)), at)
    order = [StandingState.SUSPENDED, StandingState.CURRENT]
    better = judge(decided, term, wanted, [*papers, more], at)
    if effect.state in order:
        assert order.index(better.state) >= order.index(effect.state)
    else:
        assert better.state == effect.state
    # With nothing new, the state holds until the moments it names, and changes there.
    known = [paper for paper in papers if paper.start <= at]
    for later in (at + n * DAY for n in range(22)):
        state = effect.state
        if state != StandingState.REVOKED and effect.expires_at is not None and effect.expires_at <= later:
            state = StandingState.EXPIRED
        elif state == StandingState.CURRENT and effect.suspends_at is not None and effect.suspends_at <= later:
            state = StandingState.SUSPENDED
        assert judge(decided, term, wanted, known, later).state == state


@pytest.mark.django_db
def test_the_standard_list_covers_every_kind_once_and_is_safe_to_repeat():
    first = services.seed_requirements()
    assert first == Requirement.objects.count() > 0
    assert services.seed_requirements() == 0
    for kind in ["foundation", "association", "agency", "company", "hospital", "committee", "public_body", "other"]:
        assert Requirement.objects.filter(kind=kind, mandatory=True).exists(), kind
    assert Requirement.objects.exclude(name_en="").count() == first
    assert audit.history(Requirement.objects.first()).get().actor_name == SYSTEM.name


@pytest.mark.django_db
def test_the_database_itself_refuses_two_open_stretches_and_a_decision_without_a_reason():
    from django.db import IntegrityError

    company = a_company()
    said = {
        "organisation": company,
        "state": "current",
        "decided": "current",
        "cause": "papers_complete",
        "since": START,
    }
    Standing.objects.create(**said)
    wrong = [
        said,
        said | {"until": START - DAY},
        said | {"until": START, "cause": "revoked", "state": "revoked", "decided": "revoked"},
        said | {"until": START, "decided": "revoked"},
        said | {"until": START, "suspends_at": START},
    ]
    for row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Standing.objects.create(**row)
    assert Organisation.objects.count() == 1
