"""On SQLite the ladder's old check had stayed beside the new one, and refused every missed periodic report.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != 'sqlite':
        return
    # Spelt out instead of read from the database, which has both checks under one name.
    ladder_step = sa.Table('ladder_step', sa.MetaData(),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('for_on', sa.Date(), nullable=False),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.CheckConstraint('rung BETWEEN -1 AND 4', name=op.f('ck_ladder_step_rung')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_ladder_step_task_id')),
    sa.PrimaryKeyConstraint('task_id', 'for_on', 'rung', name=op.f('pk_ladder_step'))
    )
    with op.batch_alter_table('ladder_step', copy_from=ladder_step, recreate='always'):
        pass


def downgrade() -> None:
    """The check of 0011 was meant to be this one."""
