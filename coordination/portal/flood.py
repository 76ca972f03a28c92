"""How much one place may send in an hour. Counted in the database, so that it holds for every process and through a restart."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coordination import crypto
from coordination.registry.feedback import TooMany
from models import PublicWrite

WINDOW = timedelta(hours=1)


def take_turn(session: Session, kind: str, address: str, most: int, now: datetime) -> None:
    """Count one thing of that kind from this address; TooMany when ``most`` came within the hour. Rows older than that are dropped."""
    place = crypto.keyed_hash("public-write", address)
    mine = (PublicWrite.place == place, PublicWrite.kind == kind, PublicWrite.at > now - WINDOW)
    if (session.scalar(select(func.count(PublicWrite.id)).where(*mine)) or 0) >= most:
        raise TooMany("提交过于频繁，没有保存。请一小时后再试，紧急情况请拨打12315")
    session.execute(delete(PublicWrite).where(PublicWrite.at <= now - WINDOW))
    session.add(PublicWrite(place=place, kind=kind, at=now))
