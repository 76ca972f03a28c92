"""The demo's registry: units recognised earlier and since, at every gate, and what befell some of them; all through the services."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy import select

from coordination.demo.registry_schemes import found
from coordination.demo.registry_units import ENTRIES, FORMERS, SHOPS, Entry, Former
from coordination.demo.stage import Stage, clock
from coordination.permissions import PUBLIC
from coordination.registry import (
    appeals,
    applying,
    assessing,
    feedback,
    former,
    life,
    limits,
    proposals,
    queries,
    removal,
    service,
    trust,
)
from coordination.registry.applying import Application
from coordination.registry.assessing import Assessed
from coordination.registry.businesses import BusinessFacts
from coordination.registry.service import Findings
from coordination.registry.trust import EventFacts
from coordination.tasks import service as tasks
from models import (
    Business,
    Category,
    EventSource,
    Feedback,
    FeedbackKind,
    InspectionKind,
    PromiseKind,
    Recognition,
    Removal,
    RemovalProposal,
    TradeMeasure,
    TrustEvent,
)
from models.calendar import local_date
from models.errors import CalendarMissing

FIRST, IMPORTED = -58, -57
GATES = {"申报": 0, "审核": 1, "检查": 2, "公示": 3, "认定": 4, "不予": 1, "撤回": 0}
KEPT_TO = {"market": "市场办", "shop": "店长", "online": "客服", "dining": "经理", "sight": "游客中心", "live": "运营"}


class Registry:
    """The registry's share of the story, planned on the stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.session = stage, stage.session
        self.categories: dict[str, Category] = {}
        stage.plan(FIRST, "9:30", self._found)
        stage.plan(IMPORTED, "10:00", self._import_formers)
        for number, entry in enumerate(ENTRIES):
            self._plan_entry(number, entry)
        self._plan_events()
        self._plan_life()
        self._plan_voices()

    def _found(self, now: datetime) -> None:
        self.categories = found(self.stage, now)

    def _plan(self, day: int, at: str, act: Callable[[datetime], Any]) -> None:
        self.stage.plan(day, at, act)

    # Units

    def _import_formers(self, now: datetime) -> None:
        """The county's own list, handed over as a table like any office has."""
        former.import_former(self.session, actor=self.stage.actor("office"), content=self._table(), now=now)

    def _table(self) -> bytes:
        content = BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("在册单位")
            for at, column in enumerate(former.FORMER.values()):
                sheet.write(0, at, column.names[0])
            for line, one in enumerate(FORMERS, 1):
                for at, value in enumerate(self._row(line, one)):
                    sheet.write(line, at, value)
        return content.getvalue()

    def _row(self, number: int, one: Former) -> list[str]:
        shop = SHOPS[one.name]
        # Counted from the day of loading, not from the day of the import, so that what is due is due today.
        loaded = self.stage.days.day(0)
        on = loaded - timedelta(days=round(one.months_ago * 30.4))
        until = loaded + timedelta(days=one.days_left) if one.days_left is not None else limits.months_after(on, 36)
        where = (self.categories[shop.category].name, shop.address, shop.street)
        dates = (f"示放消{on.year}-{number:04}", on.isoformat(), until.isoformat())
        return [one.name, shop.uscc, *where, KEPT_TO[shop.category], "", *dates]

    def _plan_entry(self, number: int, entry: Entry) -> None:
        """One application, gate by gate."""
        upto, day = GATES[entry.upto], entry.day
        self._plan(day, clock(number), lambda now: self._apply(entry.name, now))
        steps = (
            (1, self._review),
            (3, self._inspect),
            (4, self._publish),
            (11, self._recognise),
        )
        for at, (later, step) in enumerate(steps, 1):
            if at <= upto:
                self._plan(day + later, clock(number + at), _later(step, entry.name))
        if entry.upto == "不予":
            self._plan(day + 3, clock(number + 3), lambda now: self._refuse(entry, now))
        if entry.upto == "撤回":
            self._plan(day + 3, clock(number + 3), lambda now: self._withdraw(entry, now))

    def _apply(self, name: str, now: datetime) -> None:
        shop = SHOPS[name]
        facts = BusinessFacts(shop.uscc, shop.name, shop.address, shop.street, KEPT_TO[shop.category])
        application = Application(self.categories[shop.category].id, facts, applying.DECLARATIONS)
        lead = self.categories[shop.category].responsible
        actor = self.stage.liaison(lead.code)
        applying.apply_for(self.session, actor=actor, application=application, unit_id=lead.id, now=now)

    def _review(self, name: str, now: datetime) -> None:
        unit = self._unit(name)
        given: dict[str, Any] = {"recognition_id": unit.id, "opinion": "证照齐全，材料与营业执照一致", "now": now}
        service.review(self.session, actor=self._lead(unit), **given)

    def _inspect(self, name: str, now: datetime, kind: InspectionKind = InspectionKind.FIRST) -> None:
        unit = self._unit(name)
        sheet = queries.score_sheet(self.session, unit.category_id)
        assert sheet is not None
        points = {item.id: item.weight - (2 if at % 3 == 0 else 0) for at, item in enumerate(sheet.items)}
        seen = Findings(f"{name}-{kind}", sheet.id, local_date(now), points, {}, "总体较好，个别商品标价签不清，已当场更正")
        service.inspect(self.session, actor=self._lead(unit), recognition_id=unit.id, kind=kind, found=seen, now=now)

    def _publish(self, name: str, now: datetime) -> None:
        """Where the calendar of the year in which the notice would end is not loaded, the office has to wait for it."""
        with suppress(CalendarMissing):
            service.publish(self.session, actor=self.stage.actor("office"), recognition_id=self._unit(name).id, now=now)

    def _recognise(self, name: str, now: datetime) -> None:
        unit = self._unit(name)
        if unit.notice_until is None or unit.notice_until >= local_date(now):
            return
        service.recognise(self.session, actor=self.stage.actor("approver"), recognition_id=unit.id, version=unit.version, now=now)

    def _refuse(self, entry: Entry, now: datetime) -> None:
        unit = self._unit(entry.name)
        service.refuse(self.session, actor=self._lead(unit), recognition_id=unit.id, reason=entry.words, now=now)

    def _withdraw(self, entry: Entry, now: datetime) -> None:
        given: dict[str, Any] = {"recognition_id": self._unit(entry.name).id, "reason": entry.words, "now": now}
        life.withdraw(self.session, actor=self.stage.actor("office"), **given)

    # Trust events, removals, appeals

    def _plan_events(self) -> None:
        self._plan(-32, "9:40", lambda now: self._event("示例好居家纺网店", "ABNORMAL", now, "未按规定公示年度报告"))
        self._plan(-20, "8:40", lambda now: self._event("示例百信电器商场", "SERIOUS", now, "销售假冒注册商标的商品，情节严重"))
        self._plan(-16, "14:20", lambda now: self._event("示例金穗农资商店", "PENALTY", now, "经营不合格肥料", EventSource.ENTERED))
        self._plan(-15, "9:50", lambda now: self._confirm("示例金穗农资商店", "处罚决定已生效并公示，属消费领域违法", now))
        self._plan(-8, "15:10", lambda now: self._repair("示例好居家纺网店", now))
        self._plan(-7, "10:20", lambda now: self._event("示例百信电器城", "DEFAULTER", now, "未履行生效判决确定的给付义务", code=False))
        self._plan(-3, "16:00", self._appeal)
        self._plan(-1, "9:15", lambda now: self._event("示例童乐母婴用品店", "DEFAULTER", now, "未履行生效判决确定的给付义务"))
        self._plan(-12, "10:30", self._measure)
        self._plan(-11, "14:10", self._measure)
        self._take_down("示例好居家纺网店", -31)
        self._take_down("示例金穗农资商店", -14)
        self._plan(-1, "15:40", self._object)

    def _event(
        self, name: str, ground: str, now: datetime, text: str, source: EventSource = EventSource.OFFICIAL_LIST, code: bool = True
    ) -> None:
        shop = SHOPS.get(name)
        day = local_date(now) - timedelta(days=2)
        authority = "示例县人民法院" if ground == "DEFAULTER" else "示例县市场监督管理局"
        paper = {"SERIOUS": "严列", "ABNORMAL": "异列", "DEFAULTER": "执", "PENALTY": "罚"}[ground]
        facts = EventFacts(
            ground=ground,
            source=source,
            name=name,
            uscc=shop.uscc if shop is not None and code else "",
            happened_on=day,
            authority=authority,
            document_no=f"示{paper}字〔{day.year}〕{day.month}{day.day:02}号",
            text=text,
        )
        trust.record_event(self.session, actor=self.stage.actor("office"), facts=facts, now=now)

    def _confirm(self, name: str, reason: str, now: datetime) -> None:
        proposal = self.session.scalars(select(RemovalProposal).where(RemovalProposal.recognition_id == self._unit(name).id)).one()
        proposals.confirm(self.session, actor=self.stage.actor("office"), proposal_id=proposal.id, reason=reason, now=now)

    def _repair(self, name: str, now: datetime) -> None:
        event = self.session.scalars(select(TrustEvent).where(TrustEvent.name == name)).one()
        given: dict[str, Any] = {
            "event_id": event.id,
            "on": local_date(now),
            "remark": "示市监移异〔补〕12号，已移出经营异常名录",
            "now": now,
        }
        proposals.repair(self.session, actor=self.stage.actor("office"), **given)

    def _appeal(self, now: datetime) -> None:
        gone = self.session.scalars(select(Removal).where(Removal.name == "示例百信电器商场")).one()
        text = "涉案商品为供货商混入，本店已追回并先行赔付，且已向列入机关申请提前移出名单，请求恢复。"
        appeals.lodge(self.session, actor=PUBLIC, removal_id=gone.id, text=text, contact="示例百信电器商场 店长", now=now)

    def _measure(self, now: datetime) -> None:
        """One of the units that owe an answer has given it; the others have not."""
        owed = self.session.scalars(select(TradeMeasure).where(TradeMeasure.done_at.is_(None)).order_by(TradeMeasure.id)).first()
        if owed is not None:
            text = "已取消该单位本年度诚信经营评比资格，列入重点检查名单。"
            actor = self.stage.liaison(owed.unit.code)
            removal.record_measure(self.session, actor=actor, measure_id=owed.id, text=text, now=now)

    def _object(self, now: datetime) -> None:
        text = "该餐厅去年因后厨卫生问题被多次投诉，整改情况未见公开，请核实后再认定。"
        unit = self._unit("示例湖畔餐厅")
        if unit.notice_until is not None:
            service.object_to(self.session, actor=PUBLIC, recognition_id=unit.id, text=text, contact="", now=now)

    def _take_down(self, name: str, day: int) -> None:
        """The task to take a plaque down, accepted, reported and closed on the days after."""

        def task_id() -> int:
            query = select(Removal.task_id).where(Removal.name == name)
            return self.session.scalars(query).one() or 0

        lead = self.stage.liaison("SCJG")
        done: dict[str, Any] = {"text": "标牌已摘除，证书已收回，现场照片已存档。", "percent": 100, "final": True}
        self._plan(day, "10:15", lambda now: tasks.accept(self.session, actor=lead, task_id=task_id(), now=now))
        self._plan(day + 1, "15:30", lambda now: tasks.submit_report(self.session, actor=lead, task_id=task_id(), now=now, **done))
        close: dict[str, Any] = {"actor": self.stage.actor("office"), "finding": "照片和收回的证书已核对，予以销号。"}
        self._plan(day + 2, "9:10", lambda now: tasks.close(self.session, task_id=task_id(), now=now, **close))

    # Life

    def _plan_life(self) -> None:
        self._plan(-40, "9:20", lambda now: self._inspect("示例老街面馆", now, InspectionKind.RECHECK))
        self._plan(-6, "11:00", self._rectify)
        promised = (
            ("示例惠民超市", PromiseKind.RETURNS, "除食品、贴身衣物外，凭小票7日内无理由退货"),
            ("示例惠民超市", PromiseKind.PAY_FIRST, "商品质量问题先行赔付，24小时内办结"),
            ("示例清溪谷景区", PromiseKind.FIRST_ASKED, "首位接待人员负责到底，当日答复游客"),
            ("示例家和百货商店", PromiseKind.THREE_GUARANTEES, "家电严格执行三包，上门取送"),
            ("示例粤味茶餐厅", PromiseKind.PAY_FIRST, "菜品有异物的当场免单并赔付"),
        )
        for number, (name, kind, text) in enumerate(promised):
            self._plan(-25, clock(number), _promised(self, name, kind, text))

    def _rectify(self, now: datetime) -> None:
        unit = self._unit("示例明亮眼镜店")
        finding = "验光设备检定证书过期，价目表未公示"
        life.order_rectification(self.session, actor=self._lead(unit), recognition_id=unit.id, finding=finding, by=None, now=now)

    def promise(self, name: str, kind: PromiseKind, text: str, now: datetime) -> None:
        """Put a promise on the public page of this unit."""
        unit = self._unit(name)
        life.promise(self.session, actor=self._lead(unit), recognition_id=unit.id, kind=kind, text=text, now=now)

    # What others say

    def _plan_voices(self) -> None:
        self._plan(-22, "10:10", self._reviews)
        self._plan(-14, "9:30", self._assess)
        self._plan(-5, "15:20", self._answer)
        for day, at, name, kind, text in (
            (-10, "13:30", "示例佳佳服装店", FeedbackKind.PROMISE, "店里写着七日无理由退货，实际只给换不给退。"),
            (-2, "19:40", "示例百信电器商场", FeedbackKind.STILL_UP, "名录上已移出，门口标牌还挂着。"),
            (-1, "12:10", "", FeedbackKind.FAKE, "扫码显示查无此码，标牌上写的是放心消费示范单位。"),
        ):
            self._plan(day, at, _fed_back(self, name, kind, text))

    def _reviews(self, now: datetime) -> None:
        for name, stars in (("示例新华书店", (5, 5, 4, 5, 4, 5)), ("示例惠民超市", (4, 5, 4))):
            unit = self._unit(name)
            for visit, given in enumerate(stars):
                life.review_by_consumer(self.session, recognition_id=unit.id, visit=f"{name}{visit}", stars=given, text="", now=now)

    def _assess(self, now: datetime) -> None:
        unit = self._unit("示例新华书店")
        said = Assessed("示例县消费者权益保护委员会", local_date(now), 92, "暗访两次，承诺公示醒目，退换货办理及时。")
        assessing.record_assessment(self.session, actor=self._lead(unit), recognition_id=unit.id, said=said, now=now)

    def feed_back(self, name: str, kind: FeedbackKind, text: str, now: datetime) -> None:
        """Somebody from the street says this of a unit, or (no name) of a plaque nobody issued."""
        unit_id = self._unit(name).id if name else None
        feedback.send(self.session, recognition_id=unit_id, kind=kind, text=text, contact="", address=name or "street", now=now)

    def _answer(self, now: datetime) -> None:
        sent = self.session.scalars(select(Feedback).where(Feedback.answered_at.is_(None)).order_by(Feedback.id)).first()
        assert sent is not None
        text = "已到店核实，系店员不熟悉规定。店方已向该消费者办理退货，并组织店员学习，本单位将回访。"
        feedback.answer(self.session, actor=self.stage.liaison(sent.unit.code), feedback_id=sent.id, text=text, now=now)

    # Who and what

    def _unit(self, name: str) -> Recognition:
        """The newest recognition of the business of this name."""
        query = select(Recognition).join(Business).where(Business.name == name).order_by(Recognition.id.desc())
        return self.session.scalars(query).first() or self._missing(name)

    def _missing(self, name: str) -> Recognition:
        raise LookupError(name)

    def _lead(self, unit: Recognition) -> Any:
        return self.stage.liaison(unit.category.responsible.code)


def _later(step: Callable[[str, datetime], None], name: str) -> Callable[[datetime], None]:
    return lambda now: step(name, now)


def _promised(registry: Registry, name: str, kind: PromiseKind, text: str) -> Callable[[datetime], None]:
    return lambda now: registry.promise(name, kind, text, now)


def _fed_back(registry: Registry, name: str, kind: FeedbackKind, text: str) -> Callable[[datetime], None]:
    return lambda now: registry.feed_back(name, kind, text, now)
