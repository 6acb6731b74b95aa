"""Requests to withdraw that are about a whole case; cases found by who began them."""

import sqlalchemy as sa
from alembic import op

revision = '0020_requests_taken_back'
down_revision = '0019_line_managers'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('engine_withdrawal', schema=None) as batch_op:
        batch_op.alter_column('task_id', existing_type=sa.String(length=36), nullable=True)

    with op.batch_alter_table('engine_instance', schema=None) as batch_op:
        batch_op.create_index('ix_engine_instance_started_by', ['started_by', 'started_at'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('engine_instance', schema=None) as batch_op:
        batch_op.drop_index('ix_engine_instance_started_by')

    op.execute("DELETE FROM engine_withdrawal WHERE task_id IS NULL")
    with op.batch_alter_table('engine_withdrawal', schema=None) as batch_op:
        batch_op.alter_column('task_id', existing_type=sa.String(length=36), nullable=False)
