"""The registry: schemes, recognitions, trust events, removals.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('business',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uscc', models.base.Line(length=18), nullable=True),
    sa.Column('name', models.base.Line(length=120), nullable=False),
    sa.Column('plain_name', models.base.Line(length=120), nullable=False),
    sa.Column('initials', models.base.Line(length=200), nullable=False),
    sa.Column('former_names', sa.JSON(), nullable=False),
    sa.Column('address', models.base.Line(length=200), nullable=False),
    sa.Column('street', models.base.Line(length=40), nullable=False),
    sa.Column('contact', models.base.Line(length=40), nullable=False),
    sa.Column('phone', models.base.Line(length=40), nullable=False),
    sa.Column('legal_status', sa.Enum('open', 'suspended', 'revoked', 'cancelled', name='legalstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business')),
    sa.UniqueConstraint('uscc', name=op.f('uq_business_uscc'))
    )
    with op.batch_alter_table('business', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_business_initials'), ['initials'], unique=False)
        batch_op.create_index('ix_business_plain_name', ['plain_name'], unique=False)

    op.create_table('ground',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', models.base.Line(length=32), nullable=False),
    sa.Column('name', models.base.Line(length=60), nullable=False),
    sa.Column('clause', models.base.Line(length=300), nullable=False),
    sa.Column('effect', sa.Enum('at_once', 'proposal', name='effect', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_standing', sa.Boolean(), nullable=False),
    sa.Column('bar_rule', models.base.Line(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ground')),
    sa.UniqueConstraint('code', name=op.f('uq_ground_code'))
    )
    op.create_table('list_version',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('changed_at', models.base.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_version'))
    )
    op.create_table('trust_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('business_id', sa.Integer(), nullable=True),
    sa.Column('uscc', models.base.Line(length=18), nullable=True),
    sa.Column('name', models.base.Line(length=120), nullable=False),
    sa.Column('plain_name', models.base.Line(length=120), nullable=False),
    sa.Column('matched_by', sa.Enum('code', 'name', 'person', 'none', name='matchedby', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('ground_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('official_list', 'entered', 'promise', 'rectification', 'complaint', 'sampling', name='eventsource', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('authority', models.base.Line(length=120), nullable=False),
    sa.Column('document_no', models.base.Line(length=120), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('counts_until', sa.Date(), nullable=True),
    sa.Column('fingerprint', models.base.Line(length=64), nullable=False),
    sa.Column('raw', sa.JSON(), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=False),
    sa.Column('reversed_on', sa.Date(), nullable=True),
    sa.Column('repaired_on', sa.Date(), nullable=True),
    sa.Column('remark', models.base.Line(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(matched_by = 'none') = (business_id IS NULL)", name=op.f('ck_trust_event_matched_by')),
    sa.CheckConstraint("repaired_on IS NULL OR remark <> ''", name=op.f('ck_trust_event_repaired_on')),
    sa.CheckConstraint("reversed_on IS NULL OR remark <> ''", name=op.f('ck_trust_event_reversed_on')),
    sa.CheckConstraint("source <> 'official_list' OR document_no <> '' OR authority <> ''", name=op.f('ck_trust_event_official')),
    sa.CheckConstraint('counts_until IS NULL OR counts_until >= happened_on', name=op.f('ck_trust_event_counts_until')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_trust_event_business_id')),
    sa.ForeignKeyConstraint(['ground_id'], ['ground.id'], name=op.f('fk_trust_event_ground_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trust_event')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_trust_event_fingerprint'))
    )
    with op.batch_alter_table('trust_event', schema=None) as batch_op:
        batch_op.create_index('ix_trust_event_business_id', ['business_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trust_event_ground_id'), ['ground_id'], unique=False)
        batch_op.create_index('ix_trust_event_plain_name', ['plain_name'], unique=False)
        batch_op.create_index('ix_trust_event_uscc', ['uscc'], unique=False)

    op.create_table('scheme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', models.base.Line(length=32), nullable=False),
    sa.Column('name', models.base.Line(length=120), nullable=False),
    sa.Column('title', models.base.Line(length=60), nullable=False),
    sa.Column('certificate_prefix', models.base.Line(length=20), nullable=False),
    sa.Column('mechanism_id', sa.Integer(), nullable=False),
    sa.Column('mark_id', sa.Integer(), nullable=True),
    sa.Column('issuer', models.base.Line(length=120), nullable=False),
    sa.Column('basis', models.base.Line(length=200), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from', name=op.f('ck_scheme_period')),
    sa.ForeignKeyConstraint(['mark_id'], ['stored_file.id'], name=op.f('fk_scheme_mark_id')),
    sa.ForeignKeyConstraint(['mechanism_id'], ['mechanism.id'], name=op.f('fk_scheme_mechanism_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme')),
    sa.UniqueConstraint('certificate_prefix', name=op.f('uq_scheme_certificate_prefix')),
    sa.UniqueConstraint('code', name=op.f('uq_scheme_code'))
    )
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scheme_mechanism_id'), ['mechanism_id'], unique=False)

    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scheme_id', sa.Integer(), nullable=False),
    sa.Column('code', models.base.Line(length=32), nullable=False),
    sa.Column('name', models.base.Line(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('responsible_id', sa.Integer(), nullable=False),
    sa.Column('subjects', sa.JSON(), nullable=False),
    sa.Column('excludes', sa.JSON(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=True),
    sa.Column('validity_months', sa.Integer(), nullable=True),
    sa.Column('recheck_months', sa.Integer(), nullable=True),
    sa.Column('least_reviews', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('notice_days IS NULL OR notice_days > 0', name=op.f('ck_category_notice_days')),
    sa.CheckConstraint('recheck_months IS NULL OR recheck_months > 0', name=op.f('ck_category_recheck_months')),
    sa.CheckConstraint('validity_months IS NULL OR validity_months > 0', name=op.f('ck_category_validity_months')),
    sa.ForeignKeyConstraint(['responsible_id'], ['unit.id'], name=op.f('fk_category_responsible_id')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_category_scheme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('scheme_id', 'code', name=op.f('uq_category_scheme_id_code'))
    )
    with op.batch_alter_table('category', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_category_responsible_id'), ['responsible_id'], unique=False)

    op.create_table('category_co_unit',
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_category_co_unit_category_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_category_co_unit_unit_id')),
    sa.PrimaryKeyConstraint('category_id', 'unit_id', name=op.f('pk_category_co_unit'))
    )
    with op.batch_alter_table('category_co_unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_category_co_unit_unit_id'), ['unit_id'], unique=False)

    op.create_table('recognition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('business_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('street', models.base.Line(length=40), nullable=False),
    sa.Column('origin', sa.Enum('business', 'unit', 'import', 'reinstated', name='origin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('declarations', sa.JSON(), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying', 'refused', 'expired', 'withdrawn', 'removed', name='recognitionstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('gate', models.base.Line(length=24), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('notice_from', sa.Date(), nullable=True),
    sa.Column('notice_until', sa.Date(), nullable=True),
    sa.Column('recognised_on', sa.Date(), nullable=True),
    sa.Column('certificate_no', models.base.Line(length=60), nullable=True),
    sa.Column('token', models.base.Line(length=32), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('next_check_on', sa.Date(), nullable=True),
    sa.Column('rectify_by', sa.Date(), nullable=True),
    sa.Column('ended_at', models.base.Moment(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reinstates_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'rectifying') = (rectify_by IS NOT NULL)", name=op.f('ck_recognition_rectify_by')),
    sa.CheckConstraint("(status = 'refused') = (gate <> '')", name=op.f('ck_recognition_gate')),
    sa.CheckConstraint("(status IN ('refused', 'expired', 'withdrawn', 'removed')) = (ended_at IS NOT NULL)", name=op.f('ck_recognition_ended_at')),
    sa.CheckConstraint("status <> 'on_notice' OR (notice_from IS NOT NULL AND notice_until >= notice_from)", name=op.f('ck_recognition_notice')),
    sa.CheckConstraint("status NOT IN ('applied', 'reviewed', 'inspected', 'on_notice', 'refused') OR certificate_no IS NULL", name=op.f('ck_recognition_not_yet')),
    sa.CheckConstraint("status NOT IN ('recognised', 'rectifying', 'expired', 'removed') OR certificate_no IS NOT NULL", name=op.f('ck_recognition_recognised')),
    sa.CheckConstraint("status NOT IN ('refused', 'withdrawn', 'removed') OR reason <> ''", name=op.f('ck_recognition_reason')),
    sa.CheckConstraint('(certificate_no IS NULL) = (recognised_on IS NULL) AND (certificate_no IS NULL) = (token IS NULL) AND (certificate_no IS NULL) = (valid_until IS NULL)', name=op.f('ck_recognition_certificate')),
    sa.CheckConstraint('(ended_at IS NULL) = (ended_on IS NULL)', name=op.f('ck_recognition_ended_on')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= recognised_on', name=op.f('ck_recognition_validity')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_recognition_business_id')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_recognition_category_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['unit.id'], name=op.f('fk_recognition_proposed_by_id')),
    sa.ForeignKeyConstraint(['reinstates_id'], ['recognition.id'], name=op.f('fk_recognition_reinstates_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recognition')),
    sa.UniqueConstraint('certificate_no', name=op.f('uq_recognition_certificate_no')),
    sa.UniqueConstraint('reinstates_id', name=op.f('uq_recognition_reinstates_id')),
    sa.UniqueConstraint('token', name=op.f('uq_recognition_token'))
    )
    with op.batch_alter_table('recognition', schema=None) as batch_op:
        batch_op.create_index('ix_recognition_business_id', ['business_id', 'id'], unique=False)
        batch_op.create_index('ix_recognition_category_id_status', ['category_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_recognition_listed', ['id'], unique=False, sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.create_index('ix_recognition_listed_both', ['category_id', 'street', 'id'], unique=False, sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.create_index('ix_recognition_listed_category', ['category_id', 'id'], unique=False, sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.create_index('ix_recognition_listed_street', ['street', 'id'], unique=False, sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.create_index('ix_recognition_next_check_on', ['status', 'next_check_on'], unique=False)
        batch_op.create_index('ix_recognition_recognised_on', ['recognised_on', 'id'], unique=False)
        batch_op.create_index('ix_recognition_status', ['status', 'id'], unique=False)
        batch_op.create_index('ix_recognition_valid_until', ['status', 'valid_until'], unique=False)
        batch_op.create_index('uq_recognition_live', ['business_id', 'category_id'], unique=True, sqlite_where=sa.text("status IN ('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying')"))

    op.create_table('score_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('title', models.base.Line(length=120), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('published_at', models.base.Moment(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('minimum >= 0', name=op.f('ck_score_sheet_minimum')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_score_sheet_category_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_sheet')),
    sa.UniqueConstraint('category_id', 'serial', name=op.f('uq_score_sheet_category_id_serial'))
    )
    op.create_table('target',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_target_number')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_target_category_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_target_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_target')),
    sa.UniqueConstraint('category_id', 'year', 'unit_id', name=op.f('uq_target_category_id_year_unit_id'))
    )
    op.create_table('application_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', models.base.Line(length=64), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('created_at', models.base.Moment(), nullable=False),
    sa.Column('changed_at', models.base.Moment(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_application_draft_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_draft')),
    sa.UniqueConstraint('recognition_id', name=op.f('uq_application_draft_recognition_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_application_draft_token_hash'))
    )
    with op.batch_alter_table('application_draft', schema=None) as batch_op:
        batch_op.create_index('ix_application_draft_expires_on', ['expires_on'], unique=False)

    op.create_table('assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('assessor', models.base.Line(length=120), nullable=False),
    sa.Column('assessed_on', sa.Date(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('finding', models.base.Words(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', models.base.Moment(), nullable=False),
    sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_assessment_score')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_assessment_file_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_assessment_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment'))
    )
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assessment_recognition_id'), ['recognition_id'], unique=False)

    op.create_table('consumer_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('visit_hash', models.base.Line(length=64), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('text', models.base.Line(length=500), nullable=False),
    sa.Column('at', models.base.Moment(), nullable=False),
    sa.CheckConstraint('stars BETWEEN 1 AND 5', name=op.f('ck_consumer_review_stars')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_consumer_review_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consumer_review')),
    sa.UniqueConstraint('recognition_id', 'visit_hash', name=op.f('uq_consumer_review_recognition_id_visit_hash'))
    )
    with op.batch_alter_table('consumer_review', schema=None) as batch_op:
        batch_op.create_index('ix_consumer_review_recognition_id_at', ['recognition_id', 'at'], unique=False)

    op.create_table('feedback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', models.base.Line(length=40), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('still_up', 'mismatch', 'fake', 'promise', 'other', name='feedbackkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('contact', models.base.Line(length=800), nullable=False),
    sa.Column('place', models.base.Line(length=64), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('answer', models.base.Words(), nullable=False),
    sa.Column('answered_at', models.base.Moment(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f('ck_feedback_answered_at')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feedback_person_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_feedback_recognition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_feedback_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    sa.UniqueConstraint('number', name=op.f('uq_feedback_number'))
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index('ix_feedback_place_at', ['place', 'received_at'], unique=False)
        batch_op.create_index('ix_feedback_recognition_id', ['recognition_id', 'id'], unique=False)
        batch_op.create_index('ix_feedback_unit_id_answered_at', ['unit_id', 'answered_at', 'due_on'], unique=False)

    op.create_table('inspection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('first', 'recheck', 'rectification', name='inspectionkind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('key', models.base.Line(length=64), nullable=False),
    sa.Column('inspected_on', sa.Date(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('shortfall', models.base.Line(length=300), nullable=False),
    sa.Column('finding', models.base.Words(), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=False),
    sa.CheckConstraint("passed = (shortfall = '')", name=op.f('ck_inspection_shortfall')),
    sa.CheckConstraint('total >= 0', name=op.f('ck_inspection_total')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_inspection_person_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_inspection_recognition_id')),
    sa.ForeignKeyConstraint(['sheet_id'], ['score_sheet.id'], name=op.f('fk_inspection_sheet_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_inspection_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection')),
    sa.UniqueConstraint('recognition_id', 'key', name=op.f('uq_inspection_recognition_id_key'))
    )
    op.create_table('objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('contact', models.base.Line(length=800), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('open', 'upheld', 'dismissed', name='objectionstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('finding', models.base.Words(), nullable=False),
    sa.Column('decided_at', models.base.Moment(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f('ck_objection_decided_at')),
    sa.CheckConstraint("status = 'open' OR finding <> ''", name=op.f('ck_objection_finding')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_objection_decided_by_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_objection_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection'))
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.create_index('ix_objection_recognition_id_status', ['recognition_id', 'status'], unique=False)

    op.create_table('promise',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('first_asked', 'pay_first', 'returns', 'three_guarantees', 'fast_lane', 'other', name='promisekind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', models.base.Line(length=500), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ended_on IS NULL OR ended_on >= since', name=op.f('ck_promise_period')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_promise_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise'))
    )
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promise_recognition_id'), ['recognition_id'], unique=False)

    op.create_table('removal_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('pending', 'confirmed', 'rejected', 'lapsed', name='removalproposalstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('why', models.base.Line(length=300), nullable=False),
    sa.Column('opened_at', models.base.Moment(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('reason', models.base.Line(length=500), nullable=False),
    sa.Column('decided_at', models.base.Moment(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f('ck_removal_proposal_decided_at')),
    sa.CheckConstraint("status = 'pending' OR reason <> ''", name=op.f('ck_removal_proposal_reason')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_removal_proposal_decided_by_id')),
    sa.ForeignKeyConstraint(['event_id'], ['trust_event.id'], name=op.f('fk_removal_proposal_event_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_removal_proposal_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal_proposal')),
    sa.UniqueConstraint('recognition_id', 'event_id', name=op.f('uq_removal_proposal_recognition_id_event_id'))
    )
    with op.batch_alter_table('removal_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_removal_proposal_event_id'), ['event_id'], unique=False)
        batch_op.create_index('ix_removal_proposal_status_due_on', ['status', 'due_on'], unique=False)

    op.create_table('score_part',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('name', models.base.Line(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.CheckConstraint('minimum >= 0', name=op.f('ck_score_part_minimum')),
    sa.ForeignKeyConstraint(['sheet_id'], ['score_sheet.id'], name=op.f('fk_score_part_sheet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_part'))
    )
    with op.batch_alter_table('score_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_part_sheet_id'), ['sheet_id'], unique=False)

    op.create_table('application_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.Column('recognition_id', sa.Integer(), nullable=True),
    sa.Column('kind', models.base.Line(length=60), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('draft_id IS NOT NULL OR recognition_id IS NOT NULL', name=op.f('ck_application_paper_belongs')),
    sa.ForeignKeyConstraint(['draft_id'], ['application_draft.id'], name=op.f('fk_application_paper_draft_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_application_paper_file_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_application_paper_recognition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_paper'))
    )
    with op.batch_alter_table('application_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_paper_draft_id'), ['draft_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_paper_recognition_id'), ['recognition_id'], unique=False)

    op.create_table('score_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('part_id', sa.Integer(), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint('weight > 0', name=op.f('ck_score_item_weight')),
    sa.ForeignKeyConstraint(['part_id'], ['score_part.id'], name=op.f('fk_score_item_part_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_item'))
    )
    with op.batch_alter_table('score_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_item_part_id'), ['part_id'], unique=False)

    op.create_table('inspection_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_inspection_photo_file_id')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_photo_inspection_id')),
    sa.ForeignKeyConstraint(['item_id'], ['score_item.id'], name=op.f('fk_inspection_photo_item_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspection_photo'))
    )
    with op.batch_alter_table('inspection_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_inspection_photo_inspection_id'), ['inspection_id'], unique=False)

    op.create_table('inspection_score',
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('note', models.base.Line(length=500), nullable=False),
    sa.CheckConstraint('points >= 0', name=op.f('ck_inspection_score_points')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspection.id'], name=op.f('fk_inspection_score_inspection_id')),
    sa.ForeignKeyConstraint(['item_id'], ['score_item.id'], name=op.f('fk_inspection_score_item_id')),
    sa.PrimaryKeyConstraint('inspection_id', 'item_id', name=op.f('pk_inspection_score'))
    )
    op.create_table('removal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recognition_id', sa.Integer(), nullable=False),
    sa.Column('business_id', sa.Integer(), nullable=False),
    sa.Column('certificate_no', models.base.Line(length=60), nullable=False),
    sa.Column('name', models.base.Line(length=120), nullable=False),
    sa.Column('category_name', models.base.Line(length=60), nullable=False),
    sa.Column('uscc', models.base.Line(length=18), nullable=False),
    sa.Column('address', models.base.Line(length=200), nullable=False),
    sa.Column('recognised_on', sa.Date(), nullable=False),
    sa.Column('ground', models.base.Line(length=60), nullable=False),
    sa.Column('clause', models.base.Line(length=300), nullable=False),
    sa.Column('known_at', models.base.Moment(), nullable=False),
    sa.Column('removed_at', models.base.Moment(), nullable=False),
    sa.Column('removed_on', sa.Date(), nullable=False),
    sa.Column('bar_until', sa.Date(), nullable=True),
    sa.Column('shown_until', sa.Date(), nullable=True),
    sa.Column('overturned_at', models.base.Moment(), nullable=True),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('overturned_at IS NULL OR (bar_until IS NULL AND shown_until IS NULL)', name=op.f('ck_removal_overturned_at')),
    sa.ForeignKeyConstraint(['business_id'], ['business.id'], name=op.f('fk_removal_business_id')),
    sa.ForeignKeyConstraint(['recognition_id'], ['recognition.id'], name=op.f('fk_removal_recognition_id')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_removal_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal')),
    sa.UniqueConstraint('recognition_id', name=op.f('uq_removal_recognition_id'))
    )
    with op.batch_alter_table('removal', schema=None) as batch_op:
        batch_op.create_index('ix_removal_business_id', ['business_id', 'id'], unique=False)
        batch_op.create_index('ix_removal_removed_on', ['removed_on', 'id'], unique=False)
        batch_op.create_index('ix_removal_shown_until', ['shown_until', 'id'], unique=False)

    op.create_table('appeal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('removal_id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.Enum('business', 'reversed', name='appealorigin', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('text', models.base.Words(), nullable=False),
    sa.Column('contact', models.base.Line(length=800), nullable=False),
    sa.Column('received_at', models.base.Moment(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('derivation', models.base.Words(), nullable=False),
    sa.Column('status', sa.Enum('open', 'upheld', 'refused', name='appealstatus', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('answer', models.base.Words(), nullable=False),
    sa.Column('decided_at', models.base.Moment(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f('ck_appeal_decided_at')),
    sa.CheckConstraint("status = 'open' OR answer <> ''", name=op.f('ck_appeal_answer')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_appeal_decided_by_id')),
    sa.ForeignKeyConstraint(['removal_id'], ['removal.id'], name=op.f('fk_appeal_removal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeal'))
    )
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appeal_removal_id'), ['removal_id'], unique=False)
        batch_op.create_index('ix_appeal_status_due_on', ['status', 'due_on'], unique=False)
        batch_op.create_index('uq_appeal_open', ['removal_id'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('removal_basis',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('removal_id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('ground', models.base.Line(length=60), nullable=False),
    sa.Column('clause', models.base.Line(length=300), nullable=False),
    sa.Column('bar_until', sa.Date(), nullable=True),
    sa.Column('bar_clause', models.base.Line(length=200), nullable=False),
    sa.Column('shown_until', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['trust_event.id'], name=op.f('fk_removal_basis_event_id')),
    sa.ForeignKeyConstraint(['removal_id'], ['removal.id'], name=op.f('fk_removal_basis_removal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_removal_basis')),
    sa.UniqueConstraint('removal_id', 'event_id', name=op.f('uq_removal_basis_removal_id_event_id'))
    )
    with op.batch_alter_table('removal_basis', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_removal_basis_event_id'), ['event_id'], unique=False)

    op.create_table('trade_measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('removal_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('owed_at', models.base.Moment(), nullable=False),
    sa.Column('text', models.base.Line(length=1000), nullable=False),
    sa.Column('done_at', models.base.Moment(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(done_at IS NULL) = (text = '')", name=op.f('ck_trade_measure_done_at')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_trade_measure_person_id')),
    sa.ForeignKeyConstraint(['removal_id'], ['removal.id'], name=op.f('fk_trade_measure_removal_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_trade_measure_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trade_measure')),
    sa.UniqueConstraint('removal_id', 'unit_id', name=op.f('uq_trade_measure_removal_id_unit_id'))
    )
    with op.batch_alter_table('trade_measure', schema=None) as batch_op:
        batch_op.create_index('ix_trade_measure_unit_id_done_at', ['unit_id', 'done_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('trade_measure', schema=None) as batch_op:
        batch_op.drop_index('ix_trade_measure_unit_id_done_at')

    op.drop_table('trade_measure')
    with op.batch_alter_table('removal_basis', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_removal_basis_event_id'))

    op.drop_table('removal_basis')
    with op.batch_alter_table('appeal', schema=None) as batch_op:
        batch_op.drop_index('uq_appeal_open', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.drop_index('ix_appeal_status_due_on')
        batch_op.drop_index(batch_op.f('ix_appeal_removal_id'))

    op.drop_table('appeal')
    with op.batch_alter_table('removal', schema=None) as batch_op:
        batch_op.drop_index('ix_removal_shown_until')
        batch_op.drop_index('ix_removal_removed_on')
        batch_op.drop_index('ix_removal_business_id')

    op.drop_table('removal')
    op.drop_table('inspection_score')
    with op.batch_alter_table('inspection_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inspection_photo_inspection_id'))

    op.drop_table('inspection_photo')
    with op.batch_alter_table('score_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_score_item_part_id'))

    op.drop_table('score_item')
    with op.batch_alter_table('application_paper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_paper_recognition_id'))
        batch_op.drop_index(batch_op.f('ix_application_paper_draft_id'))

    op.drop_table('application_paper')
    with op.batch_alter_table('score_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_score_part_sheet_id'))

    op.drop_table('score_part')
    with op.batch_alter_table('removal_proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_removal_proposal_status_due_on')
        batch_op.drop_index(batch_op.f('ix_removal_proposal_event_id'))

    op.drop_table('removal_proposal')
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_promise_recognition_id'))

    op.drop_table('promise')
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.drop_index('ix_objection_recognition_id_status')

    op.drop_table('objection')
    op.drop_table('inspection')
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.drop_index('ix_feedback_unit_id_answered_at')
        batch_op.drop_index('ix_feedback_recognition_id')
        batch_op.drop_index('ix_feedback_place_at')

    op.drop_table('feedback')
    with op.batch_alter_table('consumer_review', schema=None) as batch_op:
        batch_op.drop_index('ix_consumer_review_recognition_id_at')

    op.drop_table('consumer_review')
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assessment_recognition_id'))

    op.drop_table('assessment')
    with op.batch_alter_table('application_draft', schema=None) as batch_op:
        batch_op.drop_index('ix_application_draft_expires_on')

    op.drop_table('application_draft')
    op.drop_table('target')
    op.drop_table('score_sheet')
    with op.batch_alter_table('recognition', schema=None) as batch_op:
        batch_op.drop_index('uq_recognition_live', sqlite_where=sa.text("status IN ('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('applied', 'reviewed', 'inspected', 'on_notice', 'recognised', 'rectifying')"))
        batch_op.drop_index('ix_recognition_valid_until')
        batch_op.drop_index('ix_recognition_status')
        batch_op.drop_index('ix_recognition_recognised_on')
        batch_op.drop_index('ix_recognition_next_check_on')
        batch_op.drop_index('ix_recognition_listed_street', sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.drop_index('ix_recognition_listed_category', sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.drop_index('ix_recognition_listed_both', sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.drop_index('ix_recognition_listed', sqlite_where=sa.text("status IN ('recognised', 'rectifying')"), postgresql_where=sa.text("status IN ('recognised', 'rectifying')"))
        batch_op.drop_index('ix_recognition_category_id_status')
        batch_op.drop_index('ix_recognition_business_id')

    op.drop_table('recognition')
    with op.batch_alter_table('category_co_unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_category_co_unit_unit_id'))

    op.drop_table('category_co_unit')
    with op.batch_alter_table('category', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_category_responsible_id'))

    op.drop_table('category')
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scheme_mechanism_id'))

    op.drop_table('scheme')
    with op.batch_alter_table('trust_event', schema=None) as batch_op:
        batch_op.drop_index('ix_trust_event_uscc')
        batch_op.drop_index('ix_trust_event_plain_name')
        batch_op.drop_index(batch_op.f('ix_trust_event_ground_id'))
        batch_op.drop_index('ix_trust_event_business_id')

    op.drop_table('trust_event')
    op.drop_table('list_version')
    op.drop_table('ground')
    with op.batch_alter_table('business', schema=None) as batch_op:
        batch_op.drop_index('ix_business_plain_name')
        batch_op.drop_index(batch_op.f('ix_business_initials'))

    op.drop_table('business')
