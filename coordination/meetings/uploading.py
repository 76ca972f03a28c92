"""The final text of minutes as edited in Word: uploaded before signing, kept beside the compiled one, issued in its place."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from coordination import attachments, audit
from coordination.evidence import Evidence
from coordination.meetings import minutes as text
from coordination.meetings import queries
from coordination.permissions import Actor, Permission, require
from models import Meeting, Minutes, MinutesRevision, MinutesUpload
from models.errors import BadInput, IllegalMove, NotFound


def current(session: Session, minutes: Minutes) -> MinutesUpload | None:
    """The uploaded text that will be issued; None: the compiled one will."""
    query = select(MinutesUpload).where(MinutesUpload.minutes_id == minutes.id, MinutesUpload.dropped_at.is_(None))
    loaded = joinedload(MinutesUpload.file), joinedload(MinutesUpload.by)
    return session.scalars(query.options(*loaded).order_by(MinutesUpload.id.desc()).limit(1)).first()


def unfinished(session: Session, minutes: Minutes) -> list[str]:
    """What of the upload keeps the minutes from being signed, in words: the platform's text was changed after it."""
    upload = current(session, minutes)
    changed_at = session.scalar(select(func.max(MinutesRevision.at)).where(MinutesRevision.minutes_id == minutes.id)) if upload else None
    late = upload is not None and changed_at is not None and changed_at > upload.at
    return ["上传Word定稿后正文又有修改，请重新上传，或改用汇编稿"] if late else []


def seen_of(session: Session, minutes: Minutes) -> str:
    """A hash of everything that is signed: the whole text, and the uploaded file if there is one."""
    upload = current(session, minutes)
    return text.digest(minutes) + (f":{upload.file.sha256}" if upload else "")


def upload(session: Session, *, actor: Actor, meeting_id: int, file: Evidence, now: datetime) -> MinutesUpload:
    """Keep a final text (``evidence.word_document``); one uploaded before stays on file and no longer counts. BadInput: no text in it."""
    minutes = _to_edit(session, actor, meeting_id)
    if not _lines(file.content):
        raise BadInput(f"“{file.name}”没有文字或无法读取，请用Word另存为.docx后再上传")
    before = current(session, minutes)
    stored = attachments.store(session, name=file.name, media_type=file.media_type, content=file.content, now=now)
    row = MinutesUpload(minutes=minutes, file=stored, at=now, by_id=actor.person_id)
    session.add(row)
    if before is not None:
        before.dropped_at = now
    said = f"上传Word定稿“{file.name}”"
    audit.record(session, actor=actor, action="minutes:upload", subject=minutes, at=now, text=said, sha256=stored.sha256)
    return row


def drop(session: Session, *, actor: Actor, meeting_id: int, now: datetime) -> None:
    """改用汇编稿: the upload stays on file and is not issued. NotFound when there is none."""
    minutes = _to_edit(session, actor, meeting_id)
    before = current(session, minutes)
    if before is None:
        raise NotFound("没有上传的Word定稿")
    before.dropped_at = now
    audit.record(session, actor=actor, action="minutes:drop_upload", subject=minutes, at=now, text="不用上传的Word定稿，改用汇编稿")


def final(session: Session, meeting: Meeting, minutes: Minutes, on: date) -> tuple[str, bytes]:
    """What is issued, as (file name, bytes): the uploaded text with its number filled in, else the compiled one dated ``on``."""
    uploaded = current(session, minutes)
    if uploaded is None:
        return text.file(session, meeting, minutes, on)
    from coordination.documents.received import numbered  # the .docx library is loaded for whoever writes one, not at every start

    content = numbered(attachments.read(uploaded.file), text.DRAFT_NUMBER, minutes.label, text.DRAFT_NOTE)
    return f"{meeting.name}纪要{minutes.label}.docx", content


def compared(session: Session, meeting: Meeting, minutes: Minutes, uploaded: MinutesUpload, on: date) -> tuple[str, str]:
    """The compiled paper and the uploaded one as text, a line for each paragraph."""
    _, compiled = text.file(session, meeting, minutes, on)
    return "\n".join(_lines(compiled)), "\n".join(_lines(attachments.read(uploaded.file)))


def _lines(content: bytes) -> list[str]:
    from coordination.documents.received import lines

    return lines(content) or []


def _to_edit(session: Session, actor: Actor, meeting_id: int) -> Minutes:
    meeting = queries.get_meeting(session, actor, meeting_id)
    require(actor, Permission.MINUTES_EDIT, meeting.scope)
    minutes = queries.get_minutes(session, actor, meeting, lock=True)
    if not minutes.is_open:
        raise IllegalMove(f"纪要{minutes.status.label}，文件已锁定，不再改动")
    return minutes
