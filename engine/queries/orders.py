"""Orders of a list by several keys, columns of the task and business facts alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from engine.errors import Invalid
from engine.queries.task_filters import Veiled, seen_at
from engine.store.snoozing import SNOOZES
from engine.store.tasks import FACTS, TABLE

_COLUMNS: Mapping[str, Any] = {
    "due": TABLE.c.far_due,
    "priority": TABLE.c.priority,
    "created": TABLE.c.created_at,
    "follow_up": TABLE.c.follow_up_at,
    "completed": TABLE.c.completed_at,
    "name": TABLE.c.name,
    "process": TABLE.c.definition_key,
    "business_key": TABLE.c.business_key,
}
# What the branches of a list know of a task without its row.
_IN_BRANCHES = ("due", "priority", "created")
_FACT = "fact:"


@dataclass(frozen=True)
class Order:
    """Sort keys, each with a minus when it runs down; ``veiled`` is what the reader may not see everywhere.

    What the reader has put off for himself counts by that.
    """

    sort: tuple[str, ...]
    veiled: Veiled
    reader: str

    @property
    def by_branches(self) -> bool:
        """Whether some key is among what the branches of a list give."""
        return any(name in _IN_BRANCHES for name, _ in self._keys())

    @property
    def by_tasks(self) -> bool:
        """Whether it takes the row of a task: its other columns, or its place where a fact is veiled."""
        return any(self._of_task(name) for name, _ in self._keys())

    def of_tasks(self, query: Select[Any]) -> Select[Any]:
        """A query of tasks, sorted; what has no value comes last, as does what the reader may not see.

        Raises `Invalid` for an unknown key.
        """
        own = select(SNOOZES.c.until).where(SNOOZES.c.task_id == TABLE.c.id, SNOOZES.c.person == self.reader)
        follow_up = func.coalesce(own.scalar_subquery(), TABLE.c.follow_up_at)
        return self.of(query, TABLE.c.id, {**_COLUMNS, "follow_up": follow_up})

    def of_branches(self, ids: Any) -> Select[Any]:
        """The same of the ids of a list's branches, where no key takes the row of a task."""
        return self.of(select(ids.c.id), ids.c.id, self._in_branches(ids))

    def first_of_branches(self, ids: Any, most: int) -> Select[Any]:
        """The same, of which only the first ``most`` are wanted.

        Put in order by the first key alone; what is behind all that tie with the last wanted is dropped before the
        facts of the other keys are looked up. SQLite knows no ties.
        """
        keys, columns = self._keys(), self._in_branches(ids)
        query, found = self._by(0, select(ids.c.id), ids.c.id, columns)
        firsts = [column.label(f"first_{number}") for number, column in enumerate(found)]
        others = [columns[name].label(name) for name, _ in keys[1:] if name in columns]
        query = query.add_columns(*firsts, *others).order_by(*_run(found, keys[0]))
        few = query.fetch(most, with_ties=True).subquery("few")
        columns = {column.name: few.c[column.name] for column in others}
        query = select(few.c.id).order_by(*_run([few.c[first.name] for first in firsts], keys[0]))
        for number in range(1, len(keys)):
            query, found = self._by(number, query, few.c.id, columns)
            query = query.order_by(*_run(found, keys[number]))
        return query.order_by(few.c.id)

    def of(self, query: Select[Any], task_id: Any, columns: Mapping[str, Any]) -> Select[Any]:
        """The same with columns from wherever they stand."""
        for number, key in enumerate(self._keys()):
            query, found = self._by(number, query, task_id, columns)
            query = query.order_by(*_run(found, key))
        return query.order_by(task_id)

    def _by(
        self, number: int, query: Select[Any], task_id: Any, columns: Mapping[str, Any]
    ) -> tuple[Select[Any], list[Any]]:
        """The query with what a key takes, and the columns it sorts by."""
        name, _ = self._keys()[number]
        if not name.startswith(_FACT):
            return query, [columns[name]]
        fact = name.removeprefix(_FACT)
        facts = FACTS.alias(f"sorting_{number}")
        same = and_(facts.c.task_id == task_id, facts.c.name == fact)
        place = seen_at(fact, self.veiled)
        query = query.outerjoin(facts, same if place is None else and_(same, place))
        return query, [facts.c.number, facts.c.date, facts.c.text]

    def _in_branches(self, ids: Any) -> dict[str, Any]:
        if not self.by_branches:
            return {}
        return {"due": ids.c.far_due, "priority": -ids.c.urgency, "created": ids.c.created_at}

    def _keys(self) -> list[tuple[str, bool]]:
        for key in self.sort:
            name = key.removeprefix("-")
            if name not in _COLUMNS and not name.startswith(_FACT):
                raise Invalid("sort_unknown", field="sort", sort=key)
        return [(key.removeprefix("-"), key.startswith("-")) for key in dict.fromkeys(self.sort)]

    def _of_task(self, name: str) -> bool:
        if name.startswith(_FACT):
            return name.removeprefix(_FACT) in self.veiled
        return name not in _IN_BRANCHES


def _run(columns: Iterable[Any], key: tuple[str, bool]) -> list[Any]:
    _, falls = key
    return [(column.desc() if falls else column.asc()).nulls_last() for column in columns]
