"""Proposals posted from elsewhere, saved views.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', models.base.Line(length=20), nullable=False),
    sa.Column('query', models.base.Line(length=500), nullable=False),
    sa.Column('saved_at', models.base.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_view_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('person_id', 'name', name=op.f('uq_saved_view_person_id_name'))
    )
    op.add_column('proposal', sa.Column('source', models.base.Line(length=60), nullable=False, server_default=''))
    op.create_index('ix_proposal_source', 'proposal', ['source'])


def downgrade() -> None:
    op.drop_index('ix_proposal_source', 'proposal')
    with op.batch_alter_table('proposal') as batch_op:
        batch_op.drop_column('source')
    op.drop_table('saved_view')
