"""The export of 12315 comes in by 登记编号: once, whole, and without a name in clear."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import select, text

from coordination.complaints.importing import Import, open_sealed, phone_hash
from coordination.complaints.reading import read
from coordination.permissions import OPERATOR
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import AuditEntry, Business, Channel, Complaint, ComplaintKind, ComplaintStatus
from models.errors import NotAllowed
from tests.world import NOW

HEAD = "登记编号,类型,登记时间,接收方式,投诉人姓名,联系电话,企业名称,具体问题,涉及金额"
BREAD = "113,投诉,2026-06-17 09:30,全国12315平台,张三丰,13812345678,惠民超市,我是张三丰，买到过期面包,12.5元"


@pytest.fixture(autouse=True)
def rules(session):
    with transaction() as writing:
        settings.load_defaults(writing, NOW)


def take(*lines: str, head: str = HEAD, write: bool = True, actor=OPERATOR) -> Import:
    running = Import(read("a.csv", "\n".join([head, *lines]).encode(), {}), {}, NOW)
    for batch in running.batches():
        with transaction() as session:
            running.take(session, actor=actor, batch=batch, write=write)
    return running


def counts(running: Import) -> tuple[int, int, int, int, int]:
    found = running.result
    return found.read, found.created, found.updated, found.unchanged, len(found.rejected)


def rejected(running: Import) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.number, one.column, one.reason) for one in running.result.rejected]


def the_one(session) -> Complaint:
    session.expire_all()
    return session.scalars(select(Complaint)).one()


def test_a_row_becomes_a_complaint_with_its_clock(session):
    assert counts(take(BREAD)) == (1, 1, 0, 0, 0)
    complaint = the_one(session)
    assert complaint.number == "113"
    assert complaint.kind == ComplaintKind.COMPLAINT
    assert complaint.channel == Channel.PLATFORM
    assert complaint.status == ComplaintStatus.REGISTERED
    assert complaint.received_at == datetime(2026, 6, 17, 1, 30, tzinfo=UTC)
    assert complaint.received_on == date(2026, 6, 17)
    assert complaint.due_on == date(2026, 6, 22)  # promised in three days: 20 June, a holiday
    assert complaint.amount == 1250
    assert complaint.target_name == "惠民超市"


def test_who_complained_lies_sealed_and_is_found_by_phone(session):
    take(BREAD)
    complaint = the_one(session)
    assert complaint.text == "我是＊＊＊，买到过期面包"
    assert open_sealed(complaint)["person"] == {"name": "张三丰", "phone": "13812345678"}
    assert open_sealed(complaint)["text"] == "我是张三丰，买到过期面包"
    assert complaint.phone_hash == phone_hash("138-1234-5678")
    for table in ("complaint", "audit_entry"):
        stored = str(session.execute(text(f"SELECT * FROM {table}")).all())
        assert "张三丰" not in stored
        assert "13812345678" not in stored


def test_the_same_file_twice_changes_nothing(session):
    take(BREAD)
    version = the_one(session).version
    assert counts(take(BREAD)) == (1, 0, 0, 1, 0)
    assert the_one(session).version == version


def test_a_changed_row_changes_its_complaint(session):
    take(BREAD)
    assert counts(take(BREAD.replace("过期面包", "发霉面包"))) == (1, 0, 1, 0, 0)
    assert the_one(session).text == "我是＊＊＊，买到发霉面包"


def test_a_file_with_fewer_columns_takes_nothing_away(session):
    take(BREAD)
    assert counts(take("113,投诉", head="登记编号,类型")) == (1, 0, 0, 1, 0)
    assert counts(take("113,举报", head="登记编号,类型")) == (1, 0, 1, 0, 0)
    complaint = the_one(session)
    assert complaint.kind == ComplaintKind.REPORT
    assert complaint.target_name == "惠民超市"
    assert counts(take(BREAD.replace("投诉", "举报", 1))) == (1, 0, 0, 1, 0)


def test_columns_may_stand_in_any_order(session):
    take(BREAD)
    head, bread = (",".join(reversed(line.split(","))) for line in (HEAD, BREAD))
    assert counts(take(bread, head=head)) == (1, 0, 0, 1, 0)


def test_a_known_case_on_its_way_keeps_its_track_and_its_clock(session):
    take(BREAD)
    with transaction() as writing:
        writing.execute(text("UPDATE complaint SET status = 'assigned', due_on = '2026-07-01'"))
    take(BREAD.replace("投诉", "举报", 1).replace("过期", "发霉"))
    complaint = the_one(session)
    assert (complaint.kind, complaint.due_on) == (ComplaintKind.COMPLAINT, date(2026, 7, 1))
    assert complaint.text.endswith("发霉面包")


def test_one_number_twice_in_a_file_is_one_case(session):
    other = BREAD.replace("过期面包", "坏面包")
    running = take(BREAD, BREAD, other)
    assert counts(running) == (3, 1, 0, 1, 1)
    assert rejected(running) == [(4, "113", "登记编号", "登记编号与第2行重复，内容不同")]
    assert the_one(session).text.endswith("过期面包")


def test_a_bad_row_is_told_and_stops_no_other(session):
    running = take(
        BREAD.replace("113", "", 1),
        BREAD.replace("2026-06-17 09:30", "昨天"),
        BREAD.replace("2026-06-17", "2026-07-17").replace("113", "114", 1),
        BREAD.replace("投诉", "建议", 1).replace("113", "115", 1),
        BREAD.replace("惠民超市", "惠" * 201).replace("113", "116", 1),
        ",,,,,,,,",
        BREAD.replace("113", "1.13E+17", 1),
        BREAD.replace("113", "118", 1),
    )
    assert counts(running) == (7, 1, 0, 0, 6)
    assert [(row, number, column) for row, number, column, _ in rejected(running)] == [
        (2, "", "登记编号"),
        (3, "113", "登记时间"),
        (4, "114", "登记时间"),
        (5, "115", "类型"),
        (6, "116", "企业名称"),
        (8, "1.13E+17", "登记编号"),
    ]
    assert the_one(session).number == "118"


def test_a_row_corrected_further_down_is_taken():
    assert counts(take(BREAD.replace("2026-06-17 09:30", "昨天"), BREAD)) == (2, 1, 0, 0, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2026-06-17 09:30",
        "2026/6/17 9:30:00",
        "2026年6月17日9时30分",
        "2026.6.17 9:30",
        "２０２６－０６－１７　０９：３０",
        "2026-06-17T09:30:00+08:00",
        "20260617093000",
        "46190.3958333333",
    ],
)
def test_a_moment_is_read_as_people_and_spreadsheets_write_it(session, written):
    take(BREAD.replace("2026-06-17 09:30", written))
    assert the_one(session).received_at == datetime(2026, 6, 17, 1, 30, tzinfo=UTC)


def test_without_a_day_of_receipt_there_is_no_clock(session):
    take("113,投诉", head="登记编号,类型")
    complaint = the_one(session)
    assert (complaint.received_on, complaint.last_day) == (None, None)


def test_the_business_is_found_by_code_then_by_a_name_only_one_bears(session):
    with transaction() as writing:
        writing.add_all(
            [
                Business.named("惠民超市", "91330726MA28C0AB16"),
                Business.named("同名商店"),
                Business.named("同名商店"),
                Business.named("独名商店"),
            ]
        )
    head = "登记编号,企业名称,统一社会信用代码"
    take("1,随便什么名字,91330726ma28c0ab16", "2,同名商店,", "3,独名商店,", "4,没有的店,91330726MA28C0AB1Z", head=head)
    session.expire_all()
    named = {row.number: row.business.name if row.business else None for row in session.scalars(select(Complaint))}
    assert named == {"1": "惠民超市", "2": None, "3": "独名商店", "4": None}


def test_a_dry_run_tells_the_same_and_writes_nothing(session):
    before = session.query(AuditEntry).count()
    assert counts(take(BREAD, BREAD.replace("113", "", 1), write=False)) == (2, 1, 0, 0, 1)
    session.expire_all()
    assert session.query(Complaint).count() == 0
    assert session.query(AuditEntry).count() == before
    take(BREAD)
    assert counts(take(BREAD.replace("过期", "发霉"), write=False)) == (1, 0, 1, 0, 0)
    assert the_one(session).text.endswith("过期面包")


def test_a_file_of_many_batches_taken_again_after_a_crash_goes_on(session):
    lines = [BREAD.replace("113", str(number), 1) for number in range(2500)]
    running = Import(read("a.csv", "\n".join([HEAD, *lines]).encode(), {}), {}, NOW)
    first = next(running.batches())
    with transaction() as writing:
        running.take(writing, actor=OPERATOR, batch=first)
    assert counts(take(*lines)) == (2500, 1500, 0, 1000, 0)
    assert session.query(Complaint).count() == 2500


def test_only_the_router_imports(session, world):
    with pytest.raises(NotAllowed):
        take(BREAD, actor=world.actor(session, "office"))
    take(BREAD, actor=world.actor(session, "router"))


def test_three_hundred_people_leave_no_trace_in_clear(session):
    """Whatever the columns and the text say of a person, no table holds it in clear."""
    random = Random(4)
    names = ["".join(random.choices("赵钱孙李周吴郑王冯陈褚卫", k=1) + random.choices("建国秀英伟芳娜敏静磊", k=2)) for _ in range(100)]
    phones = [f"1{random.choice('3589')}{random.randrange(10**9):09}" for _ in range(100)]
    streets = [f"人民路{random.randrange(1000, 9999)}号{random.randrange(10, 99)}室" for _ in range(100)]
    head = "登记编号,投诉人姓名,联系电话,联系地址,企业名称,具体问题,反馈内容,经办备注"
    lines = [
        f"{at},{name},{phone},{street},惠民超市,我{name}住{street}，电话{phone},已回复{name}（{phone}）,{name}{phone}{street}"
        for at, (name, phone, street) in enumerate(zip(names, phones, streets, strict=True))
    ]
    assert counts(take(*lines, head=head)) == (100, 100, 0, 0, 0)
    stored = "\n".join(
        str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in ("complaint", "audit_entry", "notice", "business")
    )
    assert [word for word in names + phones + streets if word in stored] == []
