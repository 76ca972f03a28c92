"""What concerns many or is grave alarms the office at any hour, and is reported on until it is over."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from coordination import clock
from coordination.complaints import events, service
from models import EventLevel, EventReport, Notice, ReportKind
from models.errors import BadInput, IllegalMove, NotAllowed
from scheduler import jobs
from tests.world import NOW, TODAY

CHOSEN = [{"name": "张三丰", "phone": "13812345678", "paper": "推选书"}, {"name": "李四光", "phone": "13900000001", "paper": "推选书"}]
GROUP = {"people": 35, "representatives": CHOSEN, "facts": "张三丰等35人反映健身房关门，电话13812345678"}
NIGHT = NOW + timedelta(hours=14)


def flag(cases, one, who="router", **more):
    return cases.do(who, events.flag_group, one, **{**GROUP, **more})


def told(cases, kind):
    names = {person.id: name for name, person in cases.world.people.items()}
    rows = cases.session.execute(select(Notice.person_id, Notice.path, Notice.created_at).where(Notice.kind == kind))
    return {names[person_id]: (path, at) for person_id, path, at in rows}


def reports(cases):
    cases.session.expire_all()
    return [(row.kind, row.due_on, row.made_at is not None) for row in cases.session.scalars(select(EventReport).order_by(EventReport.id))]


def write(cases, who="router", now=NOW, text_="已到场处置"):
    report = cases.session.scalars(select(EventReport).where(EventReport.made_at.is_(None))).one()
    return cases.do(who, events.write_report, report_id=report.id, text=text_, recipients=["县人民政府"], now=now)


def test_the_office_is_alarmed_at_night_and_a_first_report_is_owed(cases):
    one = cases.with_unit()
    flag(cases, one, now=NIGHT)
    alarmed = told(cases, "complaint_alarm")
    assert set(alarmed) == {"router", "office", "liaison-JYJ", "head-JYJ"}
    assert alarmed["office"][0] == "", "who may not open the case is told without a link"
    assert {at for _, at in alarmed.values()} == {NIGHT}
    assert reports(cases) == [(ReportKind.FIRST, TODAY, False)]
    assert cases.the(one).is_group


def test_who_was_chosen_lies_sealed(cases):
    one = cases.with_unit()
    event = flag(cases, one)
    for table in ("complaint_event", "event_report", "notice", "audit_entry"):
        stored = str(cases.session.execute(text(f"SELECT * FROM {table}")).all())
        assert "张三丰" not in stored
        assert "13812345678" not in stored
    seen = cases.do("liaison-JYJ", events.representatives, event_id=event, reason="通知代表人")
    assert [row["name"] for row in seen] == ["张三丰", "李四光"]
    with pytest.raises(BadInput):
        cases.do("liaison-JYJ", events.representatives, event_id=event, reason="")


@pytest.mark.parametrize(
    "wrong", [{"people": 1}, {"representatives": CHOSEN[:1]}, {"representatives": [CHOSEN[0], {"name": "李四光"}]}, {"facts": " "}]
)
def test_what_the_rules_ask_of_a_group(cases, wrong):
    one = cases.made()
    with pytest.raises(BadInput):
        flag(cases, one, **wrong)
    assert not cases.the(one).is_group


def test_once_a_kind_and_by_whom_it_concerns(cases):
    one = cases.made()
    flag(cases, one)
    with pytest.raises(IllegalMove):
        flag(cases, one)
    cases.do("router", events.flag_emergency, one, level=EventLevel.GRAVE, facts="发生冲突")
    assert [event.kind.value for event in events.events_of(cases.session, cases.the(one))] == ["group", "emergency"]
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id, co_ids=[cases.world.units["WLJ"].id])
    with pytest.raises(NotAllowed):
        flag(cases, one, "liaison-WLJ")
    with pytest.raises(BadInput):
        cases.do("router", events.flag_emergency, one, level=EventLevel.GRAVE, facts="发生冲突", people=-1)


def test_first_further_and_final_report(cases):
    one = cases.with_unit()
    event = flag(cases, one)
    write(cases, text_="首报，联系人13812345678")
    assert "13812345678" not in cases.session.scalars(select(EventReport.text)).first()
    assert reports(cases)[-1] == (ReportKind.FURTHER, date(2026, 6, 22), False), "the day after is a holiday"
    write(cases, "liaison-JYJ", now=NOW + timedelta(days=1))
    cases.do("router", events.end_event, event_id=event, on=date(2026, 6, 20), outcome="全部退款", now=NOW + timedelta(days=2))
    assert reports(cases)[-1] == (ReportKind.FINAL, date(2026, 6, 24), False)
    write(cases, now=NOW + timedelta(days=3))
    assert [(kind, made) for kind, _, made in reports(cases)] == [
        (ReportKind.FIRST, True),
        (ReportKind.FURTHER, True),
        (ReportKind.FINAL, True),
    ]
    assert events.open_events(cases.session, cases.actor("router")) == []


def test_ended_before_the_first_report_both_are_still_owed(cases):
    event = flag(cases, cases.made())
    cases.do("router", events.end_event, event_id=event, on=TODAY, outcome="已平息")
    write(cases)
    assert reports(cases)[-1][0] == ReportKind.FINAL
    with pytest.raises(IllegalMove):
        cases.do("router", events.end_event, event_id=event, on=TODAY, outcome="再次平息")


def test_a_report_that_is_due_is_told_at_any_hour_once(cases):
    flag(cases, cases.made())
    run = jobs.Run(NIGHT, Path())
    assert jobs.perform("a_job", jobs.complaint_events, run, clock.now).done == 1
    assert set(told(cases, "complaint_report_due")) == {"router", "office"}
    assert jobs.perform("a_job", jobs.complaint_events, run, clock.now).done == 0


def test_a_report_is_written_once_with_text_and_recipients(cases):
    flag(cases, cases.made())
    report = cases.session.scalars(select(EventReport.id)).one()
    for wrong in ({"text": " ", "recipients": ["县人民政府"]}, {"text": "情况", "recipients": [" "]}):
        with pytest.raises(BadInput):
            cases.do("router", events.write_report, report_id=report, **wrong)
    write(cases)
    with pytest.raises(IllegalMove):
        cases.do("router", events.write_report, report_id=report, text="再报", recipients=["县人民政府"])
