"""The pages: a whole life by forms alone, who may open what, what happens to what was typed."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination.meetings import queries
from coordination.tasks import reviewing
from models import (
    AgendaItem,
    Countersign,
    CountersignRound,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesCorrection,
    MinutesPart,
    Proposal,
    Reply,
    Task,
)
from models.base import db
from tests.meetings.clicking import hidden
from tests.meetings.steps import DUE_ON, STARTS_AT, one
from tests.world import NOW

PLAN = {
    "kind": "regular",
    "starts_at": "2026-06-30T09:00",
    "place": "县市场监管局三楼会议室",
    "proposals_due_on": "2026-06-24",
    "chair": "",
    "title": "",
}


pytestmark = pytest.mark.usefixtures("clock")


def test_a_meeting_lives_from_plan_to_reading_by_forms_alone(steps, world, clerk, clock):
    steps.session.commit()
    office, liaison, recorder, convenor = (clerk(name) for name in ("office", "liaison-SWJ", "recorder", "convenor"))
    page = office.sends("/meetings/new", mechanism_id=world.mechanisms["county"].id, **PLAN)
    assert "2026年第1次联席会议已列入筹备，尚未告知任何人。" in page
    meeting_id = one(Meeting).id
    here = f"/meetings/{meeting_id}"
    assert "将向5个单位5人发送" in office.opens(f"{here}/collect")
    office.sends(f"{here}/collect")

    assert "提出议题" in liaison.opens(here)
    liaison.sends("/meetings/proposals/new", meeting_id=meeting_id, title="预付式消费", body="投诉集中。", minutes_wanted=15)
    proposal_id = one(Proposal).id
    liaison.sends(f"/meetings/proposals/{proposal_id}/submit")
    assert "审议议题1项" in office.opens(here)
    assert "预付式消费" in office.opens(f"{here}/agenda")
    office.sends(f"/meetings/proposals/{proposal_id}/take-up", meeting_id=meeting_id)
    office.sends(f"{here}/agenda/new", title="数据通报", presenter_id=0, minutes_planned=10)
    office.sends(f"{here}/guests/new", body="县人民法院", name="赵某", post="副院长")
    assert "将向5个单位10人和召集人、副召集人、记录员3人发送" in office.opens(f"{here}/notice")
    office.sends(f"{here}/notice")

    assert "答复参会" in liaison.opens(here)
    liaison.sends(f"{here}/reply", answer="stand_in", person_name="李某", person_post="副局长")
    assert "还有4个单位未答复" in office.opens(here)
    office.sends(f"{here}/urge")

    clock.move_to(STARTS_AT)
    office, liaison, recorder, convenor = (clerk(name) for name in ("office", "liaison-SWJ", "recorder", "convenor"))
    recorder.sends(f"{here}/room/open")
    review, item, data = db.session.scalars(select(AgendaItem).order_by(AgendaItem.position)).all()
    recorder.sends(f"{here}/room?item={review.id}", version=1, discussion="已通报。", outcome="noted", go="next")
    clause = {
        "clause_text": "由县商务局牵头办理。",
        "clause_lead_id": steps.unit("SWJ"),
        "clause_due_on": "2026-09-30",
        "clause_version": 0,
    }
    page = recorder.sends(f"{here}/room?item={item.id}", version=1, discussion="会议认为重要。", outcome="decided", go="next", **clause)
    assert "3. 数据通报" in page
    assert "还有1项没有结果" in recorder.opens(f"{here}/end")
    recorder.sends(f"{here}/room?item={data.id}", version=1, discussion="", outcome="noted", go="stay")
    recorder.sends(f"{here}/end")

    recorder.sends(f"{here}/minutes/compile")
    recorder.sends(f"{here}/minutes/submit")
    page = convenor.opens(f"{here}/minutes/sign")
    assert "由县商务局牵头办理。" in page
    assert "纪要已签发，编号〔2026〕1号。可印发。" in convenor.sends(f"{here}/minutes/sign", seen=hidden(page, "seen"))
    assert liaison.client.get(f"{here}/minutes").status_code == 404
    assert "将立的任务 1项" in office.opens(f"{here}/minutes/issue")
    office.sends(f"{here}/minutes/issue")
    assert "已记下本单位阅知。" in liaison.sends(f"{here}/minutes/receipt")
    assert "阅知 1/5" in office.opens(f"{here}/minutes")
    answer = liaison.client.get(f"{here}/minutes/file")
    assert answer.data[:2] == b"PK"
    assert "docx" in answer.headers["Content-Disposition"]
    assert re.search(r"议定事项1</a>.*任务〔2026〕1-1</a>", liaison.opens(f"/meetings/proposals/{proposal_id}"), re.S)


def test_the_list_shows_each_person_what_they_may_know(steps, clerk):
    shared, planned = steps.collecting(), steps.plan()
    steps.session.commit()
    names = shared.name, planned.name
    assert [name in clerk("office").opens("/meetings") for name in names] == [True, True]
    assert [name in clerk("liaison-JYJ").opens("/meetings") for name in names] == [True, False]
    assert [name in clerk("liaison-GGG").opens("/meetings") for name in names] == [False, False]
    assert "没有会议" in clerk("liaison-GGG").opens("/meetings")


def test_long_lists_are_turned_page_by_page_and_back(steps, clerk):
    for number in range(25):
        steps.plan(starts_at=STARTS_AT + timedelta(hours=number % 3))
    steps.session.commit()
    office = clerk("office")
    first = office.opens("/meetings")
    links = lambda page: dict(re.findall(r'<a rel="(prev|next)"\s+href="([^"]+)"', page))  # noqa: E731
    second = office.opens(links(first)["next"].replace("&amp;", "&"))
    rows = lambda page: re.findall(r"2026年第\d+次联席会议</a>", page)  # noqa: E731
    assert (len(rows(first)), len(rows(second)), set(rows(first)) & set(rows(second))) == (20, 5, set())
    assert rows(office.opens(links(second)["prev"].replace("&amp;", "&"))) == rows(first)
    assert "next" not in links(second)


ROLES_BY_PAGE = {
    "": {"office", "convenor", "deputy", "recorder", "auditor", "liaison-JYJ", "head-JYJ"},
    "/edit": {"office"},
    "/postpone": {"office"},
    "/cancel": {"office"},
    "/notice": {"office"},
    "/agenda": {"office"},
    "/agenda/new": {"office"},
    "/guests/new": {"office"},
}


@pytest.mark.parametrize("page", ROLES_BY_PAGE)
def test_a_page_opens_for_whom_it_is_meant_and_refuses_the_others_in_words(steps, clerk, page):
    meeting = steps.collecting()
    steps.session.commit()
    for username in ("office", "convenor", "deputy", "recorder", "auditor", "liaison-JYJ", "head-JYJ", "router", "admin"):
        answer = clerk(username).client.get(f"/meetings/{meeting.id}{page}")
        assert answer.status_code == (200 if username in ROLES_BY_PAGE[page] else 403), username
        if answer.status_code == 403:
            assert "您没有查看权限" in answer.text


def test_an_action_that_is_not_open_now_is_refused_with_the_reason(steps, clerk):
    meeting = steps.notified()
    steps.session.commit()
    office = clerk("office")
    for page in ("edit", "collect", "notice", "agenda", "agenda/new", "guests/new", "presence", "end"):
        answer = office.client.get(f"/meetings/{meeting.id}/{page}")
        assert (answer.status_code, "现为“已通知”" in answer.text) == (409, True), page


# Every address of the feature that names a thing, and what must exist for it.
ADDRESSES = (
    *("/meetings/{meeting}", "/meetings/{meeting}/edit", "/meetings/{meeting}/collect", "/meetings/{meeting}/liaison-meeting"),
    *("/meetings/{meeting}/postpone", "/meetings/{meeting}/cancel", "/meetings/{meeting}/notice", "/meetings/{meeting}/urge"),
    *("/meetings/{meeting}/reply", "/meetings/{meeting}/agenda", "/meetings/{meeting}/agenda/new", "/meetings/{meeting}/guests/new"),
    *("/meetings/{meeting}/room", "/meetings/{meeting}/room/open", "/meetings/{meeting}/presence", "/meetings/{meeting}/end"),
    "/meetings/{meeting}/sign-in-code",
    *("/meetings/{meeting}/minutes", "/meetings/{meeting}/minutes/compile", "/meetings/{meeting}/minutes/opening"),
    *("/meetings/{meeting}/minutes/opening/restore", "/meetings/{meeting}/minutes/submit", "/meetings/{meeting}/minutes/sign"),
    *("/meetings/{meeting}/minutes/issue", "/meetings/{meeting}/minutes/file", "/meetings/{meeting}/minutes/receipt"),
    *("/meetings/{meeting}/minutes/revisions", "/meetings/{meeting}/minutes/revisions/{number}", "/meetings/{meeting}/minutes/remind"),
    *("/meetings/{meeting}/minutes/countersign", "/meetings/{meeting}/minutes/countersign/send"),
    *("/meetings/{meeting}/minutes/countersign/urge", "/meetings/{meeting}/minutes/corrections/new", "/meetings/{meeting}/restricted"),
    *("/meetings/{meeting}/minutes/upload", "/meetings/{meeting}/minutes/upload/drop", "/meetings/{meeting}/minutes/upload/file"),
    *("/meetings/items/{item}/restrict", "/meetings/minutes/countersigns/{countersign}", "/meetings/minutes/corrections/{correction}"),
    *("/meetings/minutes/corrections/{correction}/edit", "/meetings/minutes/corrections/{correction}/sign"),
    "/meetings/minutes/corrections/{correction}/file",
    *("/meetings/minutes/parts/{part}", "/meetings/minutes/parts/{part}/restore", "/meetings/items/{item}"),
    *("/meetings/items/{item}/move", "/meetings/items/{item}/remove", "/meetings/guests/{guest}/remove"),
    *("/meetings/decisions/{decision}/remove", "/meetings/proposals/{proposal}", "/meetings/proposals/{proposal}/edit"),
    *("/meetings/proposals/{proposal}/submit", "/meetings/proposals/{proposal}/settle", "/meetings/proposals/{proposal}/return"),
    *("/meetings/proposals/{proposal}/take-up", "/meetings/decisions/{decision}/reading", "/meetings/{meeting}/room/reading"),
    *("/meetings/proposals/{proposal}/ask-release", "/meetings/proposals/{proposal}/release", "/meetings/proposals/{proposal}/ask-changes"),
    *("/meetings/proposals/{proposal}/files/{file}", "/meetings/proposals/{proposal}/files/{file}/remove"),
    *("/meetings/proposals/{proposal}/opinions", "/meetings/opinions/{opinion}"),
    *("/meetings/proposals/{proposal}/send", "/meetings/{meeting}/amend", "/meetings/{meeting}/amend/add"),
    *("/meetings/{meeting}/amend/items/{item}", "/meetings/{meeting}/amend/items/{item}/remove"),
    "/meetings/{meeting}/amend/proposals/{proposal}",
    *("/meetings/{meeting}/rearrange", "/meetings/{meeting}/calendar.ics"),
    *("/meetings/requests/{request}", "/meetings/requests/{request}/answer", "/meetings/requests/{request}/decide"),
)


def test_no_address_of_the_feature_is_forgotten_below(app):
    rules = {
        re.sub(r"<int:(\w+?)(_id)?>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("meetings.")
    }
    posted = {"/meetings/proposals/of-dispute/{complaint}", "/meetings/proposals/of-support/{report}"}  # test_posting, test_views
    a_paper = "/meetings/{meeting}/papers/<string:kind>"  # test_papers asks who may have which
    elsewhere = ("/bulletins/", "/library/")  # test_bulletins and test_restricted ask of those
    named = {rule for rule in rules if "{" in rule and not any(part in rule for part in elsewhere)}
    assert named == {*ADDRESSES, *posted, a_paper}


def asked_and_corrected(steps, meeting):
    """Ids of a unit's countersigning and of a correction waiting for its signature, of the only minutes."""
    minutes = one(Minutes)
    asked = Countersign(unit_id=steps.unit("JYJ"))
    steps.session.add(CountersignRound(minutes=minutes, number=1, revision=1, sent_at=NOW, due_on=DUE_ON, answers=[asked]))
    row = MinutesCorrection(minutes=minutes, text="更正一处。", reason="笔误", drafted_at=NOW)
    steps.session.add(row)
    steps.session.flush()
    return {"countersign": asked.id, "correction": row.id}


def without_tokens(page):
    return re.sub(r'value="[^"]+"', "", page)


def test_another_mechanisms_things_look_like_none_by_get_and_by_post(steps, world, clerk):
    meeting = steps.compiled().meeting
    parts = {"meeting": meeting.id, "item": meeting.items[1].id, "decision": meeting.items[1].decisions[0].id}
    parts |= {"file": 1, "opinion": 1, "request": 1}
    parts |= {"part": db.session.scalars(select(MinutesPart.id)).first(), "proposal": meeting.items[1].proposal_id, "guest": 1}
    parts |= {"number": 1} | asked_and_corrected(steps, meeting)
    missing = dict.fromkeys(parts, 987_654)
    steps.member_of_sections_only()
    for role in ("recorder", "convenor"):
        person = world.people[role]
        person.grants = [grant for grant in person.grants if grant.mechanism.code == "sections"]
    steps.session.commit()
    found = {}
    for username in ("sections-office", "recorder", "convenor", "liaison-GGG", "head-GGG"):
        person = clerk(username)
        for address in ADDRESSES:
            for ask in (person.client.get, person.tries):
                real, none = ask(address.format(**parts)), ask(address.format(**missing))
                assert (real.status_code, without_tokens(real.text)) == (none.status_code, without_tokens(none.text)), (username, address)
                found.setdefault(address, set()).add(real.status_code)
    assert all(404 in codes and codes <= {403, 404, 405} for codes in found.values()), found


@pytest.mark.parametrize("number", ["0", "2147483648", "99999999999999999999"])
def test_numbers_no_row_can_have_are_not_found(clerk, number):
    office = clerk("office")
    for address in (
        f"/meetings/{number}",
        f"/meetings/proposals/{number}",
        f"/meetings/items/{number}",
        f"/meetings/minutes/parts/{number}",
    ):
        assert office.client.get(address).status_code == 404
    assert office.client.get(f"/meetings?before={number}&mechanism={number}&year={number}").status_code == 200
    assert office.client.get(f"/meetings/proposals?after={number}&mechanism={number}&status={number}").status_code == 200


def test_wrong_input_comes_back_with_everything_typed(world, clerk):
    office = clerk("office")
    typed = {**PLAN, "place": "", "proposals_due_on": "2026-07-01", "title": "我起的名字"}
    answer = office.tries("/meetings/new", mechanism_id=world.mechanisms["county"].id, **typed)
    assert answer.status_code == 422
    assert "<title>出错：筹备会议" in re.sub(r"\s+", "", answer.text).replace("<title>", "<title>", 1)
    for words in ("请填写地点", "议题截止日不能晚于会议日期（6月30日）", "我起的名字", 'value="2026-07-01"'):
        assert words in answer.text
    past = office.tries("/meetings/new", mechanism_id=world.mechanisms["county"].id, **{**PLAN, "proposals_due_on": "2026-06-01"})
    assert (past.status_code, "已过，请重新填写" in past.text) == (422, True)


def test_a_reply_refused_at_its_field_and_a_colleagues_shown_beside_mine(steps, clerk):
    meeting = steps.notified()
    steps.session.commit()
    here = f"/meetings/{meeting.id}/reply"
    liaison, head = clerk("liaison-JYJ"), clerk("head-JYJ")
    answer = liaison.tries(here, answer="leave")
    assert (answer.status_code, "请填写请假原因" in answer.text) == (422, True)
    seen = liaison.hidden(here, "version")
    head.sends(here, answer="attend", version=seen)
    clash = liaison.tries(here, answer="leave", reason="出差", version=seen)
    assert (clash.status_code, "请假，出差" in clash.text, "您写的内容没有丢失" in clash.text) == (409, True, True)
    liaison.sends(here, answer="leave", reason="出差", version=hidden(clash.text, "version"))
    db.session.expire_all()
    assert {reply.reason for reply in db.session.scalars(select(Reply))} == {"", "出差"}


def test_the_desks_button_answers_at_once_and_leads_back(steps, clerk):
    meeting = steps.notified()
    steps.session.commit()
    answer = clerk("liaison-JYJ").tries(f"/meetings/{meeting.id}/reply", answer="attend", back="desk")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk")


def test_signing_asks_for_the_password_again_after_half_an_hour(steps, clerk, clock):
    meeting = steps.compiled().meeting
    steps.session.commit()
    convenor = clerk("convenor")
    assert convenor.client.get(f"/meetings/{meeting.id}/minutes/sign").status_code == 200
    clock.shift(timedelta(minutes=31))
    answer = convenor.client.get(f"/meetings/{meeting.id}/minutes/sign")
    assert (answer.status_code, "/account/confirm" in answer.headers["Location"]) == (302, True)


def test_a_form_without_token_changes_nothing(steps, clerk):
    meeting = steps.plan()
    steps.session.commit()
    assert clerk("office").client.post(f"/meetings/{meeting.id}/collect").status_code == 400
    db.session.expire_all()
    assert one(Meeting).status == MeetingStatus.PLANNED


def test_every_page_has_one_primary_button_at_most(steps, clerk):
    meeting, drafted = steps.notified(), steps.compiled(steps.held(starts_at=STARTS_AT + timedelta(hours=1))).meeting
    steps.session.commit()
    for username in ("office", "convenor", "recorder", "liaison-SWJ", "deputy", "auditor"):
        for address in ("/meetings", f"/meetings/{meeting.id}", f"/meetings/{drafted.id}", "/meetings/proposals"):
            assert clerk(username).opens(address).count("btn-primary") <= 1, (username, address)


def test_minutes_in_draft_are_no_business_of_members_anywhere(steps, clerk):
    meeting = steps.compiled().meeting
    steps.session.commit()
    words = one(Minutes).parts[1].body
    assert queries.minutes_by_meeting(steps.session, steps.actor("liaison-SWJ"), [meeting]) == {}
    liaison = clerk("liaison-SWJ")
    assert words.splitlines()[0] not in liaison.opens(f"/meetings/{meeting.id}")
    for page in ("minutes", "minutes/file"):
        assert liaison.client.get(f"/meetings/{meeting.id}/{page}").status_code == 404


def test_the_meeting_page_shows_what_units_wrote_for_item_one(steps, clerk):
    steps.issued()
    task = one(Task)
    coming = steps.collecting(starts_at=STARTS_AT + timedelta(days=90), due_on=(STARTS_AT + timedelta(days=80)).date())
    reviewing.write(
        steps.session,
        actor=steps.actor("liaison-SWJ"),
        task_id=task.id,
        text="清查已完成八成",
        version=0,
        now=STARTS_AT + timedelta(days=3),
    )
    steps.session.commit()
    assert "清查已完成八成" in clerk("office").opens(f"/meetings/{coming.id}")
