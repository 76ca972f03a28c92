"""Who does not agree with a decision (保留意见).

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
    op.add_column('decision', sa.Column('reservation', models.base.Line(length=500), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('decision') as batch_op:
        batch_op.drop_column('reservation')
