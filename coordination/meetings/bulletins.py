"""Bulletins (工作简报、情况通报): the office writes and issues them, every member unit is sent a copy and says 已阅."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from coordination import attachments, audit
from coordination.meetings import audience, composing, queries, words
from coordination.meetings import minutes as text
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import fonts
from models import Bulletin, BulletinKind, BulletinReceipt, BulletinStatus, Mechanism, Unit
from models.calendar import local_date
from models.errors import BadInput, Conflict, IllegalMove, NotFound
from models.numbering import take_number
from models.scope import Scope

# As they are read


def visible(actor: Actor) -> ColumnElement[bool]:
    """Overseers: all of their mechanism; members: those issued in a mechanism they sit in, or sent to a unit they answer for."""
    wide = actor.oversees(Permission.MEETING_READ)
    if wide is None:
        return true()
    sent = select(BulletinReceipt.bulletin_id).where(BulletinReceipt.unit_id.in_(queries.answers_for(actor)))
    members = or_(Bulletin.mechanism_id.in_(queries.seats(actor)), Bulletin.id.in_(sent))
    return or_(Bulletin.mechanism_id.in_(wide), and_(Bulletin.status == BulletinStatus.ISSUED, members))


def listed(
    session: Session, actor: Actor, *, mechanism_id: int | None = None, before: int | None = None, after: int | None = None
) -> queries.Page:
    """A page of bulletins, newest first."""
    query = select(Bulletin).where(visible(actor)).options(joinedload(Bulletin.mechanism))
    if mechanism_id is not None:
        query = query.where(Bulletin.mechanism_id == mechanism_id)
    return queries.paged(session, query, [Bulletin.id], before, after, queries.PAGE)


def get(session: Session, actor: Actor, bulletin_id: int, *, lock: bool = False) -> Bulletin:
    """One that this person may know of, or NotFound."""
    query = select(Bulletin).where(Bulletin.id == bulletin_id, visible(actor))
    found = session.scalars(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("没有这份简报或通报")
    return found


def receipts(session: Session, bulletin: Bulletin) -> list[BulletinReceipt]:
    """Every copy sent, unread ones first."""
    query = select(BulletinReceipt).join(BulletinReceipt.unit).where(BulletinReceipt.bulletin_id == bulletin.id)
    query = query.options(joinedload(BulletinReceipt.unit), joinedload(BulletinReceipt.read_by))
    return list(session.scalars(query.order_by(BulletinReceipt.read_at.is_not(None), Unit.position, Unit.id)))


def own_receipt(session: Session, actor: Actor, bulletin: Bulletin) -> BulletinReceipt | None:
    """The copy this person's unit was sent, an unread one first; None when it was sent none."""
    mine = BulletinReceipt.unit_id.in_(queries.answers_for(actor))
    query = select(BulletinReceipt).where(BulletinReceipt.bulletin_id == bulletin.id, mine)
    return session.scalars(query.order_by(BulletinReceipt.read_at.is_not(None), BulletinReceipt.id)).first()


def document(session: Session, bulletin: Bulletin, on: date) -> tuple[str, bytes]:
    """The .docx (file name, bytes): as it went out, else the draft dated ``on``."""
    return (bulletin.file.name, attachments.read(bulletin.file)) if bulletin.file else _made(session, bulletin, on)


def told(session: Session, bulletin: Bulletin, on: date) -> audience.Audience:
    """Who will be told at issue: liaisons and heads of the units that sit that day."""
    return audience.of_units(session, queries.members(session, bulletin.mechanism_id, on), audience.LIAISONS_AND_HEADS, on)


# What may be done


def draft(session: Session, *, actor: Actor, mechanism_id: int, kind: BulletinKind, title: str, body: str, now: datetime) -> Bulletin:
    """Begin one; nobody is told."""
    require(actor, Permission.MEETING_PLAN, Scope(mechanism_id))
    mechanism = session.get(Mechanism, mechanism_id)
    if mechanism is None:
        raise NotFound("没有这个联席会议机制")
    bulletin = Bulletin(mechanism=mechanism, kind=kind, title=title, body=body, status=BulletinStatus.DRAFT)
    session.add(bulletin)
    session.flush()
    audit.record(session, actor=actor, action="bulletin:draft", subject=bulletin, at=now, text=f"起草{kind.label}“{title}”")
    return bulletin


def edit(
    session: Session, *, actor: Actor, bulletin_id: int, version: int, kind: BulletinKind, title: str, body: str, now: datetime
) -> Bulletin:
    """Change a draft. Conflict, with both texts, when a colleague changed it since ``version``."""
    bulletin = _draft(session, actor, bulletin_id)
    if bulletin.version != version and (bulletin.title, bulletin.body) != (title, body):
        raise Conflict("内容刚刚被他人修改", mine=body, theirs=bulletin.body, version=bulletin.version)
    if (bulletin.kind, bulletin.title, bulletin.body) != (kind, title, body):
        bulletin.kind, bulletin.title, bulletin.body = kind, title, body
        audit.record(session, actor=actor, action="bulletin:edit", subject=bulletin, at=now, text=f"修改{kind.label}“{title}”")
    return bulletin


def discard(session: Session, *, actor: Actor, bulletin_id: int, now: datetime) -> None:
    """Throw a draft away; what was issued stays for good."""
    bulletin = _draft(session, actor, bulletin_id)
    text = f"删去{bulletin.kind.label}草稿“{bulletin.title}”"
    audit.record(session, actor=actor, action="bulletin:discard", subject=bulletin, at=now, text=text)
    session.delete(bulletin)


def issue(session: Session, *, actor: Actor, bulletin_id: int, version: int, now: datetime) -> Bulletin:
    """印发: number and file in one transaction; each member unit owes a reading and is told. Conflict when the text is not the one seen."""
    bulletin = _draft(session, actor, bulletin_id)
    if bulletin.version != version:
        raise Conflict("内容刚刚被他人修改，没有印发。请看过新的文字再印发", version=bulletin.version)
    year, mechanism = local_date(now).year, bulletin.mechanism
    if bulletin.kind == BulletinKind.CIRCULAR:
        if not mechanism.document_code:
            raise BadInput("本机制没有设机关代字，不能给情况通报编号。请管理员在“单位与机制”中填写")
        prefix, series = mechanism.document_code, f"paper:{mechanism.document_code}:{year}"
    else:
        prefix, series = "", f"bulletin:{mechanism.code}:{year}"
    number = take_number(session, series)
    name, content = _made(session, bulletin, local_date(now), bulletin.label_of(prefix, year, number))
    file = attachments.store(session, name=name, media_type=text.DOCX, content=content, now=now)
    bulletin.issue(file, prefix, year, number, actor.person_id, now)
    units = queries.members(session, bulletin.mechanism_id, local_date(now))
    session.add_all([BulletinReceipt(bulletin=bulletin, unit=unit) for unit in units])
    said = f"印发{bulletin.kind.label}{bulletin.label}，送{len(units)}个单位阅知"
    audit.record(session, actor=actor, action="bulletin:issue", subject=bulletin, at=now, text=said)
    _tell(session, bulletin, told(session, bulletin, local_date(now)), words.bulletin(bulletin), now)
    return bulletin


def acknowledge(session: Session, *, actor: Actor, bulletin_id: int, now: datetime) -> BulletinReceipt:
    """已阅 for one's unit; said twice it stays with whoever said it first. NotFound when it was sent no copy."""
    bulletin = get(session, actor, bulletin_id, lock=True)
    receipt = own_receipt(session, actor, bulletin)
    if receipt is None:
        raise NotFound("没有送本单位阅知的简报或通报")
    require(actor, Permission.MINUTES_RECEIVE, receipt.scope)
    if receipt.read_at is None:
        receipt.read_at, receipt.read_by_id = now, actor.person_id
        audit.record(
            session, actor=actor, action="bulletin:read", subject=bulletin, at=now, text=f"已阅{bulletin.kind.label}{bulletin.label}"
        )
    return receipt


def remind(session: Session, *, actor: Actor, bulletin_id: int, now: datetime) -> int:
    """Remind the units that have not read it; returns how many people were told."""
    bulletin = get(session, actor, bulletin_id)
    require(actor, Permission.MEETING_PLAN, bulletin.scope)
    unread = unread_audience(session, bulletin, local_date(now))
    if bulletin.status != BulletinStatus.ISSUED or not unread.groups:
        raise IllegalMove("没有需要提醒的单位")
    audit.record(session, actor=actor, action="bulletin:remind", subject=bulletin, at=now, text=f"提醒{len(unread.groups)}个单位阅知")
    return _tell(session, bulletin, unread, words.bulletin_unread(bulletin), now)


def unread_audience(session: Session, bulletin: Bulletin, on: date) -> audience.Audience:
    """The people of the units that have not said 已阅."""
    units = [receipt.unit for receipt in receipts(session, bulletin) if receipt.read_at is None]
    return audience.of_units(session, units, audience.LIAISONS_AND_HEADS, on)


def _draft(session: Session, actor: Actor, bulletin_id: int) -> Bulletin:
    bulletin = get(session, actor, bulletin_id, lock=True)
    require(actor, Permission.MEETING_PLAN, bulletin.scope)
    if bulletin.status != BulletinStatus.DRAFT:
        raise IllegalMove(f"{bulletin.label}已印发，不能再修改")
    return bulletin


def _made(session: Session, bulletin: Bulletin, on: date, label: str = "") -> tuple[str, bytes]:
    from coordination.documents import official

    paper = composing.bulletin(bulletin, label, on)
    build = official.document if bulletin.kind == BulletinKind.CIRCULAR else official.brief
    return f"{bulletin.kind.label}{label or '（草稿）'}.docx", build(paper, fonts(session))


def _tell(session: Session, bulletin: Bulletin, to: audience.Audience, message: words.Message, now: datetime) -> int:
    path = f"/meetings/bulletins/{bulletin.id}#do"
    return audience.tell(session, kind="bulletin", about=bulletin, people=to.people, message=message, path=path, now=now)
