"""A backup holds one moment of everything, restores into either database, and is refused when a single byte is not as written."""

import hashlib
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, func, select, text
from sqlalchemy.orm import Session

from coordination import attachments, audit, crypto
from coordination.permissions import SYSTEM
from coordination.settings import schema, service
from coordination.settings.backup import Report, backup, tables
from coordination.settings.restoring import BROKEN, restore
from coordination.transaction import engine_options, prepare_engine, transaction
from models import AuditEntry, LoginSession, Person, StoredFile, Unit, UnitKind
from models.base import db
from models.errors import BadInput, IllegalMove
from tests.world import NOW

LATER = NOW + timedelta(days=1)
AUDIT = {"audit_entry", "audit_head"}


@pytest.fixture
def county(app: Flask, session: Session, world, sign_in) -> Engine:
    """A county in use: units that succeed each other, a stored file, entries in the ledger, somebody logged in."""
    sign_in("office")
    with transaction() as writing:
        service.load_defaults(writing, NOW)
        heir = Unit(code="NEW", name="新单位😀", short_name="新", kind=UnitKind.OTHER, position=99, former_names=["旧名\n二"])
        writing.add(heir)
        writing.flush()
        writing.scalars(select(Unit).where(Unit.code == "WLJ")).one().successor_id = heir.id
        attachments.store(writing, name="纪要.docx", media_type="application/x", content=b"paper" * 1000, now=NOW)
        attachments.store(writing, name="再存.docx", media_type="application/x", content=b"paper" * 1000, now=NOW)
        audit.record(writing, actor=SYSTEM, action="test:write", subject="thing:1", at=NOW, text="一件", share=0.1)
    return db.engine


@pytest.fixture
def archive(county: Engine, tmp_path: Path) -> Path:
    backup(county, tmp_path / "county.zip", now=NOW)
    return tmp_path / "county.zip"


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """``new_database("sqlite")``: an engine on an empty database with our tables."""
    made: list[Engine] = []

    def make(kind: str, structure: Callable[[Engine], None] = db.metadata.create_all) -> Engine:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
        else:
            cluster = request.getfixturevalue("cluster")
            name = f"other_{os.urandom(6).hex()}"
            cluster.sql(f"CREATE DATABASE {name}")
            url = cluster.url(name)
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        structure(engine)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.dispose()


def contents(engine: Engine, folder: Path) -> dict[str, str]:
    """The hash of each table's rows, the ledger left out."""
    backup(engine, folder / "look.zip", now=NOW)
    with zipfile.ZipFile(folder / "look.zip") as found:
        manifest = json.loads(found.read("manifest.json"))
    return {name: facts["sha256"] for name, facts in manifest["tables"].items() if name not in AUDIT}


def rewrite(archive: Path, members: dict[str, bytes], **facts: object) -> Path:
    """The archive with other members and other facts in its manifest, its checksums made to fit."""
    with zipfile.ZipFile(archive) as old:
        kept = {name: old.read(name) for name in old.namelist()} | members
    manifest = json.loads(kept.pop("manifest.json")) | facts
    for name, table in manifest["tables"].items():
        table["sha256"] = hashlib.sha256(kept[f"tables/{name}.jsonl"]).hexdigest()
        table["size"] = len(kept[f"tables/{name}.jsonl"])
    words = json.dumps(manifest).encode()
    made = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(made, "w") as new:
        for name, content in kept.items():
            new.writestr(name, content)
        new.writestr("manifest.json", words)
        new.comment = hashlib.sha256(words).hexdigest().encode()
    return made


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_an_archive_restores_into_either_database_row_for_row(county, archive, new_database, tmp_path, into):
    target = new_database(into)
    for stored in attachments._folder.glob("*/*"):
        stored.unlink()
    report = restore(target, archive, now=LATER)
    assert contents(target, tmp_path) == contents(county, tmp_path)
    with Session(target) as restored:
        assert audit.verify(restored) == (3, None)
        last = restored.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert last.text == "从2026-06-18T09:00:00+08:00的备份恢复全部数据"
        for stored in restored.scalars(select(StoredFile)):
            assert attachments.read(stored) == b"paper" * 1000
        assert restored.scalar(select(func.count(LoginSession.id))) == 0
        unit = restored.scalars(select(Unit).where(Unit.code == "WLJ")).one()
        assert (unit.successor.name, unit.successor.former_names) == ("新单位😀", ["旧名\n二"])
        highest = restored.scalar(select(func.max(Unit.id)))
        restored.add(Unit(code="NEXT", name="再一个", short_name="再", kind=UnitKind.OTHER, former_names=[]))
        restored.flush()
        assert restored.scalar(select(Unit.id).where(Unit.code == "NEXT")) == highest + 1
    assert (report.files, report.missing) == (1, ())
    assert report.rows > 100


def test_a_database_with_no_tables_yet_gets_them(county, new_database, tmp_path, request):
    kind = county.dialect.name
    structured = new_database(kind, schema.upgrade)
    backup(structured, tmp_path / "empty.zip", now=NOW)
    if kind == "sqlite":
        structured.dispose()
        Path(structured.url.database).unlink()
    target = new_database(kind, lambda engine: None)
    assert restore(target, tmp_path / "empty.zip", now=LATER).rows == 0
    with target.connect() as connection:
        assert schema.current(connection) == schema.head()


def test_the_keys_are_not_inside_and_the_file_is_its_owners_alone(archive):
    with zipfile.ZipFile(archive) as found:
        inside = b"".join(found.read(name) for name in found.namelist())
        assert found.testzip() is None
        assert "tables/login_session.jsonl" not in found.namelist()  # whose token would let somebody in
    assert b"data-of-the-tests" not in inside
    assert b"secret-of-the-tests" not in inside
    assert archive.stat().st_mode & 0o777 == 0o600


def test_writers_are_not_held_up_and_what_they_write_meanwhile_is_all_out_or_all_in(county, session, database_url, tmp_path):
    session.commit()
    other = create_engine(database_url, **engine_options(database_url))
    written: list[bool] = []

    def write_once(connection, cursor, statement, *rest) -> None:
        # Units have been read, people come next.
        if statement.startswith("SELECT person.") and not written:
            written.append(True)
            with other.begin() as elsewhere:
                elsewhere.execute(text("UPDATE unit SET phone = '0' WHERE code = 'JYJ'"))
                elsewhere.execute(text("UPDATE person SET name = '后来' WHERE username = 'liaison-JYJ'"))

    before = contents(county, tmp_path)
    event.listen(county, "before_cursor_execute", write_once)
    during = contents(county, tmp_path)
    event.remove(county, "before_cursor_execute", write_once)
    other.dispose()
    assert written == [True]
    assert during == before
    after = contents(county, tmp_path)
    assert {name for name in after if after[name] != before[name]} == {"unit", "person"}


def test_a_stored_file_that_is_gone_or_spoilt_is_named_and_a_restoration_mends_a_spoilt_one(county, archive, new_database, tmp_path):
    digest = hashlib.sha256(b"paper" * 1000).hexdigest()
    attachments.path_of(digest).write_bytes(b"spoilt")
    assert backup(county, tmp_path / "later.zip", now=NOW).missing == (digest,)
    restore(new_database("sqlite"), archive, now=LATER)
    assert attachments.path_of(digest).read_bytes() == b"paper" * 1000


def test_a_backup_that_fails_leaves_the_old_one_and_no_remains(county, archive, tmp_path):
    before = archive.read_bytes()
    blocked = [path.name for path in archive.parent.iterdir()]
    with transaction() as session:
        session.execute(text("DROP TABLE report_file"))
    with pytest.raises(Exception, match="report_file"):
        backup(county, archive, now=LATER)
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.iterdir()] == blocked


def test_a_database_with_data_is_replaced_only_when_told(county, archive, session, tmp_path):
    with transaction() as writing:
        writing.add(Unit(code="LATE", name="备份之后", short_name="后", kind=UnitKind.OTHER, former_names=[]))
    with pytest.raises(IllegalMove, match="数据库中已有数据，没有恢复"):
        restore(county, archive, now=LATER)
    assert session.scalar(select(func.count(Unit.id)).where(Unit.code == "LATE")) == 1
    session.commit()
    anchors = tmp_path / "audit.anchors"
    audit.write_anchor(session, anchors, NOW)
    with transaction() as writing:
        audit.record(writing, actor=SYSTEM, action="test:write", subject="thing:2", at=NOW, text="备份之后的一件")
    audit.write_anchor(session, anchors, NOW)
    session.commit()
    restore(county, archive, now=LATER, replace=True, anchors=anchors)
    assert session.scalar(select(func.count(Unit.id)).where(Unit.code == "LATE")) == 0
    assert session.scalar(select(func.count(LoginSession.id))) == 0
    assert audit.verify(session, anchors) == (3, None)


def test_a_new_installation_with_its_defaults_is_no_data(county, archive, new_database):
    target = new_database("sqlite")
    with Session(target) as fresh:
        service.load_defaults(fresh, NOW)
        fresh.commit()
    assert restore(target, archive, now=LATER).rows > 100


def test_one_person_is_data(archive, new_database):
    target = new_database("sqlite")
    with Session(target) as fresh:
        fresh.add(Person(username="x", name="某人", password_hash="!"))
        fresh.commit()
    with pytest.raises(IllegalMove, match="数据库中已有数据"):
        restore(target, archive, now=LATER)


def refused(target: Engine, archive: Path, folder: Path, **more: bool) -> str:
    """The words of the refusal; nothing was touched."""
    before = contents(target, folder)
    with pytest.raises((BadInput, IllegalMove)) as refusal:
        restore(target, archive, now=LATER, replace=True, **more)
    assert contents(target, folder) == before
    return refusal.value.message


def test_a_truncated_archive_is_refused_before_anything_is_touched(county, archive, tmp_path):
    whole = archive.read_bytes()
    for length in (0, 10, len(whole) // 3, len(whole) - 70, len(whole) - 1):
        archive.write_bytes(whole[:length])
        assert refused(county, archive, tmp_path) == BROKEN


def test_no_flipped_bit_is_taken_for_data(county, archive):
    """Wherever a bit flips, the archive is refused, or every member in it still reads as written."""
    whole = archive.read_bytes()
    with zipfile.ZipFile(archive) as found:
        members = {name: found.read(name) for name in found.namelist()}
    chance = random.Random(7)
    refusals = 0
    for _ in range(120):
        place = chance.randrange(len(whole))
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        with pytest.raises((BadInput, IllegalMove)) as refusal:  # not told to replace: a sound one stops there
            restore(county, archive, now=LATER)
        if refusal.type is IllegalMove:
            with zipfile.ZipFile(archive) as found:
                assert {name: found.read(name) for name in found.namelist()} == members
        else:
            assert refusal.value.message == BROKEN
            refusals += 1
    assert refusals > 80


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "files/../../evil", "tables/extra.jsonl", "files/" + "0" * 64])
def test_a_member_that_does_not_belong_is_refused_and_nothing_is_unpacked_by_name(county, archive, tmp_path, name):
    made = rewrite(archive, {name: b"x"})
    assert refused(county, made, tmp_path) == BROKEN
    assert not list(tmp_path.rglob("evil"))


def test_a_file_under_a_name_that_is_not_its_hash_is_refused(county, archive, tmp_path):
    name = "../" * 8 + "evil"
    facts = {"rows": 1, "size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    assert refused(county, rewrite(archive, {f"files/{name}": b"x"}, files={name: facts}), tmp_path) == BROKEN


def test_a_file_that_is_no_archive_or_is_not_there_is_refused_in_words(county, tmp_path):
    (tmp_path / "letter.txt").write_text("你好", encoding="utf-8")
    assert refused(county, tmp_path / "letter.txt", tmp_path) == BROKEN
    assert refused(county, tmp_path / "none.zip", tmp_path).startswith("没有这个备份文件")


def test_an_archive_of_another_structure_is_refused_in_words(county, archive, tmp_path):
    assert "数据结构" in refused(county, rewrite(archive, {}, revision="9999"), tmp_path)
    assert "格式（第2版）" in refused(county, rewrite(archive, {}, format=2), tmp_path)
    with zipfile.ZipFile(archive) as found:
        known = json.loads(found.read("manifest.json"))["tables"]
    known["unit"]["columns"][-1] = "other"
    assert "数据表与本程序不符" in refused(county, rewrite(archive, {}, tables=known), tmp_path)


def test_an_archive_sealed_with_another_key_is_refused_until_told(county, archive, new_database, tmp_path):
    crypto.use("another key")
    assert refused(county, archive, tmp_path) == "备份与本机密钥不符。请先把备份时的data.key放回实例目录，再恢复"
    target = new_database("sqlite")
    restore(target, archive, now=LATER, other_key=True)
    with Session(target) as restored:
        assert audit.verify(restored) == (0, 1)


def test_a_restoration_that_fails_half_way_leaves_everything_as_it_was(county, archive, tmp_path):
    """Sound by its checksums, but its last tables hold a row the database refuses."""
    with zipfile.ZipFile(archive) as found:
        people = found.read("tables/role_grant.jsonl").splitlines(keepends=True)
    broken = people[0].replace(b'"', b'"no-such-', 1)
    made = rewrite(archive, {"tables/role_grant.jsonl": broken + b"".join(people[1:])})
    assert refused(county, made, tmp_path) == "备份中有本程序不接受的数据，没有改动任何数据。请用制作备份的版本恢复"
    late = rewrite(archive, {"tables/role_grant.jsonl": people[0].replace(b"[", b"[[", 1)})
    assert refused(county, late, tmp_path) == "备份中有本程序不接受的数据，没有改动任何数据。请用制作备份的版本恢复"


def test_every_table_is_in_the_archive_but_what_belongs_to_the_running_instance(archive):
    with zipfile.ZipFile(archive) as found:
        inside = {name.removeprefix("tables/").removesuffix(".jsonl") for name in found.namelist() if name.startswith("tables/")}
    assert inside == {table.name for table in tables()} == set(db.metadata.tables) - {"login_session", "lease"}


def test_the_report_says_what_was_written(county, tmp_path):
    report = backup(county, tmp_path / "county.zip", now=NOW)
    assert isinstance(report, Report)
    assert (report.files, report.missing, report.made_at) == (1, (), NOW)
