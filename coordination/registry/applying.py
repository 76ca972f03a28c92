"""Applications: by the business with a token and no account, by a unit for it, or a whole table of them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coordination import attachments, audit
from coordination.permissions import PUBLIC, Actor, Permission, require
from coordination.registry import businesses, limits, queries, telling
from coordination.registry.businesses import BusinessFacts
from models import ApplicationDraft, ApplicationPaper, Category, Origin, Recognition, RecognitionStatus
from models.business import read_name
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotAllowed, NotFound

DECLARATIONS = (
    "近两年无故意侵害消费者权益被行政处罚的记录",
    "未被列入经营异常名录、严重违法失信名单、失信被执行人名单",
    "所填内容和所附材料真实，虚假申报愿承担移出名录等后果",
)
MOST_PAPERS = 20
PAPER_TYPES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n"}
LARGEST_PAPER = 20 * 1024 * 1024


@dataclass(frozen=True)
class Application:
    """An application as it is handed in."""

    category_id: int
    business: BusinessFacts
    declarations: tuple[str, ...] = field(default_factory=tuple)


def apply_for(session: Session, *, actor: Actor, application: Application, unit_id: int, now: datetime) -> Recognition:
    """A unit of the joint meeting puts a business forward (单位推荐), or its office does. BadInput with every obstacle known."""
    category = queries.get_category(session, application.category_id)
    require(actor, Permission.REGISTRY_APPLY, category.scheme.scope)
    if unit_id not in actor.unit_ids:
        raise NotAllowed("只能以本单位名义推荐")
    audit.queue(session)
    return _take(session, actor, category, application, Origin.UNIT, unit_id, now)


def take_rows(
    session: Session, *, actor: Actor, rows: list[tuple[int, Application]], unit_id: int | None, now: datetime
) -> list[Recognition]:
    """Every row of a table or none: BadInput names each row that cannot be taken and why. ``rows`` come with their line numbers."""
    audit.queue(session)
    taken, problems = [], []
    for line, application in rows:
        try:
            category = queries.get_category(session, application.category_id)
            require(actor, Permission.REGISTRY_APPLY, category.scheme.scope)
            taken.append(_take(session, actor, category, application, Origin.IMPORT, unit_id, now))
        except (BadInput, NotFound) as wrong:
            problems.append(f"第{line}行：{wrong.message}")
    if problems:
        raise BadInput("没有导入任何一行。\n" + "\n".join(problems))
    return taken


def start_draft(session: Session, *, now: datetime) -> tuple[ApplicationDraft, str]:
    """Begin a public application; returns the draft and the token that finds it again, which is told once and not kept."""
    token = secrets.token_urlsafe(24)
    draft = ApplicationDraft(token_hash=hash_of(token), answers={}, created_at=now, changed_at=now, expires_on=_expires(session, now))
    session.add(draft)
    session.flush()
    return draft, token


def draft_of(session: Session, token: str, now: datetime) -> ApplicationDraft:
    """The draft this token opens; NotFound for a wrong token, and for one that was left too long."""
    draft = session.scalar(select(ApplicationDraft).where(ApplicationDraft.token_hash == hash_of(token)))
    if draft is None or (draft.recognition_id is None and draft.expires_on < local_date(now)):
        raise NotFound("没有这份申报，或草稿已过保存期限。请核对查询码，或重新申报")
    return draft


def save_draft(session: Session, *, token: str, version: int, answers: dict[str, Any], now: datetime) -> ApplicationDraft:
    """Keep what was filled in so far. Conflict when the same draft was saved elsewhere since ``version``."""
    draft = _open_draft(session, token, now)
    if draft.version != version:
        mine, theirs = (str(one.get("name", "")) for one in (answers, draft.answers))
        raise Conflict("这份申报刚在别处保存过。您写的内容没有丢失", mine=mine, theirs=theirs, version=draft.version)
    draft.answers = {**draft.answers, **answers}
    draft.changed_at, draft.expires_on = now, _expires(session, now)
    session.flush()
    return draft


def attach(session: Session, *, token: str, kind: str, name: str, media_type: str, content: bytes, now: datetime) -> ApplicationPaper:
    """Add a paper to a draft. BadInput for a type that is not taken, one that is too large, or too many."""
    draft = _open_draft(session, token, now)
    if content and not content.startswith(PAPER_TYPES.get(media_type, b"\0")):
        raise BadInput("材料只接收PDF、JPG、PNG文件")
    if not content or len(content) > LARGEST_PAPER:
        raise BadInput("文件是空的，请重新选择" if not content else "文件超过20MB，请压缩或分开上传")
    held = session.scalars(select(ApplicationPaper.id).where(ApplicationPaper.draft_id == draft.id)).all()
    if len(held) >= MOST_PAPERS:
        raise BadInput(f"材料最多{MOST_PAPERS}份，请合并后再上传")
    stored = attachments.store(session, name=name, media_type=media_type, content=content, now=now)
    paper = ApplicationPaper(draft_id=draft.id, kind=kind, file=stored)
    session.add(paper)
    session.flush()
    return paper


def detach(session: Session, *, token: str, paper_id: int, now: datetime) -> None:
    """Take a paper off a draft again; NotFound for one of another draft."""
    draft = _open_draft(session, token, now)
    paper = session.get(ApplicationPaper, paper_id) if 0 < paper_id <= queries.LARGEST_ID else None
    if paper is None or paper.draft_id != draft.id:
        raise NotFound("没有这份材料")
    session.delete(paper)
    session.flush()


def hand_in(session: Session, *, token: str, application: Application, now: datetime) -> Recognition:
    """The business hands its draft in: it becomes an application, and the token shows from now on where it stands."""
    audit.queue(session)
    draft = _open_draft(session, token, now)
    if set(application.declarations) != set(DECLARATIONS):
        raise BadInput("请逐项确认承诺事项")
    category = queries.get_category(session, application.category_id)
    recognition = _take(session, PUBLIC, category, application, Origin.BUSINESS, None, now)
    draft.recognition, draft.answers, draft.changed_at = recognition, {}, now
    for paper in session.scalars(select(ApplicationPaper).where(ApplicationPaper.draft_id == draft.id)):
        paper.recognition_id = recognition.id
    return recognition


def expired_drafts(session: Session, today: date) -> list[int]:
    """Ids of drafts past their day that were never handed in."""
    query = select(ApplicationDraft.id).where(ApplicationDraft.recognition_id.is_(None), ApplicationDraft.expires_on < today)
    return queries.ids(query.order_by(ApplicationDraft.id), session)


def clear_draft(session: Session, *, draft_id: int, now: datetime) -> bool:
    """Forget a draft nobody handed in in time, with what its papers were called. False when it was saved or handed in meanwhile."""
    draft = session.get(ApplicationDraft, draft_id, populate_existing=True)
    if draft is None or draft.recognition_id is not None or draft.expires_on >= local_date(now):
        return False
    for paper in session.scalars(select(ApplicationPaper).where(ApplicationPaper.draft_id == draft.id)):
        session.delete(paper)
    session.flush()
    session.delete(draft)
    return True


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _take(
    session: Session, actor: Actor, category: Category, application: Application, origin: Origin, unit_id: int | None, now: datetime
) -> Recognition:
    """Check everything that can be known now, and make the row. One business has one live record in a category."""
    today = local_date(now)
    if not (category.is_open and category.scheme.in_force(today)):
        raise BadInput(f"“{category.name}”现不接受申报")
    business = businesses.find_or_make(session, application.business, now)
    obstacles = queries.obstacles(session, business, category, today)
    if obstacles:
        raise BadInput(f"{business.name}不能申报：{'；'.join(obstacles)}")
    recognition = Recognition(
        business=business,
        category=category,
        street=business.street,
        origin=origin,
        proposed_by_id=unit_id,
        declarations=list(application.declarations),
        applied_on=today,
        status=RecognitionStatus.APPLIED,
    )
    session.add(recognition)
    session.flush()
    text = f"申报{category.name}：{business.name}（{business.uscc}），{origin.label}"
    audit.record(session, actor=actor, action="registry:apply", subject=recognition, at=now, text=text)
    path = f"/registry/{recognition.id}#do"
    people = telling.responsible(session, category, now)
    warnings = queries.warnings(session, business, today)
    if read_name(application.business.name) != business.plain_name:
        warnings.append(f"申报名称“{application.business.name}”与已登记名称“{business.name}”不一致，请核对是否更名")
    facts = {"recognition": recognition, "warnings": warnings}
    telling.tell(session, kind="registry_applied", subject=recognition, people=people, path=path, now=now, **facts)
    return recognition


def _open_draft(session: Session, token: str, now: datetime) -> ApplicationDraft:
    draft = draft_of(session, token, now)
    if draft.recognition_id is not None:
        raise IllegalMove("这份申报已提交，不能再改。需要更正请联系受理单位")
    return draft


def _expires(session: Session, now: datetime) -> Any:
    today = local_date(now)
    rule = limits.rule_or_none(session, "REG_DRAFT", today, None)
    return limits.last_day_of(rule, today) if rule is not None else limits.months_after(today, 1)
