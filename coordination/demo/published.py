"""The office's bulletins: written, sent out and read through the services."""

from collections.abc import Callable
from datetime import datetime

from coordination.demo.stage import Stage, clock
from coordination.demo.story import Bulletin, Story
from coordination.meetings import bulletins
from models import BulletinKind

READ = 1  # working days after it was sent out


def publish(stage: Stage, story: Story) -> None:
    """Plan every bulletin of the story on its day."""
    for bulletin in story.bulletins:
        stage.plan(bulletin.day, "10:40", _written(stage, story, bulletin))


def _written(stage: Stage, story: Story, bulletin: Bulletin) -> Callable[[datetime], None]:
    def write(now: datetime) -> None:
        session, office = stage.session, stage.actor("office")
        mechanism_id = stage.mechanisms[story.mechanism].id
        kind = BulletinKind.BRIEF if bulletin.is_brief else BulletinKind.CIRCULAR
        made = bulletins.draft(
            session, actor=office, mechanism_id=mechanism_id, kind=kind, title=bulletin.title, body=bulletin.body, now=now
        )
        if bulletin.issued:
            bulletins.issue(session, actor=office, bulletin_id=made.id, version=made.version, now=now)
            for number, unit in enumerate(unit for unit in story.members if unit not in story.unread):
                stage.plan(bulletin.day + READ, clock(number), _read(stage, unit, made.id))

    return write


def _read(stage: Stage, unit: str, bulletin_id: int) -> Callable[[datetime], object]:
    return lambda now: bulletins.acknowledge(stage.session, actor=stage.liaison(unit), bulletin_id=bulletin_id, now=now)
