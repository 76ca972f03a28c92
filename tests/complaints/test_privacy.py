"""Three hundred facts about people, seeded through every door, are in clear nowhere beyond who may see them."""

import io
import zipfile

import pytest
import time_machine
from sqlalchemy import select, text

from coordination.complaints import handling, papers, registering, service
from coordination.complaints.registering import Registration
from coordination.settings import backup as archive
from coordination.settings import service as settings
from coordination.transaction import transaction
from models import Channel, Complaint, ComplaintKind, Notice, PaperKind
from models.base import db
from tests.world import NOW

PEOPLE = 75
SURNAMES, GIVEN = "欧阳诸葛上官司马", "霁曦翊珩琬璟瑄璐晟昀"
HEAD = "登记编号,类型,登记时间,投诉人,联系电话,证件号码,联系地址,企业名称,具体问题,内部备注\n"
ROLES = ("router", "office", "auditor", "admin", "approver", "convenor", "liaison-JYJ", "liaison-WLJ")
PAGES = ("/desk", "/desk/done", "/reminders", "/complaints", "/complaints?view=handling", "/complaints?view=closed", "/complaints?q=面包")
MORE = ("/complaints/imports", "/complaints/quality", "/complaints/rates", "/complaints/calls", "/settings/audit", "/settings/jobs/outbox")


def person(number: int) -> dict[str, str]:
    """Four facts that nobody else shares."""
    name = SURNAMES[number % 4 * 2 : number % 4 * 2 + 2] + GIVEN[number // 10] + GIVEN[number % 10]
    phone, identity = f"1391234{number:04}", f"99010119900307{number:04}"
    return {"name": name, "phone": phone, "id_no": identity, "address": f"甲溪镇无名路{number:04}号{number % 9 + 1}幢"}


FACTS = [fact for number in range(PEOPLE) for fact in person(number).values()]


def row(number: int) -> str:
    who = person(number)
    said = f"我是{who['name']}，买的面包过期，电话{who['phone']}，身份证{who['id_no']}，住{who['address']}"
    kind = ("投诉", "举报", "咨询")[number % 3]
    cells = (f"N{number:03}", kind, "2026-06-16 08:00", *who.values(), f"小店{number}", said, f"{who['name']}来电")
    return ",".join(cells) + "\n"


def clear(content: bytes) -> list[str]:
    """Which facts these bytes hold."""
    return [fact for fact in FACTS if fact.encode() in content]


@pytest.fixture
def seeded(app, session, world, sign_in):
    """Fifty through the pages' import, one with its columns swapped, the rest by hand; some handled to their end, papers made."""
    app.config["WTF_CSRF_ENABLED"] = False
    with transaction() as writing:
        settings.load_defaults(writing, NOW)
    with time_machine.travel(NOW, tick=False):
        router = sign_in("router")
        swapped = person(74)
        wrong = f"N900,投诉,{swapped['phone']},{swapped['name']},,,,小店,面包过期,\n"
        content = (HEAD + "".join(map(row, range(50))) + wrong).encode()
        given = {"file": (io.BytesIO(content), "导出.csv")}
        url = router.post("/complaints/imports", data=given, content_type="multipart/form-data").headers["Location"]
        assert clear(router.get(url).data) == []
        assert "新登记50件" in router.post(f"{url}/run").text
        with transaction() as writing:
            actor = world.actor(writing, "router")
            for number in range(50, PEOPLE):
                who = person(number)
                told = Registration(
                    kind=ComplaintKind.COMPLAINT,
                    channel=Channel.HOTLINE,
                    received_at=NOW,
                    text=f"面包过期，请回电{who['name']} {who['phone']}",
                    request=f"退款到{who['phone']}",
                    target_name="小店",
                    target_address="路边",
                    place=who["address"],
                    person=who,
                )
                registering.register(writing, actor=actor, registration=told, now=NOW)
            ids = list(writing.scalars(select(Complaint.id).order_by(Complaint.id)))
            for id_ in ids[:30]:
                service.assign(writing, actor=actor, complaint_id=id_, lead_id=world.units["JYJ"].id, note="请办理", now=NOW)
        with transaction() as writing:
            actor = world.actor(writing, "liaison-JYJ")
            for id_ in ids[:12:3]:
                service.receive(writing, actor=actor, complaint_id=id_, now=NOW)
                handling.accept(writing, actor=actor, complaint_id=id_, now=NOW)
                papers.document(writing, actor=actor, complaint_id=id_, kind=PaperKind.COMPLAINT_FORM, now=NOW)
                handling.settle(writing, actor=actor, complaint_id=id_, result="退款", now=NOW)
                handling.close(writing, actor=actor, complaint_id=id_, now=NOW)
        yield url, ids


def test_no_page_of_any_role_shows_one(seeded, sign_in, app):
    url, ids = seeded
    assert len(FACTS) == 300
    for who in ROLES:
        client = sign_in(who)
        for address in (*PAGES, *MORE, url, f"{url}/rejected.xlsx", *(f"/complaints/{id_}" for id_ in ids[::6])):
            content = client.get(address).data
            if content.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(content)) as book:
                    content = b"".join(map(book.read, book.namelist()))
            assert clear(content) == [], (who, address)
    stranger = app.test_client()
    assert all(clear(stranger.get(address).data) == [] for address in ("/", "/units", "/open/units.json", *PAGES))


def test_none_lies_in_the_database_its_files_its_backup_its_logs_or_its_mails(seeded, app, session):
    if db.engine.dialect.name == "sqlite":
        session.execute(text("SELECT 1"))  # the write-ahead log is there while somebody is connected
    instance = app.config["CONFIG"].instance
    archive.backup(db.engine, instance / "away.zip", now=NOW)
    with zipfile.ZipFile(instance / "away.zip") as kept:
        assert clear(b"".join(map(kept.read, kept.namelist()))) == []
    files = [path for path in instance.rglob("*") if path.is_file()]
    if db.engine.dialect.name == "sqlite":
        assert {"test.sqlite3", "test.sqlite3-wal"} <= {path.name for path in files}
    assert {path.name: clear(path.read_bytes()) for path in files if clear(path.read_bytes())} == {}
    notices = session.scalars(select(Notice)).all()
    assert notices
    assert clear("".join(notice.title + notice.text for notice in notices).encode()) == []


def test_who_handles_it_sees_all_of_it_for_a_purpose(seeded, sign_in):
    _, ids = seeded
    shown = sign_in("liaison-JYJ").post(f"/complaints/{ids[0]}/unmask", data={"reason": "告知结果"}).data
    assert [fact for fact in person(0).values() if fact.encode() not in shown] == []
