"""A county with a registry in use, made by the services: units on the list, one removed, one on public notice, one mending something."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination.permissions import SYSTEM
from coordination.registry import life, schemes
from models import Category, PromiseKind, Recognition
from models.calendar import SHANGHAI
from tests.registry.county import RECOGNISED, code, found_scheme, put_on_notice, recognise, strike

LATER = RECOGNISED + timedelta(days=7)  # Monday 6 July 2026, when the public looks
NOTICE = LATER - timedelta(days=3)
MORNING = datetime(2026, 7, 6, 10, 5, tzinfo=SHANGHAI)
LONG_NAME = "示例县浦南街道人民路社区老年大学对面惠民便利超市有限责任公司第一百二十七分公司人民路旗舰店（原供销社商场）"
NAMES = {1: "惠民超市", 2: "启航书店", 3: "KFC示例餐厅", 4: LONG_NAME, 5: "金鼎百货"}


@dataclass(frozen=True)
class Places:
    """Ids and tokens of what the tests speak of."""

    shop: int
    removed: int
    noticed: int
    mending: int
    token: str
    removed_token: str
    removed_certificate: str

    @property
    def removed_code(self) -> str:
        """The 统一社会信用代码 of the removed one."""
        return code(5)


def found_registry(session: Session) -> Places:
    """Everything as it stands on LATER."""
    found_scheme(session)
    shop = session.scalars(select(Category).where(Category.code == "shop")).one()
    units: dict[int, Recognition] = {serial: recognise(session, shop, serial, name=name) for serial, name in NAMES.items()}
    noticed = put_on_notice(session, shop, 9, now=NOTICE, name="新开张百货")
    first = units[1].id
    given = {"actor": SYSTEM, "recognition_id": first, "now": RECOGNISED}
    life.promise(session, kind=PromiseKind.RETURNS, text="除食品外，七日内凭小票无理由退货。", **given)
    for visit in range(6):
        life.review_by_consumer(session, recognition_id=first, visit=f"v{visit}", stars=4, text="", now=RECOGNISED)
    life.order_rectification(
        session, actor=SYSTEM, recognition_id=units[2].id, finding="明码标价不全", by=date(2026, 8, 28), now=RECOGNISED
    )
    schemes.set_target(session, actor=SYSTEM, category_id=shop.id, year=2026, number=100, unit_id=None, now=RECOGNISED)
    strike(session, 5, now=LATER - timedelta(days=1), on=date(2026, 7, 2), name=NAMES[5])
    session.flush()
    gone = units[5]
    assert units[1].token is not None
    assert gone.token is not None
    assert gone.certificate_no is not None
    return Places(first, gone.id, noticed.id, units[2].id, units[1].token, gone.token, gone.certificate_no)
