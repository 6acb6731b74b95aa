"""Changes that wait in no case any more are withdrawn, so that their records can be changed again."""

import sqlalchemy as sa
from alembic import op

revision = '0027_changes_without_a_case'
down_revision = '0026_proposed_changes'
branch_labels = None
depends_on = None

_LIVE = "SELECT id FROM engine_instance WHERE state IN ('active', 'suspended')"
_ENDED_AT = "SELECT ended_at FROM engine_instance WHERE engine_instance.id = proposed_change.instance_id"


def upgrade() -> None:
    """Apply."""
    op.execute(sa.text(
        "UPDATE proposed_change SET state = 'withdrawn', decided_by = 'system',"
        f" decided_at = COALESCE(({_ENDED_AT}), proposed_at),"
        " opinion = '审核未作决定即已结束 · The review ended without a decision'"
        f" WHERE state = 'pending' AND (instance_id IS NULL OR instance_id NOT IN ({_LIVE}))"
    ))


def downgrade() -> None:
    """Nothing to take back: what was withdrawn stays so."""
