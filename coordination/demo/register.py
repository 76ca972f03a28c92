"""The demo county's units and the two mechanisms: S4's sixteen seats as of 2017 with their successors of today, S3's nineteen sections."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from coordination.members import seating, service
from coordination.permissions import OPERATOR
from models import Mechanism, TopRung, Unit, UnitKind

FOUNDED_ON = date(2017, 12, 21)  # the day S4's plan was issued
REFORMED_ON = date(2019, 2, 1)  # 县级机构改革: the first day of the new bodies
BANK_MOVED_ON = date(2024, 1, 1)  # consumer work of the county's 人民银行 office went to 金融监管
SECTIONS_ON = date(2021, 3, 15)
ONE_DAY = timedelta(days=1)

# Code, full name, short name. In the order of S4's list of members.
BUREAUS_2017 = (
    ("SCJG", "示例县市场监督管理局", "县市场监管局"),
    ("FGJ", "示例县发展和改革局", "县发改局"),
    ("SWJ", "示例县经济商务局", "县经济商务局"),
    ("JYJ", "示例县教育局", "县教育局"),
    ("GAJ", "示例县公安局", "县公安局"),
    ("SFJ", "示例县司法局", "县司法局"),
    ("CZJ", "示例县财政局", "县财政局"),
    ("JSJ", "示例县建设局", "县建设局"),
    ("JTJ", "示例县交通运输局", "县交通局"),
    ("WHJ", "示例县文化广电新闻出版局", "县文化局"),
    ("WJJ", "示例县卫生和计划生育局", "县卫生计生局"),
    ("LYJ", "示例县旅游局", "县旅游局"),
    ("FZB", "示例县人民政府法制办公室", "县法制办"),
    ("WLJJ", "示例县网络经济局", "县网络经济局"),
    ("RH", "中国人民银行示例县支行", "县人行"),
    ("BMFW", "示例县8890便民服务分中心", "县8890便民服务分中心"),
)
BUREAUS_SINCE = (
    ("WLJ", "示例县文化和旅游局", "县文旅局", REFORMED_ON),
    ("WSJK", "示例县卫生健康局", "县卫生健康局", REFORMED_ON),
    ("NYNC", "示例县农业农村局", "县农业农村局", REFORMED_ON),
    ("TYJ", "示例县体育局", "县体育局", REFORMED_ON),
    ("JRJG", "国家金融监督管理总局示例县监管支局", "县金融监管支局", BANK_MOVED_ON),
)
# Who took over from whom (rules.md §13): the one that ended, its heir, the heir's first day.
SUCCESSIONS = (
    ("WHJ", "WLJ", REFORMED_ON),
    ("LYJ", "WLJ", REFORMED_ON),
    ("FZB", "SFJ", REFORMED_ON),
    ("WJJ", "WSJK", REFORMED_ON),
    ("RH", "JRJG", BANK_MOVED_ON),
)
JOINED_LATER = (("NYNC", date(2020, 6, 1)), ("TYJ", date(2022, 9, 1)))
# In the order of S3's list of members.
SECTIONS = (
    ("XBG", "消费者权益保护股", "消保股"),
    ("ZHZX", "12315指挥中心", "12315指挥中心"),
    ("XBZX", "消费者权益保护中心", "消保中心"),
    ("BGS", "办公室", "局办公室"),
    ("FGG", "法规股", "法规股"),
    ("SCG", "市场规范管理股", "市场规范股"),
    ("XYG", "信用监管股", "信用股"),
    ("WJG", "网络交易监督管理股", "网监股"),
    ("GGG", "广告监督管理股", "广告股"),
    ("DJG", "登记注册股", "登记股"),
    ("ZLG", "产品质量安全监督管理股", "质量股"),
    ("SPSC", "食品生产安全监督管理股", "食品生产股"),
    ("SPLT", "食品流通安全监督管理股", "食品流通股"),
    ("CYG", "餐饮食品安全监督管理股", "餐饮股"),
    ("TSG", "特种设备安全监察股", "特设股"),
    ("JLG", "计量股", "计量股"),
    ("YPG", "药品监督管理股", "药品股"),
    ("HZPG", "化妆品监督管理股", "化妆品股"),
    ("QXG", "医疗器械监督管理股", "器械股"),
)
# Units that are no members: bureaus complaints belong to all the same, the streets, and the bureau's stations.
OTHERS = (
    ("MZJ", "示例县民政局", "县民政局", UnitKind.BUREAU, None),
    ("RSJ", "示例县人力资源和社会保障局", "县人力社保局", UnitKind.BUREAU, None),
    ("YBJ", "示例县医疗保障局", "县医保局", UnitKind.BUREAU, None),
    ("CGJ", "示例县综合行政执法局", "县综合执法局", UnitKind.BUREAU, None),
    ("YCJ", "示例县烟草专卖局", "县烟草局", UnitKind.BUREAU, None),
    ("XCB", "中共示例县委宣传部", "县委宣传部", UnitKind.BUREAU, None),
    ("XFJ", "示例县信访局", "县信访局", UnitKind.BUREAU, None),
    ("XBW", "示例县消费者权益保护委员会", "县消保委", UnitKind.ASSOCIATION, "SCJG"),
    ("CDJD", "示例县城东街道办事处", "城东街道", UnitKind.TOWN, None),
    ("CXJD", "示例县城西街道办事处", "城西街道", UnitKind.TOWN, None),
    ("JXZ", "示例县甲溪镇人民政府", "甲溪镇", UnitKind.TOWN, None),
    ("YSZ", "示例县乙山镇人民政府", "乙山镇", UnitKind.TOWN, None),
    ("BCX", "示例县丙川乡人民政府", "丙川乡", UnitKind.TOWN, None),
    ("CDS", "示例县市场监督管理局城东所", "城东市场监管所", UnitKind.STATION, "SCJG"),
    ("CXS", "示例县市场监督管理局城西所", "城西市场监管所", UnitKind.STATION, "SCJG"),
    ("JXS", "示例县市场监督管理局甲溪所", "甲溪市场监管所", UnitKind.STATION, "SCJG"),
)


def load_units(session: Session, now: datetime) -> dict[str, Unit]:
    """Enter every unit, by code."""
    units: dict[str, Unit] = {}

    def enter(code: str, name: str, short_name: str, kind: UnitKind, since: date | None, parent: str | None = None) -> None:
        parent_id = units[parent].id if parent else None
        given: dict[str, Any] = {
            "code": code,
            "name": name,
            "short_name": short_name,
            "kind": kind,
            "parent_id": parent_id,
            "valid_from": since,
        }
        if kind == UnitKind.BUREAU:
            given |= {"phone": f"0000-80000{len(units):02}", "complaint_way": f"{short_name}投诉窗口，工作日8:30至17:30"}
        units[code] = service.create_unit(session, actor=OPERATOR, now=now, **given)

    for code, name, short_name in BUREAUS_2017:
        enter(code, name, short_name, UnitKind.BUREAU, FOUNDED_ON)
    for code, name, short_name, since in BUREAUS_SINCE:
        enter(code, name, short_name, UnitKind.BUREAU, since)
    for code, name, short_name in SECTIONS:
        enter(code, name, short_name, UnitKind.SECTION, SECTIONS_ON, "SCJG")
    for code, name, short_name, kind, parent in OTHERS:
        enter(code, name, short_name, kind, None, parent)
    return units


def load_mechanisms(session: Session, units: dict[str, Unit], now: datetime) -> dict[str, Mechanism]:
    """Set both joint meetings up and seat their members, each from the day it joined, then merge what has been merged since."""
    county = seating.create_mechanism(
        session,
        actor=OPERATOR,
        code="county",
        name="示例县消费者权益保护工作联席会议",
        short_name="县联席会议",
        issuer="示例县市场监督管理局",
        document_code="示市监消联",
        top_rung=TopRung.REPORT_UP,
        office_unit_id=units["SCJG"].id,
        basis="示例县人民政府办公室2017年12月21日印发的联席会议制度",
        has_liaison_meeting=True,
        has_countersign=True,
        now=now,
    )
    sections = seating.create_mechanism(
        session,
        actor=OPERATOR,
        code="sections",
        name="示例县市场监督管理局消费者权益保护工作股室联席会议",
        short_name="股室联席会议",
        issuer="示例县市场监督管理局",
        document_code="示市监股联",
        top_rung=TopRung.CRITICISM,
        office_unit_id=units["XBG"].id,
        basis="县局消费者权益保护工作机制实施办法第四章",
        now=now,
    )
    for code, *_ in BUREAUS_2017:
        _seat(session, county, units[code], FOUNDED_ON, now)
    for code, joined_on in JOINED_LATER:
        _seat(session, county, units[code], joined_on, now)
    for code, *_ in SECTIONS:
        _seat(session, sections, units[code], SECTIONS_ON, now)
    for code, heir, since in SUCCESSIONS:
        ended = units[code]
        last_day, heir_id = since - ONE_DAY, units[heir].id
        service.end_unit(session, actor=OPERATOR, unit_id=ended.id, version=ended.version, valid_to=last_day, successor_id=heir_id, now=now)
    return {"county": county, "sections": sections}


def _seat(session: Session, mechanism: Mechanism, unit: Unit, on: date, now: datetime) -> None:
    seating.enter(session, actor=OPERATOR, mechanism_id=mechanism.id, unit_id=unit.id, from_on=on, now=now)
