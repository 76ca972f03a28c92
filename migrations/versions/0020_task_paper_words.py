"""Task papers numbered before keep the word their files have before the year.

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

WORDS = {'supervision': '督办', 'criticism': '通报', 'circular': '情况通报', 'report_up': '督查请示'}
task_paper = sa.table('task_paper', sa.column('kind'), sa.column('prefix'), sa.column('serial'))


def upgrade() -> None:
    numbered = sa.update(task_paper).where(task_paper.c.serial.is_not(None))
    op.execute(numbered.values(prefix=sa.case(WORDS, value=task_paper.c.kind)))


def downgrade() -> None:
    """The column goes with the revision before."""
