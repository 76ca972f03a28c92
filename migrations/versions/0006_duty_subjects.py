"""Data: every subject a duty names becomes a class, and every keyword weighs 1.

Revision 0006, after 0005.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

subject = sa.table('subject', sa.column('id', sa.Integer), sa.column('code', sa.String), sa.column('name', sa.String),
                   sa.column('is_public', sa.Boolean), sa.column('version', sa.Integer))
duty = sa.table('duty', sa.column('id', sa.Integer), sa.column('subject', sa.String), sa.column('subject_id', sa.Integer),
                sa.column('keywords', sa.JSON), sa.column('territory', sa.String), sa.column('exclusions', sa.JSON))


def upgrade() -> None:
    connection = op.get_bind()
    names = list(connection.scalars(sa.select(duty.c.subject).distinct().order_by(duty.c.subject)))
    for number, name in enumerate(names, 1):
        connection.execute(subject.insert().values(code=f'OLD-{number:03}', name=name, is_public=True, version=1))
    ids = {name: id for id, name in connection.execute(sa.select(subject.c.id, subject.c.name))}
    for row in connection.execute(sa.select(duty.c.id, duty.c.subject, duty.c.keywords)).all():
        weighed = {word: 1 for word in _read(row.keywords)}
        connection.execute(duty.update().where(duty.c.id == row.id).values(subject_id=ids[row.subject], keywords=weighed))


def downgrade() -> None:
    connection = op.get_bind()
    names = {id: name for id, name in connection.execute(sa.select(subject.c.id, subject.c.name))}
    for row in connection.execute(sa.select(duty.c.id, duty.c.subject_id, duty.c.keywords, duty.c.territory)).all():
        said = {'subject': names[row.subject_id], 'keywords': list(_read(row.keywords)), 'territory': row.territory[:80]}
        connection.execute(duty.update().where(duty.c.id == row.id).values(subject_id=None, **said))
    connection.execute(subject.delete())


def _read(words):
    return json.loads(words) if isinstance(words, str) else words
