"""More time and another lead: asked in time, decided by the office, with a trail; the ladder goes by what holds."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coordination.tasks import extending, papers, service
from models import Extension, ExtensionStatus, TaskPaper, TaskPaperKind, TaskPaperStatus, TaskStatus
from models.errors import BadInput, IllegalMove, NotAllowed, NotFound
from tests.tasks.conftest import DUE, china, told, words
from tests.tasks.test_urging import climbed, run
from tests.world import NOW, TODAY

LATER = DUE + timedelta(days=14)


def ask(story, task, *, who="liaison-JYJ", wanted_on=LATER, now=NOW):
    return story.act(extending.ask, who, task_id=task.id, wanted_on=wanted_on, reason="机构名单未到", now=now)


def grant(story, asked, *, due_on=LATER, now=NOW):
    return story.act(extending.grant, "office", extension_id=asked.id, due_on=due_on, now=now)


@pytest.mark.usefixtures("rules")
def test_a_request_granted_moves_the_due_date_and_the_first_one_stays_on_view(session, sign_in, story, on_the_day):
    task = story.in_state(TaskStatus.ACCEPTED)
    asked = ask(story, task)
    assert told(session, "task_extension_asked") == ["office"]
    assert session.get_one(type(task), task.id).due_on == DUE, "until it is granted the date stands"
    grant(story, asked, due_on=LATER - timedelta(days=1))
    session.refresh(task)
    assert (task.due_on, task.first_due_on) == (date(2026, 7, 13), DUE)
    assert told(session, "task_extension_decided") == ["liaison-JYJ", "liaison-WLJ"]
    page = words(sign_in("liaison-JYJ").get(f"/tasks/{task.id}"))
    assert "最迟2026年7月13日（周一）（原6月30日，延期1次）" in page
    assert "申请延期 由2026年6月30日（周二）延至2026年7月14日（周二）" in page


@pytest.mark.usefixtures("rules")
def test_the_ladder_goes_on_until_it_is_granted_and_starts_anew_then(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    asked = ask(story, task)
    for offset in range(13):
        run(china((TODAY + timedelta(days=offset)).isoformat()))
    run(china("2026-07-01"))
    assert climbed(session, task) == [("06-25", "REMIND"), ("07-01", "URGE")]
    grant(story, asked, due_on=date(2026, 7, 10), now=china("2026-07-01"))
    for offset in range(15):
        run(china((date(2026, 7, 2) + timedelta(days=offset)).isoformat()))
    assert climbed(session, task)[2:] == [("07-07", "REMIND"), ("07-13", "URGE"), ("07-15", "LETTER")]


def test_asked_on_the_last_day_it_is_taken_and_a_day_later_refused_in_words(story):
    task = story.in_state(TaskStatus.ACCEPTED)
    ask(story, task, now=china("2026-06-30", "23:59"))
    other = story.in_state(TaskStatus.ACCEPTED)
    with pytest.raises(IllegalMove, match="时限已过，不能申请延期。可在进展中说明原因"):
        ask(story, other, now=china("2026-07-01", "00:00"))


def test_a_late_page_says_why_and_shows_no_button(sign_in, story, on_the_day):
    task = story.in_state(TaskStatus.ACCEPTED, due_on=TODAY)
    client = sign_in("liaison-JYJ")
    assert "申请延期…" in words(client.get(f"/tasks/{task.id}"))
    on_the_day.move_to(china("2026-06-22"))
    client = sign_in("liaison-JYJ")
    assert "申请延期…" not in words(client.get(f"/tasks/{task.id}"))
    assert "时限已过，不能申请延期" in words(client.get(f"/tasks/{task.id}/extend"))


@pytest.mark.parametrize("status", [TaskStatus.ASSIGNED, TaskStatus.REPORTED, TaskStatus.CLOSED, TaskStatus.CANCELLED])
def test_only_a_task_the_unit_works_on_can_be_asked_for(story, status):
    with pytest.raises(IllegalMove):
        ask(story, story.in_state(status))


def test_who_may_not_ask_or_decide_is_refused_and_a_stranger_sees_nothing(story):
    task = story.in_state(TaskStatus.ACCEPTED)
    for who in ("liaison-WLJ", "office", "convenor"):
        with pytest.raises(NotAllowed):
            ask(story, task, who=who)
    with pytest.raises(NotFound):
        ask(story, task, who="liaison-SWJ")
    asked = ask(story, task)
    with pytest.raises(NotAllowed):
        story.act(extending.refuse, "liaison-JYJ", extension_id=asked.id, answer="不")
    with pytest.raises(NotFound):
        story.act(extending.refuse, "liaison-SWJ", extension_id=asked.id, answer="不")


def test_a_second_request_waits_for_the_first_and_a_day_no_later_is_refused(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    with pytest.raises(BadInput, match="应晚于现时限"):
        ask(story, task, wanted_on=DUE)
    asked = ask(story, task)
    with pytest.raises(IllegalMove, match="已有一份延期申请"):
        ask(story, task)
    story.act(extending.refuse, "office", extension_id=asked.id, answer="材料已齐")
    with pytest.raises(IllegalMove, match="不能再审核"):
        grant(story, asked)
    ask(story, task)
    assert [one.status for one in session.scalars(select(Extension).order_by(Extension.id))] == [
        ExtensionStatus.REFUSED,
        ExtensionStatus.ASKED,
    ]


def test_reported_done_the_request_lapses(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    asked = ask(story, task)
    story.report(task, percent=100, final=True)
    session.refresh(asked)
    assert asked.status == ExtensionStatus.LAPSED


def test_the_office_decides_from_its_desk(session, sign_in, story, on_the_day):
    task = story.in_state(TaskStatus.ACCEPTED)
    asked = ask(story, task)
    office = sign_in("office")
    assert f"审核延期：{task.title}" in words(office.get("/desk"))
    page = words(office.get(f"/tasks/{task.id}"))
    assert "同意延期…" in page
    assert "不同意…" in page
    answer = office.post(f"/tasks/extensions/{asked.id}/grant", data={"due_on": "2026-06-30"})
    assert answer.status_code == 422
    assert "新的时限应晚于现时限" in words(answer)
    page = words(office.post(f"/tasks/extensions/{asked.id}/grant", data={"due_on": "2026-07-14"}, follow_redirects=True))
    assert "已同意延期，新的时限为2026年7月14日（周二）" in page


def change(story, task, lead, **more):
    return story.act(service.change_lead, "office", task_id=task.id, lead_id=story.world.units[lead].id, reason="职责已划转", **more)


def test_another_lead_has_to_accept_and_what_the_old_one_reported_stays(session, story):
    task = story.in_state(TaskStatus.IN_PROGRESS)
    ask(story, task)
    change(story, task, "WLJ")
    session.refresh(task)
    assert (task.lead.code, task.status, task.percent, task.accepted_at) == ("WLJ", TaskStatus.ASSIGNED, 0, None)
    assert [unit.code for unit in task.co_units] == []
    assert len(task.reports) == 1
    assert told(session, "task_lead_changed") == ["liaison-JYJ", "liaison-WLJ"]
    assert session.scalars(select(Extension.status)).all() == [ExtensionStatus.LAPSED]
    with pytest.raises(NotFound):
        story.report(task)
    story.accept(task, who="liaison-WLJ")


def test_a_lead_that_leads_already_or_is_no_more_is_refused(session, story):
    task = story.in_state(TaskStatus.ACCEPTED)
    with pytest.raises(BadInput, match="已是牵头单位"):
        change(story, task, "JYJ")
    gone = session.merge(story.world.units["SWJ"])
    gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), story.world.units["GAJ"].id
    session.commit()
    with pytest.raises(BadInput, match="已撤并，请选择县公安局"):
        change(story, task, "SWJ")
    with pytest.raises(IllegalMove):
        change(story, story.in_state(TaskStatus.REPORTED), "GAJ")


@pytest.mark.usefixtures("rules")
def test_what_overtakes_a_draft_drops_it_with_the_reason(session, story):
    ways = {
        "任务已报结": lambda task: story.report(task, percent=100, final=True),
        "任务已撤销": lambda task: story.act(service.cancel, "office", task_id=task.id, reason="另有安排"),
        "牵头单位已更换为县商务局": lambda task: change(story, task, "SWJ"),
        "任务已延期至2026年7月14日（周二）": lambda task: grant(story, ask(story, task)),
    }
    for why, way in ways.items():
        task = story.in_state(TaskStatus.ACCEPTED)
        draft = story.act(papers.draft, "office", task_id=task.id, kind=TaskPaperKind.SUPERVISION)
        way(task)
        session.expire_all()
        paper = session.get_one(TaskPaper, draft.id)
        assert (paper.status, paper.reason) == (TaskPaperStatus.DROPPED, why)
