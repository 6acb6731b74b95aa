"""Papers in number ranges."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0032_papers_in_ranges'
down_revision = '0031_days_of_receivables'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER keep_paper_delete BEFORE DELETE ON paper
BEGIN SELECT RAISE(ABORT, 'append_only:paper'); END
        """,
        """
CREATE TRIGGER keep_paper_exchange_delete BEFORE DELETE ON paper_exchange
BEGIN SELECT RAISE(ABORT, 'append_only:paper_exchange'); END
        """,
        """
CREATE TRIGGER keep_paper_exchange_update BEFORE UPDATE ON paper_exchange
BEGIN SELECT RAISE(ABORT, 'append_only:paper_exchange'); END
        """,
        """
CREATE TRIGGER keep_paper_range_delete BEFORE DELETE ON paper_range
BEGIN SELECT RAISE(ABORT, 'append_only:paper_range'); END
        """,
        """
CREATE TRIGGER keep_paper_range_return_delete BEFORE DELETE ON paper_range_return
BEGIN SELECT RAISE(ABORT, 'append_only:paper_range_return'); END
        """,
        """
CREATE TRIGGER keep_paper_range_return_update BEFORE UPDATE ON paper_range_return
BEGIN SELECT RAISE(ABORT, 'append_only:paper_range_return'); END
        """,
        """
CREATE TRIGGER keep_paper_range_update BEFORE UPDATE ON paper_range
BEGIN SELECT RAISE(ABORT, 'append_only:paper_range'); END
        """,
        """
CREATE TRIGGER keep_paper_update BEFORE UPDATE ON paper
BEGIN SELECT RAISE(ABORT, 'append_only:paper'); END
        """,
        """
CREATE TRIGGER keep_paper_void_delete BEFORE DELETE ON paper_void
BEGIN SELECT RAISE(ABORT, 'append_only:paper_void'); END
        """,
        """
CREATE TRIGGER keep_paper_void_update BEFORE UPDATE ON paper_void
BEGIN SELECT RAISE(ABORT, 'append_only:paper_void'); END
        """,
        """
CREATE TRIGGER paper_exchange_insert_paper_taken BEFORE INSERT ON paper_exchange WHEN EXISTS (SELECT 1 FROM paper p WHERE p.id = NEW.new_id) OR EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = NEW.old_id) OR EXISTS (SELECT 1 FROM paper_exchange x WHERE x.old_id = NEW.old_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = x.new_id)) BEGIN SELECT RAISE(ABORT, 'paper_taken'); END
        """,
        """
CREATE TRIGGER paper_insert_paper_out_of_order BEFORE INSERT ON paper WHEN NEW.number <> COALESCE((SELECT MAX(p.number) + 1 FROM paper p WHERE p.range_id = NEW.range_id), (SELECT g.first FROM paper_range g WHERE g.id = NEW.range_id)) OR NOT EXISTS (SELECT 1 FROM paper_range g WHERE g.id = NEW.range_id AND NEW.number <= g.last AND g.kind = NEW.kind AND g.project_id = NEW.project_id) OR EXISTS (SELECT 1 FROM paper_range_return r WHERE r.range_id = NEW.range_id) BEGIN SELECT RAISE(ABORT, 'paper_out_of_order'); END
        """,
        """
CREATE TRIGGER paper_insert_paper_sum BEFORE INSERT ON paper WHEN (NEW.receipt_id IS NOT NULL AND NEW.amount_fen <> (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id)) OR (NEW.receipt_id IS NULL AND NEW.amount_fen <> (SELECT COALESCE(SUM(o.amount_fen), 0) FROM paper_exchange x JOIN paper o ON o.id = x.old_id WHERE x.new_id = NEW.id)) OR EXISTS (SELECT 1 FROM paper_exchange x JOIN paper o ON o.id = x.old_id WHERE x.new_id = NEW.id AND (NEW.kind <> 'invoice' OR NEW.receipt_id IS NOT NULL OR o.kind <> 'receipt' OR o.project_id <> NEW.project_id)) BEGIN SELECT RAISE(ABORT, 'paper_sum'); END
        """,
        """
CREATE TRIGGER paper_insert_receipt_has_paper BEFORE INSERT ON paper WHEN NEW.receipt_id IS NOT NULL AND EXISTS (SELECT 1 FROM paper p WHERE p.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = p.id)) BEGIN SELECT RAISE(ABORT, 'receipt_has_paper'); END
        """,
        """
CREATE TRIGGER paper_range_insert_range_overlaps BEFORE INSERT ON paper_range WHEN EXISTS (SELECT 1 FROM paper_range g WHERE g.project_id = NEW.project_id AND g.kind = NEW.kind AND g.prefix = NEW.prefix AND g.first <= NEW.last AND g.last >= NEW.first) BEGIN SELECT RAISE(ABORT, 'range_overlaps'); END
        """,
        """
CREATE TRIGGER paper_range_return_insert_range_not_left BEFORE INSERT ON paper_range_return WHEN NEW.first <> COALESCE((SELECT MAX(p.number) + 1 FROM paper p WHERE p.range_id = NEW.range_id), (SELECT g.first FROM paper_range g WHERE g.id = NEW.range_id)) OR NEW.first > (SELECT g.last FROM paper_range g WHERE g.id = NEW.range_id) BEGIN SELECT RAISE(ABORT, 'range_not_left'); END
        """,
        """
CREATE TRIGGER paper_void_insert_paper_taken BEFORE INSERT ON paper_void WHEN EXISTS (SELECT 1 FROM paper_exchange x WHERE x.old_id = NEW.paper_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = x.new_id)) BEGIN SELECT RAISE(ABORT, 'paper_taken'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.paper_exchange_insert_paper_taken()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM paper WHERE id = NEW.old_id FOR NO KEY UPDATE; IF EXISTS (SELECT 1 FROM paper p WHERE p.id = NEW.new_id) OR EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = NEW.old_id) OR EXISTS (SELECT 1 FROM paper_exchange x WHERE x.old_id = NEW.old_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = x.new_id)) THEN RAISE EXCEPTION 'paper_taken'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_insert_paper_out_of_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM paper_range WHERE id = NEW.range_id FOR NO KEY UPDATE; IF NEW.number <> COALESCE((SELECT MAX(p.number) + 1 FROM paper p WHERE p.range_id = NEW.range_id), (SELECT g.first FROM paper_range g WHERE g.id = NEW.range_id)) OR NOT EXISTS (SELECT 1 FROM paper_range g WHERE g.id = NEW.range_id AND NEW.number <= g.last AND g.kind = NEW.kind AND g.project_id = NEW.project_id) OR EXISTS (SELECT 1 FROM paper_range_return r WHERE r.range_id = NEW.range_id) THEN RAISE EXCEPTION 'paper_out_of_order'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_insert_paper_sum()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF (NEW.receipt_id IS NOT NULL AND NEW.amount_fen <> (SELECT r.amount_fen FROM receipt r WHERE r.id = NEW.receipt_id)) OR (NEW.receipt_id IS NULL AND NEW.amount_fen <> (SELECT COALESCE(SUM(o.amount_fen), 0) FROM paper_exchange x JOIN paper o ON o.id = x.old_id WHERE x.new_id = NEW.id)) OR EXISTS (SELECT 1 FROM paper_exchange x JOIN paper o ON o.id = x.old_id WHERE x.new_id = NEW.id AND (NEW.kind <> 'invoice' OR NEW.receipt_id IS NOT NULL OR o.kind <> 'receipt' OR o.project_id <> NEW.project_id)) THEN RAISE EXCEPTION 'paper_sum'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_insert_receipt_has_paper()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF NEW.receipt_id IS NOT NULL AND EXISTS (SELECT 1 FROM paper p WHERE p.receipt_id = NEW.receipt_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = p.id)) THEN RAISE EXCEPTION 'receipt_has_paper'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_range_insert_range_overlaps()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM project WHERE id = NEW.project_id FOR NO KEY UPDATE; IF EXISTS (SELECT 1 FROM paper_range g WHERE g.project_id = NEW.project_id AND g.kind = NEW.kind AND g.prefix = NEW.prefix AND g.first <= NEW.last AND g.last >= NEW.first) THEN RAISE EXCEPTION 'range_overlaps'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_range_return_insert_range_not_left()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM paper_range WHERE id = NEW.range_id FOR NO KEY UPDATE; IF NEW.first <> COALESCE((SELECT MAX(p.number) + 1 FROM paper p WHERE p.range_id = NEW.range_id), (SELECT g.first FROM paper_range g WHERE g.id = NEW.range_id)) OR NEW.first > (SELECT g.last FROM paper_range g WHERE g.id = NEW.range_id) THEN RAISE EXCEPTION 'range_not_left'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.paper_void_insert_paper_taken()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM paper WHERE id = NEW.paper_id FOR NO KEY UPDATE; IF EXISTS (SELECT 1 FROM paper_exchange x WHERE x.old_id = NEW.paper_id AND NOT EXISTS (SELECT 1 FROM paper_void v WHERE v.paper_id = x.new_id)) THEN RAISE EXCEPTION 'paper_taken'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER keep_paper_delete BEFORE DELETE ON public.paper FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_exchange_delete BEFORE DELETE ON public.paper_exchange FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_exchange_update BEFORE UPDATE ON public.paper_exchange FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_range_delete BEFORE DELETE ON public.paper_range FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_range_return_delete BEFORE DELETE ON public.paper_range_return FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_range_return_update BEFORE UPDATE ON public.paper_range_return FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_range_update BEFORE UPDATE ON public.paper_range FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_update BEFORE UPDATE ON public.paper FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_void_delete BEFORE DELETE ON public.paper_void FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_paper_void_update BEFORE UPDATE ON public.paper_void FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER paper_exchange_insert_paper_taken BEFORE INSERT ON public.paper_exchange FOR EACH ROW EXECUTE FUNCTION paper_exchange_insert_paper_taken()
        """,
        """
CREATE TRIGGER paper_insert_paper_out_of_order BEFORE INSERT ON public.paper FOR EACH ROW EXECUTE FUNCTION paper_insert_paper_out_of_order()
        """,
        """
CREATE TRIGGER paper_insert_paper_sum BEFORE INSERT ON public.paper FOR EACH ROW EXECUTE FUNCTION paper_insert_paper_sum()
        """,
        """
CREATE TRIGGER paper_insert_receipt_has_paper BEFORE INSERT ON public.paper FOR EACH ROW EXECUTE FUNCTION paper_insert_receipt_has_paper()
        """,
        """
CREATE TRIGGER paper_range_insert_range_overlaps BEFORE INSERT ON public.paper_range FOR EACH ROW EXECUTE FUNCTION paper_range_insert_range_overlaps()
        """,
        """
CREATE TRIGGER paper_range_return_insert_range_not_left BEFORE INSERT ON public.paper_range_return FOR EACH ROW EXECUTE FUNCTION paper_range_return_insert_range_not_left()
        """,
        """
CREATE TRIGGER paper_void_insert_paper_taken BEFORE INSERT ON public.paper_void FOR EACH ROW EXECUTE FUNCTION paper_void_insert_paper_taken()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""

    op.create_table('paper_range',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('prefix', sa.String(length=20), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.Column('holder_id', sa.String(length=36), nullable=True),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint("kind IN ('receipt', 'invoice')", name=op.f('ck_paper_range_kind')),
    sa.CheckConstraint('first >= 0 AND first <= last', name=op.f('ck_paper_range_first_to_last')),
    sa.CheckConstraint('width BETWEEN 1 AND 15', name=op.f('ck_paper_range_width')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_paper_range_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_range')),
    info={'append_only': True}
    )
    with op.batch_alter_table('paper_range', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_range_path'), ['path'], unique=False)
        batch_op.create_index('ix_paper_range_project_id_kind', ['project_id', 'kind'], unique=False)

    op.create_table('paper_range_return',
    sa.Column('range_id', sa.String(length=36), nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['range_id'], ['paper_range.id'], name=op.f('fk_paper_range_return_range_id')),
    sa.PrimaryKeyConstraint('range_id', name=op.f('pk_paper_range_return')),
    info={'append_only': True}
    )
    op.create_table('paper',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('range_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('label', sa.String(length=40), nullable=False),
    sa.Column('blank', sa.Boolean(), nullable=False),
    sa.Column('receipt_id', sa.String(length=36), nullable=True),
    sa.Column('receipt_number', sa.String(length=60), nullable=True),
    sa.Column('sale_id', sa.String(length=36), nullable=True),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('payer', sa.String(length=200), nullable=False),
    sa.Column('home', sa.String(length=200), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=True),
    sa.Column('items', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('amount_fen >= 0', name=op.f('ck_paper_amount')),
    sa.CheckConstraint('blank = (amount_fen = 0)', name=op.f('ck_paper_blank_says_nothing')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_paper_customer_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_paper_project_id')),
    sa.ForeignKeyConstraint(['range_id'], ['paper_range.id'], name=op.f('fk_paper_range_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_paper_receipt_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_paper_sale_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('project_id', 'kind', 'label', name=op.f('uq_paper_project_id_kind_label')),
    sa.UniqueConstraint('range_id', 'number', name=op.f('uq_paper_range_id_number')),
    info={'append_only': True}
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index('ix_paper_path_on_date', ['path', 'on_date'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_receipt_id'), ['receipt_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_sale_id'), ['sale_id'], unique=False)

    op.create_table('paper_exchange',
    sa.Column('old_id', sa.String(length=36), nullable=False),
    sa.Column('new_id', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['new_id'], ['paper.id'], name=op.f('fk_paper_exchange_new_id'), initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['old_id'], ['paper.id'], name=op.f('fk_paper_exchange_old_id')),
    sa.PrimaryKeyConstraint('old_id', 'new_id', name=op.f('pk_paper_exchange')),
    info={'append_only': True}
    )
    with op.batch_alter_table('paper_exchange', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_exchange_new_id'), ['new_id'], unique=False)

    op.create_table('paper_void',
    sa.Column('paper_id', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['paper_id'], ['paper.id'], name=op.f('fk_paper_void_paper_id')),
    sa.PrimaryKeyConstraint('paper_id', name=op.f('pk_paper_void')),
    info={'append_only': True}
    )

    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""

    op.drop_table('paper_void')
    with op.batch_alter_table('paper_exchange', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_exchange_new_id'))

    op.drop_table('paper_exchange')
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_paper_sale_id'))
        batch_op.drop_index(batch_op.f('ix_paper_receipt_id'))
        batch_op.drop_index('ix_paper_path_on_date')

    op.drop_table('paper')
    op.drop_table('paper_range_return')
    with op.batch_alter_table('paper_range', schema=None) as batch_op:
        batch_op.drop_index('ix_paper_range_project_id_kind')
        batch_op.drop_index(batch_op.f('ix_paper_range_path'))

    op.drop_table('paper_range')

