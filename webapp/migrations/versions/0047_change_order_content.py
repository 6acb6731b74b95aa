"""What an approved change order says is fixed as a whole, not its hash alone."""

from alembic import op

revision = '0047_change_order_content'
down_revision = '0046_waiver_booking_day'
branch_labels = None
depends_on = None

NEW = {
    'sqlite': """CREATE TRIGGER change_order_update_change_fixed BEFORE UPDATE ON change_order WHEN OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR ((NEW.content_hash <> OLD.content_hash OR COALESCE(NEW.fault, '') <> COALESCE(OLD.fault, '') OR CAST(NEW.wanted AS TEXT) <> CAST(OLD.wanted AS TEXT) OR CAST(NEW.before AS TEXT) <> CAST(OLD.before AS TEXT) OR CAST(NEW.after AS TEXT) <> CAST(OLD.after AS TEXT) OR CAST(NEW.money AS TEXT) <> CAST(OLD.money AS TEXT) OR CAST(NEW.route AS TEXT) <> CAST(OLD.route AS TEXT)) AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version BEGIN SELECT RAISE(ABORT, 'change_fixed'); END""",
    'postgresql': """CREATE OR REPLACE FUNCTION change_order_update_change_fixed() RETURNS trigger AS $$ BEGIN IF OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR ((NEW.content_hash <> OLD.content_hash OR COALESCE(NEW.fault, '') <> COALESCE(OLD.fault, '') OR CAST(NEW.wanted AS TEXT) <> CAST(OLD.wanted AS TEXT) OR CAST(NEW.before AS TEXT) <> CAST(OLD.before AS TEXT) OR CAST(NEW.after AS TEXT) <> CAST(OLD.after AS TEXT) OR CAST(NEW.money AS TEXT) <> CAST(OLD.money AS TEXT) OR CAST(NEW.route AS TEXT) <> CAST(OLD.route AS TEXT)) AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version THEN RAISE EXCEPTION 'change_fixed'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
}
OLD = {
    'sqlite': """CREATE TRIGGER change_order_update_change_fixed BEFORE UPDATE ON change_order WHEN OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR (NEW.content_hash <> OLD.content_hash AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version BEGIN SELECT RAISE(ABORT, 'change_fixed'); END""",
    'postgresql': """CREATE OR REPLACE FUNCTION change_order_update_change_fixed() RETURNS trigger AS $$ BEGIN IF OLD.state IN ('executed', 'rejected', 'withdrawn', 'expired', 'failed') OR (NEW.content_hash <> OLD.content_hash AND OLD.state NOT IN ('submitted', 'returned')) OR NEW.sale_id <> OLD.sale_id OR NEW.kind <> OLD.kind OR NEW.applied_by <> OLD.applied_by OR NEW.mode <> OLD.mode OR NEW.mode_version <> OLD.mode_version THEN RAISE EXCEPTION 'change_fixed'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql""",
}


def upgrade() -> None:
    """Apply."""
    _replace(NEW)


def downgrade() -> None:
    """Take back."""
    _replace(OLD)


def _replace(rule: dict[str, str]) -> None:
    dialect = op.get_bind().dialect.name
    if dialect == 'sqlite':
        op.execute('DROP TRIGGER change_order_update_change_fixed')
    op.execute(rule[dialect])
