"""Business calendars of the organisation, and by which rule a task is due and warned of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011_calendars_and_warnings'
down_revision = '0010_comments_worded_anew'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('business_calendar',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('state', sa.Boolean(), nullable=False),
    sa.Column('week', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.String(length=36), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_business_calendar')),
    sa.UniqueConstraint('code', name=op.f('uq_business_calendar_code'))
    )
    op.create_table('calendar_day',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('holder', sa.String(length=36), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('names', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('blocks', sa.String(length=200), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('set_by', sa.String(length=36), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_day')),
    sa.UniqueConstraint('holder', 'day', name=op.f('uq_calendar_day_holder_day'))
    )
    op.create_table('calendar_choice',
    sa.Column('node_id', sa.String(length=36), nullable=False),
    sa.Column('path', sa.String(length=250), nullable=False),
    sa.Column('calendar_id', sa.String(length=36), nullable=False),
    sa.Column('set_by', sa.String(length=36), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['calendar_id'], ['business_calendar.id'], name=op.f('fk_calendar_choice_calendar_id')),
    sa.ForeignKeyConstraint(['node_id'], ['org_node.id'], name=op.f('fk_calendar_choice_node_id')),
    sa.PrimaryKeyConstraint('node_id', name=op.f('pk_calendar_choice')),
    sa.UniqueConstraint('path', name=op.f('uq_calendar_choice_path'))
    )
    op.add_column('engine_task', sa.Column('due_rule', sa.String(length=255), nullable=True))
    op.add_column('engine_task', sa.Column('warn_rule', sa.String(length=60), nullable=True))
    op.add_column('engine_task', sa.Column('warn_at', sa.DateTime(timezone=True), nullable=True))



def downgrade() -> None:
    """Take back."""
    # One by one, because a table that is made anew would lose the triggers that keep the offers.
    op.drop_column('engine_task', 'warn_at')
    op.drop_column('engine_task', 'warn_rule')
    op.drop_column('engine_task', 'due_rule')

    op.drop_table('calendar_choice')
    op.drop_table('calendar_day')
    op.drop_table('business_calendar')
