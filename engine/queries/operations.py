"""What operators did: the audit's rows about cases, incidents, jobs, batches and processes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from engine.errors import Invalid, Missing
from engine.host import Host
from engine.queries.narrowing import at_or_below, equal, in_time
from engine.queries.paging import counted, cut, part
from engine.queries.paths import operated_by, within_any
from engine.results.operations import Operation, OperationFilter
from engine.results.paging import Page, PageOf
from engine.tables.columns import AnyRow, table_of
from kernel.audit import AuditRow, record

AUDIT = table_of(AuditRow)
SUBJECTS = ("instance", "incident", "job", "definition", "hold", "batch", "event")
_TASK_ACTS = ("task:assign",)
# What everybody does at work is no operator's act.
_WORK = ("process:start",)
LONGEST = 1000


def find(host: Host, wanted: OperationFilter, page: Page) -> PageOf[Operation]:
    """One page of the acts at nodes that the actor may operate, the latest first; three statements at most."""
    where = [_visible(host), *_narrowing(wanted)]
    # Ids grow with time, so the key itself gives the latest first, however long the log is.
    query = select(AUDIT).where(*where).order_by(AUDIT.c.id.desc())
    rows = host.session.execute(cut(query, page)).all()
    notes = _notes(host, [row.id for row in rows])
    count = counted(host.session, select(AUDIT.c.id).where(*where))
    found = [_to_operation(row, tuple(notes.get(row.id, ()))) for row in rows]
    return part(found, count, page)


def annotate(host: Host, operation_id: str, text: str) -> Operation:
    """Add a note to an act; the act itself is never changed. Raises `Missing`, `Invalid`."""
    note = text.strip()
    if not note or len(note) > LONGEST:
        raise Invalid("comment_length", field="text", longest=LONGEST)
    row = host.session.execute(select(AUDIT).where(AUDIT.c.id == operation_id, _visible(host))).first()
    if row is None:
        raise Missing("operation_missing", operation_id=operation_id)
    record(
        host.session, host.actor, host.clock, "operation:annotate", "operation", row.id, path=row.path,
        after={"note": note},
    )  # fmt: skip
    host.session.flush()  # The notes are read back from the table.
    return _to_operation(row, tuple(_notes(host, [row.id]).get(row.id, ())))


def _visible(host: Host) -> ColumnElement[bool]:
    actor = host.actor
    paths = operated_by(host, actor)
    acts = AUDIT.c.subject.in_(SUBJECTS) & AUDIT.c.action.not_in(_WORK)
    return or_(acts, AUDIT.c.action.in_(_TASK_ACTS)) & within_any(AUDIT.c.path, paths)


def _narrowing(wanted: OperationFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.actor_id is not None:
        where.append(or_(AUDIT.c.actor_id == wanted.actor_id, AUDIT.c.on_behalf_of == wanted.actor_id))
    where += equal(
        (AUDIT.c.subject, wanted.subject), (AUDIT.c.subject_id, wanted.subject_id), (AUDIT.c.action, wanted.action)
    )
    where += at_or_below(AUDIT.c.path, wanted.path)
    return where + in_time(AUDIT.c.at, wanted.since, wanted.until)


def _notes(host: Host, ids: list[str]) -> dict[str, list[str]]:
    if not ids:
        return {}
    about = (AUDIT.c.subject == "operation") & AUDIT.c.subject_id.in_(ids)
    query = select(AUDIT.c.subject_id, AUDIT.c.after).where(about).order_by(AUDIT.c.id)
    found: dict[str, list[str]] = {}
    for row in host.session.execute(query):
        found.setdefault(row.subject_id, []).append(row.after["note"])
    return found


def _to_operation(row: AnyRow, notes: tuple[str, ...]) -> Operation:
    return Operation(
        id=row.id,
        at=row.at,
        action=row.action,
        subject=row.subject,
        subject_id=row.subject_id,
        actor_id=row.actor_id,
        on_behalf_of=row.on_behalf_of,
        scope=row.path,
        reason=row.reason,
        before=dict(row.before or {}),
        after=dict(row.after or {}),
        notes=notes,
    )
