"""Find what waits in a case by case and state, however long its history."""

from alembic import op

revision = '0006_waits_by_case'
down_revision = '0005_requests_counted'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('engine_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engine_job_instance_id'))
        batch_op.create_index('ix_engine_job_instance_state', ['instance_id', 'state'], unique=False)

    with op.batch_alter_table('engine_task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engine_task_instance_id'))
        batch_op.create_index('ix_engine_task_instance_state', ['instance_id', 'state'], unique=False)



def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('engine_task', schema=None) as batch_op:
        batch_op.drop_index('ix_engine_task_instance_state')
        batch_op.create_index(batch_op.f('ix_engine_task_instance_id'), ['instance_id'], unique=False)

    with op.batch_alter_table('engine_job', schema=None) as batch_op:
        batch_op.drop_index('ix_engine_job_instance_state')
        batch_op.create_index(batch_op.f('ix_engine_job_instance_id'), ['instance_id'], unique=False)

