"""What pages of records and of tasks show of a change that waits for its review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from kernel.actor import Actor
from kernel.clock import business_date
from kernel.errors import Missing
from ledger.reviews.queries import ChangeFilter, ChangeRow, find_changes, get_change, pending_of
from ledger.staff import queries as staff
from webapp.acting import clock
from webapp.reviews.words import FieldWords, Record, fields_of, inherited_by, records_of


@dataclass(frozen=True)
class Waits:
    """A change that waits: what it is about, and by whom it was proposed."""

    change: ChangeRow
    record: Record
    proposed_by: str


@dataclass(frozen=True)
class Reviewed:
    """The change that a task is about, as its reviewer reads it."""

    change: ChangeRow
    record: Record
    fields: list[FieldWords]


def waits_of(session: Session, actor: Actor, kind: str, record_id: str) -> list[Waits]:
    """The change of a record that waits, for the mark on its page; nothing for who may not see it."""
    return _waits(session, actor, list(pending_of(session, actor, kind, [record_id]).values()))


def waiting_below(session: Session, actor: Actor, kind: str, beginning: str) -> list[Waits]:
    """The changes of a kind that wait for records whose ids begin alike."""
    found = find_changes(session, actor, ChangeFilter(state="pending", kind=kind), limit=200)
    return _waits(session, actor, [one for one in found if one.record_id.startswith(beginning)])


def _waits(session: Session, actor: Actor, changes: list[ChangeRow]) -> list[Waits]:
    if not changes:
        return []
    names = staff.names(session, {one.proposed_by for one in changes})
    records = records_of(session, actor, changes)
    return [Waits(one, records[one.id], names.get(one.proposed_by, "Keyturn")) for one in changes]


def reviewed(session: Session, actor: Actor, data: Mapping[str, Any]) -> Reviewed | None:
    """The change of a task's case; None for another case, and for who may not see the record."""
    change_id = data.get("change_id")
    if not isinstance(change_id, str):
        return None
    try:
        change = get_change(session, actor, change_id)
    except Missing:
        return None
    fields = fields_of(change, inherited_by(session, change, business_date(clock())))
    return Reviewed(change, records_of(session, actor, [change])[change.id], fields)


def reason_field(*, given: str | None, error: str | None) -> dict[str, Any]:
    """The field that a form of a marked record asks besides."""
    return {
        "name": "reason",
        "kind": "text",
        "label": _("Reason for the change"),
        "required": True,
        "max_length": 500,
        "wide": True,
        "value": given or "",
        "error": error,
        "help": _("A second person reads it before the change takes effect."),
    }
