"""Importing applications and trust lists from .xlsx: a preview that changes nothing, then all of it or none."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from coordination import audit, sheets
from coordination.permissions import Actor, Permission, require
from coordination.registry import applying, businesses, queries, trust
from coordination.registry.applying import Application
from coordination.registry.businesses import BusinessFacts
from coordination.registry.trust import EventFacts
from coordination.sheets import Column, Preview, Row
from models import Category, EventSource, Recognition, TrustEvent
from models.calendar import local_date
from models.errors import BadInput
from models.scope import Scope

APPLICATIONS = {
    "name": Column(("经营者名称", "名称", "企业名称", "单位名称", "店铺名称")),
    "uscc": Column(("统一社会信用代码", "信用代码", "社会信用代码")),
    "category": Column(("类别", "申报类别")),
    "address": Column(("经营地址", "地址", "企业地址")),
    "street": Column(("街道", "乡镇街道", "所在街道"), required=False),
    "contact": Column(("联系人",), required=False),
    "phone": Column(("联系电话", "电话"), required=False),
}
EVENTS = {
    "name": Column(("名称", "企业名称", "经营者名称", "当事人", "被执行人姓名", "当事人名称", "被执行人")),
    "uscc": Column(("统一社会信用代码", "信用代码", "社会信用代码", "组织机构代码"), required=False),
    "happened_on": Column(("列入日期", "处罚日期", "决定日期", "处罚决定日期", "发布日期", "立案日期", "日期")),
    "document_no": Column(("决定书文号", "文号", "处罚文号", "行政处罚决定书文号", "案号"), required=False),
    "authority": Column(("作出决定机关", "列入机关", "处罚机关", "执行法院", "机关"), required=False),
    "text": Column(("列入原因", "违法事实", "违法类型", "处罚内容", "失信行为", "原因", "内容"), required=False),
    "counts_until": Column(("公示截止日期", "公示截止期", "截止日期"), required=False),
}


def preview_applications(session: Session, *, actor: Actor, content: bytes, now: datetime) -> Preview:
    """Each line of a table of applications, checked as far as it can be without writing."""
    require(actor, Permission.REGISTRY_APPLY)
    return _check_applications(session, actor, content, now)[0]


def import_applications(session: Session, *, actor: Actor, content: bytes, unit_id: int | None, now: datetime) -> list[Recognition]:
    """Every line or none: BadInput with line and reason of each that cannot be taken."""
    require(actor, Permission.REGISTRY_APPLY)
    preview, rows = _check_applications(session, actor, content, now)
    preview.refuse()
    taken = applying.take_rows(session, actor=actor, rows=rows, unit_id=unit_id, now=now)
    text = f"导入申报{len(taken)}条"
    audit.record(session, actor=actor, action="registry:import", subject="registry:import", at=now, text=text)
    return taken


def preview_events(
    session: Session, *, actor: Actor, content: bytes, ground: str, authority: str, now: datetime, source: EventSource
) -> Preview:
    """Each line of a trust list: which are new, which known, which cannot be taken, and which units would go at once."""
    _may_import(actor, source)
    return _check_events(session, content, ground, authority, source, now)[0]


def import_events(
    session: Session, *, actor: Actor, content: bytes, ground: str, authority: str, now: datetime, source: EventSource
) -> list[TrustEvent]:
    """Take every new line in one transaction: what must go at once is gone then. Known lines are passed over, a bad one stops all."""
    _may_import(actor, source)
    audit.queue(session)
    preview, rows = _check_events(session, content, ground, authority, source, now)
    preview.refuse()
    taken = [trust.take_event(session, actor=actor, facts=facts, now=now) for _, facts in rows]
    text = f"导入失信信息{len(taken)}条，已有{len(preview.known)}条"
    audit.record(session, actor=actor, action="trust:import", subject="trust:import", at=now, text=text)
    return taken


def _may_import(actor: Actor, source: EventSource) -> None:
    require(actor, Permission.REMOVAL_CONFIRM if source == EventSource.OFFICIAL_LIST else Permission.TRUST_WRITE, Scope())


def _check_applications(session: Session, actor: Actor, content: bytes, now: datetime) -> tuple[Preview, list[tuple[int, Application]]]:
    today = local_date(now)
    by_name = {name: category for category in queries.categories(session, today) for name in (category.name, category.code)}
    preview, rows = Preview(), []
    seen: dict[tuple[str, int], int] = {}
    for row in sheets.read(content, APPLICATIONS):
        facts = BusinessFacts(row.code("uscc"), *(row.text(key) for key in ("name", "address", "street", "contact", "phone")))
        category = by_name.get(row.text("category"))
        why = row.problems or _wrong_with(session, actor, facts, category, row, seen, today)
        if why or category is None:
            preview.problems.append((row.line, "；".join(why)))
            continue
        preview.fresh.append((row.line, f"{facts.name}（{category.name}）"))
        rows.append((row.line, Application(category.id, facts)))
    return preview, rows


def _wrong_with(
    session: Session, actor: Actor, facts: BusinessFacts, category: Category | None, row: Row, seen: dict[tuple[str, int], int], today: date
) -> list[str]:
    """What is wrong with one line, in words."""
    if category is None:
        return [f"没有“{row.text('category')}”这个类别，或该类别现不接受申报"]
    try:
        code = businesses.check(facts)
        require(actor, Permission.REGISTRY_APPLY, category.scheme.scope)
    except BadInput as wrong:
        return [wrong.message]
    first = seen.setdefault((code, category.id), row.line)
    if first != row.line:
        return [f"与第{first}行重复（同一经营主体、同一类别）"]
    business = queries.business_of(session, code)
    return queries.obstacles(session, business, category, today) if business is not None else []


def _check_events(
    session: Session, content: bytes, ground: str, authority: str, source: EventSource, now: datetime
) -> tuple[Preview, list[tuple[int, EventFacts]]]:
    today = local_date(now)
    row_of_ground = queries.get_ground(session, ground)
    preview, rows = Preview(), []
    seen: set[str] = set()
    for row in sheets.read(content, EVENTS):
        facts = _event_facts(row, ground, authority, source)
        try:
            if row.problems:
                raise BadInput("；".join(row.problems))
            code = trust.check_facts(facts, today)
        except BadInput as wrong:
            preview.problems.append((row.line, wrong.message))
            continue
        print_ = trust.fingerprint(facts, code)
        if print_ in seen or trust.known_event(session, facts) is not None:
            preview.known.append(row.line)
            continue
        seen.add(print_)
        preview.fresh.append((row.line, f"{facts.name}：{row_of_ground.name}"))
        preview.removes += _would_go(session, code, today)
        rows.append((row.line, facts))
    return preview, rows


def _event_facts(row: Row, ground: str, authority: str, source: EventSource) -> EventFacts:
    raw = {key: row.text(key) if key != "uscc" else str(row.cells.get(key) or "") for key in row.cells}
    facts = EventFacts(
        ground=ground,
        source=source,
        name=row.text("name"),
        uscc=row.code("uscc"),
        authority=row.text("authority") or authority,
        document_no=row.text("document_no"),
        text=row.text("text"),
        counts_until=row.day("counts_until"),
        raw=raw,
    )
    day = row.day("happened_on")
    return replace(facts, happened_on=day) if day is not None else facts


def _would_go(session: Session, code: str | None, today: date) -> list[str]:
    """The units on the list that bear this code."""
    business = queries.business_of(session, code) if code else None
    if business is None:
        return []
    return [f"{business.name}（{one.category.name}）" for one in queries.live_recognitions(session, business.id) if one.is_listed(today)]
