"""The business days by which reports know what stood at a past date: raised, dated, ended, sealed, booked."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0031_days_of_receivables'
down_revision = '0030_late_interest'
branch_labels = None
depends_on = None

_EVER = '1970-01-01'
_DAY_COLUMNS = (
    ('receivable', 'raised_on', False), ('receivable', 'dated_on', True), ('receivable', 'ended_on', True),
    ('receivable_schedule', 'sealed_on', False), ('allocation', 'booked_on', False),
)
_APPEND_ONLY = ('receivable_schedule', 'allocation')
_KEEP = "CREATE TRIGGER keep_{table}_update BEFORE UPDATE ON {table}\nBEGIN SELECT RAISE(ABORT, 'append_only:{table}'); END"
_SALE_ZONE = 'SELECT p.zone FROM project p JOIN sale s ON s.project_id = p.id WHERE s.id = receivable_schedule.sale_id'
_LINE_ZONE = 'SELECT p.zone FROM project p WHERE p.id = receivable.project_id'
_RECEIPT_ZONE = 'SELECT p.zone FROM project p JOIN receipt r ON r.project_id = p.id WHERE r.id = allocation.receipt_id'
_SEALED = 'SELECT s.sealed_at FROM receivable_schedule s WHERE s.id = receivable.superseded_in'
_FREED = 'SELECT MAX(a.at) FROM allocation a WHERE a.receivable_id = receivable.id AND a.amount_fen < 0'
_VOIDED = "SELECT MAX(t.closed_at) FROM money_todo t WHERE t.receivable_id = receivable.id AND t.state = 'cancelled'"
_DATED = "SELECT MAX(u.at) FROM audit u WHERE u.subject = 'receivable' AND u.subject_id = receivable.id AND u.action = 'finance:fall_due'"


def upgrade() -> None:
    """Apply."""
    for table, name, is_nullable in _DAY_COLUMNS:
        default = None if is_nullable else _EVER
        op.add_column(table, sa.Column(name, sa.Date(), nullable=is_nullable, server_default=default))
    _fill()
    op.create_index('ix_receivable_raised_on_path', 'receivable', ['raised_on', 'path'])
    op.create_index('ix_allocation_receivable_id_booked_on', 'allocation', ['receivable_id', 'booked_on', 'amount_fen'])
    op.create_index('ix_allocation_booked_on', 'allocation', ['booked_on'])
    op.drop_index('ix_allocation_receivable_id', 'allocation')


def _fill() -> None:
    is_sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in _APPEND_ONLY:
        op.execute(f'DROP TRIGGER keep_{table}_update' if is_sqlite else f'ALTER TABLE {table} DISABLE TRIGGER keep_{table}_update')
    if is_sqlite:
        connection: Any = op.get_bind().connection.driver_connection
        connection.create_function('keyturn_day', 2, _day)
    day = 'keyturn_day({}, ({}))' if is_sqlite else '(({}) AT TIME ZONE ({}))::date'
    ended = f'COALESCE(({_SEALED}), ({_FREED}), ({_VOIDED}), created_at)'
    for statement in (
        f"UPDATE receivable_schedule SET sealed_on = {day.format('sealed_at', _SALE_ZONE)}",
        f"UPDATE allocation SET booked_on = {day.format('at', _RECEIPT_ZONE)}",
        f"UPDATE receivable SET raised_on = {day.format('created_at', _LINE_ZONE)}",
        f"UPDATE receivable SET ended_on = {day.format(ended, _LINE_ZONE)} WHERE state <> 'planned'",
        f"UPDATE receivable SET dated_on = {day.format(f'({_DATED})', _LINE_ZONE)} WHERE milestone IS NOT NULL AND due_on IS NOT NULL",
    ):
        op.execute(sa.text(statement.replace('::', '\\:\\:')))
    for table in _APPEND_ONLY:
        op.execute(_KEEP.format(table=table) if is_sqlite else f'ALTER TABLE {table} ENABLE TRIGGER keep_{table}_update')


def _day(instant: str | None, zone: str | None) -> str | None:
    """The business day of a UTC instant as SQLite stores it."""
    if instant is None or zone is None:
        return None
    return datetime.fromisoformat(instant).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def downgrade() -> None:
    """Take back."""
    op.create_index('ix_allocation_receivable_id', 'allocation', ['receivable_id'])
    op.drop_index('ix_allocation_booked_on', 'allocation')
    op.drop_index('ix_allocation_receivable_id_booked_on', 'allocation')
    op.drop_index('ix_receivable_raised_on_path', 'receivable')
    for table, name, _ in _DAY_COLUMNS:
        op.drop_column(table, name)
