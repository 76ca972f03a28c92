"""Numbered papers of meetings, and the code they are numbered under.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('meeting_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('notice', 'letter', name='meetingpaperkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('prefix', models.base.Line(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(kind = 'letter') = (unit_id IS NOT NULL)", name=op.f('ck_meeting_paper_unit')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_meeting_paper_file_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_paper_meeting_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_meeting_paper_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_paper')),
    sa.UniqueConstraint('prefix', 'year', 'number', name=op.f('uq_meeting_paper_prefix_year_number'))
    )
    op.create_index(op.f('ix_meeting_paper_meeting_id'), 'meeting_paper', ['meeting_id'])
    op.create_index(op.f('ix_meeting_paper_unit_id'), 'meeting_paper', ['unit_id'])
    op.add_column('mechanism', sa.Column('document_code', models.base.Line(length=20), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('mechanism') as batch_op:
        batch_op.drop_column('document_code')
    op.drop_table('meeting_paper')
