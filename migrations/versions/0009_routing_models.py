"""Versions of the routing model, what was suggested, 指定去向, 自动分派 of a class.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('routing_preference',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('business', models.base.Line(length=200), nullable=False),
    sa.Column('territory', models.base.Line(length=80), nullable=False),
    sa.Column('why', models.base.Line(length=300), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('ended_at', models.base.Moment(), nullable=True),
    sa.CheckConstraint("subject_id IS NOT NULL OR business <> '' OR territory <> ''", name=op.f('ck_routing_preference_names_something')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_routing_preference_subject_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_routing_preference_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_preference'))
    )
    op.create_table('routing_model',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_at', models.base.Moment(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('trained_at', models.base.Moment(), nullable=True),
    sa.Column('seen', models.base.Line(length=120), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('texts', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('chosen_at', models.base.Moment(), nullable=True),
    sa.Column('chosen_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(trained_at IS NULL) = (seen = '')", name=op.f('ck_routing_model_seen')),
    sa.CheckConstraint('chosen_at IS NULL OR file_id IS NOT NULL', name=op.f('ck_routing_model_chosen_at')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_routing_model_asked_by_id')),
    sa.ForeignKeyConstraint(['chosen_by_id'], ['person.id'], name=op.f('fk_routing_model_chosen_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_routing_model_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_model'))
    )
    op.create_table('advice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('model_id', sa.Integer(), nullable=True),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('ranked', sa.JSON(), nullable=False),
    sa.Column('suggested_id', sa.Integer(), nullable=True),
    sa.Column('followed', sa.Boolean(), nullable=False),
    sa.Column('is_automatic', sa.Boolean(), nullable=False),
    sa.Column('why', models.base.Line(length=300), nullable=False),
    sa.CheckConstraint("suggested_id IS NULL OR followed OR why <> ''", name=op.f('ck_advice_why')),
    sa.CheckConstraint('NOT followed OR suggested_id IS NOT NULL', name=op.f('ck_advice_followed')),
    sa.CheckConstraint('NOT is_automatic OR followed', name=op.f('ck_advice_is_automatic')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_advice_assignment_id')),
    sa.ForeignKeyConstraint(['model_id'], ['routing_model.id'], name=op.f('fk_advice_model_id')),
    sa.ForeignKeyConstraint(['suggested_id'], ['unit.id'], name=op.f('fk_advice_suggested_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advice')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_advice_assignment_id'))
    )
    op.create_index('ix_advice_at', 'advice', ['at'])
    op.add_column('subject', sa.Column('auto_percent', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('subject', 'auto_percent')
    op.drop_index('ix_advice_at', 'advice')
    op.drop_table('advice')
    op.drop_table('routing_model')
    op.drop_table('routing_preference')
