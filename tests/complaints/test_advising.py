"""Suggestions on what the database knows: duties of today, what people decided, what the office prefers; and what is kept of each."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coordination import attachments
from coordination.complaints import preferring, service, training
from coordination.complaints.advising import advisor, in_use
from coordination.complaints.reasons import in_words, marked
from coordination.transaction import transaction
from models import Advice, Duty, Subject, Unit
from models.errors import BadInput, IllegalMove, NotAllowed
from tests.complaints.county_duties import FOOD, TOUR, TUITION, UNCLEAR, give_duties
from tests.world import NOW, TODAY


@pytest.fixture
def advised(cases):
    """What is suggested for a case now."""
    with transaction() as writing:
        give_duties(writing, cases.world)

    def ask(one, on=TODAY):
        return advisor(cases.session, on).advise(cases.the(one))

    return ask


def test_a_unit_is_suggested_with_its_clause_and_the_words_it_rests_on(cases, advised):
    told = advised(cases.made(text=TUITION))
    assert told.unit_id == cases.world.units["JYJ"].id
    assert told.subject == "校外培训"
    lines = [in_words(reason).text for reason in told.answer.ranked[0].reasons]
    assert any(line.startswith("职责：") and "民办教育促进法第八条" in line and "“培训" in line for line in lines)
    words = [text for text, is_marked in marked(TUITION, told.answer.ranked[0].reasons) if is_marked]
    assert "".join(text for text, _ in marked(TUITION, told.answer.ranked[0].reasons)) == TUITION
    assert any("培训" in word for word in words)


def test_what_nobody_can_judge_is_left_to_a_person(cases, advised):
    told = advised(cases.made(text=UNCLEAR))
    assert told.unit_id is None
    assert "把握不足，请人工判断" in [note.value for note in told.answer.notes]


def test_a_list_names_the_same_unit(cases, advised):
    ids = [cases.made(str(at), text=text) for at, text in enumerate((TUITION, FOOD, TOUR))]
    listed = advisor(cases.session, TODAY).first([cases.the(one) for one in ids])
    assert [listed[one][0] for one in ids] == [advised(one).unit_id for one in ids]


def test_following_and_overriding_are_both_kept(cases, advised):
    units = {code: unit.id for code, unit in cases.world.units.items()}
    first, second, third = (cases.made(str(at), text=TUITION) for at in range(3))
    cases.do("router", service.assign, first, lead_id=units["JYJ"], advised=advised(first))
    with pytest.raises(BadInput, match="请写明理由"):
        cases.do("router", service.assign, second, lead_id=units["WLJ"], advised=advised(second))
    cases.do("router", service.assign, second, lead_id=units["WLJ"], advised=advised(second), why=" 属研学旅行 ")
    unsure = cases.made("4", text=UNCLEAR)
    cases.do("router", service.assign, unsure, lead_id=units["SWJ"], advised=advised(unsure))
    cases.do("router", service.assign, third, lead_id=units["SWJ"])  # where nothing was suggested, nothing is kept
    kept = cases.session.scalars(select(Advice).order_by(Advice.id)).all()
    assert [(one.followed, one.suggested_id, one.why) for one in kept] == [
        (True, units["JYJ"], ""),
        (False, units["JYJ"], "属研学旅行"),
        (False, None, ""),
    ]
    assert kept[0].ranked[0][0] == units["JYJ"]
    assert kept[0].model_id is None


def test_a_unit_that_sent_it_back_is_not_suggested_again_nor_for_the_like(cases, advised):
    one = cases.made(text=TUITION)
    cases.do("router", service.assign, one, lead_id=cases.world.units["JYJ"].id)
    cases.do("liaison-JYJ", service.send_back, one, reason="未取得办学许可", believed_id=None)
    for case in (one, cases.made("114", text=TUITION.replace("突然", "忽然"))):
        told = advised(case)
        assert told.unit_id != cases.world.units["JYJ"].id
        refused = next(it for it in told.answer.ranked if int(it.unit) == cases.world.units["JYJ"].id)
        assert refused.confidence == 0
        assert any("已退回：未取得办学许可" in in_words(reason).text for reason in refused.reasons)


def test_a_designation_goes_before_everything(cases, advised):
    units = {code: unit.id for code, unit in cases.world.units.items()}
    one = cases.made(text=TUITION)
    for code in ("JYJ", "WLJ"):
        cases.do("router", service.assign, one, lead_id=units[code])
        cases.do(f"liaison-{code}", service.send_back, one, reason="不属职责", believed_id=None)
    cases.do("router", service.designate, one, lead_id=units["SCJG"], document_no="联席会议纪要〔2026〕2号")
    told = advised(cases.made("114", text=TUITION))
    assert told.unit_id == units["SCJG"]
    assert "联席会议纪要〔2026〕2号" in in_words(told.answer.ranked[0].reasons[0]).text


def test_a_preference_holds_until_it_is_ended(cases, advised):
    world, swj = cases.world, cases.world.units["SWJ"].id
    food = cases.session.scalar(select(Subject.id).where(Subject.name == "食品"))
    given = {"unit_id": swj, "subject_id": None, "business": "惠民超市", "why": "该店由商务局牵头整治"}
    made = cases.do("office", preferring.prefer, **given)
    one = cases.made(text=FOOD, target="惠民超市")
    assert advised(one).unit_id == swj
    assert advised(cases.made("114", text=FOOD, target="别家")).unit_id == world.units["SCJG"].id
    with pytest.raises(BadInput, match="已有指定去向"):
        cases.do("office", preferring.prefer, **given)
    with pytest.raises(BadInput, match="至少填写一项"):
        cases.do("office", preferring.prefer, **{**given, "business": " "})
    with pytest.raises(NotAllowed):
        cases.do("liaison-JYJ", preferring.prefer, **{**given, "subject_id": food})
    cases.do("office", preferring.end, preference_id=made)
    assert advised(one).unit_id == world.units["SCJG"].id
    with pytest.raises(IllegalMove, match="已停止"):
        cases.do("office", preferring.end, preference_id=made)


def test_a_duty_that_ended_yesterday_speaks_no_more(cases, advised):
    one = cases.made(text=TUITION)
    with transaction() as writing:
        duty = writing.scalars(select(Duty).where(Duty.unit_id == cases.world.units["JYJ"].id)).one()
        duty.valid_to = TODAY - timedelta(days=1)
    assert advised(one).unit_id != cases.world.units["JYJ"].id
    assert advised(one, TODAY - timedelta(days=1)).unit_id == cases.world.units["JYJ"].id


def test_a_merged_units_duties_are_its_heirs(cases, advised):
    one = cases.made(text=TUITION)
    with transaction() as writing:
        gone = writing.get_one(Unit, cases.world.units["JYJ"].id)
        gone.valid_to, gone.successor_id = TODAY - timedelta(days=1), cases.world.units["WLJ"].id
    assert advised(one).unit_id == cases.world.units["WLJ"].id


@pytest.mark.parametrize("spoil", ["gone", "other bytes"])
def test_a_version_that_cannot_be_read_leaves_the_duty_texts_and_says_so(cases, advised, spoil):
    for at, code in enumerate(("JYJ", "SCJG", "WLJ")):
        cases.with_unit(str(at), code, text=(TUITION, FOOD, TOUR)[at])
    trained = training.learn(cases.session, NOW)
    with transaction() as writing:
        version = training.keep(writing, trained, now=NOW)
        path = attachments.path_of(version.file.sha256)
    one = cases.made("9", text=TUITION)
    assert advised(one).model_id == in_use(cases.session).id
    path.unlink() if spoil == "gone" else path.write_bytes(b"no model")
    cases.made("10", text=FOOD)
    with transaction() as writing:  # another day's router, so that it is read anew
        writing.get_one(Duty, 1).text += "。"
    told = advised(one)
    assert told.model_id is None
    assert "模型不能读取，暂按职责文字判断" in [note.value for note in told.answer.notes]
    assert told.answer.ranked[0].unit == str(cases.world.units["JYJ"].id)
