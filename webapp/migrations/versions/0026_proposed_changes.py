"""Proposed changes of marked records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0026_proposed_changes'
down_revision = '0025_vacant_posts'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('proposed_change',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('record_id', sa.String(length=160), nullable=False),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('fields', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('proposed_by', sa.String(length=36), nullable=False),
    sa.Column('proposed_for', sa.String(length=36), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.String(length=36), nullable=True),
    sa.Column('decided_for', sa.String(length=36), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opinion', sa.String(length=500), nullable=True),
    sa.Column('instance_id', sa.String(length=36), nullable=True),
    sa.CheckConstraint("(state = 'pending') = (decided_by IS NULL)", name=op.f('ck_proposed_change_decided_once')),
    sa.CheckConstraint("state IN ('pending', 'accepted', 'refused', 'withdrawn')", name=op.f('ck_proposed_change_state')),
    sa.CheckConstraint("state NOT IN ('accepted', 'refused') OR (decided_by <> proposed_by AND (proposed_for IS NULL OR decided_by <> proposed_for) AND (decided_for IS NULL OR decided_for <> proposed_by))", name=op.f('ck_proposed_change_four_eyes')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_proposed_change_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposed_change'))
    )
    with op.batch_alter_table('proposed_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposed_change_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index('ix_proposed_change_kind_record_id', ['kind', 'record_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposed_change_path'), ['path'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposed_change_proposed_by'), ['proposed_by'], unique=False)
        batch_op.create_index('uq_proposed_change_pending', ['kind', 'record_id'], unique=True, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))



def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('proposed_change', schema=None) as batch_op:
        batch_op.drop_index('uq_proposed_change_pending', sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_proposed_change_proposed_by'))
        batch_op.drop_index(batch_op.f('ix_proposed_change_path'))
        batch_op.drop_index('ix_proposed_change_kind_record_id')
        batch_op.drop_index(batch_op.f('ix_proposed_change_customer_id'))

    op.drop_table('proposed_change')
