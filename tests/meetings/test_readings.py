"""Readings of decision clauses: shown, confirmed or corrected by a person, never taken over unseen; and the cases kept of them."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from flask import current_app
from sqlalchemy import select

from coordination.cli import meetings
from coordination.meetings import confirming, issuing, room
from models import ReadingCase, Unit, UnitKind, Verdict
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed
from tests.meetings.steps import DAY, HOUR, STARTS_AT, TASK_DUE

SENTENCE = "由县商务局牵头，县教育局、县文旅局配合，于9月底前完成备案清单。"


def typed(steps, text=SENTENCE, meeting=None, **how):
    """A clause of which only the sentence was typed."""
    meeting = meeting or steps.in_session()
    clause = room.Clause(text)
    decision = room.add_clause(
        steps.session, actor=steps.staff("recorder"), item_id=meeting.items[1].id, clause=clause, now=STARTS_AT, **how
    )
    steps.session.flush()
    return decision


def shown(steps, decision):
    return confirming.shown(steps.session, decision.item.meeting, decision)


def judge(steps, verb, decision, seen=None, by="recorder"):
    seen = shown(steps, decision).seen if seen is None else seen
    return verb(steps.session, actor=steps.actor(by), decision_id=decision.id, seen=seen, now=STARTS_AT)


def fields(decision):
    return decision.lead_id, {unit.code for unit in decision.co_units}, decision.due_on, decision.deliverable


def cases(steps):
    steps.session.flush()
    return steps.session.scalars(select(ReadingCase).order_by(ReadingCase.id)).all()


def test_a_typed_sentence_is_read_with_numbered_words_and_nothing_is_taken_over(steps):
    decision = typed(steps, pressed=True)
    row = shown(steps, decision)
    assert fields(decision) == (None, set(), None, "")
    assert [(field.mark, field.label, field.words) for field in row.reading.fields] == [
        ("①", "牵头", "县商务局"),
        ("②", "配合", "县教育局、县文旅局"),
        ("③", "时限", "2026年9月30日（周三）"),
        ("④", "成果", "备案清单"),
    ]
    marked = [(piece.mark, piece.text) for piece in row.reading.pieces if piece.mark]
    assert marked == [("①", "县商务局"), ("②", "县教育局"), ("②", "县文旅局"), ("③", "9月底前"), ("④", "备案清单")]
    assert "".join(piece.text for piece in row.reading.pieces) == SENTENCE
    assert not decision.confirmed_at


def test_confirming_takes_over_what_was_read_and_keeps_the_case(steps):
    decision = judge(steps, room.confirm_clause, typed(steps))
    assert fields(decision) == (steps.unit("SWJ"), {"JYJ", "WLJ"}, TASK_DUE, "备案清单")
    assert decision.confirmed_at == STARTS_AT
    (case,) = cases(steps)
    assert (case.text, case.verdict, case.person_id) == (SENTENCE, Verdict.CONFIRMED, steps.world.people["recorder"].id)
    assert case.key[0]["lead"] == case.read[0]["lead"] == ["示例县商务局"]
    assert judge(steps, room.confirm_clause, decision, seen="") is decision


def test_what_changed_since_it_was_seen_is_not_confirmed(steps):
    decision = typed(steps)
    seen = shown(steps, decision).seen
    clause = room.Clause(SENTENCE.replace("9月", "10月"))
    room.change_clause(
        steps.session, actor=steps.actor("office"), decision_id=decision.id, version=decision.version, clause=clause, now=STARTS_AT
    )
    steps.session.flush()
    for verb in (room.confirm_clause, room.reject_clause, room.split_clause):
        with pytest.raises(Conflict, match="请看过再"):
            judge(steps, verb, decision, seen)


def test_a_confirmed_clause_that_is_changed_must_be_confirmed_again(steps):
    decision = judge(steps, room.confirm_clause, typed(steps))
    steps.session.flush()
    later = room.Clause(decision.text.replace("9月", "10月"), decision.lead_id, confirming.said(decision).co_ids, TASK_DUE, "备案清单")
    room.change_clause(
        steps.session,
        actor=steps.staff("recorder"),
        decision_id=decision.id,
        version=decision.version,
        clause=later,
        now=STARTS_AT,
        pressed=True,
    )
    assert decision.confirmed_at is None
    assert shown(steps, decision).contradicts == ["时限读作2026年10月31日（周六），与所填不同"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("由有关部门牵头，于9月底前完成备案。", "“有关部门”对应不到单位，请选择"),
        ("由县教育局、县商务局负责，于9月底前完成备案。", "读出2个牵头单位（县教育局、县商务局），请选定一个"),
        ("由县商务局牵头，每月5日前报送台账。", "“每月5日前”不是一个日期，请选定完成或首次报告的日期"),
        ("由县商务局牵头，县各乡镇街道配合，于9月底前完成备案。", "“各乡镇街道”请逐一选定单位"),
        ("由县商务局牵头，于9月31日前完成备案。", "9月没有31日"),
        ("由县商务局牵头，开展备案清查。", "没有写明时限，请选定日期"),
    ],
)
def test_what_is_doubtful_is_asked_and_cannot_be_confirmed_as_read(steps, text, why):
    decision = typed(steps, text)
    row = shown(steps, decision)
    assert any(why in doubt for doubt in row.reading.doubts), row.reading.doubts
    assert row.offered is None
    with pytest.raises(BadInput, match="请用“改读法”写明"):
        judge(steps, room.confirm_clause, decision)


def test_a_short_name_of_two_units_is_asked(steps):
    other = Unit(code="SWJ2", name="示例县商务执法局", short_name="县商务局", kind=UnitKind.BUREAU, former_names=[], position=99)
    steps.session.add(other)
    steps.session.flush()
    row = shown(steps, typed(steps))
    assert (row.offered, row.reading.lead_id) == (None, None)
    assert "“县商务局”可指示例县商务局、示例县商务执法局，请选择" in row.reading.doubts


def test_all_members_are_the_members_one_by_one(steps):
    row = shown(steps, typed(steps, "由县商务局牵头，各成员单位配合，于9月底前完成备案。"))
    assert row.reading.co_ids == {steps.unit(code) for code in ("SCJG", "JYJ", "WLJ", "GAJ")}
    assert row.reading.fields[1].words == "各成员单位（共4个）"
    assert row.offered


def test_corrected_fields_are_confirmed_with_their_case(steps):
    decision = typed(steps, "由有关部门牵头，县教育局配合，于9月底前完成备案。")
    clause = room.Clause(decision.text, steps.unit("SWJ"), frozenset({steps.unit("JYJ")}), date(2026, 9, 25))
    told = {"actor": steps.staff("recorder"), "decision_id": decision.id, "clause": clause, "now": STARTS_AT}
    room.change_clause(steps.session, **told, version=decision.version, pressed=True)
    assert decision.confirmed_at is None
    room.change_clause(steps.session, **told, version=decision.version, insists=True)
    assert decision.confirmed_at == STARTS_AT
    (case,) = cases(steps)
    assert case.verdict == Verdict.CORRECTED
    assert (case.key[0]["lead"], case.key[0]["co"]) == ([], ["示例县教育局"])
    assert case.key[0]["due"] == {"kind": "date", "value": "2026-09-25"}


def test_nobody_can_insist_on_a_clause_that_is_not_whole(steps):
    with pytest.raises(BadInput, match="请先写明牵头单位、完成时限"):
        typed(steps, insists=True)


def test_fields_filled_in_by_hand_are_confirmed_when_the_sentence_says_nothing_else(steps):
    meeting = steps.in_session()
    clause = room.Clause("建立台账。", steps.unit("SWJ"), frozenset(), TASK_DUE)
    told = {"actor": steps.staff("recorder"), "item_id": meeting.items[1].id, "now": STARTS_AT}
    by_hand = room.add_clause(steps.session, **told, clause=clause, pressed=True)
    by_itself = room.add_clause(steps.session, **told, clause=clause)
    assert (by_hand.confirmed_at, by_itself.confirmed_at) == (STARTS_AT, None)
    assert shown(steps, by_itself).offered == clause


def test_what_is_no_decision_goes_to_the_discussion(steps):
    decision = typed(steps)
    item = judge(steps, room.reject_clause, decision)
    steps.session.flush()
    assert (item.decisions, item.discussion) == ([], SENTENCE)
    (case,) = cases(steps)
    assert (case.verdict, case.key) == (Verdict.REJECTED, [])


def test_a_sentence_of_two_tasks_is_split_into_clauses_that_wait_to_be_confirmed(steps):
    decision = typed(steps, "县商务局9月底前建立台账；县教育局10月底前公布名单。")
    with pytest.raises(BadInput):
        judge(steps, room.confirm_clause, decision)
    item = judge(steps, room.split_clause, decision)
    steps.session.flush()
    assert [(part.position, part.text, part.due_on, part.confirmed_at) for part in item.decisions] == [
        (1, "县商务局9月底前建立台账", date(2026, 9, 30), None),
        (2, "县教育局10月底前公布名单", date(2026, 10, 31), None),
    ]
    for part in list(item.decisions):
        judge(steps, room.confirm_clause, part)
    assert [case.verdict for case in cases(steps)] == [Verdict.CONFIRMED, Verdict.CONFIRMED]


def test_minutes_are_not_signed_until_every_reading_is_confirmed(steps):
    meeting = steps.recorded()
    decision = typed(steps, meeting=meeting)
    room.end_meeting(steps.session, actor=steps.staff("recorder"), meeting_id=meeting.id, now=STARTS_AT + HOUR)
    minutes = steps.compiled(meeting)
    sign = {"actor": steps.staff("convenor"), "meeting_id": meeting.id, "now": STARTS_AT + DAY}
    with pytest.raises(IllegalMove, match="第2项第2条未写明牵头单位、完成时限，或读法还没有确认"):
        issuing.sign(steps.session, **sign)
    judge(steps, room.confirm_clause, decision)
    decision.confirmed_at = None
    with pytest.raises(IllegalMove, match="第2项第2条的读法还没有确认"):
        issuing.sign(steps.session, **sign)
    decision.confirmed_at = STARTS_AT
    steps.compiled(meeting)
    assert issuing.sign(steps.session, **sign).number == minutes.number == 1
    with pytest.raises(IllegalMove, match="会议记录不再改动"):
        judge(steps, room.split_clause, decision, seen="")


def test_only_who_records_confirms(steps):
    decision = typed(steps)
    for username in ("convenor", "liaison-SWJ", "auditor"):
        with pytest.raises(NotAllowed):
            judge(steps, room.confirm_clause, decision, by=username)


def test_the_cases_are_exported_in_the_readers_own_format_and_read_again(steps, tmp_path):
    judge(steps, room.confirm_clause, typed(steps))
    steps.session.commit()
    run = lambda *arguments: CliRunner().invoke(meetings, arguments, obj=current_app.config["CONFIG"])  # noqa: E731
    exported = run("reading-cases")
    assert exported.exit_code == 0, exported.output
    (item,) = [json.loads(line) for line in exported.stdout.splitlines()]
    assert (item["meeting_date"], item["text"], item["verdict"]) == ("2026-06-30", SENTENCE, "confirmed")
    file = tmp_path / "cases.jsonl"
    file.write_text(exported.stdout, encoding="utf-8")
    again = json.loads(run("read-clauses", "--jsonl", str(file)).stdout)
    wanted, got = item["clauses"][0], again["clauses"][0]
    assert [got[name] for name in ("text_span", "lead", "co")] == [wanted[name] for name in ("text_span", "lead", "co")]
    assert run("reading-cases", "--verdict", "rejected").stdout == ""
