"""People added to a task: their own tasks below it, and the rule by which they decide."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017_signing_together'
down_revision = '0016_notices_and_links'
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
_INSTANT = sa.DateTime(timezone=True)
_COLUMNS = {'parent_id': 36, 'signing_id': 36, 'part': 8, 'held': 8}
_BELOW = sa.text('parent_id IS NOT NULL')


def upgrade() -> None:
    """Apply."""
    for name, length in _COLUMNS.items():
        op.add_column('engine_task', sa.Column(name, sa.String(length=length), nullable=True))
    op.create_index(
        'ix_engine_task_parent', 'engine_task', ['parent_id'], unique=False,
        sqlite_where=_BELOW, postgresql_where=_BELOW,
    )
    op.create_table('engine_signing',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('task_id', sa.String(length=36), nullable=False),
    sa.Column('part', sa.String(length=8), nullable=False),
    sa.Column('rule', sa.String(length=8), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('people', _JSON, nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('outcome', sa.String(length=40), nullable=True),
    sa.Column('holder', sa.String(length=36), nullable=False),
    sa.Column('on_behalf_of', sa.String(length=36), nullable=True),
    sa.Column('entitled', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('answers', _JSON, nullable=False),
    sa.Column('opened_at', _INSTANT, nullable=False),
    sa.Column('held_at', _INSTANT, nullable=True),
    sa.Column('over_at', _INSTANT, nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['engine_task.id'], name=op.f('fk_engine_signing_task_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engine_signing'))
    )
    op.create_index('ix_engine_signing_task', 'engine_signing', ['task_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_engine_signing_task', table_name='engine_signing')
    op.drop_table('engine_signing')
    op.drop_index('ix_engine_task_parent', table_name='engine_task')
    for name in reversed(_COLUMNS):
        op.drop_column('engine_task', name)
