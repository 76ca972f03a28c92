"""Units recognised before the platform was there (历史认定): a county's own list, taken in whole or not at all."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import audit, sheets
from coordination.permissions import Actor, Permission, require
from coordination.registry import businesses, certificates, queries
from coordination.registry.businesses import BusinessFacts
from coordination.registry.importing import APPLICATIONS
from coordination.sheets import Column, Preview, Row
from models import Category, Effect, Ground, Recognition, TrustEvent
from models.calendar import in_words, local_date
from models.errors import BadInput
from models.registry import raise_list_version

FORMER = {
    **APPLICATIONS,
    "certificate_no": Column(("证书号", "证书编号", "编号")),
    "recognised_on": Column(("认定日期", "发证日期")),
    "valid_until": Column(("有效期至", "有效期")),
}
LONGEST_NUMBER = 60


@dataclass(frozen=True)
class FormerUnit:
    """One line of the list."""

    line: int
    category: Category
    business: BusinessFacts
    certificate_no: str
    recognised_on: date
    valid_until: date


def preview_former(session: Session, *, actor: Actor, content: bytes, now: datetime) -> Preview:
    """Each line of a list of units recognised earlier, checked without writing."""
    require(actor, Permission.REGISTRY_EDIT)
    return _check(session, actor, content, now)[0]


def import_former(session: Session, *, actor: Actor, content: bytes, now: datetime) -> list[Recognition]:
    """Every line or none. Each unit is on the list with this transaction, under its old number, with a token for a new plaque.

    BadInput with line and reason of each that cannot be taken; an event that waited for one of them stops it too.
    """
    require(actor, Permission.REGISTRY_EDIT)
    audit.queue(session)
    preview, lines = _check(session, actor, content, now)
    preview.refuse()
    taken = [_take(session, actor, line, now) for line in lines]
    raise_list_version(session, now)
    text = f"导入历史认定{len(taken)}家"
    audit.record(session, actor=actor, action="registry:import", subject="registry:import", at=now, text=text)
    return taken


def _take(session: Session, actor: Actor, line: FormerUnit, now: datetime) -> Recognition:
    business = businesses.find_or_make(session, line.business, now)
    made = Recognition.recognised_earlier(
        business,
        line.category,
        on=line.recognised_on,
        certificate_no=line.certificate_no,
        token=certificates.new_token(),
        valid_until=line.valid_until,
        next_check_on=certificates.next_check(session, line.category, line.recognised_on, ruled_on=local_date(now)),
    )
    session.add(made)
    session.flush()
    certificates.keep_clear_of(session, line.category.scheme, line.certificate_no)
    days = f"{in_words(line.recognised_on)}认定，有效期至{in_words(line.valid_until)}"
    text = f"导入历史认定：{line.category.name}，证书号{made.certificate_no}，{days}"
    audit.record(session, actor=actor, action="registry:former", subject=made, at=now, text=text)
    return made


def _check(session: Session, actor: Actor, content: bytes, now: datetime) -> tuple[Preview, list[FormerUnit]]:
    today = local_date(now)
    by_name = {name: one for one in queries.categories(session, today, open_only=False) for name in (one.name, one.code)}
    preview, lines = Preview(), []
    seen: dict[object, int] = {}
    for row in sheets.read(content, FORMER):
        try:
            line = _line(session, actor, row, by_name.get(row.text("category")), today)
            _only_once(session, line, seen)
        except BadInput as wrong:
            preview.problems.append((row.line, wrong.message))
            continue
        preview.fresh.append((row.line, f"{line.business.name}（{line.category.name}，{line.certificate_no}）"))
        lines.append(line)
    return preview, lines


def _line(session: Session, actor: Actor, row: Row, category: Category | None, today: date) -> FormerUnit:
    """One line as it is meant; BadInput with what is wrong with it."""
    facts = BusinessFacts(row.code("uscc"), *(row.text(key) for key in ("name", "address", "street", "contact", "phone")))
    recognised_on, valid_until = row.day("recognised_on"), row.day("valid_until")
    if row.problems:
        raise BadInput("；".join(row.problems))
    if category is None:
        raise BadInput(f"没有“{row.text('category')}”这个类别")
    require(actor, Permission.REGISTRY_EDIT, category.scheme.scope)
    code = businesses.check(facts)
    number = row.text("certificate_no")
    if not number or len(number) > LONGEST_NUMBER:
        raise BadInput(f"请填写证书号，最多{LONGEST_NUMBER}字")
    if recognised_on is None or valid_until is None:
        raise BadInput("请填写认定日期和有效期至")
    if recognised_on > today:
        raise BadInput(f"认定日期{in_words(recognised_on)}尚未到，请核对")
    if valid_until < today:
        raise BadInput(f"有效期至{in_words(valid_until)}，已届满，不在名录上，不必导入")
    _nothing_against(session, code, category, today)
    return FormerUnit(row.line, category, facts, number, recognised_on, valid_until)


def _nothing_against(session: Session, code: str, category: Category, today: date) -> None:
    """BadInput with what is known against the business; also an official list's event that waits for a business of this code."""
    business = queries.business_of(session, code)
    if business is not None:
        obstacles = queries.obstacles(session, business, category, today)
        if obstacles:
            raise BadInput("；".join(obstacles))
        return
    waiting = select(TrustEvent).join(TrustEvent.ground).where(TrustEvent.uscc == code, TrustEvent.counts(today))
    event = session.scalars(waiting.where(Ground.effect == Effect.AT_ONCE, Ground.is_active)).first()
    if event is not None:
        raise BadInput(f"{event.ground.name}（{in_words(event.happened_on)}，{event.origin}），尚未修复或撤销")


def _only_once(session: Session, line: FormerUnit, seen: dict[object, int]) -> None:
    """BadInput for a number given already, or a line that says again what another says."""
    holder = session.scalar(select(Recognition).where(Recognition.certificate_no == line.certificate_no))
    if holder is not None:
        raise BadInput(f"证书号{line.certificate_no}已由{holder.business.name}使用")
    unit = (businesses.check(line.business), line.category.id)
    for key, words in ((line.certificate_no, "证书号重复"), (unit, "重复（同一经营主体、同一类别）")):
        first = seen.setdefault(key, line.line)
        if first != line.line:
            raise BadInput(f"与第{first}行{words}")
