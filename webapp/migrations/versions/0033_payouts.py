"""Compensation, and refunds that are asked for and approved."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kernel.append_only import append_only_statements
from webapp.migrations.words import add_words

revision = '0033_payouts'
down_revision = '0032_papers_in_ranges'
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
_RULES = {
    ('refund_event', 'refund_event_insert_payout_unapproved', 'payout_unapproved', ''): (
        "NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM refund f WHERE f.id = NEW.refund_id AND f.needs_approval"
        " AND NOT EXISTS (SELECT 1 FROM payout_approval p WHERE p.refund_id = f.id"
        " AND p.content_hash = f.content_hash))"
    ),
    ('compensation_event', 'compensation_event_insert_compensation_closed', 'compensation_closed',
     'PERFORM 1 FROM compensation WHERE id = NEW.compensation_id FOR UPDATE; '): (
        "NEW.kind <> 'requested' AND EXISTS (SELECT 1 FROM compensation_event e WHERE e.compensation_id ="
        " NEW.compensation_id AND e.kind <> 'requested')"
    ),
    ('compensation_event', 'compensation_event_insert_payout_unapproved', 'payout_unapproved', ''): (
        "NEW.kind = 'paid' AND EXISTS (SELECT 1 FROM compensation c WHERE c.id = NEW.compensation_id"
        " AND c.needs_approval AND NOT EXISTS (SELECT 1 FROM payout_approval p WHERE p.compensation_id = c.id"
        " AND p.content_hash = c.content_hash))"
    ),
}


def _one_of(name, *words):
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Apply."""
    for table in ('journal_entry', 'receipt', 'refund'):
        add_words(table, f'ck_{table}_account', 'account', 'compensation')
    add_words('money_todo', 'ck_money_todo_kind', 'kind', 'compensate')
    op.add_column('refund', sa.Column('payee_reason', sa.String(length=200), nullable=True))
    op.add_column('refund', sa.Column('needs_approval', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('refund', sa.Column('content_hash', sa.String(length=64), nullable=True))
    op.add_column('refund', sa.Column('instance_id', sa.String(length=36), nullable=True))
    op.create_index(op.f('ix_refund_instance_id'), 'refund', ['instance_id'], unique=False)
    _compensation()
    op.execute(
        "ALTER TABLE money_todo ADD COLUMN compensation_id VARCHAR(36)"
        " CONSTRAINT fk_money_todo_compensation_id REFERENCES compensation (id)"
    )
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def _compensation() -> None:
    op.create_table('compensation',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=160), nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('kind', _one_of('kind', 'deposit_double', 'refund_interest', 'late_delivery', 'late_title', 'area_excess', 'other'), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=False),
    sa.Column('basis', _JSON, nullable=False),
    sa.Column('payee', sa.String(length=200), nullable=False),
    sa.Column('payee_role', _one_of('payee_role', 'buyer', 'bank', 'fund_centre'), nullable=False),
    sa.Column('payee_reason', sa.String(length=200), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('needs_approval', sa.Boolean(), nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_compensation_amount')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_compensation_project_id')),
    sa.ForeignKeyConstraint(['sale_id'], ['sale.id'], name=op.f('fk_compensation_sale_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_compensation')),
    sa.UniqueConstraint('key', name=op.f('uq_compensation_key'))
    )
    op.create_index(op.f('ix_compensation_sale_id'), 'compensation', ['sale_id'], unique=False)
    op.create_index(op.f('ix_compensation_instance_id'), 'compensation', ['instance_id'], unique=False)
    op.create_table('compensation_event',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('compensation_id', sa.String(length=36), nullable=False),
    sa.Column('kind', _one_of('kind', 'requested', 'paid', 'cancelled'), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['compensation_id'], ['compensation.id'], name=op.f('fk_compensation_event_compensation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_compensation_event')),
    sa.UniqueConstraint('compensation_id', 'kind', name=op.f('uq_compensation_event_compensation_id_kind'))
    )
    op.create_table('payout_approval',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('refund_id', sa.String(length=36), nullable=True),
    sa.Column('compensation_id', sa.String(length=36), nullable=True),
    sa.Column('content_hash', sa.String(length=64), nullable=False),
    sa.Column('approvers', _JSON, nullable=False),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.CheckConstraint('(refund_id IS NULL) <> (compensation_id IS NULL)', name=op.f('ck_payout_approval_one_subject')),
    sa.ForeignKeyConstraint(['compensation_id'], ['compensation.id'], name=op.f('fk_payout_approval_compensation_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['refund.id'], name=op.f('fk_payout_approval_refund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payout_approval')),
    sa.UniqueConstraint('compensation_id', name=op.f('uq_payout_approval_compensation_id')),
    sa.UniqueConstraint('refund_id', name=op.f('uq_payout_approval_refund_id'))
    )


def _guards(dialect):
    for table in ('compensation', 'compensation_event', 'payout_approval'):
        yield from append_only_statements(table, dialect)
    for (table, name, code, locks), broken in _RULES.items():
        if dialect == 'sqlite':
            yield f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {broken} BEGIN SELECT RAISE(ABORT, '{code}'); END"
        else:
            yield (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {locks}"
                f"IF {broken} THEN RAISE EXCEPTION '{code}'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
            )
            yield f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def downgrade() -> None:
    """Take back; the wider checks stay."""
    dialect = op.get_bind().dialect.name
    for table, name, _, _ in _RULES:
        op.execute(f"DROP TRIGGER {name}" + ("" if dialect == 'sqlite' else f" ON {table}"))
    with op.batch_alter_table('money_todo', schema=None) as batch_op:
        if dialect == 'postgresql':
            batch_op.drop_constraint('fk_money_todo_compensation_id', type_='foreignkey')
        batch_op.drop_column('compensation_id')
    op.drop_table('payout_approval')
    op.drop_table('compensation_event')
    op.drop_table('compensation')
    op.drop_index(op.f('ix_refund_instance_id'), table_name='refund')
    for column in ('instance_id', 'content_hash', 'needs_approval', 'payee_reason'):
        op.drop_column('refund', column)
