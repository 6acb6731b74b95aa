"""The database: one metadata for all rooms, two transaction modes, sessions that carry the vault.

SQLite cannot turn a reading transaction into a writing one once another writer has acted, in spite of its busy
timeout; so the mode is chosen when the transaction opens: BEGIN to read, BEGIN IMMEDIATE to write.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from sqlalchemy import Connection, CursorResult, Engine, MetaData, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from kernel.vault import Vault

_BEGIN = "keyturn_begin"
_PREPARED_MOST = 400
_RESTED = "keyturn_rested_since"
_TRIED_AFTER_SECONDS = 1.0
_PASSING = frozenset({"40P01", "40001", "55P03", "SQLITE_BUSY"})
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The parent of every table."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {}


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for a SQLite or PostgreSQL URL, set up as Keyturn needs it."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
    event.listen(engine, "connect", _set_up_postgres)
    _try_rested_connections(engine)
    return engine


def _try_rested_connections(engine: Engine) -> None:
    """Ask a connection whether it still lives before it is used again, unless it was used just now.

    SQLAlchemy's own `pool_pre_ping` asks every time, which costs a busy server a tenth of each step.
    """

    def note_rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTED] = time.monotonic()

    def try_it(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        rested = time.monotonic() - entry.info.get(_RESTED, time.monotonic())
        if rested < _TRIED_AFTER_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise DisconnectionError

    event.listen(engine, "checkin", note_rest)
    event.listen(engine, "checkout", try_it)


def _set_up_postgres(connection: Any, _record: object) -> None:
    # A house's pages and verbs have more than the driver's hundred statements; each is planned once a connection.
    connection.prepared_max = _PREPARED_MOST


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself; the begin event does, in the mode asked for.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


class ReadOnly(RuntimeError):
    """Something tried to write in a session that only reads: a mistake of ours, never a person's."""


class _ReadingSession(Session):
    """Refuses to write."""


@event.listens_for(_ReadingSession, "before_flush")
def _refuse_flush(*_told: object) -> None:
    raise ReadOnly("a reading session was changed")


@event.listens_for(_ReadingSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise ReadOnly("a reading session was told to write")


def reading_session(engine: Engine, vault: Vault) -> Session:
    """A session that only reads; raises `ReadOnly` when told to write.

    On SQLite it sees one moment. On PostgreSQL each statement sees its own, as in any transaction that is READ
    COMMITTED, so none is opened: that saves two round trips, and the rollback at its end, after which the driver
    would forget every statement the server has planned.
    """
    options: dict[str, Any] = {_BEGIN: "BEGIN"}
    if engine.dialect.name != "sqlite":
        options["isolation_level"] = "AUTOCOMMIT"
    return _session(_ReadingSession, engine.execution_options(**options), vault)


def writing_session(engine: Engine, vault: Vault) -> Session:
    """A session whose transaction may write from its start."""
    return _session(Session, engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"}), vault)


def _session(kind: type[Session], engine: Engine, vault: Vault) -> Session:
    session = kind(engine, expire_on_commit=False)
    session.info["vault"] = vault
    return session


@contextmanager
def in_one_round_trip(session: Session) -> Iterator[None]:
    """Send the statements of the block without waiting for each; only such as give no rows back may stand in it.

    PostgreSQL's pipeline: what a statement changed is known by `rows_changed` after the block, and an error of any
    of them is raised at its end, typed as always. SQLite has no round trips to save.
    """
    if is_sqlite(session):
        yield
        return
    # The ORM counts the rows it changes, which cannot be told inside.
    session.flush()
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    error = dialect.loaded_dbapi.Error
    try:
        with driver.pipeline():
            yield
    except error as fault:
        if cut := dialect.is_disconnect(fault, driver, None):
            connection.invalidate(fault)
        raise DBAPIError.instance(None, None, fault, error, connection_invalidated=cut, dialect=dialect) from fault


def rows_changed(result: CursorResult[Any]) -> int:
    """How many rows a statement changed, whether it ran by itself or in a finished `in_one_round_trip` block."""
    # Only one of the two knows: the result when it waited for the answer, else the cursor that got it later.
    return max(result.rowcount, result.context.cursor.rowcount)


def is_passing(fault: BaseException) -> bool:
    """Whether the database refused only since others were at work at this moment: the act may be done again.

    That is a deadlock or a conflict of transactions on PostgreSQL, a lock that was not given in time on SQLite.
    """
    if not isinstance(fault, OperationalError):
        return False
    at_fault = getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "sqlite_errorname", None)
    return at_fault in _PASSING


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"
