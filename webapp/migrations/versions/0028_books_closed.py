"""Books that are closed and locked, and cash that is counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0028_books_closed'
down_revision = '0027_changes_without_a_case'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER book_closing_insert_opener_is_closer BEFORE INSERT ON book_closing WHEN NEW.act = 'reopen' AND NEW."by" = (SELECT b.by FROM book_closing b WHERE b.project_id = NEW.project_id AND b.number = NEW.number - 1) BEGIN SELECT RAISE(ABORT, 'opener_is_closer'); END
        """,
        """
CREATE TRIGGER cash_count_signature_insert_signer_is_counter BEFORE INSERT ON cash_count_signature WHEN EXISTS (SELECT 1 FROM cash_count c WHERE c.id = NEW.count_id AND NEW."by" IN (c.by, c.clerk_id)) BEGIN SELECT RAISE(ABORT, 'signer_is_counter'); END
        """,
        """
CREATE TRIGGER journal_transaction_insert_day_closed BEFORE INSERT ON journal_transaction WHEN NEW.booked_on <= (SELECT b.closed_through FROM book_closing b WHERE b.project_id = NEW.project_id ORDER BY b.number DESC LIMIT 1) BEGIN SELECT RAISE(ABORT, 'day_closed'); END
        """,
        """
CREATE TRIGGER keep_book_closing_delete BEFORE DELETE ON book_closing
BEGIN SELECT RAISE(ABORT, 'append_only:book_closing'); END
        """,
        """
CREATE TRIGGER keep_book_closing_update BEFORE UPDATE ON book_closing
BEGIN SELECT RAISE(ABORT, 'append_only:book_closing'); END
        """,
        """
CREATE TRIGGER keep_cash_count_delete BEFORE DELETE ON cash_count
BEGIN SELECT RAISE(ABORT, 'append_only:cash_count'); END
        """,
        """
CREATE TRIGGER keep_cash_count_signature_delete BEFORE DELETE ON cash_count_signature
BEGIN SELECT RAISE(ABORT, 'append_only:cash_count_signature'); END
        """,
        """
CREATE TRIGGER keep_cash_count_signature_update BEFORE UPDATE ON cash_count_signature
BEGIN SELECT RAISE(ABORT, 'append_only:cash_count_signature'); END
        """,
        """
CREATE TRIGGER keep_cash_count_update BEFORE UPDATE ON cash_count
BEGIN SELECT RAISE(ABORT, 'append_only:cash_count'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.book_closing_insert_opener_is_closer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM project WHERE id = NEW.project_id FOR NO KEY UPDATE; IF NEW.act = 'reopen' AND NEW."by" = (SELECT b.by FROM book_closing b WHERE b.project_id = NEW.project_id AND b.number = NEW.number - 1) THEN RAISE EXCEPTION 'opener_is_closer'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.cash_count_signature_insert_signer_is_counter()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF EXISTS (SELECT 1 FROM cash_count c WHERE c.id = NEW.count_id AND NEW."by" IN (c.by, c.clerk_id)) THEN RAISE EXCEPTION 'signer_is_counter'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.journal_transaction_insert_day_closed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN PERFORM 1 FROM project WHERE id = NEW.project_id FOR SHARE; IF NEW.booked_on <= (SELECT b.closed_through FROM book_closing b WHERE b.project_id = NEW.project_id ORDER BY b.number DESC LIMIT 1) THEN RAISE EXCEPTION 'day_closed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER book_closing_insert_opener_is_closer BEFORE INSERT ON public.book_closing FOR EACH ROW EXECUTE FUNCTION book_closing_insert_opener_is_closer()
        """,
        """
CREATE TRIGGER cash_count_signature_insert_signer_is_counter BEFORE INSERT ON public.cash_count_signature FOR EACH ROW EXECUTE FUNCTION cash_count_signature_insert_signer_is_counter()
        """,
        """
CREATE TRIGGER journal_transaction_insert_day_closed BEFORE INSERT ON public.journal_transaction FOR EACH ROW EXECUTE FUNCTION journal_transaction_insert_day_closed()
        """,
        """
CREATE TRIGGER keep_book_closing_delete BEFORE DELETE ON public.book_closing FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_book_closing_update BEFORE UPDATE ON public.book_closing FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_cash_count_delete BEFORE DELETE ON public.cash_count FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_cash_count_signature_delete BEFORE DELETE ON public.cash_count_signature FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_cash_count_signature_update BEFORE UPDATE ON public.cash_count_signature FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_cash_count_update BEFORE UPDATE ON public.cash_count FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""

    op.create_table('book_closing',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('closed_through', sa.Date(), nullable=True),
    sa.Column('locked_through', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint("act = 'close' OR reason IS NOT NULL", name=op.f('ck_book_closing_reason')),
    sa.CheckConstraint("act = 'reopen' OR closed_through IS NOT NULL", name=op.f('ck_book_closing_closed')),
    sa.CheckConstraint("act IN ('close', 'lock', 'reopen')", name=op.f('ck_book_closing_act')),
    sa.CheckConstraint('locked_through IS NULL OR (closed_through IS NOT NULL AND locked_through <= closed_through)', name=op.f('ck_book_closing_locked_is_closed')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_book_closing_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book_closing')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_book_closing_project_id_number')),
    info={'append_only': True}
    )
    with op.batch_alter_table('book_closing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_book_closing_path'), ['path'], unique=False)

    op.create_table('cash_count',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('clerk_id', sa.String(length=36), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('pieces', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('counted_fen', sa.BigInteger(), nullable=False),
    sa.Column('expected_fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('counted_fen = expected_fen OR reason IS NOT NULL', name=op.f('ck_cash_count_difference_has_reason')),
    sa.CheckConstraint('counted_fen >= 0', name=op.f('ck_cash_count_counted')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_cash_count_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cash_count')),
    sa.UniqueConstraint('project_id', 'on_date', 'clerk_id', 'number', name=op.f('uq_cash_count_project_id_on_date_clerk_id_number')),
    info={'append_only': True}
    )
    with op.batch_alter_table('cash_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cash_count_path'), ['path'], unique=False)

    op.create_table('cash_count_signature',
    sa.Column('count_id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['count_id'], ['cash_count.id'], name=op.f('fk_cash_count_signature_count_id')),
    sa.PrimaryKeyConstraint('count_id', name=op.f('pk_cash_count_signature')),
    info={'append_only': True}
    )
    with op.batch_alter_table('journal_transaction', schema=None) as batch_op:
        batch_op.add_column(sa.Column('belongs_on', sa.Date(), nullable=True))


    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    on = " ON journal_transaction" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER journal_transaction_insert_day_closed{on}")
    with op.batch_alter_table('journal_transaction', schema=None) as batch_op:
        batch_op.drop_column('belongs_on')

    op.drop_table('cash_count_signature')
    with op.batch_alter_table('cash_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cash_count_path'))

    op.drop_table('cash_count')
    with op.batch_alter_table('book_closing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_book_closing_path'))

    op.drop_table('book_closing')

