"""我的视图: the filters of a queue kept under a name, each person's own. Callers own the transaction."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coordination import audit
from coordination.permissions import Actor, Permission, require
from models import SavedView
from models.errors import BadInput, NotFound
from models.text import clean_text

MOST_NAME = 20
MOST_VIEWS = 20
FILTERS = ("view", "kind", "light", "channel", "place", "unit")  # no search words: they might name a person


def keep(session: Session, *, actor: Actor, name: str, query: str, now: datetime) -> SavedView:
    """Keep the filters of ``query`` (what stands behind a question mark) under ``name``; one of that name is replaced.

    BadInput for no name, for no filter, and beyond ``MOST_VIEWS``.
    """
    require(actor, Permission.COMPLAINT_READ)
    audit.queue(session)
    name, kept = " ".join((clean_text(name) or "").split()), narrowed(query)
    if not name or len(name) > MOST_NAME:
        raise BadInput(f"请填写视图名称，最多{MOST_NAME}字")
    if not kept:
        raise BadInput("没有筛选条件，不需保存。请先在队列中筛选")
    found = session.scalar(select(SavedView).where(SavedView.person_id == actor.person_id, SavedView.name == name))
    if found is None:
        if (session.scalar(select(func.count()).select_from(SavedView).where(SavedView.person_id == actor.person_id)) or 0) >= MOST_VIEWS:
            raise BadInput(f"最多保存{MOST_VIEWS}个视图，请先移除不用的")
        found = SavedView(person_id=actor.person_id, name=name)
        session.add(found)
    found.query, found.saved_at = kept, now
    session.flush()
    audit.record(session, actor=actor, action="saved_view:keep", subject=found, at=now, text=f"保存视图“{name}”")
    return found


def drop(session: Session, *, actor: Actor, view_id: int, now: datetime) -> str:
    """Remove a view of one's own; returns its name. NotFound for anybody else's."""
    require(actor, Permission.COMPLAINT_READ)
    audit.queue(session)
    found = session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.person_id == actor.person_id))
    if found is None:
        raise NotFound("没有这个视图")
    audit.record(session, actor=actor, action="saved_view:drop", subject=found, at=now, text=f"移除视图“{found.name}”")
    session.delete(found)
    return found.name


def saved(session: Session, actor: Actor) -> list[SavedView]:
    """This person's views, in the order they were named."""
    return list(session.scalars(select(SavedView).where(SavedView.person_id == actor.person_id).order_by(SavedView.id)))


def narrowed(query: str) -> str:
    """The filters of an address, in one order, without the empty ones and without what is no filter."""
    asked = dict(parse_qsl(query))
    pairs: Iterable[tuple[str, str]] = ((name, asked[name][:100]) for name in FILTERS if asked.get(name))
    return urlencode(list(pairs))[:500]
