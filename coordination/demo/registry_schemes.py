"""The demo's two schemes: S4's of 2017 with its five categories and targets, and the national plan's other categories."""

import struct
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from coordination import attachments
from coordination.demo.stage import Stage
from coordination.registry import schemes
from coordination.registry.schemes import CategoryFacts, Part
from models import Category, StoredFile
from models.calendar import local_date

S4_SINCE, PLAN_SINCE = date(2017, 12, 21), date(2025, 3, 1)
OFFICE = "示例县消费者权益保护工作联席会议办公室"


@dataclass(frozen=True)
class Kind:
    """A category: code, name, responsible unit, co-operating ones, the year's target, and the duties of its trade."""

    code: str
    name: str
    lead: str
    co: str = ""
    target: int | None = None
    subjects: tuple[str, ...] = ()


S4 = (
    Kind("market", "放心市场", "SCJG", "NYNC", 8, ("食用农产品",)),
    Kind("shop", "放心商店", "SCJG", "SWJ", 100, ("售后服务",)),
    Kind("online", "放心网店", "SCJG", "WLJJ", 100, ("直播带货",)),
    Kind("dining", "放心餐饮店", "SCJG", "SWJ", 75, ("餐饮",)),
    Kind("sight", "放心A级景区", "WLJ", "FGJ SWJ", 3, ("旅游",)),
)
PLAN = (
    Kind("live", "放心直播间", "SCJG", "WLJJ", 10, ("直播带货",)),
    Kind("factory", "放心工厂", "SCJG", "", 5),
    Kind("district", "放心商圈", "SWJ", "SCJG", 2),
)
PARTS = (
    Part("经营资质与商品质量", 24, (("证照齐全，亮照经营", 10), ("进货查验、索证索票记录完整", 15), ("无过期、变质、假冒商品", 15))),
    Part("价格与承诺", 12, (("明码标价，无价格欺诈", 10), ("公开承诺内容醒目，有范围、条件和时限", 10))),
    Part(
        "消费维权",
        24,
        (
            ("设消费维权联络站，公示12315和联系人", 10),
            ("首问负责，消费纠纷有登记有结果", 15),
            ("先行赔付、七日无理由退货有制度有记录", 15),
        ),
    ),
)


def found(stage: Stage, now: datetime) -> dict[str, Category]:
    """Set both schemes up; returns their categories by code."""
    mark = attachments.store(stage.session, name="示例标识.png", media_type="image/png", content=mark_png(), now=now)
    schemes.load_default_grounds(stage.session, now)
    s4 = _scheme(stage, now, mark, "fxxf", "放心消费示范单位创建", "放心消费示范单位", "示放消", "县联席会议放心消费行动方案", S4_SINCE)
    plan = _scheme(stage, now, mark, "fxdw", "优化消费环境放心消费单位", "放心消费单位", "示放单", "优化消费环境三年行动方案", PLAN_SINCE)
    return {kind.code: _category(stage, now, scheme, kind) for scheme, kinds in ((s4, S4), (plan, PLAN)) for kind in kinds}


def _scheme(stage: Stage, now: datetime, mark: StoredFile, code: str, name: str, title: str, prefix: str, basis: str, since: date) -> int:
    made = schemes.create_scheme(
        stage.session,
        actor=stage.actor("office"),
        mechanism_id=stage.mechanisms["county"].id,
        code=code,
        name=name,
        title=title,
        certificate_prefix=prefix,
        issuer=OFFICE,
        basis=basis,
        valid_from=since,
        valid_to=None,
        now=now,
    )
    schemes.set_mark(stage.session, actor=stage.actor("office"), scheme_id=made.id, file=mark, now=now)
    return made.id


def _category(stage: Stage, now: datetime, scheme_id: int, kind: Kind) -> Category:
    given: dict[str, Any] = {"actor": stage.actor("office"), "now": now}
    helpers = tuple(stage.units[code].id for code in kind.co.split())
    facts = CategoryFacts(kind.code, kind.name, stage.units[kind.lead].id, helpers, kind.subjects, least_reviews=5)
    made = schemes.save_category(stage.session, scheme_id=scheme_id, facts=facts, **given)
    if kind.target is not None:
        year = local_date(now).year
        for one in (year, year + 1):  # the story may begin in the year before
            schemes.set_target(stage.session, category_id=made.id, year=one, number=kind.target, unit_id=None, **given)
    sheet = schemes.draft_sheet(stage.session, category_id=made.id, title=f"{kind.name}评分表", minimum=80, parts=PARTS, **given)
    schemes.publish_sheet(stage.session, sheet_id=sheet.id, **given)
    return made


def mark_png(side: int = 240) -> bytes:
    """The demo's own mark: a green ring with a tick, as a PNG."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, side) for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _pixel(x: int, y: int, side: int) -> bytes:
    u, v = (2 * x + 1) / side - 1, (2 * y + 1) / side - 1
    ring = 0.78 <= (u * u + v * v) ** 0.5 <= 0.95
    return b"\x1b\x6e\x3c" if ring or _near(u, v, -0.42, 0.02, -0.12, 0.34) or _near(u, v, -0.12, 0.34, 0.46, -0.34) else b"\xff\xff\xff"


def _near(u: float, v: float, u1: float, v1: float, u2: float, v2: float, width: float = 0.1) -> bool:
    """Does the point lie on the stroke between two points?"""
    du, dv = u2 - u1, v2 - v1
    along = min(1.0, max(0.0, ((u - u1) * du + (v - v1) * dv) / (du * du + dv * dv)))
    return (u - u1 - along * du) ** 2 + (v - v1 - along * dv) ** 2 <= width * width


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
