"""Readings of decisions: when they were confirmed, and the cases kept of them.

Revision 0010, after the newest one before it.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('decision') as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', models.base.Moment(), nullable=True))
        batch_op.create_check_constraint(
            op.f('ck_decision_confirmed'), 'confirmed_at IS NULL OR (lead_id IS NOT NULL AND due_on IS NOT NULL)'
        )
    op.create_table('reading_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('text', models.base.Words(length=4000), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('read', sa.JSON(), nullable=False),
    sa.Column('key', sa.JSON(), nullable=False),
    sa.Column('verdict', sa.Enum('confirmed', 'corrected', 'rejected', name='verdict', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_reading_case_mechanism_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_reading_case_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_case'))
    )
    op.create_index('ix_reading_case_mechanism_id_id', 'reading_case', ['mechanism_id', 'id'])


def downgrade() -> None:
    op.drop_index('ix_reading_case_mechanism_id_id', 'reading_case')
    op.drop_table('reading_case')
    with op.batch_alter_table('decision') as batch_op:
        batch_op.drop_constraint(op.f('ck_decision_confirmed'), type_='check')
        batch_op.drop_column('confirmed_at')
