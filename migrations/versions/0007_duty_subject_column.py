"""Duties name their class by its key alone.

Revision 0007, after 0006, which has filled it.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('duty') as batch:
        batch.alter_column('subject_id', existing_type=sa.Integer(), nullable=False)
        batch.alter_column('exclusions', existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch.drop_index('ix_duty_unit_id_subject')
        batch.drop_column('subject')
        batch.create_index('ix_duty_unit_id', ['unit_id'])
    with op.batch_alter_table('unit') as batch:
        batch.alter_column('complaint_way', existing_type=models.base.Line(length=200), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('unit') as batch:
        batch.alter_column('complaint_way', existing_type=models.base.Line(length=200), existing_nullable=False, server_default='')
    with op.batch_alter_table('duty') as batch:
        batch.drop_index('ix_duty_unit_id')
        batch.add_column(sa.Column('subject', models.base.Line(length=80), nullable=False, server_default=''))
        batch.create_index('ix_duty_unit_id_subject', ['unit_id', 'subject'])
        batch.alter_column('exclusions', existing_type=sa.JSON(), existing_nullable=False, server_default='[]')
        batch.alter_column('subject_id', existing_type=sa.Integer(), nullable=True)
