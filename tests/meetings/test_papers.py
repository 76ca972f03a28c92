"""文书 of a meeting: numbers, what is kept, who may have which, and the command."""

from io import BytesIO

import docx
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from coordination import attachments
from coordination.meetings import invitation, issuing, paperwork, queries, service
from coordination.meetings.commands import meetings
from coordination.meetings.paperwork import Kind
from models import Channel, Complaint, ComplaintKind, MeetingPaper, MeetingPaperKind, Person
from models.base import db
from models.errors import NotFound, RuleBroken
from tests.meetings import test_correcting
from tests.meetings.steps import DAY, HOUR, STARTS_AT
from tests.racing import at_once
from tests.world import NOW, TODAY

LATER = STARTS_AT + 30 * DAY


def papers(session, kind=None):
    found = session.scalars(select(MeetingPaper).order_by(MeetingPaper.id))
    return [paper for paper in found if kind is None or paper.kind == kind]


def words_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def offered(steps, username, meeting):
    actor = steps.actor(username)
    items, minutes = queries.items_of(steps.session, meeting), queries.minutes_of(steps.session, actor, meeting)
    found = paperwork.offered(steps.session, actor, meeting, minutes, items, TODAY)
    return [(one.kind.value, one.unit.code if one.unit else None) for one in found]


@pytest.fixture
def coded(steps, world):
    """Both mechanisms have their 机关代字."""
    world.mechanisms["county"].document_code, world.mechanisms["sections"].document_code = "示市监消联", "示市监股联"
    steps.session.flush()
    return steps


# Numbers


def test_a_notice_takes_its_number_as_it_goes_out_and_is_kept(coded):
    meeting = coded.notified()
    (paper,) = papers(coded.session)
    assert (paper.kind, paper.label, paper.unit_id) == (MeetingPaperKind.NOTICE, "示市监消联〔2026〕1号", None)
    content = attachments.read(paper.file)
    assert paperwork.document(coded.session, meeting, Kind.NOTICE, TODAY)[1] == content
    assert "示市监消联〔2026〕1号" in words_of(content)
    assert "2026年6月18日" in words_of(content)


def test_a_notice_not_yet_sent_is_a_draft_without_number(coded):
    meeting = coded.collecting()
    name, content = paperwork.document(coded.session, meeting, Kind.NOTICE, TODAY)
    assert "送审稿" in name
    assert "送审稿" in words_of(content)
    assert papers(coded.session) == []


def test_a_notice_sent_anew_after_postponing_has_a_number_of_its_own(coded):
    meeting = coded.notified()
    office = coded.actor("office")
    service.postpone(coded.session, actor=office, meeting_id=meeting.id, reason="另有会议", now=NOW + HOUR)
    service.collect(coded.session, actor=office, meeting_id=meeting.id, now=NOW + 2 * HOUR)
    assert "送审稿" in words_of(paperwork.document(coded.session, meeting, Kind.NOTICE, TODAY)[1])
    coded.notify(meeting, now=NOW + 3 * HOUR)
    assert [paper.label for paper in papers(coded.session)] == ["示市监消联〔2026〕1号", "示市监消联〔2026〕2号"]
    assert "〔2026〕2号" in words_of(paperwork.document(coded.session, meeting, Kind.NOTICE, TODAY)[1])


def test_each_mechanism_counts_its_own_papers(coded):
    coded.notified()
    coded.notified(mechanism="sections", proposals=0)
    assert [paper.label for paper in papers(coded.session)] == ["示市监消联〔2026〕1号", "示市监股联〔2026〕1号"]


def test_a_letter_goes_to_each_unit_that_leads_in_the_order_of_the_agenda(coded):
    meeting = coded.recorded(proposals=2)
    coded.clause(meeting.items[1], "由县教育局牵头，于9月底前建立台账。", lead_id=coded.unit("JYJ"), co_ids=frozenset({coded.unit("GAJ")}))
    coded.clause(meeting.items[2], "由县市场监管局牵头，于9月底前汇总。", lead_id=coded.unit("SCJG"))
    minutes = coded.issued(_ended(coded, meeting))
    letters = papers(coded.session, MeetingPaperKind.LETTER)
    assert [(letter.unit.code, letter.label) for letter in letters] == [
        ("SWJ", "示市监消联函〔2026〕1号"),
        ("JYJ", "示市监消联函〔2026〕2号"),
    ]
    said = words_of(attachments.read(letters[1].file))
    assert "示例县教育局：" in said
    assert "由县教育局牵头，于9月底前建立台账。" in said
    assert "抄送：县公安局。" in said
    assert minutes.label in said


def _ended(steps, meeting):
    from coordination.meetings import room

    return room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=meeting.starts_at + HOUR)


def test_what_went_out_stays_as_it_was_when_names_change(coded, world):
    minutes = coded.issued()
    before = {kind: paperwork.document(coded.session, minutes.meeting, kind, TODAY)[1] for kind in (Kind.NOTICE, Kind.LETTER, Kind.MINUTES)}
    world.mechanisms["county"].issuer, world.mechanisms["county"].document_code = "示例县市场监管委", "示委"
    coded.session.flush()
    assert {kind: paperwork.document(coded.session, minutes.meeting, kind, TODAY)[1] for kind in before} == before


def test_without_a_code_papers_bear_year_and_number(steps):
    steps.issued()
    assert [paper.label for paper in papers(steps.session)] == ["〔2026〕1号", "函〔2026〕1号"]


def test_two_notices_sent_at_once_take_consecutive_numbers(app, steps):
    meetings = [steps.collecting(starts_at=STARTS_AT + number * HOUR).id for number in range(2)]
    steps.session.commit()

    def sender(meeting_id):
        def act(session):
            from coordination.access import actor_of

            office = session.scalars(select(Person).where(Person.username == "office")).one()
            invitation.send_notice(session, actor=actor_of(session, office), meeting_id=meeting_id, now=NOW)
            return session.scalars(select(MeetingPaper.number).where(MeetingPaper.meeting_id == meeting_id)).one()

        return act

    assert sorted(at_once(app, *map(sender, meetings))) == [1, 2]


def test_a_number_whose_notice_fails_is_given_again(app, steps):
    meeting_id = steps.collecting().id
    steps.session.commit()

    def fails(session):
        from coordination.access import actor_of

        office = session.scalars(select(Person).where(Person.username == "office")).one()
        invitation.send_notice(session, actor=actor_of(session, office), meeting_id=meeting_id, now=NOW)
        raise RuleBroken("中断")

    assert at_once(app, fails)[0].message == "中断"
    assert db.session.scalars(select(MeetingPaper)).all() == []
    invitation.send_notice(db.session, actor=steps.actor("office"), meeting_id=meeting_id, now=NOW)
    assert papers(db.session)[0].number == 1


# What they say


@pytest.mark.parametrize("mechanism", ["county", "sections"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_made_in_both_mechanisms(coded, mechanism, kind):
    meeting = coded.in_session(mechanism=mechanism, proposals=0 if mechanism == "sections" else 1)
    lead = "GGG" if mechanism == "sections" else "SWJ"
    for item in meeting.items:
        coded.record(item)
    coded.clause(meeting.items[0], "抓紧办理。", lead_id=coded.unit(lead))
    minutes = coded.issued(_ended(coded, meeting))
    name, content = paperwork.document(coded.session, minutes.meeting, kind, TODAY)
    assert name.endswith(".docx")
    assert content == paperwork.document(coded.session, minutes.meeting, kind, TODAY)[1]
    if kind == Kind.SIGNIN:
        assert "签名" in words_of(content)
    else:
        assert len(words_of(content)) > 60


def test_the_brief_gathers_open_tasks_returns_and_numbers_since_the_last_meeting(coded):
    coded.issued()
    meeting = coded.collecting(starts_at=LATER, due_on=(LATER - 5 * DAY).date(), now=STARTS_AT + 3 * DAY)
    coded.submitted(meeting, title="停车收费", now=STARTS_AT + 3 * DAY)
    content = paperwork.document(coded.session, meeting, Kind.BRIEF, (STARTS_AT + 4 * DAY).date())[1]
    said = words_of(content)
    assert "数据自2026年6月30日起，截至2026年7月4日" in said
    assert "上次会议以来跟踪督办的议定事项共1项，其中待签收1项。" in said
    assert "〔2026〕1-1" in said
    assert "没有退回重办的任务；各单位没有退回分派的投诉举报。" in said
    assert "停车收费" in said
    assert "以上情况，供会议研究时参考。" in said, "who signs does not stand alone on a page after the table"


def test_the_kinds_of_cases_in_the_brief_add_up(coded):
    for number, kind in enumerate((ComplaintKind.COMPLAINT, ComplaintKind.MIXED)):
        coded.session.add(Complaint(number=f"123{number}", kind=kind, channel=Channel.PLATFORM, registered_at=NOW))
    meeting = coded.collecting()
    said = words_of(paperwork.document(coded.session, meeting, Kind.BRIEF, meeting.starts_at.date())[1])
    assert "共登记2件，其中投诉1件、举报0件、咨询0件、投诉举报（待拆分）1件；" in said


def test_without_liaison_meeting_the_record_says_who_looked_at_the_proposals(coded):
    meeting = coded.collecting()
    coded.submitted(meeting)
    said = words_of(paperwork.document(coded.session, meeting, Kind.LIAISON, TODAY)[1])
    assert "会前不召开联络员会议，议题由联席会议办公室审核。共研究议题1项，其中待审议1项。" in said


def test_what_there_is_not_is_said_in_words(coded):
    meeting = coded.collecting()
    for kind, words in (
        (Kind.MINUTES, "还没有纪要"),
        (Kind.EXCERPT, "还没有纪要"),
        (Kind.LETTER, "还没有纪要"),
        (Kind.DECISIONS, "还没有议定事项"),
    ):
        with pytest.raises(NotFound, match=words):
            paperwork.document(coded.session, meeting, kind, TODAY)


def test_a_unit_without_a_share_has_neither_excerpt_nor_letter(coded):
    minutes = coded.issued()
    unit = paperwork.named_unit(coded.session, "WLJ")
    with pytest.raises(NotFound, match="没有与县文旅局有关的事项"):
        paperwork.document(coded.session, minutes.meeting, Kind.EXCERPT, TODAY, unit)
    with pytest.raises(NotFound, match="不发函"):
        paperwork.document(coded.session, minutes.meeting, Kind.LETTER, TODAY, unit)
    with pytest.raises(NotFound, match="没有代码"):
        paperwork.named_unit(coded.session, "XXX")


# Who may have which


COMMON = [("notice", None), ("agenda", None), ("liaison", None), ("brief", None), ("signin", None)]
ALL = [*COMMON, ("minutes", None), ("decisions", None), ("excerpt", "SWJ"), ("letter", "SWJ")]


def test_the_office_has_every_paper_and_members_what_went_out(coded):
    meeting = coded.collecting()
    coded.placed(meeting)
    assert offered(coded, "office", meeting) == COMMON
    assert offered(coded, "liaison-SWJ", meeting) == []
    coded.notify(meeting)
    assert offered(coded, "liaison-SWJ", meeting) == [("notice", None), ("agenda", None)]


def test_before_the_issue_no_unit_has_anything_of_the_minutes_after_it_its_own(coded):
    minutes = coded.signed()
    meeting = minutes.meeting
    assert offered(coded, "office", meeting) == ALL
    assert offered(coded, "liaison-SWJ", meeting) == [("notice", None), ("agenda", None)]
    issuing.issue(coded.session, actor=coded.actor("office"), meeting_id=meeting.id, now=STARTS_AT + 2 * DAY)
    read = [("notice", None), ("agenda", None), ("minutes", None), ("decisions", None)]
    assert offered(coded, "liaison-SWJ", meeting) == [*read, ("excerpt", "SWJ"), ("letter", "SWJ")]
    assert offered(coded, "liaison-JYJ", meeting) == read
    assert offered(coded, "auditor", meeting) == ALL


@pytest.mark.usefixtures("clock")
def test_papers_are_had_from_the_meetings_page_and_not_by_guessing(coded, clerk):
    minutes = coded.issued()
    here = f"/meetings/{minutes.meeting_id}"
    coded.session.commit()
    office, unit, other = clerk("office"), clerk("liaison-SWJ"), clerk("liaison-JYJ")
    page = office.opens(here)
    assert "示市监消联〔2026〕1号" in page
    for kind, code in ALL:
        address = f"{here}/papers/{kind}" + (f"?unit={code}" if code else "")
        assert address in page, kind
        found = office.client.get(address)
        assert (found.status_code, found.mimetype) == (200, paperwork.text.DOCX), kind
    assert "papers/letter?unit=SWJ" in unit.opens(here)
    assert unit.client.get(f"{here}/papers/letter?unit=SWJ").status_code == 200
    assert "papers/letter" not in other.opens(here)
    refused = ("letter?unit=SWJ", "excerpt?unit=SWJ", "brief", "signin", "liaison", "nothing", "letter", "notice?unit=SWJ")
    assert {other.client.get(f"{here}/papers/{address}").status_code for address in refused} == {404}


@pytest.mark.parametrize("dissent", ["", "县公安局建议另行研究。"])
def test_the_list_of_decisions_says_who_does_not_agree_beneath_the_clause(steps, dissent):
    meeting = steps.recorded(proposals=2)
    steps.clause(meeting.items[-1], reservation=dissent)
    document = docx.Document(BytesIO(paperwork.document(steps.session, meeting, Kind.DECISIONS, TODAY)[1]))
    clauses = [row.cells[1].text for row in document.tables[0].rows[1:]]
    text = "由县商务局牵头，于9月底前完成备案清查。"
    assert clauses == [text, text, f"{text}\n保留意见：{dissent}" if dissent else text]
    said = "其中1项有单位保留意见" if dissent else "均协商一致"
    assert said in "".join(paragraph.text for paragraph in document.paragraphs)


# The command


def test_the_command_writes_the_file_and_says_where(app, coded, tmp_path):
    coded.issued()
    coded.session.commit()
    run = lambda args: CliRunner().invoke(meetings, args, obj=app.config["CONFIG"])  # noqa: E731
    for kind in Kind:
        out = tmp_path / f"{kind}.docx"
        result = run(["document", "latest", "--kind", kind.value, "-o", str(out)])
        assert (result.exit_code, result.output.strip()) == (0, str(out))
        assert docx.Document(str(out)).element.body is not None
    out = tmp_path / "unit.docx"
    assert run(["document", "2026-1", "--kind", "excerpt", "--unit", "SWJ", "-o", str(out)]).exit_code == 0
    assert run(["document", "2026-1", "--kind", "agenda", "--unit", "SWJ", "-o", str(out)]).exit_code == 2
    assert run(["document", "2026-1", "--kind", "letter", "--unit", "WLJ", "-o", str(out)]).exit_code != 0


def test_the_command_writes_a_correction_by_its_number_or_the_newest(app, coded, tmp_path):
    minutes, out = coded.issued(), tmp_path / "correction.docx"
    for said in ("“9月底前”应为“10月底前”。", "出席名单补列县财政局。"):
        test_correcting.sign(coded, test_correcting.draft(coded, minutes, said=said))
    coded.session.commit()
    run = lambda *args: CliRunner().invoke(meetings, ["document", *args, "-o", str(out)], obj=app.config["CONFIG"])  # noqa: E731
    for asked, said in (((), "出席名单补列县财政局。"), (("--number", "1"), "“9月底前”应为“10月底前”。")):
        assert run("latest", "--kind", "correction", *asked).exit_code == 0
        assert said in words_of(out.read_bytes())
    missing = run("latest", "--kind", "correction", "--number", "3")
    assert "没有更正第3号" in str(missing.exception)
    assert run("latest", "--kind", "minutes", "--number", "1").exit_code == 2
