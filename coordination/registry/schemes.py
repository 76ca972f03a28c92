"""Schemes as data: schemes, categories, targets, score sheets and grounds, kept by the office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import OPERATOR, Actor, Permission, require
from coordination.registry import queries
from coordination.registry.defaults import GROUNDS
from models import (
    Category,
    Effect,
    Ground,
    Mechanism,
    Scheme,
    ScoreItem,
    ScorePart,
    ScoreSheet,
    StoredFile,
    Target,
    Unit,
)
from models.calendar import in_words
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from models.registry import raise_list_version
from models.scope import Scope

SCHEME_WORDS = {
    "name": "名称",
    "title": "称号",
    "issuer": "发证单位",
    "basis": "文件依据",
    "valid_from": "施行日期",
    "valid_to": "废止日期",
}


def load_default_grounds(session: Session, now: datetime) -> int:
    """Bring in the grounds a new installation starts with; codes that are there already stay as the office has them."""
    known = set(session.scalars(select(Ground.code)))
    fresh = [ground for ground in GROUNDS if ground.code not in known]
    for position, ground in enumerate(GROUNDS):
        if ground in fresh:
            session.add(
                Ground(
                    code=ground.code,
                    name=ground.name,
                    clause=ground.clause,
                    effect=ground.effect,
                    is_standing=ground.standing,
                    bar_rule=ground.bar,
                    position=position,
                    is_active=True,
                )
            )
    if fresh:
        text = f"载入默认移出事由{len(fresh)}项"
        audit.record(session, actor=OPERATOR, action="ground:defaults", subject="ground:defaults", at=now, text=text)
    return len(fresh)


def create_scheme(
    session: Session,
    *,
    actor: Actor,
    mechanism_id: int,
    code: str,
    name: str,
    title: str,
    certificate_prefix: str,
    issuer: str,
    basis: str,
    valid_from: date | None,
    valid_to: date | None,
    now: datetime,
) -> Scheme:
    """A new scheme. Its prefix is its own, so that two schemes in force at once never give one certificate number twice."""
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    require(actor, Permission.REGISTRY_EDIT, mechanism.scope)
    audit.queue(session)
    if not all((code.strip(), name.strip(), title.strip(), certificate_prefix.strip(), issuer.strip())):
        raise BadInput("请填写代码、名称、称号、证书号前缀和发证单位")
    if session.scalar(select(Scheme.id).where(Scheme.code == code)) is not None:
        raise BadInput(f"代码“{code}”已有方案使用")
    taken = session.scalar(select(Scheme.name).where(Scheme.certificate_prefix == certificate_prefix))
    if taken is not None:
        raise BadInput(f"证书号前缀“{certificate_prefix}”已用于“{taken}”，请另取")
    scheme = Scheme(
        mechanism=mechanism,
        code=code,
        name=name,
        title=title,
        certificate_prefix=certificate_prefix,
        issuer=issuer,
        basis=basis,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(scheme)
    session.flush()
    audit.record(session, actor=actor, action="scheme:create", subject=scheme, at=now, text=f"设立方案：{name}，称号“{title}”")
    return scheme


def change_scheme(
    session: Session,
    *,
    actor: Actor,
    scheme_id: int,
    version: int,
    name: str,
    title: str,
    issuer: str,
    basis: str,
    valid_from: date | None,
    valid_to: date | None,
    now: datetime,
) -> Scheme:
    """Change what a scheme is called, gives and rests on; its code and the prefix of its certificates stay, for they were given out.

    The days of units recognised already stay as they are (they stand with each unit). Conflict when it changed since ``version``.
    """
    scheme = _scheme(session, scheme_id)
    require(actor, Permission.REGISTRY_EDIT, scheme.scope)
    audit.queue(session)
    session.refresh(scheme)
    if scheme.version != version:
        raise Conflict("他人刚刚也改了这个方案", mine=name, theirs=scheme.name, version=scheme.version)
    if not all((name.strip(), title.strip(), issuer.strip())):
        raise BadInput("请填写方案名称、称号和发证单位")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise BadInput(f"废止日期不能早于施行日期（{in_words(valid_from)}）")
    given = {"name": name, "title": title, "issuer": issuer, "basis": basis, "valid_from": valid_from, "valid_to": valid_to}
    changes = [
        f"{SCHEME_WORDS[key]}由“{_said(getattr(scheme, key))}”改为“{_said(value)}”"
        for key, value in given.items()
        if getattr(scheme, key) != value
    ]
    for key, value in given.items():
        setattr(scheme, key, value)
    session.flush()
    raise_list_version(session, now)
    text = f"更改方案{name}：{'；'.join(changes) or '没有改动'}"
    audit.record(session, actor=actor, action="scheme:change", subject=scheme, at=now, text=text)
    return scheme


def _said(value: date | str | None) -> str:
    """A value of a scheme as the audit says it."""
    return in_words(value) if isinstance(value, date) else value or "无"


def set_mark(session: Session, *, actor: Actor, scheme_id: int, file: StoredFile | None, now: datetime) -> Scheme:
    """Use this file as the unified mark (全省统一标识), or none."""
    scheme = _scheme(session, scheme_id)
    require(actor, Permission.REGISTRY_EDIT, scheme.scope)
    if file is not None and file.media_type not in {"image/png", "image/jpeg"}:
        raise BadInput("标识只接收PNG、JPG图片")
    scheme.mark = file
    session.flush()
    raise_list_version(session, now)
    text = f"更换标识：{file.name}" if file is not None else "撤下标识"
    audit.record(session, actor=actor, action="scheme:mark", subject=scheme, at=now, text=text)
    return scheme


@dataclass(frozen=True)
class CategoryFacts:
    """A category as the office writes it."""

    code: str
    name: str
    responsible_id: int
    co_ids: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    excludes: tuple[int, ...] = ()
    notice_days: int | None = None
    validity_months: int | None = None
    recheck_months: int | None = None
    least_reviews: int = 5
    is_open: bool = True


def save_category(
    session: Session,
    *,
    actor: Actor,
    scheme_id: int,
    facts: CategoryFacts,
    now: datetime,
    category_id: int | None = None,
    version: int | None = None,
) -> Category:
    """A new category of a scheme, or changes to one. Recognitions made keep their dates. Conflict when it changed since ``version``."""
    scheme = _scheme(session, scheme_id)
    require(actor, Permission.REGISTRY_EDIT, scheme.scope)
    audit.queue(session)
    category = queries.get_category(session, category_id) if category_id is not None else Category(scheme_id=scheme.id)
    if category_id is not None and category.version != version:
        raise Conflict("他人刚刚也改了这个类别", mine=facts.name, theirs=category.name, version=category.version)
    _check_category(session, scheme, facts, category_id)
    for field in ("code", "name", "responsible_id", "notice_days", "validity_months", "recheck_months", "least_reviews", "is_open"):
        setattr(category, field, getattr(facts, field))
    category.subjects, category.excludes = list(facts.subjects), list(facts.excludes)
    helpers = list(session.scalars(select(Unit).where(Unit.id.in_(facts.co_ids))))
    category.co_units = helpers
    if category_id is None:
        category.position = session.scalar(select(func.count(Category.id)).where(Category.scheme_id == scheme.id)) or 0
        session.add(category)
    session.flush()
    raise_list_version(session, now)
    text = f"{'设立' if category_id is None else '更改'}类别：{facts.name}，责任单位{category.responsible.short_name}"
    audit.record(session, actor=actor, action="category:save", subject=category, at=now, text=text)
    return category


def set_target(session: Session, *, actor: Actor, category_id: int, year: int, number: int, unit_id: int | None, now: datetime) -> Target:
    """How many units of the category there should be by the end of that year, in the county or (``unit_id``) of one unit."""
    category = queries.get_category(session, category_id)
    require(actor, Permission.REGISTRY_EDIT, category.scheme.scope)
    if not 0 <= number <= 10_000_000 or not 2000 <= year <= 9999:
        raise BadInput("请填写年度和不小于0的目标数")
    audit.queue(session)
    whose = Target.unit_id.is_(None) if unit_id is None else Target.unit_id == unit_id
    target = session.scalar(select(Target).where(Target.category_id == category.id, Target.year == year, whose))
    if target is None:
        target = Target(category=category, year=year, unit_id=unit_id)
        session.add(target)
    target.number = number
    session.flush()
    raise_list_version(session, now)
    text = f"{category.name}{year}年目标{number}家"
    audit.record(session, actor=actor, action="target:set", subject=target, at=now, text=text)
    return target


@dataclass(frozen=True)
class Part:
    """One part of a score sheet: its name, its minimum, and (text, points) of each item."""

    name: str
    minimum: int
    items: Sequence[tuple[str, int]]


def draft_sheet(
    session: Session, *, actor: Actor, category_id: int, title: str, minimum: int, parts: Iterable[Part], now: datetime
) -> ScoreSheet:
    """The next version of a category's score sheet, to be published when it is right."""
    category = queries.get_category(session, category_id)
    require(actor, Permission.REGISTRY_EDIT, category.scheme.scope)
    audit.queue(session)
    last = session.scalar(select(func.max(ScoreSheet.serial)).where(ScoreSheet.category_id == category.id)) or 0
    sheet = ScoreSheet(category=category, serial=last + 1, title=title, minimum=minimum)
    for place, part in enumerate(parts):
        if any(points <= 0 for _, points in part.items):
            raise BadInput(f"“{part.name}”各项分值应大于0")
        items = [ScoreItem(text=text, weight=points, position=at) for at, (text, points) in enumerate(part.items)]
        sheet.parts.append(ScorePart(name=part.name, minimum=part.minimum, position=place, items=items))
    session.add(sheet)
    session.flush()
    audit.record(session, actor=actor, action="sheet:draft", subject=sheet, at=now, text=f"起草{category.name}评分表第{sheet.serial}版")
    return sheet


def publish_sheet(session: Session, *, actor: Actor, sheet_id: int, now: datetime) -> ScoreSheet:
    """From now on inspections of its category use this version; what was inspected under an older one keeps it."""
    sheet = session.get(ScoreSheet, sheet_id) if 0 < sheet_id <= queries.LARGEST_ID else None
    if sheet is None:
        raise NotFound("没有这份评分表")
    require(actor, Permission.REGISTRY_EDIT, sheet.category.scheme.scope)
    sheet.publish(now)
    text = f"发布{sheet.category.name}评分表第{sheet.serial}版，满分{sheet.most}分，最低{sheet.minimum}分"
    audit.record(session, actor=actor, action="sheet:publish", subject=sheet, at=now, text=text)
    return sheet


def change_ground(
    session: Session,
    *,
    actor: Actor,
    ground_id: int,
    version: int,
    name: str,
    clause: str,
    effect: Effect,
    bar_rule: str,
    is_active: bool,
    now: datetime,
) -> Ground:
    """Change what follows from a ground from now on; tombstones keep the words they were made with.

    BadInput for 立即移出 without the clause of the law it rests on.
    """
    require(actor, Permission.REGISTRY_EDIT, Scope())
    audit.queue(session)
    ground = session.get(Ground, ground_id, populate_existing=True) if 0 < ground_id <= queries.LARGEST_ID else None
    if ground is None:
        raise NotFound("没有这项移出事由")
    if ground.version != version:
        raise Conflict("他人刚刚也改了这项事由", mine=name, theirs=ground.name, version=ground.version)
    if effect == Effect.AT_ONCE and not clause.strip():
        raise BadInput("立即移出须有法定依据，请填写条款")
    before = f"{ground.name}，{ground.effect.label}"
    ground.name, ground.clause, ground.effect, ground.bar_rule, ground.is_active = name, clause, effect, bar_rule, is_active
    text = f"移出事由由“{before}”改为“{name}，{effect.label}”"
    audit.record(session, actor=actor, action="ground:change", subject=ground, at=now, text=text)
    return ground


def _scheme(session: Session, scheme_id: int) -> Scheme:
    scheme = session.get(Scheme, scheme_id) if 0 < scheme_id <= queries.LARGEST_ID else None
    if scheme is None:
        raise NotFound("没有这个方案")
    return scheme


def _check_category(session: Session, scheme: Scheme, facts: CategoryFacts, category_id: int | None) -> None:
    if not facts.code.strip() or not facts.name.strip():
        raise BadInput("请填写类别的代码和名称")
    same = session.scalar(select(Category.id).where(Category.scheme_id == scheme.id, Category.code == facts.code))
    if same is not None and same != category_id:
        raise BadInput(f"本方案已有代码为“{facts.code}”的类别")
    wanted = {facts.responsible_id, *facts.co_ids}
    if set(session.scalars(select(Unit.id).where(Unit.id.in_(wanted)))) != wanted:
        raise BadInput("有的单位没有找到，请重新选择")
    if any(number is not None and not 0 < number <= 1200 for number in (facts.notice_days, facts.validity_months, facts.recheck_months)):
        raise BadInput("公示天数、有效期、复查周期应为正整数；不填则按时限规则")
    if category_id is not None and category_id in facts.excludes:
        raise IllegalMove("类别不能与自身互斥")
