"""Receivables are found by their amount, as lines of bank statements ask for them."""

from alembic import op

revision = '0036_receivables_by_amount'
down_revision = '0035_arrears_cases'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('receivable', schema=None) as batch_op:
        batch_op.create_index('ix_receivable_project_id_amount_fen', ['project_id', 'amount_fen'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('receivable', schema=None) as batch_op:
        batch_op.drop_index('ix_receivable_project_id_amount_fen')
