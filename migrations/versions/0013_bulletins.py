"""Bulletins of the joint meeting's office, and the units' receipts.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bulletin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('brief', 'circular', name='bulletinkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('draft', 'issued', name='bulletinstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('title', models.base.Line(length=120), nullable=False),
    sa.Column('body', models.base.Words(), nullable=False),
    sa.Column('prefix', models.base.Line(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('issued_at', models.base.Moment(), nullable=True),
    sa.Column('issued_by_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'issued') = (file_id IS NOT NULL)", name=op.f('ck_bulletin_file')),
    sa.CheckConstraint("(status = 'issued') = (issued_at IS NOT NULL)", name=op.f('ck_bulletin_issued_at')),
    sa.CheckConstraint("(status = 'issued') = (number IS NOT NULL AND year IS NOT NULL)", name=op.f('ck_bulletin_number')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_bulletin_file_id')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_bulletin_issued_by_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_bulletin_mechanism_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin')),
    sa.UniqueConstraint('mechanism_id', 'prefix', 'year', 'number', name=op.f('uq_bulletin_mechanism_id_prefix_year_number'))
    )
    op.create_index('ix_bulletin_mechanism_id_status', 'bulletin', ['mechanism_id', 'status'])
    op.create_table('bulletin_receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bulletin_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('read_at', models.base.Moment(), nullable=True),
    sa.Column('read_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(read_at IS NULL) = (read_by_id IS NULL)', name=op.f('ck_bulletin_receipt_read')),
    sa.ForeignKeyConstraint(['bulletin_id'], ['bulletin.id'], name=op.f('fk_bulletin_receipt_bulletin_id')),
    sa.ForeignKeyConstraint(['read_by_id'], ['person.id'], name=op.f('fk_bulletin_receipt_read_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_bulletin_receipt_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulletin_receipt')),
    sa.UniqueConstraint('bulletin_id', 'unit_id', name=op.f('uq_bulletin_receipt_bulletin_id_unit_id'))
    )
    op.create_index(op.f('ix_bulletin_receipt_unit_id'), 'bulletin_receipt', ['unit_id'])


def downgrade() -> None:
    op.drop_table('bulletin_receipt')
    op.drop_table('bulletin')
