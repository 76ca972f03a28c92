"""Corrections (更正) of issued minutes: drafted by the office, signed and numbered by the convenor; what was issued stays as it was."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coordination import attachments, audit
from coordination.accounts.queries import people_in_role
from coordination.documents.paper import Part, PlainPaper
from coordination.documents.wording import full_stop, official_date, paragraphs
from coordination.meetings import audience, queries, words
from coordination.meetings import minutes as text
from coordination.permissions import Actor, Permission, require
from coordination.settings.queries import fonts
from models import Meeting, Minutes, MinutesCorrection, MinutesStatus, Person, Role
from models.calendar import local_date
from models.errors import Conflict, IllegalMove, NotAllowed, NotFound


def listed(session: Session, minutes: Minutes, *, signed_only: bool = False) -> list[MinutesCorrection]:
    """The corrections of these minutes in the order of their numbers, what is not signed yet last."""
    query = select(MinutesCorrection).where(MinutesCorrection.minutes_id == minutes.id)
    if signed_only:
        query = query.where(MinutesCorrection.number.is_not(None))
    loaded = joinedload(MinutesCorrection.signed_by), joinedload(MinutesCorrection.drafted_by), joinedload(MinutesCorrection.file)
    return list(session.scalars(query.options(*loaded).order_by(MinutesCorrection.number.is_(None), MinutesCorrection.number)))


def get(session: Session, actor: Actor, correction_id: int) -> MinutesCorrection:
    """A correction: in draft for those who oversee the mechanism, signed for all who read the minutes; NotFound otherwise."""
    query = select(MinutesCorrection).join(MinutesCorrection.minutes).join(Minutes.meeting)
    query = query.where(queries.visible_meetings(actor), MinutesCorrection.id == correction_id)
    row = session.scalar(query) if correction_id <= queries.LARGEST_ID else None
    if row is None or (row.number is None and not queries.oversees(actor, row.minutes.mechanism_id)):
        raise NotFound("没有这份更正")
    return row


def signed_file(session: Session, meeting: Meeting, number: int | None = None) -> tuple[str, bytes]:
    """The signed correction with this number (None: the newest), as (file name, bytes). NotFound without one. Asks nobody's rights."""
    query = select(MinutesCorrection).join(MinutesCorrection.minutes).where(Minutes.meeting_id == meeting.id)
    query = query.where(MinutesCorrection.number.is_not(None) if number is None else MinutesCorrection.number == number)
    row = session.scalars(query.order_by(MinutesCorrection.number.desc())).first()
    if row is None or row.file is None:
        raise NotFound(f"{meeting.name}的纪要没有{f'更正第{number}号' if number else '更正'}")
    return row.file.name, attachments.read(row.file)


def draft(session: Session, *, actor: Actor, meeting_id: int, words_: str, reason: str, now: datetime) -> MinutesCorrection:
    """拟更正 of issued minutes; the convenor is asked to sign. IllegalMove before the issue, or while another one waits."""
    meeting = queries.get_meeting(session, actor, meeting_id)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    require(actor, Permission.MINUTES_ISSUE, minutes.scope)
    if minutes.status != MinutesStatus.ISSUED:
        raise IllegalMove(f"纪要现为“{minutes.status.label}”，印发后发现差错方可更正，现在请直接修改")
    if any(row.number is None for row in listed(session, minutes)):
        raise IllegalMove("还有一份更正待召集人签发，请先修改或签发该份")
    row = MinutesCorrection(minutes=minutes, text=words_, reason=reason, drafted_at=now, drafted_by_id=actor.person_id)
    session.add(row)
    audit.record(session, actor=actor, action="minutes:correct", subject=minutes, at=now, text="拟更正，报请召集人签发")
    _tell(session, row, "correction_to_sign", people_in_role(session, Role.CONVENOR, minutes.mechanism_id), words.to_correct(minutes), now)
    return row


def edit(session: Session, *, actor: Actor, correction_id: int, version: int, words_: str, reason: str, now: datetime) -> MinutesCorrection:
    """Change a draft. IllegalMove once it is signed; Conflict when somebody changed it since ``version``."""
    row = _locked(session, actor, correction_id)
    require(actor, Permission.MINUTES_ISSUE, row.scope)
    if row.version != version:
        raise Conflict("这份更正刚刚被他人修改", mine=words_, theirs=row.text, version=row.version)
    if (row.text, row.reason) != (words_, reason):
        row.text, row.reason = words_, reason
        audit.record(session, actor=actor, action="minutes:correct", subject=row.minutes, at=now, text="修改待签发的更正")
    return row


def sign(session: Session, *, actor: Actor, correction_id: int, version: int, now: datetime) -> MinutesCorrection:
    """签发更正 by the convenor: numbered, kept as its own .docx, told to every unit that got the minutes, which stay as they are.

    ``version``: of the draft on the page; Conflict when it has changed since.
    """
    row = _locked(session, actor, correction_id)
    require(actor, Permission.MINUTES_SIGN, row.scope)
    signer = session.get(Person, actor.person_id) if actor.person_id is not None else None
    if signer is None:
        raise NotAllowed("签发须由召集人本人办理")
    if row.version != version:
        raise Conflict("更正在您审阅时被修改，没有签发。请看过新的文字再签", version=row.version)
    minutes = row.minutes
    last = session.scalar(select(func.max(MinutesCorrection.number)).where(MinutesCorrection.minutes_id == minutes.id)) or 0
    name, content = document(session, row, last + 1, local_date(now))
    row.sign(last + 1, attachments.store(session, name=name, media_type=text.DOCX, content=content, now=now), signer, now)
    said = f"签发{row.label}"
    facts = {"correction": row.id, "sha256": row.file.sha256 if row.file else None}
    audit.record(session, actor=actor, action="minutes:sign_correction", subject=minutes, at=now, text=said, **facts)
    today = local_date(now)
    units = {receipt.unit.heir(today).id: receipt.unit.heir(today) for receipt in queries.receipts_of(session, minutes)}
    told = audience.of_units(session, list(units.values()), audience.LIAISONS_AND_HEADS, today).people
    offices = people_in_role(session, Role.OFFICE, minutes.mechanism_id)
    _tell(session, row, "minutes_corrected", [*told, *offices], words.corrected(row), now)
    return row


def document(session: Session, row: MinutesCorrection, number: int, on: date) -> tuple[str, bytes]:
    """The paper of a correction as (file name, bytes): what it corrects, how it reads now, why."""
    from coordination.documents.plain import build  # the .docx library is loaded for whoever writes one, not at every start

    minutes = row.minutes
    meeting, issuer = minutes.meeting, minutes.meeting.mechanism.issuer
    issued_on = f"{official_date(local_date(minutes.issued_at))}印发的" if minutes.issued_at else ""
    paper = PlainPaper(
        title=f"{meeting.title}纪要{minutes.label}\n更正第{number}号",
        opening=f"{issued_on}{meeting.title}纪要（{minutes.label}）有误，现更正如下：",
        parts=(Part(paragraphs=tuple(paragraphs(row.text))), Part(paragraphs=(f"更正原因：{full_stop(row.reason)}",))),
        closing="纪要其余内容不变。本更正与原纪要一并使用。",
        signed_by=issuer,
        day=on,
        author=issuer,
        subject=f"{meeting.name}纪要更正第{number}号",
    )
    return f"{meeting.name}纪要{minutes.label}更正第{number}号.docx", build(paper, fonts(session))


def with_corrections(session: Session, minutes: Minutes, name: str, content: bytes) -> tuple[str, bytes] | None:
    """The minutes' file and every signed correction beside it, each its own .docx, as a .zip (file name, bytes); None without corrections.

    Whoever downloads the minutes from now on cannot miss that they were corrected.
    """
    signed = [row for row in listed(session, minutes, signed_only=True) if row.file is not None]
    if not signed:
        return None
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        _put(archive, name, content, minutes.issued_at)
        for row in signed:
            if row.file is not None:
                _put(archive, row.file.name, attachments.read(row.file), row.signed_at)
    return f"{name.removesuffix('.docx')}及更正.zip", kept.getvalue()


def _put(archive: ZipFile, name: str, content: bytes, at: datetime | None) -> None:
    """A file dated when it was issued, so that equal contents are equal archives."""
    day = local_date(at).timetuple()[:3] if at else (1980, 1, 1)
    archive.writestr(ZipInfo(name, (*day, 0, 0, 0)), content, ZIP_DEFLATED)


def _locked(session: Session, actor: Actor, correction_id: int) -> MinutesCorrection:
    """A draft, with the minutes locked so that two signed at once take different numbers."""
    row = get(session, actor, correction_id)
    queries.get_minutes(session, actor, row.minutes.meeting, lock=True)
    session.refresh(row)
    if row.number is not None:
        raise IllegalMove(f"{row.label}已于{words.full_day(local_date(row.signed_at or row.drafted_at))}签发，不再改动")
    return row


def _tell(session: Session, row: MinutesCorrection, kind: str, people: list[Person], message: words.Message, now: datetime) -> None:
    session.flush()
    path = f"/meetings/minutes/corrections/{row.id}" if row.number is None else f"/meetings/{row.minutes.meeting_id}/minutes#corrections"
    audience.tell(session, kind=kind, about=row, people=people, message=message, path=path, now=now)
