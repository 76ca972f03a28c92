"""Finding businesses by what they are called, counting what the public sends, and the list's indexes in words that are not a status.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

LISTED = sa.text("certificate_no IS NOT NULL AND ended_on IS NULL")
LISTED_BY_STATUS = sa.text("status IN ('recognised', 'rectifying')")
INDEXES = {
    'ix_recognition_listed': ['id'],
    'ix_recognition_listed_category': ['category_id', 'id'],
    'ix_recognition_listed_street': ['street', 'id'],
    'ix_recognition_listed_both': ['category_id', 'street', 'id'],
}


def index_by(condition: sa.TextClause) -> None:
    for name, columns in INDEXES.items():
        op.drop_index(name, table_name='recognition')
        op.create_index(name, 'recognition', columns, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    op.create_table('search_gram',
    sa.Column('gram', models.base.Line(length=3), nullable=False),
    sa.Column('business_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('gram', 'business_id', name=op.f('pk_search_gram')),
    sqlite_with_rowid=False
    )
    op.create_table('search_text',
    sa.Column('business_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('words', models.base.Words(), nullable=False),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_search_text_business_id')),
    sa.PrimaryKeyConstraint('business_id', name=op.f('pk_search_text'))
    )
    op.create_table('public_write',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place', models.base.Line(length=64), nullable=False),
    sa.Column('kind', models.base.Line(length=24), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_public_write'))
    )
    with op.batch_alter_table('public_write', schema=None) as batch_op:
        batch_op.create_index('ix_public_write_at', ['at'], unique=False)
        batch_op.create_index('ix_public_write_place_at', ['place', 'kind', 'at'], unique=False)
    index_by(LISTED)


def downgrade() -> None:
    index_by(LISTED_BY_STATUS)
    op.drop_table('public_write')
    op.drop_table('search_text')
    op.drop_table('search_gram')
