"""Task papers are numbered under the 机关代字 of their mechanism.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

BEFORE = 'uq_task_paper_mechanism_id_kind_year_serial'
NOW = 'uq_task_paper_mechanism_id_kind_prefix_year_serial'


def upgrade() -> None:
    with op.batch_alter_table('task_paper') as batch_op:
        batch_op.add_column(sa.Column('prefix', models.base.Line(length=40), nullable=False, server_default=''))
        batch_op.drop_constraint(BEFORE, type_='unique')
        batch_op.create_unique_constraint(NOW, ['mechanism_id', 'kind', 'prefix', 'year', 'serial'])


def downgrade() -> None:
    with op.batch_alter_table('task_paper') as batch_op:
        batch_op.drop_constraint(NOW, type_='unique')
        batch_op.create_unique_constraint(BEFORE, ['mechanism_id', 'kind', 'year', 'serial'])
        batch_op.drop_column('prefix')
