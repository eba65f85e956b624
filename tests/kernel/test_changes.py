"""One door for changes: by version, audited, and with a way back."""

import threading

import pytest
from django.db import connection, connections, transaction

from tongzhou.kernel import audit, changes, idempotency, outbox, throttle
from tongzhou.kernel.access import SYSTEM, Actor
from tongzhou.kernel.errors import Refusal
from tongzhou.kernel.ids import new_id
from tongzhou.kernel.models import AuditEntry, OnceKey, OutboxMessage
from tongzhou.registers.places.models import Place
from tongzhou.registers.responses.models import Response

WHO = Actor(account_id=new_id(), name="管理员")


def a_response(**over):
    place, _ = Place.objects.get_or_create(
        code="0", defaults={"level": "nation", "name": "全国", "short_name": "全国", "full_name": "全国"}
    )
    response = Response(
        **{"slug": f"r-{new_id().hex[-8:]}", "name": "湖北", "area": place, "started_on": "2020-01-23", **over}
    )
    return changes.create(response, actor=WHO, act="response.create")


@pytest.mark.django_db
def test_a_change_raises_the_version_and_leaves_its_trace():
    response = a_response()
    changes.apply(response, actor=WHO, act="response.edit", name="湖北二", reason="更名")
    assert (response.version, response.name) == (2, "湖北二")
    entry = audit.history(response).first()
    assert entry is not None
    assert (entry.changes, entry.reason, entry.actor_id) == ({"name": ["湖北", "湖北二"]}, "更名", WHO.account_id)


@pytest.mark.django_db
def test_nothing_changed_leaves_no_trace():
    response = a_response()
    before = AuditEntry.objects.count()
    changes.apply(response, actor=WHO, act="response.edit", name="湖北")
    assert (response.version, AuditEntry.objects.count()) == (1, before)


@pytest.mark.django_db
def test_a_stale_version_is_refused_and_nothing_is_written():
    response = a_response()
    mine = Response.objects.get(pk=response.pk)
    changes.apply(response, actor=WHO, act="response.edit", name="先到")
    before = AuditEntry.objects.count()
    with pytest.raises(Refusal) as refused:
        changes.apply(mine, actor=WHO, act="response.edit", name="后到")
    assert refused.value.code == "version_stale"
    assert Response.objects.get(pk=response.pk).name == "先到"
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db
def test_undo_takes_back_one_change_and_not_what_came_after():
    response = a_response()
    changes.apply(response, actor=WHO, act="response.edit", name="改名")
    renamed = audit.history(response).first()
    changes.apply(response, actor=WHO, act="response.edit", slug="later")
    changes.undo(renamed, actor=WHO)
    response.refresh_from_db()
    assert (response.name, response.slug) == ("湖北", "later")
    with pytest.raises(Refusal, match="undo_stale"):
        changes.undo(renamed, actor=WHO)


@pytest.mark.django_db
def test_undo_refuses_when_the_field_was_changed_since():
    response = a_response()
    changes.apply(response, actor=WHO, act="response.edit", name="一")
    first = audit.history(response).first()
    changes.apply(response, actor=WHO, act="response.edit", name="二")
    with pytest.raises(Refusal, match="undo_stale"):
        changes.undo(first, actor=WHO)
    assert Response.objects.get(pk=response.pk).name == "二"


@pytest.mark.django_db
def test_a_bulk_change_is_undone_whole_or_not_at_all():
    some = [a_response() for _ in range(3)]
    group = changes.apply_many(some, actor=WHO, act="response.edit", name="同名")
    assert changes.undo_group(group, actor=WHO) == 3
    assert {r.name for r in Response.objects.filter(pk__in=[s.pk for s in some])} == {"湖北"}
    for one in some:
        one.refresh_from_db()
    group = changes.apply_many(some, actor=WHO, act="response.edit", name="再改")
    changes.apply(some[1], actor=WHO, act="response.edit", name="有人改过")
    with pytest.raises(Refusal, match="undo_stale"):
        changes.undo_group(group, actor=WHO)
    assert {r.name for r in Response.objects.filter(pk__in=[s.pk for s in some])} == {"再改", "有人改过"}


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_lose_no_update():
    """Each of 16 adds one to the same field by reading, adding and writing with the version; retries on refusal."""
    response = a_response(name="0")
    failed: list[BaseException] = []

    def add_one() -> None:
        try:
            while True:
                mine = Response.objects.get(pk=response.pk)
                try:
                    changes.apply(mine, actor=SYSTEM, act="response.edit", name=str(int(mine.name) + 1))
                    return
                except Refusal as refusal:
                    if refusal.code != "version_stale":
                        raise
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=add_one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    response.refresh_from_db()
    assert (failed, response.name, response.version) == ([], "16", 17)
    assert audit.history(response).count() == 17


@pytest.mark.django_db(transaction=True)
def test_one_key_has_one_effect_for_sixteen_at_once():
    effects: list[int] = []
    answers: list[object] = []
    failed: list[BaseException] = []

    def send(number: int) -> None:
        try:
            result, _ = idempotency.once(
                scope="test", key="k", content="same", effect=lambda: effects.append(number) or number
            )
            answers.append(result)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(effects) == 1
    assert answers == effects * 16
    assert OnceKey.objects.count() == 1


@pytest.mark.django_db
def test_one_key_for_other_content_is_refused():
    idempotency.once(scope="test", key="k", content="a", effect=lambda: 1)
    with pytest.raises(Refusal, match="key_reused"):
        idempotency.once(scope="test", key="k", content="b", effect=lambda: 2)
    assert idempotency.once(scope="other", key="k", content="b", effect=lambda: 3) == (3, True)


@pytest.mark.django_db
def test_an_effect_that_fails_leaves_its_key_free():
    def fail() -> None:
        raise Refusal("bad_form")

    with pytest.raises(Refusal, match="bad_form"):
        idempotency.once(scope="test", key="k", content="a", effect=fail)
    assert idempotency.once(scope="test", key="k", content="a", effect=lambda: 1) == (1, True)


@pytest.mark.django_db
def test_the_limit_holds_for_one_and_not_for_another():
    for _ in range(3):
        throttle.hit("guess", "10.0.0.1", limit=3, seconds=3600)
    with pytest.raises(Refusal) as refused:
        throttle.hit("guess", "10.0.0.1", limit=3, seconds=3600)
    assert refused.value.code == "too_many"
    assert 0 < refused.value.params["seconds"] <= 3600
    throttle.hit("guess", "10.0.0.2", limit=3, seconds=3600)
    with connection.cursor() as cursor:
        cursor.execute("SELECT who FROM kernel_throttlecount")
        assert all("10.0.0" not in row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_a_message_of_a_transaction_that_failed_is_never_sent_and_a_failing_channel_stops_no_other():
    def fails_after_posting() -> None:
        with transaction.atomic():
            outbox.post("good", {}, "never")
            raise Refusal("bad_form")

    with pytest.raises(Refusal):
        fails_after_posting()
    outbox.post("bad", {}, "one")
    outbox.post("good", {"n": 1}, "two")
    outbox.post("good", {"n": 2}, "two")
    sent: list[dict[str, int]] = []

    def broken(payload: dict[str, int], key: str) -> None:
        raise OSError("no network")

    assert outbox.send_due({"good": lambda payload, key: sent.append(payload), "bad": broken}) == (1, 1)
    assert sent == [{"n": 1}]
    assert OutboxMessage.objects.get(key="one").last_error == "OSError: no network"
    assert outbox.send_due({"good": lambda payload, key: sent.append(payload), "bad": broken}) == (0, 0)
