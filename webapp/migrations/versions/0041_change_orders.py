"""change orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0041_change_orders'
down_revision = '0040_sale_moves'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER change_approval_insert_change_approval_empty BEFORE INSERT ON change_approval WHEN NOT EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id AND o.mode = NEW.mode AND o.content_hash = NEW.content_hash) OR (NEW.mode <> 'none' AND NOT EXISTS (SELECT 1 FROM change_approver p WHERE p.order_id = NEW.order_id AND p.content_hash = NEW.content_hash)) BEGIN SELECT RAISE(ABORT, 'change_approval_empty'); END
        """,
        """
CREATE TRIGGER change_approver_insert_change_approval_sealed BEFORE INSERT ON change_approver WHEN EXISTS (SELECT 1 FROM change_approval a WHERE a.order_id = NEW.order_id AND a.content_hash = NEW.content_hash) BEGIN SELECT RAISE(ABORT, 'change_approval_sealed'); END
        """,
        """
CREATE TRIGGER change_approver_insert_change_approver_applied BEFORE INSERT ON change_approver WHEN EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id AND (o.applied_by = NEW.staff_id OR o.applied_for = NEW.staff_id OR o.owner_id = NEW.staff_id)) BEGIN SELECT RAISE(ABORT, 'change_approver_applied'); END
        """,
        """
CREATE TRIGGER change_order_delete_change_fixed BEFORE DELETE ON change_order WHEN 1 = 1 BEGIN SELECT RAISE(ABORT, 'change_fixed'); END
        """,
        """
CREATE TRIGGER change_order_insert_change_fixed BEFORE INSERT ON change_order WHEN NEW.state <> 'submitted' BEGIN SELECT RAISE(ABORT, 'change_fixed'); END
        """,
        """
CREATE TRIGGER change_order_update_change_executor_approved BEFORE UPDATE ON change_order WHEN NEW.state = 'executed' AND EXISTS (SELECT 1 FROM change_approver p WHERE p.order_id = NEW.id AND p.content_hash = NEW.content_hash AND p.staff_id = NEW.executed_by) BEGIN SELECT RAISE(ABORT, 'change_executor_approved'); END
        """,
        """
CREATE TRIGGER change_order_update_change_fixed BEFORE UPDATE ON change_order WHEN OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR (NEW.content_hash <> OLD.content_hash AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version BEGIN SELECT RAISE(ABORT, 'change_fixed'); END
        """,
        """
CREATE TRIGGER change_order_update_change_unapproved BEFORE UPDATE ON change_order WHEN NEW.state = 'executed' AND NOT EXISTS (SELECT 1 FROM change_approval a WHERE a.order_id = NEW.id AND a.content_hash = NEW.content_hash AND a.mode = NEW.mode) BEGIN SELECT RAISE(ABORT, 'change_unapproved'); END
        """,
        """
CREATE TRIGGER keep_change_approval_delete BEFORE DELETE ON change_approval
BEGIN SELECT RAISE(ABORT, 'append_only:change_approval'); END
        """,
        """
CREATE TRIGGER keep_change_approval_update BEFORE UPDATE ON change_approval
BEGIN SELECT RAISE(ABORT, 'append_only:change_approval'); END
        """,
        """
CREATE TRIGGER keep_change_approver_delete BEFORE DELETE ON change_approver
BEGIN SELECT RAISE(ABORT, 'append_only:change_approver'); END
        """,
        """
CREATE TRIGGER keep_change_approver_update BEFORE UPDATE ON change_approver
BEGIN SELECT RAISE(ABORT, 'append_only:change_approver'); END
        """,
        """
CREATE TRIGGER keep_change_event_delete BEFORE DELETE ON change_event
BEGIN SELECT RAISE(ABORT, 'append_only:change_event'); END
        """,
        """
CREATE TRIGGER keep_change_event_update BEFORE UPDATE ON change_event
BEGIN SELECT RAISE(ABORT, 'append_only:change_event'); END
        """,
        """
CREATE TRIGGER keep_supplement_delete BEFORE DELETE ON supplement
BEGIN SELECT RAISE(ABORT, 'append_only:supplement'); END
        """,
        """
CREATE TRIGGER keep_supplement_update BEFORE UPDATE ON supplement
BEGIN SELECT RAISE(ABORT, 'append_only:supplement'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.change_approval_insert_change_approval_empty()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM change_order WHERE id = NEW.order_id FOR UPDATE; IF NOT EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id AND o.mode = NEW.mode AND o.content_hash = NEW.content_hash) OR (NEW.mode <> 'none' AND NOT EXISTS (SELECT 1 FROM change_approver p WHERE p.order_id = NEW.order_id AND p.content_hash = NEW.content_hash)) THEN RAISE EXCEPTION 'change_approval_empty'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_approver_insert_change_approval_sealed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF EXISTS (SELECT 1 FROM change_approval a WHERE a.order_id = NEW.order_id AND a.content_hash = NEW.content_hash) THEN RAISE EXCEPTION 'change_approval_sealed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_approver_insert_change_approver_applied()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM change_order WHERE id = NEW.order_id FOR UPDATE; IF EXISTS (SELECT 1 FROM change_order o WHERE o.id = NEW.order_id AND (o.applied_by = NEW.staff_id OR o.applied_for = NEW.staff_id OR o.owner_id = NEW.staff_id)) THEN RAISE EXCEPTION 'change_approver_applied'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_order_delete_change_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'change_fixed'; END IF; RETURN OLD; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_order_insert_change_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state <> 'submitted' THEN RAISE EXCEPTION 'change_fixed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_order_update_change_executor_approved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state = 'executed' AND EXISTS (SELECT 1 FROM change_approver p WHERE p.order_id = NEW.id AND p.content_hash = NEW.content_hash AND p.staff_id = NEW.executed_by) THEN RAISE EXCEPTION 'change_executor_approved'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_order_update_change_fixed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR (NEW.content_hash <> OLD.content_hash AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version THEN RAISE EXCEPTION 'change_fixed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.change_order_update_change_unapproved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state = 'executed' AND NOT EXISTS (SELECT 1 FROM change_approval a WHERE a.order_id = NEW.id AND a.content_hash = NEW.content_hash AND a.mode = NEW.mode) THEN RAISE EXCEPTION 'change_unapproved'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER change_approval_insert_change_approval_empty BEFORE INSERT ON public.change_approval FOR EACH ROW EXECUTE FUNCTION change_approval_insert_change_approval_empty()
        """,
        """
CREATE TRIGGER change_approver_insert_change_approval_sealed BEFORE INSERT ON public.change_approver FOR EACH ROW EXECUTE FUNCTION change_approver_insert_change_approval_sealed()
        """,
        """
CREATE TRIGGER change_approver_insert_change_approver_applied BEFORE INSERT ON public.change_approver FOR EACH ROW EXECUTE FUNCTION change_approver_insert_change_approver_applied()
        """,
        """
CREATE TRIGGER change_order_delete_change_fixed BEFORE DELETE ON public.change_order FOR EACH ROW EXECUTE FUNCTION change_order_delete_change_fixed()
        """,
        """
CREATE TRIGGER change_order_insert_change_fixed BEFORE INSERT ON public.change_order FOR EACH ROW EXECUTE FUNCTION change_order_insert_change_fixed()
        """,
        """
CREATE TRIGGER change_order_update_change_executor_approved BEFORE UPDATE ON public.change_order FOR EACH ROW EXECUTE FUNCTION change_order_update_change_executor_approved()
        """,
        """
CREATE TRIGGER change_order_update_change_fixed BEFORE UPDATE ON public.change_order FOR EACH ROW EXECUTE FUNCTION change_order_update_change_fixed()
        """,
        """
CREATE TRIGGER change_order_update_change_unapproved BEFORE UPDATE ON public.change_order FOR EACH ROW EXECUTE FUNCTION change_order_update_change_unapproved()
        """,
        """
CREATE TRIGGER keep_change_approval_delete BEFORE DELETE ON public.change_approval FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_change_approval_update BEFORE UPDATE ON public.change_approval FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_change_approver_delete BEFORE DELETE ON public.change_approver FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_change_approver_update BEFORE UPDATE ON public.change_approver FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_change_event_delete BEFORE DELETE ON public.change_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_change_event_update BEFORE UPDATE ON public.change_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_supplement_delete BEFORE DELETE ON public.supplement FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_supplement_update BEFORE UPDATE ON public.supplement FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('change_order',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('no', sa.String(length=60), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('owner_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('fault', sa.String(length=20), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('wanted', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('money', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('route', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('files', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('mode', sa.String(length=10), nullable=False),
    sa.Column('mode_version', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('applied_by', sa.String(length=36), nullable=False),
    sa.Column('applied_for', sa.String(length=36), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('executed_by', sa.String(length=36), nullable=True),
    sa.Column('executed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_because', sa.String(length=500), nullable=True),
    sa.Column('result', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.CheckConstraint("(state = 'executed') = (executed_by IS NOT NULL)", name=op.f('ck_change_order_executed_by_whom')),
    sa.CheckConstraint("(state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed')) = (ended_at IS NOT NULL)", name=op.f('ck_change_order_ended_when')),
    sa.CheckConstraint("kind IN ('discount', 'payment_plan_change', 'room_change', 'sale_cancellation', 'rights_transfer', 'supplement')", name=op.f('ck_change_order_kind')),
    sa.CheckConstraint("mode IN ('none', 'simple', 'process')", name=op.f('ck_change_order_mode')),
    sa.CheckConstraint("state IN ('submitted', 'approving', 'approved', 'waiting', 'executing', 'returned', 'executed', 'rejected', 'withdrawn', 'expired', 'failed')", name=op.f('ck_change_order_state')),
    sa.CheckConstraint('(executed_by IS NULL) = (executed_at IS NULL)', name=op.f('ck_change_order_executed_when')),
    sa.CheckConstraint('executed_by IS NULL OR executed_by <> applied_by', name=op.f('ck_change_order_executor_is_not_applicant')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_change_order_project_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_change_order_sale_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_order')),
    sa.UniqueConstraint('no', name=op.f('uq_change_order_no'))
    )
    with op.batch_alter_table('change_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_order_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_order_path'), ['path'], unique=False)
        batch_op.create_index('ix_change_order_path_applied_at', ['path', 'applied_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_change_order_sale_id'), ['sale_id'], unique=False)
        batch_op.create_index('uq_change_order_open_sale', ['sale_id'], unique=True, sqlite_where=sa.text("state IN ('submitted', 'approving', 'approved', 'waiting', 'executing', 'returned')"), postgresql_where=sa.text("state IN ('submitted', 'approving', 'approved', 'waiting', 'executing', 'returned')"))

    op.create_table('change_approval',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('order_id', sa.String(length=36), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('mode', sa.String(length=10), nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['change_order.id'], name=op.f('fk_change_approval_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_approval')),
    sa.UniqueConstraint('order_id', 'content_hash', name=op.f('uq_change_approval_order_id_content_hash')),
    info={'append_only': True}
    )
    op.create_table('change_approver',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('order_id', sa.String(length=36), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['change_order.id'], name=op.f('fk_change_approver_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_approver')),
    sa.UniqueConstraint('order_id', 'content_hash', 'staff_id', name=op.f('uq_change_approver_order_id_content_hash_staff_id')),
    info={'append_only': True}
    )
    op.create_table('change_event',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('order_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('before', sa.String(length=10), nullable=True),
    sa.Column('after', sa.String(length=10), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['change_order.id'], name=op.f('fk_change_event_order_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_event')),
    info={'append_only': True}
    )
    with op.batch_alter_table('change_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_event_order_id'), ['order_id'], unique=False)

    op.create_table('supplement',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('contract_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('no', sa.String(length=60), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('change_order_id', sa.String(length=36), nullable=True),
    sa.Column('terms_before', sa.Integer(), nullable=False),
    sa.Column('terms_after', sa.Integer(), nullable=False),
    sa.Column('total_before_fen', sa.BigInteger(), nullable=False),
    sa.Column('total_after_fen', sa.BigInteger(), nullable=False),
    sa.Column('schedule_id', sa.String(length=36), nullable=True),
    sa.Column('actor_id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('total_before_fen > 0 AND total_after_fen > 0', name=op.f('ck_supplement_totals_are_positive')),
    sa.ForeignKeyConstraint(['change_order_id'], ['change_order.id'], name=op.f('fk_supplement_change_order_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_supplement_contract_id')),
    sa.ForeignKeyConstraint(['sale_id', 'terms_after'], ['sale_terms.sale_id', 'sale_terms.version'], name=op.f('fk_supplement_sale_id_terms_after')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_supplement_sale_id')),
    sa.ForeignKeyConstraint(['schedule_id'], ['receivable_schedule.id'], name=op.f('fk_supplement_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplement')),
    sa.UniqueConstraint('change_order_id', name=op.f('uq_supplement_change_order_id')),
    sa.UniqueConstraint('no', name=op.f('uq_supplement_no')),
    sa.UniqueConstraint('sale_id', 'number', name=op.f('uq_supplement_sale_id_number')),
    info={'append_only': True}
    )
    # ### end Alembic commands ###
    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_table('supplement')
    with op.batch_alter_table('change_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_event_order_id'))

    op.drop_table('change_event')
    op.drop_table('change_approver')
    op.drop_table('change_approval')
    with op.batch_alter_table('change_order', schema=None) as batch_op:
        batch_op.drop_index('uq_change_order_open_sale', sqlite_where=sa.text("state IN ('submitted', 'approving', 'approved', 'waiting', 'executing', 'returned')"), postgresql_where=sa.text("state IN ('submitted', 'approving', 'approved', 'waiting', 'executing', 'returned')"))
        batch_op.drop_index(batch_op.f('ix_change_order_sale_id'))
        batch_op.drop_index('ix_change_order_path_applied_at')
        batch_op.drop_index(batch_op.f('ix_change_order_path'))
        batch_op.drop_index(batch_op.f('ix_change_order_instance_id'))

    op.drop_table('change_order')
    # ### end Alembic commands ###
