"""Tasks of a group that one person has put off for himself."""

import sqlalchemy as sa
from alembic import op

revision = '0021_put_off_by_one'
down_revision = '0020_requests_taken_back'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('engine_snooze',
    sa.Column('person', sa.String(length=36), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['engine_task.id'], name=op.f('fk_engine_snooze_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person', 'task_id', name=op.f('pk_engine_snooze'))
    )
    with op.batch_alter_table('engine_snooze', schema=None) as batch_op:
        batch_op.create_index('ix_engine_snooze_task_id', ['task_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('engine_snooze', schema=None) as batch_op:
        batch_op.drop_index('ix_engine_snooze_task_id')

    op.drop_table('engine_snooze')
