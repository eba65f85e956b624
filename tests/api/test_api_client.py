"""The typed client against the real desk over real HTTP, a cut network included."""

import httpx
import pytest

from builders import WUHAN, a_category, a_place
from tongzhou.chain.intake.models import Need
from tongzhou.client import Contact, Desk, DeskError, DeskUnreachable

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = Contact(phone="19000000032")


@pytest.fixture
def desk(api, live_server):
    a_place(WUHAN)
    a_category()
    send = api()
    with Desk(live_server.url, token=send.headers["Authorization"].removeprefix("Bearer ")) as desk:
        yield desk


def ask(desk: Desk, **more):
    return desk.create_need(response="hubei-2020", for_whom="facility", place=WUHAN, item="口罩", contact=PHONE, **more)


def test_create_read_list_change_withdraw(desk):
    need = ask(desk, quantity=30, unit="只", requester="测试医院")
    assert desk.need(need.id) == need
    assert [one.id for one in desk.needs(response="hubei-2020", state="received")] == [need.id]
    changed = desk.update_need(need, quantity_asked=25)
    assert (changed.quantity_asked, changed.version) == (25, need.version + 1)
    with pytest.raises(DeskError, match="version_stale") as refused:
        desk.update_need(need, quantity_asked=1)
    assert refused.value.status == 409
    assert desk.withdraw_need(changed, "已解决").state == "withdrawn"


def test_it_walks_every_page(desk):
    made = {ask(desk).id for _ in range(5)}
    assert {one.id for one in desk.needs(limit=2)} == made
    assert {place.code for place in desk.places(under="42", level="city")} == {WUHAN}
    assert next(desk.responses()).slug == "hubei-2020"
    assert any(one.key == "surgical_mask" for one in desk.categories())


def test_an_answer_lost_on_the_way_back_does_not_double_the_need(desk, live_server, monkeypatch):
    """The first attempt arrives, its answer is lost; the client sends again by itself."""
    monkeypatch.setattr("tongzhou.client.desk.time.sleep", lambda seconds: None)
    real, lost = httpx.HTTPTransport(), []

    class LosesTheFirstAnswer(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = real.handle_request(request)
            if not lost:
                answer.read()
                lost.append(answer.status_code)
                raise httpx.ReadError("cut")
            return answer

    token = desk._http.headers["Authorization"].removeprefix("Bearer ")
    with Desk(live_server.url, token=token, transport=LosesTheFirstAnswer()) as shaky:
        need = ask(shaky)
    assert lost == [201]
    assert Need.objects.get().pk == need.id


def test_nobody_there_is_said_plainly(monkeypatch):
    monkeypatch.setattr("tongzhou.client.desk.time.sleep", lambda seconds: None)
    with Desk("http://127.0.0.1:9") as desk, pytest.raises(DeskUnreachable, match="GET /responses"):
        next(desk.responses())
