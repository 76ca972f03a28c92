"""The duty register: classes of subjects, keywords that rule out, which wording replaces which, where the public complains.

Revision 0005, after 0004. What duties say is carried over by 0006; 0007 then takes the old column away.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('subject',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', models.base.Line(length=32), nullable=False),
    sa.Column('name', models.base.Line(length=80), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from', name=op.f('ck_subject_period')),
    sa.ForeignKeyConstraint(['parent_id'], ['subject.id'], name=op.f('fk_subject_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject')),
    sa.UniqueConstraint('code', name=op.f('uq_subject_code'))
    )
    op.create_index('ix_subject_name', 'subject', ['name'])
    op.create_index('ix_subject_parent_id', 'subject', ['parent_id'])
    with op.batch_alter_table('duty') as batch:
        batch.add_column(sa.Column('subject_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('exclusions', sa.JSON(), nullable=False, server_default='[]'))
        batch.add_column(sa.Column('replaces_id', sa.Integer(), nullable=True))
        batch.alter_column('territory', existing_type=models.base.Line(length=80), type_=models.base.Line(length=200), existing_nullable=False)
        batch.create_foreign_key('fk_duty_subject_id', 'subject', ['subject_id'], ['id'])
        batch.create_foreign_key('fk_duty_replaces_id', 'duty', ['replaces_id'], ['id'])
        batch.create_index('ix_duty_subject_id', ['subject_id'])
        batch.create_index('ix_duty_replaces_id', ['replaces_id'])
    with op.batch_alter_table('unit') as batch:
        batch.add_column(sa.Column('complaint_way', models.base.Line(length=200), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('unit') as batch:
        batch.drop_column('complaint_way')
    with op.batch_alter_table('duty') as batch:
        batch.drop_index('ix_duty_replaces_id')
        batch.drop_index('ix_duty_subject_id')
        batch.drop_constraint('fk_duty_replaces_id', type_='foreignkey')
        batch.drop_constraint('fk_duty_subject_id', type_='foreignkey')
        batch.alter_column('territory', existing_type=models.base.Line(length=200), type_=models.base.Line(length=80), existing_nullable=False)
        batch.drop_column('replaces_id')
        batch.drop_column('exclusions')
        batch.drop_column('subject_id')
    op.drop_table('subject')
