"""Whatever the order of events, edits, imports and crashes: no removed unit is ever listed, and no recognised unit is lost.

A model of what must be on the list is kept in plain Python beside the real services and database, and compared after every step.
"""

from dataclasses import replace
from datetime import date, timedelta
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from coordination.permissions import SYSTEM
from coordination.registry import appeals, businesses, importing, life, proposals, public, queries, removal, trust
from coordination.transaction import transaction
from models import (
    Appeal,
    AppealStatus,
    Business,
    Category,
    EventSource,
    Recognition,
    RecognitionStatus,
    Removal,
    RemovalProposal,
    RemovalProposalStatus,
    TrustEvent,
)
from models.base import db
from models.calendar import local_date
from models.errors import RuleBroken
from tests.registry.county import RECOGNISED, code, event, recognise
from tests.registry.test_importing import table

SERIALS = st.integers(1, 4)
CRASHES = st.sampled_from((False, False, False, True))
TABLES = ("appeal", "trade_measure", "removal_basis", "removal", "removal_proposal", "trust_event", "inspection_score", "inspection")
MORE = (
    "objection",
    "promise",
    "application_draft",
    "recognition",
    "search_gram",
    "search_text",
    "business",
    "task_co_unit",
    "notice",
    "task",
)


class Crash(Exception):
    """The machine stops in the middle of a transaction."""


class Registry(RuleBasedStateMachine):
    """Four businesses in one category, events of every kind, and a crash where it hurts."""

    @initialize()
    def begin(self) -> None:
        with transaction() as session:
            for name in (*TABLES, *MORE):
                session.execute(text(f"DELETE FROM {name}"))
        db.session.remove()
        self.now = RECOGNISED
        self.serial = 0
        self.listed: dict[int, int] = {}  # serial of the business -> id of its listed recognition
        self.gone: set[int] = set()
        for serial in (1, 2, 3):
            self.take_in(serial, crash=False)
        assert len(self.listed) == 3

    def act(self, deed, crash: bool):
        """Do it in a transaction; with ``crash`` the last write fails after everything else was done."""
        self.now += timedelta(minutes=7)
        try:
            with transaction() as session:
                result = deed(session)
                session.flush()
                if crash:
                    raise Crash
                return result
        except (RuleBroken, Crash):
            return None

    def strikes(self, serial: int) -> None:
        """What the model says of a certain event: whoever is listed under this code goes."""
        if serial in self.listed:
            self.gone.add(self.listed.pop(serial))

    @rule(serial=SERIALS, crash=CRASHES)
    def recognise_again(self, serial: int, crash: bool) -> None:
        """What stands against it is repaired first, as an honest business would see to."""
        day = local_date(self.now)

        def mend(session):
            business = session.scalars(select(Business).where(Business.uscc == code(serial))).one_or_none()
            for one in queries.counting_events(session, business.id, day) if business is not None else ():
                proposals.repair(session, actor=SYSTEM, event_id=one.id, on=day, remark="修复", now=self.now)

        self.act(mend, crash=False)
        self.take_in(serial, crash)

    def take_in(self, serial: int, crash: bool) -> None:
        """An application taken through every gate."""

        def deed(session):
            shop = session.scalars(select(Category).where(Category.code == "shop")).one()
            return recognise(session, shop, serial, now=self.now).id

        made = self.act(deed, crash)
        self.now += timedelta(days=12)
        if made is not None:
            assert serial not in self.listed
            self.listed[serial] = made

    @rule(serial=SERIALS, ground=st.sampled_from(("SERIOUS", "ABNORMAL")), crash=CRASHES, wide=st.booleans())
    def certain_event(self, serial: int, ground: str, crash: bool, wide: bool) -> None:
        self.serial += 1
        number = f"{self.serial}号"
        typed = "".join(chr(ord(sign) + 0xFEE0) for sign in code(serial)) if wide else code(serial)

        def deed(session):
            facts = event(serial, ground=ground, document_no=number, on=date(2026, 6, 20))
            return trust.record_event(session, actor=SYSTEM, facts=replace(facts, uscc=typed), now=self.now)

        if self.act(deed, crash) is not None:
            self.strikes(serial)

    @rule(serials=st.lists(SERIALS, min_size=1, max_size=4), bad_line=st.booleans(), crash=CRASHES)
    def penalty_list(self, serials: list[int], bad_line: bool, crash: bool) -> None:
        self.serial += 1
        rows = [(f"名称{serial}", code(serial), "2026-06-21", f"{self.serial}-{serial}号") for serial in serials]
        rows += [("坏行", code(1)[:-1] + "x", "2026-06-21", "坏")] if bad_line else []
        content = table(("企业名称", "统一社会信用代码", "列入日期", "文号"), *rows)
        given = {"content": content, "ground": "SERIOUS", "authority": "市场监管局", "source": EventSource.OFFICIAL_LIST}
        if self.act(lambda session: importing.import_events(session, actor=SYSTEM, now=self.now, **given), crash) is not None:
            assert not bad_line
            for serial in serials:
                self.strikes(serial)

    @rule(serial=SERIALS)
    def crash_inside_the_removal(self, serial: int) -> None:
        self.serial += 1

        def deed(session):
            with mock.patch.object(removal, "raise_list_version", side_effect=Crash):
                return trust.record_event(session, actor=SYSTEM, facts=event(serial, document_no=f"{self.serial}号"), now=self.now)

        if self.act(deed, crash=False) is not None:
            assert serial not in self.listed

    @rule(serial=SERIALS, named=st.booleans())
    def uncertain_event(self, serial: int, named: bool) -> None:
        self.serial += 1
        facts = event(None if named else serial, ground="DEFAULTER", document_no=f"{self.serial}号", name=f"惠民超市{serial}号店")
        self.act(lambda session: trust.record_event(session, actor=SYSTEM, facts=facts, now=self.now), crash=False)

    @rule(confirm=st.booleans(), crash=CRASHES)
    def decide_proposal(self, confirm: bool, crash: bool) -> None:
        pending = select(RemovalProposal).where(RemovalProposal.status == RemovalProposalStatus.PENDING).order_by(RemovalProposal.id)
        proposal = db.session.scalars(pending).first()
        if proposal is None:
            return
        number, unit = proposal.id, proposal.recognition_id
        verb = proposals.confirm if confirm else proposals.reject
        done = self.act(lambda session: verb(session, actor=SYSTEM, proposal_id=number, reason="核实", now=self.now), crash)
        if done is not None and confirm:
            (serial,) = [serial for serial, id_ in self.listed.items() if id_ == unit]
            self.strikes(serial)

    @rule(reverse=st.booleans(), crash=CRASHES)
    def end_event(self, reverse: bool, crash: bool) -> None:
        standing = select(TrustEvent.id).where(TrustEvent.reversed_on.is_(None), TrustEvent.repaired_on.is_(None))
        number = db.session.scalars(standing.order_by(TrustEvent.id)).first()
        if number is not None:
            verb = proposals.reverse if reverse else proposals.repair
            day = local_date(self.now)
            self.act(lambda session: verb(session, actor=SYSTEM, event_id=number, on=day, remark="依据", now=self.now), crash)

    @rule(upheld=st.booleans(), crash=CRASHES)
    def appeal(self, upheld: bool, crash: bool) -> None:
        last = db.session.scalars(select(Removal).where(Removal.overturned_at.is_(None)).order_by(Removal.id.desc())).first()
        if last is None:
            return
        number, serial = last.id, int(last.name.removeprefix("惠民超市").removesuffix("号店").lstrip("新"))

        def deed(session):
            open_ = session.scalars(select(Appeal).where(Appeal.removal_id == number, Appeal.status == AppealStatus.OPEN)).first()
            made = open_ or appeals.lodge(session, actor=SYSTEM, removal_id=number, text="申诉", contact="", now=self.now)
            session.flush()
            again = appeals.decide(
                session, actor=SYSTEM, appeal_id=made.id, version=made.version, upheld=upheld, answer="答复", now=self.now
            )
            return again.id if again is not None else None

        again = self.act(deed, crash)
        if again is not None:
            assert upheld
            assert serial not in self.listed
            self.listed[serial] = again

    @rule(serial=SERIALS, crash=CRASHES)
    def rename(self, serial: int, crash: bool) -> None:
        def deed(session):
            business = session.scalars(select(Business).where(Business.uscc == code(serial))).one_or_none()
            if business is not None:
                given = {"name": f"惠民超市新{serial}号店", "address": "建设路", "street": "江滨街道", "phone": ""}
                return businesses.change(session, actor=SYSTEM, business_id=business.id, version=business.version, now=self.now, **given)
            return None

        self.act(deed, crash)

    @rule(serial=SERIALS, crash=CRASHES)
    def withdraw(self, serial: int, crash: bool) -> None:
        unit = self.listed.get(serial)
        if unit is None:
            return
        done = self.act(lambda session: life.withdraw(session, actor=SYSTEM, recognition_id=unit, reason="退出", now=self.now), crash)
        if done is not None:
            self.gone.add(self.listed.pop(serial))

    @rule(days=st.sampled_from((1, 30)))
    def time_passes(self, days: int) -> None:
        # Only within the calendar loaded: the notice period refuses a year it does not know.
        if (self.now + timedelta(days=days)).year == 2026:
            self.now += timedelta(days=days)

    @invariant()
    def the_list_is_what_it_must_be(self) -> None:
        if not hasattr(self, "listed"):
            return
        session = db.session()
        session.rollback()
        today = local_date(self.now)
        shown = {row.id: row for row in public.listed(session, today, public.Filter(), limit=100).rows}
        assert set(shown) == set(self.listed.values())
        assert not set(shown) & self.gone
        open_data = {row.certificate_no for row in public.every_listed(session, today)}
        assert open_data == {row.certificate_no for row in shown.values()}
        for unit in session.scalars(select(Recognition)):
            valid = public.verify(session, unit.token or "", today)
            if unit.status == RecognitionStatus.REMOVED:
                assert session.scalars(select(Removal).where(Removal.recognition_id == unit.id)).one().removed_on == unit.ended_on
                assert valid.answer == public.Answer.GONE or valid.unit is not unit
            if unit.certificate_no is not None:
                assert unit.id in shown or unit.ended_on is not None
        numbers = session.scalars(select(Recognition.certificate_no).where(Recognition.certificate_no.is_not(None))).all()
        assert len(numbers) == len(set(numbers))
        for live in (queries.live_recognitions(session, id_) for id_ in session.scalars(select(Business.id))):
            assert len(live) <= 1


def test_no_removed_unit_is_ever_listed_and_no_recognised_unit_is_lost(app, shop):
    often = settings(
        max_examples=20 if db.engine.dialect.name == "sqlite" else 5,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Registry, settings=often)


def test_what_has_ended_never_moves_again():
    ended = {status for status, targets in Recognition.MOVES.items() if not targets}
    assert ended == set(RecognitionStatus) - Recognition.LIVE
