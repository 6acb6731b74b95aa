"""Runs of statements for a project or building, with what came of each sale."""

import sqlalchemy as sa
from alembic import op

revision = '0037_statement_runs'
down_revision = '0036_receivables_by_amount'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('webapp_statement_run',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('person_id', sa.String(length=36), nullable=False),
    sa.Column('project_id', sa.String(length=36), nullable=False),
    sa.Column('building_id', sa.String(length=36), nullable=True),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webapp_statement_run'))
    )
    op.create_index('ix_webapp_statement_run_begun_at', 'webapp_statement_run', ['begun_at'])
    op.create_table('webapp_statement_item',
    sa.Column('run_id', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sale_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=True),
    sa.Column('document_id', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['webapp_statement_run.id'], name=op.f('fk_webapp_statement_item_run_id')),
    sa.PrimaryKeyConstraint('run_id', 'position', name=op.f('pk_webapp_statement_item'))
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('webapp_statement_item')
    op.drop_table('webapp_statement_run')
