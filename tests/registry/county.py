"""What the registry's tests speak of: one scheme with two categories, real codes, and units taken through every gate by the services."""

from datetime import date, timedelta

from sqlalchemy import select
from stdnum.cn import uscc as code_standard

from coordination.permissions import SYSTEM
from coordination.registry import applying, schemes, service, trust
from coordination.registry.applying import Application
from coordination.registry.businesses import BusinessFacts
from coordination.registry.schemes import CategoryFacts, Part
from coordination.registry.service import Findings
from coordination.registry.trust import EventFacts
from coordination.settings.service import load_defaults
from models import Category, Duty, EventSource, InspectionKind, Recognition, Subject, Unit
from tests.world import NOW

OFFERED = NOW  # Thursday 18 June 2026
RECOGNISED = NOW + timedelta(days=11)  # Monday 29 June, after five working days of public notice (the 19th is a holiday)
WEEK = timedelta(days=7)


def code(serial: int) -> str:
    """A sound 统一社会信用代码; another for each serial."""
    body = f"91330726{serial:09}"
    return body + code_standard.calc_check_digit(body)


def found_scheme(session) -> dict[str, Category]:
    """Rules, grounds, a scheme with 放心商店 (县市场监管局) and 放心景区 (县文旅局), their score sheets, and one duty for the trade."""
    load_defaults(session, NOW)
    schemes.load_default_grounds(session, NOW)
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    from models import Mechanism

    county = session.scalars(select(Mechanism).where(Mechanism.code == "county")).one()
    scheme = schemes.create_scheme(
        session,
        actor=SYSTEM,
        mechanism_id=county.id,
        code="fxxf",
        name="放心消费示范单位创建",
        title="放心消费示范单位",
        certificate_prefix="示放消",
        issuer="示例县消费者权益保护工作联席会议办公室",
        basis="县政府办文件",
        valid_from=date(2024, 1, 1),
        valid_to=None,
        now=NOW,
    )
    session.add(Duty(unit_id=units["SWJ"].id, subject=Subject(code="RETAIL", name="零售"), text="零售业管理"))
    made = {}
    for key, name, unit, subjects in (("shop", "放心商店", "SCJG", ("零售",)), ("sight", "放心景区", "WLJ", ())):
        facts = CategoryFacts(code=key, name=name, responsible_id=units[unit].id, subjects=subjects)
        made[key] = schemes.save_category(session, actor=SYSTEM, scheme_id=scheme.id, facts=facts, now=NOW)
        parts = [Part("商品质量", 20, [("进货查验", 30), ("明码标价", 20)]), Part("维权服务", 20, [("首问负责", 30), ("退换货", 20)])]
        sheet = schemes.draft_sheet(session, actor=SYSTEM, category_id=made[key].id, title="评分表", minimum=80, parts=parts, now=NOW)
        schemes.publish_sheet(session, actor=SYSTEM, sheet_id=sheet.id, now=NOW)
    session.flush()
    return made


def application(category: Category, serial: int, name: str = "") -> Application:
    """A business's application, with every declaration made."""
    facts = BusinessFacts(code(serial), name or f"惠民超市{serial}号店", f"人民路{serial}号", "城关街道", "张某", "0579-1234567")
    return Application(category.id, facts, applying.DECLARATIONS)


def findings(sheet, *, key: str = "k1", short: bool = False, on=None) -> Findings:
    """Full marks, or (``short``) none for the last item of each part."""
    points = {item.id: item.weight for item in sheet.items}
    if short:
        points |= {part.items[-1].id: 0 for part in sheet.parts}
    return Findings(key, sheet.id, on or OFFERED.date(), points)


def hand_in(session, category, serial, *, now=OFFERED, name="") -> Recognition:
    """A public application."""
    _, token = applying.start_draft(session, now=now)
    return applying.hand_in(session, token=token, application=application(category, serial, name), now=now)


def put_on_notice(session, category, serial, *, now=OFFERED, name="") -> Recognition:
    """An application reviewed, inspected and on public notice."""
    from coordination.registry import queries

    recognition = hand_in(session, category, serial, now=now, name=name)
    service.review(session, actor=SYSTEM, recognition_id=recognition.id, opinion="", now=now)
    sheet = queries.score_sheet(session, category.id)
    found = findings(sheet, on=(now + timedelta(hours=8)).date())
    service.inspect(session, actor=SYSTEM, recognition_id=recognition.id, kind=InspectionKind.FIRST, found=found, now=now)
    return service.publish(session, actor=SYSTEM, recognition_id=recognition.id, now=now)


def recognise(session, category, serial, *, now=OFFERED, name="") -> Recognition:
    """A unit on the list, eleven days after ``now``."""
    recognition = put_on_notice(session, category, serial, now=now, name=name)
    later = now + (RECOGNISED - OFFERED)
    session.flush()
    return service.recognise(session, actor=SYSTEM, recognition_id=recognition.id, version=recognition.version, now=later)


def event(serial: int | None, *, ground="SERIOUS", source=EventSource.OFFICIAL_LIST, on=date(2026, 6, 28), name="", **more) -> EventFacts:
    """A trust event about the business of that serial; None: one without a code."""
    given = {"document_no": "示市监列严字〔2026〕1号", "authority": "示例县市场监督管理局", **more}
    named = name or f"惠民超市{serial}号店"
    return EventFacts(ground=ground, source=source, name=named, uscc=code(serial) if serial else "", happened_on=on, **given)


def strike(session, serial, *, now=RECOGNISED, **more):
    """Record an event of an official list as the platform would."""
    return trust.record_event(session, actor=SYSTEM, facts=event(serial, **more), now=now)
