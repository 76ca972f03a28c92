"""What comes before a meeting: release, papers and opinions of proposals, liaison outcomes, extra meetings, amendments, calendar entries.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('change', models.base.Line(length=1000), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_amendment_made_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_amendment_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_amendment')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_amendment_meeting_id_number'))
    )
    op.create_table('extra_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('asked', 'answered', 'agreed', 'refused', name='extrarequeststatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('title', models.base.Line(length=120), nullable=False),
    sa.Column('reason', models.base.Words(), nullable=False),
    sa.Column('asked_at', models.base.Moment(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('office_agrees', sa.Boolean(), nullable=True),
    sa.Column('office_words', models.base.Line(length=500), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('decision', models.base.Line(length=500), nullable=False),
    sa.Column('decided_at', models.base.Moment(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name=op.f('ck_extra_request_answered_at')),
    sa.CheckConstraint("(status IN ('agreed', 'refused')) = (decided_at IS NOT NULL)", name=op.f('ck_extra_request_decided_at')),
    sa.CheckConstraint("meeting_id IS NULL OR status = 'agreed'", name=op.f('ck_extra_request_meeting_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_extra_request_asked_by_id')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_extra_request_decided_by_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_extra_request_mechanism_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_extra_request_meeting_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_extra_request_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extra_request')),
    sa.UniqueConstraint('meeting_id', name=op.f('uq_extra_request_meeting_id'))
    )
    op.create_index(op.f('ix_extra_request_mechanism_id_status'), 'extra_request', ['mechanism_id', 'status'])
    op.create_index(op.f('ix_extra_request_unit_id'), 'extra_request', ['unit_id'])
    op.create_table('liaison_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('up', 'settled', 'more', 'back', name='liaisonword', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('words', models.base.Line(length=500), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_liaison_outcome_meeting_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_liaison_outcome_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_liaison_outcome')),
    sa.UniqueConstraint('meeting_id', 'proposal_id', name=op.f('uq_liaison_outcome_meeting_id_proposal_id'))
    )
    op.create_index(op.f('ix_liaison_outcome_proposal_id'), 'liaison_outcome', ['proposal_id'])
    op.create_table('opinion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('question', models.base.Line(length=500), nullable=False),
    sa.Column('asked_at', models.base.Moment(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(text <> '') = (answered_at IS NOT NULL)", name=op.f('ck_opinion_answered_at')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_opinion_answered_by_id')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_opinion_asked_by_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_opinion_proposal_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_opinion_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinion')),
    sa.UniqueConstraint('proposal_id', 'unit_id', name=op.f('uq_opinion_proposal_id_unit_id'))
    )
    op.create_index(op.f('ix_opinion_unit_id'), 'opinion', ['unit_id'])
    op.create_table('proposal_file',
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_proposal_file_file_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_file_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'file_id', name=op.f('pk_proposal_file'))
    )
    op.create_index(op.f('ix_proposal_file_file_id'), 'proposal_file', ['file_id'])
    op.create_table('agenda_item_unit',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['agenda_item.id'], name=op.f('fk_agenda_item_unit_item_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_agenda_item_unit_unit_id')),
    sa.PrimaryKeyConstraint('item_id', 'unit_id', name=op.f('pk_agenda_item_unit'))
    )
    op.create_index(op.f('ix_agenda_item_unit_unit_id'), 'agenda_item_unit', ['unit_id'])
    op.add_column('mail', sa.Column('calendar', models.base.Words(), nullable=False, server_default=''))
    op.add_column('meeting', sa.Column('sequence', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('meeting', sa.Column('liaison_chair', models.base.Line(length=60), nullable=False, server_default=''))
    op.add_column('proposal', sa.Column('urgent_reason', models.base.Line(length=500), nullable=False, server_default=''))
    op.add_column('proposal', sa.Column('release_asked_at', models.base.Moment(), nullable=True))
    op.add_column('proposal', sa.Column('release_note', models.base.Line(length=500), nullable=False, server_default=''))
    op.add_column('unit', sa.Column('releases_proposals', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('unit') as batch_op:
        batch_op.drop_column('releases_proposals')

    with op.batch_alter_table('proposal') as batch_op:
        batch_op.drop_column('release_note')
        batch_op.drop_column('release_asked_at')
        batch_op.drop_column('urgent_reason')

    with op.batch_alter_table('meeting') as batch_op:
        batch_op.drop_column('liaison_chair')
        batch_op.drop_column('sequence')

    with op.batch_alter_table('mail') as batch_op:
        batch_op.drop_column('calendar')

    op.drop_table('agenda_item_unit')
    op.drop_table('proposal_file')
    op.drop_table('opinion')
    op.drop_table('liaison_outcome')
    op.drop_table('extra_request')
    op.drop_table('amendment')
