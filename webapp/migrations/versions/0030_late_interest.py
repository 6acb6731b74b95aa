"""Charges of late interest; requests to waive and to write off, their decisions and effects."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0030_late_interest'
down_revision = '0029_bank_statements'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER allocation_insert_allocation_above_waived BEFORE INSERT ON allocation WHEN NEW.amount_fen > 0 AND (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > COALESCE((SELECT r.amount_fen FROM receivable r WHERE r.id = NEW.receivable_id AND r.state = 'planned'), 0) BEGIN SELECT RAISE(ABORT, 'allocation_above_waived'); END
        """,
        """
CREATE TRIGGER keep_interest_charge_delete BEFORE DELETE ON interest_charge
BEGIN SELECT RAISE(ABORT, 'append_only:interest_charge'); END
        """,
        """
CREATE TRIGGER keep_interest_charge_update BEFORE UPDATE ON interest_charge
BEGIN SELECT RAISE(ABORT, 'append_only:interest_charge'); END
        """,
        """
CREATE TRIGGER keep_waiver_delete BEFORE DELETE ON waiver
BEGIN SELECT RAISE(ABORT, 'append_only:waiver'); END
        """,
        """
CREATE TRIGGER keep_waiver_event_delete BEFORE DELETE ON waiver_event
BEGIN SELECT RAISE(ABORT, 'append_only:waiver_event'); END
        """,
        """
CREATE TRIGGER keep_waiver_event_update BEFORE UPDATE ON waiver_event
BEGIN SELECT RAISE(ABORT, 'append_only:waiver_event'); END
        """,
        """
CREATE TRIGGER keep_waiver_part_delete BEFORE DELETE ON waiver_part
BEGIN SELECT RAISE(ABORT, 'append_only:waiver_part'); END
        """,
        """
CREATE TRIGGER keep_waiver_part_update BEFORE UPDATE ON waiver_part
BEGIN SELECT RAISE(ABORT, 'append_only:waiver_part'); END
        """,
        """
CREATE TRIGGER keep_waiver_update BEFORE UPDATE ON waiver
BEGIN SELECT RAISE(ABORT, 'append_only:waiver'); END
        """,
        """
CREATE TRIGGER receivable_update_receivable_waived BEFORE UPDATE ON receivable WHEN NEW.state = 'superseded' AND OLD.state <> 'superseded' AND EXISTS (SELECT 1 FROM waiver_part w WHERE w.receivable_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'receivable_waived'); END
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_above_open BEFORE INSERT ON waiver_part WHEN NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > COALESCE((SELECT r.amount_fen FROM receivable r WHERE r.id = NEW.receivable_id AND r.state = 'planned'), 0) BEGIN SELECT RAISE(ABORT, 'waiver_above_open'); END
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_above_request BEFORE INSERT ON waiver_part WHEN NEW.amount_fen + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.waiver_id = NEW.waiver_id) > (SELECT v.amount_fen FROM waiver v WHERE v.id = NEW.waiver_id) BEGIN SELECT RAISE(ABORT, 'waiver_above_request'); END
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_not_granted BEFORE INSERT ON waiver_part WHEN NOT EXISTS (SELECT 1 FROM waiver_event e WHERE e.waiver_id = NEW.waiver_id AND e.kind = 'granted') BEGIN SELECT RAISE(ABORT, 'waiver_not_granted'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.allocation_insert_allocation_above_waived()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receivable WHERE id = NEW.receivable_id FOR UPDATE; IF NEW.amount_fen > 0 AND (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > 0 AND NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > COALESCE((SELECT r.amount_fen FROM receivable r WHERE r.id = NEW.receivable_id AND r.state = 'planned'), 0) THEN RAISE EXCEPTION 'allocation_above_waived'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.receivable_update_receivable_waived()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.state = 'superseded' AND OLD.state <> 'superseded' AND EXISTS (SELECT 1 FROM waiver_part w WHERE w.receivable_id = NEW.id) THEN RAISE EXCEPTION 'receivable_waived'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.waiver_part_insert_waiver_above_open()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM receivable WHERE id = NEW.receivable_id FOR UPDATE; IF NEW.amount_fen + (SELECT COALESCE(SUM(a.amount_fen), 0) FROM allocation a WHERE a.receivable_id = NEW.receivable_id) + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.receivable_id = NEW.receivable_id) > COALESCE((SELECT r.amount_fen FROM receivable r WHERE r.id = NEW.receivable_id AND r.state = 'planned'), 0) THEN RAISE EXCEPTION 'waiver_above_open'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.waiver_part_insert_waiver_above_request()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM waiver WHERE id = NEW.waiver_id FOR UPDATE; IF NEW.amount_fen + (SELECT COALESCE(SUM(w.amount_fen), 0) FROM waiver_part w WHERE w.waiver_id = NEW.waiver_id) > (SELECT v.amount_fen FROM waiver v WHERE v.id = NEW.waiver_id) THEN RAISE EXCEPTION 'waiver_above_request'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.waiver_part_insert_waiver_not_granted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NOT EXISTS (SELECT 1 FROM waiver_event e WHERE e.waiver_id = NEW.waiver_id AND e.kind = 'granted') THEN RAISE EXCEPTION 'waiver_not_granted'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER allocation_insert_allocation_above_waived BEFORE INSERT ON public.allocation FOR EACH ROW EXECUTE FUNCTION allocation_insert_allocation_above_waived()
        """,
        """
CREATE TRIGGER keep_interest_charge_delete BEFORE DELETE ON public.interest_charge FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_interest_charge_update BEFORE UPDATE ON public.interest_charge FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_delete BEFORE DELETE ON public.waiver FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_event_delete BEFORE DELETE ON public.waiver_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_event_update BEFORE UPDATE ON public.waiver_event FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_part_delete BEFORE DELETE ON public.waiver_part FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_part_update BEFORE UPDATE ON public.waiver_part FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_waiver_update BEFORE UPDATE ON public.waiver FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER receivable_update_receivable_waived BEFORE UPDATE ON public.receivable FOR EACH ROW EXECUTE FUNCTION receivable_update_receivable_waived()
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_above_open BEFORE INSERT ON public.waiver_part FOR EACH ROW EXECUTE FUNCTION waiver_part_insert_waiver_above_open()
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_above_request BEFORE INSERT ON public.waiver_part FOR EACH ROW EXECUTE FUNCTION waiver_part_insert_waiver_above_request()
        """,
        """
CREATE TRIGGER waiver_part_insert_waiver_not_granted BEFORE INSERT ON public.waiver_part FOR EACH ROW EXECUTE FUNCTION waiver_part_insert_waiver_not_granted()
        """,
    ],
}


_ON_OTHER_TABLES = (
    ("allocation", "allocation_insert_allocation_above_waived"),
    ("receivable", "receivable_update_receivable_waived"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table('interest_charge',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('receivable_id', sa.String(length=36), nullable=False),
    sa.Column('principal_id', sa.String(length=36), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('through_day', sa.Date(), nullable=False),
    sa.Column('principal_fen', sa.BigInteger(), nullable=False),
    sa.Column('rate', sa.String(length=60), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('fen > 0 AND principal_fen > 0', name=op.f('ck_interest_charge_amount')),
    sa.CheckConstraint('receivable_id <> principal_id', name=op.f('ck_interest_charge_not_on_itself')),
    sa.CheckConstraint('through_day >= from_day', name=op.f('ck_interest_charge_days')),
    sa.ForeignKeyConstraint(['principal_id'], ['receivable.id'], name=op.f('fk_interest_charge_principal_id')),
    sa.ForeignKeyConstraint(['receivable_id'], ['receivable.id'], name=op.f('fk_interest_charge_receivable_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interest_charge')),
    sa.UniqueConstraint('receivable_id', name=op.f('uq_interest_charge_receivable_id')),
    info={'append_only': True}
    )
    with op.batch_alter_table('interest_charge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interest_charge_principal_id'), ['principal_id'], unique=False)

    op.create_table('waiver',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.Enum('waiver', 'write_off', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('receivable_id', sa.String(length=36), nullable=True),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('requested_on', sa.Date(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by', sa.String(length=36), nullable=False),
    sa.CheckConstraint("(kind = 'write_off') = (receivable_id IS NOT NULL)", name=op.f('ck_waiver_subject')),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_waiver_amount')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_waiver_project_id')),
    sa.ForeignKeyConstraint(['receivable_id'], ['receivable.id'], name=op.f('fk_waiver_receivable_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_waiver_sale_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver')),
    sa.UniqueConstraint('key', name=op.f('uq_waiver_key')),
    info={'append_only': True}
    )
    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.create_index('ix_waiver_instance_id', ['instance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waiver_sale_id'), ['sale_id'], unique=False)

    op.create_table('waiver_event',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('waiver_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.Enum('granted', 'refused', 'withdrawn', 'lapsed', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('approvers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['waiver_id'], ['waiver.id'], name=op.f('fk_waiver_event_waiver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver_event')),
    sa.UniqueConstraint('waiver_id', name=op.f('uq_waiver_event_waiver_id')),
    info={'append_only': True}
    )
    op.create_table('waiver_part',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('waiver_id', sa.String(length=36), nullable=False),
    sa.Column('receivable_id', sa.String(length=36), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_waiver_part_amount')),
    sa.ForeignKeyConstraint(['receivable_id'], ['receivable.id'], name=op.f('fk_waiver_part_receivable_id')),
    sa.ForeignKeyConstraint(['waiver_id'], ['waiver.id'], name=op.f('fk_waiver_part_waiver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiver_part')),
    sa.UniqueConstraint('waiver_id', 'receivable_id', name=op.f('uq_waiver_part_waiver_id_receivable_id')),
    info={'append_only': True}
    )
    with op.batch_alter_table('waiver_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiver_part_receivable_id'), ['receivable_id'], unique=False)

    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    connection = op.get_bind()
    for table, name in _ON_OTHER_TABLES:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION {name}()")
    with op.batch_alter_table('waiver_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_waiver_part_receivable_id'))

    op.drop_table('waiver_part')
    op.drop_table('waiver_event')
    with op.batch_alter_table('waiver', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_waiver_sale_id'))
        batch_op.drop_index('ix_waiver_instance_id')

    op.drop_table('waiver')
    with op.batch_alter_table('interest_charge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_interest_charge_principal_id'))

    op.drop_table('interest_charge')
