"""What a one-time link lets its holder do, and the messages that could not be delivered."""

import sqlalchemy as sa
from alembic import op

revision = '0024_links_for_more'
down_revision = '0023_sub_tasks'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('webapp_task_link', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(length=12), server_default='decide', nullable=False))
        batch_op.add_column(sa.Column('subject_id', sa.String(length=36), server_default='', nullable=False))

    failed = sa.text("state = 'failed'")
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_failed', ['recipient_id'], unique=False, sqlite_where=failed, postgresql_where=failed)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_failed', sqlite_where=sa.text("state = 'failed'"), postgresql_where=sa.text("state = 'failed'"))

    with op.batch_alter_table('webapp_task_link', schema=None) as batch_op:
        batch_op.drop_column('subject_id')
        batch_op.drop_column('purpose')
