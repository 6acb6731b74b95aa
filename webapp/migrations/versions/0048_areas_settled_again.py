"""A settlement of an area that another survey follows: what was posted before, and which one it follows."""

import sqlalchemy as sa
from alembic import op

revision = '0048_areas_settled_again'
down_revision = '0047_change_order_content'
branch_labels = None
depends_on = None

_FORMER = "state <> 'withdrawn'"
_LIVE = "state <> 'withdrawn' AND NOT is_followed"


def upgrade() -> None:
    """Apply."""
    op.add_column('area_settlement', sa.Column('earlier_id', sa.String(length=36), nullable=True))
    op.add_column('area_settlement', sa.Column('earlier_fen', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('area_settlement', sa.Column('earlier_compensation_fen', sa.BigInteger(), nullable=False, server_default='0'))
    op.add_column('area_settlement', sa.Column('is_followed', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index('uq_area_settlement_live', 'area_settlement')
    op.create_index('uq_area_settlement_live', 'area_settlement', ['sale_id'], unique=True, sqlite_where=sa.text(_LIVE), postgresql_where=sa.text(_LIVE))
    op.create_index('uq_area_settlement_earlier', 'area_settlement', ['earlier_id'], unique=True, sqlite_where=sa.text(_FORMER), postgresql_where=sa.text(_FORMER))


def downgrade() -> None:
    """Take back."""
    op.drop_index('uq_area_settlement_earlier', 'area_settlement')
    op.drop_index('uq_area_settlement_live', 'area_settlement')
    op.create_index('uq_area_settlement_live', 'area_settlement', ['sale_id'], unique=True, sqlite_where=sa.text(_FORMER), postgresql_where=sa.text(_FORMER))
    for name in ('is_followed', 'earlier_compensation_fen', 'earlier_fen', 'earlier_id'):
        op.drop_column('area_settlement', name)
