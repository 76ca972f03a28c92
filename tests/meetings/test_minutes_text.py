"""The text of minutes, built without a database: opening, sections, what the paper makes of them."""

from datetime import date

import pytest

from coordination.meetings import minutes as text
from models import (
    AgendaItem,
    Answer,
    Decision,
    Guest,
    ItemKind,
    ItemOutcome,
    Mechanism,
    Meeting,
    Presence,
    Reply,
    Task,
    TaskStatus,
    Unit,
)
from tests.meetings.steps import STARTS_AT, TASK_DUE

SWJ, JYJ = Unit(id=1, short_name="县商务局"), Unit(id=2, short_name="县教育局")
WLJ, CZJ = Unit(id=3, short_name="县文化和旅游局"), Unit(id=4, short_name="县财政局")
COUNTY = Mechanism(name="示例县消费者权益保护工作联席会议", short_name="联席会议", issuer="示例县市场监督管理局")


def meeting(**given):
    facts = {"title": "示例县消费者权益保护工作联席会议2026年第2次会议", "place": "县市场监管局三楼", "chair": "召集人丙"}
    return Meeting(mechanism=COUNTY, year=2026, serial=2, starts_at=STARTS_AT, **{**facts, **given})


def item(title="预付式消费", kind=ItemKind.PROPOSAL, outcome=ItemOutcome.DECIDED, discussion="", decisions=()):
    return AgendaItem(title=title, kind=kind, outcome=outcome, discussion=discussion, decisions=list(decisions))


def clause(words, lead=SWJ, co=(), due_on=TASK_DUE, deliverable=""):
    facts = {"due_on": due_on, "deliverable": deliverable, "reservation": "", "confirmed_at": STARTS_AT if lead and due_on else None}
    return Decision(text=words, lead=lead, lead_id=lead and lead.id, co_units=list(co), **facts)


def reply(unit, presence=Presence.PRESENT, answer=Answer.ATTEND, name="", post=""):
    return Reply(unit=unit, presence=presence, answer=answer, person_name=name, person_post=post)


def test_the_opening_names_time_place_chair_matter_and_who_was_there():
    items = [
        item("落实情况", ItemKind.REVIEW),
        item("审议2026年第1次联席会议纪要", ItemKind.APPROVAL),
        item("预付式消费"),
        item("校外培训"),
    ]
    there = [reply(SWJ), reply(JYJ, Presence.LATE), reply(CZJ, Presence.ABSENT, Answer.LEAVE)]
    guests = [Guest(body="县人民法院", name="赵某")]
    assert text.opening_text(meeting(), items, there, guests) == (
        "2026年6月30日上午，召集人丙在县市场监管局三楼主持召开示例县消费者权益保护工作联席会议2026年第2次会议，"
        "听取上次会议议定事项落实情况，审议2026年第1次联席会议纪要，研究“预付式消费”“校外培训”2项议题。"
        "县商务局等2个成员单位参加会议，县人民法院列席会议。现将会议情况和议定事项纪要如下："
    )


def test_with_nothing_but_the_first_item_and_nobody_there_it_still_reads():
    words = text.opening_text(meeting(), [item("落实情况", ItemKind.REVIEW)], [], [])
    assert words.endswith("第2次会议，听取上次会议议定事项落实情况。现将会议情况和议定事项纪要如下：")


def test_one_clause_follows_in_the_line_and_says_what_its_words_leave_out():
    section = text.section_text(
        item(discussion="会议听取了汇报。\n会议认为很重要。", decisions=[clause("开展备案清查", co=[WLJ], deliverable="清单")])
    )
    assert section.splitlines() == [
        "会议听取了汇报。",
        "会议认为很重要。",
        "会议议定：开展备案清查。牵头单位：县商务局；配合单位：县文化和旅游局；完成时限：2026年9月30日；成果形式：清单。",
    ]


def test_what_the_sentence_says_already_is_not_said_again():
    words = "由县商务局牵头，县文旅局配合，于9月底前完成备案清查。"
    assert text.section_text(item(decisions=[clause(words, co=[WLJ])])) == f"会议议定：{words}"


def test_several_clauses_are_numbered():
    section = text.section_text(item(decisions=[clause("由县商务局于9月底前办。"), clause("由县教育局于9月底前办。", lead=JYJ)]))
    assert section.splitlines() == ["会议议定：", "（一）由县商务局于9月底前办。", "（二）由县教育局于9月底前办。"]


def test_a_clause_that_lacks_lead_or_date_is_written_as_it_is():
    assert text.section_text(item(decisions=[clause("加强宣传。", lead=None, due_on=None)])) == "会议议定：加强宣传。"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outcome": ItemOutcome.CARRIED_OVER}, "会议决定，本项下次会议再议。"),
        ({"outcome": ItemOutcome.NOTED}, "会议听取了情况通报。"),
        ({"outcome": ItemOutcome.DECIDED}, "会议研究同意。"),
        ({"outcome": ItemOutcome.DECIDED, "kind": ItemKind.APPROVAL}, "会议审议通过上述纪要。"),
        ({"outcome": ItemOutcome.NOTED, "discussion": "通报了数据。"}, "通报了数据。"),
    ],
)
def test_an_item_without_clauses_says_how_it_ended(given, words):
    assert text.section_text(item(**given)) == words


def test_what_was_found_out_before_stands_first():
    assert text.section_text(item(discussion="会议认为较好。", outcome=ItemOutcome.NOTED), "共2项。").splitlines() == [
        "共2项。",
        "会议认为较好。",
    ]


def task(serial, status, due_on=TASK_DUE):
    return Task(year=2026, meeting_serial=1, serial=serial, title="备案清查。", lead=SWJ, due_on=due_on, status=status)


def test_the_table_of_item_one_counts_and_names_what_is_late():
    tasks = [task(1, TaskStatus.CLOSED), task(2, TaskStatus.IN_PROGRESS, date(2026, 6, 29)), task(3, TaskStatus.IN_PROGRESS)]
    assert text.review_text(tasks, date(2026, 6, 30)).splitlines() == [
        "上次会议以来跟踪督办的议定事项共3项，其中办理中2项，已销号1项；逾期1项。",
        "任务〔2026〕1-1：备案清查（牵头县商务局，时限2026年9月30日），已销号。",
        "任务〔2026〕1-2：备案清查（牵头县商务局，时限2026年6月29日），办理中，已逾期。",
        "任务〔2026〕1-3：备案清查（牵头县商务局，时限2026年9月30日），办理中。",
    ]
    assert text.review_text([], date(2026, 6, 30)) == "上次会议以来没有需要跟踪督办的议定事项。"


def test_the_paper_gives_clauses_their_level_only_where_they_close_the_section():
    one = text.section_of("题", "讨论。\n会议议定：由县商务局办。")
    assert (one.paragraphs, [d.text for d in one.decisions]) == (("讨论。",), ["由县商务局办。"])
    two = text.section_of("题", "会议议定：\n（一）甲。\n（二）乙。")
    assert [d.text for d in two.decisions] == ["（一）甲。", "（二）乙。"]
    mixed = text.section_of("题", "会议议定：\n（一）甲。\n会议强调，抓好落实。")
    assert (mixed.decisions, mixed.paragraphs) == ((), ("会议议定：", "（一）甲。", "会议强调，抓好落实。"))


def test_gaps_are_told_item_by_item_and_what_to_do_about_long_term_work():
    items = [
        item("落实情况", ItemKind.REVIEW),
        item(decisions=[clause("甲。"), clause("乙。", lead=None)]),
        item(decisions=[clause("长期坚持。", due_on=None)]),
    ]
    assert text.problems(items) == [
        "第2项第2条未写明牵头单位",
        "第3项议定事项未写明完成时限（长期坚持的工作请写首次报告的日期）",
    ]
