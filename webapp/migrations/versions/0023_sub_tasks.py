"""Pieces of work that were asked for under a task."""

import sqlalchemy as sa
from alembic import op

revision = '0023_sub_tasks'
down_revision = '0022_load_of_groups_and_people'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('engine_sub_task',
    sa.Column('instance_id', sa.String(length=36), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('by', sa.String(length=36), nullable=False),
    sa.Column('on_behalf_of', sa.String(length=36), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['instance_id'], ['engine_instance.id'], name=op.f('fk_engine_sub_task_instance_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['task_id'], ['engine_task.id'], name=op.f('fk_engine_sub_task_task_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('instance_id', name=op.f('pk_engine_sub_task'))
    )
    with op.batch_alter_table('engine_sub_task', schema=None) as batch_op:
        batch_op.create_index('ix_engine_sub_task_task_id', ['task_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('engine_sub_task', schema=None) as batch_op:
        batch_op.drop_index('ix_engine_sub_task_task_id')

    op.drop_table('engine_sub_task')
