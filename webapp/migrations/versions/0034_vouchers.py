"""Vouchers for accounting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0034_vouchers'
down_revision = '0033_payouts'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER keep_voucher_batch_delete BEFORE DELETE ON voucher_batch
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_batch'); END
        """,
        """
CREATE TRIGGER keep_voucher_batch_update BEFORE UPDATE ON voucher_batch
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_batch'); END
        """,
        """
CREATE TRIGGER keep_voucher_confirmation_delete BEFORE DELETE ON voucher_confirmation
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_confirmation'); END
        """,
        """
CREATE TRIGGER keep_voucher_confirmation_update BEFORE UPDATE ON voucher_confirmation
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_confirmation'); END
        """,
        """
CREATE TRIGGER keep_voucher_delete BEFORE DELETE ON voucher
BEGIN SELECT RAISE(ABORT, 'append_only:voucher'); END
        """,
        """
CREATE TRIGGER keep_voucher_export_delete BEFORE DELETE ON voucher_export
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_export'); END
        """,
        """
CREATE TRIGGER keep_voucher_export_update BEFORE UPDATE ON voucher_export
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_export'); END
        """,
        """
CREATE TRIGGER keep_voucher_line_delete BEFORE DELETE ON voucher_line
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_line'); END
        """,
        """
CREATE TRIGGER keep_voucher_line_update BEFORE UPDATE ON voucher_line
BEGIN SELECT RAISE(ABORT, 'append_only:voucher_line'); END
        """,
        """
CREATE TRIGGER keep_voucher_update BEFORE UPDATE ON voucher
BEGIN SELECT RAISE(ABORT, 'append_only:voucher'); END
        """,
        """
CREATE TRIGGER voucher_insert_voucher_unbalanced BEFORE INSERT ON voucher WHEN (SELECT COUNT(*) < 2 OR SUM(l.amount_fen) <> 0 FROM voucher_line l WHERE l.voucher_id = NEW.id) BEGIN SELECT RAISE(ABORT, 'voucher_unbalanced'); END
        """,
        """
CREATE TRIGGER voucher_line_insert_voucher_closed BEFORE INSERT ON voucher_line WHEN EXISTS (SELECT 1 FROM voucher v WHERE v.id = NEW.voucher_id) BEGIN SELECT RAISE(ABORT, 'voucher_closed'); END
        """,
    ],
    "postgresql": [
        """
CREATE OR REPLACE FUNCTION public.voucher_insert_voucher_unbalanced()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF (SELECT COUNT(*) < 2 OR SUM(l.amount_fen) <> 0 FROM voucher_line l WHERE l.voucher_id = NEW.id) THEN RAISE EXCEPTION 'voucher_unbalanced'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE OR REPLACE FUNCTION public.voucher_line_insert_voucher_closed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN IF EXISTS (SELECT 1 FROM voucher v WHERE v.id = NEW.voucher_id) THEN RAISE EXCEPTION 'voucher_closed'; END IF; RETURN NEW; END $function$
        """,
        """
CREATE TRIGGER keep_voucher_batch_delete BEFORE DELETE ON public.voucher_batch FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_batch_update BEFORE UPDATE ON public.voucher_batch FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_confirmation_delete BEFORE DELETE ON public.voucher_confirmation FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_confirmation_update BEFORE UPDATE ON public.voucher_confirmation FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_delete BEFORE DELETE ON public.voucher FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_export_delete BEFORE DELETE ON public.voucher_export FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_export_update BEFORE UPDATE ON public.voucher_export FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_line_delete BEFORE DELETE ON public.voucher_line FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_line_update BEFORE UPDATE ON public.voucher_line FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER keep_voucher_update BEFORE UPDATE ON public.voucher FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER voucher_insert_voucher_unbalanced BEFORE INSERT ON public.voucher FOR EACH ROW EXECUTE FUNCTION voucher_insert_voucher_unbalanced()
        """,
        """
CREATE TRIGGER voucher_line_insert_voucher_closed BEFORE INSERT ON public.voucher_line FOR EACH ROW EXECUTE FUNCTION voucher_line_insert_voucher_closed()
        """,
    ],
}


def upgrade() -> None:
    """Apply."""

    op.create_table('account_mapping',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('node_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('account', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['node_id'], ['org_node.id'], name=op.f('fk_account_mapping_node_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_mapping')),
    sa.UniqueConstraint('node_id', 'account', name=op.f('uq_account_mapping_node_id_account'))
    )
    with op.batch_alter_table('account_mapping', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_mapping_path'), ['path'], unique=False)

    op.create_table('voucher_batch',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('through', sa.Date(), nullable=False),
    sa.Column('vouchers', sa.Integer(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('vouchers > 0', name=op.f('ck_voucher_batch_vouchers')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_voucher_batch_project_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher_batch')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_voucher_batch_project_id_number')),
    info={'append_only': True}
    )
    with op.batch_alter_table('voucher_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_batch_path'), ['path'], unique=False)

    op.create_table('voucher',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('batch_id', sa.String(length=36), nullable=False),
    sa.Column('transaction_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('booked_on', sa.Date(), nullable=False),
    sa.Column('belongs_on', sa.Date(), nullable=True),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['voucher_batch.id'], name=op.f('fk_voucher_batch_id')),
    sa.ForeignKeyConstraint(['transaction_id'], ['journal_transaction.id'], name=op.f('fk_voucher_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher')),
    sa.UniqueConstraint('key', name=op.f('uq_voucher_key')),
    sa.UniqueConstraint('transaction_id', name=op.f('uq_voucher_transaction_id')),
    info={'append_only': True}
    )
    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_batch_id'), ['batch_id'], unique=False)

    op.create_table('voucher_export',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('batch_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('ending', sa.String(length=4), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['voucher_batch.id'], name=op.f('fk_voucher_export_batch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher_export')),
    sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_voucher_export_batch_id_number')),
    info={'append_only': True}
    )
    op.create_table('voucher_confirmation',
    sa.Column('voucher_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_voucher_confirmation_voucher_id')),
    sa.PrimaryKeyConstraint('voucher_id', name=op.f('pk_voucher_confirmation')),
    info={'append_only': True}
    )
    op.create_table('voucher_line',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('voucher_id', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('sale_no', sa.String(length=60), nullable=True),
    sa.CheckConstraint('amount_fen <> 0', name=op.f('ck_voucher_line_amount')),
    sa.ForeignKeyConstraint(['voucher_id'], ['voucher.id'], name=op.f('fk_voucher_line_voucher_id'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voucher_line')),
    info={'append_only': True}
    )
    with op.batch_alter_table('voucher_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voucher_line_voucher_id'), ['voucher_id'], unique=False)


    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""

    with op.batch_alter_table('voucher_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_line_voucher_id'))

    op.drop_table('voucher_line')
    op.drop_table('voucher_confirmation')
    op.drop_table('voucher_export')
    with op.batch_alter_table('voucher', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_batch_id'))

    op.drop_table('voucher')
    with op.batch_alter_table('voucher_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voucher_batch_path'))

    op.drop_table('voucher_batch')
    with op.batch_alter_table('account_mapping', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_mapping_path'))

    op.drop_table('account_mapping')

