"""Surveys, area settlements and titles; a line below zero frees what a buyer paid too much."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0045_surveys_and_titles'
down_revision = '0044_portal'
branch_labels = None
depends_on = None

REPLACED = ("allocation_insert_allocation_above_receivable", "allocation_insert_allocation_below_zero")
TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER allocation_insert_allocation_above_receivable BEFORE INSERT ON allocation WHEN NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) > (SELECT CASE WHEN r.state = 'planned' AND r.amount_fen > 0 THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) BEGIN SELECT RAISE(ABORT, 'allocation_above_receivable'); END
        """,
        """
CREATE TRIGGER allocation_insert_allocation_below_zero BEFORE INSERT ON allocation WHEN NEW.amount_fen < 0 AND ((NOT EXISTS (SELECT 1 FROM receivable r WHERE r.id = NEW.receivable_id AND r.amount_fen < 0) AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id AND a.receivable_id = NEW.receivable_id) < 0) OR (EXISTS (SELECT 1 FROM receivable r WHERE r.id = NEW.receivable_id AND r.amount_fen < 0) AND (NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) < (SELECT CASE WHEN r.state = 'planned' AND r.amount_fen < 0 THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) OR NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) < 0))) BEGIN SELECT RAISE(ABORT, 'allocation_below_zero'); END
        """,
        """
CREATE TRIGGER keep_survey_area_delete BEFORE DELETE ON survey_area
BEGIN SELECT RAISE(ABORT, 'append_only:survey_area'); END
        """,
        """
CREATE TRIGGER keep_survey_area_update BEFORE UPDATE ON survey_area
BEGIN SELECT RAISE(ABORT, 'append_only:survey_area'); END
        """,
        """
CREATE TRIGGER keep_title_event_delete BEFORE DELETE ON title_event
BEGIN SELECT RAISE(ABORT, 'append_only:title_event'); END
        """,
        """
CREATE TRIGGER keep_title_event_update BEFORE UPDATE ON title_event
BEGIN SELECT RAISE(ABORT, 'append_only:title_event'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_above_receivable()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) > (SELECT CASE WHEN r.state = 'planned' AND r.amount_fen > 0 THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) THEN RAISE EXCEPTION 'allocation_above_receivable'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_below_zero()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.amount_fen < 0 AND ((NOT EXISTS (SELECT 1 FROM receivable r WHERE r.id = NEW.receivable_id AND r.amount_fen < 0) AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id AND a.receivable_id = NEW.receivable_id) < 0) OR (EXISTS (SELECT 1 FROM receivable r WHERE r.id = NEW.receivable_id AND r.amount_fen < 0) AND (NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) < (SELECT CASE WHEN r.state = 'planned' AND r.amount_fen < 0 THEN r.amount_fen ELSE 0 END FROM receivable r WHERE r.id = NEW.receivable_id) OR NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id) < 0))) THEN RAISE EXCEPTION 'allocation_below_zero'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER keep_survey_area_delete BEFORE DELETE ON public.survey_area FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_survey_area_update BEFORE UPDATE ON public.survey_area FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_title_event_delete BEFORE DELETE ON public.title_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_title_event_update BEFORE UPDATE ON public.title_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""
    op.create_table('survey',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.Enum('measured', 'registered', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('surveyed_on', sa.Date(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'released', 'rejected', 'superseded', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('proposed_by', sa.String(length=36), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=36), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name=op.f('ck_survey_decided')),
    sa.CheckConstraint("state = 'rejected' OR decided_by IS NULL OR decided_by <> proposed_by", name=op.f('ck_survey_second_person')),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_survey_building_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_survey_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey')),
    sa.UniqueConstraint('building_id', 'no', name=op.f('uq_survey_building_id_no'))
    )
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_path'), ['path'], unique=False)
        batch_op.create_index('uq_survey_released', ['building_id', 'kind'], unique=True, sqlite_where=sa.text("state = 'released'"), postgresql_where=sa.text("state = 'released'"))

    op.create_table('building_run',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.Enum('area', 'title', 'submission', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=False),
    sa.Column('survey_id', sa.String(length=36), nullable=True),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('state', sa.Enum('running', 'ended', 'stopped', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('begun_by', sa.String(length=36), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_building_run_building_id')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_building_run_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_building_run'))
    )
    with op.batch_alter_table('building_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_building_run_path'), ['path'], unique=False)
        batch_op.create_index('uq_building_run_running', ['building_id', 'kind'], unique=True, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))

    op.create_table('building_title',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('survey_id', sa.String(length=36), nullable=False),
    sa.Column('no', sa.String(length=60), nullable=False),
    sa.Column('registered_on', sa.Date(), nullable=False),
    sa.Column('noted_by', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_building_title_building_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_building_title_project_id')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_building_title_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_building_title')),
    sa.UniqueConstraint('building_id', name=op.f('uq_building_title_building_id')),
    sa.UniqueConstraint('project_id', 'no', name=op.f('uq_building_title_project_id_no'))
    )
    with op.batch_alter_table('building_title', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_building_title_path'), ['path'], unique=False)

    op.create_table('survey_area',
    sa.Column('survey_id', sa.String(length=36), nullable=False),
    sa.Column('unit_id', sa.String(length=36), nullable=False),
    sa.Column('building_area_hundredths', sa.Integer(), nullable=False),
    sa.Column('inside_area_hundredths', sa.Integer(), nullable=True),
    sa.CheckConstraint('building_area_hundredths > 0', name=op.f('ck_survey_area_area_is_positive')),
    sa.CheckConstraint('inside_area_hundredths IS NULL OR (inside_area_hundredths > 0 AND inside_area_hundredths <= building_area_hundredths)', name=op.f('ck_survey_area_inside_is_inside')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_area_survey_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_survey_area_unit_id')),
    sa.PrimaryKeyConstraint('survey_id', 'unit_id', name=op.f('pk_survey_area')),
    info={'append_only': True}
    )
    with op.batch_alter_table('survey_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_area_unit_id'), ['unit_id'], unique=False)

    op.create_table('building_run_item',
    sa.Column('run_id', sa.String(length=36), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f('ck_building_run_item_state')),
    sa.ForeignKeyConstraint(['run_id'], ['building_run.id'], name=op.f('fk_building_run_item_run_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_building_run_item_sale_id')),
    sa.PrimaryKeyConstraint('run_id', 'sale_id', name=op.f('pk_building_run_item'))
    )
    with op.batch_alter_table('building_run_item', schema=None) as batch_op:
        batch_op.create_index('ix_building_run_item_run_id_state_position', ['run_id', 'state', 'position'], unique=False)

    op.create_table('title_case',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.Enum('measured', 'registered', 'papers', 'paid', 'submitted', 'issued', 'handed_over', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_rule', sa.Enum('contract', 'presale', 'finished', name='due_rule', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('delivered_on', sa.Date(), nullable=True),
    sa.Column('papers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('submitted_on', sa.Date(), nullable=True),
    sa.Column('submission_no', sa.String(length=60), nullable=True),
    sa.Column('returned_reason', sa.String(length=500), nullable=True),
    sa.Column('certificate_no', sa.String(length=60), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('handed_to', sa.Enum('buyer', 'bank', name='handed_to', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'handed_over' OR (handed_on IS NOT NULL AND handed_to IS NOT NULL)", name=op.f('ck_title_case_handed_to_whom')),
    sa.CheckConstraint("state <> 'submitted' OR submitted_on IS NOT NULL", name=op.f('ck_title_case_submitted_when')),
    sa.CheckConstraint("state NOT IN ('issued', 'handed_over') OR (issued_on IS NOT NULL AND certificate_no IS NOT NULL)", name=op.f('ck_title_case_issued_with_number')),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_title_case_building_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_title_case_project_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_title_case_sale_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_title_case')),
    sa.UniqueConstraint('project_id', 'certificate_no', name=op.f('uq_title_case_project_id_certificate_no'))
    )
    with op.batch_alter_table('title_case', schema=None) as batch_op:
        batch_op.create_index('ix_title_case_building_id_state', ['building_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_title_case_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_title_case_path'), ['path'], unique=False)
        batch_op.create_index(batch_op.f('ix_title_case_sale_id'), ['sale_id'], unique=False)
        batch_op.create_index('uq_title_case_live', ['sale_id'], unique=True, sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))

    op.create_table('area_settlement',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('survey_id', sa.String(length=36), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=False),
    sa.Column('basis', sa.String(length=20), nullable=False),
    sa.Column('rule', sa.Enum('contract_price', 'whole_difference', 'none', name='rule', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('tolerance_bp', sa.Integer(), nullable=False),
    sa.Column('contract_area_hundredths', sa.Integer(), nullable=False),
    sa.Column('settled_area_hundredths', sa.Integer(), nullable=False),
    sa.Column('contract_fen', sa.BigInteger(), nullable=False),
    sa.Column('ratio', sa.String(length=60), nullable=False),
    sa.Column('verdict', sa.Enum('nothing', 'within', 'above', 'below', name='verdict', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('difference_fen', sa.BigInteger(), nullable=False),
    sa.Column('compensation_fen', sa.BigInteger(), nullable=False),
    sa.Column('borne_fen', sa.BigInteger(), nullable=False),
    sa.Column('final_fen', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('open', 'asking', 'rescinding', 'posted', 'settled', 'nothing', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('choice', sa.Enum('keep', 'rescind', name='choice', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('choice_by', sa.String(length=36), nullable=True),
    sa.Column('asked_on', sa.Date(), nullable=True),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('rescind_by', sa.Date(), nullable=True),
    sa.Column('schedule_id', sa.String(length=36), nullable=True),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('money', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state NOT IN ('posted', 'settled') OR posted_at IS NOT NULL", name=op.f('ck_area_settlement_posted_when')),
    sa.CheckConstraint('compensation_fen >= 0 AND borne_fen >= 0', name=op.f('ck_area_settlement_parts')),
    sa.CheckConstraint('final_fen = contract_fen + difference_fen', name=op.f('ck_area_settlement_final')),
    sa.ForeignKeyConstraint(['building_id'], ['building.id'], name=op.f('fk_area_settlement_building_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_area_settlement_project_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_area_settlement_sale_id')),
    sa.ForeignKeyConstraint(['schedule_id'], ['receivable_schedule.id'], name=op.f('fk_area_settlement_schedule_id')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_area_settlement_survey_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area_settlement')),
    sa.UniqueConstraint('schedule_id', name=op.f('uq_area_settlement_schedule_id'))
    )
    with op.batch_alter_table('area_settlement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_settlement_building_id'), ['building_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_area_settlement_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_area_settlement_path'), ['path'], unique=False)
        batch_op.create_index(batch_op.f('ix_area_settlement_sale_id'), ['sale_id'], unique=False)
        batch_op.create_index('uq_area_settlement_live', ['sale_id'], unique=True, sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))

    op.create_table('title_event',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('case_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.Enum('opened', 'registered', 'papers', 'paid', 'submitted', 'returned', 'issued', 'handed_over', 'clock', 'late', 'begun_anew', 'withdrawn', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['title_case.id'], name=op.f('fk_title_event_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_title_event')),
    info={'append_only': True}
    )
    with op.batch_alter_table('title_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_title_event_case_id'), ['case_id'], unique=False)

    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for rule in REPLACED:
            connection.exec_driver_sql(f"DROP TRIGGER {rule}")
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('title_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_title_event_case_id'))

    op.drop_table('title_event')
    with op.batch_alter_table('area_settlement', schema=None) as batch_op:
        batch_op.drop_index('uq_area_settlement_live', sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))
        batch_op.drop_index(batch_op.f('ix_area_settlement_sale_id'))
        batch_op.drop_index(batch_op.f('ix_area_settlement_path'))
        batch_op.drop_index(batch_op.f('ix_area_settlement_instance_id'))
        batch_op.drop_index(batch_op.f('ix_area_settlement_building_id'))

    op.drop_table('area_settlement')
    with op.batch_alter_table('title_case', schema=None) as batch_op:
        batch_op.drop_index('uq_title_case_live', sqlite_where=sa.text("state <> 'withdrawn'"), postgresql_where=sa.text("state <> 'withdrawn'"))
        batch_op.drop_index(batch_op.f('ix_title_case_sale_id'))
        batch_op.drop_index(batch_op.f('ix_title_case_path'))
        batch_op.drop_index(batch_op.f('ix_title_case_instance_id'))
        batch_op.drop_index('ix_title_case_building_id_state')

    op.drop_table('title_case')
    with op.batch_alter_table('building_run_item', schema=None) as batch_op:
        batch_op.drop_index('ix_building_run_item_run_id_state_position')

    op.drop_table('building_run_item')
    with op.batch_alter_table('survey_area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_survey_area_unit_id'))

    op.drop_table('survey_area')
    with op.batch_alter_table('building_title', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_building_title_path'))

    op.drop_table('building_title')
    with op.batch_alter_table('building_run', schema=None) as batch_op:
        batch_op.drop_index('uq_building_run_running', sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
        batch_op.drop_index(batch_op.f('ix_building_run_path'))

    op.drop_table('building_run')
    with op.batch_alter_table('survey', schema=None) as batch_op:
        batch_op.drop_index('uq_survey_released', sqlite_where=sa.text("state = 'released'"), postgresql_where=sa.text("state = 'released'"))
        batch_op.drop_index(batch_op.f('ix_survey_path'))

    op.drop_table('survey')
