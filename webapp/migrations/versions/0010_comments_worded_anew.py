"""Later wordings of comments, beside the comments themselves."""

import sqlalchemy as sa
from alembic import op

revision = '0010_comments_worded_anew'
down_revision = '0009_drafts_of_persons'
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        """
CREATE TRIGGER keep_engine_comment_edit_update BEFORE UPDATE ON engine_comment_edit
BEGIN SELECT RAISE(ABORT, 'append_only:engine_comment_edit'); END
        """,
        """
CREATE TRIGGER release_engine_comment_edit_delete BEFORE DELETE ON engine_comment_edit
WHEN NOT EXISTS (SELECT 1 FROM engine_history_release r WHERE r.instance_id = OLD.instance_id)
BEGIN SELECT RAISE(ABORT, 'append_only:engine_comment_edit'); END
        """,
    ],
    "postgresql": [
        """
CREATE TRIGGER keep_engine_comment_edit_update BEFORE UPDATE ON public.engine_comment_edit FOR EACH ROW EXECUTE FUNCTION keyturn_append_only()
        """,
        """
CREATE TRIGGER release_engine_comment_edit_delete BEFORE DELETE ON public.engine_comment_edit FOR EACH ROW EXECUTE FUNCTION keyturn_append_only_unless_released('engine_history_release', 'instance_id')
        """,
    ],
}


def upgrade() -> None:
    """Apply."""
    op.create_table('engine_comment_edit',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('comment_id', sa.String(length=36), nullable=False),
    sa.Column('instance_id', sa.String(length=36), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['engine_comment.id'], name=op.f('fk_engine_comment_edit_comment_id')),
    sa.ForeignKeyConstraint(['instance_id'], ['engine_instance.id'], name=op.f('fk_engine_comment_edit_instance_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engine_comment_edit')),
    info={'append_only': True}
    )
    with op.batch_alter_table('engine_comment_edit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engine_comment_edit_comment_id'), ['comment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_engine_comment_edit_instance_id'), ['instance_id'], unique=False)

    connection = op.get_bind()
    for statement in TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('engine_comment_edit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engine_comment_edit_instance_id'))
        batch_op.drop_index(batch_op.f('ix_engine_comment_edit_comment_id'))

    op.drop_table('engine_comment_edit')
