"""Who was heard on an item (发言单位), and who does not agree with a decision (保留意见).

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_heard',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_item_heard_item_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_item_heard_unit_id')),
    sa.PrimaryKeyConstraint('item_id', 'unit_id', name=op.f('pk_item_heard'))
    )
    op.add_column('decision', sa.Column('reservation', models.base.Line(length=500), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('decision') as batch_op:
        batch_op.drop_column('reservation')
    op.drop_table('item_heard')
