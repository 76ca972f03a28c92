"""Tasks: extensions, papers of the ladder, evidence, recurring duties, periodic reports, notes for a meeting, calendar feeds, group messages.

Revision 0011, after 0010.

Columns are added to ``task`` with their checks in the statement that adds them: rebuilding the table, as SQLite would need for anything
else, would lose the checks it has, and a nation's table is long.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

TASK_COLUMNS = (
    "priority VARCHAR(24) DEFAULT 'normal' NOT NULL CONSTRAINT ck_task_priority CHECK (priority IN ('normal', 'important', 'urgent'))",
    "cadence VARCHAR(24) DEFAULT 'none' NOT NULL"
    " CONSTRAINT ck_task_cadence CHECK (cadence IN ('none', 'week', 'month', 'quarter', 'half', 'year'))",
    "report_due_on DATE CONSTRAINT ck_task_report_due_on CHECK ((cadence = 'none') = (report_due_on IS NULL))",
    "recurring_id INTEGER CONSTRAINT fk_task_recurring_id REFERENCES recurring_duty (id)",
    "period_on DATE CONSTRAINT ck_task_period_on CHECK ((recurring_id IS NULL) = (period_on IS NULL))",
)


def upgrade() -> None:
    op.create_table('recurring_duty',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('source', models.base.Line(length=200), nullable=False),
    sa.Column('title', models.base.Line(length=180), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('deliverable', models.base.Line(length=500), nullable=False),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('cadence', sa.Enum('none', 'week', 'month', 'quarter', 'half', 'year', name='cadence', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("cadence NOT IN ('none', 'week')", name=op.f('ck_recurring_duty_cadence_months')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_recurring_duty_period')),
    sa.ForeignKeyConstraint(['lead_id'], ['unit.id'], name=op.f('fk_recurring_duty_lead_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_recurring_duty_mechanism_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recurring_duty'))
    )
    op.create_index(op.f('ix_recurring_duty_mechanism_id'), 'recurring_duty', ['mechanism_id'])

    op.create_table('task_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('token_hash', models.base.Line(length=64), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('revoked_at', models.base.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_task_feed_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_task_feed_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_task_feed_token_hash'))
    )
    op.create_index(op.f('ix_task_feed_unit_id'), 'task_feed', ['unit_id'])

    op.create_table('task_hook',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('name', models.base.Line(length=60), nullable=False),
    sa.Column('format', sa.Enum('generic', 'wecom', name='hookformat', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('host', models.base.Line(length=200), nullable=False),
    sa.Column('url', models.base.Words(), nullable=False),
    sa.Column('secret', models.base.Words(), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('disabled_at', models.base.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_task_hook_mechanism_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_hook'))
    )
    op.create_index(op.f('ix_task_hook_mechanism_id'), 'task_hook', ['mechanism_id'])

    op.create_table('hook_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hook_id', sa.Integer(), nullable=False),
    sa.Column('event', models.base.Line(length=80), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('path', models.base.Line(length=200), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', models.base.Moment(), nullable=False),
    sa.Column('sent_at', models.base.Moment(), nullable=True),
    sa.Column('given_up_at', models.base.Moment(), nullable=True),
    sa.Column('last_error', models.base.Line(length=500), nullable=False),
    sa.ForeignKeyConstraint(['hook_id'], ['task_hook.id'], name=op.f('fk_hook_message_hook_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hook_message')),
    sa.UniqueConstraint('hook_id', 'event', name=op.f('uq_hook_message_hook_id_event'))
    )
    op.create_index('ix_hook_message_sent_at_next_at', 'hook_message', ['sent_at', 'given_up_at', 'next_at'])

    op.create_table('recurring_co_unit',
    sa.Column('recurring_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recurring_id'], ['recurring_duty.id'], name=op.f('fk_recurring_co_unit_recurring_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_recurring_co_unit_unit_id')),
    sa.PrimaryKeyConstraint('recurring_id', 'unit_id', name=op.f('pk_recurring_co_unit'))
    )
    op.create_index(op.f('ix_recurring_co_unit_unit_id'), 'recurring_co_unit', ['unit_id'])

    op.create_table('extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', models.base.Moment(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('wanted_on', sa.Date(), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('status', sa.Enum('asked', 'granted', 'refused', 'lapsed', name='extensionstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=True),
    sa.Column('answer', models.base.Line(length=500), nullable=False),
    sa.Column('decided_at', models.base.Moment(), nullable=True),
    sa.CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name=op.f('ck_extension_decided_at')),
    sa.CheckConstraint("(status = 'granted') = (granted_on IS NOT NULL)", name=op.f('ck_extension_granted_on')),
    sa.CheckConstraint("status <> 'refused' OR answer <> ''", name=op.f('ck_extension_answer')),
    sa.CheckConstraint('wanted_on > from_on', name=op.f('ck_extension_later')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_extension_person_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_extension_task_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_extension_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension'))
    )
    op.create_index('ix_extension_task_id', 'extension', ['task_id'])
    op.create_index('uq_extension_task_id_asked', 'extension', ['task_id'], unique=True, sqlite_where=sa.text("status = 'asked'"), postgresql_where=sa.text("status = 'asked'"))

    op.create_table('review_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_review_note_meeting_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_review_note_person_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_review_note_task_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_review_note_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_note')),
    sa.UniqueConstraint('meeting_id', 'task_id', name=op.f('uq_review_note_meeting_id_task_id'))
    )
    op.create_index(op.f('ix_review_note_task_id'), 'review_note', ['task_id'])

    op.create_table('task_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('supervision', 'criticism', 'circular', 'report_up', name='taskpaperkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('for_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'refused', 'approved', 'sent', 'received', 'dropped', name='taskpaperstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('to', models.base.Line(length=200), nullable=False),
    sa.Column('title', models.base.Line(length=200), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('drafted_at', models.base.Moment(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('serial', sa.Integer(), nullable=True),
    sa.Column('approved_at', models.base.Moment(), nullable=True),
    sa.Column('approved_by_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('sent_at', models.base.Moment(), nullable=True),
    sa.Column('received_at', models.base.Moment(), nullable=True),
    sa.Column('received_by', models.base.Line(length=60), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'received') = (received_at IS NOT NULL)", name=op.f('ck_task_paper_received_at')),
    sa.CheckConstraint("status NOT IN ('approved', 'sent', 'received') OR (serial IS NOT NULL AND file_id IS NOT NULL)", name=op.f('ck_task_paper_numbered')),
    sa.CheckConstraint("status NOT IN ('refused', 'dropped') OR reason <> ''", name=op.f('ck_task_paper_reason')),
    sa.CheckConstraint("status NOT IN ('sent', 'received') OR sent_at IS NOT NULL", name=op.f('ck_task_paper_sent_at')),
    sa.ForeignKeyConstraint(['approved_by_id'], ['person.id'], name=op.f('fk_task_paper_approved_by_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_task_paper_file_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_task_paper_mechanism_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_paper_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_paper')),
    sa.UniqueConstraint('mechanism_id', 'kind', 'year', 'serial', name=op.f('uq_task_paper_mechanism_id_kind_year_serial')),
    sa.UniqueConstraint('task_id', 'kind', 'for_on', name=op.f('uq_task_paper_task_id_kind_for_on'))
    )
    op.create_index('ix_task_paper_mechanism_id_status_id', 'task_paper', ['mechanism_id', 'status', 'id'])

    op.create_table('report_file',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_report_file_file_id')),
    sa.ForeignKeyConstraint(['report_id'], ['progress_report.id'], name=op.f('fk_report_file_report_id')),
    sa.PrimaryKeyConstraint('report_id', 'file_id', name=op.f('pk_report_file'))
    )
    op.create_index(op.f('ix_report_file_file_id'), 'report_file', ['file_id'])

    op.add_column('progress_report', sa.Column('difficulty', models.base.Words(), nullable=False, server_default=''))
    op.add_column('progress_report', sa.Column('support', models.base.Words(), nullable=False, server_default=''))
    for column in TASK_COLUMNS:
        op.execute(f'ALTER TABLE task ADD COLUMN {column}')
    op.create_index('uq_task_recurring_id_period_on', 'task', ['recurring_id', 'period_on'], unique=True)
    report_due = sa.text('report_due_on IS NOT NULL AND ended_at IS NULL')
    op.create_index('ix_task_open_report_due_on', 'task', ['report_due_on'], sqlite_where=report_due, postgresql_where=report_due)
    _allow_rungs('-1 AND 4')


def downgrade() -> None:
    op.execute('DELETE FROM ladder_step WHERE rung < 0')
    _allow_rungs('0 AND 4')
    op.drop_index('ix_task_open_report_due_on', 'task')
    op.drop_index('uq_task_recurring_id_period_on', 'task')
    for column in ('period_on', 'recurring_id', 'report_due_on', 'cadence', 'priority'):
        op.drop_column('task', column)
    op.drop_column('progress_report', 'support')
    op.drop_column('progress_report', 'difficulty')
    op.drop_index(op.f('ix_report_file_file_id'), 'report_file')

    op.drop_table('report_file')
    op.drop_index('ix_task_paper_mechanism_id_status_id', 'task_paper')

    op.drop_table('task_paper')
    op.drop_index(op.f('ix_review_note_task_id'), 'review_note')

    op.drop_table('review_note')
    op.drop_index('uq_extension_task_id_asked', 'extension')
    op.drop_index('ix_extension_task_id', 'extension')

    op.drop_table('extension')
    op.drop_index(op.f('ix_recurring_co_unit_unit_id'), 'recurring_co_unit')

    op.drop_table('recurring_co_unit')
    op.drop_index('ix_hook_message_sent_at_next_at', 'hook_message')

    op.drop_table('hook_message')
    op.drop_index(op.f('ix_task_hook_mechanism_id'), 'task_hook')

    op.drop_table('task_hook')
    op.drop_index(op.f('ix_task_feed_unit_id'), 'task_feed')

    op.drop_table('task_feed')
    op.drop_index(op.f('ix_recurring_duty_mechanism_id'), 'recurring_duty')

    op.drop_table('recurring_duty')


def _allow_rungs(between: str) -> None:
    """Which rungs there are. SQLite cannot change a check: the table, which has no other, is built anew."""
    check, name = f'rung BETWEEN {between}', op.f('ck_ladder_step_rung')
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('ladder_step', recreate='always', table_args=[sa.CheckConstraint(check, name=name)]):
            pass
    else:
        op.drop_constraint(name, 'ladder_step')
        op.create_check_constraint(name, 'ladder_step', check)
