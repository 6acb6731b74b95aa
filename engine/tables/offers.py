"""Open tasks as the lists of groups read them: one narrow row for each candidate.

The database keeps these rows itself, by triggers on tasks and candidates, so that they are right whoever writes a
task, an older version of the program included.
"""

from __future__ import annotations

from sqlalchemy import DDL, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.columns import PathText, table_of
from engine.tables.tasks import CandidateRow
from kernel.columns import Instant
from kernel.database import Base

# Most offers go to roles: they are kept out, so that planners know how few name one person.
_NAMED = text("user_id IS NOT NULL")


class OfferRow(Base):
    """An open task that a role at a node, or one person, may take; ``taken`` when somebody has it already.

    ``path`` is the node of the role, ``place`` that of the task. ``urgency`` is the priority with its sign turned.
    Rows are ordered as lists show them by default: what is due first, then what is urgent, then what is old.
    """

    __tablename__ = "engine_offer"

    task_id: Mapped[str] = mapped_column(ForeignKey("engine_task.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str | None] = mapped_column(String(60))
    path: Mapped[str | None] = mapped_column(PathText)
    user_id: Mapped[str | None] = mapped_column(String(36))
    taken: Mapped[bool]
    far_due: Mapped[Instant]
    urgency: Mapped[int]
    created_at: Mapped[Instant]
    follow_up_at: Mapped[Instant | None]
    place: Mapped[str | None] = mapped_column(PathText)
    definition_key: Mapped[str | None] = mapped_column(String(255))

    __table_args__ = (
        Index(
            "ix_engine_offer_role",
            "role",
            "taken",
            "far_due",
            "urgency",
            "created_at",
            "task_id",
            "path",
            "follow_up_at",
        ),
        Index(
            "ix_engine_offer_place",
            "role",
            "taken",
            "path",
            "far_due",
            "urgency",
            "created_at",
            "task_id",
            "follow_up_at",
        ),
        # All that the board of managers counts, group by group.
        Index(
            "ix_engine_offer_load",
            "place",
            "role",
            "path",
            "taken",
            "far_due",
            "created_at",
            "definition_key",
        ),
        Index("ix_engine_offer_user", "user_id", "far_due", sqlite_where=_NAMED, postgresql_where=_NAMED),
    )


_COLUMNS = """task_id, position, role, path, user_id, taken, far_due, urgency, created_at, follow_up_at, place,
definition_key"""
_VALUES = """c.task_id, c.position, c.role, c.path, c.user_id, t.assignee IS NOT NULL, t.far_due, -t.priority,
t.created_at, t.follow_up_at, t.path, t.definition_key"""
_INSERT = f"""INSERT INTO engine_offer ({_COLUMNS}) SELECT {_VALUES}
FROM engine_task_candidate c JOIN engine_task t ON t.id = c.task_id
WHERE t.state = 'open'"""  # noqa: S608 - all its parts stand above
_OF_CANDIDATE = f"{_INSERT} AND c.task_id = NEW.task_id AND c.position = NEW.position"
_OF_TASK = f"{_INSERT} AND t.id = NEW.id"
_GONE = "DELETE FROM engine_offer WHERE task_id = NEW.id"
_FATE = "state, assignee, far_due, priority, follow_up_at"
_CHANGED = " OR ".join(f"OLD.{name} IS {{}} NEW.{name}" for name in _FATE.split(", "))

_SQLITE = (
    f"CREATE TRIGGER offer_candidate AFTER INSERT ON engine_task_candidate BEGIN {_OF_CANDIDATE}; END",
    "CREATE TRIGGER offer_no_more AFTER DELETE ON engine_task_candidate "
    "BEGIN DELETE FROM engine_offer WHERE task_id = OLD.task_id AND position = OLD.position; END",
    f"CREATE TRIGGER offer_task AFTER UPDATE OF {_FATE} ON engine_task WHEN {_CHANGED.format(*['NOT'] * 5)} "
    f"BEGIN {_GONE}; {_OF_TASK}; END",
)
_POSTGRES = (
    "CREATE OR REPLACE FUNCTION keyturn_offer_candidate() RETURNS trigger AS $$ BEGIN\n"
    f"{_OF_CANDIDATE};\nRETURN NULL; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER offer_candidate AFTER INSERT ON engine_task_candidate "
    "FOR EACH ROW EXECUTE FUNCTION keyturn_offer_candidate()",
    "CREATE OR REPLACE FUNCTION keyturn_offer_no_more() RETURNS trigger AS $$ BEGIN\n"
    "DELETE FROM engine_offer WHERE task_id = OLD.task_id AND position = OLD.position;\n"
    "RETURN NULL; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER offer_no_more AFTER DELETE ON engine_task_candidate "
    "FOR EACH ROW EXECUTE FUNCTION keyturn_offer_no_more()",
    "CREATE OR REPLACE FUNCTION keyturn_offer_task() RETURNS trigger AS $$ BEGIN\n"
    f"{_GONE};\nIF NEW.state = 'open' THEN\n{_OF_TASK};\nEND IF;\n"
    "RETURN NULL; END $$ LANGUAGE plpgsql",
    f"CREATE TRIGGER offer_task AFTER UPDATE OF {_FATE} ON engine_task FOR EACH ROW "
    f"WHEN ({_CHANGED.format(*['DISTINCT FROM'] * 5)}) EXECUTE FUNCTION keyturn_offer_task()",
)
# The offers come last: their triggers name both other tables.
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRES)):
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table_of(OfferRow), "after_create", _ddl.execute_if(dialect=_dialect))
table_of(OfferRow).add_is_dependent_on(table_of(CandidateRow))
