"""Complaints, what surrounds them, what they are found by; programs that register them.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('complaint_key',
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('complaint_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('key', 'complaint_id', name=op.f('pk_complaint_key')),
    sqlite_with_rowid=False
    )
    op.create_table('complaint_slice',
    sa.Column('bucket', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('batch', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('bits', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'batch', name=op.f('pk_complaint_slice')),
    sqlite_with_rowid=False
    )
    op.create_table('import_column',
    sa.Column('heading', models.base.Line(length=200), nullable=False),
    sa.Column('key', models.base.Line(length=40), nullable=False),
    sa.PrimaryKeyConstraint('heading', name=op.f('pk_import_column'))
    )
    op.create_table('api_client',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', models.base.Line(length=60), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('key_hash', models.base.Line(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('webhook_url', models.base.Line(length=300), nullable=False),
    sa.Column('webhook_secret', models.base.Words(), nullable=False),
    sa.Column('created_at', models.base.Moment(), nullable=False),
    sa.Column('disabled_at', models.base.Moment(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_api_client_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_client')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_client_key_hash')),
    sa.UniqueConstraint('name', name=op.f('uq_api_client_name'))
    )
    op.create_index('ix_api_client_unit_id', 'api_client', ['unit_id'])
    op.create_table('complaint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', models.base.Line(length=60), nullable=False),
    sa.Column('kind', sa.Enum('complaint', 'report', 'query', 'mixed', name='complaintkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('channel', sa.Enum('platform', 'hotline', 'city_hotline', 'letter', 'on_site', 'visit', 'handed_over', 'other', name='channel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('sector', sa.Enum('market', 'department', 'gas', 'telecom', 'post', name='sector', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('registered', 'assigned', 'received', 'returned', 'disputed', 'accepted', 'refused', 'mediating', 'settled', 'terminated', 'withdrawn', 'checking', 'filed', 'not_filed', 'informed', 'answered', 'closed', 'transferred', name='complaintstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('registered_at', models.base.Moment(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('closed_at', models.base.Moment(), nullable=True),
    sa.Column('target_name', models.base.Line(length=200), nullable=False),
    sa.Column('target_uscc', models.base.Line(length=18), nullable=False),
    sa.Column('target_address', models.base.Line(length=300), nullable=False),
    sa.Column('business_id', sa.Integer(), nullable=True),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('request', models.base.Words(), nullable=False),
    sa.Column('problem', models.base.Line(length=200), nullable=False),
    sa.Column('category', models.base.Line(length=200), nullable=False),
    sa.Column('place', models.base.Line(length=200), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('consents_to_publication', sa.Boolean(), nullable=True),
    sa.Column('consents_to_delegation', sa.Boolean(), nullable=True),
    sa.Column('said_status', models.base.Line(length=60), nullable=False),
    sa.Column('said_body', models.base.Line(length=200), nullable=False),
    sa.Column('said_section', models.base.Line(length=200), nullable=False),
    sa.Column('said_result', models.base.Words(), nullable=False),
    sa.Column('sealed', models.base.Words(), nullable=False),
    sa.Column('is_small', sa.Boolean(), nullable=False),
    sa.Column('is_group', sa.Boolean(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('clue_on', sa.Date(), nullable=True),
    sa.Column('report_extended', sa.Boolean(), nullable=False),
    sa.Column('verdict_on', sa.Date(), nullable=True),
    sa.Column('informed_on', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('is_settled', sa.Boolean(), nullable=False),
    sa.Column('refusal', sa.Enum('not_competent', 'elsewhere', 'no_consumer', 'too_old', 'no_papers', 'not_oneself', 'other', name='refusalground', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('termination', sa.Enum('agreed', 'absent', 'impossible', 'appraisal', 'time_up', 'not_to_accept', 'party_gone', 'other', name='terminationground', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('result', models.base.Words(), nullable=False),
    sa.Column('case_number', models.base.Line(length=60), nullable=False),
    sa.Column('restarted_on', sa.Date(), nullable=True),
    sa.Column('transferred_on', sa.Date(), nullable=True),
    sa.Column('was_late', sa.Boolean(), nullable=False),
    sa.Column('tell_on', sa.Date(), nullable=True),
    sa.Column('duplicate_of_id', sa.Integer(), nullable=True),
    sa.Column('split_from_id', sa.Integer(), nullable=True),
    sa.Column('phone_hash', models.base.Line(length=64), nullable=False),
    sa.Column('print', models.base.Line(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_complaint_closed_at')),
    sa.CheckConstraint("duplicate_of_id IS NULL OR status = 'closed'", name=op.f('ck_complaint_duplicate_of_id')),
    sa.CheckConstraint("kind <> 'mixed' OR status = 'registered'", name=op.f('ck_complaint_mixed')),
    sa.CheckConstraint("status <> 'refused' OR refusal IS NOT NULL", name=op.f('ck_complaint_refused')),
    sa.CheckConstraint("status <> 'terminated' OR termination IS NOT NULL", name=op.f('ck_complaint_terminated')),
    sa.CheckConstraint("status <> 'transferred' OR transferred_on IS NOT NULL", name=op.f('ck_complaint_transferred_on')),
    sa.CheckConstraint("status NOT IN ('accepted', 'mediating', 'settled', 'terminated') OR accepted_on IS NOT NULL", name=op.f('ck_complaint_accepted_on')),
    sa.CheckConstraint("status NOT IN ('settled', 'terminated', 'withdrawn') OR ended_on IS NOT NULL", name=op.f('ck_complaint_ended_on')),
    sa.CheckConstraint('(refusal IS NULL) OR decided_on IS NOT NULL', name=op.f('ck_complaint_refusal')),
    sa.CheckConstraint('amount IS NULL OR amount >= 0', name=op.f('ck_complaint_amount')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_complaint_business_id')),
    sa.ForeignKeyConstraint(['duplicate_of_id'], ['complaint.id'], name=op.f('fk_complaint_duplicate_of_id')),
    sa.ForeignKeyConstraint(['split_from_id'], ['complaint.id'], name=op.f('fk_complaint_split_from_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint')),
    sa.UniqueConstraint('number', name=op.f('uq_complaint_number'))
    )
    op.create_index('ix_complaint_business_id', 'complaint', ['business_id', 'id'])
    op.create_index('ix_complaint_duplicate_of_id', 'complaint', ['duplicate_of_id'])
    op.create_index('ix_complaint_phone_hash', 'complaint', ['phone_hash'])
    op.create_index('ix_complaint_received_on', 'complaint', ['received_on', 'id'])
    op.create_index('ix_complaint_split_from_id', 'complaint', ['split_from_id'])
    op.create_index('ix_complaint_status_due_on', 'complaint', ['status', 'due_on', 'id'])
    op.create_index('ix_complaint_target_name', 'complaint', ['target_name'])
    op.create_index('ix_complaint_tell_on', 'complaint', ['tell_on'])
    op.create_table('api_call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('key', models.base.Line(length=128), nullable=False),
    sa.Column('body_hash', models.base.Line(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_client.id'], name=op.f('fk_api_call_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_call')),
    sa.UniqueConstraint('client_id', 'key', name=op.f('uq_api_call_client_id_key'))
    )
    op.create_table('api_complaint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('registered', 'assigned', 'received', 'returned', 'disputed', 'accepted', 'refused', 'mediating', 'settled', 'terminated', 'withdrawn', 'checking', 'filed', 'not_filed', 'informed', 'answered', 'closed', 'transferred', name='complaintstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_client.id'], name=op.f('fk_api_complaint_client_id')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_api_complaint_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_complaint')),
    sa.UniqueConstraint('complaint_id', name=op.f('uq_api_complaint_complaint_id'))
    )
    op.create_index('ix_api_complaint_client_id', 'api_complaint', ['client_id', 'id'])
    op.create_table('appraisal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('body', models.base.Line(length=120), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('finding', models.base.Words(), nullable=False),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_appraisal_period')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_appraisal_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appraisal'))
    )
    op.create_index('ix_appraisal_complaint_id', 'appraisal', ['complaint_id'])
    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('is_lead', sa.Boolean(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('assigned_at', models.base.Moment(), nullable=False),
    sa.Column('note', models.base.Line(length=500), nullable=False),
    sa.Column('report_by', sa.Date(), nullable=True),
    sa.Column('return_by', sa.Date(), nullable=True),
    sa.Column('received_at', models.base.Moment(), nullable=True),
    sa.Column('returned_at', models.base.Moment(), nullable=True),
    sa.Column('queued_on', sa.Date(), nullable=True),
    sa.Column('sent_back', sa.Boolean(), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('believed_id', sa.Integer(), nullable=True),
    sa.Column('is_designated', sa.Boolean(), nullable=False),
    sa.Column('document_no', models.base.Line(length=120), nullable=False),
    sa.CheckConstraint("NOT is_designated OR document_no <> ''", name=op.f('ck_assignment_document_no')),
    sa.CheckConstraint("returned_at IS NULL OR reason <> ''", name=op.f('ck_assignment_reason')),
    sa.ForeignKeyConstraint(['believed_id'], ['unit.id'], name=op.f('fk_assignment_believed_id')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_assignment_complaint_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_assignment_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_assignment_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    op.create_index('ix_assignment_complaint_id', 'assignment', ['complaint_id'])
    op.create_index('ix_assignment_queue', 'assignment', ['unit_id', 'queued_on', 'complaint_id'])
    op.create_table('call_back',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.Column('solved', sa.Boolean(), nullable=True),
    sa.Column('satisfied', sa.Boolean(), nullable=True),
    sa.Column('note', models.base.Words(), nullable=False),
    sa.Column('reopened', sa.Boolean(), nullable=False),
    sa.CheckConstraint('reached OR (solved IS NULL AND satisfied IS NULL)', name=op.f('ck_call_back_reached')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_call_back_complaint_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_call_back_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call_back'))
    )
    op.create_index('ix_call_back_at', 'call_back', ['at'])
    op.create_index('ix_call_back_complaint_id', 'call_back', ['complaint_id'])
    op.create_table('complaint_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('group', 'emergency', name='eventkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('level', sa.Enum('general', 'larger', 'grave', 'gravest', name='eventlevel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('representatives', models.base.Words(), nullable=False),
    sa.Column('facts', models.base.Words(), nullable=False),
    sa.Column('opened_at', models.base.Moment(), nullable=False),
    sa.Column('opened_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('outcome', models.base.Words(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("ended_on IS NULL OR outcome <> ''", name=op.f('ck_complaint_event_ended_on')),
    sa.CheckConstraint("kind <> 'group' OR (people >= 2 AND representatives <> '')", name=op.f('ck_complaint_event_group')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_event_complaint_id')),
    sa.ForeignKeyConstraint(['opened_by_id'], ['person.id'], name=op.f('fk_complaint_event_opened_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_event')),
    sa.UniqueConstraint('complaint_id', 'kind', name=op.f('uq_complaint_event_complaint_id_kind'))
    )
    op.create_index('ix_complaint_event_ended_on', 'complaint_event', ['ended_on', 'id'])
    op.create_table('complaint_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('file_name', models.base.Line(length=200), nullable=False),
    sa.Column('digest', models.base.Line(length=64), nullable=False),
    sa.Column('looked_at', models.base.Moment(), nullable=False),
    sa.Column('started_at', models.base.Moment(), nullable=True),
    sa.Column('finished_at', models.base.Moment(), nullable=True),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('rejected', models.base.Words(), nullable=False),
    sa.CheckConstraint('done <= total', name=op.f('ck_complaint_import_done')),
    sa.CheckConstraint('finished_at IS NULL OR started_at IS NOT NULL', name=op.f('ck_complaint_import_finished_at')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_complaint_import_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_import'))
    )
    op.create_index('ix_complaint_import_looked_at', 'complaint_import', ['looked_at', 'id'])
    op.create_table('complaint_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('duplicate', 'repeat', 'merged', name='linkkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('linked_at', models.base.Moment(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('undone_at', models.base.Moment(), nullable=True),
    sa.Column('undone_why', models.base.Line(length=500), nullable=False),
    sa.CheckConstraint("undone_at IS NULL OR undone_why <> ''", name=op.f('ck_complaint_link_undone_at')),
    sa.CheckConstraint('complaint_id <> first_id', name=op.f('ck_complaint_link_itself')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_link_complaint_id')),
    sa.ForeignKeyConstraint(['first_id'], ['complaint.id'], name=op.f('fk_complaint_link_first_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_link'))
    )
    op.create_index('ix_complaint_link_complaint_id', 'complaint_link', ['complaint_id'])
    op.create_index('ix_complaint_link_first_id', 'complaint_link', ['first_id'])
    op.create_table('complaint_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('complaint_form', 'report_form', 'distribution', 'identity', 'acceptance', 'refusal', 'mediation', 'termination', 'agreement', 'result', 'other_acceptance', 'other_refusal', 'other_termination', 'other_mediation', 'other_agreement', 'other_result', 'answer', 'transfer', 'transfer_notice', 'first_report', 'further_report', 'final_report', name='paperkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('prefix', models.base.Line(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('turn > 0 AND number > 0', name=op.f('ck_complaint_paper_counted')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_paper_complaint_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_complaint_paper_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_complaint_paper_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_paper')),
    sa.UniqueConstraint('complaint_id', 'kind', 'unit_id', 'turn', name=op.f('uq_complaint_paper_complaint_id_kind_unit_id_turn')),
    sa.UniqueConstraint('prefix', 'year', 'number', name=op.f('uq_complaint_paper_prefix_year_number'))
    )
    op.create_index('ix_complaint_paper_person_id', 'complaint_paper', ['person_id'])
    op.create_index('ix_complaint_paper_unit_id', 'complaint_paper', ['unit_id'])
    op.create_table('duty_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('name', models.base.Line(length=40), nullable=False),
    sa.Column('phone', models.base.Line(length=40), nullable=False),
    sa.CheckConstraint('to_on >= from_on', name=op.f('ck_duty_shift_period')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_duty_shift_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_duty_shift_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_shift'))
    )
    op.create_index('ix_duty_shift_unit_id', 'duty_shift', ['unit_id', 'to_on'])
    op.create_table('handling_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('reopened_at', models.base.Moment(), nullable=False),
    sa.Column('reason', models.base.Words(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('closed_at', models.base.Moment(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('verdict_on', sa.Date(), nullable=True),
    sa.Column('informed_on', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('transferred_on', sa.Date(), nullable=True),
    sa.Column('refusal', sa.Enum('not_competent', 'elsewhere', 'no_consumer', 'too_old', 'no_papers', 'not_oneself', 'other', name='refusalground', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('termination', sa.Enum('agreed', 'absent', 'impossible', 'appraisal', 'time_up', 'not_to_accept', 'party_gone', 'other', name='terminationground', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('result', models.base.Words(), nullable=False),
    sa.Column('case_number', models.base.Line(length=60), nullable=False),
    sa.Column('was_late', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_handling_round_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handling_round'))
    )
    op.create_index('ix_handling_round_complaint_id', 'handling_round', ['complaint_id'])
    op.create_table('inquiry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=True),
    sa.Column('question', models.base.Words(), nullable=False),
    sa.Column('asked_at', models.base.Moment(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answer', models.base.Words(), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f('ck_inquiry_answered_at')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_inquiry_asked_by_id')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_inquiry_complaint_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_inquiry_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inquiry'))
    )
    op.create_index('ix_inquiry_complaint_id', 'inquiry', ['complaint_id'])
    op.create_index('ix_inquiry_unit_id', 'inquiry', ['unit_id', 'answered_at', 'due_on'])
    op.create_table('on_site',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('ordered_at', models.base.Moment(), nullable=False),
    sa.Column('place', models.base.Line(length=200), nullable=False),
    sa.Column('arrived_at', models.base.Moment(), nullable=True),
    sa.Column('finished_at', models.base.Moment(), nullable=True),
    sa.Column('result', models.base.Words(), nullable=False),
    sa.CheckConstraint("finished_at IS NULL OR (arrived_at IS NOT NULL AND result <> '')", name=op.f('ck_on_site_finished_at')),
    sa.CheckConstraint('arrived_at IS NULL OR arrived_at >= ordered_at', name=op.f('ck_on_site_arrived_at')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_on_site_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_on_site'))
    )
    op.create_index('ix_on_site_complaint_id', 'on_site', ['complaint_id'])
    op.create_table('transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('recipient_kind', sa.Enum('elsewhere', 'police', 'upper', 'other', name='recipientkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('recipient', models.base.Line(length=120), nullable=False),
    sa.Column('reason', models.base.Words(), nullable=False),
    sa.Column('document_no', models.base.Line(length=120), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('recorded_at', models.base.Moment(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('receipt_no', models.base.Line(length=120), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('told_how', models.base.Line(length=120), nullable=False),
    sa.Column('refused_on', sa.Date(), nullable=True),
    sa.Column('refusal', models.base.Line(length=500), nullable=False),
    sa.CheckConstraint("refused_on IS NULL OR refusal <> ''", name=op.f('ck_transfer_refused_on')),
    sa.CheckConstraint('received_on IS NULL OR received_on >= on_day', name=op.f('ck_transfer_received_on')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_transfer_complaint_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_transfer_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer'))
    )
    op.create_index('ix_transfer_complaint_id', 'transfer', ['complaint_id'])
    op.create_table('webhook_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.Integer(), nullable=False),
    sa.Column('number', models.base.Line(length=60), nullable=False),
    sa.Column('status', sa.Enum('registered', 'assigned', 'received', 'returned', 'disputed', 'accepted', 'refused', 'mediating', 'settled', 'terminated', 'withdrawn', 'checking', 'filed', 'not_filed', 'informed', 'answered', 'closed', 'transferred', name='complaintstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_at', models.base.Moment(), nullable=False),
    sa.Column('sent_at', models.base.Moment(), nullable=True),
    sa.Column('given_up_at', models.base.Moment(), nullable=True),
    sa.Column('last_error', models.base.Line(length=500), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['api_client.id'], name=op.f('fk_webhook_delivery_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_delivery')),
    sa.UniqueConstraint('client_id', 'event', name=op.f('uq_webhook_delivery_client_id_event'))
    )
    op.create_index('ix_webhook_delivery_sent_at_next_at', 'webhook_delivery', ['sent_at', 'given_up_at', 'next_at'])
    op.create_table('event_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('first', 'further', 'final', name='reportkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('derivation', models.base.Words(), nullable=False),
    sa.Column('recipients', sa.JSON(), nullable=False),
    sa.Column('number', models.base.Line(length=60), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('made_at', models.base.Moment(), nullable=True),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(made_at IS NULL) = (text = '')", name=op.f('ck_event_report_made_at')),
    sa.ForeignKeyConstraint(['event_id'], ['complaint_event.id'], name=op.f('fk_event_report_event_id')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_event_report_made_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_report')),
    sa.UniqueConstraint('event_id', 'serial', name=op.f('uq_event_report_event_id_serial'))
    )
    op.create_index('ix_event_report_made_at_due_on', 'event_report', ['made_at', 'due_on'])
    op.create_table('fast_lane',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('offered', 'settled', 'confirmed', 'declined', 'rejected', 'expired', name='lanestatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('token_hash', models.base.Line(length=64), nullable=False),
    sa.Column('shares_contact', sa.Boolean(), nullable=False),
    sa.Column('offered_at', models.base.Moment(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('derivation', models.base.Words(), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('answer', models.base.Words(), nullable=False),
    sa.Column('ended_at', models.base.Moment(), nullable=True),
    sa.Column('note', models.base.Line(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status NOT IN ('settled', 'confirmed', 'declined', 'rejected') OR answered_at IS NOT NULL", name=op.f('ck_fast_lane_answered_at')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_fast_lane_complaint_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_fast_lane_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fast_lane')),
    sa.UniqueConstraint('complaint_id', name=op.f('uq_fast_lane_complaint_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_fast_lane_token_hash'))
    )
    op.create_index('ix_fast_lane_recognition_id', 'fast_lane', ['recognition_id'])
    op.create_index('ix_fast_lane_status_due_on', 'fast_lane', ['status', 'due_on'])



def downgrade() -> None:
    op.drop_table('fast_lane')
    op.drop_table('event_report')
    op.drop_table('webhook_delivery')
    op.drop_table('transfer')
    op.drop_table('on_site')
    op.drop_table('inquiry')
    op.drop_table('handling_round')
    op.drop_table('duty_shift')
    op.drop_table('complaint_paper')
    op.drop_table('complaint_link')
    op.drop_table('complaint_import')
    op.drop_table('complaint_event')
    op.drop_table('call_back')
    op.drop_table('assignment')
    op.drop_table('appraisal')
    op.drop_table('api_complaint')
    op.drop_table('api_call')
    op.drop_table('complaint')
    op.drop_table('api_client')
    op.drop_table('import_column')
    op.drop_table('complaint_slice')
    op.drop_table('complaint_key')
