"""A client is told once of every change of status of what it registered, signed, at its own address and nowhere else."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.orm import Session

from coordination.api import clients, webhooks
from coordination.complaints import handling, registering, service
from coordination.permissions import OPERATOR
from coordination.transaction import engine_options, transaction
from models import ApiClient, ApiComplaint, Complaint, RefusalGround, WebhookDelivery
from models.errors import BadInput
from scheduler import jobs
from tests.api.conftest import PERSON, sent
from tests.world import NOW

pytestmark = pytest.mark.usefixtures("morning")
SOON = NOW + timedelta(minutes=6)


def owed(session: Any) -> list[str]:
    session.expire_all()
    return [row.status.value for row in session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.event))]


def deliver(delivery_id: int, now: Any = SOON) -> bool:
    with transaction() as writing:
        return webhooks.deliver(writing, delivery_id=delivery_id, now=now)


@pytest.fixture
def one(program, receiver):
    """A client that is told at ``receiver``."""
    return program(webhook=receiver.url)


@pytest.fixture
def assigned(one, handle, world) -> str:
    """The number of a complaint of that client, just assigned: one message is owed."""
    number = one.post(sent()).json["number"]
    handle("router", service.assign, number, lead_id=world.units["JYJ"].id)
    return number


# Owed


def test_every_change_of_status_is_owed_in_its_own_transaction(session, one, assigned, handle, world):
    handle("liaison-JYJ", service.receive, assigned)
    handle("liaison-JYJ", service.send_back, assigned, reason="不属本单位职责", believed_id=None)
    handle("router", service.assign, assigned, lead_id=world.units["WLJ"].id)
    handle("liaison-WLJ", service.send_back, assigned, reason="不属本单位职责", believed_id=None)
    handle("router", service.designate, assigned, lead_id=world.units["SWJ"].id, document_no="示政办〔2026〕1号")
    handle("liaison-SWJ", service.receive, assigned)
    handle("liaison-SWJ", handling.accept, assigned)
    handle("liaison-SWJ", handling.mediate, assigned, place="调解室")
    handle("liaison-SWJ", handling.settle, assigned, result="退款")
    handle("liaison-SWJ", handling.close, assigned)
    assert owed(session) == [
        *("assigned", "received", "returned", "assigned", "disputed", "assigned", "received"),
        *("accepted", "mediating", "settled", "closed"),
    ]
    assert session.scalars(select(ApiComplaint)).one().status == "closed"


def test_reports_queries_and_refusals_are_told_of_too(session, one, handle, world):
    steps: dict[str, list[tuple[Any, dict[str, Any]]]] = {
        "report": [(handling.start_check, {}), (handling.decide_report, {"case_number": "", "result": "未发现"}), (handling.inform, {})],
        "query": [(handling.answer, {"text": "可以"}), (handling.close, {})],
        "complaint": [(handling.refuse, {"ground": RefusalGround.TOO_OLD, "reason": "逾三年"}), (handling.close, {})],
    }
    for kind, done in steps.items():
        number = one.post(sent(kind=kind)).json["number"]
        handle("router", service.assign, number, lead_id=world.units["JYJ"].id)
        handle("liaison-JYJ", service.receive, number)
        for verb, more in done:
            handle("liaison-JYJ", verb, number, **more)
        told = session.scalars(select(WebhookDelivery.status).where(WebhookDelivery.number == number).order_by(WebhookDelivery.event)).all()
        complaint = session.scalars(select(Complaint).where(Complaint.number == number)).one()
        assert len(told) == 2 + len(done)
        assert told[-1] == complaint.status


def test_what_is_split_off_from_a_clients_complaint_is_the_clients_too(session, one, handle, world):
    number = one.post(sent(kind="mixed")).json["number"]
    with transaction() as writing:
        mixed = writing.scalars(select(Complaint.id).where(Complaint.number == number)).one()
        texts = {"complaint_text": "面包过期", "report_text": "销售过期食品"}
        registering.split(writing, actor=world.actor(writing, "router"), complaint_id=mixed, now=NOW + timedelta(minutes=5), **texts)
    assert one.get(f"/complaints/{number}-举报").json["status"] == "registered"
    handle("router", service.assign, f"{number}-举报", lead_id=world.units["JYJ"].id)
    assert [row.number for row in session.scalars(select(WebhookDelivery))] == [f"{number}-举报"]


def test_what_changes_no_status_is_not_told(session, one, assigned, handle, world):
    handle("router", service.assign, assigned, lead_id=world.units["WLJ"].id)
    assert owed(session) == ["assigned"]


def test_a_change_that_is_undone_owes_nothing(session, one, handle, world):
    number = one.post(sent()).json["number"]

    def assign_and_fail() -> None:
        with transaction() as writing:
            complaint_id = writing.scalars(select(Complaint.id).where(Complaint.number == number)).one()
            more = {"complaint_id": complaint_id, "lead_id": world.units["JYJ"].id, "now": NOW}
            service.assign(writing, actor=world.actor(writing, "router"), **more)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assign_and_fail()
    assert owed(session) == []
    handle("router", service.assign, number, lead_id=world.units["JYJ"].id)
    assert owed(session) == ["assigned"]


def test_nobody_is_told_without_an_address_or_of_what_others_registered(session, program, receiver, handle, world):
    silent, _told = program("甲"), program("乙", webhook=receiver.url)
    number = silent.post(sent()).json["number"]
    handle("router", service.assign, number, lead_id=world.units["JYJ"].id)
    assert owed(session) == []
    assert jobs_done() == 0
    assert receiver.taken == []


# Sent


def jobs_done(now: Any = SOON) -> int:
    tally = jobs.Tally()
    jobs.deliver_webhooks(jobs.Run(now, None), tally)  # type: ignore[arg-type]
    assert tally.failed == 0
    return tally.done


def test_the_message_is_signed_and_says_number_and_status_and_nothing_of_people(session, one, assigned, receiver):
    assert jobs_done() == 1
    (message,) = receiver.taken
    assert message.path == "/hook?from=county"
    assert message.headers["X-Signature"] == "sha256=" + hmac.new(one.secret.encode(), message.body, hashlib.sha256).hexdigest()
    assert message.headers["X-Timestamp"] == str(int(SOON.timestamp()))
    assert message.headers["Content-Type"] == "application/json; charset=utf-8"
    said = json.loads(message.body)
    assert said == {
        "event": int(message.headers["X-Event"]),
        "number": assigned,
        "status": "assigned",
        "status_text": "待签收",
        "at": "2026-06-18T09:05:00+08:00",
        "sent_at": "2026-06-18T09:06:00+08:00",
    }
    assert [word for word in PERSON.values() if word in message.body.decode()] == []
    assert (jobs_done(), len(receiver.taken)) == (0, 1)


def test_secret_and_key_lie_nowhere_in_clear(session, one):
    stored = str(session.execute(text("SELECT * FROM api_client")).all()) + str(session.execute(text("SELECT * FROM audit_entry")).all())
    assert one.key not in stored
    assert one.secret not in stored


def test_a_copy_sent_twice_by_a_crash_bears_the_same_event(session, one, assigned, receiver):
    (delivery_id,) = webhooks.due(session, SOON)

    def send_and_crash() -> None:
        with transaction() as writing:
            webhooks.deliver(writing, delivery_id=delivery_id, now=SOON)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_and_crash()
    assert webhooks.due(session, SOON) == []
    later = SOON + timedelta(minutes=1)
    assert webhooks.due(session, later) == [delivery_id]
    assert deliver(delivery_id, later)
    first, second = (json.loads(message.body) for message in receiver.taken)
    assert first["sent_at"] < second["sent_at"]
    assert {**first, "sent_at": ""} == {**second, "sent_at": ""}


def test_nothing_is_locked_while_the_other_side_takes_its_time_and_no_other_process_sends_it(
    session, database_url, one, assigned, receiver
):
    (delivery_id,) = webhooks.due(session, SOON)
    session.commit()
    other = create_engine(database_url, **engine_options(database_url))
    seen: list[Any] = []

    def meanwhile() -> None:
        with other.begin() as connection:
            connection.execute(text("UPDATE person SET name = '改名' WHERE username = 'admin'"))
            seen.append(connection.execute(text("SELECT tries FROM webhook_delivery")).scalar())
        with Session(other) as elsewhere:
            seen.append(webhooks.deliver(elsewhere, delivery_id=delivery_id, now=SOON))

    receiver.while_taking = meanwhile
    assert deliver(delivery_id)
    other.dispose()
    assert seen == [1, False]
    assert len(receiver.taken) == 1


def test_what_is_not_taken_is_tried_again_ever_later_and_given_up_after_eight_attempts(session, one, assigned, receiver):
    receiver.answers = [500]
    (delivery_id,) = webhooks.due(session, SOON)
    now, waited = SOON, []
    while session.get(WebhookDelivery, delivery_id).given_up_at is None:
        assert webhooks.due(session, now) == [delivery_id]
        assert not deliver(delivery_id, now)
        row = session.get(WebhookDelivery, delivery_id)
        assert webhooks.due(session, row.next_at - timedelta(seconds=1)) == []
        waited.append(row.next_at - now)
        now = row.next_at
    assert waited[:-1] == list(webhooks.WAITS)
    assert (row.tries, row.last_error, row.sent_at) == (8, "对方未接收（500）", None)
    assert webhooks.due(session, now + timedelta(days=30)) == []


def test_after_a_failure_it_goes_and_the_reason_is_gone(session, one, assigned, receiver):
    receiver.answers = [503, 200]
    assert jobs_done() == 0
    assert jobs_done(SOON + timedelta(minutes=1)) == 1
    row = session.scalars(select(WebhookDelivery)).one()
    assert (row.tries, row.last_error, row.sent_at) == (2, "", SOON + timedelta(minutes=1))


def test_a_redirect_is_not_followed(session, one, assigned, receiver):
    receiver.answers, receiver.elsewhere = [307], receiver.url
    assert jobs_done() == 0
    assert len(receiver.taken) == 1
    assert session.scalars(select(WebhookDelivery.last_error)).one() == "对方要求转到其他地址（307），未予转送"


def test_a_silent_client_does_not_keep_the_others_waiting(session, program, receiver, handle, world):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone, there = program("甲", webhook=f"http://127.0.0.1:{port}/"), program("乙", webhook=receiver.url)
    for client, count in ((gone, 3), (there, 1)):
        for _ in range(count):
            handle("router", service.assign, client.post(sent()).json["number"], lead_id=world.units["JYJ"].id)
    assert jobs_done() == 1
    tries = session.scalars(select(WebhookDelivery.tries).where(WebhookDelivery.client_id == gone.client_id)).all()
    assert sorted(tries) == [0, 0, 1]
    errors = set(session.scalars(select(WebhookDelivery.last_error).where(WebhookDelivery.tries == 1, WebhookDelivery.sent_at.is_(None))))
    assert errors == {"连不上对方，请核对通知地址"}


def test_an_answer_that_is_no_http_is_a_failure(session, program, handle, world):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def babble() -> None:
            other, _ = listening.accept()
            with other:
                other.recv(65536)
                other.sendall(b"hello\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        client = program(webhook=f"http://127.0.0.1:{listening.getsockname()[1]}/")
        handle("router", service.assign, client.post(sent()).json["number"], lead_id=world.units["JYJ"].id)
        assert jobs_done() == 0
        thread.join()
    assert session.scalars(select(WebhookDelivery.last_error)).one() == "对方的应答不合HTTP规定"


def test_a_disabled_client_is_told_nothing_more(session, one, assigned, receiver, handle):
    with transaction() as writing:
        clients.disable(writing, actor=OPERATOR, client_id=one.client_id, now=NOW)
    handle("liaison-JYJ", service.receive, assigned)
    assert owed(session) == ["assigned"]
    assert jobs_done() == 0
    assert receiver.taken == []


def test_an_address_taken_away_ends_what_waits(session, one, assigned, receiver):
    session.execute(update(ApiClient).values(webhook_url=""))
    session.commit()
    (delivery_id,) = session.scalars(select(WebhookDelivery.id)).all()
    assert jobs_done() == 0
    assert not deliver(delivery_id)
    assert receiver.taken == []


# Addresses


@pytest.mark.parametrize(
    "typed",
    [
        *("ftp://a.cn/", "//a.cn/", "https://", "http:///x", "a.cn/hook", "javascript:alert(1)", "file:///etc/passwd"),
        *("http://u:p@a.cn/", "http://a.cn:0/", "http://a.cn:99999/", "http://a.cn/#x", "http://a.cn/a b", "http://a.cn/\r\nX: y"),
        *("http://[::1/", "http://例.cn/", "http://a.cn/" + "x" * 300),
    ],
)
def test_an_address_that_is_none_is_refused(typed):
    with pytest.raises(BadInput, match="通知地址应以http"):
        webhooks.read_url(typed)


@pytest.mark.parametrize("typed", ["", "https://a.gov.cn/hook", "http://10.0.0.8:8080/a?b=c", " https://a.gov.cn "])
def test_an_address_is_taken_as_typed(typed):
    assert webhooks.read_url(typed) == typed.strip()
