"""Revisions of minutes, their countersigning, uploaded texts and corrections; confidential agenda items.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('countersign_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('sent_at', models.base.Moment(), nullable=False),
    sa.Column('sent_by_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_countersign_round_minutes_id')),
    sa.ForeignKeyConstraint(['sent_by_id'], ['person.id'], name=op.f('fk_countersign_round_sent_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_countersign_round')),
    sa.UniqueConstraint('minutes_id', 'number', name=op.f('uq_countersign_round_minutes_id_number'))
    )
    op.create_table('minutes_correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('drafted_at', models.base.Moment(), nullable=False),
    sa.Column('drafted_by_id', sa.Integer(), nullable=True),
    sa.Column('signed_at', models.base.Moment(), nullable=True),
    sa.Column('signed_by_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('(number IS NULL) = (file_id IS NULL)', name=op.f('ck_minutes_correction_file')),
    sa.CheckConstraint('(number IS NULL) = (signed_at IS NULL)', name=op.f('ck_minutes_correction_signed_at')),
    sa.ForeignKeyConstraint(['drafted_by_id'], ['person.id'], name=op.f('fk_minutes_correction_drafted_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_minutes_correction_file_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_correction_minutes_id')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['person.id'], name=op.f('fk_minutes_correction_signed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_correction')),
    sa.UniqueConstraint('minutes_id', 'number', name=op.f('uq_minutes_correction_minutes_id_number'))
    )
    op.create_index(op.f('ix_minutes_correction_minutes_id'), 'minutes_correction', ['minutes_id'])

    op.create_table('minutes_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('what', models.base.Line(length=200), nullable=False),
    sa.Column('changed', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_minutes_revision_by_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_revision_minutes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_revision')),
    sa.UniqueConstraint('minutes_id', 'number', name=op.f('uq_minutes_revision_minutes_id_number'))
    )
    op.create_table('minutes_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('dropped_at', models.base.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_minutes_upload_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_minutes_upload_file_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['minutes.id'], name=op.f('fk_minutes_upload_minutes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_upload'))
    )
    op.create_index(op.f('ix_minutes_upload_minutes_id'), 'minutes_upload', ['minutes_id'])

    op.create_table('countersign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Enum('agree', 'amend', name='countersignanswer', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('handling', models.base.Line(length=500), nullable=False),
    sa.Column('handled_at', models.base.Moment(), nullable=True),
    sa.Column('handled_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(handled_at IS NULL) = (handling = '')", name=op.f('ck_countersign_handling')),
    sa.CheckConstraint("answer IS NULL OR answer <> 'amend' OR text <> ''", name=op.f('ck_countersign_text')),
    sa.CheckConstraint('(answer IS NULL) = (answered_at IS NULL)', name=op.f('ck_countersign_answered_at')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_countersign_answered_by_id')),
    sa.ForeignKeyConstraint(['handled_by_id'], ['person.id'], name=op.f('fk_countersign_handled_by_id')),
    sa.ForeignKeyConstraint(['round_id'], ['countersign_round.id'], name=op.f('fk_countersign_round_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_countersign_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_countersign')),
    sa.UniqueConstraint('round_id', 'unit_id', name=op.f('uq_countersign_round_id_unit_id'))
    )
    op.create_index(op.f('ix_countersign_unit_id'), 'countersign', ['unit_id'])

    op.add_column('agenda_item', sa.Column('is_confidential', sa.Boolean(), nullable=False, server_default=sa.false()))



def downgrade() -> None:
    op.execute("ALTER TABLE agenda_item DROP COLUMN is_confidential")
    for name in ('countersign', 'countersign_round', 'minutes_upload', 'minutes_revision', 'minutes_correction'):
        op.drop_table(name)
