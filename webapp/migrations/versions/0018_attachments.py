"""Files on tasks and cases, their contents encrypted, and which a step asks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018_attachments'
down_revision = '0017_signing_together'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('engine_attachment',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('filename', sa.String(length=160), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('content_id', sa.String(length=36), nullable=False),
    sa.Column('added_by', sa.String(length=36), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_by', sa.String(length=36), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['instance_id'], ['engine_instance.id'], name=op.f('fk_engine_attachment_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engine_attachment'))
    )
    with op.batch_alter_table('engine_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engine_attachment_instance_id'), ['instance_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_engine_attachment_task_id'), ['task_id'], unique=False)

    op.create_table('kept_file',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('customer_id', sa.String(length=36), nullable=True),
    sa.Column('own_key', sa.LargeBinary(), nullable=True),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(customer_id IS NULL) <> (own_key IS NULL)', name=op.f('ck_kept_file_one_key')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_kept_file_customer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_file'))
    )
    with op.batch_alter_table('kept_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_file_customer_id'), ['customer_id'], unique=False)

    with op.batch_alter_table('engine_task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('attachments', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))



def downgrade() -> None:
    """Take back."""
    op.drop_column('engine_task', 'attachments')

    with op.batch_alter_table('kept_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_kept_file_customer_id'))

    op.drop_table('kept_file')
    with op.batch_alter_table('engine_attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engine_attachment_task_id'))
        batch_op.drop_index(batch_op.f('ix_engine_attachment_instance_id'))

    op.drop_table('engine_attachment')
