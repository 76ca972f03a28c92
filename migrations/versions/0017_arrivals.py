"""When a unit signed in at the venue by the meeting's code, and which were not there for an item.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_away',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_item_away_item_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_item_away_unit_id')),
    sa.PrimaryKeyConstraint('item_id', 'unit_id', name=op.f('pk_item_away'))
    )
    op.add_column('reply', sa.Column('arrived_at', models.base.Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('reply') as batch_op:
        batch_op.drop_column('arrived_at')
    op.drop_table('item_away')
