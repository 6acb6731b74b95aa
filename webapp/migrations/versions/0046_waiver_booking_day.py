"""The day on which the books know of what was let off: the first open one, as with allocations."""

import sqlalchemy as sa
from alembic import op

revision = '0046_waiver_booking_day'
down_revision = '0045_surveys_and_titles'
branch_labels = None
depends_on = None

_KEEP = "CREATE TRIGGER keep_waiver_part_update BEFORE UPDATE ON waiver_part\nBEGIN SELECT RAISE(ABORT, 'append_only:waiver_part'); END"


def upgrade() -> None:
    """Apply."""
    op.add_column('waiver_part', sa.Column('booked_on', sa.Date(), nullable=False, server_default='1970-01-01'))
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.execute('DROP TRIGGER keep_waiver_part_update' if is_sqlite else 'ALTER TABLE waiver_part DISABLE TRIGGER keep_waiver_part_update')
    op.execute('UPDATE waiver_part SET booked_on = on_date')
    op.execute(_KEEP if is_sqlite else 'ALTER TABLE waiver_part ENABLE TRIGGER keep_waiver_part_update')


def downgrade() -> None:
    """Take back."""
    op.drop_column('waiver_part', 'booked_on')
